/* SPDX-License-Identifier: MIT */
/* Slices: pairs by what is known of their pictures. A table has a row per picture and a column
 * per attribute.
 *
 * A column of numbers gives a slice per quarter of the pairs, by the absolute difference of the
 * two (an age gap) and by the lesser of the two (the smaller face, the poorer picture). A
 * column of words gives the pairs of equal words, word by word, and those of different ones.
 * Slices of fewer than FN_SLICE_MIN pairs are left out: their figures would be noise. */
#ifndef FN_ENGINE_EVAL_SLICES_H
#define FN_ENGINE_EVAL_SLICES_H

#include "engine/eval/protocols.h"

enum { FN_SLICE_MIN = 20, FN_ATTRIBUTES_MAX = 16 };

struct fn_attributes {
    size_t n; /* pictures of the set */
    size_t n_columns;
    struct fn_attribute {
        char *name;
        char **text;    /* per picture; NULL: not known */
        double *number; /* NAN where it is none */
        bool numeric;   /* every known value is a number */
    } columns[FN_ATTRIBUTES_MAX];
    size_t n_unknown; /* pictures without a row */
};
/* The CSV's first column names a picture by its path or the end of it ("NAME/NAME_0001.jpg").
 * Values hold no commas. */
FN_NODISCARD int fn_attributes_read(struct fn_attributes *a, const struct fn_eval_set *s,
                                    const char *file, struct fn_error *err);
void fn_attributes_free(struct fn_attributes *a);
/* Calls visit with a name ("age difference 0 to 5") and the numbers of the pairs in it. */
FN_NODISCARD int fn_attributes_each_slice(const struct fn_attributes *a,
                                          const struct fn_eval_pairs *p,
                                          int (*visit)(const char *name, const size_t *pairs,
                                                       size_t n, void *ctx),
                                          void *ctx, struct fn_error *err);

#endif
