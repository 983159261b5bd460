/* SPDX-License-Identifier: MIT */
/* The networks that are evaluated: those of a profile, unchanged or with another embedder. */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/library/eval_priv.h"
#include "engine/base/file.h"
#include "engine/model/look_up.h"

static int link_file(const char *from_dir, const char *name, const char *to_dir)
{
    char from[FN_PATH_MAX], to[FN_PATH_MAX], *real;
    if (!name[0])
        return 0;
    int rc = fn_path_join(from, sizeof from, from_dir, name);
    rc = rc ? rc : fn_path_join(to, sizeof to, to_dir, name);
    if (rc || !(real = realpath(from, NULL)))
        return rc ? rc : -errno;
    rc = symlink(real, to) ? -errno : 0;
    free(real);
    return rc;
}

static int make_folder(struct fnl_eval *e, struct fn_error *err)
{
    const char *tmp = getenv("TMPDIR");
    (void)snprintf(e->models_dir, sizeof e->models_dir, "%s/fnq-eval-XXXXXX",
                   tmp && tmp[0] == '/' ? tmp : "/tmp");
    if (mkdtemp(e->models_dir))
        return 0;
    int rc = -errno;
    e->models_dir[0] = '\0';
    return fn_error_set(err, rc, "cannot make a folder for models: %s", fn_strerror(rc));
}

/* Makes a temporary folder of models: those of the profile, with another embedder or with
 * mirror averaging. No model file is copied. */
static int make_models(struct fnl_eval *e, const char *base, const char *profile,
                       struct fn_error *err)
{
    char dir[FN_PATH_MAX], own[2 * FN_PATH_MAX], path[FN_PATH_MAX], *model = NULL;
    struct fn_profile_values v;
    struct fn_buf text;
    int rc = fn_profile_read_values(base, profile, &v, err);
    rc = rc ? rc : fn_profile_look_up(base, profile, dir, sizeof dir, err);
    if (rc)
        return rc;
    (void)snprintf(own, sizeof own, "%s/%s", dir, v.embedder);
    const char *file = e->choice.model ? e->choice.model : own;
    if (!(model = realpath(file, NULL)))
        return fn_error_set(err, -errno, "%s: %s", file, fn_strerror(-errno));
    rc = make_folder(e, err);
    const char *slash = strrchr(model, '/');
    (void)snprintf(e->embedder, sizeof e->embedder, "%s", slash ? slash + 1 : model);
    (void)snprintf(v.embedder, sizeof v.embedder, "evaluated.fnm");
    v.flip = v.flip || e->choice.flip;
    fn_buf_init(&text, 1 << 20);
    fn_profile_print(&v, &text);
    rc = rc ? rc : link_file(dir, v.detector, e->models_dir);
    rc = rc ? rc : link_file(dir, v.verifier, e->models_dir);
    rc = rc ? rc : link_file(dir, v.landmarks, e->models_dir);
    rc = rc ? rc : fn_path_join(path, sizeof path, e->models_dir, v.embedder);
    rc = rc ? rc : symlink(model, path) ? -errno : 0;
    rc = rc ? rc : fn_path_join(path, sizeof path, e->models_dir, "evaluated.profile");
    rc = rc ? rc : fn_file_write_atomic(path, text.data, text.len, 0600, err);
    if (rc && !err->code)
        (void)fn_error_set(err, rc, "cannot put models together: %s", fn_strerror(rc));
    fn_buf_finish(&text);
    free(model);
    return rc;
}

static void remove_models(struct fnl_eval *e)
{
    char path[FN_PATH_MAX];
    const struct fn_profile_values *v = e->profile ? &e->profile->v : NULL;
    const char *names[] = {v ? v->detector : "", v ? v->verifier : "", v ? v->landmarks : "",
                           "evaluated.fnm", "evaluated.profile"};
    if (!e->models_dir[0])
        return;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (names[i][0] && !fn_path_join(path, sizeof path, e->models_dir, names[i]))
            (void)unlink(path);
    (void)rmdir(e->models_dir);
}

/* Takes the thresholds in the model of --model, unless they are for the other setting of
 * --flip. */
static void take_thresholds(struct fnl_eval *e)
{
    const struct fn_calibration *c = &e->profile->embedder->calibration;
    struct fn_profile_values *v = &e->profile->v;
    if (!e->choice.model || !(c->pair_d2 > 0))
        return;
    if (c->flip != v->flip) {
        e->other_flip = true;
        return;
    }
    fn_profile_calibrate(v, c);
    e->calibrated = true;
}

double fnl_eval_fixed(const struct fnl_eval *e)
{
    /* The threshold of the profile belongs to its embedder; another one may have its own. */
    return e->choice.model && !e->calibrated ? (double)NAN : (double)e->profile->v.pair_d2;
}

static int open_profile(struct fnl_eval *e, struct fn_error *err)
{
    const struct fn_config *c = NULL;
    int rc = fnl_config(e->lib, &c, err);
    if (rc)
        return rc;
    const char *profile = e->choice.profile ? e->choice.profile : c->profile;
    const char *dir = fn_config_models_dir(c, fnl_choice_of(e->lib)->models);
    (void)snprintf(e->name, sizeof e->name, "%s", profile);
    if (e->choice.model || e->choice.flip) {
        rc = make_models(e, dir, profile, err);
        dir = e->models_dir;
        profile = "evaluated";
    }
    fnl_profile_use(e->lib, dir, profile);
    rc = rc ? rc : fn_profile_open(dir, profile, &e->profile, err);
    if (!rc)
        take_thresholds(e);
    if (!rc && !e->embedder[0])
        (void)snprintf(e->embedder, sizeof e->embedder, "%s", e->profile->v.embedder);
    return rc;
}

int fnl_eval_open(struct fn_library *lib, const struct fnl_eval_choice *choice,
                  const struct fnl_eval_events *events, struct fnl_eval *e,
                  struct fn_error *err)
{
    *e = (struct fnl_eval){
        .lib = lib, .choice = *choice, .crop = choice->crop > 0 ? (float)choice->crop : .5f};
    if (events)
        e->events = *events;
    int rc = open_profile(e, err);
    e->buffer = calloc(1, sizeof *e->buffer);
    e->faces = rc ? NULL : fnl_eval_cache(e, "faces");
    if (!rc && (!e->buffer || !e->faces))
        rc = fn_error_set(err, -ENOMEM, "out of memory");
    if (rc)
        fnl_eval_close(e);
    return rc;
}

void fnl_eval_close(struct fnl_eval *e)
{
    if (!e->lib)
        return;
    fnl_profile_use(e->lib, NULL,
                    ""); /* the worker of the handle runs the configured profile again */
    fnl_eval_centre_destroy(e->centre);
    fnl_cache_close(e->faces);
    fnl_cache_close(e->centre_cache);
    remove_models(e);
    fn_profile_destroy(e->profile);
    free(e->buffer);
    free(e->failures);
    *e = (struct fnl_eval){0};
}
