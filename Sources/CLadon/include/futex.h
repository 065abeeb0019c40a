// Sleeping on a word, and the small mutex that guards the runtime's own short critical sections.
#ifndef LADON_FUTEX_H
#define LADON_FUTEX_H

#include <stdint.h>
#include <stdbool.h>
#include <time.h>
#include "atomics.h"

/// CLOCK_MONOTONIC in nanoseconds.
LADON_INLINE uint64_t ladon_monotonic(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

/// Sleeps while `*word == expected`, until woken or `deadline` (CLOCK_MONOTONIC nanoseconds; UINT64_MAX: none).
/// 0, or the errno: EAGAIN (the word differed), EINTR, ETIMEDOUT. Returns may be spurious.
int ladon_futex_wait(const uint32_t *word, uint32_t expected, uint64_t deadline);
void ladon_futex_wake(const uint32_t *word, int count);

/// A mutex of one word: 0 free, 1 held, 2 held with sleepers. Held for a few hundred nanoseconds at most,
/// never over a safepoint, an allocation or another wait; taken attached or detached; reset by a forked child.
typedef struct __attribute__((swift_name("RawMutex"))) LadonMutex { uint32_t word; } LadonMutex;

void ladon_mutex_lock_slow(LadonMutex *m);
void ladon_mutex_unlock_slow(LadonMutex *m);
LADON_INLINE void ladon_mutex_lock(LadonMutex *m) {
    if (__builtin_expect(!ladon_cas32(&m->word, 0, 1), 0)) ladon_mutex_lock_slow(m);
}
LADON_INLINE bool ladon_mutex_trylock(LadonMutex *m) { return ladon_cas32(&m->word, 0, 1); }
LADON_INLINE void ladon_mutex_unlock(LadonMutex *m) {
    if (__builtin_expect(ladon_exchange32(&m->word, 0) != 1, 0)) ladon_mutex_unlock_slow(m);
}

/// Registers the process for `membarrier`; false where the kernel has none. Cheap only while there is one thread.
bool ladon_membarrier_register(void);
/// After this returns, every thread of the process that was running has executed a full memory barrier.
void ladon_membarrier(void);

#endif
