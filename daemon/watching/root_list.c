/* SPDX-License-Identifier: MIT */
/* The list of roots. */
#include "daemon/watching/watching_priv.h"

#include <errno.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct fnd_root *fnd_root_append(struct fnd_watching *w, const struct fn_root *rec,
                                 struct fn_error *err)
{
    struct fnd_root *r = calloc(1, sizeof *r), **at = &w->roots;
    const struct fn_config *cfg = w->with.settings->cfg;
    if (!r) {
        (void)fn_error_set(err, -ENOMEM, "out of memory");
        return NULL;
    }
    r->w = w;
    r->rec = *rec;
    r->poll_s = cfg->poll_interval_s;
    r->mounts = fnd_mounts_now(rec->path);
    if (fnd_reader_create(w->with.box, rec->path, cfg->priority, &r->reader, err)) {
        free(r);
        return NULL;
    }
    while (*at)
        at = &(*at)->next;
    *at = r;
    return r;
}

struct fnd_root *fnd_root_by_id(const struct fnd_watching *w, fn_root_id id)
{
    for (struct fnd_root *r = w->roots; r; r = r->next)
        if (r->rec.id == id && !r->removed)
            return r;
    return NULL;
}

struct fnd_root *fnd_root_of_path(const struct fnd_watching *w, const char *path)
{
    for (struct fnd_root *r = w->roots; r; r = r->next)
        if (!r->removed && (strcmp(r->rec.path, "/") == 0 || fnd_is_below(r->rec.path, path)))
            return r;
    return NULL;
}

const char *fnd_root_state_name(const struct fnd_root *r)
{
    return r->rec.state == FN_ROOT_AWAY   ? "away"
           : r->rec.state == FN_ROOT_HELD ? "held"
                                          : "online";
}

const char *fnd_root_mode_name(const struct fnd_root *r)
{
    if (r->rec.state == FN_ROOT_AWAY)
        return "none";
    return r->rec.mode == FN_WATCH_POLL ? "poll" : "inotify";
}

const char *fnd_user_name(void)
{
    const struct passwd *p = getpwuid(geteuid());
    return p ? p->pw_name : "of facenetd";
}
