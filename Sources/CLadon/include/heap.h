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
    /// Of a large object: LADON_LEAF_CLASSES if it is a leaf, else 0.
    uint8_t sizeClass;
    /// Memory may hold old contents and must be zeroed before use.
    uint8_t dirty;
    /// Not swept to its end since the last collection: from `sweptTo` on, what the marks leave out is dead, whatever its header says.
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
    /// Unswept cells: how far the sweep came, as offset / 16.
    uint16_t sweptTo;
    /// Large: the object's bytes. Free runs: links. Cells: next block of its list + 1.
    uint64_t bytesOrLinks;
} LadonBlockInfo;

typedef struct __attribute__((swift_name("HeapState"))) LadonHeap {
    uintptr_t base, end;
    /// One bit per 16 bytes of heap, and one LadonBlockInfo per block; reserved, touched as the heap grows. [world stopped] Two sets of marks
    /// take turns: `lastMarks` are those of the last finished collection, the others (the same, between collections) the newest.
    uint64_t *marks;
    uint64_t *lastMarks;
    uint64_t *markSets[2];
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
    /// [world stopped] What is added to the threshold because collections took too much of the time (see Collection.swift).
    uintptr_t extraRoom;
    uint64_t lastProcessorTime;
    /// Processors of the machine; set at start.
    uint32_t processors;
    /// [shared] `gc.disable` was called: collections are rare.
    uint32_t gcDisabled;
    /// Every Nth allocation collects; 0: off.
    uint32_t stress, stressCounter;
    /// gc.freeze: objects counted as permanent.
    uintptr_t frozenCount;
    /// gc.set_threshold's values, kept for gc.get_threshold; the first scales the pacing (0: off).
    intptr_t thresholds[3];
    /// [world stopped] A collection runs.
    uint32_t collecting;
    /// The sleeping thread that waits for the others to sleep too (see Parking.swift), and how long it waits each time.
    uintptr_t watcher;
    uint64_t watchPause;
    /// [world stopped] The running collection leaves dead registers out.
    uint32_t precise;
    uint32_t outOfMemory;

    /// Root table: guarded by rootMutex, read with the world stopped.
    LadonMutex rootMutex;
    /// Pairs of address and count.
    uintptr_t *rootRanges;
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
    /// Live weak references with a callback, roughly.
    uintptr_t callbackReferences;
    uint64_t lastIdleCollection;

    /// Weak references: open-addressing table referent -> first weak reference. Guarded by weakMutex or the world stopped.
    LadonMutex weakMutex;
    uintptr_t *weakTable;
    uintptr_t weakCapacity, weakUsed, weakLive;

    /// Ids: guarded by idMutex or the world stopped.
    LadonMutex idMutex;
    uint32_t nextID;
    uint32_t idCapacity;
    uintptr_t *freeIDs;
    uintptr_t freeIDCount, freeIDCapacity;
    uintptr_t *quarantine;
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

LADON_INLINE void *ladon_next_cell(LadonAllocationBuffer *b, uint32_t id, uintptr_t bytes) {
    uintptr_t p = b->cursor;
    uintptr_t next = p + bytes;
    if (__builtin_expect(next > b->limit, 0)) return 0;
    b->cursor = next;
    __atomic_store_n((uint64_t *)p, (uint64_t)id, __ATOMIC_RELEASE);
    return (void *)p;
}
/// Hands out the next cell of a small class, or null when the thread's buffer is used up. The whole cell is zero but its id.
LADON_INLINE void *ladon_allocate_fast(LadonThread *t, uint32_t id, uintptr_t bytes) {
    uintptr_t index = (bytes + 15) >> 4;
    return ladon_next_cell(&t->buffers[index], id, index << 4);
}
/// The same for a leaf.
LADON_INLINE void *ladon_allocate_leaf_fast(LadonThread *t, uint32_t id, uintptr_t bytes) {
    uintptr_t index = (bytes + 15) >> 4;
    return ladon_next_cell(&t->buffers[LADON_LEAF_CLASSES + index], id, index << 4);
}

/// Cell sizes of the medium classes: at most an eighth is lost to rounding, and whole blocks divide well.
static const uint16_t ladon_medium_bytes[LADON_MEDIUM_CLASSES] = {
    576, 640, 704, 768, 896, 1024, 1280, 1536, 1792, 2048, 2560, 3072,
    3584, 4096, 5120, 6144, 7168, 8192, 9360, 10912, 13104, 16384, 21840, 32768,
};
#define LADON_LARGEST_MEDIUM 32768

/// Medium classes of cells up to 4 KiB by (bytes - 1) / 64; all sizes in the table above are multiples of 64 up to there.
static const uint8_t ladon_medium_classes[64] = {
    0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4, 4, 5, 5,
    6, 6, 6, 6, 7, 7, 7, 7, 8, 8, 8, 8, 9, 9, 9, 9,
    10, 10, 10, 10, 10, 10, 10, 10, 11, 11, 11, 11, 11, 11, 11, 11,
    12, 12, 12, 12, 12, 12, 12, 12, 13, 13, 13, 13, 13, 13, 13, 13,
};

/// The class of a cell of `bytes` (513 ... LADON_LARGEST_MEDIUM), counted from 0 among the medium ones.
LADON_INLINE uint32_t ladon_medium_class(uintptr_t bytes) {
    if (bytes <= 4096) return ladon_medium_classes[(bytes - 1) >> 6];
    uint32_t low = 0, high = LADON_MEDIUM_CLASSES - 1;
    while (low < high) {
        uint32_t middle = (low + high) / 2;
        if (ladon_medium_bytes[middle] >= bytes) high = middle; else low = middle + 1;
    }
    return low;
}
/// The same as ladon_allocate_fast for a medium class.
LADON_INLINE void *ladon_allocate_medium_fast(LadonThread *t, uint32_t id, uintptr_t bytes) {
    uint32_t index = ladon_medium_class(bytes);
    return ladon_next_cell(&t->buffers[LADON_SIZE_CLASSES + index], id, ladon_medium_bytes[index]);
}

/// Cell size of any class.
LADON_INLINE uint32_t ladon_class_bytes(uint32_t sizeClass) {
    if (sizeClass >= LADON_LEAF_CLASSES) sizeClass -= LADON_LEAF_CLASSES;
    return sizeClass < LADON_SIZE_CLASSES ? sizeClass * 16 : ladon_medium_bytes[sizeClass - LADON_SIZE_CLASSES];
}
/// Whether free memory of the class is zero only in the first word of each cell: what is that long is better cleared, where it has to be
/// cleared at all, when it is handed out.
LADON_INLINE bool ladon_class_is_unfilled(uint32_t sizeClass) { return sizeClass >= LADON_LEAF_CLASSES + LADON_SIZE_CLASSES; }
/// The thread's buffer of any class.
LADON_INLINE LadonAllocationBuffer *ladon_buffer(LadonThread *t, uint32_t sizeClass) { return &t->buffers[sizeClass]; }
LADON_INLINE LadonAllocationBuffer *ladon_stress_buffer(LadonThread *t, uint32_t sizeClass) { return &t->stressBuffers[sizeClass]; }
LADON_INLINE uint32_t *ladon_unswept_list(uint32_t sizeClass) { return &ladon_heap.unswept[sizeClass]; }
LADON_INLINE uint32_t *ladon_partial_list(uint32_t sizeClass) { return &ladon_heap.partial[sizeClass]; }
LADON_INLINE uint32_t *ladon_free_run_list(uint32_t logarithm) { return &ladon_heap.freeRuns[logarithm]; }
LADON_INLINE uintptr_t *ladon_finalizer_buffer(LadonThread *t) { return t->finalizables; }
LADON_INLINE uintptr_t *ladon_saved_registers(LadonThread *t) { return t->savedRegisters; }

/// The GIL of one interpreter. `owner`: [shared] address of the owner, 0 when free. The rest under `mutex`.
typedef struct __attribute__((swift_name("ExecutionLock"))) LadonExecutionLock {
    uintptr_t owner;
    LadonMutex mutex;
    /// [shared] Threads in the queues.
    uint32_t waiters;
    /// Queue 0: back from a blocking call; queue 1: gave way at a safepoint.
    LadonThread *first[2];
    LadonThread *last[2];
    uint64_t handOvers;
    LadonThread *lastOwner;
} LadonExecutionLock;

/// The set of threads, the main interpreter's execution lock and the stopping of the world.
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

    /// The main interpreter's GIL.
    LadonExecutionLock mainLock;
    /// [shared] Nanoseconds.
    uint64_t switchInterval;

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
typedef struct __attribute__((swift_name("ParkingBucket"))) LadonParkingBucket {
    LadonMutex mutex;
    LadonThread *first;
    LadonThread *last;
    /// A cache line each.
    uintptr_t padding[5];
} LadonParkingBucket;
extern LadonParkingBucket ladon_parking[LADON_PARKING_BUCKETS];
LADON_INLINE LadonParkingBucket *ladon_parking_bucket(uintptr_t address) {
    return &ladon_parking[((address >> 2) * 0x9E3779B97F4A7C15ull) >> 56];
}

LADON_INLINE LadonParkingBucket *ladon_parking_at(int i) { return &ladon_parking[i]; }
/// mremap, which is variadic and hidden behind a feature macro; MAP_FAILED on failure.
void *ladon_mremap(void *p, size_t old, size_t bytes);
LADON_INLINE void ladon_prefetch(const void *p) { __builtin_prefetch(p, 0, 3); }
LADON_INLINE int ladon_popcount64(uint64_t v) { return __builtin_popcountll(v); }

#endif
