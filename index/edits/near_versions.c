/* SPDX-License-Identifier: MIT */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/array.h"
#include "index/edits/edits_priv.h"

enum { STEM_MIN = 3 };

const char *const fn_backup_ends[] = {"_original", "~", ".bak", ".orig", ".old", NULL};

size_t fn_backup_of(const char *path)
{
    size_t n = strlen(path);
    for (size_t i = 0; fn_backup_ends[i]; i++) {
        size_t m = strlen(fn_backup_ends[i]);
        if (n > m && strcmp(path + n - m, fn_backup_ends[i]) == 0)
            return n - m;
    }
    return 0;
}

static size_t stem_length(const char *name)
{
    const char *dot = strrchr(name, '.');
    return dot && dot != name ? (size_t)(dot - name) : strlen(name);
}

bool fn_names_related(const char *a, const char *b)
{
    size_t n = stem_length(a), m = stem_length(b);
    const char *longer = n < m ? b : a;
    size_t shorter = n < m ? n : m;
    if (n == m)
        return strncmp(a, b, n) == 0;
    return shorter >= STEM_MIN && strncmp(a, b, shorter) == 0 &&
           !isdigit((unsigned char)longer[shorter]);
}

const char *fn_name_in_place(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

int fn_near_versions_add(struct fn_near_versions *l, fn_photo_id was, fn_photo_id now,
                         bool related_names)
{
    struct fn_near_version *v = fn_array_grow(l->v, &l->cap, l->n + 1, sizeof *v);
    if (!v)
        return -ENOMEM;
    l->v = v;
    l->v[l->n++] = (struct fn_near_version){.pair = {.was = was,
                                                     .now = now,
                                                     .evidence = FN_EVIDENCE_NEAR,
                                                     .since_label = true,
                                                     .related_names = related_names}};
    return 0;
}

/* Related names first: the first of equals is kept. */
static int by_pair(const void *pa, const void *pb)
{
    const struct fn_version_pair *a = &((const struct fn_near_version *)pa)->pair,
                                 *b = &((const struct fn_near_version *)pb)->pair;
    if (a->was != b->was)
        return a->was < b->was ? -1 : 1;
    if (a->now != b->now)
        return a->now < b->now ? -1 : 1;
    return (int)b->related_names - (int)a->related_names;
}

static void drop_repeated(struct fn_near_versions *l)
{
    size_t kept = 0;
    if (l->n)
        qsort(l->v, l->n, sizeof *l->v, by_pair);
    for (size_t i = 0; i < l->n; i++)
        if (!kept || l->v[kept - 1].pair.was != l->v[i].pair.was ||
            l->v[kept - 1].pair.now != l->v[i].pair.now)
            l->v[kept++] = l->v[i];
    l->n = kept;
}

static int best_first(const void *pa, const void *pb)
{
    const struct fn_near_version *a = pa, *b = pb;
    if (a->pair.related_names != b->pair.related_names)
        return a->pair.related_names ? -1 : 1;
    if (a->fit.n_faces != b->fit.n_faces)
        return a->fit.n_faces > b->fit.n_faces ? -1 : 1;
    if (a->fit.d < b->fit.d || a->fit.d > b->fit.d)
        return a->fit.d < b->fit.d ? -1 : 1;
    if (a->pair.was != b->pair.was)
        return a->pair.was < b->pair.was ? -1 : 1;
    return (a->pair.now > b->pair.now) - (a->pair.now < b->pair.now);
}

static int by_id(const void *pa, const void *pb)
{
    const fn_photo_id *a = pa, *b = pb;
    return (*a > *b) - (*a < *b);
}

/* The photos of one side of the pairs, sorted, and which have their version already. */
struct side {
    fn_photo_id *id;
    bool *taken;
    size_t n;
};

static int side_open(struct side *s, const struct fn_near_versions *l, bool was)
{
    s->id = calloc(l->n, sizeof *s->id);
    s->taken = calloc(l->n, sizeof *s->taken);
    if (!s->id || !s->taken)
        return -ENOMEM;
    for (size_t i = 0; i < l->n; i++)
        s->id[i] = was ? l->v[i].pair.was : l->v[i].pair.now;
    qsort(s->id, l->n, sizeof *s->id, by_id);
    s->n = l->n;
    return 0;
}

static bool *taken(const struct side *s, fn_photo_id id)
{
    return &s->taken[fn_lower_bound(&id, s->id, s->n, sizeof *s->id, by_id)];
}

static int link_best(struct fn_txn *t, struct fn_near_versions *l, struct fn_error *err)
{
    struct side was = {0}, now = {0};
    int rc = side_open(&was, l, true);
    if (!rc)
        rc = side_open(&now, l, false);
    for (size_t i = 0; !rc && i < l->n; i++) {
        bool *a = taken(&was, l->v[i].pair.was), *b = taken(&now, l->v[i].pair.now);
        if (*a || *b)
            continue;
        rc = fn_version_link(t, &l->v[i].pair, true, &l->v[i].fit, err);
        *a = *b = l->v[i].fit.n_labels > 0;
    }
    free(was.id);
    free(was.taken);
    free(now.id);
    free(now.taken);
    return rc;
}

int fn_near_versions_link(struct fn_txn *t, struct fn_near_versions *l, struct fn_error *err)
{
    size_t kept = 0;
    int rc = 0;
    drop_repeated(l);
    for (size_t i = 0; !rc && i < l->n; i++) {
        rc = fn_version_link(t, &l->v[i].pair, false, &l->v[i].fit, err);
        if (!rc && l->v[i].fit.n_labels)
            l->v[kept++] = l->v[i];
    }
    l->n = kept;
    if (rc || !kept)
        return rc;
    qsort(l->v, kept, sizeof *l->v, best_first);
    return link_best(t, l, err);
}
