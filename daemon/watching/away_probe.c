/* SPDX-License-Identifier: MIT */
/* A root that is away: its folder is examined every few seconds, and scanned when that has
 * changed. One stat on the root's reader, so that a drive that hangs affects nothing else. The
 * folder's parents are not watched instead: any of them may be missing, too, or have no events.
 * Where access to the folder has an effect (automount, network), only the scans of scan_plan.c
 * happen. */
#include "daemon/watching/watching_priv.h"

#include <stdlib.h>
#include <stdio.h>

#include "daemon/watching/place_mark.h"
#include "engine/base/paths.h"

enum { PROBE_MS = 2000 };

struct probe {
    struct fnd_task task;
    struct fnd_root *root; /* belongs to the loop; not used by the thread */
    bool done;
    uint64_t mark;
    char path[FN_PATH_MAX];
};

static void probe_work(struct fnd_reader *reader, struct fnd_task *t)
{
    struct probe *p = (struct probe *)t;
    (void)reader;
    p->mark = fnd_place_mark(p->path);
    p->done = true;
}

static void remoted(struct fnd_msg *m)
{
    struct probe *p = (struct probe *)m;
    struct fnd_root *r = p->root;
    r->probing = false;
    if (p->done && !r->n_scans && p->mark != r->mark)
        fnd_root_scan(r, "", false);
    free(p);
}

static void probe(struct fnd_root *r)
{
    struct probe *p = calloc(1, sizeof *p);
    if (!p)
        return; /* the next scan will see it */
    p->task.msg.run = remoted;
    p->task.work = probe_work;
    p->root = r;
    (void)snprintf(p->path, sizeof p->path, "%s", r->rec.path);
    r->probing = true;
    fnd_reader_submit(r->reader, &p->task, false);
}

void fnd_away_tick(struct fnd_watching *w, uint64_t now_ns)
{
    for (struct fnd_root *r = w->roots; r; r = r->next) {
        if (r->removed || w->quitting || r->rec.state != FN_ROOT_AWAY || r->mounts.remote ||
            r->probing || r->n_scans || now_ns < r->next_probe_ns)
            continue;
        r->next_probe_ns = now_ns + PROBE_MS * 1000000ull;
        probe(r);
    }
}
