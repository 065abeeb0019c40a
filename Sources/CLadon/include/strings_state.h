// The process-wide table of interned strings. The word `table` is the address of the current LadonInternTable; readers
// probe it without a lock, writers hold `lock`. A full table is replaced by a larger one; old ones are kept, since a
// reader may still be probing them (together they are smaller than the newest).
#ifndef LADON_STRINGS_STATE_H
#define LADON_STRINGS_STATE_H

#include "value.h"

typedef struct LadonInternTable {
    /// Number of slots - 1; a power of two - 1.
    uintptr_t mask;
    uintptr_t count;
    /// mask + 1 slots: the address of a str, and in the upper 16 bits those of its hash, so that few other strings are looked at; or 0.
    uint64_t *slots;
} LadonInternTable;

typedef struct LadonInternState {
    LadonInternTable *table;
    uint32_t lock;
} LadonInternState;

extern LadonInternState ladon_interned;

#endif
