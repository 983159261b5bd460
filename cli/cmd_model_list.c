/* SPDX-License-Identifier: MIT */
/* fnq model list. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/old_commands.h"
#include "cli/models.h"
#include "engine/base/file.h"
#include "engine/model/profile.h"

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
