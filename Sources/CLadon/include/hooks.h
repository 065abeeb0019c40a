// What the heap and the threads ask of the layers above them. The runtime fills the table before the
// first thread but the main one exists; a null entry means "nothing to do".
#ifndef LADON_HOOKS_H
#define LADON_HOOKS_H

#include <stdbool.h>
#include "thread.h"

typedef struct LadonHooks {
    /// Calls the callback of a cleared weak reference; errors are reported as unraisable. Attached, at a safepoint.
    void (*runWeakCallback)(LadonThread *t, LadonValue reference);
    /// Runs the finaliser of an unreachable object, once in its life. Attached, at a safepoint.
    void (*finalize)(LadonThread *t, LadonValue object);
    /// Whether the finaliser of such an object is Python code. World stopped.
    bool (*hasPythonFinalizer)(LadonValue object);
    /// Runs the Python handlers of the signals that `takePendingSignals` gives. False: an exception was raised. Main thread only.
    bool (*handleSignals)(LadonThread *t);
    /// Raises `t->asyncException`. False: raised.
    bool (*raiseAsyncException)(LadonThread *t);
    /// Raises MemoryError after an allocation that had to use the reserve. False: raised.
    bool (*raiseMemoryError)(LadonThread *t);
    /// Chooses the thread's handler table again.
    void (*tracingChanged)(LadonThread *t);
    /// Any other request (SafepointRequest.custom). False: raised.
    bool (*customRequest)(LadonThread *t);

    // World stopped from here on: no allocation, no Python code.
    /// One past the last word in use of the thread's register stack. Null: word 4 of `t->frame`.
    LadonValue *(*registerStackTop)(LadonThread *t);
    /// Optional, for collections that are made to find something dead: calls `visit` for each range of registers that is live.
    void (*liveRegisters)(LadonThread *t, void (*visit)(LadonValue *first, intptr_t count));
    /// The same for the window in a generator's cell.
    void (*liveWindow)(uintptr_t cell, void (*visit)(LadonValue *first, intptr_t count));
    /// Further roots: calls `markRoot` on each.
    void (*traceRoots)(void);
    /// After marking, before anything is freed: drop entries of weak tables whose cells are not `isMarked`.
    void (*afterMark)(void);
    /// These ids become reusable now: clear every cache that holds one.
    void (*idsFreed)(const uint32_t *ids, intptr_t count);

    /// `gc.callbacks`: phase 0 start, 1 stop. Attached, around gcCollect only, never around automatic collections inside an allocation.
    void (*collectionPhase)(LadonThread *t, int32_t phase, intptr_t collected);
    /// In a forked child, after the runtime's own locks are new and before the world starts.
    void (*afterForkInChild)(LadonThread *t);
    /// A thread state comes into existence (attached, on its own thread), or is about to end (attached).
    void (*threadStarted)(LadonThread *t);
    void (*threadEnding)(LadonThread *t);
    /// Told of waits and hand-overs when set (timeline); detached or attached, must not touch values.
    void (*threadEvent)(LadonThread *t, int32_t kind, uint64_t nanoseconds, uintptr_t subject);
} LadonHooks;

extern LadonHooks ladonHooks;

#endif
