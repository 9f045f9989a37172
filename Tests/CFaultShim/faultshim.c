// Preloaded into the daemon by Tests/FaultTests: makes calls of the C library fail, steps the wall clock, and ends the
// process between the steps of an act, as a small shared file says. The file is the environment's SHOUWANG_FAULTS; without it everything is as ever.
#define _GNU_SOURCE
#include "faultcontrol.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

static int64_t *control;
// A number alone does not name a file: it is used again once the file is gone. The moment of its making does.
static struct { uint64_t inode; int64_t seconds; uint32_t nanoseconds; } failed[FILES_MAX];
static int64_t failed_count;

__attribute__((constructor)) static void attach(void) {
    const char *path = getenv("SHOUWANG_FAULTS");
    int file = path ? (int)syscall(SYS_openat, AT_FDCWD, path, O_RDWR | O_CLOEXEC) : -1;
    if (file < 0) return;
    void *memory = mmap(NULL, FILE_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    if (memory != MAP_FAILED) control = memory;
    close(file);
}

static int64_t slot(int index) { return control ? __atomic_load_n(control + index, __ATOMIC_SEQ_CST) : 0; }
static void add(int index, int64_t n) { __atomic_add_fetch(control + index, n, __ATOMIC_SEQ_CST); }

static int is_meant(const char *path) { return strstr(path, (const char *)control + SUBSTRING_AT) != NULL; }

static int path_of(int file, char *path, size_t size) {
    char link[64];
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    ssize_t length = readlink(link, path, size - 1);
    if (length < 0) return 0;
    path[length] = 0;
    return 1;
}

static int is_meant_file(int file) {
    char path[1024];
    return path_of(file, path, sizeof path) && is_meant(path);
}

static int fails_to_write(int file) {
    if (slot(WRITE_ERROR) == 0 || !is_meant_file(file)) return 0;
    add(WRITES_FAILED, 1);
    errno = (int)slot(WRITE_ERROR);
    return 1;
}

// A file whose sync failed once is remembered: the kernel tells such an error once, so a second call would lie.
static int fails_to_sync(int file) {
    struct statx status;
    if (!control || !is_meant_file(file)) return 0;
    if (statx(file, "", AT_EMPTY_PATH, STATX_INO | STATX_BTIME, &status) != 0) return 0;
    int64_t known = __atomic_load_n(&failed_count, __ATOMIC_SEQ_CST);
    for (int64_t i = 0; i < known && i < FILES_MAX; i++)
        if (failed[i].inode == status.stx_ino && failed[i].seconds == status.stx_btime.tv_sec
            && failed[i].nanoseconds == status.stx_btime.tv_nsec) add(SYNCS_RETRIED, 1);
    if (slot(SYNCS_TO_FAIL) <= 0) return 0;
    add(SYNCS_TO_FAIL, -1);
    add(SYNCS_FAILED, 1);
    int64_t at = __atomic_fetch_add(&failed_count, 1, __ATOMIC_SEQ_CST);
    if (at < FILES_MAX) {
        failed[at].inode = status.stx_ino;
        failed[at].seconds = status.stx_btime.tv_sec;
        failed[at].nanoseconds = status.stx_btime.tv_nsec;
    }
    errno = EIO;
    return 1;
}

// A step of an act is reached; where it is the one to die at, nothing behind it happens.
static void reach(int64_t step) {
    int64_t before = step - 1;
    if (!__atomic_compare_exchange_n(control + STEP_REACHED, &before, step, 0, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST))
        return;
    if (slot(KILL_STEP) != step) return;
    syscall(SYS_kill, (pid_t)syscall(SYS_getpid), 9);
    for (;;) pause();
}

enum { OTHER, JOURNAL, LEDGER, ANSWER };

static int role_of(int file, const void *bytes, size_t count) {
    char path[1024];
    if (slot(KILL_STEP) == 0 || !path_of(file, path, sizeof path)) return OTHER;
    size_t length = strlen(path);
    if (strstr(path, "/journal/")) return JOURNAL;
    if (length > 4 && strcmp(path + length - 4, "-wal") == 0) return LEDGER;
    if (strncmp(path, "socket:", 7) == 0 && count >= 9 && memcmp(bytes, "HTTP/1.1 ", 9) == 0) return ANSWER;
    return OTHER;
}

static void before_write(int role) {
    if (role == JOURNAL) reach(BEFORE_APPEND);
    if (role == LEDGER) reach(COMMITTING);
    if (role == ANSWER) reach(ANSWERING);
}

static void after_write(int role) {
    if (role == JOURNAL) reach(APPENDED);
    if (role == ANSWER) reach(ANSWERED);
}

static int synced(int file, int code) {
    int role = code == 0 ? role_of(file, "", 0) : OTHER;
    if (role == JOURNAL) reach(SYNCED);
    if (role == LEDGER) reach(COMMITTED);
    return code;
}

int fdatasync(int file) { return fails_to_sync(file) ? -1 : synced(file, (int)syscall(SYS_fdatasync, file)); }
int fsync(int file) { return fails_to_sync(file) ? -1 : synced(file, (int)syscall(SYS_fsync, file)); }

ssize_t write(int file, const void *bytes, size_t count) {
    if (fails_to_write(file)) return -1;
    int role = role_of(file, bytes, count);
    before_write(role);
    ssize_t written = syscall(SYS_write, file, bytes, count);
    after_write(role);
    return written;
}
ssize_t writev(int file, const struct iovec *parts, int count) {
    int role = count > 0 ? role_of(file, parts[0].iov_base, parts[0].iov_len) : OTHER;
    before_write(role);
    ssize_t written = syscall(SYS_writev, file, parts, count);
    after_write(role);
    return written;
}
ssize_t pwrite64(int file, const void *bytes, size_t count, off64_t offset) {
    if (fails_to_write(file)) return -1;
    int role = role_of(file, bytes, 0);
    before_write(role);
    ssize_t written = syscall(SYS_pwrite64, file, bytes, count, offset);
    after_write(role);
    return written;
}
ssize_t pwrite(int file, const void *bytes, size_t count, off_t offset) { return pwrite64(file, bytes, count, offset); }
int ftruncate(int file, off_t length) {
    return fails_to_write(file) ? -1 : (int)syscall(SYS_ftruncate, file, length);
}
int ftruncate64(int file, off64_t length) {
    return fails_to_write(file) ? -1 : (int)syscall(SYS_ftruncate, file, length);
}

static int open_with(const char *path, int flags, va_list rest) {
    mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(rest, mode_t) : 0;
    if ((flags & O_ACCMODE) != O_RDONLY && slot(WRITE_ERROR) != 0 && is_meant(path)) {
        add(WRITES_FAILED, 1);
        errno = (int)slot(WRITE_ERROR);
        return -1;
    }
    return (int)syscall(SYS_openat, AT_FDCWD, path, flags, mode);
}

int open(const char *path, int flags, ...) {
    va_list rest;
    va_start(rest, flags);
    int file = open_with(path, flags, rest);
    va_end(rest);
    return file;
}
int open64(const char *path, int flags, ...) {
    va_list rest;
    va_start(rest, flags);
    int file = open_with(path, flags | O_LARGEFILE, rest);
    va_end(rest);
    return file;
}

int clock_gettime(clockid_t clock, struct timespec *time) {
    int code = (int)syscall(SYS_clock_gettime, clock, time);
    if (code == 0 && control && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) {
        // Floor, so that the nanoseconds stay in 0..<10^9 for offsets of either sign.
        int64_t offset = slot(CLOCK_OFFSET), seconds = offset / 1000, rest = offset % 1000;
        if (rest < 0) { rest += 1000; seconds -= 1; }
        time->tv_sec += seconds;
        time->tv_nsec += rest * 1000000;
        if (time->tv_nsec >= 1000000000) { time->tv_nsec -= 1000000000; time->tv_sec += 1; }
    }
    return code;
}
int gettimeofday(struct timeval *restrict time, void *restrict zone) {
    (void)zone;
    struct timespec now;
    int code = clock_gettime(CLOCK_REALTIME, &now);
    time->tv_sec = now.tv_sec;
    time->tv_usec = now.tv_nsec / 1000;
    return code;
}
time_t time(time_t *result) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    if (result) *result = now.tv_sec;
    return now.tv_sec;
}
