/* SPDX-License-Identifier: MIT */
/* One unit of a cluster update. The next one depends on the tables alone, so that any process
 * continues where another stopped: first pending faces; then, if thresholds or the size class
 * require it, a new generation is started, filled with all faces block by block, and replaces
 * the active one; then rows of older generations are deleted. Faces that become pending
 * meanwhile go into both. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/array.h"
#include "index/people/settle_priv.h"
#include "index/records/rows.h"

enum { SWEEP_ROWS = 20000 };

/* ---- states in memory ---- */

static void state_drop(struct fn_state *s)
{
    fn_grouping_destroy(s->g);
    free(s->rows);
    *s = (struct fn_state){.g = NULL};
}

void fn_states_drop(struct fn_states *s)
{
    state_drop(&s->active);
    state_drop(&s->building);
    s->any = false;
}

static int state_use(struct fn_state *s, struct fn_txn *t, uint16_t generation,
                     const struct fn_grouping_thresholds *th)
{
    if (s->g && s->rows->generation != generation)
        state_drop(s);
    if (s->g) {
        s->rows->t = t;
        return 0;
    }
    s->rows = malloc(sizeof *s->rows);
    if (!s->rows)
        return -ENOMEM;
    fn_grouping_rows_init(s->rows, t, generation);
    int rc = fn_grouping_create(FN_DIM, th, &s->rows->store, &s->g);
    if (rc)
        state_drop(s);
    return rc;
}

/* ---- what comes next ---- */

/* Whether all faces must be clustered from scratch, and for which size class. */
static int wants_regroup(struct fn_txn *t, const struct fn_settings *s, bool *ret,
                         uint8_t *ret_class)
{
    struct fn_grouping_thresholds th;
    uint64_t good;
    int rc = fn_faces_good(t, &good);
    if (rc)
        return rc;
    *ret_class = (uint8_t)fn_grouping_class(good, s->building ? s->next_class : s->size_class);
    rc = fn_settings_thresholds(t, *ret_class, &th);
    if (!rc)
        *ret = s->building ? !fn_thresholds_eq(&th, &s->next_t)
                           : !s->active || !fn_thresholds_eq(&th, &s->t);
    return rc;
}

/* More faces are pending than clustered: the index was filled without the daemon, or rebuilt.
 * If all faces must be clustered from scratch anyway, that goes first: it includes them all,
 * and pending faces are then only checked once more. */
static bool mostly_waiting(struct fn_txn *t)
{
    return fn_tab_count(t, FN_T_WAITING) > fn_tab_count(t, FN_T_MEMBER);
}

static int next_step(struct fn_txn *t, struct fn_settings *s, enum fn_step *ret)
{
    bool regroup = false, dead = false;
    uint8_t size_class;
    int rc = fn_settings_get(t, s);
    *ret = FN_STEP_NONE;
    if (rc)
        return rc == FN_ENOTFOUND ? 0 : rc; /* no model, no thresholds */
    rc = wants_regroup(t, s, &regroup, &size_class);
    if (rc)
        return rc;
    if (fn_tab_count(t, FN_T_WAITING) && !((regroup || s->building) && mostly_waiting(t))) {
        *ret = FN_STEP_WAITING;
        return 0;
    }
    if (!regroup && !s->building)
        rc = fn_grouping_rows_dead(t, s->active, s->building, &dead);
    if (rc)
        return rc;
    if (regroup)
        *ret = FN_STEP_START;
    else if (s->building)
        *ret = FN_STEP_WALK;
    else if (dead)
        *ret = FN_STEP_SWEEP;
    return 0;
}

int fn_unit_left(struct fn_txn *t, uint64_t *ret)
{
    struct fn_settings s;
    enum fn_step step;
    int rc = next_step(t, &s, &step);
    *ret = 0;
    if (rc || step == FN_STEP_NONE)
        return rc;
    *ret = 1 + fn_tab_count(t, FN_T_WAITING);
    if (s.building && s.total > s.done)
        *ret += s.total - s.done;
    return 0;
}

/* ---- working ---- */

static int add_place(struct fn_unit *u, fn_face_id face, uint64_t group)
{
    struct fn_place *v = fn_array_grow(u->places, &u->places_cap, u->n_places + 1, sizeof *v);
    if (!v)
        return -ENOMEM;
    u->places = v;
    u->places[u->n_places++] = (struct fn_place){face, group};
    return 0;
}

static int update(struct fn_state *s, const struct fn_batch *b,
                  const struct fn_grouping_face *put, size_t n_put)
{
    if (b->n_gone || n_put)
        s->changed = true;
    return fn_grouping_update(s->g, b->gone, b->n_gone, put, n_put);
}

/* Of the batch: the faces that the walk has passed. It will reach the others. */
static int update_building(struct fn_state *s, const struct fn_batch *b, uint64_t cursor)
{
    struct fn_grouping_face *put = malloc((b->n_put + 1) * sizeof *put);
    size_t n = 0;
    if (!put)
        return -ENOMEM;
    for (size_t i = 0; i < b->n_put; i++) {
        if (fn_grouping_prio(b->put[i].key) >= cursor)
            put[n++] = b->put[i];
    }
    int rc = update(s, b, put, n);
    free(put);
    return rc;
}

/* Faces whose group is another now, and where those of the batch are. */
static int find_places(struct fn_state *s, struct fn_txn *t, const struct fn_batch *b,
                       struct fn_unit *u)
{
    const struct fn_grouping_change *v;
    size_t n;
    int rc = 0;
    fn_grouping_changes(s->g, &v, &n);
    for (size_t i = 0; !rc && i < n; i++) {
        uint64_t group = v[i].new_group;
        rc = fn_group_of_stale(t, v[i].face, &group);
        if (!rc)
            rc = add_place(u, v[i].face, group);
    }
    for (size_t i = 0; !rc && i < b->n_gone; i++) {
        uint64_t group = 0;
        rc = fn_group_of_stale(t, b->gone[i], &group);
        if (!rc && group)
            rc = add_place(u, b->gone[i], group);
    }
    for (size_t i = 0; !rc && i < b->n_put; i++) {
        uint64_t group;
        rc = fn_grouping_of(s->g, b->put[i].id, &group);
        if (!rc)
            rc = add_place(u, b->put[i].id, group);
    }
    return rc;
}

static int feed(struct fn_states *st, struct fn_txn *t, const struct fn_batch *b,
                struct fn_unit *u)
{
    int rc = 0;
    if (u->s.active) {
        rc = state_use(&st->active, t, u->s.active, &u->s.t);
        if (!rc)
            rc = update(&st->active, b, b->put, b->n_put);
        if (!rc)
            rc = find_places(&st->active, t, b, u);
    }
    if (rc || !u->s.building)
        return rc;
    rc = state_use(&st->building, t, u->s.building, &u->s.next_t);
    return rc ? rc : update_building(&st->building, b, u->s.cursor);
}

static int work_waiting(struct fn_states *st, struct fn_txn *t, size_t max, struct fn_unit *u)
{
    struct fn_batch b = {0};
    int rc = fn_waiting_take(t, max, &u->waiting, &u->n_waiting);
    fn_face_id *faces = rc ? NULL : malloc((u->n_waiting + 1) * sizeof *faces);
    if (!rc && !faces)
        rc = -ENOMEM;
    for (size_t i = 0; !rc && i < u->n_waiting; i++)
        faces[i] = u->waiting[i].face;
    if (!rc)
        rc = fn_batch_load(t, faces, u->n_waiting, &b);
    if (!rc)
        rc = feed(st, t, &b, u);
    u->n_faces = u->n_waiting;
    fn_batch_finish(&b);
    free(faces);
    return rc;
}

/* The places of all faces in the new generation, when the walk is over. */
static int work_switch(struct fn_states *st, struct fn_txn *t, struct fn_unit *u)
{
    fn_face_id *faces = NULL;
    size_t n = 0;
    int rc = fn_faces_all(t, &faces, &n);
    for (size_t i = 0; !rc && i < n; i++) {
        struct fn_member_rec m;
        uint64_t group = 0;
        rc = fn_grouping_of(st->building.g, faces[i], &group);
        if (!rc)
            rc = fn_group_of_stale(t, faces[i], &group);
        if (!rc)
            rc = fn_member_rec_get(t, faces[i], &m);
        uint64_t now = rc ? 0 : m.group;
        if (!rc || rc == FN_ENOTFOUND)
            rc = now == group ? 0 : add_place(u, faces[i], group);
    }
    free(faces);
    u->n_faces = n;
    return rc;
}

static int work_walk(struct fn_states *st, struct fn_txn *t, size_t max, struct fn_unit *u)
{
    struct fn_batch b = {0};
    fn_face_id *faces = NULL;
    size_t n = 0;
    int rc = fn_faces_next(t, u->s.cursor, max, &faces, &n, &u->cursor);
    if (!rc)
        rc = state_use(&st->building, t, u->s.building, &u->s.next_t);
    if (!rc && !n) {
        u->step = FN_STEP_SWITCH;
        rc = work_switch(st, t, u);
    } else if (!rc) {
        rc = fn_batch_load(t, faces, n, &b);
        if (!rc)
            rc = update(&st->building, &b, b.put, b.n_put);
        u->n_faces = n;
    }
    fn_batch_finish(&b);
    free(faces);
    return rc;
}

int fn_unit_work(struct fn_states *st, struct fn_txn *t, size_t max_faces, struct fn_unit *ret)
{
    uint16_t model;
    *ret = (struct fn_unit){.step = FN_STEP_NONE};
    int rc = next_step(t, &ret->s, &ret->step);
    if (rc)
        return rc;
    rc = fn_generation(t, &model);
    if (rc)
        return rc;
    if (st->any && (st->version != ret->s.version || st->model != model))
        fn_states_drop(st);
    st->version = ret->s.version;
    st->model = model;
    st->any = true;
    if (ret->step == FN_STEP_WAITING)
        return work_waiting(st, t, max_faces, ret);
    return ret->step == FN_STEP_WALK ? work_walk(st, t, max_faces, ret) : 0;
}

void fn_unit_finish(struct fn_unit *u)
{
    free(u->waiting);
    free(u->places);
    *u = (struct fn_unit){.step = FN_STEP_NONE};
}

/* ---- writing ---- */

static int write_state(struct fn_state *s, struct fn_txn *t, struct fn_error *err)
{
    if (!s->changed)
        return 0;
    s->rows->t = t;
    return fn_grouping_rows_write(s->rows, s->g, err);
}

static int write_places(struct fn_txn *t, const struct fn_unit *u, struct fn_error *err)
{
    struct fn_edit e = {.t = t, .err = err};
    int rc = 0;
    for (size_t i = 0; !rc && i < u->n_places; i++)
        rc = fn_edit_place(&e, u->places[i].face, u->places[i].group);
    if (!rc)
        rc = fn_edit_finish(&e);
    fn_edit_drop(&e);
    return rc;
}

/* The log records why everything is clustered from scratch. */
static int say_class(struct fn_txn *t, unsigned size_class, struct fn_error *err)
{
    struct fn_assertion a = {.kind = FN_ASSERT_SET, .author = FN_AUTHOR_SELF};
    (void)snprintf(a.text, sizeof a.text, "people.size_class=%u", size_class);
    return fn_assert_append(t, &a, 1, NULL, err);
}

static int write_start(struct fn_txn *t, struct fn_settings *s, struct fn_error *err)
{
    bool wanted = false;
    uint8_t size_class, was = s->building ? s->next_class : s->size_class;
    int rc = wants_regroup(t, s, &wanted, &size_class);
    if (rc || !wanted)
        return rc;
    s->last = fn_settings_fresh(s);
    s->building = s->last;
    s->next_class = size_class;
    s->cursor = UINT64_MAX;
    s->done = 0;
    s->total = fn_tab_count(t, FN_T_FACE);
    rc = fn_settings_thresholds(t, size_class, &s->next_t);
    return rc || was == size_class ? rc : say_class(t, size_class, err);
}

static void do_switch(struct fn_settings *s)
{
    s->active = s->building;
    s->size_class = s->next_class;
    s->t = s->next_t;
    s->building = 0;
    s->next_class = 0;
    s->cursor = UINT64_MAX;
    s->done = s->total = 0;
}

static int write_all(struct fn_states *st, struct fn_txn *t, const struct fn_unit *u,
                     struct fn_settings *s, struct fn_error *err)
{
    bool more;
    if (u->step == FN_STEP_SWEEP)
        return fn_grouping_rows_sweep(t, s->active, s->building, SWEEP_ROWS, &more, err);
    int rc = write_state(&st->active, t, err);
    if (!rc)
        rc = write_state(&st->building, t, err);
    fn_txn_keep(t, FN_KEPT_PEOPLE, NULL, NULL); /* distances are of the state as it was */
    if (!rc && u->step == FN_STEP_START)
        rc = write_start(t, s, err);
    if (u->step == FN_STEP_WALK) {
        s->cursor = u->cursor;
        s->done += u->n_faces;
    }
    if (u->step == FN_STEP_SWITCH)
        do_switch(s);
    s->version++;
    if (!rc)
        rc = fn_settings_put(t, s, err);
    if (!rc)
        rc = write_places(t, u, err);
    for (size_t i = 0; !rc && i < u->n_waiting; i++)
        rc = fn_waiting_clear(t, &u->waiting[i], err);
    return rc;
}

int fn_unit_write(struct fn_states *st, struct fn_txn *t, const struct fn_unit *u,
                  bool *ret_stale, struct fn_error *err)
{
    struct fn_settings s;
    int rc = fn_settings_get(t, &s);
    uint16_t model = 0;
    if (!rc)
        rc = fn_generation(t, &model);
    *ret_stale = !rc && (s.version != u->s.version || (st->any && st->model != model));
    if (rc || *ret_stale || u->step == FN_STEP_NONE)
        return rc;
    rc = write_all(st, t, u, &s, err);
    if (!rc && u->step == FN_STEP_SWITCH) {
        state_drop(&st->active);
        st->active = st->building;
        st->building = (struct fn_state){.g = NULL};
    }
    st->version = s.version;
    return rc;
}

void fn_unit_written(struct fn_states *st)
{
    struct fn_state *v[] = {&st->active, &st->building};
    for (size_t i = 0; i < 2; i++) {
        if (v[i]->g && v[i]->changed)
            fn_grouping_flushed(v[i]->g);
        v[i]->changed = false;
    }
}
