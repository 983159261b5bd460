/* SPDX-License-Identifier: MIT */
/* The whole partition from scratch: compared, rebuilt, or summarised by a hash. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/endian.h"
#include "index/people/settle.h"
#include "index/people/settle_priv.h"

/* ---- comparing ---- */

struct fresh {
    fn_face_id face;
    uint64_t ckey, group; /* group 0: none */
    bool poor;
    struct fn_face_say *say; /* owned */
};

static int by_group(const void *pa, const void *pb)
{
    const struct fresh *a = pa, *b = pb;
    if (a->group != b->group)
        return a->group < b->group ? -1 : 1;
    return (a->face > b->face) - (a->face < b->face);
}

static int load_fresh(struct fn_txn *t, const struct fn_batch *b, const uint64_t *group,
                      struct fresh *v)
{
    int rc = 0;
    for (size_t i = 0; !rc && i < b->n_put; i++) {
        v[i] = (struct fresh){.face = b->put[i].id,
                              .ckey = b->put[i].key,
                              .poor = b->put[i].poor,
                              .group = group[i]};
        rc = fn_face_say_get(t, v[i].face, &v[i].say);
    }
    if (b->n_put)
        qsort(v, b->n_put, sizeof *v, by_group);
    return rc;
}

static int differs(struct fn_txn *t, const struct fn_naming *n, uint64_t group, uint64_t *diff)
{
    struct fn_member m;
    int rc = fn_member_who(t, n->face, &m);
    if (rc && rc != FN_ENOTFOUND)
        return rc;
    *diff += rc == FN_ENOTFOUND || m.group != group || !fn_person_eq(&m.person, &n->person) ||
             (m.how == FN_HOW_USER) != n->by_user;
    return 0;
}

static int compare_group(struct fn_txn *t, const struct fresh *v, size_t n, uint64_t *diff)
{
    struct fn_naming *g = calloc(n, sizeof *g);
    struct fn_person_id person;
    if (!g)
        return -ENOMEM;
    for (size_t i = 0; i < n; i++)
        g[i] = (struct fn_naming){
            .face = v[i].face, .ckey = v[i].ckey, .poor = v[i].poor, .say = v[i].say};
    int rc = fn_name_group(t, v->group, g, n, &person);
    for (size_t i = 0; !rc && i < n; i++)
        rc = differs(t, &g[i], v->group, diff);
    free(g);
    return rc;
}

/* Faces in no cluster are alone. */
static int compare(struct fn_txn *t, const struct fresh *v, size_t n, uint64_t *ret)
{
    uint64_t diff = 0, grouped = 0, stored = fn_tab_count(t, FN_T_MEMBER);
    int rc = fn_stale_members(t, &grouped);
    for (size_t i = 0, end; !rc && i < n; i = end) {
        for (end = i + 1; end < n && v[end].group == v[i].group; end++)
            ;
        if (!v[i].group)
            continue;
        grouped += end - i;
        rc = compare_group(t, v + i, end - i, &diff);
    }
    *ret = diff + (stored > grouped ? stored - grouped : 0);
    return rc;
}

int fn_people_check(struct fn_txn *t, uint64_t *ret_diff, struct fn_error *err)
{
    struct fn_settings s;
    struct fn_batch b = {0};
    fn_face_id *faces = NULL;
    size_t n = 0;
    uint64_t *group = NULL;
    struct fresh *v = NULL;
    *ret_diff = 0;
    int rc = fn_settings_get(t, &s);
    if (rc == FN_ENOTFOUND)
        return 0;
    if (!rc)
        rc = fn_faces_all(t, &faces, &n);
    if (!rc)
        rc = fn_batch_load(t, faces, n, &b);
    group = calloc(n + 1, sizeof *group);
    v = calloc(n + 1, sizeof *v);
    if (!rc && !(group && v))
        rc = -ENOMEM;
    if (!rc)
        rc = fn_group_faces(b.put, b.n_put, FN_DIM, s.active ? &s.t : &s.next_t, group);
    if (!rc)
        rc = load_fresh(t, &b, group, v);
    if (!rc)
        rc = compare(t, v, n, ret_diff);
    for (size_t i = 0; v && i < n; i++)
        free(v[i].say);
    free(v);
    free(group);
    free(faces);
    fn_batch_finish(&b);
    return rc ? fn_error_set(err, rc, "people cannot be made anew: %s", fn_strerror(rc)) : 0;
}

/* ---- rebuilding ---- */

/* What is derived from vectors, faces and labels. */
static int clear_derived(struct fn_txn *t, struct fn_error *err)
{
    static const enum fn_table derived[] = {FN_T_MEMBER,  FN_T_GROUP,         FN_T_GROUP_FACES,
                                            FN_T_PERSON,  FN_T_PERSON_GROUPS, FN_T_PERSON_FACES,
                                            FN_T_WAITING, FN_T_GROUPING};
    int rc = 0;
    for (size_t i = 0; !rc && i < sizeof derived / sizeof *derived; i++)
        rc = fn_tab_clear(t, derived[i], err);
    return rc;
}

int fn_people_start_over(struct fn_txn *t, struct fn_error *err)
{
    struct fn_settings s;
    int rc = fn_settings_get(t, &s);
    if (rc)
        return fn_error_set(err, rc, "people cannot be made: %s", fn_strerror(rc));
    s = (struct fn_settings){.last = s.last, .version = s.version + 1, .cursor = UINT64_MAX};
    rc = clear_derived(t, err);
    return rc ? rc : fn_settings_put(t, &s, err);
}

int fn_people_rebuild(struct fn_txn *t, struct fn_error *err)
{
    struct fn_settings s;
    fn_face_id *faces = NULL;
    size_t n = 0;
    int rc = fn_settings_get(t, &s);
    if (rc)
        return fn_error_set(err, rc, "people cannot be made anew: %s", fn_strerror(rc));
    rc = clear_derived(t, err);
    s.active = s.last = fn_settings_fresh(&s);
    s.building = 0;
    s.next_class = 0;
    s.cursor = UINT64_MAX;
    s.done = s.total = 0;
    s.version++;
    if (!rc)
        rc = fn_settings_thresholds(t, s.size_class, &s.t);
    if (!rc)
        rc = fn_settings_put(t, &s, err);
    if (!rc)
        rc = fn_faces_all(t, &faces, &n);
    for (size_t i = 0; !rc && i < n; i++)
        rc = fn_waiting_mark(t, faces[i], FN_WHY_CAME, err);
    free(faces);
    fn_txn_keep(t, FN_KEPT_PEOPLE, NULL, NULL);
    return rc ? rc : fn_people_settle(t, 0, NULL, err);
}

/* ---- summing up ---- */

struct line { /* of the hash, in order of ckey */
    uint64_t ckey, group;
    struct fn_person_id person;
};

static int by_ckey(const void *pa, const void *pb)
{
    uint64_t a = ((const struct line *)pa)->ckey, b = ((const struct line *)pb)->ckey;
    return (a > b) - (a < b);
}

int fn_people_hash(struct fn_txn *t, uint64_t *ret, struct fn_error *err)
{
    enum { LINE = 32 };
    size_t count = fn_tab_count(t, FN_T_MEMBER), n = 0;
    struct line *v = malloc((count + 1) * sizeof *v);
    uint8_t *b = malloc((count + 1) * LINE);
    struct fn_cur c = {0};
    int rc = v && b ? fn_cur_open(t, FN_T_MEMBER, &c) : -ENOMEM;
    if (!rc)
        rc = fn_cur_seek(&c, NULL, 0);
    for (; !rc && n < count; rc = rc ? rc : fn_cur_next(&c)) {
        struct fn_member m;
        struct fn_face_rec f;
        if (c.key.n != 4) {
            rc = FN_ECORRUPT;
            break;
        }
        fn_face_id face = fn_get_be32(c.key.p);
        rc = fn_member_who(t, face, &m);
        if (!rc)
            rc = fn_face_get(t, face, &f);
        if (!rc)
            v[n++] = (struct line){f.ckey, m.group, m.person};
    }
    fn_cur_close(&c);
    if (rc && rc != FN_ENOTFOUND)
        goto out;
    rc = 0;
    if (n)
        qsort(v, n, sizeof *v, by_ckey);
    for (size_t i = 0; i < n; i++) {
        fn_put_le64(b + i * LINE, v[i].ckey);
        fn_put_le64(b + i * LINE + 8, v[i].group);
        memcpy(b + i * LINE + 16, v[i].person.b, FN_PERSON_BYTES);
    }
    *ret = fn_hash64(b, n * LINE);
out:
    free(v);
    free(b);
    return rc ? fn_error_set(err, rc, "people cannot be read: %s", fn_strerror(rc)) : 0;
}
