/* SPDX-License-Identifier: MIT */
/* Mounts that come and go: the kernel reports a change of /proc/self/mountinfo as an
 * exceptional condition (proc(5)). A root at, above or below such a mount is scanned. No event
 * of inotify reports that a drive was mounted over a folder. */
#include "daemon/watching/watching_priv.h"

#include <fcntl.h>
#include <unistd.h>

#include "daemon/watching/mount_table.h"
#include "engine/base/log.h"

static void on_change(uv_poll_t *p, int status, int events)
{
    struct fnd_watching *w = p->data;
    (void)status;
    (void)events;
    w->mounts_changed = true; /* served by the next tick: mounts often come in bursts */
}

void fnd_mounts_start(struct fnd_watching *w)
{
    w->mounts_fd = open("/proc/self/mountinfo", O_RDONLY | O_CLOEXEC);
    if (w->mounts_fd < 0 || uv_poll_init(w->with.loop, &w->mounts_poll, w->mounts_fd)) {
        fn_log(FN_LOG_DEBUG, "mounts are not watched: no /proc/self/mountinfo");
        return;
    }
    w->mounts_poll.data = w;
    (void)uv_poll_start(&w->mounts_poll, UV_PRIORITIZED, on_change);
}

void fnd_mounts_tick(struct fnd_watching *w)
{
    if (!w->mounts_changed)
        return;
    w->mounts_changed = false;
    for (struct fnd_root *r = w->roots; r; r = r->next) {
        struct fnd_mounts_of now = fnd_mounts_now(r->rec.path);
        bool same = now.key == r->mounts.key;
        r->mounts = now;
        if (!same)
            fnd_root_scan(r, "", false);
    }
}

void fnd_mounts_finish(struct fnd_watching *w)
{
    if (w->mounts_fd >= 0)
        (void)close(w->mounts_fd);
}
