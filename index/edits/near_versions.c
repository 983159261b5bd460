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

int fn_near_versions_add(struct fn_near_versions *l, fn_photo_id was, fn_photo_id now,
                         bool related_names)
{
    for (size_t i = 0; i < l->n; i++)
        if (l->v[i].pair.was == was && l->v[i].pair.now == now) {
            l->v[i].pair.related_names |= related_names;
            return 0;
        }
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

static bool is_taken(const struct fn_near_versions *l, size_t n,
                     const struct fn_version_pair *p)
{
    for (size_t i = 0; i < n; i++)
        if (l->v[i].fit.n_labels && (l->v[i].pair.was == p->was || l->v[i].pair.now == p->now))
            return true;
    return false;
}

int fn_near_versions_link(struct fn_txn *t, struct fn_near_versions *l, struct fn_error *err)
{
    size_t kept = 0;
    int rc = 0;
    for (size_t i = 0; !rc && i < l->n; i++) {
        rc = fn_version_link(t, &l->v[i].pair, false, &l->v[i].fit, err);
        if (!rc && l->v[i].fit.n_labels)
            l->v[kept++] = l->v[i];
    }
    if (!rc && kept)
        qsort(l->v, kept, sizeof *l->v, best_first);
    for (size_t i = 0; !rc && i < kept; i++) {
        if (is_taken(l, i, &l->v[i].pair))
            l->v[i].fit.n_labels = 0;
        else
            rc = fn_version_link(t, &l->v[i].pair, true, &l->v[i].fit, err);
    }
    return rc;
}
