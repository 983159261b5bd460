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

/* What programs add to the name of the file that they are about to change. */
static const char *const backup_ends[] = {"_original", "~", ".bak", ".orig", ".old"};

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
    for (size_t i = 0; i < sizeof backup_ends / sizeof *backup_ends; i++) {
        char name[sizeof p->path];
        struct fn_path backup;
        int n = snprintf(name, sizeof name, "%s%s", p->path, backup_ends[i]);
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

/* A photo that has another path now was moved there; it was not edited. */
static int add_before(struct fn_txn *t, fn_photo_id before, struct candidates *c)
{
    return before && !fn_photo_has_path(t, before) ? add(c, before, FN_EVIDENCE_PLACE) : 0;
}

static int add_places(struct fn_txn *t, const struct fn_shown *s, struct candidates *c)
{
    char place[FN_PLACE_MAX];
    struct fn_path p;
    int rc = fn_path_by_key(t, s->path, &p);
    if (rc)
        return rc == FN_ENOTFOUND ? 0 : rc; /* it has gone on since */
    rc = add_before(t, s->before, c);
    if (!rc)
        rc = add_backups(t, &p, c);
    if (rc)
        return rc;
    fn_path_place(t, &p, place);
    c->evidence = FN_EVIDENCE_NEAR;
    return fn_photos_gone_near(t, place, add_visited, c);
}

static int follow_shown(struct fn_txn *t, fn_photo_id now, const struct fn_shown *s,
                        struct fn_error *err)
{
    struct candidates c = {0};
    struct fn_photo p;
    int rc = add_same_pixels(t, now, &c, &p);
    if (!rc)
        rc = add_places(t, s, &c);
    for (size_t i = 0; !rc && i < c.n; i++) {
        /* What was here before under another path may be any other photo of the library. */
        bool doubtful = c.v[i].evidence == FN_EVIDENCE_NEAR ||
                        (c.v[i].evidence == FN_EVIDENCE_PLACE && !s->came);
        rc = fn_version_link(t, c.v[i].photo, now, c.v[i].evidence, doubtful, err);
    }
    free(c.v);
    return rc == FN_ENOTFOUND ? 0 : rc;
}

/* ---- photos went ---- */

struct gone {
    fn_photo_id photo;
    char *folder, *name; /* of its last place */
    struct candidates to;
};

struct all_gone {
    struct fn_txn *t;
    struct gone *v;
    size_t n, cap;
};

static int split_place(struct gone *g, const char *place)
{
    const char *slash = strrchr(place, '/');
    if (!slash)
        return FN_ENOTFOUND;
    g->folder = strndup(place, (size_t)(slash - place));
    g->name = strdup(slash + 1);
    return g->folder && g->name ? 0 : -ENOMEM;
}

/* Only a photo with labels whose last place is known is looked for. */
static int add_gone(struct all_gone *a, fn_photo_id photo)
{
    char place[FN_PLACE_MAX];
    struct fn_photo p;
    struct gone g = {.photo = photo};
    bool labelled = false;
    int rc = fn_photo_get(a->t, photo, &p);
    if (!rc && p.state == FN_PHOTO_GONE)
        rc = fn_photo_has_labels(a->t, photo, &labelled);
    if (rc || !labelled)
        return rc == FN_ENOTFOUND ? 0 : rc;
    rc = add_same_pixels(a->t, photo, &g.to, &p);
    if (!rc)
        rc = fn_photo_last_path(a->t, &p, place, sizeof place);
    rc = rc ? rc : split_place(&g, place);
    if (rc == FN_ENOTFOUND)
        rc = 0;
    struct gone *v = rc ? NULL : fn_array_grow(a->v, &a->cap, a->n + 1, sizeof *v);
    if (!v) {
        free(g.folder);
        free(g.name);
        free(g.to.v);
        return rc ? rc : -ENOMEM;
    }
    a->v = v;
    a->v[a->n++] = g;
    return 0;
}

/* A path in the folder of one that went, or with its name elsewhere. */
static int compare_path(const struct fn_path *p, void *ctx)
{
    struct all_gone *a = ctx;
    char place[FN_PLACE_MAX];
    fn_path_place(a->t, p, place);
    char *slash = strrchr(place, '/');
    int rc = 0;
    if (!slash)
        return 0;
    *slash = '\0';
    for (size_t i = 0; !rc && i < a->n; i++)
        if (a->v[i].folder &&
            (!strcmp(slash + 1, a->v[i].name) || !strcmp(place, a->v[i].folder)))
            rc = add(&a->v[i].to, p->photo, FN_EVIDENCE_NEAR);
    return rc;
}

static int compare_root(const struct fn_root *r, void *ctx)
{
    struct all_gone *a = ctx;
    return fn_path_each_of_root(a->t, r->id, compare_path, a);
}

/* The paths are searched once for all photos that went. */
static int follow_gone(struct all_gone *a, struct fn_error *err)
{
    int rc = a->n ? fn_root_each(a->t, compare_root, a) : 0;
    for (size_t i = 0; !rc && i < a->n; i++)
        for (size_t k = 0; !rc && k < a->v[i].to.n; k++) {
            const struct candidate *c = &a->v[i].to.v[k];
            if (fn_photo_has_path(a->t, c->photo))
                rc = fn_version_link(a->t, a->v[i].photo, c->photo, c->evidence,
                                     c->evidence == FN_EVIDENCE_NEAR, err);
        }
    return rc;
}

static void gone_finish(struct all_gone *a)
{
    for (size_t i = 0; i < a->n; i++) {
        free(a->v[i].folder);
        free(a->v[i].name);
        free(a->v[i].to.v);
    }
    free(a->v);
}

int fn_edits_update(struct fn_txn *t, struct fn_error *err)
{
    struct all_gone gone = {.t = t};
    struct fn_pending p;
    int rc = 0;
    if (err)
        err->text[0] = 0;
    while (!rc && fn_pending_take(t, FN_FOLLOW_EDITS, &p)) {
        struct fn_shown s;
        if (fn_tab_count(t, FN_T_FACE_LABEL) == 0)
            continue; /* as in a first indexing */
        if (p.kind == FN_CHANGE_LEFT) {
            rc = add_gone(&gone, p.id);
            continue;
        }
        fn_shown_take(&p, &s);
        rc = follow_shown(t, p.id, &s, err);
    }
    if (!rc)
        rc = follow_gone(&gone, err);
    gone_finish(&gone);
    return rc && !(err && err->text[0])
               ? fn_error_set(err, rc, "edited photos cannot be followed: %s", fn_strerror(rc))
               : rc;
}
