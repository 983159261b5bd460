/* SPDX-License-Identifier: MIT */
#include "daemon/watching/inotify_events.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon/jobs/jobs.h"
#include "daemon/base/name_list.h"
#include "daemon/writing/index_writes.h"
#include "daemon/watching/root_list.h"
#include "daemon/files/rules.h"
#include "daemon/watching/quiet.h"
#include "engine/base/clock.h"
#include "engine/base/file.h"

enum {
    BUCKETS = 4096,
    PAIR_MS =
        200, /* the second half of a rename comes in the same read, or it left our folders */
    EVENT_BYTES = 65536,
};

static const uint32_t mask = IN_CLOSE_WRITE | IN_MOVED_FROM | IN_MOVED_TO | IN_CREATE |
                             IN_DELETE | IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR |
                             IN_EXCL_UNLINK; /* IN_UNMOUNT and IN_Q_OVERFLOW always come */

struct folder {
    struct folder *next;
    int wd;
    fn_root_id root;
    char *rel;
};

struct moved { /* MOVED_FROM that waits for its MOVED_TO */
    struct moved *next;
    uint32_t cookie;
    bool is_dir;
    uint64_t until_ns;
    fn_root_id root;
    char rel[FN_PATH_MAX];
};

struct fnd_watch {
    uv_poll_t poll;
    int fd;               /* -1: no inotify */
    pthread_mutex_t lock; /* guards bucket, n, limit */
    struct folder *bucket[BUCKETS];
    size_t n, limit;
    struct moved *moved; /* loop only */
    bool warned;
    char *events; /* EVENT_BYTES, aligned for struct inotify_event */
};

/* ---- how many there may be ---- */

static uint64_t count_in_file(const char *path)
{
    char line[256];
    uint64_t n = 0;
    FILE *in = fopen(path, "re");
    while (in && fgets(line, sizeof line, in))
        n += strncmp(line, "inotify ", 8) == 0;
    if (in)
        (void)fclose(in);
    return n;
}

static uint64_t count_of_process(const char *pid)
{
    char path[300], link[300], target[64];
    uint64_t n = 0;
    (void)snprintf(path, sizeof path, "/proc/%s/fd", pid);
    DIR *d = opendir(path);
    for (const struct dirent *e; d && (e = readdir(d));) {
        (void)snprintf(link, sizeof link, "/proc/%s/fd/%.20s", pid, e->d_name);
        ssize_t k = readlink(link, target, sizeof target - 1);
        target[k > 0 ? k : 0] = '\0';
        if (strcmp(target, "anon_inode:inotify") != 0)
            continue;
        (void)snprintf(link, sizeof link, "/proc/%s/fdinfo/%.20s", pid, e->d_name);
        n += count_in_file(link);
    }
    if (d)
        (void)closedir(d);
    return n;
}

void fnd_watch_usage(uint64_t *ret_limit, uint64_t *ret_used)
{
    struct fn_buf b;
    struct fn_error err;
    fn_buf_init(&b, 64);
    *ret_limit = 8192; /* the kernel's old default, where /proc does not tell */
    if (!fn_file_read("/proc/sys/fs/inotify/max_user_watches", &b, &err))
        *ret_limit = strtoull(fn_buf_cstr(&b), NULL, 10);
    fn_buf_finish(&b);
    *ret_used = 0;
    DIR *d = opendir("/proc");
    for (const struct dirent *e; d && (e = readdir(d));) {
        char path[300];
        struct stat st;
        (void)snprintf(path, sizeof path, "/proc/%.20s", e->d_name);
        /* The limit counts per user. */
        if (e->d_name[0] >= '1' && e->d_name[0] <= '9' && !stat(path, &st) &&
            st.st_uid == getuid())
            *ret_used += count_of_process(e->d_name);
    }
    if (d)
        (void)closedir(d);
}

/* ---- the table ---- */

static struct folder **slot_of(struct fnd_watch *w, int wd)
{
    struct folder **at = &w->bucket[(unsigned)wd % BUCKETS];
    while (*at && (*at)->wd != wd)
        at = &(*at)->next;
    return at;
}

static void drop_slot(struct fnd_watch *w, struct folder **at)
{
    struct folder *old = *at;
    *at = old->next;
    free(old->rel);
    free(old);
    w->n--;
}

static bool remember(struct fnd_watch *w, int wd, fn_root_id root, const char *rel)
{
    struct folder **at = slot_of(w, wd);
    char *copy = strdup(rel);
    if (!copy)
        return false;
    if (*at) { /* the folder is known, perhaps by another name */
        free((*at)->rel);
        (*at)->rel = copy;
        (*at)->root = root;
        return true;
    }
    struct folder *new = calloc(1, sizeof *new);
    if (!new) {
        free(copy);
        return false;
    }
    *new = (struct folder){.wd = wd, .root = root, .rel = copy};
    *at = new;
    w->n++;
    return true;
}

bool fnd_watch_add(struct fnd *f, fn_root_id root, const char *root_path, const char *rel)
{
    struct fnd_watch *w = f->watch;
    char path[FN_PATH_MAX];
    if (w->fd < 0 || fn_path_join(path, sizeof path, root_path, rel))
        return false;
    pthread_mutex_lock(&w->lock);
    bool ok = false;
    if (w->n < w->limit) {
        int wd = inotify_add_watch(w->fd, path, mask);
        ok = wd >= 0 && remember(w, wd, root, rel);
        if (wd < 0 && errno == ENOSPC)
            w->limit = w->n; /* others took them; asked for again after the next full scan */
        else if (wd < 0 && errno != ENOSPC)
            ok = errno == ENOENT || errno == ENOTDIR; /* gone meanwhile: nothing to watch */
    }
    pthread_mutex_unlock(&w->lock);
    return ok;
}

void fnd_watch_drop(struct fnd *f, fn_root_id root, const char *rel)
{
    struct fnd_watch *w = f->watch;
    if (w->fd < 0)
        return;
    pthread_mutex_lock(&w->lock);
    for (size_t i = 0; i < BUCKETS; i++)
        for (struct folder **at = &w->bucket[i]; *at;) {
            if ((*at)->root != root || !fnd_is_below(rel, (*at)->rel)) {
                at = &(*at)->next;
                continue;
            }
            (void)inotify_rm_watch(w->fd, (*at)->wd);
            drop_slot(w, at);
        }
    pthread_mutex_unlock(&w->lock);
}

/* A folder was renamed: its watch and those below keep their numbers and get new names. */
static void rename_folders(struct fnd_watch *w, const struct moved *m, fn_root_id to_root,
                           const char *to)
{
    pthread_mutex_lock(&w->lock);
    for (size_t i = 0; i < BUCKETS; i++)
        for (struct folder *d = w->bucket[i]; d; d = d->next) {
            char path[2 * FN_PATH_MAX];
            if (d->root != m->root || !fnd_is_below(m->rel, d->rel))
                continue;
            (void)snprintf(path, sizeof path, "%s%s", to, d->rel + strlen(m->rel));
            char *copy = strdup(path);
            if (!copy)
                continue;
            free(d->rel);
            d->rel = copy;
            d->root = to_root;
        }
    pthread_mutex_unlock(&w->lock);
}

size_t fnd_watch_count(const struct fnd *f, fn_root_id root)
{
    struct fnd_watch *w = f->watch;
    size_t n = 0;
    if (!w)
        return 0;
    pthread_mutex_lock(&w->lock);
    for (size_t i = 0; i < BUCKETS; i++)
        for (const struct folder *d = w->bucket[i]; d; d = d->next)
            n += d->root == root;
    pthread_mutex_unlock(&w->lock);
    return n;
}

void fnd_watch_warn(struct fnd *f)
{
    struct fnd_watch *w = f->watch;
    uint64_t limit = 0, used = 0, unwatched = 0;
    if (w->warned)
        return;
    w->warned = true;
    for (const struct fnd_root *r = f->roots; r; r = r->next)
        unwatched += r->n_unwatched;
    fnd_watch_usage(&limit, &used);
    fn_log(FN_LOG_WARN,
           "%" PRIu64 " folders are polled every %" PRIu64 " min, for lack of inotify watches "
           "(limit %" PRIu64 "). More: sudo sysctl fs.inotify.max_user_watches=%" PRIu64,
           unwatched, (f->cfg->poll_interval_s + 59) / 60, limit,
           limit + 4 * unwatched + 65536);
}

/* ---- events ---- */

struct event {
    struct fnd_root *root;
    char dir[FN_PATH_MAX]; /* of the watched folder, below the root */
    char rel[FN_PATH_MAX]; /* with the event's name */
    const char *name;
    uint32_t mask, cookie;
    bool is_dir;
};

static void lose(struct fnd *f, fn_root_id root, const char *rel, bool is_dir)
{
    struct fnd_root *r = fnd_root_by_id(f, root);
    if (!r)
        return;
    if (is_dir)
        fnd_watch_drop(f, root, rel);
    fnd_dispatch_stale(f, root, rel);
    fnd_settle_gone(f, r, rel, is_dir);
}

static void moved_from(struct fnd *f, const struct event *e)
{
    struct moved *m = calloc(1, sizeof *m);
    if (!m) {
        lose(f, e->root->rec.id, e->rel, e->is_dir);
        return;
    }
    m->cookie = e->cookie;
    m->is_dir = e->is_dir;
    m->root = e->root->rec.id;
    m->until_ns = fn_clock_mono_ns() + (uint64_t)PAIR_MS * 1000000u;
    memcpy(m->rel, e->rel, sizeof m->rel);
    m->next = f->watch->moved;
    f->watch->moved = m;
}

static void moved_to(struct fnd *f, const struct event *e)
{
    struct moved **at = &f->watch->moved;
    while (*at && (*at)->cookie != e->cookie)
        at = &(*at)->next;
    struct moved *m = *at;
    if (m) {
        *at = m->next;
        if (m->is_dir)
            rename_folders(f->watch, m, e->root->rec.id, e->rel);
        fnd_dispatch_stale(f, m->root, m->rel);
        fnd_op_rename(f, m->root, m->rel, e->root->rec.id, e->rel);
        free(m);
    }
    /* Known or not, rules may differ at the new place, and it may have been changed just
     * before. */
    if (e->is_dir)
        fnd_settle_dir(f, e->root, e->rel);
    else
        fnd_settle_touch(f, e->root, e->rel);
}

static void file_event(struct fnd *f, const struct event *e)
{
    if (fnd_rules_is_marker(f->rules, e->name)) {
        fnd_settle_dir(f, e->root, e->dir);
        return;
    }
    if (e->mask & IN_MOVED_FROM)
        moved_from(f, e);
    else if (e->mask & IN_MOVED_TO)
        moved_to(f, e);
    else if (e->mask & IN_DELETE)
        lose(f, e->root->rec.id, e->rel, false);
    else if (e->mask & (IN_CREATE | IN_CLOSE_WRITE))
        fnd_settle_touch(f, e->root, e->rel);
}

static void folder_event(struct fnd *f, const struct event *e)
{
    if (fnd_rules_skip_dir(f->rules, e->rel) && !(e->mask & IN_MOVED_FROM))
        return;
    if (e->mask & IN_MOVED_FROM)
        moved_from(f, e);
    else if (e->mask & IN_MOVED_TO)
        moved_to(f, e);
    else if (e->mask & IN_DELETE)
        lose(f, e->root->rec.id, e->rel, true);
    else if (e->mask & IN_CREATE)
        fnd_settle_dir(f, e->root, e->rel);
}

/* Finds the folder of an event. False: it is none of ours any more. */
static bool locate(struct fnd *f, const struct inotify_event *in, struct event *e)
{
    struct fnd_watch *w = f->watch;
    bool found = false;
    fn_root_id id = 0;
    pthread_mutex_lock(&w->lock);
    struct folder **at = slot_of(w, in->wd);
    if (*at) {
        id = (*at)->root;
        found = snprintf(e->dir, sizeof e->dir, "%s", (*at)->rel) < (int)sizeof e->dir;
        if (in->mask & IN_IGNORED)
            drop_slot(w, at);
    }
    pthread_mutex_unlock(&w->lock);
    e->root = found ? fnd_root_by_id(f, id) : NULL;
    return e->root != NULL;
}

static void on_event(struct fnd *f, const struct inotify_event *in)
{
    static const char nothing[] = "";
    struct event e = {.name = in->len ? in->name : nothing,
                      .mask = in->mask,
                      .cookie = in->cookie,
                      .is_dir = (in->mask & IN_ISDIR) != 0};
    if (in->mask & IN_Q_OVERFLOW) {
        fn_log(FN_LOG_WARN, "events came faster than they could be read, scanning all folders");
        fnd_roots_scan_all(f);
        return;
    }
    if (!locate(f, in, &e))
        return;
    if (in->mask & (IN_UNMOUNT | IN_DELETE_SELF | IN_MOVE_SELF)) {
        if (!e.dir[0] || (in->mask & IN_UNMOUNT))
            fnd_root_scan(f, e.root, "", false);
        return;
    }
    if (!*e.name || (in->mask & IN_IGNORED))
        return;
    int n = e.dir[0] ? snprintf(e.rel, sizeof e.rel, "%s/%s", e.dir, e.name)
                     : snprintf(e.rel, sizeof e.rel, "%s", e.name);
    if (n < 0 || n >= (int)sizeof e.rel)
        return;
    if (e.is_dir)
        folder_event(f, &e);
    else
        file_event(f, &e);
}

static void on_readable(uv_poll_t *p, int status, int events)
{
    struct fnd *f = p->data;
    struct fnd_watch *w = f->watch;
    (void)events;
    if (status < 0)
        return;
    for (;;) {
        ssize_t n = read(w->fd, w->events, EVENT_BYTES);
        if (n <= 0)
            return; /* EAGAIN */
        for (ssize_t at = 0; at < n;) {
            struct inotify_event head;
            memcpy(&head, w->events + at, sizeof head);
            on_event(f, (const void *)(w->events + at));
            at += (ssize_t)(sizeof head + head.len);
        }
    }
}

void fnd_watch_tick(struct fnd *f, uint64_t now_ns)
{
    for (struct moved **at = &f->watch->moved; *at;) {
        struct moved *m = *at;
        if (now_ns < m->until_ns) {
            at = &m->next;
            continue;
        }
        *at = m->next;
        lose(f, m->root, m->rel, m->is_dir);
        free(m);
    }
}

bool fnd_watch_idle(const struct fnd *f)
{
    return !f->watch->moved;
}

int fnd_watch_start(struct fnd *f, struct fn_error *err)
{
    struct fnd_watch *w = calloc(1, sizeof *w);
    if (w)
        w->events = malloc(EVENT_BYTES);
    if (!w || !w->events) {
        free(w);
        return fn_error_set(err, -ENOMEM, "out of memory");
    }
    (void)pthread_mutex_init(&w->lock, NULL);
    f->watch = w;
    w->fd = f->opt.once ? -1 : inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
    if (w->fd < 0) {
        if (!f->opt.once)
            fn_log(FN_LOG_WARN,
                   "no inotify instance: %s, polling. More: sudo sysctl "
                   "fs.inotify.max_user_instances=1024",
                   fn_strerror(-errno));
        return 0;
    }
    uint64_t limit = 0, used = 0;
    fnd_watch_usage(&limit, &used);
    w->limit =
        f->cfg->max_watches ? f->cfg->max_watches : (limit > used ? limit - used : 0) / 2;
    int rc = uv_poll_init(&f->loop, &w->poll, w->fd);
    w->poll.data = f;
    if (!rc)
        rc = uv_poll_start(&w->poll, UV_READABLE, on_readable);
    return rc ? fn_error_set(err, rc, "cannot wait for events: %s", fn_strerror(rc)) : 0;
}

void fnd_watch_stop(struct fnd *f)
{
    if (f->watch && f->watch->fd >= 0 && !uv_is_closing((uv_handle_t *)&f->watch->poll))
        uv_close((uv_handle_t *)&f->watch->poll, NULL);
}

void fnd_watch_free(struct fnd *f)
{
    struct fnd_watch *w = f->watch;
    if (!w)
        return;
    for (size_t i = 0; i < BUCKETS; i++)
        while (w->bucket[i])
            drop_slot(w, &w->bucket[i]);
    while (w->moved) {
        struct moved *m = w->moved;
        w->moved = m->next;
        free(m);
    }
    if (w->fd >= 0)
        (void)close(w->fd);
    (void)pthread_mutex_destroy(&w->lock);
    free(w->events);
    free(w);
    f->watch = NULL;
}
