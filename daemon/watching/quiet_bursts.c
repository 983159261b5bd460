/* SPDX-License-Identifier: MIT */
/* New folders are scanned and names reported as gone are checked after a short time, together,
 * because both come in bursts. */
#include "daemon/watching/quiet_priv.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "daemon/watching/standstill.h"
#include "engine/base/clock.h"
#include "engine/base/paths.h"

struct fnd_burst { /* of one root */
    struct fnd_burst *next;
    fn_root_id root;
    struct fnd_names names, dirs;
    uint64_t first_ns, last_ns;
};

static void free_burst(struct fnd_burst *b)
{
    fnd_names_finish(&b->names);
    fnd_names_finish(&b->dirs);
    free(b);
}

void fnd_quiet_forget_bursts(struct fnd_quiet *q)
{
    struct fnd_burst *lists[] = {q->scans, q->gone};
    for (size_t i = 0; i < 2; i++)
        while (lists[i]) {
            struct fnd_burst *b = lists[i];
            lists[i] = b->next;
            free_burst(b);
        }
}

static struct fnd_burst *burst_of(struct fnd_burst **list, fn_root_id root)
{
    for (struct fnd_burst *b = *list; b; b = b->next)
        if (b->root == root)
            return b;
    struct fnd_burst *b = calloc(1, sizeof *b);
    if (!b)
        return NULL;
    b->root = root;
    b->first_ns = fn_clock_mono_ns();
    b->next = *list;
    *list = b;
    return b;
}

void fnd_quiet_folder(struct fnd_root *r, const char *rel)
{
    struct fnd_burst *b = burst_of(&r->w->quiet->scans, r->rec.id);
    if (!b)
        return;
    b->last_ns = fn_clock_mono_ns();
    if (!fnd_names_cover(&b->names, rel))
        fnd_names_add(&b->names, rel);
}

void fnd_quiet_gone(struct fnd_root *r, const char *rel, bool is_dir)
{
    struct fnd_burst *b = burst_of(&r->w->quiet->gone, r->rec.id);
    if (!b)
        return;
    b->last_ns = fn_clock_mono_ns();
    fnd_names_add(is_dir ? &b->dirs : &b->names, rel);
}

/* ---- is it really gone? on the reader thread ---- */

struct verify {
    struct fnd_task task;
    struct fnd_watching *w; /* belongs to the loop; the thread only reads */
    fn_root_id root;
    char root_path[FN_PATH_MAX];
    struct fnd_names names, dirs; /* reported as gone */
    struct fnd_names lost;        /* in the index, but the file is missing */
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
    struct fn_txn *t = NULL;
    struct fn_error err;
    struct fn_path p;
    (void)r;
    if (!is_there(v->root_path, "") || fn_txn_begin(v->w->with.store, false, 0, &t, &err))
        return; /* the root itself is away: its next scan will find that */
    for (const char *at = fnd_names_next(&v->names, NULL); at;
         at = fnd_names_next(&v->names, at))
        if (!is_there(v->root_path, at) && fn_path_get(t, v->root, at, &p) == 0)
            fnd_names_add(&v->lost, at);
    if (v->dirs.n)
        (void)fn_path_each_of_root(t, v->root, below_gone_folder, v);
    fn_txn_abort(t);
}

static void on_verified(struct fnd_msg *m)
{
    struct verify *v = (struct verify *)m;
    struct fnd_watching *w = v->w;
    struct fnd_root *r = fnd_root_by_id(w, v->root);
    w->quiet->n_looks--;
    if (r)
        fnd_root_lost(r, &v->lost);
    fnd_names_finish(&v->names);
    fnd_names_finish(&v->dirs);
    fnd_names_finish(&v->lost);
    free(v);
    w->with.calls->changed(w->with.owner);
}

/* ---- bursts that are over ---- */

static void verify_gone(struct fnd_burst *b, struct fnd_root *r)
{
    struct verify *v = calloc(1, sizeof *v);
    if (!v)
        return;
    v->task.msg.run = on_verified;
    v->task.work = verify_work;
    v->w = r->w;
    v->root = b->root;
    (void)snprintf(v->root_path, sizeof v->root_path, "%s", r->rec.path);
    v->names = b->names;
    v->dirs = b->dirs;
    b->names = b->dirs = (struct fnd_names){0};
    r->w->quiet->n_looks++;
    fnd_reader_submit(r->reader, &v->task, false);
}

static void scan_folders(struct fnd_burst *b, struct fnd_root *r)
{
    for (const char *at = fnd_names_next(&b->names, NULL); at;
         at = fnd_names_next(&b->names, at))
        fnd_root_scan(r, at, false);
}

static void flush(struct fnd_watching *w, struct fnd_burst **list, uint64_t now_ns,
                  void (*act)(struct fnd_burst *b, struct fnd_root *r))
{
    for (struct fnd_burst **at = list; *at;) {
        struct fnd_burst *b = *at;
        if (!fnd_burst_over(b->first_ns, b->last_ns, now_ns)) {
            at = &b->next;
            continue;
        }
        struct fnd_root *r = fnd_root_by_id(w, b->root);
        *at = b->next;
        if (r)
            act(b, r);
        free_burst(b);
    }
}

void fnd_quiet_flush(struct fnd_watching *w, uint64_t now_ns)
{
    flush(w, &w->quiet->scans, now_ns, scan_folders);
    flush(w, &w->quiet->gone, now_ns, verify_gone);
}
