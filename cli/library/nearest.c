/* SPDX-License-Identifier: MIT */
#include "cli/library/nearest.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/library/look.h"
#include "index/search/search.h"

static int probe_of_face(struct fn_txn *t, const char *what, struct fnl_probe *p,
                         struct fn_error *err)
{
    struct fn_face_rec rec;
    int rc = fn_face_get(t, p->face, &rec);
    rc = rc ? rc : fn_vector_get(t, rec.row, p->x);
    return rc ? fn_error_set(err, rc, "%s: %s", what, fn_strerror(rc)) : 0;
}

/* number: the face of the file, from 1; 0: its only one. */
static int probe_of_file(struct fn_library *lib, const char *file, unsigned number,
                         struct fnl_probe *p, struct fn_error *err)
{
    struct fnl_look l;
    int rc = fnl_look(lib, file, 0, &l, err);
    if (!rc && l.code) {
        *err = l.err;
        rc = fn_error_prefix(err, "%s", l.path);
    }
    if (!rc && (number ? number > l.n : l.n != 1))
        rc = fn_error_set(err, l.n ? FN_EUSAGE : FN_ENOTFOUND,
                          l.n ? "%s has %zu faces: choose one, %s:N" : "%s has no face", l.path,
                          l.n, l.path);
    if (!rc)
        memcpy(p->x, l.faces[number ? number - 1 : 0].x, sizeof p->x);
    fnl_look_finish(&l);
    return rc ? rc : fnl_read_begin(lib, err);
}

int fnl_probe_get(struct fn_library *lib, const char *what, struct fnl_probe *ret,
                  struct fn_error *err)
{
    char file[FN_PATH_MAX];
    struct fn_error own;
    unsigned number = 0;
    err = err ? err : &own;
    *ret = (struct fnl_probe){.face = 0};
    bool numbered =
        access(what, F_OK) != 0 && fnl_split_numbered(what, file, sizeof file, &number);
    int rc = fnl_read_begin(lib, err);
    if (rc)
        return rc;
    if (fnl_is_face_id(what)) {
        rc = fnl_face_find(lib, what, &ret->face, err);
        return rc ? rc : probe_of_face(fnl_txn(lib), what, ret, err);
    }
    if (numbered && fnl_face_find(lib, what, &ret->face, NULL) == 0)
        return probe_of_face(fnl_txn(lib), what, ret, err);
    ret->face = 0;
    return probe_of_file(lib, numbered ? file : what, number, ret, err);
}

int fnl_nearest(struct fn_txn *t, const struct fnl_probe *probe, size_t k,
                struct fnl_near **ret, size_t *ret_n, struct fn_error *err)
{
    struct fn_index_model model;
    size_t n = 0;
    struct fn_hit *hits = calloc(k + 1, sizeof *hits);
    struct fnl_near *near = calloc(k + 1, sizeof *near);
    int rc = hits && near ? fn_index_model_get(t, &model, err)
                          : fn_error_set(err, -ENOMEM, "out of memory");
    rc = rc ? rc : fn_search(t, probe->x, UINT32_MAX, k, probe->face, hits, &n, err);
    for (size_t i = 0; !rc && i < n; i++) {
        rc = fnl_fact_get(t, hits[i].face, &near[i].fact, err);
        near[i].d2 = fnl_d2(hits[i].d);
        near[i].p = fn_people_probability(&model, hits[i].d);
    }
    free(hits);
    if (rc) {
        free(near);
        return rc;
    }
    *ret = near;
    *ret_n = n;
    return 0;
}
