#define _GNU_SOURCE
#include "futex.h"
#include <errno.h>
#include <linux/futex.h>
#include <linux/membarrier.h>
#include <sys/syscall.h>
#include <unistd.h>

int ladon_futex_wait(const uint32_t *word, uint32_t expected, uint64_t deadline) {
    // FUTEX_WAIT_BITSET takes an absolute time of CLOCK_MONOTONIC, so a restarted wait does not drift.
    struct timespec until, *timeout = 0;
    if (deadline != UINT64_MAX) {
        until.tv_sec = (time_t)(deadline / 1000000000u);
        until.tv_nsec = (long)(deadline % 1000000000u);
        timeout = &until;
    }
    long r = syscall(SYS_futex, word, FUTEX_WAIT_BITSET | FUTEX_PRIVATE_FLAG, expected, timeout, 0, FUTEX_BITSET_MATCH_ANY);
    return r == 0 ? 0 : errno;
}

void ladon_futex_wake(const uint32_t *word, int count) {
    syscall(SYS_futex, word, FUTEX_WAKE | FUTEX_PRIVATE_FLAG, count, 0, 0, 0);
}

void ladon_mutex_lock_slow(LadonMutex *m) {
    for (int i = 0; i < 40; i++) {
        if (ladon_load32_relaxed(&m->word) == 0 && ladon_cas32(&m->word, 0, 1)) return;
        ladon_cpu_relax();
    }
    while (ladon_exchange32(&m->word, 2) != 0) ladon_futex_wait(&m->word, 2, UINT64_MAX);
}

void ladon_mutex_unlock_slow(LadonMutex *m) { ladon_futex_wake(&m->word, 1); }

bool ladon_membarrier_register(void) {
    return syscall(SYS_membarrier, MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED, 0, 0) == 0;
}

void ladon_membarrier(void) { syscall(SYS_membarrier, MEMBARRIER_CMD_PRIVATE_EXPEDITED, 0, 0); }
