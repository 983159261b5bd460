/* SPDX-License-Identifier: MIT */
/* Acts of the user: checked, appended, and applied to the derived tables; undo and redo
 * recompute what the act concerned. */
#include "index/labels/labels.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/array.h"
#include "engine/base/clock.h"
#include "engine/base/endian.h"
#include "index/labels/label_changes.h"
#include "index/labels/labels_priv.h"

/* What an act concerns and must be recomputed. */
struct touched {
    struct fn_h128 *photos;
    struct fn_person_id *persons;
    size_t n_photos, n_persons, cap_photos, cap_persons;
    bool merges;
};

static void touched_finish(struct touched *x)
{
    free(x->photos);
    free(x->persons);
}

static int touch_photo(struct touched *x, const struct fn_h128 *h)
{
    struct fn_h128 *v = fn_array_grow(x->photos, &x->cap_photos, x->n_photos + 1, sizeof *v);
    if (!v)
        return -ENOMEM;
    x->photos = v;
    x->photos[x->n_photos++] = *h;
    return 0;
}

static int touch_person(struct touched *x, const struct fn_person_id *p)
{
    struct fn_person_id *v =
        fn_array_grow(x->persons, &x->cap_persons, x->n_persons + 1, sizeof *v);
    if (!v)
        return -ENOMEM;
    x->persons = v;
    x->persons[x->n_persons++] = *p;
    return 0;
}

static int touch_photos_from(struct fn_txn *t, struct touched *x, const struct fn_h128 *photo)
{
    struct fn_h128 *v = NULL;
    size_t n = 0;
    int rc = fn_photo_successors(t, photo, &v, &n);
    for (size_t i = 0; !rc && i < n; i++)
        rc = touch_photo(x, &v[i]);
    free(v);
    return rc;
}

struct toucher {
    struct fn_txn *t;
    struct touched *x;
    uint64_t act;
};

static int touch_photo_of_set(const struct fn_h128 *photo, void *ctx)
{
    struct toucher *w = ctx;
    return touch_photos_from(w->t, w->x, photo);
}

static int touch(struct fn_txn *t, struct touched *x, const struct fn_assertion *a)
{
    struct toucher w = {.t = t, .x = x};
    int rc;
    switch (a->kind) {
    case FN_ASSERT_IS:
    case FN_ASSERT_NOT:
    case FN_ASSERT_MEMBER:
    case FN_ASSERT_NOTFACE:
    case FN_ASSERT_ISFACE:
        return touch_photos_from(t, x, &a->face.photo);
    case FN_ASSERT_GROUP:
        return fn_group_each_photo(t, a, touch_photo_of_set, &w);
    case FN_ASSERT_ALIAS: /* whether or not it is in effect: from its far end */
    case FN_ASSERT_SAME:
        /* both: an edit may lead back to an earlier content */
        rc = fn_edited_faces_changed(t, &a->face.photo, NULL);
        rc = rc ? rc : fn_edited_faces_changed(t, &a->object_photo, NULL);
        return rc ? rc : touch_photos_from(t, x, &a->object_photo);
    case FN_ASSERT_NAME:
    case FN_ASSERT_HIDE:
    case FN_ASSERT_UNHIDE:
        return touch_person(x, &a->person);
    case FN_ASSERT_MERGE:
        x->merges = true;
        return 0;
    default:
        return 0;
    }
}

static int photo_order(const void *a, const void *b)
{
    return fn_h128_cmp(a, b);
}

static int fold_touched(struct fn_txn *t, struct touched *x, struct fn_error *err)
{
    int rc = x->merges ? fn_merges_update(t, err) : 0;
    if (x->n_persons)
        qsort(x->persons, x->n_persons, sizeof *x->persons, fn_person_cmp);
    for (size_t i = 0; !rc && i < x->n_persons; i++) {
        if (!i || !fn_person_eq(&x->persons[i], &x->persons[i - 1]))
            rc = fn_person_update(t, &x->persons[i], err);
    }
    if (x->n_photos)
        qsort(x->photos, x->n_photos, sizeof *x->photos, photo_order);
    for (size_t i = 0; !rc && i < x->n_photos; i++) {
        if (!i || !fn_h128_eq(&x->photos[i], &x->photos[i - 1]))
            rc = fn_labels_fold_photo(t, &x->photos[i], err);
    }
    return rc;
}

static int touch_any(const struct fn_assertion *a, void *ctx)
{
    struct toucher *w = ctx;
    return touch(w->t, w->x, a);
}

int fn_labels_fold_all(struct fn_txn *t, struct fn_error *err)
{
    struct touched x = {.merges = true};
    struct toucher w = {.t = t, .x = &x};
    int rc = fn_assert_each(t, 1, touch_any, &w);
    if (!rc)
        rc = fold_touched(t, &x, err);
    touched_finish(&x);
    return rc;
}

int fn_assert_append(struct fn_txn *t, struct fn_assertion *a, size_t n, uint64_t *ret_act,
                     struct fn_error *err)
{
    return fn_assert_append_flags(t, a, n, 0, ret_act, err);
}

int fn_assert_append_flags(struct fn_txn *t, struct fn_assertion *a, size_t n, unsigned flags,
                           uint64_t *ret_act, struct fn_error *err)
{
    struct touched x = {0};
    uint64_t act = 0;
    int64_t now = fn_clock_wall_us();
    int rc = 0;
    if (!n)
        return fn_error_set(err, FN_EUSAGE, "an act needs at least one assertion");
    rc = fn_labels_update(t, err); /* it is checked against the current state */
    if (rc)
        return rc;
    for (size_t i = 0; i < n; i++) {
        rc = fn_assert_check(t, &a[i], flags, err);
        if (rc)
            return rc;
    }
    for (size_t i = 0; !rc && i < n; i++) {
        a[i].act = act;
        a[i].time_us = a[i].time_us ? a[i].time_us : now;
        rc = fn_assert_write(t, &a[i], err);
        act = a[i].act;
        if (!rc)
            rc = touch(t, &x, &a[i]);
    }
    if (!rc)
        rc = fold_touched(t, &x, err);
    touched_finish(&x);
    if (rc)
        return rc;
    if (ret_act)
        *ret_act = act;
    return 0;
}

static int touch_of_act(const struct fn_assertion *a, void *ctx)
{
    struct toucher *w = ctx;
    return a->act == w->act ? touch_any(a, ctx) : 1;
}

static int append_undo(struct fn_txn *t, uint64_t undo_of, uint64_t target, const char *author,
                       uint64_t *ret_act, struct fn_error *err)
{
    struct fn_assertion u = {
        .kind = FN_ASSERT_UNDO, .undo_of = undo_of, .time_us = fn_clock_wall_us()};
    struct touched x = {0};
    struct toucher w = {t, &x, target};
    size_t n = author ? strnlen(author, sizeof u.author - 1) : 0;
    memcpy(u.author, author ? author : "", n);
    int rc = fn_assert_write(t, &u, err);
    if (!rc)
        rc = fn_assert_each(t, target, touch_of_act, &w);
    if (rc >= 0)
        rc = fold_touched(t, &x, err);
    touched_finish(&x);
    if (!rc && ret_act)
        *ret_act = u.act;
    return rc;
}

/* The newest undo of an act that is in effect. */
static int undo_in_force(struct fn_txn *t, uint64_t act, uint64_t *ret)
{
    uint8_t key[8];
    uint64_t found = 0;
    struct fn_assert_walk w;
    fn_put_be64(key, act);
    int rc = fn_assert_walk_open(t, FN_BY_UNDONE, key, sizeof key, &w);
    while (!rc && !(rc = fn_assert_walk_next(&w))) {
        if (fn_act_in_force(t, w.seq))
            found = w.seq;
    }
    fn_assert_walk_close(&w);
    if (rc != FN_ENOTFOUND)
        return rc;
    if (!found)
        return FN_ENOTFOUND;
    *ret = found;
    return 0;
}

static int find_act(struct fn_txn *t, uint64_t act, uint64_t *ret_target, unsigned *ret_depth,
                    struct fn_error *err)
{
    int rc = fn_act_target(t, act, ret_target, ret_depth);
    if (rc == FN_ENOTFOUND)
        return fn_error_set(err, rc, "there is no act L%llu", (unsigned long long)act);
    if (!rc && *ret_depth >= FN_UNDO_DEPTH_MAX)
        return fn_error_set(err, FN_ELIMIT,
                            "L%llu is an undo of too many undos; undo L%llu itself",
                            (unsigned long long)act, (unsigned long long)*ret_target);
    return rc;
}

int fn_assert_undo(struct fn_txn *t, uint64_t act, const char *author, uint64_t *ret_act,
                   struct fn_error *err)
{
    uint64_t target, by;
    unsigned depth;
    int rc = find_act(t, act, &target, &depth, err);
    if (!rc)
        rc = fn_labels_update(t, err);
    if (rc)
        return rc;
    if (!fn_act_in_force(t, act)) {
        if (undo_in_force(t, act, &by))
            by = 0;
        return fn_error_set(err, FN_EREFUSED, "L%llu is undone already (L%llu)",
                            (unsigned long long)act, (unsigned long long)by);
    }
    rc = fn_undo_check(t, target, depth % 2 == 1, err);
    return rc ? rc : append_undo(t, act, target, author, ret_act, err);
}

int fn_assert_redo(struct fn_txn *t, uint64_t act, const char *author, uint64_t *ret_act,
                   struct fn_error *err)
{
    uint64_t target, undo = act;
    unsigned depth;
    int rc = find_act(t, act, &target, &depth, err);
    if (!rc)
        rc = fn_labels_update(t, err);
    if (rc)
        return rc;
    if (depth % 2 == 0) {
        rc = undo_in_force(t, act, &undo);
        if (rc == FN_ENOTFOUND)
            return fn_error_set(err, FN_EREFUSED, "L%llu is not undone",
                                (unsigned long long)act);
        if (!rc)
            rc = find_act(t, undo, &target, &depth, err);
        if (rc)
            return rc;
    } else if (!fn_act_in_force(t, act)) {
        return fn_error_set(err, FN_EREFUSED, "L%llu is redone already",
                            (unsigned long long)act);
    }
    rc = fn_undo_check(t, target, depth % 2 == 1, err);
    return rc ? rc : append_undo(t, undo, target, author, ret_act, err);
}
