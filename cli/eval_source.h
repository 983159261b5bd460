/* SPDX-License-Identifier: MIT */
/* Between the files that make vectors for an evaluation. */
#ifndef FN_CLI_EVAL_SOURCE_H
#define FN_CLI_EVAL_SOURCE_H

#include "cli/eval.h"
#include "cli/library/pictures.h"

/* fnl_worker_ask; a worker that cannot be started is FN_EMODEL, which ends it all, not a fault
 * of the picture. */
FN_NODISCARD int fnq_eval_ask(struct fnq_eval *e, struct fn_work_request *q,
                              struct fn_work_reply *ret, struct fn_error *err);
/* What to do about a picture that failed: 0, go on (counted, said, err emptied), or the code
 * that ends it all. */
int fnq_eval_failed(struct fnq_eval *e, const char *path, struct fn_error *err);

/* A kind of answer: where it is kept and how it is made. */
struct fnq_eval_question {
    struct fnq_cache *cache;
    /* fd: the picture. 0, or negative with err set. */
    int (*make)(struct fnq_eval *e, int fd, const void *arg, void *out, size_t *ret_size,
                struct fn_error *err);
    const void *arg;
    size_t cap; /* of out */
};
/* From the cache, else made and kept: 1; 0: the picture failed, as fnq_eval_failed says; or
 * negative. */
FN_NODISCARD int fnq_eval_answer(struct fnq_eval *e, const char *path,
                                 const struct fnq_eval_question *q, void *out, size_t *ret_size,
                                 struct fn_error *err);
/* What could not be done is kept: it is not tried again, and said once, by the command in its
 * turn. */
void fnq_eval_remember_failure(struct fnq_eval *e, const struct fnq_cache *c,
                               const struct fn_h128 *content, const struct fn_error *err);
enum fnq_eval_known { FNQ_EVAL_UNKNOWN, FNQ_EVAL_UNSAID, FNQ_EVAL_SAID };
enum fnq_eval_known fnq_eval_known_failure(struct fnq_eval *e, const struct fnq_cache *c,
                                           const struct fn_h128 *content, struct fn_error *ret);

/* The fixed square's cache, before lanes share it. */
FN_NODISCARD int fnq_eval_centre_open(struct fnq_eval *e, struct fn_error *err);
void fnq_eval_centre_destroy(struct fnq_eval_centre *c); /* NULL-safe */
int fnq_eval_centre_vector(struct fnq_eval *e, const char *path, float out[FN_DIM],
                           struct fn_error *err);

#endif
