/* fnq model import, list. */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/models.h"
#include "engine/base/endian.h"
#include "engine/base/file.h"
#include "engine/model/import.h"
#include "engine/model/profile.h"

const struct fn_opt fnq_options_model_import[] = {
    {"name", 0, FN_OPT_STRING, FNQ_AT(name), "NAME",
     "name of the model file (default: that of the source)"},
    {"role", 0, FN_OPT_STRING, FNQ_AT(role), "ROLE",
     "detector, verifier, landmarks, embedder or other (default)"},
    {"recipe", 0, FN_OPT_STRING, FNQ_AT(recipe), "RECIPE",
     "tfjs: the architecture, such as face-api/face_recognition"},
    {"origin", 0, FN_OPT_STRING, FNQ_AT(origin), "TEXT", "origin, for the model's card"},
    {"licence", 0, FN_OPT_STRING, FNQ_AT(licence), "TEXT", "licence, for the model's card"},
    FNQ_OPT_END,
};

enum { SOURCE_MAX = 1 << 30 };

/* ---- import ---- */

static void progress(const char *what, void *arg)
{
    fnq_note(arg, "  %s", what);
}

static int import_packages(struct fnq_ctx *ctx, const char *dir)
{
    struct fn_error err = {0};
    char out[FN_PATH_MAX];
    int r = fnq_model_target(ctx, out, sizeof out, &err);
    r = r ? r : fn_import_profiles(dir, out, ctx->o.quiet ? NULL : progress, ctx, &err);
    if (r)
        return fnq_fail(ctx, &err, "model import", NULL);
    fnq_note(ctx, "profiles default and dlib are in %s", out);
    return FNQ_OK;
}

struct source {
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
    int folder = slash ? (int)(slash - manifest + 1) : 0, r = 0;
    if (!json_is_array(groups))
        r = fn_error_set(err, FN_EMODEL, "%s: not a weight manifest", manifest);
    json_array_foreach(groups, g, group)
    {
        json_array_foreach(json_object_get(group, "paths"), i, name)
        {
            const char *file = json_string_value(name);
            if (r)
                continue;
            if (!file || strchr(file, '/') ||
                snprintf(path, sizeof path, "%.*s%s", folder, manifest, file) >=
                    (int)sizeof path)
                r = fn_error_set(err, FN_EMODEL, "%s: names a file outside its folder",
                                 manifest);
            else
                r = fn_file_read(path, &s->weights, err);
        }
    }
    json_decref(root);
    return r;
}

static int import_graph(struct fnq_ctx *ctx, const char *format, const char *file,
                        struct source *s, struct fn_error *err)
{
    const uint8_t *data = (const uint8_t *)s->main.data, *bin;
    if (strcmp(format, "onnx") == 0)
        return fn_import_onnx(data, s->main.len, s->builder, &s->model.graph, err);
    if (strcmp(format, "tflite") == 0)
        return fn_import_tflite(data, s->main.len, s->builder, &s->model.graph, err);
    if (!ctx->o.recipe)
        return fn_error_set(
            err, FN_EUSAGE,
            "tfjs: a manifest has weights only; say the architecture with --recipe");
    int r = manifest_weights(file, s, err);
    if (r)
        return r;
    bin = (const uint8_t *)s->weights.data;
    return fn_import_tfjs(data, s->main.len, bin, s->weights.len, ctx->o.recipe, s->builder,
                          &s->model.graph, err);
}

/* Identity: the source's bytes and the importer's version, never those of the .fnm. */
static struct fn_h128 identity(const struct source *s)
{
    uint8_t b[36];
    struct fn_h128 h = fn_hash128(s->main.data, s->main.len),
                   w = fn_hash128(s->weights.data, s->weights.len);
    memcpy(b, h.b, 16);
    memcpy(b + 16, w.b, 16);
    fn_put_le32(b + 32, FN_IMPORTER_VERSION);
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

static int describe(struct fnq_ctx *ctx, const char *file, struct source *s, char *name,
                    size_t size, struct fn_error *err)
{
    const char *slash = strrchr(file, '/'), *base = ctx->o.name ? ctx->o.name
                                                    : slash     ? slash + 1
                                                                : file;
    struct fn_model *m = &s->model;
    size_t n = ctx->o.name ? strlen(base) : strcspn(base, ".");
    int r = ctx->o.role ? parse_role(ctx->o.role, &m->role, err) : 0;
    if (r)
        return r;
    if (n == 0 || n >= sizeof m->card.name || memchr(base, '/', n))
        return fn_error_set(err, FN_EUSAGE, "'%s' cannot be the name of a model; use --name",
                            base);
    (void)snprintf(m->card.name, sizeof m->card.name, "%.*s", (int)n, base);
    (void)snprintf(m->card.source, sizeof m->card.source, "%.200s", slash ? slash + 1 : file);
    (void)snprintf(m->card.origin, sizeof m->card.origin, "%s",
                   ctx->o.origin ? ctx->o.origin : "unknown");
    (void)snprintf(m->card.licence, sizeof m->card.licence, "%s",
                   ctx->o.licence ? ctx->o.licence : "unknown");
    (void)snprintf(m->card.training_data, sizeof m->card.training_data, "unknown");
    m->id = identity(s);
    m->feature_output = FN_NONE;
    const struct fn_graph *g = &m->graph;
    if (g->n_inputs) {
        m->pre.height = g->values[g->inputs[0]].dims[2];
        m->pre.width = g->values[g->inputs[0]].dims[3];
    }
    for (size_t i = 0; i < 3; i++)
        m->pre.scale[i] = 1;
    (void)snprintf(name, size, "%s.fnm", m->card.name);
    return 0;
}

static int import_file(struct fnq_ctx *ctx, const char *format, const char *file)
{
    struct fn_error err = {0};
    struct source s = {.builder = fn_graph_builder_create()};
    char dir[FN_PATH_MAX], path[FN_PATH_MAX], name[80];
    fn_buf_init(&s.main, SOURCE_MAX);
    fn_buf_init(&s.weights, SOURCE_MAX);
    int r = s.builder ? fn_file_read(file, &s.main, &err)
                      : fn_error_set(&err, -ENOMEM, "out of memory");
    r = r ? r : import_graph(ctx, format, file, &s, &err);
    r = r ? r : describe(ctx, file, &s, name, sizeof name, &err);
    r = r ? r : fnq_model_target(ctx, dir, sizeof dir, &err);
    if (!r && (r = fn_path_join(path, sizeof path, dir, name)))
        (void)fn_error_set(&err, r, "%s: %s", name, fn_strerror(r));
    if (!r && !ctx->o.dry_run)
        r = fn_model_save(&s.model, path, &err);
    fn_graph_builder_destroy(s.builder);
    fn_buf_finish(&s.main);
    fn_buf_finish(&s.weights);
    if (r)
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

/* ---- list ---- */

struct listing {
    struct fnq_ctx *ctx;
    struct fnq_table table;
    size_t n;
};

static void row(struct listing *l, const char *kind, const char *name, const char *what,
                uint64_t parameters, const char *id, const char *licence, const char *path)
{
    json_t *o = json_object();
    l->n++;
    fnq_set(o, "kind", json_string(kind));
    fnq_set(o, "name", fnq_json_bytes(name));
    fnq_set(o, "what", fnq_json_bytes(what));
    fnq_set(o, "parameters", parameters ? json_integer((json_int_t)parameters) : json_null());
    fnq_set(o, "id", fnq_json_text_or_null(id));
    fnq_set(o, "licence", fnq_json_text_or_null(licence));
    fnq_set_path(o, path);
    fnq_json_item(&l->ctx->out, o);
    fnq_cell(&l->table, kind);
    fnq_cell(&l->table, name);
    fnq_cell(&l->table, what);
    if (parameters)
        fnq_cellf(&l->table, "%llu", (unsigned long long)parameters);
    else
        fnq_cell(&l->table, "");
    fnq_cellf(&l->table, "%.*s", l->ctx->out.format == FNQ_TEXT ? 10 : 32, id);
    fnq_cell(&l->table, licence);
    fnq_cell(&l->table, path);
    fnq_row_end(&l->table);
}

static void list_profile(struct listing *l, const char *dir, const char *file, const char *path)
{
    struct fn_profile_values v;
    struct fn_error err = {0};
    char name[64], what[320];
    (void)snprintf(name, sizeof name, "%.*s", (int)(strlen(file) - strlen(".profile")), file);
    if (fn_profile_read_values(dir, name, &v, &err))
        (void)snprintf(what, sizeof what, "damaged: %.250s", err.text);
    else
        (void)snprintf(what, sizeof what, "%s, %s%s%s, %s", v.detector, v.verifier,
                       v.verifier[0] ? ", " : "", v.landmarks, v.embedder);
    row(l, "profile", name, what, 0, "", "", path);
}

static void list_model(struct listing *l, const char *file, const char *path)
{
    struct fn_model *m = NULL;
    struct fn_error err = {0};
    char id[FN_H128_HEX], what[320];
    if (fn_model_open(path, &m, &err)) {
        (void)snprintf(what, sizeof what, "damaged: %.250s", err.text);
        row(l, "model", file, what, 0, "", "", path);
        return;
    }
    fn_h128_hex(&m->id, id);
    row(l, "model", file, fn_role_name(m->role), fnq_model_parameters(&m->graph), id,
        m->card.licence, path);
    fn_model_destroy(m);
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

static int list_dir(const char *dir, void *arg)
{
    struct listing *l = arg;
    struct dirent **e = NULL;
    char path[FN_PATH_MAX];
    int n = scandir(dir, &e, NULL, by_name);
    for (int i = 0; i < n; i++) {
        const char *name = e[i]->d_name;
        if (fn_path_join(path, sizeof path, dir, name) == 0) {
            if (fnq_ends_in(name, ".profile"))
                list_profile(l, dir, name, path);
            else if (fnq_ends_in(name, ".fnm"))
                list_model(l, name, path);
        }
        free(e[i]);
    }
    free(e);
    return 0;
}

int fnq_run_model_list(struct fnq_ctx *ctx, int argc, char **argv)
{
    static const struct fnq_column columns[] = {
        {"KIND", false, 0},      {"NAME", false, FNQ_BOLD}, {"WHAT", false, 0},
        {"PARAMETERS", true, 0}, {"ID", false, FNQ_DIM},    {"LICENCE", false, 0},
        {"PATH", false, FNQ_DIM}};
    struct listing l = {.ctx = ctx};
    (void)argv;
    if (argc)
        return fnq_usage(ctx, "model list takes no operands.");
    fnq_table_begin(&l.table, &ctx->out, columns, sizeof columns / sizeof *columns);
    fnq_json_begin(&ctx->out, "fnq.models/1", "models", "fnq.model/1");
    (void)fn_path_each_model_dir(ctx->o.models, list_dir, &l);
    fnq_json_end(&ctx->out, NULL);
    fnq_table_end(&l.table);
    return l.n ? FNQ_OK
               : fnq_say(FNQ_NO,
                         "no models are installed. Make them: fnq model import packages DIR");
}
