/* SPDX-License-Identifier: MIT */
/* The results of an evaluation as values: metrics with names and errors, in groups. */
#ifndef FN_ENGINE_EVAL_FIGURES_H
#define FN_ENGINE_EVAL_FIGURES_H

#include "engine/eval/metrics.h"

struct fn_figure {
    char group[48], key[48], label[80]; /* key: short, for programs; label: a line for people */
    double value, error;                /* error: NAN if there is none */
    int digits;                         /* after the decimal point; 0: a count */
};

struct fn_figures {
    struct fn_figure *v;
    size_t n, cap;
    struct fn_fold { /* of the group "pairs" */
        double accuracy, threshold;
    } fold[FN_FOLDS_MAX];
    size_t n_folds;
    bool failed; /* out of memory: some results are missing */
};
void fn_figures_add(struct fn_figures *f, const char *group, const char *key, double value,
                    double error, int digits, const char *label);
void fn_figures_count(struct fn_figures *f, const char *group, const char *key, size_t value,
                      const char *label);
void fn_figures_finish(struct fn_figures *f);

#endif
