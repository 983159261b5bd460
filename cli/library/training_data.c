/* SPDX-License-Identifier: MIT */
/* The data of a training run: reading them, and finding the face in each picture; see
 * training.h. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cli/library/training.h"
#include "engine/train/held_out.h"

#define HOLD_OUT      .1 /* of the confirmed people */
#define HOLD_OUT_SEED 0x686f6c64

/* A listed box refers to the face that it overlaps most. */
static const struct fnl_eval_face *face_of(const struct fnl_eval_faces *f,
                                           const struct fn_sample *s)
{
    if (!s->has_face)
        return fnl_eval_central(f);
    const struct fnl_eval_face *best = NULL;
    float cx, cy, at = INFINITY;
    fn_similarity_apply(s->face, .5f, .5f, &cx, &cy);
    for (uint32_t i = 0; i < f->n; i++) {
        const float *b = f->v[i].box;
        float x = (b[0] + b[2] / 2) * (float)f->width - cx,
              y = (b[1] + b[3] / 2) * (float)f->height - cy, d = hypotf(x, y);
        bool inside = fabsf(x) < b[2] * (float)f->width && fabsf(y) < b[3] * (float)f->height;
        if (inside && d < at) {
            best = &f->v[i];
            at = d;
        }
    }
    return best;
}

static int find_face(const struct fn_face_template *t, struct fnl_eval *e, struct fn_sample *s,
                     struct fn_error *err)
{
    struct fnl_eval_faces f;
    int rc = fnl_eval_faces(e, s->path, &f, err);
    if (rc < 0)
        return rc;
    const struct fnl_eval_face *face = f.n ? face_of(&f, s) : NULL;
    s->looked = true;
    if (!face)
        return 0;
    float points[5][2];
    for (int i = 0; i < 5; i++) {
        points[i][0] = face->points[i][0] * (float)f.width;
        points[i][1] = face->points[i][1] * (float)f.height;
    }
    s->face = fn_face_template_frame(t, (const float(*)[2])points);
    s->has_face = true;
    return 0;
}

/* All workers fill the cache in parallel; then the results are read one by one. */
static int look_ahead(const struct fn_dataset *d, struct fnl_eval *e, struct fn_error *err)
{
    const char **paths = calloc(d->n + 1, sizeof *paths);
    size_t n = 0;
    if (!paths)
        return fn_error_set(err, -ENOMEM, "out of memory");
    for (size_t i = 0; i < d->n; i++)
        if (d->samples[i].split != FN_SPLIT_TEST)
            paths[n++] = d->samples[i].path;
    int rc = fnl_eval_ahead(e, paths, n, fnl_eval_look_faces, NULL, err);
    free(paths);
    return rc;
}

int fnl_training_find_faces(struct fnl_eval *e, const struct fn_face_template *t,
                            struct fn_dataset *d, size_t *ret_looked, size_t *ret_without,
                            struct fn_error *err)
{
    size_t without = 0, looked_at = 0;
    int rc = look_ahead(d, e, err);
    for (size_t i = 0; rc == 0 && i < d->n; i++) {
        if (d->samples[i].split == FN_SPLIT_TEST)
            continue; /* neither trained on nor evaluated here */
        rc = find_face(t, e, &d->samples[i], err);
        without += rc == 0 && !d->samples[i].has_face;
        looked_at++;
    }
    *ret_looked = looked_at;
    *ret_without = without;
    return rc;
}

int fnl_training_share_faces(struct fn_comm *comm, struct fn_dataset *d, struct fn_error *err)
{
    struct {
        struct fn_similarity face;
        uint8_t has_face, looked;
    } *frames = calloc(d->n + 1, sizeof *frames);
    int rc = fn_comm_agree(comm, frames ? 0 : -ENOMEM, err);
    for (size_t i = 0; rc == 0 && i < d->n; i++) {
        frames[i].face = d->samples[i].face;
        frames[i].has_face = d->samples[i].has_face;
        frames[i].looked = d->samples[i].looked;
    }
    if (rc == 0)
        rc = fn_comm_broadcast(comm, frames, d->n * sizeof *frames, 0, err);
    for (size_t i = 0; rc == 0 && i < d->n; i++) {
        d->samples[i].face = frames[i].face;
        d->samples[i].has_face = frames[i].has_face;
        d->samples[i].looked = frames[i].looked;
    }
    free(frames);
    return rc ? rc : fn_dataset_refresh_id(d, err);
}

/* Sets the other people aside as test people. With the same seed, a larger share contains every
 * smaller one. */
static int take_share(struct fn_dataset *d, const struct fnl_training_choice *c,
                      struct fn_error *err)
{
    return c->share < 1 ? fn_dataset_hold_out(d, 1 - c->share, c->seed, FN_SPLIT_TEST, err) : 0;
}

static int hold_out(struct fn_dataset *d, const struct fnl_training_choice *c,
                    struct fn_error *err)
{
    double share = c->hold_out;
    if (share < 0) {
        share = c->path ? 0 : HOLD_OUT;
        if (share * (double)d->n_people < FN_HELD_OUT_MIN)
            share = 0; /* too few for useful results: they are better used for training */
    }
    /* Uses other random numbers than the share, because it selects from the remaining people.
     */
    return share > 0 ? fn_dataset_hold_out(d, share, c->seed ^ HOLD_OUT_SEED,
                                           FN_SPLIT_VALIDATION, err)
                     : 0;
}

static int read_files(const char *path, const struct fn_picture_source *pictures,
                      struct fn_dataset **ret, struct fn_error *err)
{
    struct stat st;
    if (stat(path, &st) < 0)
        return fn_error_set(err, -errno, "'%s': %s", path, fn_strerror(-errno));
    return S_ISDIR(st.st_mode) ? fn_dataset_scan(path, ret, err)
                               : fn_dataset_from_list(path, pictures, ret, err);
}

int fnl_training_read(struct fn_library *lib, const struct fnl_training_choice *choice,
                      const struct fn_picture_source *pictures,
                      const struct fn_face_template *t, struct fn_comm *comm,
                      struct fnl_training_data *ret, struct fn_error *err)
{
    int rc = choice->path ? read_files(choice->path, pictures, &ret->data, err)
                          : fnl_training_confirmed(lib, t, ret, err);
    /* Compares the data before faces are searched. Otherwise a rank could wait for frames of
     * other pictures. */
    rc = fn_comm_agree_on(comm, rc, rc ? 0 : (uint64_t)ret->data->n, "the number of pictures",
                          NULL, err);
    rc = rc ? rc : hold_out(ret->data, choice, err);
    return rc ? rc : take_share(ret->data, choice, err);
}
