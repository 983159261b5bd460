/* SPDX-License-Identifier: MIT */
#include "cli/people_common.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int fnq_person_find(struct fn_txn *t, const char *what, struct fn_person *ret,
                    struct fn_error *err)
{
    int rc = fn_person_find(t, what, ret, err);
    if (rc == FN_ENOTFOUND)
        return fn_error_set(
            err, rc, "there is no person '%s'. All of them: fnq people list --all", what);
    return rc;
}

int fnq_ids_add(struct fnq_ids *l, fn_face_id id)
{
    if (l->n == l->cap) {
        size_t cap = l->cap ? 2 * l->cap : 64;
        fn_face_id *p = reallocarray(l->id, cap, sizeof *p);
        if (!p)
            return -ENOMEM;
        l->id = p;
        l->cap = cap;
    }
    l->id[l->n++] = id;
    return 0;
}

void fnq_ids_finish(struct fnq_ids *l)
{
    free(l->id);
    *l = (struct fnq_ids){0};
}

static int add_face(fn_face_id face, void *arg)
{
    return fnq_ids_add(arg, face);
}

int fnq_person_faces(struct fn_txn *t, const struct fn_person_id *id, struct fnq_ids *ret,
                     struct fn_error *err)
{
    int rc = fn_person_each_face(t, id, add_face, ret);
    return rc && rc != FN_ENOTFOUND ? fn_error_set(err, rc, "%s", fn_strerror(rc)) : 0;
}

json_t *fnq_person_object(struct fn_txn *t, const struct fn_person *p)
{
    char id[FN_PERSON_TEXT], date[24], face[FN_FACE_HEX] = "";
    struct fn_face_rec cover;
    json_t *o = json_object();
    fn_person_text(&p->id, id);
    fnq_set(o, "id", json_string(id));
    fnq_set(o, "name", fnq_json_text_or_null(p->name));
    fnq_set(o, "aliases", json_array());
    fnq_set(o, "photos", json_integer(p->n_photos));
    fnq_set(o, "faces", json_integer(p->n_faces));
    fnq_set(o, "confirmed", json_integer(p->n_confirmed));
    fnq_set(o, "rejected", json_integer(p->n_rejected));
    fnq_date_text(p->first_s, date, sizeof date);
    fnq_set(o, "first", fnq_json_text_or_null(date));
    fnq_date_text(p->last_s, date, sizeof date);
    fnq_set(o, "last", fnq_json_text_or_null(date));
    fnq_set(o, "born", json_null());
    fnq_set(o, "hidden", json_boolean(p->hidden));
    fnq_set(o, "favourite", json_null());
    if (p->cover && fn_face_get(t, p->cover, &cover) == 0)
        fn_face_hex(cover.ckey, face);
    fnq_set(o, "cover", fnq_json_text_or_null(face));
    fnq_set(o, "lookalikes", json_null());
    fnq_set(o, "threshold", json_null());
    return o;
}

struct said {
    struct fn_txn *t;
    const struct fn_person_id *id;
};

/* Some assertion in force says that the face is this person: the id is one the user made. */
static int is_said(fn_face_id face, void *arg)
{
    struct said *s = arg;
    struct fn_face_labels l;
    if (fn_labels_of_face(s->t, face, &l))
        return 0;
    return (l.confirmed && fnq_person_eq(&l.person, s->id)) ||
           (l.member && fnq_person_eq(&l.member_person, s->id));
}

bool fnq_person_is_kept(struct fn_txn *t, const struct fn_person *p)
{
    struct said s = {t, &p->id};
    return p->name[0] || p->hidden || fn_person_each_face(t, &p->id, is_said, &s) == 1;
}

int fnq_person_keep(struct fn_txn *t, struct fnq_act *act, const struct fn_person *p,
                    struct fn_person_id *ret, struct fn_error *err)
{
    struct fnq_ids faces = {0};
    if (fnq_person_is_kept(t, p)) {
        *ret = p->id;
        return 0;
    }
    int rc = fn_person_new_id(ret);
    if (rc)
        return fn_error_set(err, rc, "no random numbers: %s", fn_strerror(rc));
    rc = fnq_person_faces(t, &p->id, &faces, err);
    rc = rc ? rc : fnq_act_add_group(act, t, faces.id, faces.n, ret, err);
    fnq_ids_finish(&faces);
    return rc;
}
