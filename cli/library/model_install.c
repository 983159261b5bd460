/* SPDX-License-Identifier: MIT */
#include "cli/library/model_install.h"

#include <stdio.h>
#include <string.h>

#include "cli/library/model_places.h"
#include "engine/base/file.h"
#include "engine/base/shell_word.h"
#include "engine/face/embed.h"
#include "engine/face/net_input.h"
#include "engine/kernels/cpu.h"
#include "engine/model/look_up.h"
#include "engine/model/profile.h"

enum { NAME_MAX_CHARS = 49, MODEL_MAX = 1 << 30 };

struct install {
    const struct fnl_install *what;
    struct fn_profile_values v;
    char from[FN_PATH_MAX]; /* folder of the base profile */
    const char *to;         /* folder of the new one */
};

bool fnl_profile_name_valid(const char *name)
{
    size_t n = strlen(name);
    return n && n <= NAME_MAX_CHARS &&
           strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_") ==
               n;
}

/* The model must run, have 128 outputs and define how its chips are cut. It is better to report
 * that now than by the workers of a daemon. */
static int check_embedder(const struct fn_model *m, struct fn_error *err)
{
    struct fn_embedder e;
    int rc = fn_embedder_init(&e, m, false, FN_CPU_DETECT, err);
    if (!rc)
        fn_embedder_finish(&e);
    return rc;
}

static int check_detector(const struct fn_model *m, struct fn_error *err)
{
    struct fn_batch_net net;
    int rc = fn_batch_net_init(&net, m, FN_CPU_DETECT, false, err);
    if (!rc)
        fn_batch_net_finish(&net);
    return rc;
}

static int check_model(const struct fn_model *m, const char *path, struct fn_error *err)
{
    if (m->role != FN_ROLE_EMBEDDER && m->role != FN_ROLE_DETECTOR)
        return fn_error_set(err, FN_EUSAGE,
                            "%s is a network of kind %s, not an embedder or a detector", path,
                            fn_role_name(m->role));
    if (m->role == FN_ROLE_DETECTOR ? m->decode.kind == FN_DECODE_NONE : !m->align.n_points)
        return fn_error_set(
            err, FN_EMODEL,
            "%s: its input and output conventions are unknown; import it with --profile", path);
    int rc = m->role == FN_ROLE_DETECTOR ? check_detector(m, err) : check_embedder(m, err);
    return rc ? fn_error_prefix(err, "%s", path) : 0;
}

/* The file name in the profile that the model replaces. */
static char *place(struct install *i)
{
    return i->what->model->role == FN_ROLE_DETECTOR ? i->v.detector : i->v.embedder;
}

/* Distances of one embedder mean nothing to another. */
static int no_thresholds(const char *file, struct fn_error *err)
{
    return fn_error_set(
        err, FN_EREFUSED,
        "%s has no thresholds. Measure them on a folder of pictures per person, "
        "then install it: fnq eval calibrate %s DIR",
        file, FN_SHELL(file));
}

static int make_values(struct fn_library *lib, struct install *i, struct fn_error *err)
{
    const struct fn_calibration *c = &i->what->model->calibration;
    const char *dir = NULL, *base = i->what->base;
    int rc = fnl_models_dir(lib, &dir, err);
    rc = rc ? rc : fn_profile_read_values(dir, base, &i->v, err);
    rc = rc ? rc : fn_profile_look_up(dir, base, i->from, sizeof i->from, err);
    if (rc)
        return rc;
    (void)snprintf(i->v.name, sizeof i->v.name, "%s", i->what->name);
    (void)snprintf(place(i), sizeof i->v.embedder, "%s.fnm", i->what->name);
    if (i->what->model->role == FN_ROLE_DETECTOR)
        return 0;
    if (!(c->pair_d2 > 0))
        return no_thresholds(i->what->from, err);
    fn_profile_calibrate(&i->v, c);
    return 0;
}

/* ---- writing ---- */

static bool same_model(const char *a, const char *b)
{
    struct fn_error err;
    struct fn_model *x = NULL, *y = NULL;
    bool same = fn_model_open(a, &x, &err) == 0 && fn_model_open(b, &y, &err) == 0 &&
                fn_h128_eq(&x->id, &y->id);
    fn_model_destroy(x);
    fn_model_destroy(y);
    return same;
}

static int copy_file(const char *from, const char *to, struct fn_error *err)
{
    struct fn_buf b;
    fn_buf_init(&b, MODEL_MAX);
    int rc = fn_file_read(from, &b, err);
    rc = rc ? rc : fn_file_write_atomic(to, b.data, b.len, 0644, err);
    fn_buf_finish(&b);
    return rc;
}

/* Copies a file of the profile into the folder of the new profile. */
static int bring(const struct install *i, const char *file, struct fn_error *err)
{
    char from[FN_PATH_MAX], to[FN_PATH_MAX];
    if (!file[0])
        return 0;
    if (fn_path_join(from, sizeof from, i->from, file) ||
        fn_path_join(to, sizeof to, i->to, file))
        return fn_error_set(err, FN_ELIMIT, "%s: the name is too long", file);
    if (strcmp(from, to) == 0)
        return 0;
    if (!fn_file_exists(to))
        return copy_file(from, to, err);
    return same_model(from, to)
               ? 0
               : fn_error_set(err, FN_EREFUSED, "%s is another network than %s", to, from);
}

static int write_profile(const struct install *i, const char *path, struct fn_error *err)
{
    struct fn_buf text;
    fn_buf_init(&text, 1 << 16);
    fn_profile_print(&i->v, &text);
    int rc = fn_file_write_atomic(path, text.data, text.len, 0644, err);
    fn_buf_finish(&text);
    return rc;
}

static int write_files(struct install *i, struct fn_error *err)
{
    char model[FN_PATH_MAX], profile[FN_PATH_MAX], file[80];
    const char *const files[] = {i->v.detector, i->v.verifier, i->v.landmarks, i->v.embedder};
    int rc = 0;
    (void)snprintf(file, sizeof file, "%s.profile", i->v.name);
    for (size_t k = 0; k < sizeof files / sizeof *files && !rc; k++)
        rc = files[k] == place(i) ? 0 : bring(i, files[k], err);
    if (!rc && (fn_path_join(model, sizeof model, i->to, place(i)) ||
                fn_path_join(profile, sizeof profile, i->to, file)))
        rc = fn_error_set(err, FN_ELIMIT, "%s: the name is too long", file);
    rc = rc ? rc : fn_model_save(i->what->model, model, err);
    return rc ? rc : write_profile(i, profile, err);
}

int fnl_model_install(struct fn_library *lib, enum fnl_mode mode,
                      const struct fnl_install *what, char ret_folder[FN_PATH_MAX],
                      struct fn_error *err)
{
    struct install i = {.what = what, .to = ret_folder};
    if (!fnl_profile_name_valid(what->name))
        return fn_error_set(err, FN_EUSAGE, "'%s' cannot be the name of a profile", what->name);
    int rc = check_model(what->model, what->from, err);
    rc = rc ? rc : make_values(lib, &i, err);
    rc = rc ? rc : fnl_model_target(lib, ret_folder, FN_PATH_MAX, err);
    if (!rc && strcmp(what->name, what->base) == 0)
        rc = fn_error_set(err, FN_EREFUSED, "profile %s would replace the one it is made from",
                          what->name);
    return rc || mode == FNL_TRY ? rc : write_files(&i, err);
}
