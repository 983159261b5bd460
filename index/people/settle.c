/* Settling: from dirty faces to the people that changed.
 *
 * A face is dirty when its list, its labels or its being there changed. What has to be worked out anew is found from the dirty
 * faces alone, by two closures: along edges (and from poor faces to the face they hang on, and back), because a component
 * must be whole; and over the groups as they are stored, because a component may have come apart. That is enough: a change
 * of edges has a dirty face at one end. If an edge went and its other end is now in another component, then either some
 * old group lies in both, and the closure reaches it; or no pair of groups across was ever joined, and refusing a pair changes
 * nothing on either side (cluster.c), so the groups over there are the same with and without that edge.
 *
 * Only what differs is written. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/endian.h"
#include "index/labels/changes.h"
#include "index/people/people_settle.h"

/* ---- gathering a scope ---- */

struct gather {
    struct fn_txn *t;
    const struct fn_index_model *m;
    struct fn_scope scope; /* in: reached, in order */
    struct fn_scope seen;  /* lists of faces that were looked at only */
    int16_t *x;            /* vectors by node */
    size_t x_size;
    uint64_t *groups; /* stored groups that were followed: a set */
    size_t n_groups, groups_size;
    bool any_labels;
};

static void gather_finish(struct gather *g)
{
    fn_scope_finish(&g->scope);
    fn_scope_finish(&g->seen);
    free(g->x);
    free(g->groups);
}

static int load_list(struct gather *g, struct fn_node *n)
{
    struct fn_list l;
    int rc = fn_part_get(g->t, n->face, &n->part);
    if (!rc && n->part.kind != FN_PART_NONE)
        rc = fn_list_get(g->t, n->face, &l);
    else
        l.n = 0;
    if (!rc)
        fn_node_set_list(n, &l);
    return rc;
}

static int look_at(struct gather *g, fn_face_id face, const struct fn_node **ret)
{
    uint32_t i;
    size_t before = g->seen.n;
    int rc = fn_scope_add(&g->seen, face, &i);
    if (!rc && g->seen.n > before)
        rc = load_list(g, &g->seen.nodes[i]);
    *ret = rc ? NULL : &g->seen.nodes[i];
    return rc;
}

static bool group_is_new(struct gather *g, uint64_t group, int *rc)
{
    if (2 * (g->n_groups + 1) > g->groups_size) {
        size_t size = g->groups_size ? g->groups_size * 2 : 64;
        uint64_t *v = calloc(size, sizeof *v);
        if (!v) {
            *rc = -ENOMEM;
            return false;
        }
        for (size_t i = 0; i < g->groups_size; i++) {
            size_t j = (size_t)g->groups[i] & (size - 1);
            while (g->groups[i] && v[j])
                j = (j + 1) & (size - 1);
            if (g->groups[i])
                v[j] = g->groups[i];
        }
        free(g->groups);
        g->groups = v;
        g->groups_size = size;
    }
    uint64_t key = group ? group : 1; /* 0 marks a free place; followed as one with group 1 */
    size_t j = (size_t)key & (g->groups_size - 1);
    while (g->groups[j] && g->groups[j] != key)
        j = (j + 1) & (g->groups_size - 1);
    if (g->groups[j] == key)
        return group == 0;
    g->groups[j] = key;
    g->n_groups++;
    return true;
}

static int reach_all(struct gather *g, enum fn_people_tag tag, const void *key, size_t n)
{
    fn_face_id *faces = NULL;
    size_t n_faces = 0;
    uint32_t i;
    int rc = fn_people_index_faces(g->t, tag, key, n, &faces, &n_faces);
    for (size_t k = 0; !rc && k < n_faces; k++)
        rc = fn_scope_add(&g->scope, faces[k], &i);
    free(faces);
    return rc;
}

static int reach_group(struct gather *g, fn_face_id face)
{
    struct fn_member_rec m;
    uint8_t be[8];
    int rc = fn_member_rec_get(g->t, face, &m);
    if (rc)
        return rc == FN_ENOTFOUND ? 0 : rc;
    if (!group_is_new(g, m.group, &rc))
        return rc;
    fn_put_be64(be, m.group);
    return reach_all(g, FN_PX_GROUP, be, 8);
}

static int reach_edges(struct gather *g, uint32_t i)
{
    struct fn_node n = g->scope.nodes[i]; /* a copy: adding moves the nodes */
    uint32_t j;
    int rc = 0;
    for (uint32_t k = 0; !rc && k < n.n_near; k++) {
        const struct fn_node *y;
        if (fn_scope_find(&g->scope, n.near[k].face) != UINT32_MAX)
            continue;
        rc = look_at(g, n.near[k].face, &y);
        if (!rc &&
            (n.part.kind == FN_PART_POOR || fn_is_edge(&n, y, n.near[k].d, g->m->strict_d)))
            rc = fn_scope_add(&g->scope, n.near[k].face, &j);
    }
    return rc;
}

/* Everything about node i, and what it leads to. */
static int visit_node(struct gather *g, uint32_t i)
{
    struct fn_node *n = &g->scope.nodes[i];
    fn_face_id face = n->face;
    uint8_t be[4];
    uint32_t s = fn_scope_find(&g->seen, face);
    int rc = 0;
    if (s != UINT32_MAX) {
        *n = g->seen.nodes[s];
    } else {
        rc = load_list(g, n);
    }
    if (!rc)
        rc = reach_edges(g, i);
    if (!rc && g->scope.nodes[i].part.kind == FN_PART_GOOD) {
        fn_put_be32(be, face);
        rc = reach_all(g, FN_PX_HANG, be, 4);
    }
    return rc ? rc : reach_group(g, face);
}

static int load_rest(struct gather *g)
{
    int rc = 0;
    struct fn_face_fold *fold = malloc(sizeof *fold);
    free(g->x);
    g->x = malloc((g->scope.n + 1) * FN_DIM * sizeof *g->x);
    if (!fold || !g->x)
        rc = -ENOMEM;
    for (size_t i = 0; !rc && i < g->scope.n; i++) {
        struct fn_node *n = &g->scope.nodes[i];
        n->x = g->x + i * FN_DIM;
        if (n->part.kind == FN_PART_NONE)
            continue;
        rc = fn_face_vector(g->t, n->face, g->x + i * FN_DIM);
        if (!rc && g->any_labels)
            rc = fn_node_load_labels(g->t, n, fold);
    }
    free(fold);
    return rc;
}

/* All that hangs together with a face. FN_ELIMIT: more than max faces. */
static int gather_from(struct gather *g, fn_face_id face, size_t max)
{
    uint32_t i;
    int rc = fn_scope_add(&g->scope, face, &i);
    for (uint32_t k = 0; !rc && k < g->scope.n; k++) {
        if (g->scope.n > max)
            return FN_ELIMIT;
        rc = visit_node(g, k);
    }
    return rc ? rc : load_rest(g);
}

static int settle_one(struct fn_txn *t, const struct fn_index_model *m, fn_face_id face,
                      size_t max, size_t *ret_faces, struct fn_error *err)
{
    struct gather g = {.t = t, .m = m, .any_labels = fn_tab_count(t, FN_T_FACE_LABEL) > 0};
    int rc = gather_from(&g, face, max);
    if (!rc)
        rc = fn_scope_solve(t, &g.scope, m);
    if (!rc)
        rc = fn_scope_write(t, &g.scope, g.groups, g.groups_size, err);
    *ret_faces = g.scope.n;
    gather_finish(&g);
    return rc;
}

static int dirty_faces(struct fn_txn *t, fn_face_id **ret, size_t *ret_n)
{
    size_t n = 0, count = fn_tab_count(t, FN_T_DIRTY);
    struct fn_cur c = {0};
    fn_face_id *v = malloc((count + 1) * sizeof *v);
    if (!v)
        return -ENOMEM;
    int rc = fn_cur_open(t, FN_T_DIRTY, &c);
    if (!rc)
        rc = fn_cur_seek(&c, NULL, 0);
    for (; !rc && n < count; rc = fn_cur_next(&c)) {
        if (c.key.n != 4) {
            rc = FN_ECORRUPT;
            break;
        }
        v[n++] = fn_get_be32(c.key.p);
    }
    fn_cur_close(&c);
    if (rc && rc != FN_ENOTFOUND) {
        free(v);
        return rc;
    }
    *ret = v;
    *ret_n = n;
    return 0;
}

/* Components that are too large for what is left of the budget are passed over, but not many: finding that out costs
 * as much as the budget. */
enum { TOO_LARGE_MAX = 2 };

int fn_people_settle(struct fn_txn *t, size_t max_faces, size_t *ret_left, struct fn_error *err)
{
    struct fn_index_model m;
    fn_face_id *dirty = NULL;
    size_t n = 0, used = 0, too_large = 0;
    int rc = fn_labels_update(t, err);
    if (!rc)
        rc = fn_people_update(t, err);
    if (!rc)
        rc = fn_index_model_get(t, &m, err);
    if (rc == FN_ENOTFOUND) {
        if (ret_left)
            *ret_left = 0;
        return 0;
    }
    if (!rc)
        rc = dirty_faces(t, &dirty, &n);
    for (size_t i = 0;
         !rc && i < n && too_large < TOO_LARGE_MAX && (!max_faces || used < max_faces); i++) {
        enum fn_dirty why;
        size_t faces = 0;
        rc = fn_dirty_get(t, dirty[i], &why);
        bool done = rc == FN_ENOTFOUND;
        if (!rc && why == FN_DIRTY_LABELS)
            rc = fn_people_relabel(t, dirty[i], &done, err);
        if (!rc && !done)
            rc = settle_one(t, &m, dirty[i], max_faces ? max_faces - used : SIZE_MAX, &faces,
                            err);
        if (!rc)
            used += faces;
        too_large += rc == FN_ELIMIT;
        if (rc == FN_ELIMIT || rc == FN_ENOTFOUND)
            rc = 0;
    }

    free(dirty);
    if (rc)
        return fn_error_set(err, rc, "people cannot be settled: %s", fn_strerror(rc));
    if (ret_left)
        *ret_left = fn_tab_count(t, FN_T_DIRTY);
    return 0;
}

size_t fn_people_dirty(struct fn_txn *t)
{
    return fn_tab_count(t, FN_T_DIRTY);
}
