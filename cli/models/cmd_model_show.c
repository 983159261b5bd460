/* SPDX-License-Identifier: MIT */
/* fnq model show. */
#include <stdio.h>

#include "cli/library/network_layers.h"
#include "cli/print/calibration_json.h"
#include "cli/print/list.h"
#include "cli/program/command.h"
#include "engine/eval/calibrate.h"

struct options {
    bool layers;
};
static const struct fn_opt table[] = {
    OPT_FLAG(layers, "layers", 0, "print only the table of layers"),
    OPT_END,
};

static const struct fnq_field fields[] = {
    {.key = "name", .title = "LAYER"},
    {.key = "op", .title = "OP"},
    {.key = "kernel", .title = "KERNEL"},
    {.key = "shape", .title = "OUTPUT"},
    {.key = "parameters", .title = "PARAMETERS", .right = true},
    {.key = "macs", .title = "MACS", .right = true},
    {.key = "bytes", .title = "BYTES", .right = true},
    {.key = "act"},
};
static const struct fnq_list_kind kind = FNQ_LIST_KIND(NULL, NULL, NULL, fields);

/* ---- layers ---- */

static void put_layer(struct fnq_list *list, const struct fn_layer *l)
{
    char text[64], kernel[48];
    const struct fn_node *act = l->act ? l->act : l->node->op == FN_OP_ACT ? l->node : NULL;
    const char *op = fn_layer_op_name(l->node), *act_name = act ? fn_layer_act_name(act) : "";
    fnq_put_text(list, l->node->name);
    (void)snprintf(text, sizeof text, "%s%s%s", op, act_name[0] ? " " : "", act_name);
    fnq_put_json(list, json_string(op), text);
    fnq_put_text(list, fn_layer_kernel(l->node, kernel));
    (void)snprintf(text, sizeof text, "%ux%ux%u", l->out[1], l->out[2], l->out[3]);
    fnq_put_json(list, json_pack("[i,i,i,i]", l->out[0], l->out[1], l->out[2], l->out[3]),
                 text);
    fnq_put_count(list, l->params);
    fnq_put_count(list, l->macs);
    fnq_put_count(list, l->bytes);
    fnq_put_text(list, act ? act_name : NULL);
    fnq_list_row(list);
}

static void put_layers(struct fnq_out *o, const struct fn_layer_table *t, json_t *into)
{
    struct fnq_list list;
    fnq_list_begin_inside(&list, o, &kind, into);
    for (size_t i = 0; i < t->n_layers; i++)
        put_layer(&list, &t->layer[i]);
    fnq_list_end(&list, NULL);
}

/* ---- the model card ---- */

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

static void arch_text(struct fnq_out *o, const struct fn_arch *a)
{
    const char *const rows[][2] = {{"network", a->title},
                                   {"source", a->source},
                                   {"weights", "none: a built-in architecture"}};
    card(o, a->name, "architecture", rows, sizeof rows / sizeof *rows);
}

static void model_text(struct fnq_out *o, const struct fn_model *m, const char *path)
{
    const struct fn_card *c = &m->card;
    char what[80], id[FN_H128_HEX], thresholds[320] = "none measured: fnq eval calibrate";
    bool embedder = m->role == FN_ROLE_EMBEDDER;
    if (m->calibration.pair_d2 > 0)
        fn_calibration_text(&m->calibration, thresholds, sizeof thresholds);
    const char *const rows[][2] = {
        {"origin", c->origin},    {"licence", c->licence}, {"training", c->training_data},
        {"source", c->source},    {"note", c->note},       {"file", path},
        {"distances", thresholds}};
    fn_h128_hex(&m->id, id);
    (void)snprintf(what, sizeof what, "%s   id %s", fn_role_name(m->role), id);
    card(o, c->name, what, rows, sizeof rows / sizeof *rows - !embedder);
}

static json_t *card_json(const struct fnl_layers *n)
{
    static const struct fn_card none;
    const struct fn_card *c = n->model ? &n->model->card : &none;
    char id[FN_H128_HEX] = "";
    json_t *o = json_object();
    if (n->model)
        fn_h128_hex(&n->model->id, id);
    fnq_set(o, "name", fnq_json_bytes(n->arch ? n->arch->name : c->name));
    fnq_set(o, "role", json_string(n->arch ? "architecture" : fn_role_name(n->model->role)));
    fnq_set(o, "id", fnq_json_text_or_null(id));
    fnq_set(o, "origin", fnq_json_bytes(c->origin));
    fnq_set(o, "licence", fnq_json_bytes(c->licence));
    fnq_set(o, "training_data", fnq_json_bytes(c->training_data));
    fnq_set(o, "source", fnq_json_bytes(n->arch ? n->arch->source : c->source));
    fnq_set(o, "note", fnq_json_bytes(n->arch ? n->arch->title : c->note));
    fnq_set(o, "calibration", n->model ? fnq_calibration_json(&n->model->calibration) : NULL);
    if (n->path[0])
        fnq_set_path(o, n->path);
    else
        fnq_set(o, "path", NULL);
    return o;
}

/* ---- the command ---- */

static void print_json(struct fnq_out *out, const struct fnl_layers *n)
{
    const struct fn_layer_table *t = &n->table;
    json_t *o = card_json(n), *layers = json_array();
    fnq_set(o, "height", json_integer(n->height));
    fnq_set(o, "width", json_integer(n->width));
    fnq_set(o, "parameters", json_integer((json_int_t)t->params));
    fnq_set(o, "macs", json_integer((json_int_t)t->macs));
    fnq_set(o, "activation_bytes", json_integer((json_int_t)t->bytes));
    put_layers(out, t, layers);
    fnq_set(o, "layers", layers);
    fnq_json_one(out, "fnq.model/1", o);
}

static void print_totals(struct fnq_out *out, const struct fnl_layers *n)
{
    char params[32], macs[32];
    fnq_thousands(params, sizeof params, n->table.params);
    fnq_thousands(macs, sizeof macs, n->table.macs);
    fnq_text(out,
             "%zu layers, %s parameters, %s multiply-adds (a bias counts as one), %.1f MB of "
             "activations if all were stored, for %u x %u (height x width)\n",
             n->table.n_layers, params, macs, (double)n->table.bytes / 1e6, n->height,
             n->width);
}

static void print(struct fnq_out *out, const struct fnl_layers *n, bool only_layers)
{
    bool text = out->format == FNQ_TEXT;
    if (fnq_out_is_json(out)) {
        print_json(out, n);
        return;
    }
    if (text && !only_layers && n->arch)
        arch_text(out, n->arch);
    else if (text && !only_layers)
        model_text(out, n->model, n->path);
    put_layers(out, &n->table, NULL);
    if (text)
        print_totals(out, n);
}

static int run(struct fnq_ctx *ctx, const struct options *o, int argc, char **argv)
{
    struct fn_error err = {0};
    struct fnl_layers n;
    if (argc != 1)
        return fnq_usage(ctx, "model show: one model (fnq model list) or architecture.");
    if (fnl_layers_open(ctx->lib, argv[0], &n, &err))
        return fnq_fail(ctx, &err, NULL, NULL);
    print(&ctx->out, &n, o->layers);
    fnl_layers_finish(&n);
    return FN_EXIT_OK;
}

FNQ_COMMAND(model_show) = {
    .name = "model show",
    .args = "MODEL | ARCHITECTURE",
    .group = FNQ_GROUP_EXPERTS,
    .summary = "show the origin and layers of a model",
    .details =
        "Architectures are built in: nn1, nn2, nn3, nn4 (FaceNet's), nns1-like, nns2-like.",
    .examples = "fnq model show nn4 --layers\n",
    FNQ_TYPED(model_show, table),
    .operands = FNQ_COMPLETE_FILES,
};
