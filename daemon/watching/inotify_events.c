/* SPDX-License-Identifier: MIT */
/* Events of the watched folders, from an inotify descriptor polled with uv_poll. uv_fs_event of
 * libuv cannot be used: it drops IN_Q_OVERFLOW and rename cookies. After an overflow every root
 * is scanned again. */
#include "daemon/watching/watching_priv.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

#include "index/intake/rules.h"
#include "daemon/watching/folder_watches.h"
#include "daemon/watching/inotify_usage.h"
#include "daemon/writing/index_writes.h"
#include "engine/base/clock.h"
#include "engine/base/log.h"
#include "engine/base/paths.h"

enum {
    PAIR_MS = 200, /* the second half of a rename comes within this time, or the file left the
                      roots */
    EVENT_BYTES = 65536,
};

struct fnd_moved { /* MOVED_FROM that waits for its MOVED_TO */
    struct fnd_moved *next;
    uint32_t cookie;
    bool is_dir;
    uint64_t until_ns;
    fn_root_id root;
    char rel[FN_PATH_MAX];
};

struct event {
    struct fnd_root *root;
    char dir[FN_PATH_MAX]; /* of the watched folder, below the root */
    char rel[FN_PATH_MAX]; /* with the event's name */
    const char *name;
    uint32_t mask, cookie;
    bool is_dir;
};

static void stale(struct fnd_watching *w, fn_root_id root, const char *rel)
{
    w->with.calls->stale(w->with.owner, root, rel);
}

static void lose(struct fnd_watching *w, fn_root_id root, const char *rel, bool is_dir)
{
    struct fnd_root *r = fnd_root_by_id(w, root);
    if (!r)
        return;
    if (is_dir)
        fnd_watches_drop(w->watches, root, rel);
    stale(w, root, rel);
    fnd_quiet_gone(r, rel, is_dir);
}

static void moved_from(struct fnd_watching *w, const struct event *e)
{
    struct fnd_moved *m = calloc(1, sizeof *m);
    if (!m) {
        lose(w, e->root->rec.id, e->rel, e->is_dir);
        return;
    }
    m->cookie = e->cookie;
    m->is_dir = e->is_dir;
    m->root = e->root->rec.id;
    m->until_ns = fn_clock_mono_ns() + (uint64_t)PAIR_MS * 1000000u;
    memcpy(m->rel, e->rel, sizeof m->rel);
    m->next = w->moved;
    w->moved = m;
}

static void moved_to(struct fnd_watching *w, const struct event *e)
{
    struct fnd_moved **at = &w->moved;
    while (*at && (*at)->cookie != e->cookie)
        at = &(*at)->next;
    struct fnd_moved *m = *at;
    if (m) {
        fn_root_id to = e->root->rec.id;
        *at = m->next;
        if (m->is_dir)
            fnd_watches_rename(w->watches, m->root, m->rel, to, e->rel);
        stale(w, m->root, m->rel);
        fnd_write_rename(w->with.writer, m->root, m->rel, to, e->rel);
        free(m);
    }
    /* Even a known file is checked: other rules may apply to the new path, and it may have been
     * changed just before. */
    if (e->is_dir)
        fnd_quiet_folder(e->root, e->rel);
    else
        fnd_quiet_file(e->root, e->rel);
}

static void file_event(struct fnd_watching *w, const struct event *e)
{
    if (fn_rules_is_marker(w->with.settings->rules, e->name)) {
        fnd_quiet_folder(e->root, e->dir);
        return;
    }
    if (e->mask & IN_MOVED_FROM)
        moved_from(w, e);
    else if (e->mask & IN_MOVED_TO)
        moved_to(w, e);
    else if (e->mask & IN_DELETE)
        lose(w, e->root->rec.id, e->rel, false);
    else if (e->mask & (IN_CREATE | IN_CLOSE_WRITE))
        fnd_quiet_file(e->root, e->rel);
}

static void folder_event(struct fnd_watching *w, const struct event *e)
{
    if (fn_rules_skip_dir(w->with.settings->rules, e->rel) && !(e->mask & IN_MOVED_FROM))
        return;
    if (e->mask & IN_MOVED_FROM)
        moved_from(w, e);
    else if (e->mask & IN_MOVED_TO)
        moved_to(w, e);
    else if (e->mask & IN_DELETE)
        lose(w, e->root->rec.id, e->rel, true);
    else if (e->mask & IN_CREATE)
        fnd_quiet_folder(e->root, e->rel);
}

static void on_event(struct fnd_watching *w, const struct inotify_event *in)
{
    static const char nothing[] = "";
    struct event e = {.name = in->len ? in->name : nothing,
                      .mask = in->mask,
                      .cookie = in->cookie,
                      .is_dir = (in->mask & IN_ISDIR) != 0};
    if (in->mask & IN_Q_OVERFLOW) {
        fn_log(FN_LOG_WARN, "events came faster than they could be read, scanning all folders");
        fnd_roots_scan_all(w);
        return;
    }
    bool last = (in->mask & IN_IGNORED) != 0; /* of this watch */
    fn_root_id id = fnd_watches_find(w->watches, in->wd, last, e.dir, sizeof e.dir);
    e.root = id ? fnd_root_by_id(w, id) : NULL;
    if (!e.root)
        return;
    fnd_root_stir(e.root);
    if (in->mask & (IN_UNMOUNT | IN_DELETE_SELF | IN_MOVE_SELF)) {
        if (!e.dir[0] || (in->mask & IN_UNMOUNT))
            fnd_root_scan(e.root, "", false);
        return;
    }
    if (!*e.name || last)
        return;
    int n = e.dir[0] ? snprintf(e.rel, sizeof e.rel, "%s/%s", e.dir, e.name)
                     : snprintf(e.rel, sizeof e.rel, "%s", e.name);
    if (n < 0 || n >= (int)sizeof e.rel)
        return;
    if (e.is_dir)
        folder_event(w, &e);
    else
        file_event(w, &e);
}

static void on_readable(uv_poll_t *p, int status, int events)
{
    struct fnd_watching *w = p->data;
    (void)events;
    if (status < 0)
        return;
    for (;;) {
        ssize_t n = read(fnd_watches_fd(w->watches), w->events, EVENT_BYTES);
        if (n <= 0)
            return; /* EAGAIN */
        for (ssize_t at = 0; at < n;) {
            struct inotify_event head;
            memcpy(&head, w->events + at, sizeof head);
            on_event(w, (const void *)(w->events + at));
            at += (ssize_t)(sizeof head + head.len);
        }
    }
}

void fnd_inotify_tick(struct fnd_watching *w, uint64_t now_ns)
{
    for (struct fnd_moved **at = &w->moved; *at;) {
        struct fnd_moved *m = *at;
        if (now_ns < m->until_ns) {
            at = &m->next;
            continue;
        }
        *at = m->next;
        lose(w, m->root, m->rel, m->is_dir);
        free(m);
    }
}

static size_t watches_to_take(const struct fnd_watching *w)
{
    uint64_t limit = 0, used = 0, most = w->with.settings->cfg->max_watches;
    if (most)
        return most;
    fnd_inotify_usage(&limit, &used);
    return (limit > used ? limit - used : 0) / 2;
}

int fnd_inotify_start(struct fnd_watching *w, struct fn_error *err)
{
    bool off = w->with.settings->once;
    w->events = malloc(EVENT_BYTES);
    w->watches = fnd_watches_create(off ? 0 : watches_to_take(w), off);
    if (!w->events || !w->watches)
        return fn_error_set(err, -ENOMEM, "out of memory");
    int fd = fnd_watches_fd(w->watches);
    if (fd < 0) {
        if (!off)
            fn_log(FN_LOG_WARN,
                   "no inotify instance: %s, polling. More: sudo sysctl "
                   "fs.inotify.max_user_instances=1024",
                   fn_strerror(-errno));
        return 0;
    }
    int rc = uv_poll_init(w->with.loop, &w->poll, fd);
    w->poll.data = w;
    if (!rc)
        rc = uv_poll_start(&w->poll, UV_READABLE, on_readable);
    return rc ? fn_error_set(err, rc, "cannot wait for events: %s", fn_strerror(rc)) : 0;
}

void fnd_inotify_finish(struct fnd_watching *w)
{
    while (w->moved) {
        struct fnd_moved *m = w->moved;
        w->moved = m->next;
        free(m);
    }
    fnd_watches_destroy(w->watches);
    free(w->events);
}
