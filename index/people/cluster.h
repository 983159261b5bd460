/* Clustering as a pure function: faces, their exact distances, what the user said -> groups. No LMDB, no clock, no random numbers.
 *
 * Mutual k-nearest-neighbour edges with a shared-neighbour gate give components (locality); inside a component, average link on exact
 * integer sums of the stored vectors: the pair of groups with the least mean squared distance is joined while it is <= cluster_d,
 * unless they share a photo or a constraint forbids it. All orders are total (distance, then content key), so the partition does not
 * depend on the order of arrival. Sources: Lance & Williams 1967 for group average.
 */
#ifndef FN_INDEX_CLUSTER_H
#define FN_INDEX_CLUSTER_H

#include <stddef.h>
#include <stdint.h>

#include "engine/base/error.h"
#include "engine/kernels/vector.h"

enum { FN_NEIGHBOURS_MAX = 32 };

struct fn_cluster_face {
    uint64_t ckey;            /* unique: content key */
    uint64_t photo;           /* equal numbers: same photo */
    uint32_t confirmed;       /* 0, or the number of the person it is confirmed to be (1..) */
    const uint32_t *rejected; /* sorted numbers of persons it is not */
    uint32_t n_rejected;
    const int16_t *x; /* q14 */
    const uint32_t *
        edges; /* indices of faces in this array it has a gated mutual edge with, ascending by anything */
    uint32_t n_edges;
};

/* One component (or any union of components): ret_group[i] is the index of the face with the least ckey of i's group.
 * Cost O(e log e) in the edges between groups. -ENOMEM. */
FN_NODISCARD int fn_cluster_component(const struct fn_cluster_face *faces, size_t n,
                                      uint32_t cluster_d, uint32_t *ret_group);

#endif
