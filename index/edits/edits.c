/* SPDX-License-Identifier: MIT */
/* Which photo may be the earlier version of one that came, and what one that went may have
 * become. */
#include "index/edits/edits.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/array.h"
#include "index/edits/edits_priv.h"
#include "index/records/record_changes.h"
#include "index/records/rows.h"
#include "index/store/tables.h"

struct candidate {
    fn_photo_id photo;
    enum fn_evidence evidence;
};

struct candidates {
    struct candidate *v;
    size_t n, cap;
    enum fn_evidence evidence; /* of what is visited */
};

struct follow {
    struct fn_txn *t;
    struct fn_error *err;
    struct fn_near_photos near;
};

static int add(struct candidates *c, fn_photo_id photo, enum fn_evidence evidence)
{
    struct candidate *v = fn_array_grow(c->v, &c->cap, c->n + 1, sizeof *v);
    if (!v)
        return -ENOMEM;
    c->v = v;
    c->v[c->n++] = (struct candidate){photo, evidence};
    return 0;
}

/* The strongest evidence first: the first of each photo counts. */
static int by_photo(const void *pa, const void *pb)
{
    const struct candidate *a = pa, *b = pb;
    if (a->photo != b->photo)
        return a->photo < b->photo ? -1 : 1;
    return (int)b->evidence - (int)a->evidence;
}

static int add_visited(fn_photo_id photo, void *ctx)
{
    struct candidates *c = ctx;
    return add(c, photo, c->evidence);
}

/* The same pixels, and what is known of a photo. FN_ENOTFOUND: it is no picture with faces. */
static int add_same_pixels(struct fn_txn *t, fn_photo_id id, struct candidates *c,
                           struct fn_photo *ret)
{
    int rc = fn_photo_get(t, id, ret);
    if (!rc && !ret->n_faces)
        return FN_ENOTFOUND;
    c->evidence = FN_EVIDENCE_PIXELS;
    return rc ? rc : fn_photo_each_of_pixels(t, &ret->pixel_key, add_visited, c);
}

/* ---- a photo came to a path ---- */

static int add_backups(struct fn_txn *t, const struct fn_path *p, struct candidates *c)
{
    for (size_t i = 0; fn_backup_ends[i]; i++) {
        char name[sizeof p->path];
        struct fn_path backup;
        int n = snprintf(name, sizeof name, "%s%s", p->path, fn_backup_ends[i]);
        if (n < 0 || (size_t)n >= sizeof name)
            continue;
        int rc = fn_path_get(t, p->root, name, &backup);
        if (!rc)
            rc = add(c, backup.photo, FN_EVIDENCE_PLACE);
        if (rc && rc != FN_ENOTFOUND)
            return rc;
    }
    return 0;
}

static int count_two(const struct fn_path *p, void *ctx)
{
    (void)p;
    return ++*(int *)ctx == 2;
}

/* A photo with a path elsewhere is one of its own: it was copied or exchanged with another, or
 * the path from which it was moved is removed later. */
static bool has_two_paths(struct fn_txn *t, fn_photo_id photo)
{
    int n = 0;
    return fn_path_each_of_photo(t, photo, count_two, &n) == 1;
}

static int add_places(struct follow *f, const struct fn_photo *now, const struct fn_shown *s,
                      struct candidates *c)
{
    char place[FN_PLACE_MAX];
    struct fn_path p;
    int rc = fn_path_by_key(f->t, s->path, &p);
    if (rc)
        return rc == FN_ENOTFOUND ? 0 : rc; /* it has gone on since */
    if (s->came && s->before)
        rc = add(c, s->before, FN_EVIDENCE_PLACE);
    if (!rc && s->came)
        rc = add_backups(f->t, &p, c);
    if (rc || (!s->came && has_two_paths(f->t, now->id)))
        return rc;
    fn_path_place(f->t, &p, place);
    return fn_near_came(&f->near, now, place);
}

static int follow_shown(struct follow *f, fn_photo_id now, const struct fn_shown *s)
{
    struct candidates c = {0};
    struct fn_photo p;
    int rc = add_same_pixels(f->t, now, &c, &p);
    if (!rc)
        rc = add_places(f, &p, s, &c);
    if (!rc && c.n)
        qsort(c.v, c.n, sizeof *c.v, by_photo);
    for (size_t i = 0; !rc && i < c.n; i++) {
        if (i && c.v[i].photo == c.v[i - 1].photo)
            continue;
        const struct fn_version_pair pair = {
            .was = c.v[i].photo, .now = now, .evidence = c.v[i].evidence};
        struct fn_version_fit fit;
        rc = fn_version_link(f->t, &pair, true, &fit, f->err);
    }
    free(c.v);
    return rc == FN_ENOTFOUND ? 0 : rc;
}

/* ---- photos went ---- */

/* Other photos with the same pixels that are there. */
static int link_same_pixels(struct follow *f, fn_photo_id was, struct fn_photo *ret)
{
    struct candidates c = {0};
    int rc = add_same_pixels(f->t, was, &c, ret);
    for (size_t i = 0; !rc && i < c.n; i++) {
        const struct fn_version_pair pair = {
            .was = was, .now = c.v[i].photo, .evidence = FN_EVIDENCE_PIXELS};
        struct fn_version_fit fit;
        if (fn_photo_has_path(f->t, pair.now))
            rc = fn_version_link(f->t, &pair, true, &fit, f->err);
    }
    free(c.v);
    return rc;
}

/* Only a photo with labels whose last place is known is looked for. */
static int follow_left(struct follow *f, fn_photo_id photo)
{
    char place[FN_PLACE_MAX];
    struct fn_photo p;
    bool labelled = false;
    int rc = fn_photo_get(f->t, photo, &p);
    if (!rc && p.state == FN_PHOTO_GONE)
        rc = fn_photo_has_labels(f->t, photo, &labelled);
    if (!rc && labelled)
        rc = link_same_pixels(f, photo, &p);
    if (!rc && labelled)
        rc = fn_photo_last_path(f->t, &p, place, sizeof place);
    if (!rc && labelled)
        rc = fn_near_left(&f->near, &p, place);
    return rc == FN_ENOTFOUND ? 0 : rc;
}

static int follow_change(struct follow *f, const struct fn_pending *p)
{
    struct fn_shown s;
    if (fn_tab_count(f->t, FN_T_FACE_LABEL) == 0)
        return 0; /* as in a first indexing */
    if (p->kind == FN_CHANGE_LEFT)
        return follow_left(f, p->id);
    fn_shown_take(p, &s);
    return follow_shown(f, p->id, &s);
}

int fn_edits_update(struct fn_txn *t, struct fn_error *err)
{
    struct follow f = {.t = t, .err = err, .near = {.t = t}};
    struct fn_near_versions near = {0};
    struct fn_pending p;
    int rc = 0;
    if (err)
        err->text[0] = 0;
    while (!rc && fn_pending_take(t, FN_FOLLOW_EDITS, &p))
        rc = follow_change(&f, &p);
    if (!rc)
        rc = fn_near_photos_pair(&f.near, &near, err);
    if (!rc)
        rc = fn_near_versions_link(t, &near, err);
    fn_near_photos_finish(&f.near);
    free(near.v);
    return rc && !(err && err->text[0])
               ? fn_error_set(err, rc, "edited photos cannot be followed: %s", fn_strerror(rc))
               : rc;
}
