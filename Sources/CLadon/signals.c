#define _GNU_SOURCE
#include "signals.h"
#include "futex.h"
#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

// Everything the handler touches is lock-free: a word per 64 signals, the main thread's `pending` and `parkWord`.
static uint64_t recorded[2];
static int wakeup_fd = -1;
static bool wakeup_warns_when_full = true;
// errno of the last write to it that failed; 0: none.
static int wakeup_error;
static LadonThread *main_thread;

// The deadline of a wait of the main thread that nothing but its passing ends (a semaphore's): the handler moves it
// into the past, in case the wait has not begun.
struct timespec *volatile ladon_signal_deadline;

// The main thread while it sleeps in a system call for which it opens its signals, or is about to (`isPolling`), and the signals
// that it has blocked for itself.
static pthread_t poller;
static sigset_t pollers_mask;
static int isPolling;
/// The address is what a signal carries that only ends such a sleep.
static char nudge;

void ladon_set_main_thread(LadonThread *t) {
    // In a forked child, whoever slept is not there.
    __atomic_store_n(&isPolling, 0, __ATOMIC_SEQ_CST);
    __atomic_store_n(&main_thread, t, __ATOMIC_RELEASE);
}
LadonThread *ladon_main_thread(void) { return __atomic_load_n(&main_thread, __ATOMIC_ACQUIRE); }

void ladon_record_signal(int number) {
    if (number <= 0 || number >= 128) return;
    __atomic_fetch_or(&recorded[number >> 6], 1ull << (number & 63), __ATOMIC_SEQ_CST);
    LadonThread *t = ladon_main_thread();
    if (t) {
        ladon_fetch_or32(&t->pending, LADON_PENDING_SIGNALS);
        ladon_fetch_add32(&t->parkWord, 1);
        ladon_futex_wake(&t->parkWord, 1);
        struct timespec *deadline = ladon_signal_deadline;
        if (deadline) __atomic_store_n(&deadline->tv_sec, 0, __ATOMIC_SEQ_CST);
    }
    int fd = __atomic_load_n(&wakeup_fd, __ATOMIC_RELAXED);
    if (fd >= 0) {
        unsigned char byte = (unsigned char)number;
        if (write(fd, &byte, 1) < 0 && (errno != EAGAIN || __atomic_load_n(&wakeup_warns_when_full, __ATOMIC_RELAXED)))
            __atomic_store_n(&wakeup_error, errno, __ATOMIC_SEQ_CST);
    }
}

/// A signal that came while the main thread, about to sleep, had blocked it was given to another thread, this one, and does not end the
/// sleep. It is sent on: then it waits until the main thread opens its signals.
static void forward(int number) {
    if (!__atomic_load_n(&isPolling, __ATOMIC_SEQ_CST) || pthread_equal(poller, pthread_self())) return;
    // What the program has blocked there is not to interrupt it, and must not be found pending.
    if (sigismember(&pollers_mask, number) != 0) return;
    pthread_sigqueue(poller, number, (union sigval){.sival_ptr = &nudge});
}

static void handler(int number, siginfo_t *info, void *context) {
    (void)context;
    if (info && info->si_code == SI_QUEUE && info->si_value.sival_ptr == &nudge) return;
    int saved = errno;
    ladon_record_signal(number);
    forward(number);
    errno = saved;
}

int ladon_install_signal(int number, int mode) {
    struct sigaction action;
    memset(&action, 0, sizeof action);
    sigemptyset(&action.sa_mask);
    if (mode == LADON_SIGNAL_RECORD) action.sa_sigaction = handler;
    else action.sa_handler = mode == LADON_SIGNAL_DEFAULT ? SIG_DFL : SIG_IGN;
    // No SA_RESTART: a blocking call must come back so that the Python handler can run. SA_ONSTACK as the
    // embedding program may have given threads small stacks.
    action.sa_flags = mode == LADON_SIGNAL_RECORD ? SA_ONSTACK | SA_SIGINFO : 0;
    return sigaction(number, &action, 0) == 0 ? 0 : errno;
}

int ladon_signal_mode(int number) {
    struct sigaction action;
    if (sigaction(number, 0, &action) != 0) return -1;
    if (action.sa_flags & SA_SIGINFO) return action.sa_sigaction == handler ? LADON_SIGNAL_RECORD : 3;
    if (action.sa_handler == SIG_DFL) return LADON_SIGNAL_DEFAULT;
    if (action.sa_handler == SIG_IGN) return LADON_SIGNAL_IGNORE;
    return 3;
}

void ladon_take_pending_signals(uint64_t mask[2]) {
    mask[0] = __atomic_exchange_n(&recorded[0], 0, __ATOMIC_SEQ_CST);
    mask[1] = __atomic_exchange_n(&recorded[1], 0, __ATOMIC_SEQ_CST);
}

bool ladon_signals_pending(void) {
    return __atomic_load_n(&recorded[0], __ATOMIC_SEQ_CST) || __atomic_load_n(&recorded[1], __ATOMIC_SEQ_CST);
}

int ladon_set_wakeup_fd(int fd, bool warns_when_full) {
    __atomic_store_n(&wakeup_warns_when_full, warns_when_full, __ATOMIC_RELAXED);
    return __atomic_exchange_n(&wakeup_fd, fd, __ATOMIC_SEQ_CST);
}

int ladon_take_wakeup_error(void) { return __atomic_exchange_n(&wakeup_error, 0, __ATOMIC_SEQ_CST); }

/// What is left until `deadline`; null for ever.
static struct timespec *remaining(uint64_t deadline, struct timespec *wait) {
    if (deadline == UINT64_MAX) return 0;
    uint64_t now = ladon_monotonic();
    uint64_t left = deadline > now ? deadline - now : 0;
    wait->tv_sec = (time_t)(left / 1000000000u);
    wait->tv_nsec = (long)(left % 1000000000u);
    return wait;
}

/// Ends what `block_signals` began.
static void open_signals(const sigset_t *before) {
    __atomic_store_n(&isPolling, 0, __ATOMIC_SEQ_CST);
    pthread_sigmask(SIG_SETMASK, before, 0);
}

/// Blocks every signal of the main thread. False, and nothing is blocked: one waits for its handler. What sleeps unblocks them atomically
/// with its sleep. One that is given to another thread in between is either seen here, or that thread sees `isPolling` and sends it on.
static bool block_signals(sigset_t *before) {
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, before);
    pollers_mask = *before;
    poller = pthread_self();
    __atomic_store_n(&isPolling, 1, __ATOMIC_SEQ_CST);
    if (!ladon_signals_pending()) return true;
    open_signals(before);
    return false;
}

int ladon_poll(struct pollfd *fds, unsigned long count, uint64_t deadline, bool interruptible) {
    struct timespec wait;
    sigset_t before;
    if (interruptible && !block_signals(&before)) return -EINTR;
    int r = ppoll(fds, count, remaining(deadline, &wait), interruptible ? &before : 0);
    if (r < 0) r = -errno;
    if (interruptible) open_signals(&before);
    return r;
}

int ladon_epoll_wait(int set, struct epoll_event *events, int maximum, uint64_t deadline, bool interruptible) {
    struct timespec wait;
    sigset_t before;
    if (interruptible && !block_signals(&before)) return -EINTR;
    struct timespec *timeout = remaining(deadline, &wait);
    int r = epoll_pwait2(set, events, maximum, timeout, interruptible ? &before : 0);
    if (r < 0 && errno == ENOSYS) {
        // Linux before 5.11 counts in milliseconds.
        int64_t left = timeout ? (int64_t)wait.tv_sec * 1000 + (wait.tv_nsec + 999999) / 1000000 : -1;
        r = epoll_pwait(set, events, maximum, left > INT_MAX ? INT_MAX : (int)left, interruptible ? &before : 0);
    }
    if (r < 0) r = -errno;
    if (interruptible) open_signals(&before);
    return r;
}
