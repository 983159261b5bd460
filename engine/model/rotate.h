/* SPDX-License-Identifier: MIT */
/* Bringing an embedding to fewer numbers without losing anything: see rotate.c. */
#ifndef FN_ENGINE_MODEL_ROTATE_H
#define FN_ENGINE_MODEL_ROTATE_H

#include "engine/graph/graph.h"

/* Eigenvalues (descending) and eigenvectors of the symmetric n x n matrix a (destroyed): row k
 * of v is the k-th vector, its largest component positive. Cyclic Jacobi with a fixed order of
 * rotations, double throughout: the same input gives the same bits. -ENOMEM. */
FN_NODISCARD int fn_eigen_symmetric(double *a, size_t n, double *ret_values, double *ret_v);

/* g ends in at least one linear 1x1 convolution, one after the other. Builds in b the same
 * network with these replaced by one convolution to dim numbers: the product of their matrices,
 * rotated onto its first dim left singular vectors. Outputs: 0 the rotated vector (value
 * "embedding"), 1 the input of the replaced layers (the feature). Cosines between outputs
 * change only by what is outside the first dim singular values. FN_EMODEL if g does not end so.
 */
FN_NODISCARD int fn_embedding_rotate(const struct fn_graph *g, uint32_t dim,
                                     struct fn_graph_builder *b, struct fn_graph *ret,
                                     struct fn_error *err);

#endif
