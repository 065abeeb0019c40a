// Saving a thread's registers where the collector finds them.
//
// Values may be in callee-saved registers only, so a thread that detaches or stops stores all of those
// into its LadonThread before anything else runs. The store is a function of its own written in assembly:
// a C function's prologue may already have moved a register into a frame that will be gone by the time
// the collector looks, and glibc's setjmp mangles one of them.
#ifndef LADON_SPILL_H
#define LADON_SPILL_H

#include "thread.h"

/// Stores the callee-saved registers at `area` (at least LADON_SAVED_REGISTERS words) and returns the
/// caller's stack pointer: every frame from there up is intact as long as the caller does not return.
uintptr_t ladon_spill_registers(uintptr_t *area);

/// Makes `t` scannable from here up. Must be expanded in a function that does not return before the thread
/// attaches again.
static inline __attribute__((always_inline)) void ladon_save_state(LadonThread *t) {
    t->savedStackPointer = ladon_spill_registers(t->savedRegisters);
}

#endif
