/* SPDX-License-Identifier: MIT */
/* Private to index/people: one unit of a cluster update, in two halves. work only reads, so it
 * needs no writer lock. write stores the result, unless another process wrote a state of
 * clustering in between. */
#ifndef FN_INDEX_SETTLE_PRIV_H
#define FN_INDEX_SETTLE_PRIV_H

#include "index/people/grouping_store.h"
#include "index/people/settings.h"

/* ---- grouping_batch.c: faces as input of clustering ---- */
struct fn_batch {
    fn_face_id *gone; /* those requested that take no part */
    struct fn_grouping_face *put;
    int16_t *x;
    uint64_t *nots;
    size_t n_gone, n_put, n_nots, nots_cap;
};
FN_NODISCARD int fn_batch_load(struct fn_txn *t, const fn_face_id *faces, size_t n,
                               struct fn_batch *ret);
void fn_batch_finish(struct fn_batch *b);
/* All faces that take part, ascending. free(*ret). */
FN_NODISCARD int fn_faces_all(struct fn_txn *t, fn_face_id **ret, size_t *ret_n);
/* About max faces that take part with a prio (index/grouping/grouping.h) below `cursor`, those
 * that are first in the net, ascending by id; none only at the end. *ret_cursor: all with this
 * prio or a higher one are among them or were before. free(*ret). */
FN_NODISCARD int fn_faces_next(struct fn_txn *t, uint64_t cursor, size_t max, fn_face_id **ret,
                               size_t *ret_n, uint64_t *ret_cursor);

/* stale_faces.c. A face whose photo the present model has not seen has no distances and is in
 * no cluster. It is alone instead of nowhere, so that its label still names it: *group, if it
 * is 0, becomes its own. */
FN_NODISCARD int fn_group_of_stale(struct fn_txn *t, fn_face_id face, uint64_t *group);
/* Number of members that are alone for this reason. */
FN_NODISCARD int fn_stale_members(struct fn_txn *t, uint64_t *ret);

/* ---- unit.c ---- */
struct fn_state {                  /* of one generation, in memory */
    struct fn_grouping *g;         /* NULL: not loaded */
    struct fn_grouping_rows *rows; /* owned; g points to it */
    bool changed;                  /* has what is not written */
};
struct fn_states {
    struct fn_state active, building;
    uint64_t version; /* of the settings they are good for */
    uint16_t model;   /* and the generation of the model */
    bool any;
};
void fn_states_drop(struct fn_states *s);

enum fn_step {
    FN_STEP_NONE,    /* nothing is left to do */
    FN_STEP_WAITING, /* faces that were added, removed or labelled */
    FN_STEP_START,   /* a new generation is begun */
    FN_STEP_WALK,    /* the next faces go into it */
    FN_STEP_SWITCH,  /* it takes the place of the active one */
    FN_STEP_SWEEP,   /* rows of older ones are deleted */
};
struct fn_place {
    fn_face_id face;
    uint64_t group;
};
struct fn_unit {
    enum fn_step step;
    struct fn_settings s; /* as they were read */
    struct fn_waiting *waiting;
    size_t n_waiting;
    struct fn_place *places; /* where faces are now */
    size_t n_places, places_cap;
    uint64_t cursor; /* WALK: afterwards */
    size_t n_faces;  /* processed */
};
FN_NODISCARD int fn_unit_work(struct fn_states *st, struct fn_txn *t, size_t max_faces,
                              struct fn_unit *ret);
/* *ret_stale: nothing was written, because another process wrote. */
FN_NODISCARD int fn_unit_write(struct fn_states *st, struct fn_txn *t, const struct fn_unit *u,
                               bool *ret_stale, struct fn_error *err);
/* What was written is committed. */
void fn_unit_written(struct fn_states *st);
void fn_unit_finish(struct fn_unit *u);
/* Faces and other work that is left. */
FN_NODISCARD int fn_unit_left(struct fn_txn *t, uint64_t *ret);

#endif
