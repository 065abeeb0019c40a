// The state of one OS thread that runs Python, and the process-wide runtime object. Both are C structs
// so that the dispatch header and Swift agree on their layout.
//
// Who may touch what: every field of LadonThread belongs to its own thread, except those marked
// [shared], which other threads read or write with the atomic operations of atomics.h.
#ifndef LADON_THREAD_H
#define LADON_THREAD_H

#include "value.h"

struct LadonInterpreter;

/// Size classes of the small-object heap: one per 16-byte granule up to 512 bytes.
#define LADON_SIZE_CLASSES 33
#define LADON_LARGEST_SMALL 512

/// A thread's private piece of one size class: bump-allocate from `cursor` up to `limit` (zeroed memory).
typedef struct __attribute__((swift_name("AllocationBuffer"))) LadonAllocationBuffer {
    uintptr_t cursor;
    uintptr_t limit;
} LadonAllocationBuffer;

typedef struct __attribute__((swift_name("ThreadState"))) LadonThread {
    /// The frame that runs, valid whenever code outside the dispatch loop runs (see Frame in LadonRuntime).
    LadonValue *frame;
    /// The table of instruction handlers; re-read after calls and at safepoints so that tracing can be switched on.
    const void *const *handlers;
    /// [shared] Why this thread should come to a safepoint: a set of SafepointRequest bits; 0 in ordinary running.
    uint32_t pending;
    /// Python frames active now, and how many are allowed (sys.setrecursionlimit).
    int32_t depth;
    int32_t depthLimit;
    /// Whether writers must take cell locks: 0 while this is the only thread, or under the GIL. Changed only while the world is stopped.
    uint8_t locks;
    uint8_t isMain;
    uint16_t reserved;
    /// The exception being raised (0: none), and the one being handled (`sys.exc_info`; 0: none).
    LadonValue exception;
    LadonValue handled;
    /// The register stack: reserved address space, never moved.
    LadonValue *stackBase;
    LadonValue *stackLimit;
    /// Native recursion below this address is RecursionError.
    uintptr_t nativeStackLimit;
    uintptr_t nativeStackTop;
    struct LadonInterpreter *interpreter;
    LadonAllocationBuffer buffers[LADON_SIZE_CLASSES];
    /// Bytes handed out from large space and refills since the last collection, for pacing.
    uintptr_t allocatedBytes;

    // --- Collection and the execution lock (LadonCore/Heap, LadonCore/Threads).
    /// [shared] attached / detached / stopped (ThreadStatus).
    uint32_t status;
    uint32_t osThreadID;
    /// Where the conservative scan of this thread's native stack begins, stored when it detaches or stops.
    uintptr_t savedStackPointer;
    /// [shared] The word this thread parks on; the signal handler changes it.
    uint32_t parkWord;
    uint32_t parkReserved;
    struct LadonThread *next;
    /// The Python-visible identity (`threading.get_ident`), the pthread handle.
    uintptr_t ident;
    uintptr_t pthread;
    /// Values that belong to the thread: its `threading` object, context (PEP 567), async generator hooks, asynchronous exception, thread-local dictionary, trace and profile functions. Traced as roots.
    LadonValue threadObject;
    LadonValue context;
    LadonValue asyncGenFirstIter;
    LadonValue asyncGenFinalizer;
    LadonValue asyncException;
    LadonValue locals;
    LadonValue traceFunction;
    LadonValue profileFunction;
    LadonValue reprStack;
    uint64_t coroutineOriginDepth;
    /// Nanoseconds attached, waiting for the execution lock, and hand-overs; always counted.
    uint64_t heldNanoseconds;
    uint64_t waitedNanoseconds;
    uint64_t handOvers;
    uint64_t attachedAt;
    void *park;
    void *extension;
} LadonThread;

/// What there is one of per process. Filled in at start, before any other thread exists; afterwards
/// each field says in its comment how it changes.
typedef struct LadonRuntimeState {
    /// The reserved address range of the heap: constant after start.
    uintptr_t heapBase;
    uintptr_t heapEnd;
    /// id -> ShapeCell, a reserved table that never moves; an entry is published with release.
    void **shapes;
    /// id -> how the collector walks a cell of that id (see Layout).
    uint64_t *layouts;
    /// Interned names, indexed by Name; constant after start.
    LadonValue *names;
    /// 1 in GIL mode; constant after start.
    uint32_t gil;
    uint32_t gcStress;
    /// Hash secret for str and bytes.
    uint64_t hashKey0, hashKey1;
    /// The empty tuple, empty str, empty bytes, and the 256 one-character Latin-1 strings and 1-byte bytes.
    LadonValue emptyTuple, emptyString, emptyBytes;
    LadonValue *latin1;
    LadonValue *singleBytes;
} LadonRuntimeState;

extern LadonRuntimeState ladon_runtime;

/// The calling thread's state, or null outside Python threads. Slow path only: hot code is handed the thread.
extern __thread LadonThread *ladon_current_thread __attribute__((tls_model("initial-exec")));
static inline LadonThread *ladon_get_current_thread(void) { return ladon_current_thread; }
static inline void ladon_set_current_thread(LadonThread *t) { ladon_current_thread = t; }

#endif
