/* SPDX-License-Identifier: MIT */
#include "cli/library/model_import.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cli/library/model_manifest.h"
#include "cli/library/model_places.h"
#include "engine/base/endian.h"
#include "engine/base/file.h"
#include "engine/model/import.h"

enum { SOURCE_MAX = 1 << 30, RECIPE_MAX = 64, PROJECTION_MAX = 4 << 20 };

struct source {
    const struct fnl_import *in;
    struct fn_buf main, weights;
    struct fn_graph_builder *builder;
    struct fn_model model;
};

static int import_graph(struct source *s, struct fn_error *err)
{
    const struct fn_convention *c = s->in->convention;
    const uint8_t *data = (const uint8_t *)s->main.data;
    const char *const *outputs = c ? c->outputs : NULL;
    size_t n = c ? c->n_outputs : 0;
    if (s->in->format == FNL_MODEL_ONNX)
        return fn_import_onnx_part(data, s->main.len, outputs, n, s->builder, &s->model.graph,
                                   err);
    if (s->in->format == FNL_MODEL_TFLITE)
        return fn_import_tflite_part(data, s->main.len, outputs, n, s->builder, &s->model.graph,
                                     err);
    if (!s->in->recipe)
        return fn_error_set(
            err, FN_EUSAGE,
            "tfjs: a manifest has weights only; give the architecture with --recipe");
    int rc = fnl_manifest_weights(s->in->file, &s->main, &s->weights, err);
    return rc ? rc
              : fn_import_tfjs(data, s->main.len, (const uint8_t *)s->weights.data,
                               s->weights.len, s->in->recipe, s->builder, &s->model.graph, err);
}

/* The identity depends on the source's bytes, the importer's version and the convention, never
 * on the bytes of the .fnm. One file with two conventions is two models, because their vectors
 * differ. */
static struct fn_h128 identity(const struct source *s)
{
    uint8_t b[36 + RECIPE_MAX] = {0};
    struct fn_h128 h = fn_hash128(s->main.data, s->main.len),
                   w = fn_hash128(s->weights.data, s->weights.len);
    const char *recipe = s->in->convention ? s->in->convention->name
                         : s->in->recipe   ? s->in->recipe
                                           : "whole";
    memcpy(b, h.b, 16);
    memcpy(b + 16, w.b, 16);
    fn_put_le32(b + 32, FN_IMPORTER_VERSION);
    memcpy(b + 36, recipe, strnlen(recipe, RECIPE_MAX));
    return fn_hash128(b, sizeof b);
}

static void fill_card(const struct fnl_import *in, const char *base, struct fn_card *c)
{
    const char *origin = in->origin ? in->origin : "unknown",
               *licence = in->licence ? in->licence : "unknown";
    (void)snprintf(c->source, sizeof c->source, "%.200s", base);
    (void)snprintf(c->origin, sizeof c->origin, "%s", origin);
    (void)snprintf(c->licence, sizeof c->licence, "%s", licence);
    (void)snprintf(c->training_data, sizeof c->training_data, "unknown");
    if (in->convention)
        (void)snprintf(c->note, sizeof c->note, "fed as %s", in->convention->name);
}

/* Without a convention, pixels are not normalised and nothing is known about the output. */
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

static int describe(struct source *s, struct fn_error *err)
{
    const char *slash = strrchr(s->in->file, '/'), *source = slash ? slash + 1 : s->in->file,
               *base = s->in->name ? s->in->name : source;
    struct fn_model *m = &s->model;
    size_t n = s->in->name ? strlen(base) : strcspn(base, ".");
    if (n == 0 || n >= sizeof m->card.name || memchr(base, '/', n))
        return fn_error_set(err, FN_EUSAGE, "'%s' cannot be the name of a model; use --name",
                            base);
    (void)snprintf(m->card.name, sizeof m->card.name, "%.*s", (int)n, base);
    fill_card(s->in, source, &m->card);
    m->id = identity(s);
    m->role = s->in->role;
    m->feature_output = FN_NONE;
    if (s->in->convention)
        return fn_convention_apply(s->in->convention, m, err);
    feed_plainly(m);
    return 0;
}

static int make_model(struct source *s, struct fn_error *err)
{
    int rc = s->builder ? 0 : fn_error_set(err, -ENOMEM, "out of memory");
    rc = rc ? rc : fn_file_read(s->in->file, &s->main, err);
    rc = rc ? rc : import_graph(s, err);
    rc = rc ? rc : describe(s, err);
    if (rc == FN_EMODEL && s->in->convention)
        (void)fn_error_prefix(err, "%s does not fit --profile %s", s->in->file,
                              s->in->convention->name);
    return rc;
}

int fnl_model_import(struct fn_library *lib, enum fnl_mode mode, const struct fnl_import *in,
                     char ret_path[FN_PATH_MAX], struct fn_error *err)
{
    struct source s = {.in = in, .builder = fn_graph_builder_create()};
    char dir[FN_PATH_MAX], name[80];
    fn_buf_init(&s.main, SOURCE_MAX);
    fn_buf_init(&s.weights, SOURCE_MAX);
    int rc = make_model(&s, err);
    rc = rc ? rc : fnl_model_target(lib, dir, sizeof dir, err);
    (void)snprintf(name, sizeof name, "%s.fnm", s.model.card.name);
    if (!rc && (rc = fn_path_join(ret_path, FN_PATH_MAX, dir, name)))
        (void)fn_error_set(err, rc, "%s: %s", name, fn_strerror(rc));
    if (!rc && mode == FNL_KEEP)
        rc = fn_model_save(&s.model, ret_path, err);
    fn_graph_builder_destroy(s.builder);
    fn_buf_finish(&s.main);
    fn_buf_finish(&s.weights);
    return rc;
}

int fnl_packages_import(struct fn_library *lib, const char *packages_dir,
                        const char *projection, void (*progress)(const char *what, void *arg),
                        void *arg, char ret_dir[FN_PATH_MAX], struct fn_error *err)
{
    struct fn_buf b;
    fn_buf_init(&b, PROJECTION_MAX);
    int rc = projection ? fn_file_read(projection, &b, err) : 0;
    rc = rc ? rc : fnl_model_target(lib, ret_dir, FN_PATH_MAX, err);
    rc = rc ? rc
            : fn_import_profiles(packages_dir, ret_dir, projection ? b.data : NULL, b.len,
                                 progress, arg, err);
    fn_buf_finish(&b);
    return rc;
}
