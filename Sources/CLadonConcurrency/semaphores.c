#define _GNU_SOURCE 1
#include "CLadonConcurrency.h"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <semaphore.h>
#include <sys/mman.h>
#include <time.h>

// CLadon/signals.c: where the handler may cut a wait short, and whether it ran.
extern struct timespec *volatile ladon_signal_deadline;
extern bool ladon_signals_pending(void);

void *ladon_semaphore_create(const char *name, unsigned value) {
    sem_t *s = sem_open(name, O_CREAT | O_EXCL, 0600, value);
    return s == SEM_FAILED ? NULL : s;
}

void *ladon_semaphore_open(const char *name) {
    sem_t *s = sem_open(name, 0);
    return s == SEM_FAILED ? NULL : s;
}

int ladon_semaphore_close(void *s) { return sem_close(s) == 0 ? 0 : errno; }
int ladon_semaphore_unlink(const char *name) { return sem_unlink(name) == 0 ? 0 : errno; }
int ladon_semaphore_post(void *s) { return sem_post(s) == 0 ? 0 : errno; }
int ladon_semaphore_try(void *s) { return sem_trywait(s) == 0 ? 0 : errno; }
int ladon_semaphore_value(void *s, int *value) { return sem_getvalue(s, value) == 0 ? 0 : errno; }
int ladon_semaphore_maximum(void) { return SEM_VALUE_MAX; }

int ladon_semaphore_wait(void *s, uint64_t deadline, bool interruptible) {
    // The main thread's stands in static memory: a handler on another thread may write to it late.
    static struct timespec ofMain;
    struct timespec mine, *until = interruptible ? &ofMain : &mine;
    if (deadline == UINT64_MAX) {
        // No deadline is one that never comes: the handler needs something to change.
        until->tv_sec = (time_t)1 << 40;
        until->tv_nsec = 0;
    } else {
        until->tv_sec = (time_t)(deadline / 1000000000u);
        until->tv_nsec = (long)(deadline % 1000000000u);
    }
    if (!interruptible) return sem_clockwait(s, CLOCK_MONOTONIC, until) == 0 ? 0 : errno;
    // A signal before the call that sleeps moves the deadline into the past, one during it ends it with EINTR: the
    // system reads the deadline when it begins to wait, so none falls between.
    ladon_signal_deadline = until;
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
    int code = EINTR;
    if (!ladon_signals_pending()) code = sem_clockwait(s, CLOCK_MONOTONIC, until) == 0 ? 0 : errno;
    ladon_signal_deadline = NULL;
    return code == ETIMEDOUT && ladon_signals_pending() ? EINTR : code;
}

void *ladon_remap_anywhere(void *address, size_t size, size_t newSize) { return mremap(address, size, newSize, MREMAP_MAYMOVE); }
