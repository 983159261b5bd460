/* SPDX-License-Identifier: MIT */
/* The clustering rule as plain loops: docs/decisions/grouping.md step by step, without regard
 * to speed. It shares no code with index/, except XXH3. Exits when out of memory. */
#ifndef FN_TESTS_PROPERTY_PLAIN_GROUPING_H
#define FN_TESTS_PROPERTY_PLAIN_GROUPING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct plain_face {
    uint64_t key;
    uint32_t photo;
    bool poor;
    uint64_t is; /* 0: not confirmed */
    uint32_t n_nots;
    const uint64_t *nots;
    const int16_t *x; /* width values */
};
struct plain_thresholds { /* 2^28: a squared distance of 1 */
    uint32_t net, level1[4], level2[4], attach[4], large;
};

/* Branches of the rule. A test asserts that every one was taken. */
#define PLAIN_BRANCHES(X)                                                                      \
    X(NET_COVERED)    /* not a centre: one before it is close */                               \
    X(NET_FORBIDDEN)  /* a centre only because the close ones before it are forbidden */       \
    X(NET_LATER)      /* belongs to a centre that is after it */                               \
    X(NET_TIE)        /* two centres at the same least distance: the lower key */              \
    X(NET_LIMIT)      /* as far from its centre as the threshold */                            \
    X(APART_BY_PHOTO) /* set apart from the atom of its centre */                              \
    X(APART_BY_REJECTION)                                                                      \
    X(APART_BY_PERSON)                                                                         \
    X(ATOM_TIE)        /* retained and set apart at the same distance: the lower key stays */  \
    X(SKETCH_FULL)     /* more faces retained than are summed */                               \
    X(SKETCH_LABELLED) /* summed only because it is labelled */                                \
    X(SKETCH_IS)       /* `is` comes only from faces that are not summed */                    \
    X(SKETCH_NOTS)     /* so do some of the `nots` */                                          \
    X(L1_BLOCKED_PERSON) /* the nearest cluster is forbidden */                                \
    X(L1_BLOCKED_REJECTION)                                                                    \
    X(L1_BLOCKED_PHOTO)                                                                        \
    X(L1_TIE)    /* two nearest clusters at the same mean */                                   \
    X(L1_LIMIT)  /* two clusters pointing at each other, with the threshold as mean */         \
    X(L1_JOIN_0) /* joined, by round */                                                        \
    X(L1_JOIN_1)                                                                               \
    X(L1_JOIN_2)                                                                               \
    X(L1_JOIN_3)                                                                               \
    X(L1_REFUSED_PERSON) /* the pair may join, its unions may not */                           \
    X(L1_REFUSED_REJECTION)                                                                    \
    X(L1_REFUSED_PHOTO)                                                                        \
    X(L1_PAIR_TIE)  /* pairs of one mean, in order of their keys */                            \
    X(L1_ONE_PHOTO) /* joined faces of one photo, both confirmed */                            \
    X(L2_SINGLE)    /* takes no part in level 2: w = 1 */                                      \
    X(L2_BLOCKED_PERSON)                                                                       \
    X(L2_BLOCKED_REJECTION)                                                                    \
    X(L2_BLOCKED_PHOTO)                                                                        \
    X(L2_TIE)                                                                                  \
    X(L2_LIMIT)                                                                                \
    X(L2_JOIN_0)                                                                               \
    X(L2_JOIN_1)                                                                               \
    X(L2_JOIN_2)                                                                               \
    X(L2_JOIN_3)                                                                               \
    X(L2_REFUSED_PERSON)                                                                       \
    X(L2_REFUSED_REJECTION)                                                                    \
    X(L2_REFUSED_PHOTO)                                                                        \
    X(L2_PAIR_TIE)                                                                             \
    X(L2_ONE_PHOTO)                                                                            \
    X(L2_LARGE)            /* a pointer that only two large clusters have */                   \
    X(HOST_SMALL)          /* the nearest cluster has w < 4 */                                 \
    X(HOST_BLOCKED_PERSON) /* the nearest host is forbidden */                                 \
    X(HOST_BLOCKED_REJECTION)                                                                  \
    X(HOST_BLOCKED_PHOTO)                                                                      \
    X(HOST_TIE)                                                                                \
    X(HOST_LIMIT)                                                                              \
    X(HOST_RUNG_0) /* attached to a host of each rung of the ladder */                         \
    X(HOST_RUNG_1)                                                                             \
    X(HOST_RUNG_2)                                                                             \
    X(HOST_RUNG_3)                                                                             \
    X(ATTACHED_GOOD)                                                                           \
    X(ATTACHED_POOR)                                                                           \
    X(ATTACHED_CONFIRMED)                                                                      \
    X(LEFT_BY_PERSON) /* chose a host; forbidden with one that was retained */                 \
    X(LEFT_BY_REJECTION)                                                                       \
    X(LEFT_BY_PHOTO)                                                                           \
    X(LEFT_FOR_QUALITY) /* a low-quality face that is not retained although it is closer */    \
    X(LEFT_TIE)         /* retained and not retained at the same mean */                       \
    X(SHOWN_APART_ATOM) /* displayed separately because of what the face is */                 \
    X(SHOWN_APART_GOOD)                                                                        \
    X(SHOWN_APART_POOR)                                                                        \
    X(SHOWN_TIE)       /* displayed and displayed separately at the same distance */           \
    X(SHOWN_ONE_PHOTO) /* two confirmed faces of one photo displayed together */               \
    X(ALONE_GOOD)                                                                              \
    X(ALONE_POOR) /* its own key: confirmed */                                                 \
    X(NONE_POOR)
#define PLAIN_ENUM(x) PLAIN_##x,
enum plain_branch { PLAIN_BRANCHES(PLAIN_ENUM) PLAIN_N_BRANCHES };
#undef PLAIN_ENUM
extern const char *const plain_branch_name[PLAIN_N_BRANCHES];

struct plain_trace {
    uint64_t count[PLAIN_N_BRANCHES];
    /* Distances that decided, the last of each step. As thresholds they make boundary cases. 0:
     * none. */
    uint32_t used_net, used_level1, used_level2, used_attach;
};

/* ret_group[i]: cluster of face i, 0: none. ret_mean[i]: its mean to the sums of that cluster;
 * -1: it has none or is alone. Adds to trace->count and sets its other values. */
void plain_grouping(const struct plain_face *faces, size_t n, uint32_t width,
                    const struct plain_thresholds *t, uint64_t *ret_group, int64_t *ret_mean,
                    struct plain_trace *trace);

/* Computes the steps of level1 and level2 before the last from the last: those of an embedder
 * that grows by .15 per decade. */
void plain_steps(struct plain_thresholds *t);

#endif
