/* SPDX-License-Identifier: MIT */
#include "cli/print/calibration_json.h"

json_t *fnq_calibration_json(const struct fn_calibration *c)
{
    static const char *const far[FN_CALIBRATION_FARS] = {"far_1e2", "far_1e3", "far_1e4"};
    if (!(c->pair_d2 > 0))
        return json_null();
    json_t *o = json_object();
    fnq_set(o, "pair", fnq_json_real((double)c->pair_d2));
    for (size_t i = 0; i < FN_CALIBRATION_FARS; i++)
        fnq_set(o, far[i],
                c->far_d2[i] > 0 ? fnq_json_real((double)c->far_d2[i]) : json_null());
    fnq_set(o, "join", fnq_json_real((double)c->group_d2));
    fnq_set(o, "single", fnq_json_real((double)c->single_d2));
    fnq_set(o, "group", fnq_json_real((double)c->group_d2));
    fnq_set(o, "net", fnq_json_real((double)c->net_d2));
    fnq_set(o, "decade", fnq_json_real((double)c->decade_d2));
    fnq_set(o, "logistic_a", fnq_json_real((double)c->logistic_a));
    fnq_set(o, "logistic_b", fnq_json_real((double)c->logistic_b));
    fnq_set(o, "flip", json_boolean(c->flip));
    fnq_set(o, "people", json_integer(c->people));
    fnq_set(o, "pictures", json_integer(c->pictures));
    fnq_set(o, "same_pairs", json_integer((json_int_t)c->same_pairs));
    fnq_set(o, "different_pairs", json_integer((json_int_t)c->different_pairs));
    fnq_set(o, "date", fnq_json_text_or_null(c->date));
    return o;
}
