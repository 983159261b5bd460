/* SPDX-License-Identifier: MIT */
/* Evaluates vectors by each protocol. The results are appended to f. *ret gets the other output
 * of the metrics, for charts. */
#ifndef FN_ENGINE_EVAL_JUDGE_H
#define FN_ENGINE_EVAL_JUDGE_H

#include "engine/eval/eval_vectors.h"
#include "engine/eval/figures.h"
#include "engine/eval/slices.h"

/* Verification of pairs. fixed: a threshold in use; NAN: none. */
FN_NODISCARD int fn_judge_pairs(struct fn_figures *f, const char *group,
                                const struct fn_pair_d2 *p, size_t n, double fixed,
                                struct fn_verification *ret, struct fn_error *err);
/* All pairs and ranks of a set. The caller frees ret. */
FN_NODISCARD int fn_judge_identities(struct fn_figures *f, const struct fn_vectors *v,
                                     struct fn_all_pairs *ret, struct fn_error *err);
/* The main results of one of many models: accuracy of the pairs, and TAR at FAR 1e-3 over all
 * pairs of the pictures. */
struct fn_brief {
    struct fn_mean accuracy;
    struct fn_interval tar;
    struct fn_all_pairs all; /* the caller frees it */
};
FN_NODISCARD int fn_judge_brief(struct fn_figures *f, const char *group,
                                const struct fn_eval_vectors *v, size_t n_people,
                                const struct fn_eval_pairs *p, struct fn_brief *ret,
                                struct fn_error *err);
/* Clusters compared with people. */
void fn_judge_partition(struct fn_figures *f, const char *group,
                        const struct fn_partition_score *s);
/* A group of results for each slice of the pairs (slices.h). d: the distances of the pairs. */
FN_NODISCARD int fn_judge_slices(struct fn_figures *f, const struct fn_attributes *a,
                                 const struct fn_eval_pairs *p, const struct fn_pair_d2 *d,
                                 struct fn_error *err);

/* Two models on the same pictures and pairs. */
struct fn_judged {
    struct fn_pair_d2 *d; /* of the pairs; heap */
    struct fn_verification v;
    struct fn_vectors in;
    struct fn_brief found;
};
/* Evaluates one of them. `in` of the result points into v. fn_judged_free releases ret, also
 * after a failure. */
FN_NODISCARD int fn_judge_model(struct fn_figures *f, const char *group,
                                const struct fn_eval_vectors *v, size_t n_people,
                                const struct fn_eval_pairs *p, struct fn_judged *ret,
                                struct fn_error *err);
void fn_judged_free(struct fn_judged *j); /* safe on zeroes */
enum { FN_VERDICT_MAX = 200 };
/* Appends b minus a, in the group "difference", and a line that states whether b is better. */
FN_NODISCARD int fn_judge_difference(struct fn_figures *f, const struct fn_judged *a,
                                     const struct fn_judged *b, size_t n_pairs,
                                     char verdict[FN_VERDICT_MAX], struct fn_error *err);

#endif
