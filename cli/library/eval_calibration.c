/* SPDX-License-Identifier: MIT */
/* A model's thresholds, measured and written into it; see eval_protocols.h. */
#include "cli/library/eval_protocols.h"
#include "engine/eval/calibrate.h"

int fnl_calibration_write(const char *path, const struct fn_calibration *c,
                          struct fn_error *err)
{
    struct fn_model *m = NULL;
    int rc = fn_model_open(path, &m, err);
    if (rc)
        return rc;
    m->calibration = *c;
    rc = fn_model_save(m, path, err);
    fn_model_destroy(m);
    return rc;
}

int fnl_eval_calibrate(struct fnl_eval *e, const struct fn_eval_set *set,
                       enum fnl_eval_mode mode, struct fn_calibration *ret,
                       struct fn_error *err)
{
    struct fn_eval_vectors v = {0};
    int rc = fnl_eval_set_vectors(e, set, mode, false, &v, err);
    if (!rc) {
        const struct fn_vectors x = fn_eval_vectors_view(&v, set->n_people);
        rc = fn_calibrate(&x, e->profile->v.flip, ret, err);
    }
    fn_eval_vectors_free(&v);
    return rc;
}
