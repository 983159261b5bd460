/* SPDX-License-Identifier: MIT */
/* The walk. A stack of folder names instead of recursion: no limit but memory, one open folder
 * at a time. */
#include "daemon/watching/root_scan.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statfs.h>
#include <unistd.h>

#include "daemon/watching/fs_kind.h"
#include "daemon/writing/index_writes.h"
#include "daemon/watching/inotify_events.h"
#include "engine/base/clock.h"

struct walk {
    struct fnd_scan *s;
    struct fnd_reader *reader;
    struct fnd *f;
    struct fnd_names stack;    /* folders to read; the last one is next */
    struct fnd_names left_out; /* folders that are excluded or marked */
    struct fnd_names
        unreadable; /* folders that could not be read: nothing below is called gone */
    struct fnd_seen files;
    struct fnd_seen dirs; /* device and inode, when links are followed */
    uint64_t root_dev;
    struct fn_queue_entry *batch; /* FND_PUSH_MAX */
    size_t n_batch;
};

int64_t fnd_mtime_ns(const struct stat *st)
{
    return (int64_t)st->st_mtim.tv_sec * 1000000000 + st->st_mtim.tv_nsec;
}

bool fnd_is_candidate(const struct fnd_rules *rules, const char *root, const char *rel,
                      const struct stat *st)
{
    const char *slash = strrchr(rel, '/');
    if (!S_ISREG(st->st_mode) || fnd_rules_skip_file(rules, rel))
        return false;
    enum fnd_name_kind kind = fnd_name_kind(slash ? slash + 1 : rel);
    if (kind != FND_NAME_UNKNOWN)
        return kind == FND_NAME_IMAGE;
    uint8_t magic[FND_MAGIC_BYTES];
    int fd = fnd_open_below(root, rel, 0, fnd_rules_follow_symlinks(rules));
    if (fd < 0)
        return false;
    ssize_t n = pread(fd, magic, sizeof magic, 0);
    (void)close(fd);
    return n > 0 && fnd_magic_is_image(magic, (size_t)n);
}

bool fnd_is_known(struct fn_txn *t, fn_root_id root, const char *rel, const struct stat *st)
{
    struct fn_path p;
    return fn_path_get(t, root, rel, &p) == 0 && p.size == (uint64_t)st->st_size &&
           p.mtime_ns == fnd_mtime_ns(st);
}

static void flush(struct walk *w)
{
    if (w->n_batch && !fnd_op_push(w->f, w->batch, w->n_batch, true))
        w->s->end = FND_SCAN_STOPPED;
    w->n_batch = 0;
}

static void queue_file(struct walk *w, const char *rel, const struct stat *st)
{
    struct fn_queue_entry *e = &w->batch[w->n_batch];
    int64_t age_ms = (fn_clock_wall_us() * 1000 - fnd_mtime_ns(st)) / 1000000;
    memset(e, 0, sizeof *e);
    e->prio = 1;
    e->root = w->s->root_id;
    e->mtime_ns = fnd_mtime_ns(st);
    e->size = (uint64_t)st->st_size;
    e->inode = st->st_ino;
    /* Still being copied, perhaps: it waits a moment, and is looked at again when it is taken.
     */
    if (age_ms >= 0 && (uint64_t)age_ms < w->s->young_ms)
        e->not_before_s = fn_clock_wall_s() + (int64_t)(w->s->young_ms / 1000) + 1;
    (void)snprintf(e->path, sizeof e->path, "%s", rel);
    w->s->n_new++;
    if (++w->n_batch == FND_PUSH_MAX)
        flush(w);
}

/* ---- one folder ---- */

struct listing {
    char **name;
    size_t n, size;
};

static void listing_finish(struct listing *l)
{
    for (size_t i = 0; i < l->n; i++)
        free(l->name[i]);
    free(l->name);
}

static bool listing_add(struct listing *l, const char *name)
{
    if (l->n == l->size) {
        size_t size = l->size ? l->size * 2 : 64;
        char **more = reallocarray(l->name, size, sizeof *more);
        if (!more)
            return false;
        l->name = more;
        l->size = size;
    }
    l->name[l->n] = strdup(name);
    return l->name[l->n] && ++l->n;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* All names, sorted: photos of one day are indexed one after the other. 0 or -errno. */
static int list_folder(int fd, struct listing *l)
{
    DIR *d = fdopendir(fd);
    if (!d) {
        (void)close(fd);
        return -errno;
    }
    int rc = 0;
    for (;;) {
        errno = 0;
        const struct dirent *e = readdir(d);
        if (!e) {
            rc = -errno;
            break;
        }
        if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
            continue;
        if (!listing_add(l, e->d_name)) {
            rc = -ENOMEM;
            break;
        }
    }
    (void)closedir(d);
    if (l->n)
        qsort(l->name, l->n, sizeof *l->name, by_name);
    return rc;
}

static bool enter(struct walk *w, const char *rel, const struct stat *st)
{
    if (fnd_rules_one_filesystem(w->s->rules) && st->st_dev != w->root_dev)
        return false;
    if (st->st_dev == w->s->skip_dev && st->st_ino == w->s->skip_ino)
        return false;
    if (fnd_rules_skip_dir(w->s->rules, rel))
        return false;
    if (fnd_rules_follow_symlinks(w->s->rules)) {
        uint64_t id[2] = {st->st_dev, st->st_ino}, h = fn_hash64(id, sizeof id);
        if (fnd_seen_has(&w->dirs, h))
            return false; /* a loop, or a second way to the same folder */
        fnd_seen_add(&w->dirs, h);
    }
    return true;
}

/* Files: into the queue, unless known; folders: onto the stack. */
static void visit(struct walk *w, struct fn_txn *t, const char *rel)
{
    char path[FN_PATH_MAX];
    struct stat st;
    if (fn_path_join(path, sizeof path, w->s->root_path, rel) || lstat(path, &st))
        return; /* gone again, or too long a name to ever open */
    bool link = S_ISLNK(st.st_mode);
    if (link && (!fnd_rules_follow_symlinks(w->s->rules) || stat(path, &st)))
        return;
    if (S_ISDIR(st.st_mode)) {
        fnd_names_add(enter(w, rel, &st) ? &w->stack : &w->left_out, rel);
        return;
    }
    if (link || !S_ISREG(st.st_mode))
        return;
    if (!fnd_is_candidate(w->s->rules, w->s->root_path, rel, &st)) {
        w->s->n_other++;
        return;
    }
    w->s->n_files++;
    fnd_seen_add(&w->files, fn_hash64(rel, strlen(rel)));
    if (!fnd_is_known(t, w->s->root_id, rel, &st))
        queue_file(w, rel, &st);
}

static bool has_marker(const struct walk *w, const struct listing *l)
{
    for (size_t i = 0; i < l->n; i++)
        if (fnd_rules_is_marker(w->s->rules, l->name[i]))
            return true;
    return false;
}

static void visit_all(struct walk *w, const char *rel, const struct listing *l)
{
    struct fn_txn *t = NULL;
    struct fn_error err;
    for (size_t i = 0; i < l->n && !fnd_reader_stopping(w->reader); i++) {
        char path[FN_PATH_MAX];
        /* Short read transactions, none while the queue is pushed back. */
        if (!t && fn_txn_begin(w->f->store, false, 0, &t, &err)) {
            fnd_names_add(&w->unreadable, rel);
            break;
        }
        if (*rel ? fn_path_join(path, sizeof path, rel, l->name[i])
                 : snprintf(path, sizeof path, "%s", l->name[i]) >= (int)sizeof path)
            continue;
        if (w->n_batch == FND_PUSH_MAX - 1) {
            fn_txn_abort(t);
            t = NULL;
            flush(w);
            fnd_reader_run_short(w->reader);
            i--;
            continue;
        }
        visit(w, t, path);
    }
    fn_txn_abort(t);
}

static void read_folder(struct walk *w, const char *rel)
{
    struct listing l = {0};
    bool follow = fnd_rules_follow_symlinks(w->s->rules);
    if (w->s->mode != FN_WATCH_POLL &&
        !fnd_watch_add(w->f, w->s->root_id, w->s->root_path, rel))
        w->s->n_unwatched++;
    int fd = fnd_open_below(w->s->root_path, rel, O_DIRECTORY, follow);
    int rc = fd < 0 ? fd : list_folder(fd, &l);
    w->s->n_dirs++;
    if (rc == -ENOENT || rc == -ENOTDIR || rc == -ELOOP) {
        listing_finish(&l); /* gone between: its files are found to be gone below */
        return;
    }
    if (rc) {
        char name[FN_PATH_MAX];
        w->s->n_unreadable++;
        fnd_names_add(&w->unreadable, rel);
        fn_log(FN_LOG_WARN, "%s: cannot be read: %s, its photos are kept as they are",
               fnd_log_name(w->f, w->s->root_path, rel, name), fn_strerror(rc));
    } else if (has_marker(w, &l)) {
        fnd_names_add(&w->left_out, rel);
    } else {
        visit_all(w, rel, &l);
    }
    listing_finish(&l);
}

/* Takes the last name off the stack. */
static bool pop(struct fnd_names *stack, char out[FN_PATH_MAX])
{
    if (!stack->n)
        return false;
    size_t at = stack->len - 1;
    while (at > 0 && stack->data[at - 1] != '\0')
        at--;
    (void)snprintf(out, FN_PATH_MAX, "%s", stack->data + at);
    stack->len = at;
    stack->n--;
    return true;
}

/* ---- what is gone ---- */

struct sweep {
    struct walk *w;
    struct fnd_names maybe; /* in the index, not seen */
    uint64_t n;
};

static int sweep_path(const struct fn_path *p, void *ctx)
{
    struct sweep *s = ctx;
    struct walk *w = s->w;
    if (!fnd_is_below(w->s->rel, p->path))
        return 0;
    w->s->n_known++;
    if (fnd_seen_has(&w->files, fn_hash64(p->path, strlen(p->path))) ||
        fnd_names_cover(&w->unreadable, p->path))
        return 0;
    fnd_names_add(&s->maybe, p->path);
    return 0;
}

/* Something moved while we walked may be there all the same. */
static bool is_gone(const struct walk *w, const char *rel)
{
    char path[FN_PATH_MAX];
    struct stat st;
    if (fnd_names_cover(&w->left_out, rel))
        return true;
    if (fn_path_join(path, sizeof path, w->s->root_path, rel))
        return true;
    if (lstat(path, &st))
        return errno == ENOENT || errno == ENOTDIR;
    return !fnd_is_candidate(w->s->rules, w->s->root_path, rel, &st);
}

struct orphan {
    const struct walk *w;
    const struct fnd_seen *lost;
    bool alive;
};

static int look_for_life(const struct fn_path *p, void *ctx)
{
    struct orphan *o = ctx;
    o->alive = p->root != o->w->s->root_id ||
               !fnd_seen_has(o->lost, fn_hash64(p->path, strlen(p->path)));
    return o->alive;
}

/* Photos of which every path is lost: a folder that was moved leaves none. */
static void count_orphans(struct walk *w, struct fn_txn *t)
{
    struct fnd_seen lost = {0};
    const struct fnd_names *l = &w->s->lost;
    for (const char *at = fnd_names_next(l, NULL); at; at = fnd_names_next(l, at))
        fnd_seen_add(&lost, fn_hash64(at, strlen(at)));
    for (const char *at = fnd_names_next(l, NULL); at; at = fnd_names_next(l, at)) {
        struct fn_path p;
        struct orphan o = {.w = w, .lost = &lost};
        if (fn_path_get(t, w->s->root_id, at, &p))
            continue;
        (void)fn_path_each_of_photo(t, p.photo, look_for_life, &o);
        w->s->n_orphans += !o.alive;
    }
    fnd_seen_finish(&lost);
}

static void sweep(struct walk *w)
{
    struct fn_txn *t = NULL;
    struct fn_error err;
    struct sweep s = {.w = w};
    if (w->files.failed || w->left_out.failed || w->unreadable.failed ||
        fn_txn_begin(w->f->store, false, 0, &t, &err))
        return;
    (void)fn_path_each_of_root(t, w->s->root_id, sweep_path, &s);
    fn_txn_abort(t);
    for (const char *at = fnd_names_next(&s.maybe, NULL); at; at = fnd_names_next(&s.maybe, at))
        if (is_gone(w, at))
            fnd_names_add(&w->s->lost, at);
    fnd_names_finish(&s.maybe);
    if (w->s->lost.n && !fn_txn_begin(w->f->store, false, 0, &t, &err)) {
        count_orphans(w, t);
        fn_txn_abort(t);
    }
}

/* ---- is this the root we know? ---- */

enum { SAMPLE = 16 };

struct sample {
    struct fn_path *p;
    size_t n;
};

static int take_sample(const struct fn_path *p, void *ctx)
{
    struct sample *s = ctx;
    s->p[s->n++] =
        *p; /* paths lie in the order of their hashes: the first ones are a fair sample */
    return s->n == SAMPLE;
}

/* Known files that lie here with their old size; *ret_n: how many were looked for. */
static size_t sample_hits(struct walk *w, size_t *ret_n)
{
    struct fn_txn *t = NULL;
    struct fn_error err;
    struct sample s = {.p = calloc(SAMPLE, sizeof *s.p)};
    size_t hits = 0;
    if (s.p && !fn_txn_begin(w->f->store, false, 0, &t, &err)) {
        (void)fn_path_each_of_root(t, w->s->root_id, take_sample, &s);
        fn_txn_abort(t);
    }
    for (size_t i = 0; i < s.n; i++) {
        char path[FN_PATH_MAX];
        struct stat st;
        hits += !fn_path_join(path, sizeof path, w->s->root_path, s.p[i].path) &&
                !lstat(path, &st) && (uint64_t)st.st_size == s.p[i].size;
    }
    *ret_n = s.n;
    free(s.p);
    return hits;
}

static bool check_identity(struct walk *w)
{
    struct fnd_scan *s = w->s;
    struct stat st;
    struct statfs fs;
    errno = 0;
    if (stat(s->root_path, &st) || !S_ISDIR(st.st_mode) || statfs(s->root_path, &fs)) {
        s->end = FND_SCAN_MISSING;
        (void)snprintf(s->reason, sizeof s->reason, "%s",
                       errno == EACCES ? "no permission" : "no such folder");
        return false;
    }
    uint64_t fsid = fnd_fsid(&fs);
    bool same = (!s->fsid && !s->inode) || (s->fsid == fsid && s->inode == st.st_ino);
    size_t n = 0, hits = same || s->accept ? 0 : sample_hits(w, &n);
    if (!same && !s->accept && n && hits * 2 < n) {
        s->end = FND_SCAN_OTHER;
        (void)snprintf(s->reason, sizeof s->reason,
                       hits ? "another file system" : "not mounted, or another drive");
        return false;
    }
    s->fsid = fsid;
    s->inode = st.st_ino;
    w->root_dev = st.st_dev;
    s->mode = fnd_choose_mode(s->watch_mode, &fs, st.st_dev, s->reason, sizeof s->reason);
    return true;
}

static void walk_all(struct walk *w)
{
    char rel[FN_PATH_MAX];
    w->s->end = FND_SCAN_DONE;
    fnd_names_add(&w->stack, w->s->rel);
    while (w->s->end == FND_SCAN_DONE && pop(&w->stack, rel)) {
        read_folder(w, rel);
        fnd_reader_run_short(w->reader);
        if (fnd_reader_stopping(w->reader) || w->stack.failed)
            w->s->end = FND_SCAN_STOPPED;
    }
    flush(w);
    if (w->s->end == FND_SCAN_DONE)
        sweep(w);
}

static void scan_work(struct fnd_reader *r, struct fnd_task *t)
{
    struct fnd_scan *s = (struct fnd_scan *)t;
    struct walk w = {.s = s, .reader = r, .f = fnd_reader_daemon(r)};
    w.batch = calloc(FND_PUSH_MAX, sizeof *w.batch);
    if (w.batch && check_identity(&w))
        walk_all(&w);
    free(w.batch);
    fnd_names_finish(&w.stack);
    fnd_names_finish(&w.left_out);
    fnd_names_finish(&w.unreadable);
    fnd_seen_finish(&w.files);
    fnd_seen_finish(&w.dirs);
}

static void on_scanned(struct fnd *f, struct fnd_msg *m)
{
    struct fnd_scan *s = (struct fnd_scan *)m;
    fnd_root_scanned(f, s);
    fnd_scan_destroy(s);
    fnd_advance(f);
}

struct fnd_scan *fnd_scan_create(struct fnd *f, struct fnd_root *r, const char *rel,
                                 bool accept)
{
    struct fnd_scan *s = calloc(1, sizeof *s);
    if (!s)
        return NULL;
    s->task.msg.run = on_scanned;
    s->task.work = scan_work;
    s->root = r;
    s->root_id = r->rec.id;
    (void)snprintf(s->root_path, sizeof s->root_path, "%s", r->rec.path);
    (void)snprintf(s->rel, sizeof s->rel, "%s", rel);
    s->rules = fnd_rules_ref(f->rules);
    s->accept = accept;
    s->fsid = r->rec.fsid;
    s->inode = r->rec.inode;
    /* Nobody listens for events when the run ends with the scan. */
    s->watch_mode = f->opt.once ? FN_WATCH_POLL : f->cfg->watch_mode;
    s->young_ms = f->opt.once ? 0 : f->cfg->settle_ms;
    s->skip_dev = f->index_dev;
    s->skip_ino = f->index_ino;
    return s;
}

void fnd_scan_destroy(struct fnd_scan *s)
{
    fnd_rules_unref(s->rules);
    fnd_names_finish(&s->lost);
    free(s);
}
