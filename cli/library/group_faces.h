/* SPDX-License-Identifier: MIT */
/* Faces grouped in memory by the index's own rule (index/grouping/grouping.h). */
#ifndef FN_CLI_LIBRARY_GROUP_FACES_H
#define FN_CLI_LIBRARY_GROUP_FACES_H

#include "index/grouping/grouping.h"

/* ret[i]: number of the first face of i's group; itself for a face in none. -ENOMEM. */
FN_NODISCARD int fnl_group_faces(const struct fn_grouping_face *faces, size_t n, uint32_t width,
                                 const struct fn_grouping_thresholds *t, uint32_t *ret);

#endif
