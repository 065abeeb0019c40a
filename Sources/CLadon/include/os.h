// System interfaces in the form that Swift can call: variadic and macro-heavy corners of libc.
#ifndef LADON_OS_H
#define LADON_OS_H

#include <stdint.h>
#include <stdbool.h>
#include <errno.h>

static inline int ladon_errno(void) { return errno; }
static inline void ladon_set_errno(int e) { errno = e; }

/// The address of the caller's native frame, for the recursion guard.
static inline __attribute__((always_inline)) uintptr_t ladon_stack_pointer(void) { return (uintptr_t)__builtin_frame_address(0); }

#endif
