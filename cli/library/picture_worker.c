/* SPDX-License-Identifier: MIT */
/* The client side of one facenetd-worker. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

#include "cli/library/pictures.h"
#include "engine/kernels/cpu.h"
#include "cli/library/library_priv.h"

enum { START_MS = 30000 };

static void options_of(const struct fn_library *lib, const struct fn_config *c,
                       struct fn_worker_opts *o)
{
    *o = (struct fn_worker_opts){
        .models_dir = lib->models_dir                   ? lib->models_dir
                      : lib->choice.models              ? lib->choice.models
                      : c->models_dir && *c->models_dir ? c->models_dir
                                                        : NULL,
        .profile = lib->profile[0] ? lib->profile : c->profile,
        .memory_bytes = (size_t)c->memory_bytes,
        .priority = FN_PRIORITY_NORMAL,
    };
    o->face.effort = (enum fn_effort)c->effort;
    o->face.rotate = (enum fn_rotate)c->rotate;
    o->face.min_score = (float)c->min_score;
    o->face.min_face_px = (uint32_t)c->min_face_px;
    o->face.max_faces = (uint32_t)c->max_faces;
    o->face.cpu_flags = FN_CPU_DETECT;
    o->face.limits.max_pixels = c->max_pixels;
    o->face.limits.max_bytes = (size_t)c->memory_bytes;
}

int fnl_worker_start(struct fn_library *lib, struct fn_error *err)
{
    const struct fn_config *c = NULL;
    struct fn_worker_opts o;
    if (lib->worker)
        return 0;
    int rc = fnl_config(lib, &c, err);
    if (rc)
        return rc;
    options_of(lib, c, &o);
    return fn_worker_spawn(&o, &lib->worker, err);
}

/* How the worker ended, in words; the worker is gone afterwards. */
static void worker_end(struct fn_library *lib, bool kill_it, char *text, size_t size)
{
    pid_t pid = fn_worker_pid(lib->worker);
    int status = 0;
    fn_worker_destroy(lib->worker, kill_it);
    lib->worker = NULL;
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
        ;
    if (text)
        (void)fn_worker_judge(status, kill_it, text, size);
}

void fnl_profile_use(struct fn_library *lib, const char *models_dir, const char *profile)
{
    fnl_worker_stop(lib);
    lib->models_dir = models_dir;
    (void)snprintf(lib->profile, sizeof lib->profile, "%s", profile);
}

void fnl_profile_copy(struct fn_library *to, const struct fn_library *from)
{
    fnl_profile_use(to, from->models_dir, from->profile);
}

void fnl_worker_stop(struct fn_library *lib)
{
    /* Killed, not asked: it holds nothing that could be lost, and the answer is out already. */
    if (lib->worker)
        worker_end(lib, true, NULL, 0);
}

int fnl_worker_ask(struct fn_library *lib, struct fn_work_request *r, struct fn_work_reply *ret,
                   struct fn_error *err)
{
    char how[128] = "";
    const struct fn_config *c = NULL;
    int code = fnl_config(lib, &c, err);
    code = code ? code : fnl_worker_start(lib, err);
    if (code)
        return code;
    r->id = ++lib->request;
    bool first = !fn_worker_ready(lib->worker);
    int timeout_ms = (int)(c->photo_timeout_s * 1000) + (first ? START_MS : 0);
    code = fn_worker_call(lib->worker, r, timeout_ms, ret, err);
    if (code == -ETIMEDOUT) {
        worker_end(lib, true, how, sizeof how);
        return fn_error_set(err, FN_EWORKER, "%s", how);
    }
    if (code) {
        struct fn_error why = *err;
        bool ready = fn_worker_ready(lib->worker);
        worker_end(lib, false, how, sizeof how);
        /* Before it is ready it speaks for itself on standard error (models missing, sandbox).
         */
        return ready ? fn_error_set(err, FN_EWORKER, "%s", how[0] ? how : why.text)
                     : fn_error_set(err, FN_EMODEL, "the worker did not start: %s", why.text);
    }
    return ret->code ? fn_error_set(err, ret->code, "%s", ret->text) : 0;
}
