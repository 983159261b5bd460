/* Between the files that make vectors for an evaluation. */
#ifndef FN_CLI_EVAL_SOURCE_H
#define FN_CLI_EVAL_SOURCE_H

#include "cli/eval.h"
#include "cli/picture.h"

/* fnq_worker_ask; a worker that cannot be started is FN_EMODEL, which ends it all, not a fault of the picture. */
FN_NODISCARD int fnq_eval_ask(struct fnq_eval *e, struct fn_work_request *q,
                              struct fn_work_reply *ret, struct fn_error *err);
void fnq_eval_progress(struct fnq_eval *e);
/* What to do about a picture that failed: 0, go on (counted, said, err emptied), or the code that ends it all. */
int fnq_eval_failed(struct fnq_eval *e, const char *path, struct fn_error *err);
void fnq_eval_centre_destroy(struct fnq_eval_centre *c); /* NULL-safe */
int fnq_eval_centre_vector(struct fnq_eval *e, const char *path, float out[FN_DIM],
                           struct fn_error *err);

#endif
