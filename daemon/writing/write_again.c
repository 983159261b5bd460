/* SPDX-License-Identifier: MIT */
/* Whether to try to write again, and waiting for a disk that is full or fails. */
#include "daemon/writing/writer_priv.h"

#include <errno.h>
#include <stdlib.h>

#include "daemon/base/deadline.h"
#include "engine/base/log.h"

enum { DISK_RETRY_MS = 5000, LOCK_RETRY_MS = 100 };

bool fnd_is_disk_code(int code)
{
    return code == -ENOSPC || code == -EDQUOT || code == -EROFS || code == -EIO ||
           code == FN_EUNCERTAIN; /* to write it twice does no harm */
}

/* Tells the loop that writing is blocked, or continues. */
struct space_msg {
    struct fnd_msg msg;
    struct fnd_writer *w;
    int code;
};

static void on_space(struct fnd_msg *m)
{
    struct space_msg *s = (struct space_msg *)m;
    s->w->with.calls->space(s->w->with.owner, s->code);
    free(s);
}

static void post_space(struct fnd_writer *w, int code)
{
    struct space_msg *s = calloc(1, sizeof *s);
    if (!s)
        return;
    s->msg.run = on_space;
    s->w = w;
    s->code = code;
    fnd_mailbox_post(w->with.box, &s->msg);
}

static void wait_for(struct fnd_writer *w, unsigned ms)
{
    struct timespec ts;
    fnd_deadline(&ts, ms);
    pthread_mutex_lock(&w->lock);
    if (!w->stop)
        (void)pthread_cond_timedwait(&w->more, &w->lock, &ts);
    pthread_mutex_unlock(&w->lock);
}

bool fnd_write_again(struct fnd_writer *w, int rc, const struct fn_error *err, bool *told)
{
    bool disk = fnd_is_disk_code(rc), busy = rc == FN_EBUSY;
    if (rc == -EAGAIN)
        return true; /* the map has grown */
    if (busy)
        fn_log(FN_LOG_WARN, "%s, waiting", err->text);
    if (disk != *told && !busy)
        post_space(w, disk ? rc : 0);
    *told = busy ? *told : disk;
    if ((!disk && !busy) || fnd_writer_stopped(w))
        return false;
    wait_for(w, disk ? DISK_RETRY_MS : LOCK_RETRY_MS);
    return true;
}
