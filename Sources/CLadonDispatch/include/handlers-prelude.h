// How one handler is put together from the Swift function of its instruction. See CLadonDispatch.h.
//
// The empty `asm` carries the instruction's name so that Swift's function merging, which would fold
// look-alike functions into one with an extra parameter and break the tail call, finds no two alike:
// neither the handlers nor, before they are inlined, the Swift functions (which call ladon_mark_NAME).

#define LADON_DECLARE(name) \
    static inline __attribute__((always_inline)) void ladon_mark_##name(void) { __asm__ volatile("# ladon body " #name); } \
    extern LadonWord *ladon_op_##name(LadonThread *, LadonValue *, LadonWord *, LadonWord) __attribute__((swiftcall));

/// Runs the instruction at `pc` by its handler in `first`; those after it by `table`.
#define LADON_NEXT_IN(first, t, f, pc, table) \
    LadonWord next_word = *(pc); \
    __attribute__((musttail)) return ((LadonHandler)(first)[next_word & 0xFFFF])(t, f, pc, next_word, table)
#define LADON_NEXT(t, f, pc, table) LADON_NEXT_IN(table, t, f, pc, table)

/// S: the frame stays.
#define LADON_HANDLER_S(NAME, name, number) \
    LADON_DECLARE(name) \
    static __attribute__((preserve_none)) void ladon_handle_##name(LadonThread *t, LadonValue *f, LadonWord *pc, LadonWord w, const void *const *table) { \
        __asm__ volatile("# ladon " #name); \
        LadonWord *next; \
        [[clang::always_inline]] next = ladon_op_##name(t, f, pc, w); \
        LADON_NEXT(t, f, next, table); \
    }

/// F: the frame may be another one afterwards, and tracing may have been switched.
#define LADON_HANDLER_F(NAME, name, number) \
    LADON_DECLARE(name) \
    static __attribute__((preserve_none)) void ladon_handle_##name(LadonThread *t, LadonValue *f, LadonWord *pc, LadonWord w, const void *const *table) { \
        __asm__ volatile("# ladon " #name); \
        LadonWord *next; \
        [[clang::always_inline]] next = ladon_op_##name(t, f, pc, w); \
        LADON_NEXT(t, t->frame, next, t->handlers); \
    }

/// X: leaves the loop.
#define LADON_HANDLER_X(NAME, name, number) \
    static __attribute__((preserve_none)) void ladon_handle_##name(LadonThread *t, LadonValue *f, LadonWord *pc, LadonWord w, const void *const *table) { \
        __asm__ volatile("# ladon " #name); \
    }
