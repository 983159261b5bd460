/* SPDX-License-Identifier: MIT */
/* Files wait until they are closed and have settled (standstill.h). Then they go into the queue
 * or, if they are missing, are treated as lost. The reader does the checks. */
#include "daemon/watching/quiet_priv.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "index/intake/candidate.h"
#include "daemon/watching/standstill.h"
#include "daemon/writing/index_writes.h"
#include "engine/base/clock.h"
#include "engine/base/hash.h"
#include "engine/base/paths.h"

enum { GROUP = FND_PUSH_MAX }; /* files per check */

struct fnd_touched {
    struct fnd_touched *next;
    uint64_t hash;
    fn_root_id root;
    char *rel;
    struct fnd_standstill still;
};

enum look_end { LOOK_END = 0, LOOK_CHANGES, LOOK_LOST };

struct look {
    struct fnd_task task;
    struct fnd_watching *w; /* belongs to the loop; the thread only reads */
    fn_root_id root;
    char root_path[FN_PATH_MAX];
    struct fn_rules *rules;
    uint64_t settle_ms;
    size_t n;
    struct fnd_touched *file[GROUP];
    enum look_end end[GROUP];
    bool done;
};

static void free_touched(struct fnd_touched *t)
{
    free(t->rel);
    free(t);
}

void fnd_quiet_forget_files(struct fnd_quiet *q)
{
    for (size_t i = 0; i < FND_QUIET_BUCKETS; i++)
        while (q->bucket[i]) {
            struct fnd_touched *t = q->bucket[i];
            q->bucket[i] = t->next;
            free_touched(t);
        }
}

/* ---- waiting ---- */

static void wait_for(struct fnd_watching *w, struct fnd_touched *t)
{
    fnd_standstill_wait(&t->still, fn_clock_mono_ns(), w->with.settings->cfg->settle_ms);
}

static void put(struct fnd_watching *w, struct fnd_touched *t)
{
    struct fnd_touched **bucket = &w->quiet->bucket[t->hash % FND_QUIET_BUCKETS];
    wait_for(w, t);
    t->next = *bucket;
    *bucket = t;
    w->quiet->n++;
}

void fnd_quiet_file(struct fnd_root *r, const char *rel)
{
    const struct fnd_quiet *q = r->w->quiet;
    uint64_t hash = fn_hash64(rel, strlen(rel)) + r->rec.id;
    for (struct fnd_touched *t = q->bucket[hash % FND_QUIET_BUCKETS]; t; t = t->next)
        if (t->hash == hash && t->root == r->rec.id && strcmp(t->rel, rel) == 0) {
            wait_for(r->w, t);
            return;
        }
    struct fnd_touched *t = calloc(1, sizeof *t);
    if (t)
        t->rel = strdup(rel);
    if (!t || !t->rel) {
        free(t);
        return; /* the next full scan finds it */
    }
    t->hash = hash;
    t->root = r->rec.id;
    put(r->w, t);
}

/* ---- checking, on the reader thread ---- */

static enum look_end look_at(const struct look *l, struct fn_txn *txn, struct fnd_touched *t,
                             struct fn_queue_entry *e, size_t *n_entries)
{
    char path[FN_PATH_MAX];
    struct stat st;
    struct fn_path known;
    if (fn_path_join(path, sizeof path, l->root_path, t->rel))
        return LOOK_END;
    bool there = !lstat(path, &st) && fn_is_candidate(l->rules, l->root_path, t->rel, &st);
    if (!there)
        return fn_path_get(txn, l->root, t->rel, &known) == 0 ? LOOK_LOST : LOOK_END;
    if (!fnd_standstill_look(&t->still, (uint64_t)st.st_size, fn_mtime_ns(&st),
                             fn_clock_wall_us() * 1000, l->settle_ms))
        return LOOK_CHANGES;
    if (fn_file_is_known(txn, l->root, t->rel, &st))
        return LOOK_END;
    e = &e[(*n_entries)++];
    *e = (struct fn_queue_entry){.root = l->root,
                                 .mtime_ns = fn_mtime_ns(&st),
                                 .size = (uint64_t)st.st_size,
                                 .inode = st.st_ino};
    (void)snprintf(e->path, sizeof e->path, "%s", t->rel);
    return LOOK_END;
}

static void look_work(struct fnd_reader *r, struct fnd_task *task)
{
    struct look *l = (struct look *)task;
    const struct fnd_watching_setup *with = &l->w->with;
    struct fn_queue_entry *entries = calloc(GROUP, sizeof *entries);
    struct fn_txn *t = NULL;
    struct fn_error err;
    size_t n = 0;
    (void)r;
    if (entries && !fn_txn_begin(with->store, false, 0, &t, &err)) {
        for (size_t i = 0; i < l->n; i++)
            l->end[i] = look_at(l, t, l->file[i], entries, &n);
        fn_txn_abort(t);
        l->done = true;
    }
    if (n)
        (void)fnd_write_queue(with->writer, entries, n, false, with->calls->queued,
                              with->owner);
    free(entries);
}

/* ---- on the loop ---- */

static void on_look(struct fnd_msg *m)
{
    struct look *l = (struct look *)m;
    struct fnd_watching *w = l->w;
    struct fnd_root *r = fnd_root_by_id(w, l->root);
    struct fnd_names lost = {0};
    w->quiet->n_looks--;
    for (size_t i = 0; i < l->n; i++) {
        if (r && !w->quitting && (!l->done || l->end[i] == LOOK_CHANGES)) {
            put(w, l->file[i]);
            continue;
        }
        if (l->end[i] == LOOK_LOST)
            fnd_names_add(&lost, l->file[i]->rel);
        free_touched(l->file[i]);
    }
    if (r)
        fnd_root_lost(r, &lost);
    fnd_names_finish(&lost);
    fn_rules_unref(l->rules);
    free(l);
    w->with.calls->changed(w->with.owner);
}

static struct look *look_create(struct fnd_root *r)
{
    const struct fnd_settings *set = r->w->with.settings;
    struct look *l = calloc(1, sizeof *l);
    if (!l)
        return NULL;
    l->task.msg.run = on_look;
    l->task.work = look_work;
    l->w = r->w;
    l->root = r->rec.id;
    l->settle_ms = set->cfg->settle_ms;
    l->rules = fn_rules_ref(set->rules);
    (void)snprintf(l->root_path, sizeof l->root_path, "%s", r->rec.path);
    return l;
}

/* Checks a group of due files of one root. False: no file is due. */
static bool look_at_some(struct fnd_watching *w, uint64_t now_ns)
{
    struct fnd_quiet *q = w->quiet;
    struct look *l = NULL;
    struct fnd_root *r = NULL;
    for (size_t i = 0; i < FND_QUIET_BUCKETS && (!l || l->n < GROUP); i++)
        for (struct fnd_touched **at = &q->bucket[i]; *at && (!l || l->n < GROUP);) {
            struct fnd_touched *t = *at;
            if (!fnd_standstill_due(&t->still, now_ns) || (l && t->root != l->root)) {
                at = &t->next;
                continue;
            }
            if (!l) {
                r = fnd_root_by_id(w, t->root);
                l = r ? look_create(r) : NULL;
            }
            *at = t->next;
            q->n--;
            if (l)
                l->file[l->n++] = t;
            else
                free_touched(t);
        }
    if (!l)
        return false;
    q->n_looks++;
    fnd_reader_submit(r->reader, &l->task, false);
    return true;
}

void fnd_quiet_look(struct fnd_watching *w, uint64_t now_ns)
{
    while (look_at_some(w, now_ns))
        continue;
}
