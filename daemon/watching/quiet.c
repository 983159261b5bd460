/* SPDX-License-Identifier: MIT */
#include "daemon/watching/quiet.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "daemon/base/name_list.h"
#include "daemon/writing/index_writes.h"
#include "daemon/base/reader.h"
#include "daemon/watching/root_scan.h"
#include "engine/base/clock.h"

enum {
    BUCKETS = 1024,
    GROUP = FND_PUSH_MAX, /* files per look */
    QUIET_MS = 300,       /* folders and losses: after this long without another */
    QUIET_MAX_MS = 3000,  /* but no longer than this after the first */
};

struct touched {
    struct touched *next;
    uint64_t hash;
    fn_root_id root;
    char *rel;
    uint64_t due_ns;
    bool sampled; /* size and mtime were seen at the last look */
    uint64_t size;
    int64_t mtime_ns;
};

struct pending { /* folders to scan, or names said to be gone, of one root */
    struct pending *next;
    fn_root_id root;
    struct fnd_names names, dirs;
    uint64_t first_ns, last_ns;
};

struct fnd_settle {
    struct touched *bucket[BUCKETS];
    size_t n;
    unsigned n_looks;
    struct pending *scans, *gone;
};

int fnd_settle_start(struct fnd *f, struct fn_error *err)
{
    f->settle = calloc(1, sizeof *f->settle);
    return f->settle ? 0 : fn_error_set(err, -ENOMEM, "out of memory");
}

static void free_touched(struct touched *t)
{
    free(t->rel);
    free(t);
}

static void free_pending(struct pending *p)
{
    fnd_names_finish(&p->names);
    fnd_names_finish(&p->dirs);
    free(p);
}

void fnd_settle_free(struct fnd *f)
{
    struct fnd_settle *s = f->settle;
    if (!s)
        return;
    for (size_t i = 0; i < BUCKETS; i++)
        while (s->bucket[i]) {
            struct touched *t = s->bucket[i];
            s->bucket[i] = t->next;
            free_touched(t);
        }
    struct pending *lists[] = {s->scans, s->gone};
    for (size_t i = 0; i < 2; i++)
        while (lists[i]) {
            struct pending *p = lists[i];
            lists[i] = p->next;
            free_pending(p);
        }
    free(s);
    f->settle = NULL;
}

size_t fnd_settle_count(const struct fnd *f)
{
    return f->settle->n;
}

bool fnd_settle_idle(const struct fnd *f)
{
    const struct fnd_settle *s = f->settle;
    return s->n == 0 && s->n_looks == 0 && !s->scans && !s->gone;
}

/* ---- files ---- */

static void arm(struct fnd *f, struct touched *t)
{
    struct fnd_settle *s = f->settle;
    t->due_ns = fn_clock_mono_ns() + f->cfg->settle_ms * 1000000u;
    t->next = s->bucket[t->hash % BUCKETS];
    s->bucket[t->hash % BUCKETS] = t;
    s->n++;
}

void fnd_settle_touch(struct fnd *f, struct fnd_root *r, const char *rel)
{
    struct fnd_settle *s = f->settle;
    uint64_t hash = fn_hash64(rel, strlen(rel)) + r->rec.id;
    for (struct touched *t = s->bucket[hash % BUCKETS]; t; t = t->next)
        if (t->hash == hash && t->root == r->rec.id && strcmp(t->rel, rel) == 0) {
            t->due_ns = fn_clock_mono_ns() + f->cfg->settle_ms * 1000000u;
            return;
        }
    struct touched *t = calloc(1, sizeof *t);
    if (t)
        t->rel = strdup(rel);
    if (!t || !t->rel) {
        free(t);
        return; /* the next full scan finds it */
    }
    t->hash = hash;
    t->root = r->rec.id;
    arm(f, t);
}

enum verdict { VERDICT_NONE = 0, VERDICT_GROWS, VERDICT_LOST };

struct look {
    struct fnd_task task;
    fn_root_id root;
    char root_path[FN_PATH_MAX];
    struct fnd_rules *rules;
    uint64_t settle_ms;
    size_t n;
    struct touched *file[GROUP];
    enum verdict verdict[GROUP];
    bool done;
};

/* Closed long ago, or as it was at the last look. */
static bool stands_still(const struct look *l, const struct touched *t, const struct stat *st)
{
    int64_t age_ms = (fn_clock_wall_us() * 1000 - fnd_mtime_ns(st)) / 1000000;
    return age_ms >= (int64_t)l->settle_ms ||
           (t->sampled && t->size == (uint64_t)st->st_size && t->mtime_ns == fnd_mtime_ns(st));
}

static enum verdict look_at(struct look *l, struct fn_txn *txn, struct touched *t,
                            struct fn_queue_entry *e, size_t *n_entries)
{
    char path[FN_PATH_MAX];
    struct stat st;
    struct fn_path known;
    if (fn_path_join(path, sizeof path, l->root_path, t->rel))
        return VERDICT_NONE;
    bool there = !lstat(path, &st) && fnd_is_candidate(l->rules, l->root_path, t->rel, &st);
    if (!there)
        return fn_path_get(txn, l->root, t->rel, &known) == 0 ? VERDICT_LOST : VERDICT_NONE;
    if (!stands_still(l, t, &st)) {
        t->sampled = true;
        t->size = (uint64_t)st.st_size;
        t->mtime_ns = fnd_mtime_ns(&st);
        return VERDICT_GROWS;
    }
    if (fnd_is_known(txn, l->root, t->rel, &st))
        return VERDICT_NONE;
    e = &e[(*n_entries)++];
    *e = (struct fn_queue_entry){.root = l->root,
                                 .mtime_ns = fnd_mtime_ns(&st),
                                 .size = (uint64_t)st.st_size,
                                 .inode = st.st_ino};
    (void)snprintf(e->path, sizeof e->path, "%s", t->rel);
    return VERDICT_NONE;
}

static void look_work(struct fnd_reader *r, struct fnd_task *task)
{
    struct look *l = (struct look *)task;
    struct fnd *f = fnd_reader_daemon(r);
    struct fn_queue_entry *entries = calloc(GROUP, sizeof *entries);
    struct fn_txn *t = NULL;
    struct fn_error err;
    size_t n = 0;
    if (entries && !fn_txn_begin(f->store, false, 0, &t, &err)) {
        for (size_t i = 0; i < l->n; i++)
            l->verdict[i] = look_at(l, t, l->file[i], entries, &n);
        fn_txn_abort(t);
        l->done = true;
    }
    if (n)
        (void)fnd_op_push(f, entries, n, false);
    free(entries);
}

static void on_look(struct fnd *f, struct fnd_msg *m)
{
    struct look *l = (struct look *)m;
    struct fnd_root *r = fnd_root_by_id(f, l->root);
    struct fnd_names lost = {0};
    f->settle->n_looks--;
    for (size_t i = 0; i < l->n; i++) {
        if (r && !f->stopping && (!l->done || l->verdict[i] == VERDICT_GROWS)) {
            arm(f, l->file[i]);
            continue;
        }
        if (l->verdict[i] == VERDICT_LOST)
            fnd_names_add(&lost, l->file[i]->rel);
        free_touched(l->file[i]);
    }
    if (r)
        fnd_root_lost(f, r, &lost);
    fnd_names_finish(&lost);
    fnd_rules_unref(l->rules);
    free(l);
    fnd_advance(f);
}

static struct look *look_create(struct fnd *f, struct fnd_root *r)
{
    struct look *l = calloc(1, sizeof *l);
    if (!l)
        return NULL;
    l->task.msg.run = on_look;
    l->task.work = look_work;
    l->root = r->rec.id;
    l->settle_ms = f->cfg->settle_ms;
    l->rules = fnd_rules_ref(f->rules);
    (void)snprintf(l->root_path, sizeof l->root_path, "%s", r->rec.path);
    return l;
}

/* One group of files of one root that are due. False: there is none. */
static bool look_at_some(struct fnd *f, uint64_t now_ns)
{
    struct fnd_settle *s = f->settle;
    struct look *l = NULL;
    struct fnd_root *r = NULL;
    for (size_t i = 0; i < BUCKETS && (!l || l->n < GROUP); i++)
        for (struct touched **at = &s->bucket[i]; *at && (!l || l->n < GROUP);) {
            struct touched *t = *at;
            if (now_ns < t->due_ns || (l && t->root != l->root)) {
                at = &t->next;
                continue;
            }
            if (!l) {
                r = fnd_root_by_id(f, t->root);
                l = r ? look_create(f, r) : NULL;
            }
            *at = t->next;
            s->n--;
            if (l)
                l->file[l->n++] = t;
            else
                free_touched(t);
        }
    if (!l)
        return false;
    s->n_looks++;
    fnd_reader_submit(r->reader, &l->task, false);
    return true;
}

/* ---- folders and losses ---- */

static struct pending *pending_of(struct pending **list, fn_root_id root)
{
    for (struct pending *p = *list; p; p = p->next)
        if (p->root == root)
            return p;
    struct pending *p = calloc(1, sizeof *p);
    if (!p)
        return NULL;
    p->root = root;
    p->first_ns = fn_clock_mono_ns();
    p->next = *list;
    *list = p;
    return p;
}

void fnd_settle_dir(struct fnd *f, struct fnd_root *r, const char *rel)
{
    struct pending *p = pending_of(&f->settle->scans, r->rec.id);
    if (!p)
        return;
    p->last_ns = fn_clock_mono_ns();
    if (!fnd_names_cover(&p->names, rel))
        fnd_names_add(&p->names, rel);
}

void fnd_settle_gone(struct fnd *f, struct fnd_root *r, const char *rel, bool is_dir)
{
    struct pending *p = pending_of(&f->settle->gone, r->rec.id);
    if (!p)
        return;
    p->last_ns = fn_clock_mono_ns();
    fnd_names_add(is_dir ? &p->dirs : &p->names, rel);
}

struct verify {
    struct fnd_task task;
    fn_root_id root;
    char root_path[FN_PATH_MAX];
    struct fnd_names names, dirs; /* said to be gone */
    struct fnd_names lost;        /* in the index, and not there */
};

static bool is_there(const char *root, const char *rel)
{
    char path[FN_PATH_MAX];
    struct stat st;
    return !fn_path_join(path, sizeof path, root, rel) &&
           (!lstat(path, &st) || (errno != ENOENT && errno != ENOTDIR));
}

static int below_gone_folder(const struct fn_path *p, void *ctx)
{
    struct verify *v = ctx;
    if (fnd_names_cover(&v->dirs, p->path) && !is_there(v->root_path, p->path))
        fnd_names_add(&v->lost, p->path);
    return 0;
}

static void verify_work(struct fnd_reader *r, struct fnd_task *task)
{
    struct verify *v = (struct verify *)task;
    struct fnd *f = fnd_reader_daemon(r);
    struct fn_txn *t = NULL;
    struct fn_error err;
    struct fn_path p;
    if (!is_there(v->root_path, "") || fn_txn_begin(f->store, false, 0, &t, &err))
        return; /* the root itself is away: its next scan says so */
    for (const char *at = fnd_names_next(&v->names, NULL); at;
         at = fnd_names_next(&v->names, at))
        if (!is_there(v->root_path, at) && fn_path_get(t, v->root, at, &p) == 0)
            fnd_names_add(&v->lost, at);
    if (v->dirs.n)
        (void)fn_path_each_of_root(t, v->root, below_gone_folder, v);
    fn_txn_abort(t);
}

static void on_verified(struct fnd *f, struct fnd_msg *m)
{
    struct verify *v = (struct verify *)m;
    struct fnd_root *r = fnd_root_by_id(f, v->root);
    f->settle->n_looks--;
    if (r)
        fnd_root_lost(f, r, &v->lost);
    fnd_names_finish(&v->names);
    fnd_names_finish(&v->dirs);
    fnd_names_finish(&v->lost);
    free(v);
    fnd_advance(f);
}

static void flush_gone(struct fnd *f, struct pending *p, struct fnd_root *r)
{
    struct verify *v = calloc(1, sizeof *v);
    if (!v)
        return;
    v->task.msg.run = on_verified;
    v->task.work = verify_work;
    v->root = p->root;
    (void)snprintf(v->root_path, sizeof v->root_path, "%s", r->rec.path);
    v->names = p->names;
    v->dirs = p->dirs;
    p->names = p->dirs = (struct fnd_names){0};
    f->settle->n_looks++;
    fnd_reader_submit(r->reader, &v->task, false);
}

static void flush_scans(struct fnd *f, struct pending *p, struct fnd_root *r)
{
    for (const char *at = fnd_names_next(&p->names, NULL); at;
         at = fnd_names_next(&p->names, at))
        fnd_root_scan(f, r, at, false);
}

static void flush(struct fnd *f, struct pending **list, uint64_t now_ns,
                  void (*act)(struct fnd *f, struct pending *p, struct fnd_root *r))
{
    for (struct pending **at = list; *at;) {
        struct pending *p = *at;
        if (now_ns < p->last_ns + QUIET_MS * 1000000ull &&
            now_ns < p->first_ns + QUIET_MAX_MS * 1000000ull) {
            at = &p->next;
            continue;
        }
        struct fnd_root *r = fnd_root_by_id(f, p->root);
        *at = p->next;
        if (r)
            act(f, p, r);
        free_pending(p);
    }
}

void fnd_settle_tick(struct fnd *f, uint64_t now_ns)
{
    while (look_at_some(f, now_ns))
        continue;
    flush(f, &f->settle->scans, now_ns, flush_scans);
    flush(f, &f->settle->gone, now_ns, flush_gone);
}
