/* SPDX-License-Identifier: MIT */
#include "index/people/settle.h"

#include <errno.h>
#include <stdlib.h>

#include "index/labels/label_changes.h"
#include "index/people/settle_priv.h"
#include "index/store/sides.h"

enum { UNIT_FACES = 4000 };

static int failed(struct fn_error *err, int rc)
{
    return err && err->text[0]
               ? rc
               : fn_error_set(err, rc, "people cannot be settled: %s", fn_strerror(rc));
}

static void clear(struct fn_error *err)
{
    if (err)
        err->text[0] = 0;
}

int fn_people_waiting(struct fn_txn *t, struct fn_people_wait *ret)
{
    struct fn_settings s;
    *ret = (struct fn_people_wait){.faces = fn_tab_count(t, FN_T_WAITING)};
    int rc = fn_waiting_since(t, &ret->since_s);
    if (!rc)
        rc = fn_settings_get(t, &s);
    if (rc)
        return rc == FN_ENOTFOUND ? 0 : rc;
    ret->regroup = s.building || !s.active;
    ret->done = s.done < s.total ? s.done : s.total;
    ret->total = s.building ? s.total : s.active ? 0 : fn_tab_count(t, FN_T_FACE);
    return 0;
}

/* ---- in the caller's transaction ---- */

static int one_unit(struct fn_states *st, struct fn_txn *t, size_t max, size_t *used,
                    struct fn_error *err)
{
    struct fn_unit u;
    bool stale;
    int rc = fn_unit_work(st, t, max, &u);
    if (!rc)
        rc = fn_unit_write(st, t, &u, &stale, err);
    if (!rc)
        fn_unit_written(st);
    *used += u.n_faces ? u.n_faces : 1;
    fn_unit_finish(&u);
    return rc;
}

int fn_people_settle(struct fn_txn *t, size_t max_faces, size_t *ret_left, struct fn_error *err)
{
    struct fn_states st = {.any = false};
    uint64_t left = 0;
    size_t used = 0;
    clear(err);
    int rc = fn_labels_update(t, err);
    if (!rc)
        rc = fn_people_update(t, err);
    if (!rc)
        rc = fn_unit_left(t, &left);
    while (!rc && left && (!max_faces || used < max_faces)) {
        size_t cap = max_faces ? max_faces - used : UNIT_FACES;
        rc = one_unit(&st, t, cap < UNIT_FACES ? cap : UNIT_FACES, &used, err);
        if (!rc)
            rc = fn_unit_left(t, &left);
    }
    fn_states_drop(&st);
    if (rc)
        return failed(err, rc);
    if (ret_left)
        *ret_left = (size_t)left;
    return 0;
}

/* ---- with transactions of its own ---- */

struct fn_settler {
    struct fn_store *store;
    enum fn_view view;
    struct fn_states st;
};

int fn_settler_create(struct fn_store *s, struct fn_settler **ret)
{
    struct fn_settler *x = calloc(1, sizeof *x);
    if (!x)
        return -ENOMEM;
    x->store = s;
    *ret = x;
    return 0;
}

int fn_settler_create_other(struct fn_store *s, struct fn_settler **ret)
{
    int rc = fn_settler_create(s, ret);
    if (!rc)
        (*ret)->view = FN_VIEW_OTHER;
    return rc;
}

static int begin(struct fn_settler *s, bool write, int wait_ms, struct fn_txn **ret,
                 struct fn_error *err)
{
    int rc = fn_txn_begin(s->store, write, wait_ms, ret, err);
    if (!rc)
        fn_txn_view(*ret, s->view);
    return rc;
}

void fn_settler_destroy(struct fn_settler *s)
{
    if (!s)
        return;
    fn_states_drop(&s->st);
    free(s);
}

void fn_settler_forget(struct fn_settler *s)
{
    fn_states_drop(&s->st);
}

static int work(struct fn_settler *s, size_t max, struct fn_unit *u, struct fn_error *err)
{
    struct fn_txn *t = NULL;
    int rc = begin(s, false, 0, &t, err);
    if (rc)
        return rc;
    rc = fn_unit_work(&s->st, t, max, u);
    fn_txn_abort(t);
    return rc;
}

static int write(struct fn_settler *s, const struct fn_unit *u, int wait_ms, bool *ret_stale,
                 struct fn_error *err)
{
    struct fn_txn *t = NULL;
    int rc = begin(s, true, wait_ms, &t, err);
    if (rc)
        return rc;
    rc = fn_unit_write(&s->st, t, u, ret_stale, err);
    if (rc || *ret_stale) {
        fn_txn_abort(t);
        return rc;
    }
    rc = fn_txn_commit(t, err);
    if (!rc)
        fn_unit_written(&s->st);
    return rc;
}

static int left_now(struct fn_settler *s, size_t *ret, struct fn_error *err)
{
    struct fn_txn *t = NULL;
    uint64_t left = 0;
    int rc = begin(s, false, 0, &t, err);
    if (rc)
        return rc;
    rc = fn_unit_left(t, &left);
    fn_txn_abort(t);
    *ret = (size_t)left;
    return rc;
}

int fn_people_begun(struct fn_txn *t, bool *ret)
{
    struct fn_settings s;
    int rc = fn_settings_get(t, &s);
    *ret = !rc && (s.active || s.building);
    return rc;
}

int fn_people_look_again(struct fn_txn *t, fn_face_id face, struct fn_error *err)
{
    return fn_waiting_mark(t, face, FN_WHY_CAME, err);
}

int fn_people_settle_unit(struct fn_settler *s, size_t max_faces, int wait_ms, size_t *ret_left,
                          struct fn_error *err)
{
    struct fn_unit u = {.step = FN_STEP_NONE};
    bool stale = false;
    clear(err);
    int rc = work(s, max_faces ? max_faces : UNIT_FACES, &u, err);
    if (!rc && u.step != FN_STEP_NONE)
        rc = write(s, &u, wait_ms, &stale, err);
    fn_unit_finish(&u);
    if (rc || stale)
        fn_states_drop(&s->st);
    if (!rc)
        rc = left_now(s, ret_left, err);
    return rc ? failed(err, rc) : 0;
}
