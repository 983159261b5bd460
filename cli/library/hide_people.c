/* SPDX-License-Identifier: MIT */
#include "cli/library/hide_people.h"

#include <errno.h>
#include <stdlib.h>

#include "engine/base/array.h"

struct work {
    struct fnl_hiding *h;
    struct fn_person *people; /* the unnamed people */
    size_t n, cap;
    size_t n_changed, n_already;
};

static int small_unnamed(const struct fn_person *p, void *arg)
{
    struct work *w = arg;
    if (p->name[0] || p->hidden || p->n_photos > w->h->max_photos)
        return 0;
    struct fn_person *more = fn_array_grow(w->people, &w->cap, w->n + 1, sizeof *more);
    if (!more)
        return -ENOMEM;
    w->people = more;
    w->people[w->n++] = *p;
    return 0;
}

static int hide_one(struct fn_txn *t, struct fnl_act *act, struct work *w,
                    const struct fn_person *p, struct fn_error *err)
{
    struct fn_person_id id;
    if (p->hidden == w->h->hide) {
        w->n_already++;
        return 0;
    }
    w->n_changed++;
    int rc = fnl_person_keep(t, act, p, &id, err);
    struct fn_assertion *a =
        rc ? NULL : fnl_act_add(act, w->h->hide ? FN_ASSERT_HIDE : FN_ASSERT_UNHIDE);
    if (a)
        a->person = id;
    return rc;
}

static int fill(struct fn_txn *t, struct fnl_act *act, void *arg, struct fn_error *err)
{
    struct work *w = arg;
    int rc = 0;
    w->n = w->n_changed = w->n_already = 0;
    if (w->h->unnamed && (rc = fn_person_each(t, small_unnamed, w)))
        return fn_error_set(err, rc, "%s", fn_strerror(rc));
    for (size_t i = 0; !rc && i < w->h->n_who; i++) {
        struct fn_person p;
        rc = fnl_person_find(t, w->h->who[i], &p, err);
        rc = rc ? rc : hide_one(t, act, w, &p, err);
    }
    for (size_t i = 0; !rc && i < w->n; i++)
        rc = hide_one(t, act, w, &w->people[i], err);
    return rc;
}

int fnl_hide_people(struct fn_library *lib, enum fnl_mode mode, struct fnl_hiding *h,
                    struct fnl_act_result *ret, struct fn_error *err)
{
    struct work w = {.h = h};
    int rc = fnl_do_act(lib, mode, fill, &w, ret, err);
    h->n_people = w.n + h->n_who;
    ret->n_changed = rc ? 0 : w.n_changed;
    ret->n_already = rc ? 0 : w.n_already;
    free(w.people);
    return rc;
}
