// Atomic operations on raw memory. Swift's own `Atomic` owns its storage and cannot lie over a heap
// cell's field, so these take addresses.
#ifndef LADON_ATOMICS_H
#define LADON_ATOMICS_H

#include <stdint.h>
#include <stdbool.h>

#define LADON_INLINE static inline __attribute__((always_inline))

LADON_INLINE uintptr_t ladon_load_acquire(const void *p) { return __atomic_load_n((const uintptr_t *)p, __ATOMIC_ACQUIRE); }
LADON_INLINE uintptr_t ladon_load_relaxed(const void *p) { return __atomic_load_n((const uintptr_t *)p, __ATOMIC_RELAXED); }
LADON_INLINE uintptr_t ladon_load_seqcst(const void *p) { return __atomic_load_n((const uintptr_t *)p, __ATOMIC_SEQ_CST); }
LADON_INLINE void ladon_store_release(void *p, uintptr_t v) { __atomic_store_n((uintptr_t *)p, v, __ATOMIC_RELEASE); }
LADON_INLINE void ladon_store_relaxed(void *p, uintptr_t v) { __atomic_store_n((uintptr_t *)p, v, __ATOMIC_RELAXED); }
LADON_INLINE void ladon_store_seqcst(void *p, uintptr_t v) { __atomic_store_n((uintptr_t *)p, v, __ATOMIC_SEQ_CST); }
/// Compare-and-swap, acquire-release; true when `expected` was there and `desired` is now.
LADON_INLINE bool ladon_cas(void *p, uintptr_t expected, uintptr_t desired) {
    return __atomic_compare_exchange_n((uintptr_t *)p, &expected, desired, false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE);
}
LADON_INLINE uintptr_t ladon_exchange(void *p, uintptr_t v) { return __atomic_exchange_n((uintptr_t *)p, v, __ATOMIC_ACQ_REL); }
LADON_INLINE uintptr_t ladon_fetch_add(void *p, uintptr_t v) { return __atomic_fetch_add((uintptr_t *)p, v, __ATOMIC_ACQ_REL); }

LADON_INLINE uint32_t ladon_load32_acquire(const void *p) { return __atomic_load_n((const uint32_t *)p, __ATOMIC_ACQUIRE); }
LADON_INLINE uint32_t ladon_load32_relaxed(const void *p) { return __atomic_load_n((const uint32_t *)p, __ATOMIC_RELAXED); }
LADON_INLINE void ladon_store32_release(void *p, uint32_t v) { __atomic_store_n((uint32_t *)p, v, __ATOMIC_RELEASE); }
LADON_INLINE void ladon_store32_relaxed(void *p, uint32_t v) { __atomic_store_n((uint32_t *)p, v, __ATOMIC_RELAXED); }
LADON_INLINE bool ladon_cas32(void *p, uint32_t expected, uint32_t desired) {
    return __atomic_compare_exchange_n((uint32_t *)p, &expected, desired, false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE);
}
LADON_INLINE uint32_t ladon_exchange32(void *p, uint32_t v) { return __atomic_exchange_n((uint32_t *)p, v, __ATOMIC_ACQ_REL); }
LADON_INLINE uint32_t ladon_fetch_add32(void *p, uint32_t v) { return __atomic_fetch_add((uint32_t *)p, v, __ATOMIC_ACQ_REL); }
LADON_INLINE uint32_t ladon_fetch_or32(void *p, uint32_t v) { return __atomic_fetch_or((uint32_t *)p, v, __ATOMIC_ACQ_REL); }
LADON_INLINE uint32_t ladon_fetch_and32(void *p, uint32_t v) { return __atomic_fetch_and((uint32_t *)p, v, __ATOMIC_ACQ_REL); }

LADON_INLINE uint64_t ladon_load_relaxed64(const void *p) { return __atomic_load_n((const uint64_t *)p, __ATOMIC_RELAXED); }
LADON_INLINE void ladon_store_relaxed64(void *p, uint64_t v) { __atomic_store_n((uint64_t *)p, v, __ATOMIC_RELAXED); }

LADON_INLINE uint8_t ladon_load8_relaxed(const void *p) { return __atomic_load_n((const uint8_t *)p, __ATOMIC_RELAXED); }
LADON_INLINE uint8_t ladon_load8_acquire(const void *p) { return __atomic_load_n((const uint8_t *)p, __ATOMIC_ACQUIRE); }
LADON_INLINE void ladon_store8_release(void *p, uint8_t v) { __atomic_store_n((uint8_t *)p, v, __ATOMIC_RELEASE); }
LADON_INLINE bool ladon_cas8(void *p, uint8_t expected, uint8_t desired) {
    return __atomic_compare_exchange_n((uint8_t *)p, &expected, desired, false, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED);
}
LADON_INLINE uint8_t ladon_exchange8(void *p, uint8_t v) { return __atomic_exchange_n((uint8_t *)p, v, __ATOMIC_ACQ_REL); }
LADON_INLINE uint8_t ladon_fetch_or8(void *p, uint8_t v) { return __atomic_fetch_or((uint8_t *)p, v, __ATOMIC_ACQ_REL); }
LADON_INLINE uint8_t ladon_fetch_and8(void *p, uint8_t v) { return __atomic_fetch_and((uint8_t *)p, v, __ATOMIC_ACQ_REL); }

/// Stops the compiler, not the processor, from moving memory accesses across this point.
LADON_INLINE void ladon_compiler_barrier(void) { __asm__ volatile("" ::: "memory"); }
LADON_INLINE void ladon_fence(void) { __atomic_thread_fence(__ATOMIC_SEQ_CST); }
LADON_INLINE void ladon_cpu_relax(void) {
#if defined(__x86_64__)
    __asm__ volatile("pause");
#elif defined(__aarch64__)
    __asm__ volatile("yield");
#endif
}

#endif
