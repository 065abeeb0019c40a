// The machine word that every Python value is. Declared in C so that `@convention(c)` function types,
// and therefore the tables of native functions, can name it.
#ifndef LADON_VALUE_H
#define LADON_VALUE_H

#include <stdint.h>
#include <stddef.h>

/// One Python value: an immediate integer (lowest bit 1), a constant (low three bits 010), or the
/// address of a 16-byte-aligned heap cell. The word 0 is no value: it means "an exception was raised".
typedef struct __attribute__((swift_name("Value"))) LadonValue {
    uintptr_t bits;
} LadonValue;

/// Keeps `v` (and so the cell it names) alive up to this point for the conservative scan of the native
/// stack: the compiler must have the word in a register or on the stack here.
static inline __attribute__((always_inline)) void ladon_keep_alive(LadonValue v) {
    __asm__ volatile("" : : "r"(v.bits) : "memory");
}

#endif
