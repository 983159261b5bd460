/* SPDX-License-Identifier: MIT */
/* Checks people against faces, by the public calls; deep: recomputes the partition and
 * compares. */
#include <inttypes.h>
#include <string.h>

#include "index/doctor/doctor_priv.h"

struct walk {
    struct fn_doctor *d;
    struct fn_person_id person;
    uint32_t n_faces;
    uint64_t n_members; /* of all people */
};

static int check_member(fn_face_id face, void *ctx)
{
    struct walk *w = ctx;
    struct fn_face_rec f;
    struct fn_member m;
    char text[FN_PERSON_TEXT];
    fn_person_text(&w->person, text);
    w->n_faces++;
    if (fn_face_get(w->d->t, face, &f))
        fn_doctor_bad(w->d, "person %s has face %u, which is not there", text, face);
    else if (f.flags & (FN_FACE_GONE | FN_FACE_NOTFACE))
        fn_doctor_bad(w->d, "person %s has face %u, which is gone or no face", text, face);
    else if (fn_member_who(w->d->t, face, &m) ||
             memcmp(m.person.b, w->person.b, sizeof m.person.b) != 0)
        fn_doctor_bad(w->d, "person %s has face %u, which belongs to another", text, face);
    return 0;
}

static int check_person(const struct fn_person *p, void *ctx)
{
    struct walk *w = ctx;
    char text[FN_PERSON_TEXT];
    fn_person_text(&p->id, text);
    w->person = p->id;
    w->n_faces = 0;
    int rc = fn_person_each_face(w->d->t, &p->id, check_member, w);
    if (rc)
        fn_doctor_bad(w->d, "person %s: the faces cannot be read", text);
    else if (w->n_faces != p->n_faces)
        fn_doctor_bad(w->d, "person %s counts %u faces and has %u", text, p->n_faces,
                      w->n_faces);
    w->n_members += w->n_faces;
    return 0;
}

struct count {
    struct fn_doctor *d;
    uint64_t members;
};

static int count_member(const struct fn_face_rec *f, void *ctx)
{
    struct count *c = ctx;
    struct fn_member m;
    struct fn_person p;
    int rc = fn_member_who(c->d->t, f->id, &m);
    if (rc == FN_ENOTFOUND)
        return 0;
    c->members += !(f->flags & FN_FACE_GONE);
    if (rc)
        fn_doctor_bad(c->d, "face %u: its membership is damaged", f->id);
    else if (fn_person_get(c->d->t, &m.person, &p) && !(f->flags & FN_FACE_GONE))
        fn_doctor_bad(c->d, "face %u belongs to a person who is not there", f->id);
    return 0;
}

static void say_bad(const char *sentence, void *ctx)
{
    fn_doctor_bad(ctx, "%s", sentence);
}

static void check_partition(struct fn_doctor *d)
{
    uint64_t diff = 0;
    struct fn_error err = {0};
    int rc = fn_people_check(d->t, &diff, &err);
    struct fn_people_wait w = {0};
    rc = rc ? rc : fn_people_waiting(d->t, &w);
    if (rc)
        fn_doctor_say(d, FN_FIND_FAIL, "the partition cannot be made anew: %s", err.text);
    else if (diff && (w.faces || w.regroup))
        fn_doctor_say(d, FN_FIND_OK,
                      "people: %" PRIu64 " faces wait to be settled%s; %" PRIu64
                      " will change their group",
                      w.faces, w.regroup ? ", and all are grouped anew" : "", diff);
    else if (diff)
        fn_doctor_say(d, FN_FIND_FAIL,
                      "%" PRIu64 " faces are not with the person they belong to", diff);
    else
        fn_doctor_say(d, FN_FIND_OK, "people: as made anew from all faces and labels");
}

int fn_doctor_people(struct fn_doctor *d)
{
    struct walk w = {.d = d};
    struct count c = {.d = d};
    d->n_bad = 0;
    int rc = fn_person_each(d->t, check_person, &w);
    if (!rc)
        rc = fn_face_each(d->t, count_member, &c);
    if (rc == FN_ECORRUPT) { /* the faces' own check has named the record */
        fn_doctor_bad(d, "people cannot be read to the end");
        rc = 0;
    }
    if (rc)
        return rc;
    if (w.n_members != c.members)
        fn_doctor_bad(d, "people have %" PRIu64 " faces, and %" PRIu64 " faces have a person",
                      w.n_members, c.members);
    rc = fn_people_consistent(d->t, say_bad, d);
    if (rc)
        return rc;
    if (!d->n_bad)
        fn_doctor_say(d, FN_FIND_OK, "%" PRIu64 " faces with a person: consistent", c.members);
    if (d->deep)
        check_partition(d);
    return 0;
}
