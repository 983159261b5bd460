/* SPDX-License-Identifier: MIT */
/* Shared by the readers of lists, for engine/eval only. */
#ifndef FN_ENGINE_EVAL_PAIR_LISTS_H
#define FN_ENGINE_EVAL_PAIR_LISTS_H

#include "engine/eval/protocols.h"

FN_NODISCARD int fn_eval_pairs_add(struct fn_eval_pairs *p, size_t a, size_t b, uint32_t fold,
                                   bool same);
bool fn_eval_number(const char *s, uint32_t *ret); /* a whole decimal number and nothing else */
/* Splits line at any of the separators, without the spaces around fields. At most max
 * fields. */
size_t fn_eval_fields(char *line, const char *separators, char **field, size_t max);
/* Calls visit for each line that is not empty (without line ends, numbered from 1) until it
 * returns non-zero. */
FN_NODISCARD int fn_eval_lines(const char *file,
                               int (*visit)(char *line, size_t number, void *ctx), void *ctx,
                               struct fn_error *err);
/* Numbers the folds from 0 without gaps, in their order. An empty fold would count as one in
 * which everything is wrong. */
void fn_eval_pairs_renumber(struct fn_eval_pairs *p);
/* fn_eval_pairs_make for n items of known people. */
FN_NODISCARD int fn_eval_pairs_deal(const uint32_t *person, size_t n, size_t n_people,
                                    size_t n_folds, size_t per_fold, uint64_t seed,
                                    struct fn_eval_pairs *ret, struct fn_error *err);

#endif
