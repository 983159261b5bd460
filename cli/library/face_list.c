/* SPDX-License-Identifier: MIT */
#include "cli/library/face_list.h"

struct walk {
    struct fn_txn *t;
    const struct fnl_face_choice *choice;
    int (*visit)(const struct fnl_fact *f, void *arg);
    void *arg;
    uint64_t n;
    struct fn_error *err;
};

static bool is_hidden(struct fn_txn *t, const struct fnl_match *m)
{
    struct fn_person_label label;
    return m->is && fn_person_label_get(t, &m->id, &label) == 0 && label.hidden;
}

static bool is_chosen(const struct walk *w, const struct fnl_fact *f)
{
    const struct fnl_face_choice *c = w->choice;
    if (f->rec.flags & FN_FACE_GONE)
        return false;
    if (c->of && !(f->person.is && fnl_person_eq(&f->person.id, c->of)))
        return false;
    return c->all || (f->state != FNL_REJECTED && !is_hidden(w->t, &f->person));
}

/* Returns 1 at the limit. */
static int visit_id(fn_face_id face, void *arg)
{
    struct walk *w = arg;
    struct fnl_fact f;
    int rc = fnl_fact_get(w->t, face, &f, w->err);
    if (rc || !is_chosen(w, &f))
        return rc;
    rc = w->visit(&f, w->arg);
    w->n++;
    if (rc)
        return rc;
    return w->choice->limit && w->n >= w->choice->limit ? 1 : 0;
}

static int visit_rec(const struct fn_face_rec *f, void *arg)
{
    return visit_id(f->id, arg);
}

int fnl_faces_each(struct fn_txn *t, const struct fnl_face_choice *choice,
                   int (*visit)(const struct fnl_fact *f, void *arg), void *arg,
                   struct fn_error *err)
{
    struct fn_error own = {0};
    struct walk w = {
        .t = t, .choice = choice, .visit = visit, .arg = arg, .err = err ? err : &own};
    w.err->text[0] = '\0';
    int rc = choice->of ? fn_person_each_face(t, choice->of, visit_id, &w)
                        : fn_face_each(t, visit_rec, &w);
    if (rc == 0 || rc == 1 || rc == FN_ENOTFOUND)
        return 0;
    return w.err->text[0] ? rc : fn_error_set(err, rc, "%s", fn_strerror(rc));
}
