// The C shim under Ladon's Swift code: what Swift cannot say (atomics on raw memory, thread state in
// a layout that both languages see, register spill, `asm` barriers). Headers above all, so that every
// function here is inlined into the Swift that uses it.
#ifndef CLADON_H
#define CLADON_H

#include "value.h"
#include "atomics.h"
#include "thread.h"
#include "os.h"
#include "buffer.h"
#include "strings_state.h"
#include "futex.h"
#include "spill.h"
#include "hooks.h"
#include "heap.h"
#include "signals.h"
#include "posix.h"

#endif
