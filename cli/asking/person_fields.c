/* SPDX-License-Identifier: MIT */
#include "cli/asking/person_fields.h"

void fnq_put_person(struct fnq_list *l, struct fn_txn *t, const struct fn_person *p)
{
    char id[FN_PERSON_TEXT], shown[FN_PERSON_TEXT], date[24], face[FN_FACE_HEX] = "";
    struct fn_face_rec cover;
    fn_person_text(&p->id, id);
    fnl_person_short(&p->id, shown);
    fnq_put_shown(l, id, shown);
    fnq_put_shown(l, p->name[0] ? p->name : NULL, p->name[0] ? p->name : "(unnamed)");
    fnq_put_json(l, json_array(), NULL);
    fnq_put_count(l, p->n_photos);
    fnq_put_count(l, p->n_faces);
    fnq_put_count(l, p->n_confirmed);
    fnq_put_count(l, p->n_rejected);
    fnl_date_text(p->first_s, date, sizeof date);
    fnq_put_text(l, date[0] ? date : NULL);
    fnl_date_text(p->last_s, date, sizeof date);
    fnq_put_text(l, date[0] ? date : NULL);
    fnq_put_text(l, NULL);
    fnq_put_flag(l, p->hidden, "hidden");
    fnq_put_text(l, NULL);
    if (p->cover && fn_face_get(t, p->cover, &cover) == 0)
        fn_face_hex(cover.ckey, face);
    fnq_put_text(l, face[0] ? face : NULL);
    fnq_put_text(l, NULL);
    fnq_put_text(l, NULL);
}
