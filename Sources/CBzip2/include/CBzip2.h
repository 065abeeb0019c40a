// bzip2's library, loaded when it is first needed.
#ifndef CBZIP2_H
#define CBZIP2_H

#include <bzlib.h>

#define BZIP2_FUNCTIONS(F) \
    F(BZ2_bzCompressInit) F(BZ2_bzCompress) F(BZ2_bzCompressEnd) F(BZ2_bzDecompressInit) F(BZ2_bzDecompress) F(BZ2_bzDecompressEnd)

typedef struct {
#define BZIP2_FIELD(name) __typeof__(&name) _Nonnull name;
    BZIP2_FUNCTIONS(BZIP2_FIELD)
#undef BZIP2_FIELD
} Bzip2Functions;

/// The functions; valid once ladon_load_bzip2 has answered NULL.
extern Bzip2Functions bzip2;

/// Loads the library, once. NULL, or why it could not be loaded. May be called by several threads.
const char *_Nullable ladon_load_bzip2(void);

#endif
