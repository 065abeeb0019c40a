// Calls of the operating system that Swift cannot make.

#define _GNU_SOURCE 1
#include "posix.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <libintl.h>
#include <sys/resource.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <unistd.h>
#include <wchar.h>

int ladon_wait_status(int status, char what) {
    switch (what) {
        case 'c': return WCOREDUMP(status) != 0;
        case 'n': return WIFCONTINUED(status) != 0;
        case 's': return WIFSTOPPED(status) != 0;
        case 'g': return WIFSIGNALED(status) != 0;
        case 'x': return WIFEXITED(status) != 0;
        case 'X': return WEXITSTATUS(status);
        case 'T': return WTERMSIG(status);
        default: return WSTOPSIG(status);
    }
}

long ladon_getrandom(void *buffer, size_t count, unsigned flags) { return getrandom(buffer, count, flags); }
int ladon_pidfd_open(int pid, unsigned flags) { return (int)syscall(SYS_pidfd_open, pid, flags); }
int ladon_memfd_create(const char *name, unsigned flags) { return (int)syscall(SYS_memfd_create, name, flags); }
long ladon_copy_file_range(int in, bool hasIn, int64_t inOffset, int out, bool hasOut, int64_t outOffset, size_t count, unsigned flags) {
    return copy_file_range(in, hasIn ? &inOffset : NULL, out, hasOut ? &outOffset : NULL, count, flags);
}
long ladon_splice(int in, bool hasIn, int64_t inOffset, int out, bool hasOut, int64_t outOffset, size_t count, unsigned flags) {
    return splice(in, hasIn ? &inOffset : NULL, out, hasOut ? &outOffset : NULL, count, flags);
}
int ladon_eventfd(unsigned initial, int flags) { return eventfd(initial, flags); }

int ladon_close_range(unsigned first, unsigned last) {
#ifdef SYS_close_range
    return (int)syscall(SYS_close_range, first, last, 0);
#else
    errno = ENOSYS;
    return -1;
#endif
}

int ladon_statvfs(const char *path, struct statvfs *out) { return statvfs(path, out); }
int ladon_setresuid(uid_t real, uid_t effective, uid_t saved) { return setresuid(real, effective, saved); }
int ladon_setresgid(gid_t real, gid_t effective, gid_t saved) { return setresgid(real, effective, saved); }
int ladon_getresuid(uid_t *real, uid_t *effective, uid_t *saved) { return getresuid(real, effective, saved); }
int ladon_getresgid(gid_t *real, gid_t *effective, gid_t *saved) { return getresgid(real, effective, saved); }
long ladon_preadv(int fd, const struct iovec *vectors, int count, int64_t offset, int flags) {
    return flags == 0 ? preadv(fd, vectors, count, offset) : preadv2(fd, vectors, count, offset, flags);
}
long ladon_pwritev(int fd, const struct iovec *vectors, int count, int64_t offset, int flags) {
    return flags == 0 ? pwritev(fd, vectors, count, offset) : pwritev2(fd, vectors, count, offset, flags);
}
int ladon_flock(int fd, int operation) { return flock(fd, operation); }
int ladon_pipe(int ends[2], int flags) { return pipe2(ends, flags); }
int ladon_dup3(int fd, int to, int flags) { return dup3(fd, to, flags); }
unsigned ladon_major(uint64_t device) { return major(device); }
unsigned ladon_minor(uint64_t device) { return minor(device); }
uint64_t ladon_makedev(unsigned high, unsigned low) { return makedev(high, low); }

int ladon_open(const char *path, int flags, unsigned mode) { return open(path, flags, mode); }
int ladon_openat(int directory, const char *path, int flags, unsigned mode) { return openat(directory, path, flags, mode); }
int ladon_fcntl_int(int fd, int command, long argument) { return fcntl(fd, command, argument); }
int ladon_fcntl_pointer(int fd, int command, void *argument) { return fcntl(fd, command, argument); }
int ladon_ioctl_int(int fd, unsigned long request, long argument) { return ioctl(fd, request, argument); }
int ladon_ioctl_pointer(int fd, unsigned long request, void *argument) { return ioctl(fd, request, argument); }
int ladon_mknodat(int directory, const char *path, unsigned mode, uint64_t device) { return mknodat(directory, path, mode, device); }

int ladon_waitid(int kind, unsigned id, LadonWaitInfo *out, int options) {
    siginfo_t info;
    memset(&info, 0, sizeof info);
    if (waitid((idtype_t)kind, id, &info, options) < 0) return errno;
    out->pid = info.si_pid;
    out->uid = (int)info.si_uid;
    out->signo = info.si_signo;
    out->status = info.si_status;
    out->code = info.si_code;
    return 0;
}

// MARK: directories

void *ladon_opendir(const char *path) { return opendir(path); }
void *ladon_fdopendir(int fd) { return fdopendir(fd); }

int ladon_readdir(void *directory, const char **name, uint64_t *inode, int *type) {
    for (;;) {
        errno = 0;
        struct dirent *entry = readdir(directory);
        if (!entry) return errno == 0 ? 0 : -1;
        const char *n = entry->d_name;
        if (n[0] == '.' && (n[1] == 0 || (n[1] == '.' && n[2] == 0))) continue;
        *name = n;
        *inode = entry->d_ino;
        *type = entry->d_type;
        return 1;
    }
}

void ladon_rewinddir(void *directory) { rewinddir(directory); }
int ladon_closedir(void *directory) { return closedir(directory); }

// MARK: processors

int ladon_get_affinity(int pid, uint64_t *words, size_t count) {
    memset(words, 0, count * 8);
    return sched_getaffinity(pid, count * 8, (cpu_set_t *)words) == 0 ? 0 : errno;
}
int ladon_set_affinity(int pid, const uint64_t *words, size_t count) {
    return sched_setaffinity(pid, count * 8, (const cpu_set_t *)words) == 0 ? 0 : errno;
}

// MARK: stat

static void fill(LadonStat *out, const struct stat *s) {
    out->mode = s->st_mode;
    out->ino = s->st_ino;
    out->dev = s->st_dev;
    out->nlink = s->st_nlink;
    out->uid = s->st_uid;
    out->gid = s->st_gid;
    out->rdev = s->st_rdev;
    out->size = s->st_size;
    out->blksize = s->st_blksize;
    out->blocks = s->st_blocks;
    out->atime = s->st_atim.tv_sec;
    out->mtime = s->st_mtim.tv_sec;
    out->ctime = s->st_ctim.tv_sec;
    out->atimeNanoseconds = s->st_atim.tv_nsec;
    out->mtimeNanoseconds = s->st_mtim.tv_nsec;
    out->ctimeNanoseconds = s->st_ctim.tv_nsec;
}

int ladon_stat(const char *path, LadonStat *out) {
    struct stat s;
    if (stat(path, &s) < 0) return -1;
    fill(out, &s);
    return 0;
}
int ladon_lstat(const char *path, LadonStat *out) {
    struct stat s;
    if (lstat(path, &s) < 0) return -1;
    fill(out, &s);
    return 0;
}
int ladon_fstat(int fd, LadonStat *out) {
    struct stat s;
    if (fstat(fd, &s) < 0) return -1;
    fill(out, &s);
    return 0;
}
int ladon_fstatat(int directory, const char *path, LadonStat *out, bool follows) {
    struct stat s;
    if (fstatat(directory, path, &s, follows ? 0 : AT_SYMLINK_NOFOLLOW) < 0) return -1;
    fill(out, &s);
    return 0;
}

char **ladon_environment(void) {
    extern char **environ;
    return environ;
}

// MARK: the child between fork and exec

/// Writes "Kind:errno in hex:message" to the pipe that the parent reads, and ends.
static void report(const LadonSpawn *s, const char *kind, int code, const char *message) {
    char text[128];
    size_t n = 0;
    for (const char *p = kind; *p; p++) text[n++] = *p;
    text[n++] = ':';
    if (code != 0) {
        char digits[16];
        int count = 0;
        for (unsigned v = (unsigned)code; v != 0; v >>= 4) digits[count++] = "0123456789ABCDEF"[v & 15];
        while (count > 0) text[n++] = digits[--count];
    } else if (kind[0] == 'S') {
        text[n++] = '0';
    }
    text[n++] = ':';
    for (const char *p = message; *p; p++) text[n++] = *p;
    ssize_t ignored = write(s->errpipe_write, text, n);
    (void)ignored;
    _exit(255);
}

static void closeOthers(const LadonSpawn *s) {
    int from = 3;
    for (size_t i = 0; i < s->keptCount; i++) {
        int kept = s->kept[i];
        if (kept < from) continue;
        if (kept > from && ladon_close_range((unsigned)from, (unsigned)(kept - 1)) < 0) {
            for (int fd = from; fd < kept; fd++) close(fd);
        }
        from = kept + 1;
    }
    if (ladon_close_range((unsigned)from, ~0U) < 0) {
        long limit = sysconf(_SC_OPEN_MAX);
        if (limit < 0 || limit > 65536) limit = 65536;
        for (int fd = from; fd < limit; fd++) close(fd);
    }
}

static bool inherit(int fd) {
    int flags = fcntl(fd, F_GETFD);
    return flags >= 0 && fcntl(fd, F_SETFD, flags & ~FD_CLOEXEC) >= 0;
}

void ladon_spawn_child(const LadonSpawn *s) {
    const char *noexec = "noexec";
    for (size_t i = 0; i < s->keptCount; i++) {
        if (s->kept[i] != s->errpipe_write && !inherit(s->kept[i])) report(s, "OSError", errno, noexec);
    }
    // The parent's ends.
    if (s->p2cwrite != -1) close(s->p2cwrite);
    if (s->c2pread != -1) close(s->c2pread);
    if (s->errread != -1) close(s->errread);
    close(s->errpipe_read);

    int c2pwrite = s->c2pwrite, errwrite = s->errwrite;
    // Low descriptors would be overwritten by the dup2 below.
    if (c2pwrite == 0 && (c2pwrite = dup(c2pwrite)) < 0) report(s, "OSError", errno, noexec);
    while (errwrite == 0 || errwrite == 1) {
        if ((errwrite = dup(errwrite)) < 0) report(s, "OSError", errno, noexec);
    }
    if (s->p2cread == 0) {
        if (!inherit(0)) report(s, "OSError", errno, noexec);
    } else if (s->p2cread != -1 && dup2(s->p2cread, 0) < 0) {
        report(s, "OSError", errno, noexec);
    }
    if (c2pwrite == 1) {
        if (!inherit(1)) report(s, "OSError", errno, noexec);
    } else if (c2pwrite != -1 && dup2(c2pwrite, 1) < 0) {
        report(s, "OSError", errno, noexec);
    }
    if (errwrite == 2) {
        if (!inherit(2)) report(s, "OSError", errno, noexec);
    } else if (errwrite != -1 && dup2(errwrite, 2) < 0) {
        report(s, "OSError", errno, noexec);
    }
    if (s->directory && chdir(s->directory) < 0) report(s, "OSError", errno, noexec);
    if (s->umask >= 0) umask((mode_t)s->umask);
    if (s->restoresSignals) {
        signal(SIGPIPE, SIG_DFL);
#ifdef SIGXFSZ
        signal(SIGXFSZ, SIG_DFL);
#endif
    }
    if (s->signalMask) {
        // The parent's handlers must not run here: they would find the parent's memory.
        for (int n = 1; n < _NSIG; n++) {
            struct sigaction action;
            if (n == SIGKILL || n == SIGSTOP || sigaction(n, NULL, &action) < 0) continue;
            if (action.sa_handler == SIG_IGN || action.sa_handler == SIG_DFL) continue;
            action.sa_handler = SIG_DFL;
            action.sa_flags = 0;
            sigaction(n, &action, NULL);
        }
        sigprocmask(SIG_SETMASK, s->signalMask, NULL);
    }
    if (s->newSession) setsid();
    if (s->processGroup >= 0 && setpgid(0, s->processGroup) < 0) report(s, "OSError", errno, noexec);
    if (s->hasGroups && setgroups(s->groupCount, s->groups) < 0) report(s, "OSError", errno, noexec);
    if (s->hasGroup && setregid(s->group, s->group) < 0) report(s, "OSError", errno, noexec);
    if (s->hasUser && setreuid(s->user, s->user) < 0) report(s, "OSError", errno, noexec);
    if (s->prepare && s->prepare(s->context) != 0) report(s, "SubprocessError", 0, "Exception occurred in preexec_fn.");
    if (s->closesDescriptors) closeOthers(s);
    int saved = 0;
    for (size_t i = 0; s->executables[i]; i++) {
        if (s->environment) {
            execve(s->executables[i], s->arguments, s->environment);
        } else {
            execv(s->executables[i], s->arguments);
        }
        if (errno != ENOENT && errno != ENOTDIR && saved == 0) saved = errno;
    }
    report(s, "OSError", saved != 0 ? saved : errno, "");
    _exit(255);
}

int ladon_fork_spawn(LadonSpawn *spawn) {
    sigset_t all, old;
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, &old);
    spawn->signalMask = &old;
    bool plain = spawn->hasUser || spawn->hasGroup || spawn->hasGroups;
    // vfork: no page tables to copy, and the memory that the child would see half-changed is not touched by it.
    pid_t pid = plain ? fork() : vfork();
    if (pid == 0) ladon_spawn_child(spawn);
    int code = errno;
    spawn->signalMask = NULL;
    pthread_sigmask(SIG_SETMASK, &old, NULL);
    errno = code;
    return pid;
}

// MARK: others

int ladon_prlimit(int pid, int resource, const struct rlimit *limits, struct rlimit *old) { return prlimit(pid, resource, limits, old); }

const char *ladon_gettext(const char *domain, const char *message, int category) {
    if (category >= 0) return dcgettext(domain, message, category);
    return domain ? dgettext(domain, message) : gettext(message);
}
_Static_assert(sizeof(wchar_t) == 4, "wide characters are code points");
int ladon_collate(const uint32_t *a, const uint32_t *b) { return wcscoll((const wchar_t *)a, (const wchar_t *)b); }
size_t ladon_collation_key(uint32_t *out, const uint32_t *text, size_t count) { return wcsxfrm((wchar_t *)out, (const wchar_t *)text, count); }
const char *ladon_textdomain(const char *domain) { return textdomain(domain); }
const char *ladon_bindtextdomain(const char *domain, const char *directory) { return bindtextdomain(domain, directory); }
const char *ladon_bind_codeset(const char *domain, const char *codeset) { return bind_textdomain_codeset(domain, codeset); }
