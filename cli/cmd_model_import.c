/* SPDX-License-Identifier: MIT */
/* fnq model import: model files from other formats. A network says nothing about how it is fed
 * and read; --profile does. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/old_commands.h"
#include "cli/models.h"
#include "engine/base/endian.h"
#include "engine/base/file.h"
#include "engine/model/conventions.h"
#include "engine/model/import.h"

const struct fn_opt fnq_options_model_import[] = {
    {"name", 0, FN_OPT_STRING, FNQ_AT(name), "NAME",
     "name of the model file (default: that of the source)"},
    {"role", 0, FN_OPT_STRING, FNQ_AT(role), "ROLE",
     "detector, verifier, landmarks, embedder or other (default: what --profile says)"},
    {"profile", 0, FN_OPT_STRING, FNQ_AT(profile), "NAME",
     "how the network is fed and read: arcface, mobilefacenet, facenet, dlib, ultra-light, "
     "mtcnn-onet, landmarks-68 or "
     "face-api-landmarks-68"},
    {"recipe", 0, FN_OPT_STRING, FNQ_AT(recipe), "RECIPE",
     "tfjs: the architecture, such as face-api/face_recognition"},
    {"origin", 0, FN_OPT_STRING, FNQ_AT(origin), "TEXT", "origin, for the model's card"},
    {"licence", 0, FN_OPT_STRING, FNQ_AT(licence), "TEXT", "licence, for the model's card"},
    FNQ_OPT_END,
};

enum { SOURCE_MAX = 1 << 30 };

static void progress(const char *what, void *arg)
{
    fnq_note(arg, "  %s", what);
}

static int import_packages(struct fnq_ctx *ctx, const char *dir)
{
    struct fn_error err = {0};
    char out[FN_PATH_MAX];
    int rc = fnq_model_target(ctx, out, sizeof out, &err);
    rc = rc ? rc : fn_import_profiles(dir, out, ctx->o.quiet ? NULL : progress, ctx, &err);
    if (rc)
        return fnq_fail(ctx, &err, "model import", NULL);
    fnq_note(ctx, "profiles default and dlib are in %s", out);
    return FNQ_OK;
}

struct source {
    const struct fn_convention *fed; /* --profile, or NULL */
    struct fn_buf main, weights;
    struct fn_graph_builder *builder;
    struct fn_model model;
};

/* The weights that a TF.js manifest names: "paths":["x.bin"] beside it. */
static int manifest_weights(const char *manifest, struct source *s, struct fn_error *err)
{
    char path[FN_PATH_MAX];
    size_t g, i;
    const json_t *group, *name;
    json_t *root = json_loadb(s->main.data, s->main.len, JSON_REJECT_DUPLICATES, NULL);
    const json_t *groups =
        json_is_object(root) ? json_object_get(root, "weightsManifest") : root;
    const char *slash = strrchr(manifest, '/');
    int folder = slash ? (int)(slash - manifest + 1) : 0, rc = 0;
    if (!json_is_array(groups))
        rc = fn_error_set(err, FN_EMODEL, "%s: not a weight manifest", manifest);
    json_array_foreach(groups, g, group)
    {
        json_array_foreach(json_object_get(group, "paths"), i, name)
        {
            const char *file = json_string_value(name);
            if (rc)
                continue;
            if (!file || strchr(file, '/') ||
                snprintf(path, sizeof path, "%.*s%s", folder, manifest, file) >=
                    (int)sizeof path)
                rc = fn_error_set(err, FN_EMODEL, "%s: names a file outside its folder",
                                  manifest);
            else
                rc = fn_file_read(path, &s->weights, err);
        }
    }
    json_decref(root);
    return rc;
}

static int import_graph(struct fnq_ctx *ctx, const char *format, const char *file,
                        struct source *s, struct fn_error *err)
{
    const uint8_t *data = (const uint8_t *)s->main.data, *bin;
    const char *const *outputs = s->fed ? s->fed->outputs : NULL;
    size_t n = s->fed ? s->fed->n_outputs : 0;
    if (strcmp(format, "onnx") == 0)
        return fn_import_onnx_part(data, s->main.len, outputs, n, s->builder, &s->model.graph,
                                   err);
    if (strcmp(format, "tflite") == 0)
        return fn_import_tflite_part(data, s->main.len, outputs, n, s->builder, &s->model.graph,
                                     err);
    if (!ctx->o.recipe)
        return fn_error_set(
            err, FN_EUSAGE,
            "tfjs: a manifest has weights only; say the architecture with --recipe");
    int rc = manifest_weights(file, s, err);
    if (rc)
        return rc;
    bin = (const uint8_t *)s->weights.data;
    return fn_import_tfjs(data, s->main.len, bin, s->weights.len, ctx->o.recipe, s->builder,
                          &s->model.graph, err);
}

/* Identity: the source's bytes, the importer's version and what it was told, never the bytes of
 * the .fnm. One file fed in two ways is two models: their vectors differ. */
static struct fn_h128 identity(const struct fnq_ctx *ctx, const struct source *s)
{
    uint8_t b[36 + 64] = {0};
    struct fn_h128 h = fn_hash128(s->main.data, s->main.len),
                   w = fn_hash128(s->weights.data, s->weights.len);
    const char *recipe = s->fed ? s->fed->name : ctx->o.recipe ? ctx->o.recipe : "whole";
    memcpy(b, h.b, 16);
    memcpy(b + 16, w.b, 16);
    fn_put_le32(b + 32, FN_IMPORTER_VERSION);
    memcpy(b + 36, recipe, strnlen(recipe, 64));
    return fn_hash128(b, sizeof b);
}

static int parse_role(const char *name, enum fn_role *ret, struct fn_error *err)
{
    for (int r = FN_ROLE_OTHER; r <= FN_ROLE_EMBEDDER; r++)
        if (strcmp(fn_role_name((enum fn_role)r), name) == 0) {
            *ret = (enum fn_role)r;
            return 0;
        }
    return fn_error_set(err, FN_EUSAGE,
                        "--role '%s' is none of detector, verifier, landmarks, embedder, other",
                        name);
}

/* What --profile and --role say; they must not contradict each other. */
static int parse_kind(const struct fnq_ctx *ctx, struct source *s, struct fn_error *err)
{
    struct fn_buf names;
    int rc = ctx->o.role ? parse_role(ctx->o.role, &s->model.role, err) : 0;
    if (rc || !ctx->o.profile)
        return rc;
    s->fed = fn_convention_find(ctx->o.profile);
    if (s->fed && ctx->o.role && s->model.role != s->fed->role)
        return fn_error_set(err, FN_EUSAGE, "--role %s, but networks of --profile %s are %s%s",
                            ctx->o.role, s->fed->name, fn_role_name(s->fed->role),
                            s->fed->role == FN_ROLE_LANDMARKS ? "" : "s");
    if (s->fed)
        return 0;
    fn_buf_init(&names, 1024);
    for (int i = 0; i < FN_FED_COUNT; i++)
        fn_buf_printf(&names, "%s%s", i ? ", " : "", fn_conventions[i].name);
    fn_buf_char(&names, 0);
    rc = fn_error_set(err, FN_EUSAGE, "--profile '%s' is none of %s", ctx->o.profile,
                      fn_buf_failed(&names) ? "the known ones" : names.data);
    fn_buf_finish(&names);
    return rc;
}

static void fill_card(const struct fnq_ctx *ctx, const char *base, const struct source *s,
                      struct fn_card *c)
{
    const char *origin = ctx->o.origin ? ctx->o.origin : "unknown",
               *licence = ctx->o.licence ? ctx->o.licence : "unknown";
    (void)snprintf(c->source, sizeof c->source, "%.200s", base);
    (void)snprintf(c->origin, sizeof c->origin, "%s", origin);
    (void)snprintf(c->licence, sizeof c->licence, "%s", licence);
    (void)snprintf(c->training_data, sizeof c->training_data, "unknown");
    if (s->fed)
        (void)snprintf(c->note, sizeof c->note, "fed as %s", s->fed->name);
}

/* Without --profile pixels go in as they are and nothing is known of the output. */
static void feed_plainly(struct fn_model *m)
{
    const struct fn_graph *g = &m->graph;
    if (g->n_inputs) {
        m->pre.height = g->values[g->inputs[0]].dims[2];
        m->pre.width = g->values[g->inputs[0]].dims[3];
    }
    for (size_t i = 0; i < 3; i++)
        m->pre.scale[i] = 1;
}

static int describe(struct fnq_ctx *ctx, const char *file, struct source *s, char *name,
                    size_t size, struct fn_error *err)
{
    const char *slash = strrchr(file, '/'), *source = slash ? slash + 1 : file,
               *base = ctx->o.name ? ctx->o.name : source;
    struct fn_model *m = &s->model;
    size_t n = ctx->o.name ? strlen(base) : strcspn(base, ".");
    if (n == 0 || n >= sizeof m->card.name || memchr(base, '/', n))
        return fn_error_set(err, FN_EUSAGE, "'%s' cannot be the name of a model; use --name",
                            base);
    (void)snprintf(m->card.name, sizeof m->card.name, "%.*s", (int)n, base);
    fill_card(ctx, source, s, &m->card);
    m->id = identity(ctx, s);
    m->feature_output = FN_NONE;
    (void)snprintf(name, size, "%s.fnm", m->card.name);
    if (!s->fed) {
        feed_plainly(m);
        return 0;
    }
    return fn_convention_apply(s->fed, m, err);
}

static int import_file(struct fnq_ctx *ctx, const char *format, const char *file)
{
    struct fn_error err = {0};
    struct source s = {.builder = fn_graph_builder_create()};
    char dir[FN_PATH_MAX], path[FN_PATH_MAX], name[80];
    fn_buf_init(&s.main, SOURCE_MAX);
    fn_buf_init(&s.weights, SOURCE_MAX);
    int rc =
        s.builder ? parse_kind(ctx, &s, &err) : fn_error_set(&err, -ENOMEM, "out of memory");
    rc = rc ? rc : fn_file_read(file, &s.main, &err);
    rc = rc ? rc : import_graph(ctx, format, file, &s, &err);
    rc = rc ? rc : describe(ctx, file, &s, name, sizeof name, &err);
    if (rc == FN_EMODEL && s.fed)
        (void)fn_error_prefix(&err, "%s does not fit --profile %s", file, s.fed->name);
    rc = rc ? rc : fnq_model_target(ctx, dir, sizeof dir, &err);
    if (!rc && (rc = fn_path_join(path, sizeof path, dir, name)))
        (void)fn_error_set(&err, rc, "%s: %s", name, fn_strerror(rc));
    if (!rc && !ctx->o.dry_run)
        rc = fn_model_save(&s.model, path, &err);
    fn_graph_builder_destroy(s.builder);
    fn_buf_finish(&s.main);
    fn_buf_finish(&s.weights);
    if (rc)
        return fnq_fail(ctx, &err, "model import", NULL);
    fnq_note(ctx, ctx->o.dry_run ? "%s: would be written" : "%s: written", path);
    return FNQ_OK;
}

int fnq_run_model_import(struct fnq_ctx *ctx, int argc, char **argv)
{
    if (argc != 2)
        return fnq_usage(ctx, "model import: a format and a file.");
    if (strcmp(argv[0], "packages") == 0)
        return import_packages(ctx, argv[1]);
    if (strcmp(argv[0], "onnx") == 0 || strcmp(argv[0], "tflite") == 0 ||
        strcmp(argv[0], "tfjs") == 0)
        return import_file(ctx, argv[0], argv[1]);
    return fnq_usage(ctx, "model import: '%s' is none of packages, onnx, tflite, tfjs.",
                     argv[0]);
}
