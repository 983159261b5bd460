/* SPDX-License-Identifier: MIT */
#include "cli/library/facts.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *fnl_state_name(enum fnl_state s)
{
    static const char *const name[] = {"unknown", "suggested", "confirmed", "rejected"};
    return name[s];
}

static void set_person(struct fn_txn *t, const struct fn_person_id *id, struct fnl_match *ret)
{
    struct fn_person_label label;
    struct fn_person person;
    ret->is = true;
    ret->id = *id;
    ret->name[0] = '\0';
    ret->n_photos = 0;
    if (fn_person_label_get(t, id, &label) == 0)
        (void)snprintf(ret->name, sizeof ret->name, "%s", label.name);
    if (!ret->name[0] && fn_person_get(t, id, &person) == 0)
        ret->n_photos = person.n_photos;
}

int fnl_fact_get(struct fn_txn *t, fn_face_id face, struct fnl_fact *ret, struct fn_error *err)
{
    struct fn_face_labels labels;
    struct fn_face_key key;
    struct fn_member member;
    *ret = (struct fnl_fact){0};
    int rc = fn_face_get(t, face, &ret->rec);
    rc = rc ? rc : fn_face_key_of(t, face, &key);
    rc = rc ? rc : fn_labels_of_face(t, face, &labels);
    if (rc)
        return fn_error_set(err, rc, "face %u: %s", face, fn_strerror(rc));
    ret->photo = key.photo;
    fn_face_hex(ret->rec.ckey, ret->id);
    memcpy(ret->shown, ret->id, FNL_FACE_SHORT);
    ret->shown[FNL_FACE_SHORT] = '\0';
    fn_box_to_float(ret->rec.box, ret->box);
    if (labels.notface || (ret->rec.flags & FN_FACE_NOTFACE)) {
        ret->state = FNL_REJECTED;
    } else if (labels.confirmed) {
        ret->state = FNL_CONFIRMED;
        set_person(t, &labels.person, &ret->person);
    } else if (fn_member_get(t, face, &member) == 0) {
        set_person(t, &member.person, &ret->person);
        ret->state = ret->person.name[0] ? FNL_SUGGESTED : FNL_UNKNOWN;
    }
    return 0;
}

int fnl_fact_who(struct fn_txn *t, const int16_t x[FN_DIM], fn_face_id except,
                 struct fn_who *who, struct fnl_match *person, struct fnl_match *other,
                 struct fn_error *err)
{
    int rc = fn_people_who(t, x, except, who, err);
    if (rc)
        return rc;
    if (who->nearest) {
        set_person(t, &who->person, person);
        person->has_d = true;
        person->p = who->p;
        person->d2 = fnl_d2(who->d);
    }
    if (who->has_runner_up) {
        set_person(t, &who->runner_up, other);
        other->has_d = true;
        other->p = who->runner_up_p;
        other->d2 = fnl_d2(who->runner_up_d);
    }
    return 0;
}

int fnl_fact_judge(struct fn_txn *t, struct fnl_fact *f, struct fn_error *err)
{
    int16_t x[FN_DIM];
    struct fn_who who = {0};
    struct fnl_match best = {0}, second = {0};
    if (f->state == FNL_REJECTED)
        return 0;
    int rc = fn_vector_get(t, f->rec.row, x);
    if (rc)
        return fn_error_set(err, rc, "face %s: %s", f->id, fn_strerror(rc));
    rc = fnl_fact_who(t, x, f->rec.id, &who, &best, &second, err);
    if (rc)
        return rc;
    if (!f->person.is) {
        f->other = best;
    } else if (best.is && fnl_person_eq(&best.id, &f->person.id)) {
        f->person = best;
        f->other = second;
    } else {
        /* The face is assigned to another person than its nearest faces. */
        if (second.is && fnl_person_eq(&second.id, &f->person.id))
            f->person = second;
        f->other = best;
    }
    return 0;
}

void fnl_photo_hex(const struct fn_h128 *h, char *out, size_t size)
{
    char hex[FN_H128_HEX];
    fn_h128_hex(h, hex);
    (void)snprintf(out, size, "%s", hex);
}

void fnl_date_text(int64_t s, char *out, size_t size)
{
    out[0] = '\0';
    if (s == INT64_MAX || s == INT64_MIN)
        return;
    struct fn_civil c = fn_unix_to_civil(s);
    if (c.year >= 0 && c.year <= 9999)
        (void)snprintf(out, size, "%04d-%02d-%02d", c.year, c.month, c.day);
}

void fnl_taken_text(const struct fn_photo *p, char *out, size_t size)
{
    out[0] = '\0';
    if (p->taken_precision == 0)
        return;
    int64_t local =
        p->taken_s + (p->zone_min == FN_ZONE_UNKNOWN ? 0 : 60 * (int64_t)p->zone_min);
    struct fn_civil c = fn_unix_to_civil(local);
    if (p->taken_precision == 1)
        (void)snprintf(out, size, "%04d-%02d-%02d %02d:%02d", c.year, c.month, c.day, c.hour,
                       c.minute);
    else
        fnl_date_text(local, out, size);
}

const char *fnl_side(const float box[4])
{
    float x = box[0] + box[2] / 2;
    return x < 1 / 3.f ? "left" : x < 2 / 3.f ? "centre" : "right";
}
