/* SPDX-License-Identifier: MIT */
/* Profiles: finding their file, and opening the networks it names. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/file.h"
#include "engine/base/paths.h"
#include "engine/model/container.h"
#include "engine/model/look_up.h"
#include "engine/model/profile.h"

enum { PROFILE_BYTES_MAX = 1 << 16 };

static int read_values(const char *dir, const char *name, struct fn_profile_values *ret,
                       struct fn_error *err)
{
    char path[FN_PATH_MAX], file[80];
    struct fn_buf b;
    (void)snprintf(file, sizeof file, "%.63s.profile", name);
    int rc = fn_path_join(path, sizeof path, dir, file);
    if (rc)
        return fn_error_set(err, rc, "path too long");
    fn_buf_init(&b, PROFILE_BYTES_MAX);
    rc = fn_file_read(path, &b, err);
    if (rc == 0) {
        fn_buf_char(&b, '\n');
        rc = fn_buf_failed(&b) ? fn_error_set(err, FN_ELIMIT, "too long")
                               : fn_profile_parse(b.data, ret, err);
        if (rc)
            fn_error_prefix(err, "\"%s\"", path);
    }
    fn_buf_finish(&b);
    return rc;
}

int fn_profile_read_values(const char *models_dir, const char *name,
                           struct fn_profile_values *ret, struct fn_error *err)
{
    char dir[FN_PATH_MAX];
    int rc = fn_profile_look_up(models_dir, name, dir, sizeof dir, err);
    return rc ? rc : read_values(dir, name, ret, err);
}

static int open_network(const char *dir, const char *file, enum fn_role role,
                        struct fn_model **ret, struct fn_error *err)
{
    char path[FN_PATH_MAX];
    struct fn_model *m;
    int rc = fn_path_join(path, sizeof path, dir, file);
    if (rc)
        return fn_error_set(err, rc, "path too long");
    rc = fn_model_open(path, &m, err);
    if (rc)
        return rc;
    if (m->role != role) {
        rc = fn_error_set(err, FN_EMODEL, "\"%s\" is a network of kind %s, not %s", path,
                          fn_role_name(m->role), fn_role_name(role));
        fn_model_destroy(m);
        return rc;
    }
    *ret = m;
    return 0;
}

/* What a vector depends on: the embedder, and how its chips are cut (landmark network, both
 * recipes, mirroring). */
static int vector_id(const struct fn_profile *p, struct fn_h128 *ret)
{
    struct fn_buf b;
    fn_buf_init(&b, 1 << 16);
    fn_buf_add(&b, p->embedder->id.b, sizeof p->embedder->id.b);
    fn_buf_add(&b, p->landmarks->id.b, sizeof p->landmarks->id.b);
    int rc = fn_align_text(&p->embedder->align, &b);
    if (rc == 0)
        rc = fn_align_text(&p->landmarks->align, &b);
    fn_buf_str(&b, p->v.flip ? "flip" : "plain");
    if (rc == 0 && fn_buf_failed(&b))
        rc = -ENOMEM;
    if (rc == 0)
        *ret = fn_hash128(b.data, b.len);
    fn_buf_finish(&b);
    return rc;
}

static int open_networks(const char *dir, struct fn_profile *p, struct fn_error *err)
{
    const struct fn_profile_values *v = &p->v;
    int rc = open_network(dir, v->detector, FN_ROLE_DETECTOR, &p->detector, err);
    if (rc == 0 && v->verifier[0])
        rc = open_network(dir, v->verifier, FN_ROLE_VERIFIER, &p->verifier, err);
    if (rc == 0)
        rc = open_network(dir, v->landmarks, FN_ROLE_LANDMARKS, &p->landmarks, err);
    if (rc == 0)
        rc = open_network(dir, v->embedder, FN_ROLE_EMBEDDER, &p->embedder, err);
    if (rc == 0 && (rc = vector_id(p, &p->id)) != 0)
        rc = fn_error_set(err, rc, "the profile's id cannot be made");
    return rc;
}

int fn_profile_open(const char *models_dir, const char *name, struct fn_profile **ret,
                    struct fn_error *err)
{
    char dir[FN_PATH_MAX];
    int rc = fn_profile_look_up(models_dir, name, dir, sizeof dir, err);
    if (rc)
        return rc;
    struct fn_profile *p = calloc(1, sizeof *p);
    if (!p)
        return fn_error_set(err, -ENOMEM, "out of memory");
    rc = read_values(dir, name, &p->v, err);
    if (rc == 0)
        rc = open_networks(dir, p, err);
    if (rc)
        fn_profile_destroy(p);
    else
        *ret = p;
    return rc;
}

void fn_profile_destroy(struct fn_profile *p)
{
    if (!p)
        return;
    fn_model_destroy(p->detector);
    fn_model_destroy(p->verifier);
    fn_model_destroy(p->landmarks);
    fn_model_destroy(p->embedder);
    free(p);
}
