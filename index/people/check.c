/* The whole partition from scratch: to be stored anew, compared, or summed up in a number. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/endian.h"
#include "index/people/people_settle.h"

static int scope_of_everyone(struct fn_txn *t, const struct fn_everyone *e, struct fn_scope *s)
{
    struct fn_face_fold *fold = malloc(sizeof *fold);
    int rc = fold ? 0 : -ENOMEM;
    for (size_t i = 0; !rc && i < e->n; i++) {
        uint32_t k;
        rc = fn_scope_add(s, e->faces[i], &k);
        if (rc)
            break;
        s->nodes[k].part = e->parts[i];
        s->nodes[k].x = e->x + i * FN_DIM;
        fn_node_set_list(&s->nodes[k], &e->lists[i]);
        rc = fn_node_load_labels(t, &s->nodes[k], fold);
    }
    free(fold);
    return rc;
}

static bool same_list(const struct fn_list *stored, const struct fn_list *fresh, uint8_t kind)
{
    uint32_t shown = kind == FN_PART_GOOD ? FN_LIST_SHOWN : 1;
    uint32_t a = stored->n < shown ? stored->n : shown, b = fresh->n < shown ? fresh->n : shown;
    if (a != b)
        return false;
    for (uint32_t i = 0; i < a; i++) {
        if (stored->v[i].face != fresh->v[i].face || stored->v[i].d != fresh->v[i].d)
            return false;
    }
    return true;
}

static int node_differs(struct fn_txn *t, const struct fn_scope *s, const struct fn_everyone *e,
                        size_t i, bool *ret)
{
    const struct fn_node *n = &s->nodes[i];
    struct fn_member_rec m;
    struct fn_part part;
    struct fn_list l;
    *ret = true;
    int rc = fn_part_get(t, n->face, &part);
    if (!rc)
        rc = fn_list_get(t, n->face, &l);
    if (rc)
        return rc;
    if (part.kind != n->part.kind || part.photo != n->part.photo || part.ckey != n->part.ckey ||
        !same_list(&l, &e->lists[i], part.kind))
        return 0;
    rc = fn_member_rec_get(t, n->face, &m);
    if (rc == FN_ENOTFOUND) {
        *ret = n->assigned;
        return 0;
    }
    if (!rc)
        *ret = !n->assigned || m.how == FN_HOW_PROVISIONAL ||
               !fn_person_eq(&m.person, &n->person) ||
               m.group != s->nodes[n->group].part.ckey || (m.how == FN_HOW_USER) != n->by_user;
    return rc;
}

int fn_people_check(struct fn_txn *t, uint64_t *ret_diff, struct fn_error *err)
{
    struct fn_index_model m;
    struct fn_everyone e = {0};
    struct fn_scope s = {0};
    uint64_t diff = 0, assigned = 0;
    int rc = fn_index_model_get(t, &m, err);
    if (rc == FN_ENOTFOUND) {
        *ret_diff = 0;
        return 0;
    }
    if (!rc)
        rc = fn_everyone_load(t, &m, &e, err);
    if (!rc)
        rc = scope_of_everyone(t, &e, &s);
    if (!rc)
        rc = fn_scope_solve(t, &s, &m);
    for (size_t i = 0; !rc && i < s.n; i++) {
        bool differs;
        rc = node_differs(t, &s, &e, i, &differs);
        diff += differs;
        assigned += s.nodes[i].assigned;
    }
    if (!rc) {
        uint64_t stored = fn_tab_count(t, FN_T_MEMBER); /* of faces that take no part */
        *ret_diff = diff + (stored > assigned ? stored - assigned : 0);
    }
    fn_scope_finish(&s);
    fn_everyone_finish(&e);
    return rc;
}

/* Drops every record of a table whose key begins with tag (0: all). */
static int clear(struct fn_txn *t, enum fn_table table, uint8_t tag, struct fn_error *err)
{
    struct fn_cur c = {0};
    int rc = fn_cur_open(t, table, &c);
    if (!rc)
        rc = fn_cur_seek(&c, tag ? &tag : NULL, tag != 0);
    for (; !rc && (!tag || (c.key.n && c.key.p[0] == tag)); rc = rc ? rc : fn_cur_next(&c))
        rc = fn_cur_del(&c, err);
    fn_cur_close(&c);
    return rc == FN_ENOTFOUND ? 0 : rc;
}

int fn_people_rebuild(struct fn_txn *t, struct fn_error *err)
{
    static const struct {
        enum fn_table table;
        uint8_t tag;
    } derived[] = {
        {FN_T_NBR, 0},
        {FN_T_PARTITION, 0},
        {FN_T_MEMBER, 0},
        {FN_T_PERSON, 0},
        {FN_T_PERSON_FACES, 0},
        {FN_T_DIRTY, 0},
        {FN_T_PEOPLE_INDEX, FN_PX_HANG},
        {FN_T_PEOPLE_INDEX, FN_PX_GROUP},
        {FN_T_PEOPLE_INDEX, FN_PX_SUM},
    };
    struct fn_index_model m;
    struct fn_everyone e = {0};
    int rc = fn_index_model_get(t, &m, err);
    if (rc)
        return rc;
    rc = fn_everyone_load(t, &m, &e, err);
    for (size_t i = 0; !rc && i < sizeof derived / sizeof *derived; i++)
        rc = clear(t, derived[i].table, derived[i].tag, err);
    for (size_t i = 0; !rc && i < e.n; i++) {
        rc = fn_neighbours_write(t, &m, e.faces[i], &e.parts[i], &e.lists[i], err);
        if (!rc)
            rc = fn_dirty_mark(t, e.faces[i], FN_DIRTY_ALL, err);
    }
    fn_everyone_finish(&e);
    return rc ? rc : fn_people_settle(t, 0, NULL, err);
}

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
        struct fn_member_rec m;
        struct fn_part part;
        if (c.key.n != 4) {
            rc = FN_ECORRUPT;
            break;
        }
        fn_face_id face = fn_get_be32(c.key.p);
        rc = fn_member_rec_get(t, face, &m);
        if (!rc)
            rc = fn_part_get(t, face, &part);
        v[n++] = (struct line){part.ckey, m.group, m.person};
    }
    fn_cur_close(&c);
    if (rc && rc != FN_ENOTFOUND)
        goto out;
    rc = 0;
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
