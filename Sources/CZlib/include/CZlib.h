// zlib, loaded when it is first needed: a program that doesn't compress pays neither its start-up time nor its memory.
#ifndef CZLIB_H
#define CZLIB_H

#include <zlib.h>

/// What is called of zlib. The version and the structure's size are arguments of the functions behind zlib.h's macros.
#define ZLIB_FUNCTIONS(F) \
    F(adler32) F(crc32) F(zlibVersion) \
    F(deflateInit2_) F(deflate) F(deflateEnd) F(deflateCopy) F(deflateSetDictionary) \
    F(inflateInit2_) F(inflate) F(inflateEnd) F(inflateCopy) F(inflateSetDictionary)

typedef struct {
#define ZLIB_FIELD(name) __typeof__(&name) _Nonnull name;
    ZLIB_FUNCTIONS(ZLIB_FIELD)
#undef ZLIB_FIELD
} ZlibFunctions;

/// The functions; valid once ladon_load_zlib has answered NULL.
extern ZlibFunctions zlib;

/// Loads the library, once. NULL, or why it could not be loaded. May be called by several threads.
const char *_Nullable ladon_load_zlib(void);

#endif
