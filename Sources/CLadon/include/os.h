// System interfaces in the form that Swift can call: variadic and macro-heavy corners of libc.
#ifndef LADON_OS_H
#define LADON_OS_H

#include <stdint.h>
#include <stdbool.h>
#include <errno.h>
#include <stddef.h>

static inline int ladon_errno(void) { return errno; }
static inline void ladon_set_errno(int e) { errno = e; }

/// Where the calling function's frame is, roughly.
static inline __attribute__((always_inline)) uintptr_t ladon_stack_pointer(void) { return (uintptr_t)__builtin_frame_address(0); }

/// The pthread handle as a word, which is also the Python-visible identity of a thread.
uintptr_t ladon_pthread_self(void);
uint32_t ladon_gettid(void);
/// The calling thread's native stack: lowest usable address and one past the highest.
void ladon_native_stack(bool isMain, uintptr_t *low, uintptr_t *high);
/// Starts a detached thread with all but program-error signals as they are. An errno.
int ladon_start_native_thread(intptr_t stackSize, void (*body)(void *), void *argument, uintptr_t *ident);
void ladon_set_thread_name(const char *name);

/// The message of an errno, in `buffer` or in static memory.
const char *ladon_strerror(int code, char *buffer, size_t size);

#endif
