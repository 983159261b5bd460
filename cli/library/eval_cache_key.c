/* SPDX-License-Identifier: MIT */
/* Opens the cache of an evaluation, by everything that its results depend on. */
#include <string.h>

#include "cli/library/eval_priv.h"

static void add_id(struct fn_buf *b, const struct fn_model *m)
{
    char hex[FN_H128_HEX] = "-";
    if (m)
        fn_h128_hex(&m->id, hex);
    fn_buf_printf(b, " %s", hex);
}

/* Everything that a result depends on in addition to the picture: networks, thresholds of
 * detection, settings of the search for faces. The thresholds of distances do not matter:
 * calibration does not change the vectors of a model. */
struct fnl_cache *fnl_eval_cache(const struct fnl_eval *e, const char *kind)
{
    const struct fn_config *c = NULL;
    struct fn_error err;
    struct fn_profile_values v = e->profile->v;
    struct fn_buf b;
    fn_buf_init(&b, 1 << 20);
    memset(v.name, 0, sizeof v.name);
    v.pair_d2 = v.single_d2 = v.group_d2 = v.net_d2 = v.decade_d2 = v.min_quality = 0;
    v.logistic_a = v.logistic_b = 0;
    fn_profile_print(&v, &b);
    add_id(&b, e->profile->detector);
    add_id(&b, e->profile->verifier);
    add_id(&b, e->profile->landmarks);
    add_id(&b, e->profile->embedder);
    if (fnl_config(e->lib, &c, &err) == 0)
        fn_buf_printf(&b, " %d %d %.9g %llu %llu", (int)c->effort, (int)c->rotate,
                      (double)c->min_score, (unsigned long long)c->min_face_px,
                      (unsigned long long)c->max_faces);
    fn_buf_printf(&b, " %s", kind);
    struct fnl_cache *cache = fn_buf_failed(&b) ? NULL : fnl_cache_open(fn_buf_cstr(&b));
    fn_buf_finish(&b);
    return cache;
}
