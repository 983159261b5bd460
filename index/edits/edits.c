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

enum { CANDIDATES_MAX = 4096 };

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
    struct fn_near_versions near;
};

static const char *name_of(const char *place)
{
    const char *slash = strrchr(place, '/');
    return slash ? slash + 1 : place;
}

static int add(struct candidates *c, fn_photo_id photo, enum fn_evidence evidence)
{
    for (size_t i = 0; i < c->n; i++)
        if (c->v[i].photo == photo) {
            if (c->v[i].evidence < evidence)
                c->v[i].evidence = evidence;
            return 0;
        }
    if (c->n == CANDIDATES_MAX)
        return 0;
    struct candidate *v = fn_array_grow(c->v, &c->cap, c->n + 1, sizeof *v);
    if (!v)
        return -ENOMEM;
    c->v = v;
    c->v[c->n++] = (struct candidate){photo, evidence};
    return 0;
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

struct came {
    struct follow *f;
    fn_photo_id photo;
    const char *name;
};

static int add_gone_near(fn_photo_id was, void *ctx)
{
    const struct came *c = ctx;
    char place[FN_PLACE_MAX];
    struct fn_photo p;
    int rc = fn_photo_get(c->f->t, was, &p);
    if (!rc)
        rc = fn_photo_last_path(c->f->t, &p, place, sizeof place);
    if (rc)
        return rc == FN_ENOTFOUND ? 0 : rc;
    return fn_near_versions_add(&c->f->near, was, c->photo,
                                fn_names_related(name_of(place), c->name));
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

static int add_places(struct follow *f, fn_photo_id now, const struct fn_shown *s,
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
    if (rc || (!s->came && has_two_paths(f->t, now)))
        return rc;
    fn_path_place(f->t, &p, place);
    struct came came = {f, now, name_of(place)};
    return fn_photos_gone_near(f->t, place, add_gone_near, &came);
}

static int follow_shown(struct follow *f, fn_photo_id now, const struct fn_shown *s)
{
    struct candidates c = {0};
    struct fn_photo p;
    int rc = add_same_pixels(f->t, now, &c, &p);
    if (!rc)
        rc = add_places(f, now, s, &c);
    for (size_t i = 0; !rc && i < c.n; i++) {
        const struct fn_version_pair pair = {
            .was = c.v[i].photo, .now = now, .evidence = c.v[i].evidence};
        struct fn_version_fit fit;
        rc = fn_version_link(f->t, &pair, true, &fit, f->err);
    }
    free(c.v);
    return rc == FN_ENOTFOUND ? 0 : rc;
}

/* ---- photos went ---- */

struct gone {
    fn_photo_id photo;
    char *folder, *name; /* of its last place */
};

struct all_gone {
    struct follow *f;
    struct gone *v;
    size_t n, cap;
};

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

static int take_gone(struct all_gone *a, fn_photo_id photo, const char *place)
{
    const char *name = name_of(place);
    struct gone *v = fn_array_grow(a->v, &a->cap, a->n + 1, sizeof *v);
    if (!v)
        return -ENOMEM;
    a->v = v;
    struct gone *g = &a->v[a->n++];
    *g = (struct gone){
        .photo = photo, .folder = strndup(place, (size_t)(name - place)), .name = strdup(name)};
    return g->folder && g->name ? 0 : -ENOMEM;
}

/* Only a photo with labels whose last place is known is looked for. */
static int follow_left(struct all_gone *a, fn_photo_id photo)
{
    struct fn_txn *t = a->f->t;
    char place[FN_PLACE_MAX];
    struct fn_photo p;
    bool labelled = false;
    int rc = fn_photo_get(t, photo, &p);
    if (!rc && p.state == FN_PHOTO_GONE)
        rc = fn_photo_has_labels(t, photo, &labelled);
    if (!rc && labelled)
        rc = link_same_pixels(a->f, photo, &p);
    if (!rc && labelled)
        rc = fn_photo_last_path(t, &p, place, sizeof place);
    if (!rc && labelled)
        rc = take_gone(a, photo, place);
    return rc == FN_ENOTFOUND ? 0 : rc;
}

/* A path in the folder of one that went, or with its name elsewhere. */
static int compare_path(const struct fn_path *p, void *ctx)
{
    struct all_gone *a = ctx;
    char place[FN_PLACE_MAX];
    int rc = 0;
    fn_path_place(a->f->t, p, place);
    const char *name = name_of(place);
    size_t folder_n = (size_t)(name - place);
    for (size_t i = 0; !rc && i < a->n; i++) {
        const struct gone *g = &a->v[i];
        bool in_folder = strlen(g->folder) == folder_n && !strncmp(place, g->folder, folder_n);
        if ((in_folder || !strcmp(name, g->name)) && !has_two_paths(a->f->t, p->photo))
            rc = fn_near_versions_add(&a->f->near, g->photo, p->photo,
                                      fn_names_related(name, g->name));
    }
    return rc;
}

static int compare_root(const struct fn_root *r, void *ctx)
{
    struct all_gone *a = ctx;
    return fn_path_each_of_root(a->f->t, r->id, compare_path, a);
}

static void gone_finish(struct all_gone *a)
{
    for (size_t i = 0; i < a->n; i++) {
        free(a->v[i].folder);
        free(a->v[i].name);
    }
    free(a->v);
}

static int follow_change(struct follow *f, struct all_gone *gone, const struct fn_pending *p)
{
    struct fn_shown s;
    if (fn_tab_count(f->t, FN_T_FACE_LABEL) == 0)
        return 0; /* as in a first indexing */
    if (p->kind == FN_CHANGE_LEFT)
        return follow_left(gone, p->id);
    fn_shown_take(p, &s);
    return follow_shown(f, p->id, &s);
}

int fn_edits_update(struct fn_txn *t, struct fn_error *err)
{
    struct follow f = {.t = t, .err = err};
    struct all_gone gone = {.f = &f};
    struct fn_pending p;
    int rc = 0;
    if (err)
        err->text[0] = 0;
    while (!rc && fn_pending_take(t, FN_FOLLOW_EDITS, &p))
        rc = follow_change(&f, &gone, &p);
    if (!rc && gone.n) /* the paths are searched once for all photos that went */
        rc = fn_root_each(t, compare_root, &gone);
    if (!rc)
        rc = fn_near_versions_link(t, &f.near, err);
    gone_finish(&gone);
    free(f.near.v);
    return rc && !(err && err->text[0])
               ? fn_error_set(err, rc, "edited photos cannot be followed: %s", fn_strerror(rc))
               : rc;
}
