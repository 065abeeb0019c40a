// The state of the heap and of the set of threads, one of each per process, and the allocation fast path.
#ifndef LADON_HEAP_H
#define LADON_HEAP_H

#include <stdint.h>
#include <stdbool.h>
#include "atomics.h"
#include "futex.h"
#include "thread.h"

#define LADON_BLOCK_SHIFT 16
#define LADON_BLOCK_BYTES (1u << LADON_BLOCK_SHIFT)
/// All size classes: small (index bytes/16), then medium.
#define LADON_ALL_CLASSES (LADON_SIZE_CLASSES + LADON_MEDIUM_CLASSES)

/// What a block of the heap holds.
enum {
    LADON_BLOCK_FREE = 0,      // in a free run
    LADON_BLOCK_CELLS = 1,     // cells of one size
    LADON_BLOCK_LARGE = 2,     // first block of a large object
    LADON_BLOCK_TAIL = 3,      // further block of a large object; `run` is the distance to its first
};

/// Facts about one block. Changed under the heap's mutex, or by the thread that owns the block's free
/// cells, or with the world stopped; read by the collector with the world stopped.
typedef struct __attribute__((swift_name("BlockInfo"))) LadonBlockInfo {
    uint8_t kind;
    uint8_t sizeClass;
    /// Memory may hold old contents and must be zeroed before use.
    uint8_t dirty;
    /// Marked since, dead cells not yet zeroed.
    uint8_t unswept;
    uint32_t cellBytes;
    /// ceil(2^32 / cellBytes): offset / cellBytes by a multiplication, exact for 16-bit offsets.
    uint32_t reciprocal;
    /// Blocks in this run (first block of a large object or of a free run; the last block of a free run too); distance for a tail.
    uint32_t run;
    /// Cells: bytes from the block's start that were ever formatted; a multiple of cellBytes.
    uint32_t formatted;
    /// Cells: first run of free cells, as offset / 16 + 1; 0: none. Each run's first cell holds in bytes 4-7 the next run and its length in cells.
    uint16_t freeRun;
    uint16_t liveCells;
    /// Large: the object's bytes. Free runs: links. Cells: next block of its list + 1.
    uint64_t bytesOrLinks;
} LadonBlockInfo;

typedef struct __attribute__((swift_name("HeapState"))) LadonHeap {
    uintptr_t base, end;
    /// One bit per 16 bytes of heap, and one LadonBlockInfo per block; reserved, touched as the heap grows.
    uint64_t *marks;
    LadonBlockInfo *blocks;
    uint32_t blockCapacity;
    /// [mutex] Blocks ever used: [0, blocksTouched).
    uint32_t blocksTouched;
    /// Guards the block lists below and block allocation.
    LadonMutex mutex;
    /// [mutex] Free runs by the logarithm of their length: first block + 1.
    uint32_t freeRuns[32];
    /// [mutex] Per class: blocks not yet swept, and swept ones with free cells that no thread owns; block + 1.
    uint32_t unswept[LADON_ALL_CLASSES];
    uint32_t partial[LADON_ALL_CLASSES];
    /// [mutex] Blocks in use, and the most allowed.
    uint32_t blocksUsed, blockLimit, reserveBlocks, dirtyFree;
    /// [shared] Bytes handed out since the last collection; how many start the next one.
    uintptr_t allocated, threshold;
    uintptr_t liveBytes, minimumThreshold;
    uint32_t growthPercent;
    /// [shared] 0: collections only when asked for.
    uint32_t enabled;
    /// Every Nth allocation collects; 0: off.
    uint32_t stress, stressCounter;
    /// [world stopped] A collection runs.
    uint32_t collecting;
    uint32_t outOfMemory;

    /// Root table: guarded by rootMutex, read with the world stopped.
    LadonMutex rootMutex;
    void **roots;
    uintptr_t rootCount, rootCapacity;
    void *rootRanges;
    uintptr_t rangeCount, rangeCapacity;
    uintptr_t *immortals;
    uintptr_t immortalCount, immortalCapacity;

    /// Mark stack: [world stopped].
    uintptr_t *markStack;
    uintptr_t markCount, markCapacity;

    /// Finalisable objects, and those waiting to be finalised: guarded by finalizerMutex or the world stopped.
    LadonMutex finalizerMutex;
    uintptr_t *finalizable;
    uintptr_t finalizableCount, finalizableCapacity;
    uintptr_t *pendingFinal;
    uintptr_t pendingFinalHead, pendingFinalCount, pendingFinalCapacity;
    uintptr_t *pendingCallbacks;
    uintptr_t pendingCallbackHead, pendingCallbackCount, pendingCallbackCapacity;
    /// [shared] Registered since the last collection.
    uintptr_t registeredSinceCollection;

    /// Weak references: open-addressing table referent -> first weak reference. Guarded by weakMutex or the world stopped.
    LadonMutex weakMutex;
    uintptr_t *weakTable;
    uintptr_t weakCapacity, weakUsed, weakLive;

    /// Ids: guarded by idMutex or the world stopped.
    LadonMutex idMutex;
    uint32_t nextID;
    uint32_t idCapacity;
    uint32_t *freeIDs;
    uintptr_t freeIDCount, freeIDCapacity;
    uint32_t *quarantine;
    uintptr_t quarantineCount, quarantineCapacity;

    /// Statistics: written with the world stopped.
    uint64_t collections, explicitCollections;
    uint64_t lastPause, totalPause, longestPause, lastMark, lastStop;
    uint64_t lastCollectionEnd;
    uint64_t freedObjects;
    uint64_t liveObjects;
    uint64_t totalAllocated;
} LadonHeap;

extern LadonHeap ladon_heap;
LADON_INLINE LadonHeap *ladon_get_heap(void) { return &ladon_heap; }
LADON_INLINE LadonRuntimeState *ladon_get_runtime(void) { return &ladon_runtime; }

/// Hands out the next cell of a small class, or null when the thread's buffer is used up. The whole cell is zero but its id.
LADON_INLINE void *ladon_allocate_fast(LadonThread *t, uint32_t id, uintptr_t bytes) {
    uintptr_t index = (bytes + 15) >> 4;
    LadonAllocationBuffer *b = &t->buffers[index];
    uintptr_t p = b->cursor;
    uintptr_t next = p + (index << 4);
    if (__builtin_expect(next > b->limit, 0)) return 0;
    b->cursor = next;
    __atomic_store_n((uint64_t *)p, (uint64_t)id, __ATOMIC_RELEASE);
    return (void *)p;
}

/// The set of threads, the execution lock and the stopping of the world.
typedef struct __attribute__((swift_name("ThreadsState"))) LadonThreads {
    /// Guards the list, the pool and the counts.
    LadonMutex mutex;
    uint32_t count;
    LadonThread *first;
    LadonThread *pool;
    uint32_t pooled;
    uint32_t nextSerial;

    /// [shared] 1 while a thread has the right to stop the world; waited for detached.
    uint32_t stopRight;
    /// [shared] Counts events that the stopper must look at (a thread stopped, detached, ended); slept on.
    uint32_t stopEvents;
    uint32_t worldStopped;
    uint32_t reserved;
    LadonThread *stopper;
    uint64_t stops;

    /// The GIL. `gilOwner`: [shared] address of the owner, 0 when free. The rest under gilMutex.
    uintptr_t gilOwner;
    LadonMutex gilMutex;
    /// [shared] Threads in the queues.
    uint32_t gilWaiters;
    /// Queue 0: back from a blocking call; queue 1: gave way at a safepoint.
    LadonThread *gilFirst[2];
    LadonThread *gilLast[2];
    /// [shared] Nanoseconds.
    uint64_t switchInterval;
    uint64_t gilHandOvers;
    LadonThread *gilLastOwner;

    uint64_t defaultStackSize;
    uint64_t registerStackBytes;
    struct LadonRuntimeLock *locks;
    LadonMutex lockRegistry;
} LadonThreads;

extern LadonThreads ladon_threads;
LADON_INLINE LadonThreads *ladon_get_threads(void) { return &ladon_threads; }

/// A process-wide lock of the runtime (see Threads/RuntimeLock.swift). 0 free, 1 held, 2 held with sleepers.
typedef struct __attribute__((swift_name("RuntimeLockState"))) LadonRuntimeLock {
    uint32_t word;
    uint32_t reserved;
    LadonThread *owner;
    struct LadonRuntimeLock *next;
} LadonRuntimeLock;

/// The parking lot's buckets (see Threads/Parking.swift).
#define LADON_PARKING_BUCKETS 256
typedef struct __attribute__((swift_name("ParkingBucket"), aligned(64))) LadonParkingBucket {
    LadonMutex mutex;
    LadonThread *first;
    LadonThread *last;
} LadonParkingBucket;
extern LadonParkingBucket ladon_parking[LADON_PARKING_BUCKETS];
LADON_INLINE LadonParkingBucket *ladon_parking_bucket(uintptr_t address) {
    return &ladon_parking[((address >> 2) * 0x9E3779B97F4A7C15ull) >> 56];
}

LADON_INLINE void ladon_prefetch(const void *p) { __builtin_prefetch(p, 0, 3); }
LADON_INLINE int ladon_popcount64(uint64_t v) { return __builtin_popcountll(v); }

#endif
