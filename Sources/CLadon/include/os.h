// System interfaces in the form that Swift can call: variadic and macro-heavy corners of libc.
#ifndef LADON_OS_H
#define LADON_OS_H

#include <stdint.h>
#include <stdbool.h>
#include <errno.h>

static inline int ladon_errno(void) { return errno; }
static inline void ladon_set_errno(int e) { errno = e; }

#endif
