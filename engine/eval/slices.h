/* SPDX-License-Identifier: MIT */
/* Slices of pairs by attributes of their pictures. A table has a row per picture and a column
 * per attribute.
 *
 * A column of numbers yields a slice per quarter of the pairs, by the absolute difference of
 * the two values (an age difference) and by the smaller one (the smaller face, the picture of
 * lower quality). A column of text yields the pairs with equal values, one slice per value, and
 * the pairs with different ones. Slices of fewer than FN_SLICE_MIN pairs are left out, because
 * their results would be noise. */
#ifndef FN_ENGINE_EVAL_SLICES_H
#define FN_ENGINE_EVAL_SLICES_H

#include "engine/eval/protocols.h"

enum { FN_SLICE_MIN = 20, FN_ATTRIBUTES_MAX = 16 };

struct fn_attributes {
    size_t n; /* pictures of the set */
    size_t n_columns;
    struct fn_attribute {
        char *name;
        char **text;    /* per picture; NULL: unknown */
        double *number; /* NAN if it is not a number */
        bool numeric;   /* every known value is a number */
    } columns[FN_ATTRIBUTES_MAX];
    size_t n_unknown; /* pictures without a row */
};
/* The first column of the CSV names a picture by its path or the end of its path
 * ("NAME/NAME_0001.jpg"). Values contain no commas. */
FN_NODISCARD int fn_attributes_read(struct fn_attributes *a, const struct fn_eval_set *s,
                                    const char *file, struct fn_error *err);
void fn_attributes_free(struct fn_attributes *a);
/* Calls visit with the name of each slice ("age difference 0 to 5") and the numbers of its
 * pairs. */
FN_NODISCARD int fn_attributes_each_slice(const struct fn_attributes *a,
                                          const struct fn_eval_pairs *p,
                                          int (*visit)(const char *name, const size_t *pairs,
                                                       size_t n, void *ctx),
                                          void *ctx, struct fn_error *err);

#endif
