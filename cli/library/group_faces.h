/* SPDX-License-Identifier: MIT */
/* Faces clustered in memory by the rule of the index (index/grouping/grouping.h). */
#ifndef FN_CLI_LIBRARY_GROUP_FACES_H
#define FN_CLI_LIBRARY_GROUP_FACES_H

#include "index/grouping/grouping.h"

/* ret[i]: number of the first face of the cluster of i; i itself for a face in no cluster.
 * -ENOMEM. */
FN_NODISCARD int fnl_group_faces(const struct fn_grouping_face *faces, size_t n, uint32_t width,
                                 const struct fn_grouping_thresholds *t, uint32_t *ret);

#endif
