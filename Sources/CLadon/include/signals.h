// Signals: the handler only records, and wakes the main thread; Python handlers run at its safepoints.
#ifndef LADON_SIGNALS_H
#define LADON_SIGNALS_H

#include <stdint.h>
#include <stdbool.h>
#include <poll.h>
#include <sys/epoll.h>
#include "thread.h"

/// What `ladon_install_signal` installs.
enum { LADON_SIGNAL_DEFAULT = 0, LADON_SIGNAL_IGNORE = 1, LADON_SIGNAL_RECORD = 2 };

/// 0, or an errno.
int ladon_install_signal(int number, int mode);
/// LADON_SIGNAL_*, or 3 when something foreign handles it, -1 when there is no such signal.
int ladon_signal_mode(int number);
/// Gives the signals recorded since the last call: bit n of mask[n / 64].
void ladon_take_pending_signals(uint64_t mask[2]);
bool ladon_signals_pending(void);
/// Where the handler writes the signal's number (-1: nowhere); returns the previous one. `warns_when_full`: whether that a byte found
/// no room counts as an error.
int ladon_set_wakeup_fd(int fd, bool warns_when_full);
/// The errno of a write to it that failed since the last call; 0: none.
int ladon_take_wakeup_error(void);
/// The thread whose safepoints run the handlers.
void ladon_set_main_thread(LadonThread *t);
LadonThread *ladon_main_thread(void);
/// As if the signal had come (`_thread.interrupt_main`, `signal.raise_signal` of a recorded one).
void ladon_record_signal(int number);

/// poll until `deadline` (CLOCK_MONOTONIC ns, UINT64_MAX none). In the main thread (`interruptible`) a signal that was
/// recorded before or comes during the wait ends it with -EINTR: none falls between the test and the sleep. Ready count or -errno.
int ladon_poll(struct pollfd *fds, unsigned long count, uint64_t deadline, bool interruptible);
/// The same for an epoll set: the events that have come, at most `maximum`.
int ladon_epoll_wait(int set, struct epoll_event *events, int maximum, uint64_t deadline, bool interruptible);

#endif
