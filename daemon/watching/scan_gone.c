/* SPDX-License-Identifier: MIT */
/* Files that the index has and a scan did not see. */
#include "daemon/watching/root_scan.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "index/intake/candidate.h"
#include "engine/base/hash.h"

struct sweep {
    struct fnd_walk *w;
    struct fnd_names maybe; /* in the index, not seen */
    uint64_t n;
};

static int sweep_path(const struct fn_path *p, void *ctx)
{
    struct sweep *s = ctx;
    struct fnd_walk *w = s->w;
    if (!fnd_is_below(w->s->rel, p->path))
        return 0;
    w->s->n_known++;
    if (fnd_seen_has(&w->files, fn_hash64(p->path, strlen(p->path))) ||
        fnd_names_cover(&w->unreadable, p->path))
        return 0;
    fnd_names_add(&s->maybe, p->path);
    return 0;
}

/* A file that was moved during the walk may exist all the same. */
static bool is_gone(const struct fnd_walk *w, const char *rel)
{
    char path[FN_PATH_MAX];
    struct stat st;
    if (fnd_names_cover(&w->left_out, rel))
        return true;
    if (fn_path_join(path, sizeof path, w->s->root_path, rel))
        return true;
    if (lstat(path, &st))
        return errno == ENOENT || errno == ENOTDIR;
    return !fn_is_candidate(w->s->rules, w->s->root_path, rel, &st);
}

struct orphan {
    const struct fnd_walk *w;
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

/* Counts the photos that lose all their paths. When a folder was moved, there are none. */
static void count_orphans(struct fnd_walk *w, struct fn_txn *t)
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

void fnd_scan_gone(struct fnd_walk *w)
{
    struct fn_txn *t = NULL;
    struct fn_error err;
    struct sweep s = {.w = w};
    if (w->files.failed || w->left_out.failed || w->unreadable.failed ||
        fn_txn_begin(w->s->store, false, 0, &t, &err))
        return;
    (void)fn_path_each_of_root(t, w->s->root_id, sweep_path, &s);
    fn_txn_abort(t);
    for (const char *at = fnd_names_next(&s.maybe, NULL); at; at = fnd_names_next(&s.maybe, at))
        if (is_gone(w, at))
            fnd_names_add(&w->s->lost, at);
    fnd_names_finish(&s.maybe);
    if (w->s->lost.n && !fn_txn_begin(w->s->store, false, 0, &t, &err)) {
        count_orphans(w, t);
        fn_txn_abort(t);
    }
}
