/* SPDX-License-Identifier: MIT */
/* The walk. It uses a stack of folder names instead of recursion, so only memory limits the
 * depth and only one folder is open at a time. */
#include "daemon/watching/root_scan.h"

#include <stdio.h>
#include <stdlib.h>

#include "daemon/writing/index_writes.h"

static void walk_all(struct fnd_walk *w)
{
    char rel[FN_PATH_MAX];
    bool going = true;
    fnd_names_add(&w->stack, w->s->rel);
    while (going && fnd_names_pop(&w->stack, rel, sizeof rel)) {
        fnd_scan_folder(w, rel);
        fnd_reader_run_short(w->reader);
        going = !w->failed && !w->stack.failed && !fnd_reader_stopping(w->reader);
    }
    fnd_scan_flush(w);
    w->s->done = going && !w->failed;
    if (w->s->done)
        fnd_scan_gone(w);
}

static void scan_work(struct fnd_reader *r, struct fnd_task *t)
{
    struct fnd_scan *s = (struct fnd_scan *)t;
    struct fnd_walk w = {.s = s, .reader = r};
    w.batch = calloc(FND_PUSH_MAX, sizeof *w.batch);
    if (w.batch) {
        s->done = true;
        if (fnd_scan_place(&w))
            walk_all(&w);
    }
    free(w.batch);
    fnd_names_finish(&w.stack);
    fnd_names_finish(&w.left_out);
    fnd_names_finish(&w.unreadable);
    fnd_seen_finish(&w.files);
    fnd_seen_finish(&w.dirs);
}

struct fnd_scan *fnd_scan_create(struct fnd_root *r, const char *rel, bool accept,
                                 void (*done)(struct fnd_msg *scan))
{
    struct fnd_scan *s = calloc(1, sizeof *s);
    const struct fnd_watching_setup *with = &r->w->with;
    const struct fnd_settings *set = with->settings;
    if (!s)
        return NULL;
    s->task.msg.run = done;
    s->task.work = scan_work;
    s->root = r;
    s->store = with->store;
    s->writer = with->writer;
    s->watches = r->w->watches;
    s->queued = with->calls->queued;
    s->owner = with->owner;
    s->root_id = r->rec.id;
    (void)snprintf(s->root_path, sizeof s->root_path, "%s", r->rec.path);
    (void)snprintf(s->rel, sizeof s->rel, "%s", rel);
    s->rules = fn_rules_ref(set->rules);
    s->accept = accept;
    s->log_paths = set->cfg->log_paths;
    s->fsid = r->rec.fsid;
    s->inode = r->rec.inode;
    /* With --once no events are read after the scan. */
    s->watch_mode = set->once ? FN_WATCH_POLL : set->cfg->watch_mode;
    s->young_ms = set->once ? 0 : set->cfg->settle_ms;
    s->skip_dev = set->index_dev;
    s->skip_ino = set->index_ino;
    return s;
}

void fnd_scan_destroy(struct fnd_scan *s)
{
    fn_rules_unref(s->rules);
    fnd_names_finish(&s->lost);
    free(s);
}
