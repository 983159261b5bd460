/* SPDX-License-Identifier: MIT */
#include "cli/library/model_list.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/library/model_places.h"
#include "engine/base/array.h"
#include "engine/model/profile.h"

struct listing {
    struct fnl_models *to;
    bool failed; /* out of memory */
};

static struct fnl_model_entry *add(struct listing *l, const char *name, size_t name_len,
                                   const char *path)
{
    struct fnl_models *to = l->to;
    struct fnl_model_entry *more = fn_array_grow(to->m, &to->cap, to->n + 1, sizeof *more);
    if (more)
        to->m = more;
    struct fnl_model_entry e = {.name = strndup(name, name_len), .path = strdup(path)};
    if (!more || !e.name || !e.path) {
        free(e.name);
        free(e.path);
        l->failed = true;
        return NULL;
    }
    to->m[to->n] = e;
    return &to->m[to->n++];
}

static void list_profile(struct listing *l, const char *dir, const char *file, const char *path)
{
    struct fn_profile_values v;
    struct fn_error err = {0};
    struct fnl_model_entry *e = add(l, file, strlen(file) - strlen(".profile"), path);
    if (!e)
        return;
    e->profile = true;
    if (fn_profile_read_values(dir, e->name, &v, &err))
        (void)snprintf(e->what, sizeof e->what, "damaged: %.250s", err.text);
    else
        (void)snprintf(e->what, sizeof e->what, "%s, %s%s%s, %s", v.detector, v.verifier,
                       v.verifier[0] ? ", " : "", v.landmarks, v.embedder);
}

static uint64_t count_parameters(const struct fn_graph *g)
{
    uint64_t n = 0;
    for (uint32_t i = 0; i < g->n_values; i++)
        if (g->values[i].kind == FN_VALUE_WEIGHT)
            n += (uint64_t)g->values[i].dims[0] * g->values[i].dims[1] * g->values[i].dims[2] *
                 g->values[i].dims[3];
    return n;
}

static void list_model(struct listing *l, const char *file, const char *path)
{
    struct fn_model *m = NULL;
    struct fn_error err = {0};
    struct fnl_model_entry *e = add(l, file, strlen(file), path);
    if (!e)
        return;
    if (fn_model_open(path, &m, &err)) {
        (void)snprintf(e->what, sizeof e->what, "damaged: %.250s", err.text);
        return;
    }
    (void)snprintf(e->what, sizeof e->what, "%s", fn_role_name(m->role));
    (void)snprintf(e->licence, sizeof e->licence, "%s", m->card.licence);
    fn_h128_hex(&m->id, e->id);
    e->parameters = count_parameters(&m->graph);
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
            if (fn_path_ends_in(name, ".profile"))
                list_profile(l, dir, name, path);
            else if (fn_path_ends_in(name, ".fnm"))
                list_model(l, name, path);
        }
        free(e[i]);
    }
    free(e);
    return l->failed;
}

int fnl_models_list(struct fn_library *lib, struct fnl_models *ret, struct fn_error *err)
{
    struct listing l = {.to = ret};
    const char *dir = NULL;
    *ret = (struct fnl_models){0};
    int rc = fnl_models_dir(lib, &dir, err);
    if (rc)
        return rc;
    (void)fn_path_each_model_dir(dir, list_dir, &l);
    if (!l.failed)
        return 0;
    fnl_models_finish(ret);
    return fn_error_set(err, -ENOMEM, "out of memory");
}

void fnl_models_finish(struct fnl_models *l)
{
    for (size_t i = 0; i < l->n; i++) {
        free(l->m[i].name);
        free(l->m[i].path);
    }
    free(l->m);
    *l = (struct fnl_models){0};
}
