/* SPDX-License-Identifier: MIT */
/* Clustering: a pure function of faces, labels and thresholds. No LMDB, no clock, no random
 * numbers. The algorithm is specified in docs/decisions/grouping.md. In code, a final cluster
 * is a group, a micro-cluster an atom, and a low-quality face is poor. Every quantity that
 * decides is an integer and every order is total, so the result does not depend on the order of
 * arrival.
 *
 * One engine does both: fn_group_faces puts all faces into an empty state; fn_grouping_update
 * changes a state that may be in a store and is loaded as far as needed (struct
 * fn_grouping_store). Both give the same partition.
 */
#ifndef FN_INDEX_GROUPING_GROUPING_H
#define FN_INDEX_GROUPING_GROUPING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "engine/base/error.h"

enum {
    FN_GROUPING_ROUNDS = 4,
    FN_GROUPING_SKETCH = 16,
    FN_GROUPING_HOST = 4,
    FN_GROUPING_LARGE = 10,
    FN_GROUPING_LADDER = 4
};
enum { FN_CLASS_MIN = 4, FN_CLASS_MAX = 12 };

/* Of a model: squared distances at false-accept rates of 3e-5, 3e-4 and 1.5e-6 on development
 * pairs, for 10,000 good faces, and how much the distance grows for ten times the rate. */
struct fn_grouping_model {
    double single_d2, group_d2, net_d2, decade_d2;
};
struct fn_grouping_thresholds { /* unit 2^-28 */
    uint32_t net;               /* r */
    uint32_t level1[FN_GROUPING_ROUNDS], level2[FN_GROUPING_ROUNDS];
    uint32_t large; /* level 2: what clusters of 10 sketch faces or more may be farther apart */
    uint32_t attach[FN_GROUPING_LADDER]; /* to hosts of 4, 10, 64, 256 sketch faces or more */
};
/* Thresholds of a size class (held within FN_CLASS_MIN and FN_CLASS_MAX). */
void fn_grouping_thresholds_of(const struct fn_grouping_model *m, unsigned size_class,
                               struct fn_grouping_thresholds *ret);
/* The class after n_good faces, when it was `now` (0: none yet): up at the limit, down at three
 * quarters of it. */
unsigned fn_grouping_class(uint64_t n_good, unsigned now);

/* Place of a face in the net: those with a higher one are before it. Hash of its key. */
uint64_t fn_grouping_prio(uint64_t key);

/* Cluster of a good face that is displayed separately from others of its photo. */
uint64_t fn_grouping_apart(uint64_t key);

struct fn_grouping_face {
    uint32_t id;     /* unique, not 0: how the caller knows it; decides nothing */
    uint64_t key;    /* unique: content key */
    uint32_t photo;  /* equal numbers: same photo */
    bool poor;       /* quality below the model's minimum */
    uint64_t is;     /* person it is confirmed as, 0: none */
    uint32_t n_nots; /* persons it is rejected as, ascending */
    const uint64_t *nots;
    const int16_t *x; /* width values, 16384 x the unit embedding */
};

/* All faces together: ret_group[i] is the cluster of faces[i]; 0: none (low-quality faces).
 * width: a multiple of 32. -ENOMEM. */
FN_NODISCARD int fn_group_faces(const struct fn_grouping_face *faces, size_t n, uint32_t width,
                                const struct fn_grouping_thresholds *t, uint64_t *ret_group);

/* ---- the same, kept up to date ---- */

/* What an update changed and read. */
struct fn_grouping_stats {
    uint64_t centres;    /* faces that became or ceased to be a centre, besides those given */
    uint64_t moved;      /* other faces that changed their centre */
    uint64_t atoms;      /* micro-clusters created, removed or changed */
    uint64_t nodes;      /* clusters of both levels made or dropped */
    uint64_t regrouped;  /* other faces whose group changed */
    uint64_t candidates; /* pairs of clusters whose exact mean was computed */
    uint64_t followed;   /* entries of lists that were followed */
    uint64_t scanned;    /* vectors read by scans */
};

/* A state that is not in memory. Records are found by kind and number; a value is valid until
 * the next call. */
struct fn_grouping_store {
    void *ctx;
    /* FN_ENOTFOUND. */
    int (*get)(void *ctx, uint8_t kind, uint32_t id, const uint8_t **ret, size_t *ret_n);
    /* All records of a kind, by ascending number, until visit returns non-zero. */
    int (*each)(void *ctx, uint8_t kind,
                int (*visit)(uint32_t id, const uint8_t *v, size_t n, void *arg), void *arg);
    /* The vector of a face that takes part. */
    int (*vector)(void *ctx, uint32_t face, int16_t *ret);
    /* All vectors, in runs of n rows: faces[i] is 0 in an empty row. Faces that take no part
     * may be among them. */
    int (*vectors)(void *ctx,
                   int (*visit)(const int16_t *rows, const uint32_t *faces, size_t n,
                                void *arg),
                   void *arg);
    /* Faces of a photo, up to max, *ret_n of them; those that take no part may be among them.
     */
    int (*photo)(void *ctx, uint32_t photo, uint32_t *ret, size_t max, size_t *ret_n);
};

struct fn_grouping;
/* store: NULL for a state that is only in memory. The state of a store must have been made with
 * the same width and thresholds. */
FN_NODISCARD int fn_grouping_create(uint32_t width, const struct fn_grouping_thresholds *t,
                                    const struct fn_grouping_store *store,
                                    struct fn_grouping **ret);
void fn_grouping_destroy(struct fn_grouping *g); /* NULL-safe */

/* Removes faces (gone: ids; unknown ones are ignored), adds faces, or changes their labels (a
 * face in `put` that is known already, with the same key, photo, poor and vector). x is copied.
 * -ENOMEM, or the error of the store: then the state in memory must not be used any more. */
FN_NODISCARD int fn_grouping_update(struct fn_grouping *g, const uint32_t *gone, size_t n_gone,
                                    const struct fn_grouping_face *put, size_t n_put);

/* Faces whose cluster changed since the last call of fn_grouping_flushed, each once: old and
 * new cluster, 0: none (also: gone). */
struct fn_grouping_change {
    uint32_t face;
    uint64_t old_group, new_group;
};
void fn_grouping_changes(struct fn_grouping *g, const struct fn_grouping_change **ret,
                         size_t *ret_n);
/* Records that changed since: write gets each, n 0: delete it. Stops when it returns non-zero
 * and returns that. */
int fn_grouping_records(struct fn_grouping *g,
                        int (*write)(uint8_t kind, uint32_t id, const uint8_t *v, size_t n,
                                     void *arg),
                        void *arg);
/* What changed has been stored. */
void fn_grouping_flushed(struct fn_grouping *g);
/* Group of a face now; 0: none, or not there. */
FN_NODISCARD int fn_grouping_of(struct fn_grouping *g, uint32_t face, uint64_t *ret);
void fn_grouping_stats(const struct fn_grouping *g, struct fn_grouping_stats *ret);

/* How close x is to a cluster: the mean of its squared distances to the sketches of the cluster
 * of `face`, as stored. FN_ENOTFOUND: the face has no cluster, or is alone in it. */
FN_NODISCARD int fn_grouping_distance(struct fn_grouping *g, uint32_t face, const int16_t *x,
                                      uint32_t *ret);

#endif
