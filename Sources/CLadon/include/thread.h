// The state of one OS thread that runs Python, and the process-wide runtime object. Both are C structs
// so that the dispatch header and Swift agree on their layout.
//
// Who may touch what: every field of LadonThread belongs to its own thread, except those marked
// [shared], which other threads read or write with the atomic operations of atomics.h.
#ifndef LADON_THREAD_H
#define LADON_THREAD_H

#include "value.h"

struct LadonInterpreter;
struct LadonThreadHandle;
struct LadonExecutionLock;

/// Callee-saved registers of any supported processor.
#define LADON_SAVED_REGISTERS 12
/// Objects with finalisers that a thread registers before it hands them to the process-wide list.
#define LADON_FINALIZER_BUFFER 32

/// Size classes of cells: small, one per 16-byte granule up to 512 bytes (index bytes/16); then medium, up to half a block.
#define LADON_SIZE_CLASSES 33
#define LADON_LARGEST_SMALL 512
#define LADON_MEDIUM_CLASSES 24
/// Each class twice: cells with traced words, and after all of those the leaves, which have blocks of their own.
#define LADON_LEAF_CLASSES (LADON_SIZE_CLASSES + LADON_MEDIUM_CLASSES)
#define LADON_ALL_CLASSES (2 * LADON_LEAF_CLASSES)

/// Bits of LadonThread.pending (SafepointRequest in Swift).
enum {
    LADON_PENDING_STOP = 1, LADON_PENDING_DROP_GIL = 2, LADON_PENDING_SIGNALS = 4, LADON_PENDING_ASYNC = 8,
    LADON_PENDING_FINALIZERS = 16, LADON_PENDING_MEMORY = 32, LADON_PENDING_TRACING = 64, LADON_PENDING_COLLECT = 128,
    LADON_PENDING_CUSTOM = 256,
};

/// A thread's private piece of one size class: bump-allocate from `cursor` up to `limit`. The memory is zero; that of medium
/// leaves only in the first word of each cell.
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
    /// Whether writers must take cell locks: 0 while this is the only thread, or under the only interpreter's GIL. Changed only while the world is stopped.
    uint8_t locks;
    uint8_t isMain;
    /// How the window that native code entered was left (ResumeOutcome in Swift).
    uint16_t resumeOutcome;
    /// The exception being raised (0: none), and the one being handled (`sys.exc_info`; 0: none).
    LadonValue exception;
    LadonValue handled;
    /// What the dispatch loop returned when it was left (0: raised).
    LadonValue result;
    /// The register stack: reserved address space, never moved.
    LadonValue *stackBase;
    LadonValue *stackLimit;
    /// Native recursion below this address is RecursionError.
    uintptr_t nativeStackLimit;
    uintptr_t nativeStackTop;
    struct LadonInterpreter *interpreter;
    LadonAllocationBuffer buffers[LADON_ALL_CLASSES];
    /// Bytes handed out from large space and refills since the last collection, for pacing.
    uintptr_t allocatedBytes;
    /// The part of them that heap.allocated does not know yet: a shared counter for every run of cells would be contended.
    uintptr_t unreportedBytes;

    // --- Collection and the execution lock (LadonCore/Heap, LadonCore/Threads).
    /// [shared] attached / detached / stopped (ThreadStatus).
    uint32_t status;
    uint32_t osThreadID;
    /// Where the conservative scan of this thread's native stack begins, stored when it detaches or stops.
    uintptr_t savedStackPointer;
    /// [shared] The word this thread parks on; the signal handler changes it.
    uint32_t parkWord;
    /// How long this thread waits for others to do something, nanoseconds up to a million, learned from each wait (Threads/Parking.swift).
    uint32_t parkEstimate;
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
    /// asyncio: the running event loop; the loop whose task runs now, and that task (0: none). Written by the thread itself.
    LadonValue runningLoop;
    LadonValue taskLoop;
    LadonValue currentTask;
    uint64_t coroutineOriginDepth;
    /// The context variable that was read last and its value, which the current context holds; 0 after every change of either.
    LadonValue readVariable;
    LadonValue readValue;
    /// Nanoseconds attached, waiting for the execution lock, and hand-overs; always counted.
    uint64_t heldNanoseconds;
    uint64_t waitedNanoseconds;
    uint64_t handOvers;
    uint64_t attachedAt;
    void *park;
    void *extension;

    /// Registers at the last detach or stop (see spill.h).
    uintptr_t savedRegisters[LADON_SAVED_REGISTERS];
    /// Allocation buffers under GC stress, where `buffers` stay empty.
    LadonAllocationBuffer stressBuffers[LADON_ALL_CLASSES];
    /// Objects registered for finalisation, not yet in the process-wide list.
    uintptr_t finalizables[LADON_FINALIZER_BUFFER];
    uint32_t finalizableCount;
    /// The cell lock this thread holds is kept here in checked builds; 0: none.
    uint32_t heldCellLocks;
    /// [parking lot] The address waited for, links and outcome; guarded by the bucket's mutex.
    uintptr_t parkAddress;
    struct LadonThread *parkNext;
    struct LadonThread *parkPrevious;
    uint64_t parkSince;
    uint32_t parkState;
    uint32_t parkToken;
    /// [execution lock] Links and outcome of waiting for the GIL; guarded by the lock's mutex, `gilWord` is slept on.
    struct LadonThread *gilNext;
    uint64_t gilSince;
    uint64_t gilEnqueued;
    uint32_t gilWord;
    uint32_t gilClass;
    /// Depth of stopTheWorld by this thread.
    uint32_t stopDepth;
    /// Collections are not started in this thread's allocations while this is non-zero.
    uint32_t collectionsHeldOff;
    /// Finalisers running in this thread, one inside another.
    uint32_t finalizerDepth;
    uint32_t listed;
    /// Values rooted while the thread starts: argument of the body.
    LadonValue startArgument;
    void *startFunction;
    struct LadonThreadHandle *handle;
    uint64_t worldStops;
    /// Nanoseconds and number of blocking regions.
    uint64_t blockedNanoseconds;
    uint64_t blockingCalls;
    /// The whole mapping of the register stack.
    uintptr_t stackReservation;
    /// Native stack pointer of the innermost dispatch loop: frames below it belong to what its instruction calls.
    uintptr_t loopStackPointer;
    /// Not 0 while this thread collects on behalf of an instruction, or waits for one that needs no value before the wait ends: its
    /// native stack matters from here up only, and what the instruction was given does not (in collections that look closely).
    uintptr_t scanFrom;
    /// Trace and profile functions running, one inside another, and what the innermost was told (TraceEvent).
    uint32_t tracing;
    uint32_t tracingEvent;
    /// Accesses at attribute sites that have given up caching (InlineCache.swift): every 512th tries again.
    uint32_t uncachedAccesses;
    /// 1: a second state of an OS thread, for as long as that runs code of another interpreter.
    uint32_t isNested;
    /// The GIL that this thread takes to run, its interpreter's (unused without the GIL). Constant while it is listed.
    struct LadonExecutionLock *executionLock;
    /// What code that ran in another interpreter gave back: rooted until it is fetched (Threads/NestedThread.swift).
    LadonValue crossing;
} LadonThread;

/// The lasting part of a thread: outlives its LadonThread, counted by the thread itself and by whoever may join it.
typedef struct __attribute__((swift_name("ThreadHandleState"))) LadonThreadHandle {
    /// [shared] 0 while it runs, 1 when it ended; parked on by joiners.
    uint32_t done;
    /// [shared] How many hold this handle.
    uint32_t references;
    uintptr_t ident;
    uint32_t osThreadID;
    uint32_t reserved;
} LadonThreadHandle;

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
    /// How cell locks are unlocked when they are needed (the value `locks` takes): 1 plain store and membarrier in waiters, 2 exchange.
    uint32_t cellLockKind;
    /// Interpreters there are now. Changed only while the world is stopped.
    uint32_t interpreterCount;
    /// The object model's process-wide state: lookup caches, type lock, native definitions (LadonRuntime/Objects/ObjectModel.swift).
    void *objects;
} LadonRuntimeState;

extern LadonRuntimeState ladon_runtime;

/// Instruction streams of one word that functions return a pointer to: RELOAD and EXIT, the first two rows of
/// instructions.table.
extern uint64_t ladon_reload_words[1];
extern uint64_t ladon_exit_words[1];
static inline uint64_t *ladon_reload_word(void) { return ladon_reload_words; }
static inline uint64_t *ladon_exit_word(void) { return ladon_exit_words; }

/// The calling thread's state, or null outside Python threads. Slow path only: hot code is handed the thread.
extern __thread LadonThread *ladon_current_thread __attribute__((tls_model("initial-exec")));
static inline LadonThread *ladon_get_current_thread(void) { return ladon_current_thread; }
static inline void ladon_set_current_thread(LadonThread *t) { ladon_current_thread = t; }

#endif
