#define _GNU_SOURCE
#include "os.h"
#include <pthread.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

uintptr_t ladon_pthread_self(void) { return (uintptr_t)pthread_self(); }
uint32_t ladon_gettid(void) { return (uint32_t)syscall(SYS_gettid); }

extern void *__libc_stack_end;

// Where the stack of a thread that was started here lies, as far as the runtime may use it; 0: not known.
static __thread uintptr_t own_low, own_high;

void ladon_native_stack(bool isMain, uintptr_t *low, uintptr_t *high) {
    pthread_attr_t attributes;
    if (isMain) {
        // pthread_getattr_np would read /proc/self/maps for this one, and see only today's extent.
        struct rlimit limit;
        uintptr_t size = 8u << 20;
        if (getrlimit(RLIMIT_STACK, &limit) == 0) {
            if (limit.rlim_cur == RLIM_INFINITY) size = 64u << 20;
            else if (limit.rlim_cur >= 64 * 1024) size = limit.rlim_cur;
        }
        if (size > (uintptr_t)512 << 20) size = (uintptr_t)512 << 20;
        *high = ((uintptr_t)__libc_stack_end + 4095) & ~(uintptr_t)4095;
        *low = *high - size;
        return;
    }
    if (own_high) {
        *low = own_low;
        *high = own_high;
        return;
    }
    void *base = 0;
    size_t size = 0;
    if (pthread_getattr_np(pthread_self(), &attributes) != 0) abort();
    pthread_attr_getstack(&attributes, &base, &size);
    pthread_attr_destroy(&attributes);
    *low = (uintptr_t)base;
    *high = (uintptr_t)base + size;
}

struct start { void (*body)(void *); void *argument; uintptr_t stack_size; };

static void *trampoline(void *raw) {
    struct start s = *(struct start *)raw;
    free(raw);
    if (s.stack_size >= 1 << 20) {
        // pthread_getattr_np asks the system, and allocates. What lies above this frame (thread-local storage, a few pages)
        // makes `low` that much too low; the caller's margin is larger by far. A small stack is looked at closely.
        own_high = ((uintptr_t)__builtin_frame_address(0) + 16) & ~(uintptr_t)15;
        own_low = own_high - s.stack_size;
    }
    s.body(s.argument);
    return 0;
}

int ladon_start_native_thread(intptr_t stackSize, void (*body)(void *), void *argument, uintptr_t *ident) {
    pthread_attr_t attributes;
    pthread_t thread;
    struct start *s = malloc(sizeof *s);
    if (!s) return ENOMEM;
    s->body = body;
    s->argument = argument;
    s->stack_size = (uintptr_t)stackSize;
    pthread_attr_init(&attributes);
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    int code = pthread_attr_setstacksize(&attributes, (size_t)stackSize);
    if (code == 0) code = pthread_create(&thread, &attributes, trampoline, s);
    pthread_attr_destroy(&attributes);
    if (code != 0) { free(s); return code; }
    *ident = (uintptr_t)thread;
    return 0;
}

void ladon_set_thread_name(const char *name) { prctl(PR_SET_NAME, name, 0, 0, 0); }
