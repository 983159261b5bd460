/* SPDX-License-Identifier: MIT */
/* Persons that the user merged. The acts in effect, in order, are a map from -> into. It has no
 * cycles, because a merge that would close one with older ones is ignored (append, undo and
 * redo refuse to create such a log; only a log composed of two can have one). */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/array.h"
#include "engine/base/endian.h"
#include "index/labels/label_changes.h"
#include "index/labels/labels_priv.h"

enum { VALUE = 2 + FN_PERSON_BYTES };

static struct fn_merge *map_find(struct fn_merge *m, size_t n, const struct fn_person_id *from)
{
    for (size_t i = 0; i < n; i++) {
        if (fn_person_eq(&m[i].from, from))
            return &m[i];
    }
    return NULL;
}

/* Follows the map; n steps are enough, since it has no cycles. */
static struct fn_person_id map_resolve(struct fn_merge *m, size_t n, struct fn_person_id p)
{
    for (size_t i = 0; i <= n; i++) {
        const struct fn_merge *e = map_find(m, n, &p);
        if (!e)
            break;
        p = e->into;
    }
    return p;
}

static int by_from(const void *a, const void *b)
{
    return fn_person_cmp(&((const struct fn_merge *)a)->from,
                         &((const struct fn_merge *)b)->from);
}

static int map_add(struct fn_merge **m, size_t *n, size_t *cap, const struct fn_assertion *a,
                   size_t *skipped)
{
    struct fn_person_id root = map_resolve(*m, *n, a->object);
    if (fn_person_eq(&root, &a->person)) {
        ++*skipped;
        return 0;
    }
    struct fn_merge *e = map_find(*m, *n, &a->person);
    if (!e) {
        struct fn_merge *v = fn_array_grow(*m, cap, *n + 1, sizeof *v);
        if (!v)
            return -ENOMEM;
        *m = v;
        e = &v[(*n)++];
        e->from = a->person;
    }
    e->into = a->object;
    return 0;
}

int fn_merges_fold(struct fn_txn *t, struct fn_suppose s, struct fn_merge **ret, size_t *ret_n,
                   size_t *ret_skipped)
{
    struct fn_merge *m = NULL;
    size_t n = 0, cap = 0, skipped = 0;
    struct fn_assert_walk w;
    const uint8_t kind = FN_ASSERT_MERGE;
    int rc = fn_assert_walk_open(t, FN_BY_KIND, &kind, 1, &w);
    while (!rc && !(rc = fn_assert_walk_next(&w))) {
        struct fn_assertion a;
        rc = fn_assert_get(t, w.seq, &a);
        if (!rc && fn_supposed_in_force(t, a.act, s))
            rc = map_add(&m, &n, &cap, &a, &skipped);
    }
    fn_assert_walk_close(&w);
    if (rc != FN_ENOTFOUND) {
        free(m);
        return rc;
    }
    if (n)
        qsort(m, n, sizeof *m, by_from);
    *ret = m;
    *ret_n = n;
    *ret_skipped = skipped;
    return 0;
}

static int table_load(struct fn_txn *t, struct fn_merge **ret, size_t *ret_n)
{
    struct fn_cur c = {0};
    struct fn_merge *m = NULL;
    size_t n = 0;
    uint64_t count = fn_tab_count(t, FN_T_MERGED);
    int rc = 0;
    if (count && !(m = malloc(count * sizeof *m)))
        return -ENOMEM;
    if (count && !(rc = fn_cur_open(t, FN_T_MERGED, &c)))
        rc = fn_cur_seek(&c, NULL, 0);
    for (; count && !rc && n < count; rc = fn_cur_next(&c)) {
        if (c.key.n != FN_PERSON_BYTES || c.val.n != VALUE || c.val.p[0] != 1) {
            rc = FN_ECORRUPT;
            break;
        }
        memcpy(m[n].from.b, c.key.p, FN_PERSON_BYTES);
        memcpy(m[n++].into.b, c.val.p + 2, FN_PERSON_BYTES);
    }
    fn_cur_close(&c);
    if (rc && rc != FN_ENOTFOUND) {
        free(m);
        return rc;
    }
    *ret = m;
    *ret_n = n;
    return 0;
}

int fn_person_resolve(struct fn_txn *t, const struct fn_person_id *p, struct fn_person_id *ret)
{
    struct fn_person_id id = *p;
    for (uint64_t left = fn_tab_count(t, FN_T_MERGED); left; left--) {
        struct fn_slice v;
        int rc = fn_tab_get(t, FN_T_MERGED, id.b, sizeof id.b, &v);
        if (rc == FN_ENOTFOUND)
            break;
        if (rc)
            return rc;
        if (v.n != VALUE || v.p[0] != 1)
            return FN_ECORRUPT;
        memcpy(id.b, v.p + 2, sizeof id.b);
    }
    *ret = id;
    return 0;
}

int fn_person_class(struct fn_txn *t, const struct fn_person_id *p, struct fn_person_id **ret,
                    size_t *ret_n)
{
    struct fn_merge *m = NULL;
    size_t n = 0, k = 0;
    int rc = table_load(t, &m, &n);
    if (rc)
        return rc;
    struct fn_person_id *v = malloc((n + 1) * sizeof *v);
    if (!v) {
        free(m);
        return -ENOMEM;
    }
    v[k++] = map_resolve(m, n, *p);
    for (size_t i = 0; i < n; i++) {
        struct fn_person_id root = map_resolve(m, n, m[i].from);
        if (fn_person_eq(&root, &v[0]))
            v[k++] = m[i].from;
    }
    free(m);
    *ret = v;
    *ret_n = k;
    return 0;
}

static int table_put(struct fn_txn *t, const struct fn_merge *m, struct fn_error *err)
{
    uint8_t v[VALUE] = {1};
    memcpy(v + 2, m->into.b, FN_PERSON_BYTES);
    return fn_tab_put(t, FN_T_MERGED, m->from.b, FN_PERSON_BYTES, v, sizeof v, err);
}

/* Every person on either side of an entry that is not in both maps. */
static int collect_changed(struct fn_merge *a, size_t a_n, struct fn_merge *b, size_t b_n,
                           struct fn_person_id *out, size_t *out_n)
{
    size_t n = 0;
    for (size_t i = 0; i < a_n; i++) {
        const struct fn_merge *e = map_find(b, b_n, &a[i].from);
        if (e && fn_person_eq(&e->into, &a[i].into))
            continue;
        out[n++] = a[i].from;
        out[n++] = a[i].into;
    }
    *out_n += n;
    return (int)n;
}

static int table_write(struct fn_txn *t, struct fn_merge *old, size_t old_n,
                       struct fn_merge *new, size_t new_n, struct fn_error *err)
{
    int rc = 0;
    for (size_t i = 0; !rc && i < old_n; i++) {
        if (!map_find(new, new_n, &old[i].from))
            rc = fn_tab_del(t, FN_T_MERGED, old[i].from.b, FN_PERSON_BYTES, err);
    }
    for (size_t i = 0; !rc && i < new_n; i++)
        rc = table_put(t, &new[i], err);
    return rc;
}

int fn_merges_update(struct fn_txn *t, struct fn_error *err)
{
    struct fn_merge *old = NULL, *new = NULL;
    struct fn_person_id *who = NULL;
    size_t old_n = 0, new_n = 0, who_n = 0, skipped;
    int rc = table_load(t, &old, &old_n);
    if (!rc)
        rc = fn_merges_fold(t, (struct fn_suppose){0}, &new, &new_n, &skipped);
    if (rc)
        goto out;
    if (!(who = malloc(2 * (old_n + new_n + 1) * sizeof *who))) {
        rc = -ENOMEM;
        goto out;
    }
    collect_changed(old, old_n, new, new_n, who, &who_n);
    collect_changed(new, new_n, old, old_n, who + who_n, &who_n);
    if (!rc)
        rc = table_write(t, old, old_n, new, new_n, err);
    for (size_t i = 0; !rc && i < who_n; i++) {
        rc = fn_person_update(t, &who[i], err);
        struct fn_pending p = {.kind = FN_CHANGE_PERSON};
        memcpy(p.name, who[i].b, sizeof p.name);
        if (!rc)
            rc = fn_people_change_add(t, &p, err);
    }
out:
    free(old);
    free(new);
    free(who);
    return rc;
}
