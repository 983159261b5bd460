/* SPDX-License-Identifier: MIT */
/* The results of an evaluation, as a table and as JSON. */
#include "cli/evaluating/eval_report.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

void fnq_report_finish(struct fnq_eval_report *r)
{
    fn_figures_finish(&r->f);
    json_decref(r->plots);
    json_decref(r->models);
    *r = (struct fnq_eval_report){0};
}

static json_t *figures(const struct fn_figures *f)
{
    json_t *all = json_object();
    for (size_t i = 0; i < f->n; i++) {
        const struct fn_figure *v = &f->v[i];
        json_t *group = json_object_get(all, v->group);
        char key[64];
        if (!group) {
            fnq_set(all, v->group, json_object());
            group = json_object_get(all, v->group);
        }
        fnq_set(group, v->key,
                v->digits ? fnq_json_real(v->value) : json_integer((json_int_t)v->value));
        if (isnan(v->error))
            continue;
        (void)snprintf(key, sizeof key, "%s_error", v->key);
        fnq_set(group, key, fnq_json_real(v->error));
    }
    return all;
}

static json_t *folds(const struct fn_figures *f)
{
    json_t *all = json_array();
    for (size_t i = 0; i < f->n_folds; i++) {
        json_t *o = json_object();
        fnq_set(o, "accuracy", fnq_json_real(f->fold[i].accuracy));
        fnq_set(o, "threshold", fnq_json_real(f->fold[i].threshold));
        if (json_array_append_new(all, o) < 0)
            abort();
    }
    return all;
}

static json_t *model_of(const struct fnl_eval *e)
{
    json_t *model = json_object();
    char hex[FN_H128_HEX];
    fn_h128_hex(&e->profile->embedder->id, hex);
    fnq_set(model, "profile", json_string(e->choice.model ? "" : e->name));
    fnq_set(model, "embedder", fnq_json_bytes(e->embedder));
    fnq_set(model, "id", json_string(hex));
    fnq_set(model, "thresholds",
            json_string(e->calibrated     ? "model"
                        : e->choice.model ? "none"
                                          : "profile"));
    return model;
}

void fnq_report_model(struct fnq_eval_report *r, const struct fnl_eval *e)
{
    r->models = r->models ? r->models : json_array();
    if (json_array_append_new(r->models, model_of(e)) < 0)
        r->failed = true;
}

static void print_json(struct fnq_ctx *ctx, const struct fnl_eval *e,
                       const struct fnq_eval_report *r, const char *protocol, const char *what,
                       const char *mode)
{
    json_t *o = json_object();
    fnq_set(o, "protocol", json_string(protocol));
    fnq_set_path(o, what);
    if (r->models)
        fnq_set(o, "models", json_incref(r->models));
    else
        fnq_set(o, "model", model_of(e));
    if (r->verdict[0])
        fnq_set(o, "verdict", json_string(r->verdict));
    fnq_set(o, "mode", fnq_json_text_or_null(mode));
    fnq_set(o, "failed_pictures", json_integer((json_int_t)e->n_failed));
    fnq_set(o, "figures", figures(&r->f));
    if (r->f.n_folds)
        fnq_set(o, "folds", folds(&r->f));
    if (r->plots)
        fnq_set(o, "plots", json_incref(r->plots));
    fnq_json_one(&ctx->out, "fnq.eval/1", o);
}

static void print_table(struct fnq_ctx *ctx, const struct fnq_eval_report *r)
{
    static const struct fnq_column columns[] = {
        {.title = "GROUP", .fit = FNQ_MIDDLE},
        {.title = "FIGURE", .fit = FNQ_MIDDLE},
        {.title = "VALUE", .right = true},
        {.title = "ERROR", .right = true},
    };
    struct fnq_table t;
    fnq_table_begin(&t, &ctx->out, columns, 4, false);
    for (size_t i = 0; i < r->f.n; i++) {
        const struct fn_figure *f = &r->f.v[i];
        fnq_cell(&t, f->group);
        fnq_cell(&t, f->label);
        if (isnan(f->value))
            fnq_cell(&t, "-");
        else
            fnq_cellf(&t, "%.*f", f->digits, f->value);
        if (!isnan(f->error))
            fnq_cellf(&t, "%.*f", f->digits, f->error);
        fnq_row_end(&t);
    }
    fnq_table_end(&t);
    if (r->verdict[0])
        fnq_text(&ctx->out, "%s\n", r->verdict);
}

int fnq_report_print(struct fnq_ctx *ctx, const struct fnl_eval *e,
                     const struct fnq_eval_report *r, const char *protocol, const char *what,
                     const char *mode)
{
    size_t i;
    const json_t *path;
    if (r->failed || r->f.failed)
        return fnq_say(FN_EXIT_SYSTEM, "out of memory.");
    if (fnq_out_is_json(&ctx->out))
        print_json(ctx, e, r, protocol, what, mode);
    else
        print_table(ctx, r);
    json_array_foreach(r->plots, i, path) fnq_note(ctx, "chart: %s", json_string_value(path));
    return e->n_failed ? FN_EXIT_PARTLY : FN_EXIT_OK;
}
