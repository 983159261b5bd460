/* SPDX-License-Identifier: MIT */
/* The space that the columns of a matrix span. */
#ifndef FN_ENGINE_MODEL_SPAN_H
#define FN_ENGINE_MODEL_SPAN_H

#include <stddef.h>

#include "engine/base/error.h"

/* Orthonormal vectors that span the columns of the rows x cols matrix w (row by row, not
 * changed), all but what is below 1e-6 of the longest column. ret_q: rows x rows numbers;
 * vector k is row k, *ret_rank of them are set. Columns are taken by falling remainder, in
 * double: the same input gives the same bits. -ENOMEM. */
FN_NODISCARD int fn_column_span(const double *w, size_t rows, size_t cols, double *ret_q,
                                size_t *ret_rank);

#endif
