/* SPDX-License-Identifier: MIT */
/* The confirmed faces of the index as data. Their landmarks are in the index, so no network is
 * needed to find them. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cli/library/confirmed.h"
#include "cli/library/training.h"

static struct fn_similarity frame_of(const struct fn_face_template *t,
                                     const struct fnl_labelled_face *f)
{
    float points[5][2];
    if (f->drawn)
        return fn_frame_of_box(f->box, f->width, f->height);
    for (int i = 0; i < 5; i++) {
        points[i][0] = f->points[i][0] * (float)f->width;
        points[i][1] = f->points[i][1] * (float)f->height;
    }
    return fn_face_template_frame(t, (const float(*)[2])points);
}

int fnl_training_confirmed(struct fn_library *lib, const struct fn_face_template *t,
                           struct fnl_training_data *ret, struct fn_error *err)
{
    struct fnl_labelled l;
    const struct fn_places *places = NULL;
    int rc = fnl_places_get(lib, &places, err);
    rc = rc ? rc : fnl_labelled_get(lib, &l, err);
    if (rc)
        return rc;
    struct fn_dataset_item *item = calloc(l.n, sizeof *item);
    if (!item)
        rc = fn_error_set(err, -ENOMEM, "out of memory");
    for (size_t i = 0; !rc && i < l.n; i++) {
        const struct fnl_labelled_face *f = &l.face[i];
        item[i] = (struct fn_dataset_item){.path = f->path,
                                           .person = f->person,
                                           .name_at = f->name_at,
                                           .frame = frame_of(t, f)};
        memcpy(item[i].box, f->box, sizeof item[i].box);
    }
    rc = rc ? rc : fn_dataset_from_items(item, l.n, places->index_dir, &ret->data, err);
    ret->n_missing = l.n_missing;
    ret->n_unnamed = l.n_unnamed;
    free(item);
    fnl_labelled_free(&l);
    return rc;
}
