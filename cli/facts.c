/* SPDX-License-Identifier: MIT */
#include "cli/facts.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/utf8.h"

const char *fnq_state_name(enum fnq_state s)
{
    static const char *const name[] = {"unknown", "suggested", "confirmed", "rejected"};
    return name[s];
}

static void set_person(struct fn_txn *t, const struct fn_person_id *id, struct fnq_match *ret)
{
    struct fn_person_label label;
    ret->is = true;
    ret->id = *id;
    ret->name[0] = '\0';
    if (fn_person_label_get(t, id, &label) == 0)
        (void)snprintf(ret->name, sizeof ret->name, "%s", label.name);
}

int fnq_fact_get(struct fn_txn *t, fn_face_id face, struct fnq_fact *ret, struct fn_error *err)
{
    struct fn_face_labels labels;
    struct fn_face_key key;
    struct fn_member member;
    *ret = (struct fnq_fact){0};
    int rc = fn_face_get(t, face, &ret->rec);
    rc = rc ? rc : fn_face_key_of(t, face, &key);
    rc = rc ? rc : fn_labels_of_face(t, face, &labels);
    if (rc)
        return fn_error_set(err, rc, "face %u: %s", face, fn_strerror(rc));
    ret->photo = key.photo;
    fn_face_hex(ret->rec.ckey, ret->id);
    memcpy(ret->shown, ret->id, FNQ_FACE_SHORT);
    ret->shown[FNQ_FACE_SHORT] = '\0';
    fn_box_to_float(ret->rec.box, ret->box);
    if (labels.notface || (ret->rec.flags & FN_FACE_NOTFACE)) {
        ret->state = FNQ_REJECTED;
    } else if (labels.confirmed) {
        ret->state = FNQ_CONFIRMED;
        set_person(t, &labels.person, &ret->person);
    } else if (fn_member_get(t, face, &member) == 0) {
        set_person(t, &member.person, &ret->person);
        ret->state = ret->person.name[0] ? FNQ_SUGGESTED : FNQ_UNKNOWN;
    }
    return 0;
}

int fnq_fact_who(struct fn_txn *t, const int16_t x[FN_DIM], fn_face_id except,
                 struct fn_who *who, struct fnq_match *person, struct fnq_match *other,
                 struct fn_error *err)
{
    int rc = fn_people_who(t, x, except, who, err);
    if (rc)
        return rc;
    if (who->nearest) {
        set_person(t, &who->person, person);
        person->has_d = true;
        person->p = who->p;
        person->d2 = fnq_d2(who->d);
    }
    if (who->has_runner_up) {
        set_person(t, &who->runner_up, other);
        other->has_d = true;
        other->p = who->runner_up_p;
        other->d2 = fnq_d2(who->runner_up_d);
    }
    return 0;
}

int fnq_fact_judge(struct fn_txn *t, struct fnq_fact *f, struct fn_error *err)
{
    int16_t x[FN_DIM];
    struct fn_who who = {0};
    struct fnq_match best = {0}, second = {0};
    if (f->state == FNQ_REJECTED)
        return 0;
    int rc = fn_vector_get(t, f->rec.row, x);
    if (rc)
        return fn_error_set(err, rc, "face %s: %s", f->id, fn_strerror(rc));
    rc = fnq_fact_who(t, x, f->rec.id, &who, &best, &second, err);
    if (rc)
        return rc;
    if (!f->person.is) {
        f->other = best;
    } else if (best.is && fnq_person_eq(&best.id, &f->person.id)) {
        f->person = best;
        f->other = second;
    } else {
        /* The person it was put into is not the one its nearest faces are. */
        if (second.is && fnq_person_eq(&second.id, &f->person.id))
            f->person = second;
        f->other = best;
    }
    return 0;
}

json_t *fnq_person_json(const struct fnq_match *m)
{
    char id[FN_PERSON_TEXT];
    if (!m->is)
        return json_null();
    fn_person_text(&m->id, id);
    json_t *o = json_object();
    fnq_set(o, "id", json_string(id));
    fnq_set(o, "name", fnq_json_text_or_null(m->name));
    return o;
}

json_t *fnq_runner_up_json(const struct fnq_match *m)
{
    json_t *o = fnq_person_json(m);
    if (m->is) {
        fnq_set(o, "p", fnq_json_real(m->p));
        fnq_set(o, "d2", fnq_json_real(m->d2));
    }
    return o;
}

void fnq_photo_hex(const struct fn_h128 *h, char *out, size_t size)
{
    char hex[FN_H128_HEX];
    fn_h128_hex(h, hex);
    (void)snprintf(out, size, "%s", hex);
}

json_t *fnq_taken_json(const struct fn_photo *p)
{
    char text[FN_RFC3339_MAX];
    if (p->taken_precision == 0)
        return json_null();
    fn_rfc3339(text, p->taken_s, p->zone_min);
    return json_string(text);
}

void fnq_date_text(int64_t s, char *out, size_t size)
{
    out[0] = '\0';
    if (s == INT64_MAX || s == INT64_MIN)
        return;
    struct fn_civil c = fn_unix_to_civil(s);
    if (c.year >= 0 && c.year <= 9999)
        (void)snprintf(out, size, "%04d-%02d-%02d", c.year, c.month, c.day);
}

void fnq_taken_text(const struct fn_photo *p, char *out, size_t size)
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
        fnq_date_text(local, out, size);
}

struct paths {
    json_t *text, *bytes;
    bool odd;
};

struct add_path_arg {
    struct fn_txn *t;
    struct paths *to;
};

static int add_path(const struct fn_path *p, void *arg)
{
    struct add_path_arg *a = arg;
    struct fn_root root;
    char full[FN_PATH_MAX];
    const char *path = p->path;
    if (fn_root_get(a->t, p->root, &root) == 0 &&
        fn_path_join(full, sizeof full, root.path, p->path) == 0)
        path = full;
    size_t n = strlen(path);
    struct fn_buf b;
    fn_buf_init(&b, 4 * FN_PATH_MAX);
    fn_base64(&b, path, n);
    a->to->odd = a->to->odd || !fn_utf8_valid(path, n);
    if (json_array_append_new(a->to->text, fnq_json_bytes(path)) < 0 ||
        json_array_append_new(a->to->bytes, json_string(fn_buf_cstr(&b))) < 0)
        abort();
    fn_buf_finish(&b);
    return 0;
}

int fnq_set_paths(struct fn_txn *t, fn_photo_id photo, json_t *object)
{
    struct paths to = {json_array(), json_array(), false};
    struct add_path_arg arg = {t, &to};
    int rc = fn_path_each_of_photo(t, photo, add_path, &arg);
    fnq_set(object, "paths", to.text);
    if (to.odd)
        fnq_set(object, "paths_b64", to.bytes);
    else
        json_decref(to.bytes);
    return rc == FN_ENOTFOUND ? 0 : rc;
}

const char *fnq_side(const float box[4])
{
    float x = box[0] + box[2] / 2;
    return x < 1 / 3.f ? "left" : x < 2 / 3.f ? "centre" : "right";
}
