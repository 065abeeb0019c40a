// The target is its header; a C target needs one source file.
typedef int ladon_dispatch_is_a_header;
