/* SPDX-License-Identifier: MIT */
#include "cli/library/photo_view.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/array.h"

const char *fnl_photo_state_name(enum fnl_photo_state s)
{
    static const char *const name[] = {"ok", "bad", "away", "gone"};
    return name[s];
}

struct walk {
    struct fn_txn *t;
    struct fnl_photo_view *to;
};

static int add_file(const struct fn_path *p, void *arg)
{
    struct walk *w = arg;
    struct fnl_photo_view *v = w->to;
    struct fn_root root;
    char full[FN_PATH_MAX];
    struct fnl_photo_file *all = fn_array_grow(v->files, &v->cap, v->n_files + 1, sizeof *all);
    if (!all)
        return -ENOMEM;
    v->files = all;
    bool has = fn_root_get(w->t, p->root, &root) == 0;
    bool whole = has && fn_path_join(full, sizeof full, root.path, p->path) == 0;
    v->files[v->n_files] = (struct fnl_photo_file){.path = strdup(whole ? full : p->path),
                                                   .mtime_ns = p->mtime_ns,
                                                   .away = has && root.state == FN_ROOT_AWAY};
    return v->files[v->n_files++].path ? 0 : -ENOMEM;
}

static enum fnl_photo_state state_of(const struct fnl_photo_view *v)
{
    size_t n_away = 0;
    if (v->photo.state == FN_PHOTO_GONE)
        return FNL_PHOTO_GONE;
    if (v->photo.state == FN_PHOTO_BAD)
        return FNL_PHOTO_BAD;
    for (size_t i = 0; i < v->n_files; i++)
        n_away += v->files[i].away;
    return v->n_files && n_away == v->n_files ? FNL_PHOTO_AWAY : FNL_PHOTO_OK;
}

static int get_faces(struct fn_txn *t, struct fnl_photo_view *v, struct fn_error *err)
{
    size_t max = v->photo.n_faces, n = 0;
    fn_face_id *ids = calloc(max + 1, sizeof *ids);
    v->faces = calloc(max + 1, sizeof *v->faces);
    int rc = ids && v->faces ? fn_face_ids_of_photo(t, v->photo.id, ids, max, &n) : -ENOMEM;
    if (rc == FN_ENOTFOUND)
        rc = 0;
    if (rc)
        (void)fn_error_set(err, rc, "%s", fn_strerror(rc));
    for (size_t i = 0; !rc && i < n; i++)
        rc = fnl_fact_get(t, ids[i], &v->faces[v->n_faces++], err);
    free(ids);
    return rc;
}

int fnl_photo_view(struct fn_library *lib, const char *what, struct fnl_photo_view *ret,
                   struct fn_error *err)
{
    struct fn_txn *t = fnl_txn(lib);
    struct walk w = {t, ret};
    fn_photo_id id = 0;
    *ret = (struct fnl_photo_view){.n_files = 0};
    int rc = fnl_photo_find(lib, what, &id, err);
    if (rc)
        return rc;
    rc = fn_photo_get(t, id, &ret->photo);
    rc = rc ? rc : fn_path_each_of_photo(t, id, add_file, &w);
    if (rc && rc != FN_ENOTFOUND)
        (void)fn_error_set(err, rc, "%s: %s", what, fn_strerror(rc));
    else
        rc = get_faces(t, ret, err);
    ret->state = state_of(ret);
    if (rc)
        fnl_photo_view_finish(ret);
    return rc;
}

void fnl_photo_view_finish(struct fnl_photo_view *v)
{
    for (size_t i = 0; i < v->n_files; i++)
        free(v->files[i].path);
    free(v->files);
    free(v->faces);
    *v = (struct fnl_photo_view){.n_files = 0};
}
