// The dispatch loop: one C function per instruction, each of which inlines the Swift function that is the
// instruction's meaning and then jumps to the next handler with a guaranteed tail call.
//
// These functions are `static` in a header that exactly one Swift file imports, so that they are compiled
// inside that file's LLVM module, where the Swift bodies are visible and can be inlined. Arguments live in
// registers all the way (`preserve_none`): thread, frame, pc, the instruction word, the handler table.
#ifndef CLADON_DISPATCH_H
#define CLADON_DISPATCH_H

#include <CLadon.h>

typedef uint64_t LadonWord;
typedef __attribute__((preserve_none)) void (*LadonHandler)(LadonThread *, LadonValue *, LadonWord *, LadonWord, const void *const *);

#include "handlers-prelude.h"
#include "handlers.h"


#define LADON_ADDRESS(NAME, name) (const void *)&ladon_handle_##name,
static const void *const ladon_handlers[] = { LADON_HANDLER_TABLE(LADON_ADDRESS) };
#undef LADON_ADDRESS

/// Tells the trace functions about the instruction at `pc`. The address of the instruction whose ordinary handler
/// comes next; with bit 0 set: go on there, perhaps in another frame.
extern uintptr_t ladon_trace(LadonThread *, LadonValue *, LadonWord *, LadonWord) __attribute__((swiftcall));

static __attribute__((preserve_none)) void ladon_handle_traced(LadonThread *t, LadonValue *f, LadonWord *pc, LadonWord w, const void *const *table) {
    uintptr_t answer = ladon_trace(t, f, pc, w);
    LadonWord *next = (LadonWord *)(answer & ~(uintptr_t)1);
    if (answer & 1) { LADON_NEXT(t, t->frame, next, t->handlers); }
    LADON_NEXT_IN(ladon_handlers, t, f, next, t->handlers);
}

/// The handlers of a thread that is traced: RELOAD and EXIT are as ever.
#define LADON_TRACED(NAME, name) (const void *)&ladon_handle_traced,
static const void *const ladon_traced_handlers[] = {
    (const void *)&ladon_handle_reload, (const void *)&ladon_handle_exit, LADON_BODY_TABLE(LADON_TRACED)
};
#undef LADON_TRACED

/// The same for a thread that a native profiler watches: it is told of the few instructions by which frames are entered and left.
extern uintptr_t ladon_profile(LadonThread *, LadonValue *, LadonWord *, LadonWord) __attribute__((swiftcall));

static __attribute__((preserve_none)) void ladon_handle_profiled(LadonThread *t, LadonValue *f, LadonWord *pc, LadonWord w, const void *const *table) {
    __asm__ volatile("# ladon profiled");
    uintptr_t answer = ladon_profile(t, f, pc, w);
    LadonWord *next = (LadonWord *)(answer & ~(uintptr_t)1);
    if (answer & 1) { LADON_NEXT(t, t->frame, next, t->handlers); }
    LADON_NEXT_IN(ladon_handlers, t, f, next, t->handlers);
}

#define LADON_NUMBER(NAME, name) LADON_NUMBER_##NAME,
enum { LADON_HANDLER_TABLE(LADON_NUMBER) };
#undef LADON_NUMBER

/// The ordinary handlers but for the instructions that `ladon_profile` knows.
#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Winitializer-overrides"
#define LADON_ADDRESS(NAME, name) [LADON_NUMBER_##NAME] = (const void *)&ladon_handle_##name,
#define LADON_PROFILED(NAME) [LADON_NUMBER_##NAME] = (const void *)&ladon_handle_profiled
static const void *const ladon_profiled_handlers[] = {
    LADON_HANDLER_TABLE(LADON_ADDRESS)
    LADON_PROFILED(RESUME), LADON_PROFILED(RETURN), LADON_PROFILED(RETURN_NONE), LADON_PROFILED(YIELD), LADON_PROFILED(FOR_ITER), LADON_PROFILED(SEND),
    LADON_PROFILED(CALL), LADON_PROFILED(CALL_METHOD), LADON_PROFILED(CALL_KW), LADON_PROFILED(CALL_METHOD_KW), LADON_PROFILED(CALL_EX),
};
#undef LADON_ADDRESS
#undef LADON_PROFILED
#pragma clang diagnostic pop

/// `kind`: HandlerKind of Tracing.swift.
static inline const void *const *ladon_handler_table(uint8_t kind) {
    return kind == 0 ? ladon_handlers : kind == 1 ? ladon_traced_handlers : ladon_profiled_handlers;
}

/// Runs frame `f` from `pc` until an EXIT instruction. The result is in the thread.
static inline void ladon_run(LadonThread *t, LadonValue *f, LadonWord *pc) {
    LadonWord w = *pc;
    if (!t->handlers) { t->handlers = ladon_handlers; }
    const void *const *table = t->handlers;
    // Taken after the prologue has saved the registers of the caller, which so lie above it.
    uintptr_t outer = t->loopStackPointer, here;
#if defined(__x86_64__)
    __asm__ volatile("movq %%rsp, %0" : "=r"(here));
#elif defined(__aarch64__)
    __asm__ volatile("mov %0, sp" : "=r"(here));
#endif
    t->loopStackPointer = here;
    ((LadonHandler)table[w & 0xFFFF])(t, f, pc, w, table);
    t->loopStackPointer = outer;
}

#endif
