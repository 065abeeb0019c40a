// What the buffer protocol hands out: a view of another object's memory. Lives on the native stack or in the raw part of
// a memoryview's cell.
#ifndef LADON_BUFFER_H
#define LADON_BUFFER_H

#include "value.h"

#define LADON_BUFFER_MAX_DIMENSIONS 64

/// What the consumer asks for; the values are CPython's PyBUF_ flags.
static const intptr_t LADON_BUFFER_SIMPLE = 0;
static const intptr_t LADON_BUFFER_WRITABLE = 1;
static const intptr_t LADON_BUFFER_FORMAT = 4;
static const intptr_t LADON_BUFFER_ND = 8;
static const intptr_t LADON_BUFFER_STRIDES = 0x18;
static const intptr_t LADON_BUFFER_C_CONTIGUOUS = 0x38;
static const intptr_t LADON_BUFFER_F_CONTIGUOUS = 0x58;
static const intptr_t LADON_BUFFER_ANY_CONTIGUOUS = 0x98;
static const intptr_t LADON_BUFFER_INDIRECT = 0x118;
/// Whatever layout the exporter has, read only is fine.
static const intptr_t LADON_BUFFER_FULL_RO = 0x11C;

typedef struct LadonBuffer {
    /// The object whose memory this is; 0 after release. The exporter keeps the memory in place until then.
    LadonValue object;
    void *data;
    /// Bytes in all: the product of the shape and the item size.
    intptr_t length;
    intptr_t itemSize;
    /// struct-module syntax, zero-terminated, alive as long as the buffer; NULL means "B".
    const char *format;
    int32_t dimensions;
    int32_t isReadOnly;
    /// `dimensions` numbers each; NULL means one dimension of length / itemSize items, contiguous.
    intptr_t *shape;
    intptr_t *strides;
    /// The exporter's own.
    LadonValue keeper;
    uintptr_t private1;
} LadonBuffer;

#endif
