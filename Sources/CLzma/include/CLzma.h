// liblzma, loaded when it is first needed.
#ifndef CLZMA_H
#define CLZMA_H

#include <lzma.h>

#define LZMA_FUNCTIONS(F) \
    F(lzma_easy_encoder) F(lzma_stream_encoder) F(lzma_alone_encoder) F(lzma_raw_encoder) \
    F(lzma_stream_decoder) F(lzma_alone_decoder) F(lzma_auto_decoder) F(lzma_raw_decoder) \
    F(lzma_code) F(lzma_end) F(lzma_get_check) F(lzma_check_is_supported) F(lzma_lzma_preset) \
    F(lzma_properties_size) F(lzma_properties_encode) F(lzma_properties_decode)

typedef struct {
#define LZMA_FIELD(name) __typeof__(&name) _Nonnull name;
    LZMA_FUNCTIONS(LZMA_FIELD)
#undef LZMA_FIELD
} LzmaFunctions;

/// The functions; valid once ladon_load_lzma has answered NULL.
extern LzmaFunctions lzma;

/// Loads the library, once. NULL, or why it could not be loaded. May be called by several threads.
const char *_Nullable ladon_load_lzma(void);

/// Numbers of the library that are macros of a form Swift doesn't see.
static const uint64_t ladon_lzma_filter_lzma1 = LZMA_FILTER_LZMA1;
static const uint64_t ladon_lzma_filter_lzma2 = LZMA_FILTER_LZMA2;
static const uint64_t ladon_lzma_filter_delta = LZMA_FILTER_DELTA;
static const uint64_t ladon_lzma_filter_x86 = LZMA_FILTER_X86;
static const uint64_t ladon_lzma_filter_powerpc = LZMA_FILTER_POWERPC;
static const uint64_t ladon_lzma_filter_ia64 = LZMA_FILTER_IA64;
static const uint64_t ladon_lzma_filter_arm = LZMA_FILTER_ARM;
static const uint64_t ladon_lzma_filter_armthumb = LZMA_FILTER_ARMTHUMB;
static const uint64_t ladon_lzma_filter_sparc = LZMA_FILTER_SPARC;
static const uint64_t ladon_lzma_unknown_filter = LZMA_VLI_UNKNOWN;

#endif
