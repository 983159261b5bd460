/* SPDX-License-Identifier: MIT */
#include "index/generations/generations_priv.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "engine/base/clock.h"
#include "engine/base/endian.h"
#include "index/ingest/update.h"
#include "index/labels/labels.h"
#include "index/people/settle.h"
#include "index/records/rows.h"
#include "index/records/stale.h"

#define KEY "next"
enum { BYTES = 32 };

int fn_next_state_get(struct fn_txn *t, struct fn_next_state *ret)
{
    uint8_t b[BYTES];
    int rc = fn_meta_get(t, KEY, b, sizeof b);
    if (!rc)
        *ret = (struct fn_next_state){
            .way = b[0], .block = fn_get_le32(b + 4), .started_s = (int64_t)fn_get_le64(b + 8)};
    return rc;
}

int fn_next_state_put(struct fn_txn *t, const struct fn_next_state *s, struct fn_error *err)
{
    uint8_t b[BYTES] = {s->way};
    fn_put_le32(b + 4, s->block);
    fn_put_le64(b + 8, (uint64_t)s->started_s);
    return fn_meta_put(t, KEY, b, sizeof b, err);
}

int fn_next_enter(struct fn_txn *t, struct fn_index_model *ret, struct fn_error *err)
{
    struct fn_sides s;
    fn_sides_get(t, &s);
    if (s.other != FN_OTHER_BUILDING)
        return fn_error_set(err, FN_EREFUSED, "no generation is being built");
    fn_txn_view(t, FN_VIEW_OTHER);
    int rc = fn_index_model_get(t, ret, err);
    if (rc)
        fn_txn_view(t, FN_VIEW_ACTIVE);
    return rc;
}

int fn_has_vector(struct fn_txn *t, const struct fn_face_rec *f, bool *ret)
{
    int16_t x[FN_DIM];
    int rc = fn_vector_get(t, f->row, x);
    *ret = rc == 0;
    return rc == FN_ENOTFOUND ? 0 : rc;
}

static int get_there(struct fn_txn *t, struct fn_next *ret)
{
    struct fn_people_wait w;
    int rc = fn_index_model_get(t, &ret->model, NULL);
    if (!rc)
        rc = fn_vectors_count(t, &ret->vectors);
    if (!rc)
        rc = fn_people_waiting(t, &w);
    if (rc)
        return rc;
    ret->grouped = ret->state == FN_OTHER_BUILDING && !w.regroup;
    ret->people_done = w.done;
    ret->people_total = w.total;
    ret->waiting = w.faces;
    return 0;
}

int fn_next_get(struct fn_txn *t, struct fn_next *ret)
{
    struct fn_next_state state;
    struct fn_sides s;
    fn_sides_get(t, &s);
    *ret = (struct fn_next){.state = (enum fn_other_side)s.other};
    if (s.other == FN_OTHER_EMPTY)
        return FN_ENOTFOUND;
    int rc = fn_next_state_get(t, &state);
    if (rc)
        return rc == FN_ENOTFOUND ? FN_ECORRUPT : rc;
    ret->way = (enum fn_next_way)state.way;
    ret->started_s = state.started_s;
    ret->faces = fn_tab_count(t, FN_T_FACE);
    fn_txn_view(t, FN_VIEW_OTHER);
    rc = get_there(t, ret);
    fn_txn_view(t, FN_VIEW_ACTIVE);
    if (!rc)
        rc = fn_stale_count(t, ret->model.generation, &ret->stale);
    return rc;
}

/* ---- begin ---- */

static int check(struct fn_txn *t, const struct fn_index_model *m, enum fn_next_way way,
                 struct fn_index_model *ret_now, struct fn_error *err)
{
    int rc = fn_index_model_get(t, ret_now, err);
    if (rc)
        return rc;
    if (fn_h128_eq(&ret_now->profile_id, &m->profile_id))
        return fn_error_set(err, FN_EREFUSED, "the index has the model '%s' already",
                            ret_now->profile);
    if (m->feature_width == 0 || m->feature_width > FN_FEATURE_WIDTH_MAX)
        return fn_error_set(err, -EINVAL, "features of %u values cannot be stored (1 to %u)",
                            m->feature_width, FN_FEATURE_WIDTH_MAX);
    if (way == FN_WAY_FEATURES && m->feature_width != ret_now->feature_width)
        return fn_error_set(err, FN_EREFUSED,
                            "the model '%s' takes features of %u values, the index has %u",
                            m->profile, m->feature_width, ret_now->feature_width);
    return 0;
}

/* Whether what the other side has is of this model. */
static int is_there(struct fn_txn *t, const struct fn_index_model *m, bool *ret)
{
    struct fn_index_model other;
    struct fn_sides s;
    fn_sides_get(t, &s);
    *ret = false;
    if (s.other == FN_OTHER_EMPTY)
        return 0;
    fn_txn_view(t, FN_VIEW_OTHER);
    int rc = fn_index_model_get(t, &other, NULL);
    fn_txn_view(t, FN_VIEW_ACTIVE);
    *ret = !rc && fn_h128_eq(&other.profile_id, &m->profile_id) &&
           other.feature_width == m->feature_width;
    return rc;
}

/* An empty side for the model: a new number, and features of its own or those that are there.
 */
static int make_side(struct fn_txn *t, struct fn_index_model *m, enum fn_next_way way,
                     struct fn_error *err)
{
    struct fn_sides s;
    int rc = fn_vectors_drop_other(t, err);
    if (rc)
        return rc;
    fn_sides_get(t, &s);
    if (s.generation == UINT16_MAX)
        return fn_error_set(err, FN_ELIMIT, "the index has had all the models that it can");
    s.generation++;
    m->generation = s.generation;
    uint8_t now = s.features[s.active];
    s.features[1 - s.active] = way == FN_WAY_FEATURES ? now : (uint8_t)(1 - now);
    return fn_sides_put(t, &s, err);
}

/* People are made of all faces, when the vectors are there. */
static int clear_people(struct fn_txn *t, const struct fn_index_model *m, struct fn_error *err)
{
    fn_txn_view(t, FN_VIEW_OTHER);
    int rc = fn_model_put(t, m, err);
    if (!rc)
        rc = fn_people_start_over(t, err);
    fn_txn_view(t, FN_VIEW_ACTIVE);
    return rc;
}

int fn_next_begin(struct fn_txn *t, const struct fn_index_model *m, enum fn_next_way way,
                  struct fn_error *err)
{
    struct fn_index_model now, new = *m;
    struct fn_next_state state = {.way = (uint8_t)way, .started_s = fn_clock_wall_s()};
    struct fn_sides s;
    bool there = false;
    fn_sides_get(t, &s);
    int rc = check(t, m, way, &now, err);
    if (!rc)
        rc = is_there(t, m, &there);
    if (rc)
        return rc;
    if (s.other == FN_OTHER_BUILDING)
        return there ? 0
                     : fn_error_set(err, FN_EREFUSED,
                                    "another model is on its way; finish it or stop it first");
    new.min_quality = now.min_quality;
    if (there) {
        struct fn_index_model other;
        fn_txn_view(t, FN_VIEW_OTHER);
        rc = fn_index_model_get(t, &other, err);
        fn_txn_view(t, FN_VIEW_ACTIVE);
        new.generation = other.generation;
    } else {
        rc = make_side(t, &new, way, err);
    }
    if (!rc)
        rc = clear_people(t, &new, err);
    if (!rc)
        rc = fn_next_state_put(t, &state, err);
    fn_sides_get(t, &s);
    s.other = FN_OTHER_BUILDING;
    return rc ? rc : fn_sides_put(t, &s, err);
}

int fn_next_cancel(struct fn_txn *t, struct fn_error *err)
{
    struct fn_sides s;
    struct fn_next n;
    fn_sides_get(t, &s);
    if (s.other != FN_OTHER_BUILDING)
        return FN_ENOTFOUND;
    int rc = fn_next_get(t, &n);
    if (!rc)
        rc = fn_stale_clear(t, n.model.generation, err);
    return rc ? rc : fn_vectors_drop_other(t, err);
}

/* ---- switch ---- */

static int refuse_incomplete(const struct fn_next *n, struct fn_error *err)
{
    if (n->vectors + n->stale < n->faces)
        return fn_error_set(err, FN_EREFUSED, "%llu of %llu faces have no vector of '%s' yet",
                            (unsigned long long)(n->faces - n->vectors - n->stale),
                            (unsigned long long)n->faces, n->model.profile);
    if (!n->grouped)
        return fn_error_set(err, FN_EREFUSED, "people of '%s' are not made yet",
                            n->model.profile);
    return 0;
}

static int log_it(struct fn_txn *t, const struct fn_index_model *m, const char *author,
                  struct fn_error *err)
{
    struct fn_assertion a = {.kind = FN_ASSERT_SET, .time_us = fn_clock_wall_us()};
    char hex[33];
    fn_h128_hex(&m->profile_id, hex);
    (void)snprintf(a.author, sizeof a.author, "%s", author);
    (void)snprintf(a.text, sizeof a.text, "model=%s %s", m->profile, hex);
    return fn_assert_append(t, &a, 1, NULL, err);
}

int fn_next_switch(struct fn_txn *t, const char *author, struct fn_error *err)
{
    struct fn_next n;
    struct fn_sides s;
    int rc = fn_next_get(t, &n);
    if (rc || n.state != FN_OTHER_BUILDING)
        return fn_error_set(err, rc && rc != FN_ENOTFOUND ? rc : FN_EREFUSED,
                            "no generation is being built");
    rc = refuse_incomplete(&n, err);
    if (!rc)
        rc = log_it(t, &n.model, author, err);
    if (!rc)
        rc = fn_index_update(t, err);
    if (rc)
        return rc;
    fn_sides_get(t, &s);
    s.active = (uint8_t)(1 - s.active);
    s.other = FN_OTHER_KEPT;
    rc = fn_sides_put(t, &s, err);
    fn_txn_keep(t, FN_KEPT_PEOPLE, NULL, NULL);
    return rc;
}
