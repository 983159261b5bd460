/* SPDX-License-Identifier: MIT */
#include "cli/library/split_person.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static int load_face(struct fn_txn *t, fn_face_id id, struct fnl_part_face *ret)
{
    struct fn_face_rec rec;
    struct fn_photo photo;
    int rc = fn_face_get(t, id, &rec);
    rc = rc ? rc : fn_vector_get(t, rec.row, ret->x);
    rc = rc ? rc : fn_photo_get(t, rec.photo, &photo);
    if (rc)
        return rc;
    ret->id = id;
    ret->ckey = rec.ckey;
    ret->photo = rec.photo;
    ret->taken_s = photo.taken_precision ? photo.taken_s : INT64_MAX;
    return 0;
}

static int load_faces(struct fn_txn *t, const struct fnl_ids *ids, struct fnl_split *s)
{
    int rc = 0;
    s->f = calloc(ids->n + 1, sizeof *s->f);
    if (!s->f)
        return -ENOMEM;
    for (; !rc && s->n < ids->n; s->n++)
        rc = load_face(t, ids->id[s->n], &s->f[s->n]);
    return rc;
}

int fnl_split_load(struct fn_txn *t, const char *who, struct fnl_split *ret,
                   struct fn_error *err)
{
    struct fnl_ids ids = {0};
    *ret = (struct fnl_split){0};
    int rc = fnl_person_find(t, who, &ret->person, err);
    if (rc)
        return rc;
    if ((rc = fn_people_thresholds(t, &ret->thresholds)))
        return fn_error_set(err, rc, "%s", fn_strerror(rc));
    rc = fnl_person_faces(t, &ret->person.id, &ids, err);
    if (!rc && (rc = load_faces(t, &ids, ret)))
        (void)fn_error_set(err, rc, "%s", fn_strerror(rc));
    fnl_ids_finish(&ids);
    return rc;
}

void fnl_split_finish(struct fnl_split *s)
{
    free(s->f);
    s->f = NULL;
    s->n = 0;
}

int fnl_split_choose_part(const struct fnl_split *s, const char *letter, bool *taken,
                          struct fn_error *err)
{
    size_t part = (size_t)((letter[0] | 32) - 'a');
    if (letter[0] == '\0' || letter[1] != '\0' || part >= s->n_parts)
        return fn_error_set(err, FN_EUSAGE, "there are %zu parts, A to %c", s->n_parts,
                            (char)('A' + (s->n_parts ? s->n_parts - 1 : 0)));
    for (size_t i = 0; i < s->n; i++)
        taken[i] = s->f[i].part == part;
    return 0;
}

int fnl_split_choose_face(const struct fnl_split *s, fn_face_id face, const char *what,
                          bool *taken, struct fn_error *err)
{
    for (size_t i = 0; i < s->n; i++)
        if (s->f[i].id == face) {
            taken[i] = true;
            return 0;
        }
    return fn_error_set(err, FN_EREFUSED, "%s is not a face of this person. Nothing changed",
                        what);
}

/* ---- taking faces out ---- */

struct work {
    struct fnl_taking *k;
    fn_face_id *rest;
};

static int label_taken(struct fn_txn *t, struct fnl_act *act, struct fnl_labelling *l,
                       struct fn_error *err)
{
    if (l->who)
        return fnl_labelling_fill(t, act, l, err);
    int rc = fn_person_new_id(&l->id);
    if (rc)
        return fn_error_set(err, rc, "no random numbers: %s", fn_strerror(rc));
    l->is_new = true;
    for (size_t i = 0; !rc && i < l->n; i++)
        rc = fnl_act_add_face(act, t, FN_ASSERT_IS, l->faces[i], &l->id, err);
    return rc;
}

static int fill(struct fn_txn *t, struct fnl_act *act, void *arg, struct fn_error *err)
{
    struct work *w = arg;
    int rc = label_taken(t, act, &w->k->taken, err);
    for (size_t i = 0; !rc && i < w->k->n_rest; i++)
        rc = fnl_act_add_face(act, t, FN_ASSERT_NOT, w->rest[i], &w->k->taken.id, err);
    return rc;
}

static int divide(const struct fnl_split *s, const bool *taken, struct work *w,
                  struct fn_error *err)
{
    struct fnl_labelling *l = &w->k->taken;
    for (size_t i = 0; i < s->n; i++) {
        if (taken[i])
            l->faces[l->n++] = s->f[i].id;
        else
            w->rest[w->k->n_rest++] = s->f[i].id;
    }
    w->k->n_taken = l->n;
    if (l->n && w->k->n_rest)
        return 0;
    return fn_error_set(err, FN_EREFUSED, "%s of the faces would be taken. Nothing changed",
                        l->n ? "all" : "none");
}

int fnl_split_take(struct fn_library *lib, enum fnl_mode mode, const struct fnl_split *s,
                   const bool *taken, struct fnl_taking *k, struct fnl_act_result *ret,
                   struct fn_error *err)
{
    struct work w = {.k = k};
    *ret = (struct fnl_act_result){0};
    k->taken = (struct fnl_labelling){.kind = FN_ASSERT_IS, .who = k->as};
    k->n_taken = k->n_rest = 0;
    k->taken.faces = calloc(s->n + 1, sizeof *k->taken.faces);
    w.rest = calloc(s->n + 1, sizeof *w.rest);
    int rc = k->taken.faces && w.rest ? divide(s, taken, &w, err)
                                      : fn_error_set(err, -ENOMEM, "out of memory");
    rc = rc ? rc : fnl_do_act(lib, mode, fill, &w, ret, err);
    free(k->taken.faces);
    free(w.rest);
    k->taken.faces = NULL;
    ret->n_conflicts = fnl_labelling_conflicts(&k->taken);
    ret->n_already = rc ? 0 : k->taken.standing[FNL_STANDS_SO];
    ret->n_changed = rc ? 0 : k->n_taken - ret->n_already;
    ret->new_person = k->taken.is_new;
    return rc;
}
