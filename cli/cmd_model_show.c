/* SPDX-License-Identifier: MIT */
/* fnq model show: the card and the layer table of a model file or of a built-in architecture.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/old_commands.h"
#include "cli/models.h"
#include "cli/print/calibration_json.h"
#include "engine/base/file.h"
#include "engine/eval/calibrate.h"
#include "engine/model/arch.h"
#include "engine/model/layer_table.h"

const struct fn_opt fnq_options_model_show[] = {
    {"layers", 0, FN_OPT_FLAG, FNQ_AT(layers), NULL, "only the layer table"},
    FNQ_OPT_END,
};

/* What is shown: either a model file or an architecture, and its table. */
struct subject {
    struct fnq_ctx *ctx;
    const struct fn_model *model; /* with its path, or NULL */
    const char *path;
    const struct fn_arch *arch;
    uint32_t height, width;
    struct fn_layer_table table;
};

/* "conv relu" */
static const char *op_text(const struct fn_layer *l, char out[48])
{
    const char *act = l->node->op == FN_OP_ACT ? fn_layer_act_name(l->node)
                      : l->act                 ? fn_layer_act_name(l->act)
                                               : "";
    (void)snprintf(out, 48, "%s%s%s", fn_layer_op_name(l->node), act[0] ? " " : "", act);
    return out;
}

static void layer_cells(struct fnq_table *t, const struct fn_layer *l)
{
    char text[48];
    fnq_cell(t, l->node->name);
    fnq_cell(t, op_text(l, text));
    fnq_cell(t, fn_layer_kernel(l->node, text));
    fnq_cellf(t, "%ux%ux%u", l->out[1], l->out[2], l->out[3]);
    fnq_cellf(t, "%llu", (unsigned long long)l->params);
    fnq_cellf(t, "%llu", (unsigned long long)l->macs);
    fnq_cellf(t, "%llu", (unsigned long long)l->bytes);
    fnq_row_end(t);
}

static json_t *layer_json(const struct fn_layer *l)
{
    char text[48];
    const struct fn_node *act = l->act ? l->act : l->node->op == FN_OP_ACT ? l->node : NULL;
    json_t *o = json_pack("{s:o,s:s,s:s,s:[i,i,i,i],s:I,s:I,s:I}", "name",
                          fnq_json_bytes(l->node->name), "op", fn_layer_op_name(l->node),
                          "kernel", fn_layer_kernel(l->node, text), "shape", l->out[0],
                          l->out[1], l->out[2], l->out[3], "parameters", (json_int_t)l->params,
                          "macs", (json_int_t)l->macs, "bytes", (json_int_t)l->bytes);
    fnq_set(o, "act", act ? json_string(fn_layer_act_name(act)) : json_null());
    return o;
}

static void card(struct fnq_out *o, const char *name, const char *what,
                 const char *const (*rows)[2], size_t n)
{
    fnq_style(o, FNQ_BOLD);
    fnq_text_safe(o, name);
    fnq_style(o, FNQ_PLAIN);
    fnq_text(o, "   %s\n", what);
    for (size_t i = 0; i < n; i++) {
        fnq_text(o, "  %-9s ", rows[i][0]);
        fnq_text_safe(o, rows[i][1][0] ? rows[i][1] : "unknown");
        fnq_text(o, "\n");
    }
}

static void card_text(const struct subject *s)
{
    char what[80], id[FN_H128_HEX];
    if (s->arch) {
        const char *const rows[][2] = {{"network", s->arch->title},
                                       {"source", s->arch->source},
                                       {"weights", "none: a built-in architecture"}};
        card(&s->ctx->out, s->arch->name, "architecture", rows, sizeof rows / sizeof *rows);
        return;
    }
    const struct fn_card *c = &s->model->card;
    char thresholds[320] = "none measured: fnq eval calibrate";
    bool embedder = s->model->role == FN_ROLE_EMBEDDER;
    if (s->model->calibration.pair_d2 > 0)
        fn_calibration_text(&s->model->calibration, thresholds, sizeof thresholds);
    const char *const rows[][2] = {
        {"origin", c->origin},    {"licence", c->licence}, {"training", c->training_data},
        {"source", c->source},    {"note", c->note},       {"file", s->path},
        {"distances", thresholds}};
    fn_h128_hex(&s->model->id, id);
    (void)snprintf(what, sizeof what, "%s   id %s", fn_role_name(s->model->role), id);
    card(&s->ctx->out, c->name, what, rows, sizeof rows / sizeof *rows - !embedder);
}

static json_t *card_json(const struct subject *s)
{
    static const struct fn_card none;
    const struct fn_card *c = s->model ? &s->model->card : &none;
    char id[FN_H128_HEX] = "";
    json_t *o = json_object();
    if (s->model)
        fn_h128_hex(&s->model->id, id);
    fnq_set(o, "name", fnq_json_bytes(s->arch ? s->arch->name : c->name));
    fnq_set(o, "role", json_string(s->arch ? "architecture" : fn_role_name(s->model->role)));
    fnq_set(o, "id", fnq_json_text_or_null(id));
    fnq_set(o, "origin", fnq_json_bytes(c->origin));
    fnq_set(o, "licence", fnq_json_bytes(c->licence));
    fnq_set(o, "training_data", fnq_json_bytes(c->training_data));
    fnq_set(o, "source", fnq_json_bytes(s->arch ? s->arch->source : c->source));
    fnq_set(o, "note", fnq_json_bytes(s->arch ? s->arch->title : c->note));
    fnq_set(o, "calibration",
            s->model ? fnq_calibration_json(&s->model->calibration) : json_null());
    if (s->path)
        fnq_set_path(o, s->path);
    else
        fnq_set(o, "path", json_null());
    return o;
}

static void show_json(const struct subject *s)
{
    const struct fn_layer_table *t = &s->table;
    json_t *o = card_json(s), *layers = json_array();
    fnq_set(o, "height", json_integer(s->height));
    fnq_set(o, "width", json_integer(s->width));
    fnq_set(o, "parameters", json_integer((json_int_t)t->params));
    fnq_set(o, "macs", json_integer((json_int_t)t->macs));
    fnq_set(o, "activation_bytes", json_integer((json_int_t)t->bytes));
    for (size_t i = 0; i < t->n_layers; i++)
        if (json_array_append_new(layers, layer_json(&t->layer[i])) < 0)
            abort();
    fnq_set(o, "layers", layers);
    fnq_json_one(&s->ctx->out, "fnq.model/1", o);
}

static void totals_text(const struct subject *s)
{
    char params[32], macs[32];
    fnq_thousands(params, sizeof params, s->table.params);
    fnq_thousands(macs, sizeof macs, s->table.macs);
    fnq_text(&s->ctx->out,
             "%zu layers, %s parameters, %s multiply-adds (a bias counts as one), %.1f MB of "
             "activations if all were kept, for %u x %u (height x width)\n",
             s->table.n_layers, params, macs, (double)s->table.bytes / 1e6, s->height,
             s->width);
}

static void show(const struct subject *s)
{
    static const struct fnq_column columns[] = {
        {"LAYER", false, 0},     {"OP", false, 0},  {"KERNEL", false, 0}, {"OUTPUT", false, 0},
        {"PARAMETERS", true, 0}, {"MACS", true, 0}, {"BYTES", true, 0}};
    struct fnq_out *out = &s->ctx->out;
    struct fnq_table t;
    if (fnq_out_is_json(out)) {
        show_json(s);
        return;
    }
    if (out->format == FNQ_TEXT && !s->ctx->o.layers)
        card_text(s);
    fnq_table_begin(&t, out, columns, sizeof columns / sizeof *columns);
    for (size_t i = 0; i < s->table.n_layers; i++)
        layer_cells(&t, &s->table.layer[i]);
    fnq_table_end(&t);
    if (out->format == FNQ_TEXT)
        totals_text(s);
}

static int show_graph(struct subject *s, const struct fn_graph *g, struct fn_error *err)
{
    const uint32_t *in = g->values[g->inputs[0]].dims;
    s->height = s->height ? s->height : in[2];
    s->width = s->width ? s->width : in[3];
    int rc = fn_layer_table_init(&s->table, g, s->height, s->width, err);
    if (rc)
        return rc;
    show(s);
    fn_layer_table_finish(&s->table);
    return 0;
}

static int show_arch(struct fnq_ctx *ctx, const struct fn_arch *a, struct fn_error *err)
{
    struct subject s = {.ctx = ctx, .arch = a};
    struct fn_graph_builder *b = NULL;
    struct fn_graph g;
    int rc = fn_arch_shapes(a, 0, &b, &g, err);
    rc = rc ? rc : show_graph(&s, &g, err);
    fn_graph_builder_destroy(b);
    return rc;
}

static int show_file(struct fnq_ctx *ctx, const char *path, struct fn_error *err)
{
    struct fn_model *m = NULL;
    int rc = fn_model_open(path, &m, err);
    if (rc)
        return rc;
    struct subject s = {
        .ctx = ctx, .model = m, .path = path, .height = m->pre.height, .width = m->pre.width};
    rc = show_graph(&s, &m->graph, err);
    fn_model_destroy(m);
    return rc;
}

/* A file named like an architecture is meant when it is here; one in the folders of models by
 * NAME.fnm. */
int fnq_run_model_show(struct fnq_ctx *ctx, int argc, char **argv)
{
    struct fn_error err = {0};
    char path[FN_PATH_MAX];
    if (argc != 1)
        return fnq_usage(ctx, "model show: one model (fnq model list) or architecture.");
    const struct fn_arch *a = fn_file_exists(argv[0]) ? NULL : fn_arch_find(argv[0]);
    int none = a ? 0 : fnq_model_path(ctx, argv[0], path, sizeof path);
    if (none)
        return none;
    int rc = a ? show_arch(ctx, a, &err) : show_file(ctx, path, &err);
    return rc ? fnq_fail(ctx, &err, NULL, NULL) : FNQ_OK;
}
