/* SPDX-License-Identifier: MIT */
/* Which assertions are accepted. One that contradicts an assertion in effect is refused with a
 * message that names it, and nothing changes. The user undoes the older act first, or meant
 * something else. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/clock.h"
#include "engine/base/text.h"
#include "index/labels/labels_priv.h"

#define WHO_MAX (FN_PERSON_NAME_MAX + 16)

/* `"Anna Berg"` or, for a person without a name, its id. */
static void who(struct fn_txn *t, const struct fn_person_id *p, char out[WHO_MAX])
{
    struct fn_person_label l;
    char id[FN_PERSON_TEXT];
    fn_person_text(p, id);
    if (!fn_person_label_get(t, p, &l) && l.name[0])
        snprintf(out, WHO_MAX, "\"%s\"", l.name);
    else
        snprintf(out, WHO_MAX, "%.9s", id);
}

static void day_of_act(struct fn_txn *t, uint64_t act, char out[FN_RFC3339_MAX])
{
    struct fn_assertion a;
    out[0] = 0;
    if (!fn_assert_get(t, act, &a)) {
        fn_rfc3339(out, a.time_us / 1000000, 0);
        out[10] = 0;
    }
}

static int refuse_rejected(struct fn_txn *t, const char *face, const struct fn_face_labels *l,
                           size_t i, struct fn_error *err)
{
    char name[WHO_MAX], day[FN_RFC3339_MAX];
    who(t, &l->rejected[i], name);
    day_of_act(t, l->rejected_act[i], day);
    return fn_error_set(err, FN_EREFUSED,
                        "%s was rejected as %s on %s (L%llu); to change your mind, undo L%llu",
                        face, name, day, (unsigned long long)l->rejected_act[i],
                        (unsigned long long)l->rejected_act[i]);
}

static int refuse_confirmed(struct fn_txn *t, const char *face, const struct fn_face_labels *l,
                            struct fn_error *err)
{
    char name[WHO_MAX], day[FN_RFC3339_MAX];
    who(t, &l->person, name);
    day_of_act(t, l->is_act, day);
    return fn_error_set(err, FN_EREFUSED,
                        "%s was confirmed as %s on %s (L%llu); to change your mind, undo L%llu",
                        face, name, day, (unsigned long long)l->is_act,
                        (unsigned long long)l->is_act);
}

static int refuse_notface(struct fn_txn *t, const char *face, const struct fn_face_labels *l,
                          struct fn_error *err)
{
    char day[FN_RFC3339_MAX];
    day_of_act(t, l->notface_act, day);
    return fn_error_set(
        err, FN_EREFUSED,
        "%s was marked as no face on %s (L%llu); to change your mind, undo L%llu", face, day,
        (unsigned long long)l->notface_act, (unsigned long long)l->notface_act);
}

/* Faces that are not in this index are not checked: their assertions take effect later. */
static int check_face(struct fn_txn *t, const struct fn_assertion *a, struct fn_error *err)
{
    fn_face_id id;
    struct fn_face_labels l;
    struct fn_person_id p;
    char face[FN_FACE_HEX];
    int rc = fn_face_by_key(t, &a->face, &id);
    if (rc == FN_ENOTFOUND)
        return 0;
    if (!rc)
        rc = fn_labels_of_face(t, id, &l);
    if (!rc)
        rc = fn_person_resolve(t, &a->person, &p);
    if (rc)
        return fn_error_set(err, rc, "labels of a face cannot be read: %s", fn_strerror(rc));
    fn_face_hex(fn_face_ckey(&a->face), face);
    switch (a->kind) {
    case FN_ASSERT_IS:
        if (l.notface)
            return refuse_notface(t, face, &l, err);
        for (size_t i = 0; i < l.n_rejected; i++) {
            if (fn_person_eq(&l.rejected[i], &p))
                return refuse_rejected(t, face, &l, i, err);
        }
        return 0;
    case FN_ASSERT_NOT:
        return l.confirmed && fn_person_eq(&l.person, &p) ? refuse_confirmed(t, face, &l, err)
                                                          : 0;
    case FN_ASSERT_NOTFACE:
        return l.confirmed ? refuse_confirmed(t, face, &l, err) : 0;
    case FN_ASSERT_ISFACE:
        return l.notface ? 0
                         : fn_error_set(err, FN_EREFUSED, "%s is not marked as no face", face);
    default:
        return 0;
    }
}

/* The name becomes the one that is stored. */
static int check_name(struct fn_txn *t, struct fn_assertion *a, unsigned flags,
                      struct fn_error *err)
{
    struct fn_person_label other;
    struct fn_person_id root;
    int rc = fn_name_clean(a->text, a->text, sizeof a->text, err);
    if (rc || flags & FN_ASSERT_SAME_NAME)
        return rc;
    rc = fn_person_resolve(t, &a->person, &root);
    if (!rc)
        rc = fn_name_taken(t, a->text, &root, &other);
    if (rc == FN_ENOTFOUND)
        return 0;
    if (rc)
        return fn_error_set(err, rc, "names cannot be read: %s", fn_strerror(rc));
    char id[FN_PERSON_TEXT];
    fn_person_text(&other.id, id);
    return fn_error_set(err, FN_EREFUSED, "\"%s\" is already %.9s", other.name, id);
}

/* A face confirmed as one person and rejected as the other contradicts merging the two. */
struct conflict {
    const struct fn_person_id *a, *b;
    struct fn_face_labels labels;
    fn_face_id face;
    size_t i;
};

static bool conflicts(const struct fn_face_labels *l, const struct fn_person_id *is,
                      const struct fn_person_id * not, size_t *ret_i)
{
    if (!l->confirmed || !fn_person_eq(&l->person, is))
        return false;
    for (size_t i = 0; i < l->n_rejected; i++) {
        if (fn_person_eq(&l->rejected[i], not )) {
            *ret_i = i;
            return true;
        }
    }
    return false;
}

static int find_conflict(struct fn_txn *t, const struct fn_person_id *id, struct conflict *c)
{
    struct fn_assert_walk w;
    int rc = fn_assert_walk_open(t, FN_BY_PERSON, id->b, sizeof id->b, &w);
    while (!rc && !(rc = fn_assert_walk_next(&w))) {
        struct fn_assertion a;
        if (w.kind != FN_ASSERT_IS)
            continue;
        rc = fn_assert_get(t, w.seq, &a);
        if (rc || fn_face_by_key(t, &a.face, &c->face))
            continue;
        rc = fn_labels_of_face(t, c->face, &c->labels);
        if (!rc && (conflicts(&c->labels, c->a, c->b, &c->i) ||
                    conflicts(&c->labels, c->b, c->a, &c->i))) {
            rc = 1;
            break;
        }
    }
    fn_assert_walk_close(&w);
    return rc == FN_ENOTFOUND ? 0 : rc;
}

/* from, into: resolved. */
static int check_rejected_apart(struct fn_txn *t, const struct fn_person_id *from,
                                const struct fn_person_id *into, struct fn_error *err)
{
    struct fn_person_id *ids = NULL;
    size_t n = 0;
    char x[WHO_MAX], y[WHO_MAX];
    int rc = 0;
    struct conflict c = {.a = from, .b = into};
    for (int side = 0; !rc && side < 2; side++) {
        rc = fn_person_class(t, side ? into : from, &ids, &n);
        for (size_t i = 0; !rc && i < n; i++)
            rc = find_conflict(t, &ids[i], &c);
        free(ids);
        ids = NULL;
    }
    if (rc > 0) {
        who(t, &c.labels.person, x);
        who(t, &c.labels.rejected[c.i], y);
        return fn_error_set(err, FN_EREFUSED,
                            "a face was confirmed as %s (L%llu) and rejected as %s (L%llu); "
                            "undo one of the two first",
                            x, (unsigned long long)c.labels.is_act, y,
                            (unsigned long long)c.labels.rejected_act[c.i]);
    }
    return rc ? fn_error_set(err, rc, "labels cannot be read: %s", fn_strerror(rc)) : 0;
}

static int check_merge(struct fn_txn *t, struct fn_assertion *a, struct fn_error *err)
{
    struct fn_person_id from, into;
    char x[WHO_MAX];
    int rc = fn_person_resolve(t, &a->person, &from);
    if (!rc)
        rc = fn_person_resolve(t, &a->object, &into);
    if (rc)
        return fn_error_set(err, rc, "merges cannot be read: %s", fn_strerror(rc));
    if (fn_person_eq(&from, &into)) {
        who(t, &into, x);
        return fn_error_set(err, FN_EREFUSED, "both are %s already", x);
    }
    rc = check_rejected_apart(t, &from, &into, err);
    if (rc)
        return rc;
    a->person = from;
    a->object = into;
    return 0;
}

static int check_words(const struct fn_assertion *a, struct fn_error *err)
{
    size_t n = strnlen(a->author, sizeof a->author);
    if (n == sizeof a->author || strnlen(a->text, sizeof a->text) == sizeof a->text)
        return fn_error_set(err, FN_EUSAGE, "author or text of an assertion is too long");
    if (a->n_faces && a->kind != FN_ASSERT_GROUP)
        return fn_error_set(err, FN_EUSAGE, "only a group has a set of faces");
    return 0;
}

int fn_assert_check(struct fn_txn *t, struct fn_assertion *a, unsigned flags,
                    struct fn_error *err)
{
    int rc = check_words(a, err);
    if (rc)
        return rc;
    switch (a->kind) {
    case FN_ASSERT_IS:
    case FN_ASSERT_NOT:
    case FN_ASSERT_NOTFACE:
    case FN_ASSERT_ISFACE:
    case FN_ASSERT_MEMBER:
        return check_face(t, a, err);
    case FN_ASSERT_GROUP:
        if (fn_face_refs_valid(a->faces, a->n_faces))
            return 0;
        return fn_error_set(err, FN_EUSAGE, "a group has 1 to %u faces, in order and each once",
                            FN_ASSERT_FACES_MAX);
    case FN_ASSERT_NAME:
        return check_name(t, a, flags, err);
    case FN_ASSERT_MERGE:
        return check_merge(t, a, err);
    case FN_ASSERT_ALIAS:
        if (fn_h128_eq(&a->face.photo, &a->object_photo))
            return fn_error_set(err, FN_EUSAGE, "a photo cannot become itself");
        return 0;
    case FN_ASSERT_SAME: /* a picture may come back under its old content: links in circles
                            are followed once */
        if (fn_h128_eq(&a->face.photo, &a->object_photo))
            return fn_error_set(err, FN_EUSAGE, "a face cannot become one of its own photo");
        return 0;
    case FN_ASSERT_HIDE:
    case FN_ASSERT_UNHIDE:
    case FN_ASSERT_BOX:
    case FN_ASSERT_SET:
        return 0;
    default:
        return fn_error_set(err, FN_EUSAGE, "an assertion of kind %u cannot be appended",
                            a->kind);
    }
}

/* ---- undo and redo ---- */

struct undo {
    struct fn_txn *t;
    struct fn_suppose s;
    struct fn_error *err;
};

/* The name that the person has after it, or the one that it was merged into. */
static int check_name_after(const struct undo *u, const struct fn_person_id *p)
{
    struct fn_person_label l, other;
    struct fn_person_id root;
    uint64_t act;
    int rc = fn_person_resolve(u->t, p, &root);
    if (!rc)
        rc = fn_person_fold(u->t, &root, u->s, &l, &act);
    if (rc || !l.name[0])
        return rc;
    rc = fn_name_taken(u->t, l.name, &root, &other);
    if (rc == FN_ENOTFOUND)
        return 0;
    if (rc)
        return rc;
    char id[FN_PERSON_TEXT];
    fn_person_text(&other.id, id);
    return fn_error_set(u->err, FN_EREFUSED,
                        "\"%s\" would be two persons: it is the name of %.9s now", l.name, id);
}

static int check_merge_again(const struct undo *u, const struct fn_assertion *a)
{
    struct fn_merge *m = NULL;
    size_t n, before, after;
    struct fn_person_id from, into;
    int rc = fn_merges_fold(u->t, (struct fn_suppose){0}, &m, &n, &before);
    free(m);
    m = NULL;
    if (!rc)
        rc = fn_merges_fold(u->t, u->s, &m, &n, &after);
    free(m);
    if (rc)
        return rc;
    if (after > before)
        return fn_error_set(u->err, FN_EREFUSED,
                            "L%llu would merge two persons in a circle with later merges",
                            (unsigned long long)a->act);
    rc = fn_person_resolve(u->t, &a->person, &from);
    if (!rc)
        rc = fn_person_resolve(u->t, &a->object, &into);
    return rc || fn_person_eq(&from, &into) ? rc
                                            : check_rejected_apart(u->t, &from, &into, u->err);
}

static int check_after(const struct fn_assertion *a, void *ctx)
{
    const struct undo *u = ctx;
    if (a->act != u->s.act)
        return 1;
    if (a->kind == FN_ASSERT_NAME)
        return check_name_after(u, &a->person);
    if (!u->s.in_force)
        return 0;
    switch (a->kind) {
    case FN_ASSERT_MERGE:
        return check_merge_again(u, a);
    case FN_ASSERT_IS:
    case FN_ASSERT_NOT:
    case FN_ASSERT_NOTFACE:
        return check_face(u->t, a, u->err);
    default:
        return 0;
    }
}

int fn_undo_check(struct fn_txn *t, uint64_t target, bool in_force, struct fn_error *err)
{
    struct undo u = {t, {target, in_force}, err};
    int rc = fn_assert_each(t, target, check_after, &u);
    return rc > 0 ? 0 : rc;
}
