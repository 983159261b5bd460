/* SPDX-License-Identifier: MIT */
#include "cli/library/label_faces.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cli/library/act_names.h"
#include "engine/base/plural.h"
#include "engine/base/text.h"
#include "index/labels/names.h"

static int new_person(struct fnl_act *act, struct fnl_labelling *l, struct fn_error *err)
{
    int rc = fn_name_clean(l->who, l->name, sizeof l->name, err);
    if (rc)
        return rc;
    rc = fn_person_new_id(&l->id);
    struct fn_assertion *a = rc ? NULL : fnl_act_add(act, FN_ASSERT_NAME);
    if (rc)
        return fn_error_set(err, rc, "no random numbers: %s", fn_strerror(rc));
    if (a) {
        a->person = l->id;
        (void)snprintf(a->text, sizeof a->text, "%s", l->name);
    }
    l->is_new = true;
    return 0;
}

/* If a new name occurs twice in one act, it is one new person. */
static int made_here(struct fnl_act *act, struct fnl_labelling *l, bool *ret)
{
    const struct fn_assertion *a = NULL;
    int rc = fnl_act_name_find(act, l->who, &a);
    *ret = a != NULL;
    if (a) {
        l->id = a->person;
        (void)snprintf(l->name, sizeof l->name, "%s", a->text);
    }
    return rc;
}

static int known_name(struct fn_txn *t, struct fnl_labelling *l)
{
    struct fn_person_label label;
    struct fn_person_id ids[2];
    size_t n = 0;
    if (fn_person_by_name(t, l->who, ids, 2, &n, NULL) || n != 1 ||
        fn_person_label_get(t, &ids[0], &label))
        return FN_ENOTFOUND;
    l->id = label.id;
    (void)snprintf(l->name, sizeof l->name, "%s", label.name);
    return 0;
}

/* A label can make a new person. So "Tom" is not Tommy Berg, and no new person either, before
 * the user decides. */
static int check_whole_words(struct fn_txn *t, const struct fnl_labelling *l,
                             const struct fn_person *p, struct fn_error *err)
{
    struct fn_person_id any[1];
    enum fn_name_match how = FN_NAME_OTHER;
    char id[FN_PERSON_TEXT];
    size_t n;
    int rc = fn_person_by_name(t, l->who, any, 1, &n, &how);
    if (rc && rc != FN_ENOTFOUND)
        return fn_error_set(err, rc, "people cannot be read: %s", fn_strerror(rc));
    if (l->known || l->kind != FN_ASSERT_IS || how != FN_NAME_BEGINS)
        return 0;
    fnl_person_short(&p->id, id);
    return fn_error_set(
        err, FN_EAMBIGUOUS,
        "'%.60s' is the beginning of %.100s (%s, %u photo%s). Write a whole word "
        "of that name, or --new for a new person",
        l->who, p->name, id, p->n_photos, fn_plural_s(p->n_photos));
}

static int find_person(struct fn_txn *t, struct fnl_act *act, struct fnl_labelling *l,
                       struct fn_error *err)
{
    struct fn_person p;
    l->is_new = false;
    bool made = false;
    if (l->kind == FN_ASSERT_IS && made_here(act, l, &made))
        return fn_error_set(err, -ENOMEM, "out of memory");
    if (made)
        return 0;
    if (l->fresh) {
        act->flags |= FN_ASSERT_SAME_NAME;
        return new_person(act, l, err);
    }
    int rc = fnl_person_find(t, l->who, &p, err);
    rc = rc ? rc : check_whole_words(t, l, &p, err);
    if (!rc) {
        (void)snprintf(l->name, sizeof l->name, "%s", p.name);
        return fnl_person_keep(t, act, &p, &l->id, err);
    }
    if (rc == FN_ENOTFOUND && known_name(t, l) == 0)
        return 0;
    return rc == FN_ENOTFOUND && l->kind == FN_ASSERT_IS ? new_person(act, l, err) : rc;
}

/* When no person is given: the one that each face is assigned to. */
static int assigned_person(struct fn_txn *t, struct fnl_labelling *l, fn_face_id face,
                           struct fn_person_id *ret, struct fn_error *err)
{
    struct fnl_fact f;
    int rc = fnl_fact_get(t, face, &f, err);
    if (rc)
        return rc;
    if (!f.person.is || !f.person.name[0])
        return fn_error_set(err, FN_EREFUSED,
                            "face %s is not assigned to a person with a name. Name the person: "
                            "fnq label %s NAME",
                            f.shown, f.shown);
    if (l->name[0] && !fnl_person_eq(&l->id, &f.person.id))
        l->one_person = false;
    l->id = *ret = f.person.id;
    (void)snprintf(l->name, sizeof l->name, "%s", f.person.name);
    return 0;
}

static int count(struct fn_txn *t, struct fnl_labelling *l, fn_face_id face,
                 const struct fn_person_id *person, struct fn_error *err)
{
    struct fn_face_labels labels;
    int rc = fn_labels_of_face(t, face, &labels);
    if (rc)
        return fn_error_set(err, rc, "labels of a face cannot be read: %s", fn_strerror(rc));
    l->standing[fnl_standing_of(&labels, l->kind, person)]++;
    return 0;
}

int fnl_labelling_fill(struct fn_txn *t, struct fnl_act *act, struct fnl_labelling *l,
                       struct fn_error *err)
{
    struct fn_person_id person = {0};
    bool notface = l->kind == FN_ASSERT_NOTFACE;
    int rc = 0;
    l->one_person = true;
    l->name[0] = '\0';
    l->counted = false;
    memset(l->standing, 0, sizeof l->standing);
    if (!notface && l->who)
        rc = find_person(t, act, l, err);
    person = l->id;
    for (size_t i = 0; !rc && i < l->n; i++) {
        if (!notface && !l->who)
            rc = assigned_person(t, l, l->faces[i], &person, err);
        rc = rc ? rc : count(t, l, l->faces[i], &person, err);
        rc = rc ? rc : fnl_act_add_face(act, t, l->kind, l->faces[i], &person, err);
    }
    l->counted = !rc;
    return rc;
}

static int fill(struct fn_txn *t, struct fnl_act *act, void *arg, struct fn_error *err)
{
    return fnl_labelling_fill(t, act, arg, err);
}

int fnl_label_faces(struct fn_library *lib, enum fnl_mode mode, struct fnl_labelling *l,
                    struct fnl_act_result *ret, struct fn_error *err)
{
    int rc = fnl_do_act(lib, mode, fill, l, ret, err);
    ret->n_conflicts = fnl_labelling_conflicts(l);
    ret->n_already = rc ? 0 : l->standing[FNL_STANDS_SO];
    ret->n_changed = rc ? 0 : l->n - ret->n_already;
    ret->new_person = l->is_new;
    return rc;
}
