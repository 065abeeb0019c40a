// What multiprocessing needs of the operating system and Swift cannot call: variadic functions, and waits that a
// signal must be able to end.
#ifndef LADON_CONCURRENCY_H
#define LADON_CONCURRENCY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// sem_open with O_CREAT | O_EXCL, for the owner only; NULL: errno.
void *ladon_semaphore_create(const char *name, unsigned value);
/// Opens one that exists; NULL: errno.
void *ladon_semaphore_open(const char *name);
/// 0, or an errno.
int ladon_semaphore_close(void *semaphore);
int ladon_semaphore_unlink(const char *name);
int ladon_semaphore_post(void *semaphore);
int ladon_semaphore_try(void *semaphore);
int ladon_semaphore_value(void *semaphore, int *value);
/// Waits until `deadline` (CLOCK_MONOTONIC nanoseconds, UINT64_MAX: none). 0, ETIMEDOUT, EINTR or another errno. In the
/// main thread (`interruptible`) a signal that was recorded before or comes during the wait ends it with EINTR.
int ladon_semaphore_wait(void *semaphore, uint64_t deadline, bool interruptible);
int ladon_semaphore_maximum(void);

/// mremap that may move; MAP_FAILED: errno.
void *ladon_remap_anywhere(void *address, size_t size, size_t newSize);

#endif
