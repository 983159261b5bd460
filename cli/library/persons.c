/* SPDX-License-Identifier: MIT */
#include "cli/library/persons.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/array.h"
#include "index/labels/names.h"

int fnl_person_find(struct fn_txn *t, const char *what, struct fn_person *ret,
                    struct fn_error *err)
{
    return fn_person_find(t, what, ret, err);
}

int fnl_person_words(struct fn_txn *t, char *const *words, size_t n, size_t *ret,
                     struct fn_error *err)
{
    struct fn_buf text;
    int rc = FN_ENOTFOUND;
    fn_buf_init(&text, 1 << 16);
    for (size_t k = n; rc == FN_ENOTFOUND && k > 1; k--) {
        struct fn_person_id any[1];
        enum fn_name_match how = FN_NAME_OTHER;
        size_t found;
        fn_buf_reset(&text);
        for (size_t i = 0; i < k; i++)
            fn_buf_printf(&text, "%s%s", i ? " " : "", words[i]);
        if (!fn_buf_failed(&text))
            rc = fn_person_by_name(t, fn_buf_cstr(&text), any, 1, &found, &how);
        if (!rc && how < FN_NAME_WORDS)
            rc = FN_ENOTFOUND;
        *ret = k;
    }
    fn_buf_finish(&text);
    if (rc == FN_ENOTFOUND)
        *ret = 1;
    return rc && rc != FN_ENOTFOUND
               ? fn_error_set(err, rc, "people cannot be read: %s", fn_strerror(rc))
               : 0;
}

int fnl_ids_add(struct fnl_ids *l, fn_face_id id)
{
    fn_face_id *p = fn_array_grow(l->id, &l->cap, l->n + 1, sizeof *p);
    if (!p)
        return -ENOMEM;
    l->id = p;
    l->id[l->n++] = id;
    return 0;
}

void fnl_ids_finish(struct fnl_ids *l)
{
    free(l->id);
    *l = (struct fnl_ids){0};
}

static int add_face(fn_face_id face, void *arg)
{
    return fnl_ids_add(arg, face);
}

int fnl_person_faces(struct fn_txn *t, const struct fn_person_id *id, struct fnl_ids *ret,
                     struct fn_error *err)
{
    int rc = fn_person_each_face(t, id, add_face, ret);
    return rc && rc != FN_ENOTFOUND ? fn_error_set(err, rc, "%s", fn_strerror(rc)) : 0;
}

struct labelled {
    struct fn_txn *t;
    const struct fn_person_id *id;
};

/* Does a label in effect assign the face to a person? Then the id is one that a user created.
 */
static int is_labelled(const struct fn_person_face *f, void *arg)
{
    struct labelled *s = arg;
    struct fn_face_labels l;
    if (fn_labels_of_face(s->t, f->face, &l))
        return 0;
    return (l.confirmed && fnl_person_eq(&l.person, s->id)) ||
           (l.member && fnl_person_eq(&l.member_person, s->id));
}

bool fnl_person_is_kept(struct fn_txn *t, const struct fn_person *p)
{
    struct labelled s = {t, &p->id};
    return p->name[0] || p->hidden || fn_person_faces_walk_all(t, &p->id, is_labelled, &s) == 1;
}

int fnl_person_check_left(const struct fn_person *p, struct fn_error *err)
{
    char id[FN_PERSON_TEXT];
    if (p->n_faces || p->name[0])
        return 0;
    fnl_person_short(&p->id, id);
    return fn_error_set(err, FN_EREFUSED, "%s has no photos any more. Nothing changed", id);
}

int fnl_person_keep(struct fn_txn *t, struct fnl_act *act, const struct fn_person *p,
                    struct fn_person_id *ret, struct fn_error *err)
{
    struct fnl_ids faces = {0};
    if (fnl_person_is_kept(t, p)) {
        *ret = p->id;
        return 0;
    }
    int rc = fnl_person_check_left(p, err);
    if (rc)
        return rc;
    rc = fn_person_new_id(ret);
    if (rc)
        return fn_error_set(err, rc, "no random numbers: %s", fn_strerror(rc));
    rc = fnl_person_faces(t, &p->id, &faces, err);
    rc = rc ? rc : fnl_act_add_group(act, t, faces.id, faces.n, ret, err);
    fnl_ids_finish(&faces);
    return rc;
}
