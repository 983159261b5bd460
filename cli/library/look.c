/* SPDX-License-Identifier: MIT */
#include "cli/library/look.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/library/library_priv.h"
#include "cli/library/model_places.h"
#include "engine/base/clock.h"
#include "index/search/search.h"

void fnl_look_finish(struct fnl_look *l)
{
    if (l->fd >= 0)
        (void)close(l->fd);
    free(l->faces);
    *l = (struct fnl_look){.fd = -1};
}

void fnl_look_min_p(struct fnl_look *l, double p)
{
    for (size_t i = 0; i < l->n; i++) {
        struct fnl_fact *f = &l->faces[i].fact;
        if (!f->person.is || !f->person.has_d || f->person.p >= p || f->state == FNL_CONFIRMED)
            continue;
        f->other = f->person;
        f->person = (struct fnl_match){0};
        f->state = FNL_UNKNOWN;
    }
}

size_t fnl_look_known(const struct fnl_look *l)
{
    size_t n = 0;
    for (size_t i = 0; i < l->n; i++)
        n += l->faces[i].fact.person.is;
    return n;
}

int fnl_candidates(struct fn_txn *t, const int16_t x[FN_DIM], fn_face_id except,
                   struct fnl_match *ret, size_t max, size_t *ret_n, struct fn_error *err)
{
    enum { NEAR = 512 };
    struct fn_index_model model;
    struct fn_hit *hits = calloc(NEAR, sizeof *hits);
    size_t n_hits = 0, n = 0;
    if (!hits)
        return fn_error_set(err, -ENOMEM, "out of memory");
    int rc = fn_index_model_get(t, &model, err);
    rc = rc ? rc : fn_search(t, x, UINT32_MAX, NEAR, except, hits, &n_hits, err);
    for (size_t i = 0; !rc && i < n_hits && n < max; i++) {
        struct fnl_fact f;
        if (fnl_fact_get(t, hits[i].face, &f, NULL) || !f.person.is)
            continue;
        size_t k = 0;
        while (k < n && !fnl_person_eq(&ret[k].id, &f.person.id))
            k++;
        if (k < n)
            continue;
        ret[n] = f.person;
        ret[n].has_d = true;
        ret[n].d2 = fnl_d2(hits[i].d);
        ret[n++].p = fn_people_probability(&model, hits[i].d);
    }
    free(hits);
    if (!rc)
        *ret_n = n;
    return rc;
}

static int look_indexed(struct fn_library *lib, struct fnl_look *l, fn_photo_id id,
                        struct fn_error *err)
{
    size_t n = 0;
    struct fn_face_rec *rec = calloc(512, sizeof *rec);
    int rc = rec ? fn_faces_of_photo(lib->read, id, rec, 512, &n) : -ENOMEM;
    if (rc == FN_ENOTFOUND)
        rc = 0;
    if (!rc && n && !(l->faces = calloc(n, sizeof *l->faces)))
        rc = -ENOMEM;
    if (rc)
        (void)fn_error_set(err, rc, "%s", fn_strerror(rc));
    for (size_t i = 0; !rc && i < n; i++) {
        struct fnl_look_face *f = &l->faces[l->n];
        rc = fnl_fact_get(lib->read, rec[i].id, &f->fact, err);
        rc = rc ? rc : fnl_fact_judge(lib->read, &f->fact, err);
        if (!rc && (rc = fn_vector_get(lib->read, rec[i].row, f->x)))
            (void)fn_error_set(err, rc, "%s", fn_strerror(rc));
        if (!rc && l->top)
            rc = fnl_candidates(lib->read, f->x, rec[i].id, f->candidates, (size_t)l->top,
                                &f->n_candidates, err);
        l->n += !rc;
    }
    free(rec);
    l->indexed = true;
    return rc;
}

static uint8_t byte_of(float v)
{
    return (uint8_t)(v <= 0 ? 0 : v >= 1 ? 255 : v * 255 + .5f);
}

static void describe(struct fnl_look *l, const struct fn_face *in, struct fnl_look_face *out)
{
    struct fn_face_key key = {.photo = l->hash};
    fn_box_quantise(in->box, key.box);
    out->fact.photo = l->hash;
    out->fact.rec.ckey = fn_face_ckey(&key);
    fn_face_hex(out->fact.rec.ckey, out->fact.id);
    (void)snprintf(out->fact.shown, sizeof out->fact.shown, "%.*s", (int)FNL_FACE_SHORT,
                   out->fact.id);
    memcpy(out->fact.box, in->box, sizeof out->fact.box);
    memcpy(out->fact.rec.box, key.box, sizeof out->fact.rec.box);
    out->fact.rec.score = byte_of(in->score);
    out->fact.rec.quality = byte_of(in->quality);
    out->fact.rec.sharpness = byte_of(in->sharpness);
    out->fact.rec.eyes_px = (uint16_t)(in->eyes_px < 65535 ? in->eyes_px : 65535);
    out->fact.rec.yaw_deg = (int8_t)in->yaw_deg;
    fn_q14_from_float(out->x, in->embedding, FN_DIM);
}

static void describe_photo(struct fn_photo *p, const struct fn_photo_faces *f)
{
    p->width = f->info.width;
    p->height = f->info.height;
    p->rotated = f->rotated;
    p->taken_s = f->info.exif.taken_s;
    p->zone_min = f->info.exif.zone_min;
    p->taken_precision = f->info.exif.taken_precision;
    (void)snprintf(p->camera, sizeof p->camera, "%s", f->info.exif.camera);
}

static int judge(struct fn_library *lib, const struct fnl_look *l, struct fnl_look_face *f,
                 struct fn_error *err)
{
    struct fn_who who = {0};
    struct fnl_match best = {0}, second = {0};
    int rc = fnl_fact_who(lib->read, f->x, 0, &who, &best, &second, err);
    if (!rc && who.known) {
        f->fact.person = best;
        f->fact.other = second;
        f->fact.state = best.name[0] ? FNL_SUGGESTED : FNL_UNKNOWN;
    } else if (!rc) {
        f->fact.other = best;
    }
    if (!rc && l->top)
        rc = fnl_candidates(lib->read, f->x, 0, f->candidates, (size_t)l->top, &f->n_candidates,
                            err);
    return rc;
}

/* Vectors of two models are never compared. */
static int same_model(struct fn_library *lib, const struct fn_index_model *m,
                      struct fn_error *err)
{
    struct fn_h128 id = fn_worker_profile_id(lib->worker->worker);
    if (fn_h128_eq(&id, &m->profile_id))
        return 0;
    return fn_error_set(
        err, FN_EMODEL,
        "the index was made with other networks than the installed profile '%s'", m->profile);
}

static int look_fresh(struct fn_library *lib, struct fnl_look *l,
                      const struct fn_index_model *model, struct fn_error *err)
{
    struct fn_work_request q = {.kind = FN_WORK_INDEX, .fd = l->fd, .out_fd = -1};
    struct fn_work_reply reply = {0};
    const char *dir = lib->models_dir;
    fnl_read_end(lib);
    int rc = dir ? 0 : fnl_models_dir(lib, &dir, err);
    if (rc)
        return rc;
    fnl_profile_of_index(lib, dir, model);
    rc = fnl_worker_ask(lib, &q, &reply, &l->err);
    if (rc == FN_EMODEL) {
        *err = l->err;
        return rc;
    }
    l->code = rc;
    if (rc)
        return 0;
    rc = same_model(lib, model, err);
    if (!rc && reply.photo.n_faces &&
        !(l->faces = calloc(reply.photo.n_faces, sizeof *l->faces)))
        rc = fn_error_set(err, -ENOMEM, "out of memory");
    rc = rc ? rc : fnl_read_begin(lib, err);
    if (rc)
        return rc;
    describe_photo(&l->photo, &reply.photo);
    for (uint32_t i = 0; !rc && i < reply.photo.n_faces; i++) {
        describe(l, &reply.photo.faces[i], &l->faces[i]);
        rc = judge(lib, l, &l->faces[i], err);
        l->n += !rc;
    }
    return rc;
}

static int open_photo(struct fnl_look *l)
{
    struct stat st;
    l->fd = open(l->path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    if (l->fd < 0)
        return fn_error_set(&l->err, -errno, "%s", fn_strerror(-errno));
    if (fstat(l->fd, &st) < 0 || !S_ISREG(st.st_mode))
        return fn_error_set(&l->err, S_ISDIR(st.st_mode) ? -EISDIR : -EINVAL,
                            S_ISDIR(st.st_mode) ? "is a folder" : "not a regular file");
    return 0;
}

int fnl_look(struct fn_library *lib, const char *path, size_t top, struct fnl_look *ret,
             struct fn_error *err)
{
    struct fn_index_model model;
    fn_photo_id id = 0;
    *ret = (struct fnl_look){.path = path, .fd = -1, .top = top};
    int rc = fnl_read_begin(lib, err);
    rc = rc ? rc : fn_index_model_get(lib->read, &model, err);
    if (rc == FN_ENOTFOUND && lib->read)
        rc = fn_error_set(err, FN_ENOTFOUND, "the index is still empty");
    if (rc)
        return rc;
    ret->code = open_photo(ret);
    if (!ret->code) {
        int known = fnl_photo_of_fd(lib->read, ret->fd, &id, &ret->hash, &ret->err);
        if (!known)
            known = fn_photo_get(lib->read, id, &ret->photo);
        if (!known && ret->photo.state == FN_PHOTO_OK)
            rc = look_indexed(lib, ret, id, err);
        else if (!known && ret->photo.state == FN_PHOTO_BAD)
            ret->code = fn_error_set(&ret->err, FN_EDECODE, "%s", ret->photo.reason);
        else
            rc = look_fresh(lib, ret, &model, err);
    }
    fnl_read_end(lib);
    return rc;
}
