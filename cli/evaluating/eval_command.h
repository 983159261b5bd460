/* SPDX-License-Identifier: MIT */
/* What the commands of fnq eval share: opening the model to be evaluated, and lists of pairs.
 */
#ifndef FN_CLI_EVALUATING_EVAL_COMMAND_H
#define FN_CLI_EVALUATING_EVAL_COMMAND_H

#include "cli/evaluating/eval_options.h"
#include "cli/evaluating/eval_report.h"
#include "cli/program/eval_notes.h"

/* text: the value of --mode, or NULL. FN_EUSAGE: it is not a mode. */
struct fnq_eval_mode {
    enum fnl_eval_mode mode;
    const char *name;
};
FN_NODISCARD int fnq_eval_mode_of(const char *text, struct fnq_eval_mode *ret);
/* Prints that the mode is unknown; returns the exit code. */
FN_NODISCARD int fnq_eval_no_mode(const struct fnq_ctx *ctx);
/* Reads the list of pairs: file if it is given, else pairs.txt in dir or next to it (not when
 * people are chosen), else the list is generated. people: the value of --people. */
FN_NODISCARD int fnq_eval_read_pairs(const struct fnq_ctx *ctx, const char *dir,
                                     const char *file, const char *people,
                                     struct fn_eval_set *s, struct fn_eval_pairs *ret,
                                     struct fn_error *err);
/* Results and charts of pairs whose distances are known. */
FN_NODISCARD int fnq_eval_judge_pairs(const struct fnl_eval *e, struct fnq_eval_report *r,
                                      const struct fn_pair_d2 *d, size_t n, double fixed,
                                      struct fn_error *err);
/* eval lfw and eval pairs: the vectors of set, their pairs, charts and the report. */
struct fnq_pair_judgement {
    const char *protocol, *what, *slices, *plot;
    struct fnq_eval_mode mode;
    bool fallback; /* a face that is not found is replaced by the fixed square */
};
FN_NODISCARD int fnq_eval_pairs_run(struct fnq_ctx *ctx, const struct fnl_eval_choice *judge,
                                    const struct fnq_pair_judgement *how,
                                    const struct fn_eval_set *set,
                                    const struct fn_eval_pairs *pairs);

#endif
