// The operating system for Python's modules posix, errno, select, fcntl, resource, termios and _locale: constants by name,
// and calls that Swift cannot make (macros, variadic functions, what runs between fork and exec).
#ifndef LADON_POSIX_H
#define LADON_POSIX_H

#include <stdint.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>
#include <sys/xattr.h>
#include <pty.h>
#include <utmp.h>
#include <termios.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/uio.h>
#include <sys/statvfs.h>

/// A constant of a module; a table ends with name NULL.
typedef struct LadonConstant {
    const char *name;
    int64_t value;
} LadonConstant;

enum LadonConstantTable {
    LADON_CONSTANTS_POSIX, LADON_CONSTANTS_SYSCONF, LADON_CONSTANTS_CONFSTR, LADON_CONSTANTS_PATHCONF, LADON_CONSTANTS_ERRNO,
    LADON_CONSTANTS_SELECT, LADON_CONSTANTS_FCNTL, LADON_CONSTANTS_RESOURCE, LADON_CONSTANTS_TERMIOS, LADON_CONSTANTS_LOCALE
};
const LadonConstant *ladon_constants(int table);

// Status words of wait: macros.
int ladon_wait_status(int status, char what);

/// getpid's kind with errno for those newer than some C libraries.
long ladon_getrandom(void *buffer, size_t count, unsigned flags);
int ladon_pidfd_open(int pid, unsigned flags);
int ladon_memfd_create(const char *name, unsigned flags);
long ladon_copy_file_range(int in, bool hasIn, int64_t inOffset, int out, bool hasOut, int64_t outOffset, size_t count, unsigned flags);
long ladon_splice(int in, bool hasIn, int64_t inOffset, int out, bool hasOut, int64_t outOffset, size_t count, unsigned flags);
int ladon_eventfd(unsigned initial, int flags);
int ladon_close_range(unsigned first, unsigned last);

/// statvfs(2), whose name is also a type's.
int ladon_statvfs(const char *path, struct statvfs *out);

int ladon_setresuid(uid_t real, uid_t effective, uid_t saved);
int ladon_setresgid(gid_t real, gid_t effective, gid_t saved);
int ladon_getresuid(uid_t *real, uid_t *effective, uid_t *saved);
int ladon_getresgid(gid_t *real, gid_t *effective, gid_t *saved);
long ladon_preadv(int fd, const struct iovec *vectors, int count, int64_t offset, int flags);
long ladon_pwritev(int fd, const struct iovec *vectors, int count, int64_t offset, int flags);
/// flock(2), whose name is also a type's.
int ladon_flock(int fd, int operation);
int ladon_pipe(int ends[2], int flags);
int ladon_dup3(int fd, int to, int flags);

unsigned ladon_major(uint64_t device);
unsigned ladon_minor(uint64_t device);
uint64_t ladon_makedev(unsigned major, unsigned minor);

int ladon_open(const char *path, int flags, unsigned mode);
int ladon_openat(int directory, const char *path, int flags, unsigned mode);
int ladon_fcntl_int(int fd, int command, long argument);
int ladon_fcntl_pointer(int fd, int command, void *argument);
int ladon_ioctl_int(int fd, unsigned long request, long argument);
int ladon_ioctl_pointer(int fd, unsigned long request, void *argument);
int ladon_mknodat(int directory, const char *path, unsigned mode, uint64_t device);

/// waitid: 0 and the fields filled in (pid 0: nothing yet), or an errno.
typedef struct LadonWaitInfo {
    int pid, uid, signo, status, code;
} LadonWaitInfo;
int ladon_waitid(int kind, unsigned id, LadonWaitInfo *out, int options);

/// Names of the entries of a directory, one after the other: opaque DIR *. `type` is DT_*.
void *ladon_opendir(const char *path);
void *ladon_fdopendir(int fd);
/// 1 an entry (name valid until the next call), 0 the end, -1 error in errno.
int ladon_readdir(void *directory, const char **name, uint64_t *inode, int *type);
void ladon_rewinddir(void *directory);
int ladon_closedir(void *directory);

/// Sets of processors as bits in 64-bit words. An errno.
int ladon_get_affinity(int pid, uint64_t *words, size_t count);
int ladon_set_affinity(int pid, const uint64_t *words, size_t count);

/// Everything a child does between fork and exec; see fork_exec in Python's _posixsubprocess.
typedef struct LadonSpawn {
    /// NULL-terminated; `executables` are tried in turn.
    char *const *executables;
    char *const *arguments;
    /// NULL: the parent's environment.
    char *const *environment;
    const char *directory;
    int p2cread, p2cwrite, c2pread, c2pwrite, errread, errwrite, errpipe_read, errpipe_write;
    bool closesDescriptors, restoresSignals, newSession, hasGroups, hasGroup, hasUser;
    int processGroup;
    int umask;
    gid_t group;
    uid_t user;
    const gid_t *groups;
    size_t groupCount;
    /// Sorted.
    const int *kept;
    size_t keptCount;
    /// Called before exec if set: 0 goes on, else the child reports SubprocessError.
    int (*prepare)(void *context);
    void *context;
    /// sigset_t to restore before exec, or NULL; handlers go back to the default then.
    const void *signalMask;
} LadonSpawn;
/// Runs in the child only; async-signal-safe but for `prepare`. Never returns.
void ladon_spawn_child(const LadonSpawn *spawn) __attribute__((noreturn));
/// Forks and runs that in the child, without anything of the runtime. The child's pid or -1.
int ladon_fork_spawn(LadonSpawn *spawn);

int ladon_prlimit(int pid, int resource, const struct rlimit *limits, struct rlimit *old);
/// gettext (domain NULL, category < 0), dgettext, dcgettext.
const char *ladon_gettext(const char *domain, const char *message, int category);
/// Comparison of texts as UTF-32, ended by 0, in the order of the locale, and the key for it (`out` may be NULL).
int ladon_collate(const uint32_t *a, const uint32_t *b);
size_t ladon_collation_key(uint32_t *out, const uint32_t *text, size_t count);
const char *ladon_textdomain(const char *domain);
const char *ladon_bindtextdomain(const char *domain, const char *directory);
const char *ladon_bind_codeset(const char *domain, const char *codeset);

/// The environment of the process.
char **ladon_environment(void);

/// A file's times in nanoseconds and the rest of stat, in one flat form for every platform.
typedef struct LadonStat {
    uint64_t mode, ino, dev, nlink, uid, gid, rdev;
    int64_t size, blksize, blocks;
    int64_t atime, mtime, ctime;
    int64_t atimeNanoseconds, mtimeNanoseconds, ctimeNanoseconds;
} LadonStat;
int ladon_stat(const char *path, LadonStat *out);
int ladon_lstat(const char *path, LadonStat *out);
int ladon_fstat(int fd, LadonStat *out);
int ladon_fstatat(int directory, const char *path, LadonStat *out, bool follows);

#endif
