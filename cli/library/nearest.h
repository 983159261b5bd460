/* SPDX-License-Identifier: MIT */
/* The faces of the index that are nearest to a face of the index or of a file. */
#ifndef FN_CLI_LIBRARY_NEAREST_H
#define FN_CLI_LIBRARY_NEAREST_H

#include "cli/library/facts.h"

enum { FNL_NEAREST_MAX = 10000 };

struct fnl_probe {
    int16_t x[FN_DIM]; /* embedding */
    fn_face_id face;   /* the face in the index; 0: of a file that is not in the index */
};

/* What the user typed: a face id, FILE:N, PHOTO:N, or a file with one face. A file that is not
 * in the index is processed by a worker. The read transaction is open afterwards. FN_ENOTFOUND:
 * there is no such face; FN_EUSAGE: the file has several. */
FN_NODISCARD int fnl_probe_get(struct fn_library *lib, const char *what, struct fnl_probe *ret,
                               struct fn_error *err);

struct fnl_near {
    struct fnl_fact fact;
    double d2, p; /* squared distance to the probe; probability of the same person */
};

/* The k nearest faces, nearest first, without the probe's own face; k <= FNL_NEAREST_MAX. The
 * caller frees *ret. -ENOMEM, and errors of the index. */
FN_NODISCARD int fnl_nearest(struct fn_txn *t, const struct fnl_probe *probe, size_t k,
                             struct fnl_near **ret, size_t *ret_n, struct fn_error *err);

#endif
