/* SPDX-License-Identifier: MIT */
/* What an evaluation found, as a table and as JSON. */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/eval.h"

void fnq_report_finish(struct fnq_eval_report *r)
{
    free(r->v);
    json_decref(r->plots);
    json_decref(r->folds);
    json_decref(r->models);
    *r = (struct fnq_eval_report){0};
}

void fnq_report_add(struct fnq_eval_report *r, const char *group, const char *key, double value,
                    double error, int digits, const char *label)
{
    if (r->n == r->cap) {
        size_t cap = r->cap ? 2 * r->cap : 64;
        struct fnq_fact_row *v = reallocarray(r->v, cap, sizeof *v);
        if (!v) {
            r->failed = true;
            return;
        }
        r->v = v;
        r->cap = cap;
    }
    struct fnq_fact_row *f = &r->v[r->n++];
    *f = (struct fnq_fact_row){.value = value, .error = error, .digits = digits};
    (void)snprintf(f->group, sizeof f->group, "%s", group);
    (void)snprintf(f->key, sizeof f->key, "%s", key);
    (void)snprintf(f->label, sizeof f->label, "%s", label);
}

void fnq_report_count(struct fnq_eval_report *r, const char *group, const char *key,
                      size_t value, const char *label)
{
    fnq_report_add(r, group, key, (double)value, (double)NAN, 0, label);
}

int fnq_report_pairs(struct fnq_eval_report *r, const char *group, const struct fn_pair_d2 *p,
                     size_t n, double fixed, struct fn_verification *ret, struct fn_error *err)
{
    const double none = (double)NAN;
    char label[80];
    int rc = fn_verify(p, n, 1e-3, ret, err);
    if (rc)
        return rc;
    fnq_report_count(r, group, "pairs", ret->n, "pairs");
    fnq_report_count(r, group, "missed", ret->n_missed, "pairs with a missed face, wrong");
    fnq_report_count(r, group, "folds", ret->n_folds, "folds");
    fnq_report_add(r, group, "accuracy", ret->accuracy.mean, ret->accuracy.error, 4,
                   ret->n_folds > 1 ? "accuracy, threshold from the other folds"
                                    : "accuracy, best threshold of these pairs");
    if (!isnan(fixed)) {
        (void)snprintf(label, sizeof label, "accuracy at the threshold in use, %.4g", fixed);
        fnq_report_add(r, group, "accuracy_fixed", fn_pair_accuracy(p, n, fixed), none, 4,
                       label);
    }
    fnq_report_add(r, group, "best_accuracy", ret->best_accuracy, none, 4,
                   "best accuracy of one threshold");
    fnq_report_add(r, group, "best_threshold", ret->best_threshold, none, 3,
                   "that threshold (d2)");
    fnq_report_add(r, group, "val", ret->val.mean, ret->val.error, 4, "VAL at FAR 1e-3");
    fnq_report_add(r, group, "val_far", ret->far.mean, ret->far.error, 5,
                   "FAR measured at its thresholds");
    fnq_report_add(r, group, "auc", ret->auc, none, 5, "area under the ROC curve");
    fnq_report_add(r, group, "eer", ret->eer, none, 4, "equal error rate");
    if (strcmp(group, "pairs") == 0) {
        r->folds = r->folds ? r->folds : json_array();
        for (size_t i = 0; i < ret->n_folds; i++) {
            json_t *o = json_object();
            fnq_set(o, "accuracy", fnq_json_real(ret->fold_accuracy[i]));
            fnq_set(o, "threshold", fnq_json_real(ret->fold_threshold[i]));
            if (json_array_append_new(r->folds, o) < 0)
                r->failed = true;
        }
    }
    return 0;
}

int fnq_report_identities(struct fnq_eval_report *r, const struct fn_vectors *v,
                          struct fn_all_pairs *ret, struct fn_error *err)
{
    static const struct {
        double far;
        const char *key, *label;
    } at[] = {{1e-3, "tar_1e3", "TAR at FAR 1e-3"}, {1e-4, "tar_1e4", "TAR at FAR 1e-4"}};
    const double none = (double)NAN;
    const char *g = "identities";
    char key[48], label[80];
    struct fn_ranks ranks;
    struct fn_all_pairs p = {0};
    int rc = fn_all_pairs_run(v, 8e-3, &p, err);
    rc = rc ? rc : fn_ranks_run(v, &ranks, err);
    if (!rc) {
        fnq_report_count(r, g, "people", v->n_people, "people");
        fnq_report_count(r, g, "pictures", v->n, "pictures");
        fnq_report_count(r, g, "same_pairs", p.same.n, "genuine pairs, all");
        fnq_report_count(r, g, "different_pairs", (size_t)p.n_different, "impostor pairs, all");
    }
    for (size_t i = 0; !rc && i < sizeof at / sizeof *at; i++) {
        struct fn_interval ci;
        double t = none;
        rc = fn_tar_interval(&p, v, at[i].far, FN_BOOTSTRAP_DEFAULT, 1, &ci, err);
        (void)fn_tar_at_far(&p, at[i].far, &t);
        if (rc)
            continue;
        fnq_report_add(r, g, at[i].key, ci.value, ci.error, 4, at[i].label);
        const double bound[3] = {ci.low, ci.high, t};
        static const char *const what[3] = {"low", "high", "threshold"};
        static const char *const words[3] = {"  95 % of resampled people: from", "  to",
                                             "  threshold (d2)"};
        for (int k = 0; k < 3; k++) {
            (void)snprintf(key, sizeof key, "%s_%s", at[i].key, what[k]);
            (void)snprintf(label, sizeof label, "%s", words[k]);
            fnq_report_add(r, g, key, bound[k], none, 4, label);
        }
    }
    if (!rc) {
        double error = sqrt(ranks.rank1 * (1 - ranks.rank1) / (double)ranks.n_probes);
        fnq_report_count(r, g, "gallery", ranks.n_gallery,
                         "gallery: first picture of each person");
        fnq_report_count(r, g, "probes", ranks.n_probes, "probes: all others");
        fnq_report_add(r, g, "rank1", ranks.rank1, error, 4, "rank 1");
        fnq_report_add(r, g, "open_set", ranks.open_rate, none, 4,
                       "open set, every second person unknown, at 1 % false alarms");
        *ret = p;
    } else {
        fn_all_pairs_free(&p);
    }
    return rc;
}

int fnq_report_brief(struct fnq_eval_report *r, const char *group,
                     const struct fnq_eval_vectors *v, size_t n_people,
                     const struct fn_eval_pairs *p, struct fnq_eval_brief *ret,
                     struct fn_error *err)
{
    const struct fn_vectors x = {v->x, v->n, v->dim, v->person, n_people, v->found};
    struct fn_pair_d2 *d = NULL;
    struct fn_verification fold;
    struct fnq_eval_brief b = {0};
    int rc = fnq_eval_pair_distances(v, p, &d);
    if (rc)
        return fn_error_set(err, rc, "out of memory");
    rc = fn_verify(d, p->n, 1e-3, &fold, err);
    rc = rc ? rc : fn_all_pairs_run(&x, 8e-3, &b.all, err);
    rc = rc ? rc : fn_tar_interval(&b.all, &x, 1e-3, FN_BOOTSTRAP_DEFAULT, 1, &b.tar, err);
    free(d);
    if (rc) {
        fn_all_pairs_free(&b.all);
        return rc;
    }
    b.accuracy = fold.accuracy;
    fnq_report_add(r, group, "accuracy", b.accuracy.mean, b.accuracy.error, 4,
                   "accuracy, threshold from the other folds");
    fnq_report_add(r, group, "tar_1e3", b.tar.value, b.tar.error, 4,
                   "TAR at FAR 1e-3, all pairs of these pictures");
    if (v->n_missed)
        fnq_report_count(r, group, "missed", v->n_missed, "pictures without a face");
    *ret = b;
    return 0;
}

/* ---- printing ---- */

static json_t *figures(const struct fnq_eval_report *r)
{
    json_t *all = json_object();
    for (size_t i = 0; i < r->n; i++) {
        const struct fnq_fact_row *f = &r->v[i];
        json_t *group = json_object_get(all, f->group);
        char key[64];
        if (!group) {
            fnq_set(all, f->group, json_object());
            group = json_object_get(all, f->group);
        }
        fnq_set(group, f->key,
                f->digits ? fnq_json_real(f->value) : json_integer((json_int_t)f->value));
        if (isnan(f->error))
            continue;
        (void)snprintf(key, sizeof key, "%s_error", f->key);
        fnq_set(group, key, fnq_json_real(f->error));
    }
    return all;
}

static json_t *model_of(const struct fnq_eval *e)
{
    json_t *model = json_object();
    char hex[FN_H128_HEX];
    fn_h128_hex(&e->profile->embedder->id, hex);
    fnq_set(model, "profile", json_string(e->ctx->o.model ? "" : e->name));
    fnq_set(model, "embedder", fnq_json_bytes(e->embedder));
    fnq_set(model, "id", json_string(hex));
    fnq_set(model, "thresholds",
            json_string(e->calibrated     ? "model"
                        : e->ctx->o.model ? "none"
                                          : "profile"));
    return model;
}

void fnq_report_model(struct fnq_eval_report *r, const struct fnq_eval *e)
{
    r->models = r->models ? r->models : json_array();
    if (json_array_append_new(r->models, model_of(e)) < 0)
        r->failed = true;
}

static void print_json(struct fnq_eval *e, struct fnq_eval_report *r, const char *protocol,
                       const char *what, const char *mode)
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
    fnq_set(o, "figures", figures(r));
    if (r->folds)
        fnq_set(o, "folds", json_incref(r->folds));
    if (r->plots)
        fnq_set(o, "plots", json_incref(r->plots));
    fnq_json_one(&e->ctx->out, "fnq.eval/1", o);
}

static void print_table(struct fnq_eval *e, const struct fnq_eval_report *r)
{
    static const struct fnq_column columns[] = {
        {"GROUP", false, 0}, {"FIGURE", false, 0}, {"VALUE", true, 0}, {"ERROR", true, 0}};
    struct fnq_table t;
    fnq_table_begin(&t, &e->ctx->out, columns, 4);
    for (size_t i = 0; i < r->n; i++) {
        const struct fnq_fact_row *f = &r->v[i];
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
        fnq_text(&e->ctx->out, "%s\n", r->verdict);
}

int fnq_report_print(struct fnq_eval *e, struct fnq_eval_report *r, const char *protocol,
                     const char *what, const char *mode)
{
    size_t i;
    const json_t *path;
    if (r->failed)
        return fnq_say(FNQ_SYSTEM, "out of memory.");
    if (fnq_out_is_json(&e->ctx->out))
        print_json(e, r, protocol, what, mode);
    else
        print_table(e, r);
    json_array_foreach(r->plots, i, path)
        fnq_note(e->ctx, "chart: %s", json_string_value(path));
    return e->n_failed ? FNQ_PARTLY : FNQ_OK;
}
