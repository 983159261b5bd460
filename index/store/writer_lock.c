/* SPDX-License-Identifier: MIT */
/* The writer lock between processes, with a time-out.
 *
 * LMDB's own lock waits without limit and does not report its holder. So every writer first
 * takes byte 0 of writer.lock, an open-file-description lock (fcntl F_OFD_SETLK), which the
 * kernel releases when its holder dies; the file has the holder's pid for the message. Such a
 * lock has no wait with a time-out, hence the polling. Byte 1 is a turnstile held while waiting
 * for byte 0, so that a process that writes batch after batch does not starve one that polls.
 * Threads of one process share the descriptor and thus the lock; a flag decides among them.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "engine/base/clock.h"
#include "engine/base/paths.h"
#include "index/store/store_priv.h"

enum { BYTE_WRITER = 0, BYTE_TURNSTILE = 1 };
#define PID_TEXT 12

int fn_writer_lock_open(const char *dir, mode_t mode, int *ret_fd, struct fn_error *err)
{
    char path[FN_PATH_MAX];
    int rc = fn_path_join(path, sizeof path, dir, "writer.lock");
    if (rc)
        return fn_error_set(err, rc, "'%s': path too long", dir);
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, mode);
    if (fd < 0)
        return fn_error_set(err, -errno, "cannot open '%s': %s", path, strerror(errno));
    *ret_fd = fd;
    return 0;
}

static int set_lock(int fd, short type, off_t byte)
{
    struct flock l = {.l_type = type, .l_whence = SEEK_SET, .l_start = byte, .l_len = 1};
    int rc;
    do
        rc = fcntl(fd, F_OFD_SETLK, &l);
    while (rc < 0 && errno == EINTR);
    return rc < 0 ? -errno : 0;
}

static long holder_pid(int fd)
{
    char text[PID_TEXT + 1] = {0};
    if (pread(fd, text, PID_TEXT, 0) <= 0)
        return 0;
    return strtol(text, NULL, 10);
}

static void note_pid(int fd)
{
    char text[PID_TEXT + 1];
    snprintf(text, sizeof text, "%-11ld\n", (long)getpid());
    /* Only used in a message: failing to write it is not an error. */
    ssize_t n = pwrite(fd, text, PID_TEXT, 0);
    (void)n;
}

struct wait {
    uint64_t until_ns;
    long step_ns;
};

/* Sleeps a little longer each time (1 to 8 ms); false when the time is over. */
static bool wait_more(struct wait *w)
{
    if (fn_clock_mono_ns() >= w->until_ns)
        return false;
    struct timespec ts = {0, w->step_ns};
    nanosleep(&ts, NULL);
    if (w->step_ns < 8000000)
        w->step_ns *= 2;
    return true;
}

static bool take_flag(struct fn_store *s)
{
    pthread_mutex_lock(&s->mutex);
    bool ok = !s->writing;
    s->writing = true;
    pthread_mutex_unlock(&s->mutex);
    return ok;
}

static void drop_flag(struct fn_store *s)
{
    pthread_mutex_lock(&s->mutex);
    s->writing = false;
    pthread_mutex_unlock(&s->mutex);
}

static int take_byte(int fd, off_t byte, struct wait *w)
{
    int rc;
    while ((rc = set_lock(fd, F_WRLCK, byte)) == -EAGAIN || rc == -EACCES)
        if (!wait_more(w))
            return FN_EBUSY;
    return rc;
}

static int busy(struct fn_store *s, struct fn_error *err)
{
    long pid = holder_pid(s->lock_fd);
    if (pid > 0)
        return fn_error_set(err, FN_EBUSY, "the index '%s' is being written by process %ld",
                            s->dir, pid);
    return fn_error_set(err, FN_EBUSY, "the index '%s' is being written by another process",
                        s->dir);
}

int fn_writer_lock_take(struct fn_store *s, int wait_ms, struct fn_error *err)
{
    struct wait w = {.step_ns = 1000000};
    w.until_ns = fn_clock_mono_ns() + (wait_ms > 0 ? (uint64_t)wait_ms * 1000000u : 0);
    while (!take_flag(s))
        if (!wait_more(&w))
            return busy(s, err);
    int rc = take_byte(s->lock_fd, BYTE_TURNSTILE, &w);
    if (!rc) {
        rc = take_byte(s->lock_fd, BYTE_WRITER, &w);
        int rc2 = set_lock(s->lock_fd, F_UNLCK, BYTE_TURNSTILE);
        (void)rc2; /* unlocking what is ours cannot fail in a way that matters: closing drops it
                    */
    }
    if (rc) {
        drop_flag(s);
        if (rc == FN_EBUSY)
            return busy(s, err);
        return fn_error_set(err, rc, "cannot lock the index '%s': %s", s->dir, strerror(-rc));
    }
    note_pid(s->lock_fd);
    return 0;
}

void fn_writer_lock_drop(struct fn_store *s)
{
    int rc = set_lock(s->lock_fd, F_UNLCK, BYTE_WRITER);
    (void)rc;
    drop_flag(s);
}
