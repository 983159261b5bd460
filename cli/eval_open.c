/* SPDX-License-Identifier: MIT */
/* What is judged: a profile's networks, as they are or with another embedder, and what the
 * cache knows them by. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/eval_source.h"
#include "engine/base/file.h"
#include "engine/model/look_up.h"

static int link_file(const char *from_dir, const char *name, const char *to_dir)
{
    char from[FN_PATH_MAX], to[FN_PATH_MAX], *real;
    if (!name[0])
        return 0;
    int rc = fn_path_join(from, sizeof from, from_dir, name);
    rc = rc ? rc : fn_path_join(to, sizeof to, to_dir, name);
    if (rc || !(real = realpath(from, NULL)))
        return rc ? rc : -errno;
    rc = symlink(real, to) ? -errno : 0;
    free(real);
    return rc;
}

static int make_folder(struct fnq_eval *e, struct fn_error *err)
{
    const char *tmp = getenv("TMPDIR");
    (void)snprintf(e->models_dir, sizeof e->models_dir, "%s/fnq-eval-XXXXXX",
                   tmp && tmp[0] == '/' ? tmp : "/tmp");
    if (mkdtemp(e->models_dir))
        return 0;
    int r = -errno;
    e->models_dir[0] = '\0';
    return fn_error_set(err, r, "cannot make a folder for models: %s", fn_strerror(r));
}

/* A folder of models of its own: those of the profile, with another embedder or with mirror
 * averaging. Nothing is copied. */
static int make_models(struct fnq_eval *e, const char *base, const char *profile,
                       struct fn_error *err)
{
    char dir[FN_PATH_MAX], own[2 * FN_PATH_MAX], path[FN_PATH_MAX], *model = NULL;
    struct fn_profile_values v;
    struct fn_buf text;
    int rc = fn_profile_read_values(base, profile, &v, err);
    rc = rc ? rc : fn_profile_look_up(base, profile, dir, sizeof dir, err);
    if (rc)
        return rc;
    (void)snprintf(own, sizeof own, "%s/%s", dir, v.embedder);
    const char *file = e->ctx->o.model ? e->ctx->o.model : own;
    if (!(model = realpath(file, NULL)))
        return fn_error_set(err, -errno, "%s: %s", file, fn_strerror(-errno));
    rc = make_folder(e, err);
    const char *slash = strrchr(model, '/');
    (void)snprintf(e->embedder, sizeof e->embedder, "%s", slash ? slash + 1 : model);
    (void)snprintf(v.embedder, sizeof v.embedder, "evaluated.fnm");
    v.flip = v.flip || e->ctx->o.flip;
    fn_buf_init(&text, 1 << 20);
    fn_profile_print(&v, &text);
    rc = rc ? rc : link_file(dir, v.detector, e->models_dir);
    rc = rc ? rc : link_file(dir, v.verifier, e->models_dir);
    rc = rc ? rc : link_file(dir, v.landmarks, e->models_dir);
    rc = rc ? rc : fn_path_join(path, sizeof path, e->models_dir, v.embedder);
    rc = rc ? rc : symlink(model, path) ? -errno : 0;
    rc = rc ? rc : fn_path_join(path, sizeof path, e->models_dir, "evaluated.profile");
    rc = rc ? rc : fn_file_write_atomic(path, text.data, text.len, 0600, err);
    if (rc && !err->code)
        (void)fn_error_set(err, rc, "cannot put models together: %s", fn_strerror(rc));
    fn_buf_finish(&text);
    free(model);
    return rc;
}

static void remove_models(struct fnq_eval *e)
{
    char path[FN_PATH_MAX];
    const struct fn_profile_values *v = e->profile ? &e->profile->v : NULL;
    const char *names[] = {v ? v->detector : "", v ? v->verifier : "", v ? v->landmarks : "",
                           "evaluated.fnm", "evaluated.profile"};
    if (!e->models_dir[0])
        return;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (names[i][0] && !fn_path_join(path, sizeof path, e->models_dir, names[i]))
            (void)unlink(path);
    (void)rmdir(e->models_dir);
}

/* The thresholds that the model of --model carries, unless they are of vectors made otherwise.
 */
static void take_thresholds(struct fnq_eval *e)
{
    const struct fn_calibration *c = &e->profile->embedder->calibration;
    struct fn_profile_values *v = &e->profile->v;
    if (!e->ctx->o.model || !(c->pair_d2 > 0))
        return;
    if (c->flip != v->flip) {
        fnq_note(e->ctx, "the model's thresholds are for vectors %s mirror images: not used",
                 c->flip ? "with" : "without");
        return;
    }
    fn_profile_calibrate(v, c);
    e->calibrated = true;
    fnq_note(e->ctx, "the model's own thresholds of %s: pairs %.3f, groups %.3f", c->date,
             (double)v->pair_d2, (double)v->group_d2);
}

int fnq_eval_open(struct fnq_ctx *ctx, struct fnq_eval *e, struct fn_error *err)
{
    const struct fn_config *c = NULL;
    *e = (struct fnq_eval){.ctx = ctx,
                           .crop = ctx->o.crop_share > 0 ? (float)ctx->o.crop_share : .5f};
    int rc = fnq_config(ctx, &c, err);
    if (rc)
        return rc;
    const char *profile = ctx->o.profile ? ctx->o.profile : c->profile;
    const char *dir = fn_config_models_dir(c, ctx->o.models);
    e->user_models = ctx->o.models;
    (void)snprintf(e->name, sizeof e->name, "%s", profile);
    if (ctx->o.model || ctx->o.flip) {
        rc = make_models(e, dir, profile, err);
        dir = e->models_dir;
        profile = "evaluated";
        ctx->o.models = e->models_dir;
    }
    fnl_profile_use(ctx->lib, dir, profile);
    rc = rc ? rc : fn_profile_open(dir, profile, &e->profile, err);
    if (!rc)
        take_thresholds(e);
    if (!rc && !e->embedder[0])
        (void)snprintf(e->embedder, sizeof e->embedder, "%s", e->profile->v.embedder);
    e->buffer = calloc(1, sizeof *e->buffer);
    e->faces = rc ? NULL : fnq_eval_cache(e, "faces");
    if (!rc && (!e->buffer || !e->faces))
        rc = fn_error_set(err, -ENOMEM, "out of memory");
    if (rc)
        fnq_eval_close(e);
    return rc;
}

void fnq_eval_close(struct fnq_eval *e)
{
    if (!e->ctx)
        return;
    if (e->n_fresh)
        fnq_note(e->ctx, "%zu faces or pictures looked at, %zu known from before", e->n_fresh,
                 e->n_known);
    fnl_worker_stop(e->ctx->lib);
    fnq_eval_centre_destroy(e->centre);
    fnq_cache_close(e->faces);
    fnq_cache_close(e->centre_cache);
    remove_models(e);
    e->ctx->o.models = e->user_models;
    fn_profile_destroy(e->profile);
    free(e->buffer);
    free(e->failures);
    *e = (struct fnq_eval){.ctx = e->ctx};
}

static void add_id(struct fn_buf *b, const struct fn_model *m)
{
    char hex[FN_H128_HEX] = "-";
    if (m)
        fn_h128_hex(&m->id, hex);
    fn_buf_printf(b, " %s", hex);
}

/* All that an answer depends on besides the picture: networks, thresholds of detection, the
 * settings of the search. Not the thresholds of distances: a model that was calibrated gives
 * the vectors it gave before. */
struct fnq_cache *fnq_eval_cache(const struct fnq_eval *e, const char *kind)
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
    if (fnq_config(e->ctx, &c, &err) == 0)
        fn_buf_printf(&b, " %d %d %.9g %llu %llu", (int)c->effort, (int)c->rotate,
                      (double)c->min_score, (unsigned long long)c->min_face_px,
                      (unsigned long long)c->max_faces);
    fn_buf_printf(&b, " %s", kind);
    struct fnq_cache *cache = fn_buf_failed(&b) ? NULL : fnq_cache_open(fn_buf_cstr(&b));
    fn_buf_finish(&b);
    return cache;
}
