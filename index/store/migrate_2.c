/* SPDX-License-Identifier: MIT */
/* Format 1 to 2. In format 1 each face had its person in `member` and a row in `person_faces`.
 * Now a cluster has a person, and only faces of another person have their own. Neighbour lists,
 * the partition and its marks are removed. The old clusters answer until all faces are
 * clustered from scratch: they have no state of clustering, which triggers that
 * (index/people/settings.c). */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/endian.h"
#include "index/store/migrate.h"

enum {
    PERSON = 16,
    MEMBER_1 = 28,
    ROW = 24,
    FACE_BYTES = 56,
    GOOD_FLAGS = 1 | 2 | 4,
    POOR = 2
};

struct member { /* of format 1 */
    uint32_t face;
    uint64_t group;
    uint8_t how, person[PERSON];
    uint8_t row[ROW]; /* of person_faces */
};

static int failed(struct fn_txn *t, int rc, struct fn_error *err)
{
    return fn_error_set(err, rc, "'%s': people of format 1 cannot be converted: %s", t->s->dir,
                        fn_strerror(rc));
}

/* ---- tables that are no more ---- */

static int old_table(struct fn_txn *t, const char *name, MDB_dbi *ret)
{
    int rc = mdb_dbi_open(t->txn, name, 0, ret);
    return rc ? fn_lmdb_code(rc) : 0;
}

static int drop_old(struct fn_txn *t, const char *name)
{
    MDB_dbi dbi;
    int rc = old_table(t, name, &dbi);
    if (!rc)
        rc = fn_lmdb_code(mdb_drop(t->txn, dbi, 1));
    return rc == FN_ENOTFOUND ? 0 : rc;
}

/* Labels by person were in people_index under 'L'. */
static int move_said(struct fn_txn *t, struct fn_error *err)
{
    MDB_dbi dbi;
    MDB_cursor *c;
    MDB_val k, v;
    int rc = old_table(t, "people_index", &dbi);
    if (rc)
        return rc == FN_ENOTFOUND ? 0 : rc;
    rc = fn_lmdb_code(mdb_cursor_open(t->txn, dbi, &c));
    if (rc)
        return rc;
    rc = fn_lmdb_code(mdb_cursor_get(c, &k, &v, MDB_FIRST));
    while (!rc) {
        const uint8_t *p = k.mv_data;
        if (k.mv_size == 1 + PERSON + 4 && p[0] == 'L') {
            uint8_t how = v.mv_size == 1 ? *(const uint8_t *)v.mv_data : 0;
            rc = how ? fn_tab_put(t, FN_T_SAID, p + 1, PERSON + 4, &how, 1, err) : FN_ECORRUPT;
        }
        if (!rc)
            rc = fn_lmdb_code(mdb_cursor_get(c, &k, &v, MDB_NEXT));
    }
    mdb_cursor_close(c);
    return rc == FN_ENOTFOUND ? 0 : rc;
}

/* ---- members ---- */

static int load_member(struct fn_txn *t, const struct fn_cur *c, struct member *m)
{
    uint8_t key[PERSON + 4], face[4];
    struct fn_slice v;
    if (c->key.n != 4 || c->val.n != MEMBER_1 || c->val.p[0] != 1)
        return FN_ECORRUPT;
    m->face = fn_get_be32(c->key.p);
    m->how = c->val.p[2] == 3 ? 3 : 2; /* 1: it was only near a group */
    memcpy(m->person, c->val.p + 4, PERSON);
    m->group = fn_get_le64(c->val.p + 20);
    memcpy(key, m->person, PERSON);
    fn_put_be32(key + PERSON, m->face);
    int rc = fn_tab_get(t, FN_T_PERSON_FACES, key, sizeof key, &v);
    if (!rc && v.n == ROW)
        memcpy(m->row, v.p, ROW);
    else
        return rc && rc != FN_ENOTFOUND ? rc : FN_ECORRUPT;
    fn_put_be32(face, m->face);
    rc = fn_tab_get(t, FN_T_FACE, face, sizeof face, &v);
    if (rc || v.n != FACE_BYTES)
        return rc && rc != FN_ENOTFOUND ? rc : FN_ECORRUPT;
    m->row[1] = m->how;
    m->row[3] = v.p[1] & POOR ? 1 : 0;
    return 0;
}

static int load_members(struct fn_txn *t, struct member **ret, size_t *ret_n)
{
    struct fn_cur c = {0};
    size_t n = 0, count = fn_tab_count(t, FN_T_MEMBER);
    struct member *v = calloc(count + 1, sizeof *v);
    int rc = v ? fn_cur_open(t, FN_T_MEMBER, &c) : -ENOMEM;
    if (!rc)
        rc = fn_cur_seek(&c, NULL, 0);
    for (; !rc && n < count; rc = rc ? rc : fn_cur_next(&c))
        rc = load_member(t, &c, &v[n++]);
    fn_cur_close(&c);
    if (rc && rc != FN_ENOTFOUND) {
        free(v);
        return rc;
    }
    *ret = v;
    *ret_n = n;
    return 0;
}

static int by_group(const void *pa, const void *pb)
{
    const struct member *a = pa, *b = pb;
    if (a->group != b->group)
        return a->group < b->group ? -1 : 1;
    int c = memcmp(a->person, b->person, PERSON);
    return c ? c : (a->face > b->face) - (a->face < b->face);
}

/* The person most faces of the group have; they are in order of persons. */
static const uint8_t *most(const struct member *v, size_t n)
{
    size_t best = 0, best_n = 0;
    for (size_t i = 0, end; i < n; i = end) {
        for (end = i + 1; end < n && !memcmp(v[end].person, v[i].person, PERSON); end++)
            ;
        if (end - i > best_n) {
            best = i;
            best_n = end - i;
        }
    }
    return v[best].person;
}

static int write_member(struct fn_txn *t, struct member *m, const uint8_t *of_group,
                        struct fn_error *err)
{
    bool own = memcmp(m->person, of_group, PERSON) != 0;
    uint8_t key[4], member[12 + PERSON] = {1, own, m->how}, group[12], person[PERSON + 4];
    fn_put_be32(key, m->face);
    fn_put_le64(member + 4, m->group);
    memcpy(member + 12, m->person, PERSON);
    fn_put_be64(group, m->group);
    fn_put_be32(group + 8, m->face);
    m->row[3] = (uint8_t)(m->row[3] | (own ? 2 : 0));
    int rc = fn_tab_put(t, FN_T_MEMBER, key, sizeof key, member, own ? sizeof member : 12, err);
    if (!rc)
        rc = fn_tab_put(t, FN_T_GROUP_FACES, group, sizeof group, m->row, ROW, err);
    if (rc || !own)
        return rc;
    memcpy(person, m->person, PERSON);
    fn_put_be32(person + PERSON, m->face);
    return fn_tab_put(t, FN_T_PERSON_FACES, person, sizeof person, m->row, ROW, err);
}

static int write_group(struct fn_txn *t, struct member *v, size_t n, struct fn_error *err)
{
    uint8_t key[8], rec[8 + PERSON] = {1}, mark[PERSON + 8], one[2] = {1};
    const uint8_t *person = most(v, n);
    fn_put_be64(key, v->group);
    fn_put_le32(rec + 4, (uint32_t)n);
    memcpy(rec + 8, person, PERSON);
    memcpy(mark, person, PERSON);
    fn_put_be64(mark + PERSON, v->group);
    int rc = fn_tab_put(t, FN_T_GROUP, key, sizeof key, rec, sizeof rec, err);
    if (!rc)
        rc = fn_tab_put(t, FN_T_PERSON_GROUPS, mark, sizeof mark, one, sizeof one, err);
    for (size_t i = 0; !rc && i < n; i++)
        rc = write_member(t, &v[i], person, err);
    return rc;
}

static int convert_members(struct fn_txn *t, struct fn_error *err)
{
    struct member *v = NULL;
    size_t n = 0;
    int rc = load_members(t, &v, &n);
    if (!rc)
        rc = fn_lmdb_code(mdb_drop(t->txn, t->s->dbi[0][FN_T_MEMBER], 0));
    if (!rc)
        rc = fn_lmdb_code(mdb_drop(t->txn, t->s->dbi[0][FN_T_PERSON_FACES], 0));
    if (!rc && n)
        qsort(v, n, sizeof *v, by_group);
    for (size_t i = 0, end; !rc && i < n; i = end) {
        for (end = i + 1; end < n && v[end].group == v[i].group; end++)
            ;
        rc = write_group(t, v + i, end - i, err);
    }
    free(v);
    return rc;
}

static int count_good(struct fn_txn *t, struct fn_error *err)
{
    struct fn_cur c = {0};
    uint64_t n = 0;
    int rc = fn_cur_open(t, FN_T_FACE, &c);
    if (!rc)
        rc = fn_cur_seek(&c, NULL, 0);
    for (; !rc; rc = rc ? rc : fn_cur_next(&c)) {
        if (c.val.n != FACE_BYTES)
            rc = FN_ECORRUPT;
        else
            n += !(c.val.p[1] & GOOD_FLAGS);
    }
    fn_cur_close(&c);
    return rc == FN_ENOTFOUND ? fn_meta_put_u64(t, "count.good", n, err) : rc;
}

int fn_migrate_1_2(struct fn_txn *t, struct fn_error *err)
{
    static const char *const gone[] = {"partition", "nbr", "dirty", "people_index"};
    int rc = move_said(t, err);
    if (!rc)
        rc = convert_members(t, err);
    if (!rc)
        rc = count_good(t, err);
    for (size_t i = 0; !rc && i < sizeof gone / sizeof *gone; i++)
        rc = drop_old(t, gone[i]);
    if (!rc)
        rc = fn_meta_put_u64(t, "min_reader", 2, err);
    return rc && rc != -EAGAIN ? failed(t, rc, err) : rc;
}
