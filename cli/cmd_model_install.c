/* SPDX-License-Identifier: MIT */
/* fnq model install: an embedder or a detector becomes a profile that facenetd can be told to
 * use. The profile is another one with this network and, where an embedder carries them, its
 * own thresholds. All files of a profile lie in one folder, so what the other one names is
 * copied when it lies elsewhere. */
#include <stdio.h>
#include <string.h>

#include "cli/old_commands.h"
#include "cli/models.h"
#include "cli/print/calibration_json.h"
#include "engine/base/file.h"
#include "engine/face/embed.h"
#include "engine/face/net_input.h"
#include "engine/kernels/cpu.h"
#include "engine/model/look_up.h"
#include "engine/model/profile.h"

const struct fn_opt fnq_options_model_install[] = {
    {"name", 0, FN_OPT_STRING, FNQ_AT(name), "NAME", "name of the profile"},
    {"profile", 0, FN_OPT_STRING, FNQ_AT(profile), "NAME",
     "whose other networks and values it takes (default: default)"},
    FNQ_OPT_END,
};

struct install {
    struct fnq_ctx *ctx;
    const char *name, *base; /* profiles */
    struct fnq_model_source source;
    struct fn_profile_values v;
    char from[FN_PATH_MAX], to[FN_PATH_MAX]; /* folders */
};

/* It must run, give 128 numbers and know how its chips are cut: better said now than by the
 * daemon's workers. */
static int check_embedder(const struct fn_model *m, struct fn_error *err)
{
    struct fn_embedder e;
    int rc = fn_embedder_init(&e, m, false, FN_CPU_DETECT, err);
    if (!rc)
        fn_embedder_finish(&e);
    return rc;
}

static int check_detector(const struct fn_model *m, struct fn_error *err)
{
    struct fn_batch_net net;
    int rc = fn_batch_net_init(&net, m, FN_CPU_DETECT, false, err);
    if (!rc)
        fn_batch_net_finish(&net);
    return rc;
}

static int check_model(const struct fn_model *m, const char *path, struct fn_error *err)
{
    if (m->role != FN_ROLE_EMBEDDER && m->role != FN_ROLE_DETECTOR)
        return fn_error_set(err, FN_EUSAGE,
                            "%s is a network of kind %s, not an embedder or a detector", path,
                            fn_role_name(m->role));
    if (m->role == FN_ROLE_DETECTOR ? m->decode.kind == FN_DECODE_NONE : !m->align.n_points)
        return fn_error_set(err, FN_EMODEL,
                            "%s: nothing says how it is fed and read; import it with --profile",
                            path);
    int rc = m->role == FN_ROLE_DETECTOR ? check_detector(m, err) : check_embedder(m, err);
    return rc ? fn_error_prefix(err, "%s", path) : 0;
}

/* The file of the profile that the model takes the place of. */
static char *place(struct install *i)
{
    return i->source.model.role == FN_ROLE_DETECTOR ? i->v.detector : i->v.embedder;
}

static bool same_model(const char *a, const char *b)
{
    struct fn_error err;
    struct fn_model *x = NULL, *y = NULL;
    bool same = fn_model_open(a, &x, &err) == 0 && fn_model_open(b, &y, &err) == 0 &&
                fn_h128_eq(&x->id, &y->id);
    fn_model_destroy(x);
    fn_model_destroy(y);
    return same;
}

static int bring(const struct install *i, const char *file, struct fn_error *err)
{
    char from[FN_PATH_MAX], to[FN_PATH_MAX];
    struct fn_buf b;
    if (!file[0])
        return 0;
    if (fn_path_join(from, sizeof from, i->from, file) ||
        fn_path_join(to, sizeof to, i->to, file))
        return fn_error_set(err, FN_ELIMIT, "%s: the name is too long", file);
    if (strcmp(from, to) == 0)
        return 0;
    if (fn_file_exists(to))
        return same_model(from, to)
                   ? 0
                   : fn_error_set(err, FN_EREFUSED, "%s is another network than %s", to, from);
    fn_buf_init(&b, 1 << 30);
    int rc = fn_file_read(from, &b, err);
    rc = rc ? rc : fn_file_write_atomic(to, b.data, b.len, 0644, err);
    fn_buf_finish(&b);
    return rc;
}

/* The profile last: until it is there nothing has changed for anybody. */
static int write_files(struct install *i, struct fn_error *err)
{
    char path[FN_PATH_MAX], file[80];
    struct fn_buf text;
    const char *const files[] = {i->v.detector, i->v.verifier, i->v.landmarks, i->v.embedder};
    int rc = 0;
    for (size_t k = 0; k < sizeof files / sizeof *files && !rc; k++)
        rc = files[k] == place(i) ? 0 : bring(i, files[k], err);
    if (!rc && (rc = fn_path_join(path, sizeof path, i->to, place(i))))
        (void)fn_error_set(err, rc, "%s: the name is too long", place(i));
    rc = rc ? rc : fn_model_save(&i->source.model, path, err);
    if (rc)
        return rc;
    (void)snprintf(file, sizeof file, "%s.profile", i->v.name);
    rc = fn_path_join(path, sizeof path, i->to, file);
    if (rc)
        return fn_error_set(err, rc, "%s: the name is too long", file);
    fn_buf_init(&text, 1 << 16);
    fn_profile_print(&i->v, &text);
    rc = fn_file_write_atomic(path, text.data, text.len, 0644, err);
    fn_buf_finish(&text);
    return rc;
}

static int make_values(struct install *i, struct fn_error *err)
{
    const struct fn_config *c = NULL;
    char file[80];
    int rc = fnq_config(i->ctx, &c, err);
    if (rc)
        return rc;
    const char *dir = fn_config_models_dir(c, i->ctx->o.models);
    rc = fn_profile_read_values(dir, i->base, &i->v, err);
    if (rc)
        return rc;
    rc = fn_profile_look_up(dir, i->base, i->from, sizeof i->from, err);
    if (rc)
        return rc;
    (void)snprintf(i->v.name, sizeof i->v.name, "%s", i->name);
    (void)snprintf(place(i), sizeof i->v.embedder, "%s.fnm", i->name);
    if (i->source.model.calibration.pair_d2 > 0)
        fn_profile_calibrate(&i->v, &i->source.model.calibration);
    rc = fnq_model_target(i->ctx, i->to, sizeof i->to, err);
    (void)snprintf(file, sizeof file, "%s.profile", i->name);
    if (!rc && strcmp(i->name, i->base) == 0)
        rc = fn_error_set(err, FN_EREFUSED, "profile %s would replace the one it is made of",
                          i->name);
    return rc;
}

/* Names of profiles and files: letters, digits, '-' and '_'. */
static bool plain(const char *name)
{
    size_t n = strlen(name);
    return n && n < 50 &&
           strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_") ==
               n;
}

static void tell(const struct install *i)
{
    if (i->ctx->o.dry_run)
        fnq_note(i->ctx, "profile %s would be written to %s", i->name, i->to);
    else
        fnq_note(
            i->ctx,
            "profile %s is in %s. An index is of one profile; a new one: facenetd --profile "
            "%s --index DIR",
            i->name, i->to, i->name);
    if (i->source.model.role == FN_ROLE_DETECTOR)
        fnq_note(i->ctx, "the scores it takes for a face are those of %s", i->base);
    else if (!(i->source.model.calibration.pair_d2 > 0))
        fnq_note(i->ctx,
                 "the model has no thresholds of its own, those of %s are used; measure them: "
                 "fnq eval calibrate MODEL DIR, and install again",
                 i->base);
}

int fnq_run_model_install(struct fnq_ctx *ctx, int argc, char **argv)
{
    struct fn_error err = {0};
    struct install i = {
        .ctx = ctx, .name = ctx->o.name, .base = ctx->o.profile ? ctx->o.profile : "default"};
    char path[FN_PATH_MAX];
    if (argc != 1 || !i.name)
        return fnq_usage(ctx, "model install: a model, and --name of the profile.");
    if (!plain(i.name))
        return fnq_usage(ctx, "--name is of letters, digits, '-' and '_', at most 49.");
    int none = fnq_model_path(ctx, argv[0], path, sizeof path);
    if (none)
        return none;
    int rc = fnq_model_open(path, &i.source, &err);
    rc = rc ? rc : check_model(&i.source.model, path, &err);
    rc = rc ? rc : make_values(&i, &err);
    rc = rc || ctx->o.dry_run ? rc : write_files(&i, &err);
    if (!rc)
        tell(&i);
    fnq_model_close(&i.source);
    return rc ? fnq_fail(ctx, &err, "model install", NULL) : FNQ_OK;
}
