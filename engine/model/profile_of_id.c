/* SPDX-License-Identifier: MIT */
/* From the id of vectors to the installed profile that makes such vectors. */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/paths.h"
#include "engine/model/look_up.h"
#include "engine/model/profile.h"

struct find {
    const char *models_dir;
    const struct fn_h128 *id;
    char *ret;
};

/* 1: this profile has the id. A profile that cannot be opened has none. */
static bool has_id(const struct find *f, const char *name)
{
    struct fn_profile *p = NULL;
    struct fn_error unused = {0};
    bool same =
        fn_profile_open(f->models_dir, name, &p, &unused) == 0 && fn_h128_eq(&p->id, f->id);
    fn_profile_destroy(p);
    return same;
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

static int look_in(const char *dir, void *arg)
{
    static const char suffix[] = ".profile";
    struct find *f = arg;
    struct dirent **e = NULL;
    bool found = false;
    int n = scandir(dir, &e, NULL, by_name);
    for (int i = 0; i < n; i++) {
        char name[64];
        size_t size = strlen(e[i]->d_name);
        if (!found && fn_path_ends_in(e[i]->d_name, suffix) &&
            size - (sizeof suffix - 1) < sizeof name) {
            (void)snprintf(name, sizeof name, "%.*s", (int)(size - (sizeof suffix - 1)),
                           e[i]->d_name);
            found = fn_plain_name(name, sizeof name) && has_id(f, name);
            if (found)
                (void)snprintf(f->ret, sizeof name, "%s", name);
        }
        free(e[i]);
    }
    free(e);
    return found;
}

int fn_profile_of_id(const char *models_dir, const char *preferred, const struct fn_h128 *id,
                     char ret_name[64], struct fn_error *err)
{
    struct find f = {.models_dir = models_dir, .id = id, .ret = ret_name};
    char hex[FN_H128_HEX];
    if (fn_plain_name(preferred, 64) && has_id(&f, preferred)) {
        (void)snprintf(ret_name, 64, "%s", preferred);
        return 0;
    }
    if (fn_path_each_model_dir(models_dir, look_in, &f) == 1)
        return 0;
    fn_h128_hex(id, hex);
    return fn_error_set(err, FN_ENOTFOUND, "no installed profile makes vectors %.10s", hex);
}
