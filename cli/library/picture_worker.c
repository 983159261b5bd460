/* SPDX-License-Identifier: MIT */
/* The one worker of a handle. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/library/library_priv.h"
#include "cli/library/pictures.h"
#include "engine/model/profile.h"

int fnl_worker_start(struct fn_library *lib, struct fn_error *err)
{
    const struct fn_config *c = NULL;
    int rc = lib->worker ? 0 : fnl_config(lib, &c, err);
    if (rc)
        return rc;
    if (!lib->worker) {
        lib->worker = calloc(1, sizeof *lib->worker);
        if (!lib->worker)
            return fn_error_set(err, -ENOMEM, "out of memory");
        fn_worker_opts_of(c, lib->models_dir ? lib->models_dir : lib->choice.models,
                          lib->profile, &lib->worker->opts);
        /* A user waits for the result. */
        lib->worker->opts.priority = FN_PRIORITY_NORMAL;
        lib->worker->photo_ms = (int)(c->photo_timeout_s * 1000);
    }
    return fn_steady_start(lib->worker, err);
}

void fnl_profile_use(struct fn_library *lib, const char *models_dir, const char *profile)
{
    fnl_worker_stop(lib);
    lib->models_dir = models_dir;
    (void)snprintf(lib->profile, sizeof lib->profile, "%s", profile);
}

void fnl_profile_of_index(struct fn_library *lib, const char *dir,
                          const struct fn_index_model *m)
{
    struct fn_error unused = {0};
    char name[sizeof lib->profile] = {0};
    if (lib->worker) /* it runs the profile that it was started with */
        return;
    if (fn_profile_of_id(dir, m->profile, &m->profile_id, name, &unused))
        (void)snprintf(name, sizeof name, "%s", m->profile);
    memcpy(lib->profile, name, sizeof name);
}

void fnl_profile_copy(struct fn_library *to, const struct fn_library *from)
{
    fnl_profile_use(to, from->models_dir, from->profile);
}

void fnl_worker_stop(struct fn_library *lib)
{
    if (lib->worker)
        fn_steady_stop(lib->worker);
    free(lib->worker);
    lib->worker = NULL;
}

int fnl_worker_ask(struct fn_library *lib, struct fn_work_request *r, struct fn_work_reply *ret,
                   struct fn_error *err)
{
    int rc = fnl_worker_start(lib, err);
    return rc ? rc : fn_steady_ask(lib->worker, r, ret, err);
}
