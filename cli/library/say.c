/* SPDX-License-Identifier: MIT */
#include "cli/library/say.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "engine/base/text.h"

static int new_person(struct fnl_act *act, struct fnl_say_item *item, struct fn_error *err)
{
    int rc = fn_name_clean(item->who, item->name, sizeof item->name, err);
    if (rc)
        return rc;
    rc = fn_person_new_id(&item->id);
    struct fn_assertion *a = rc ? NULL : fnl_act_add(act, FN_ASSERT_NAME);
    if (rc)
        return fn_error_set(err, rc, "no random numbers: %s", fn_strerror(rc));
    if (a) {
        a->person = item->id;
        (void)snprintf(a->text, sizeof a->text, "%s", item->name);
    }
    item->is_new = true;
    return 0;
}

/* A name said twice in one act is one new person. */
static bool made_here(const struct fnl_act *act, struct fnl_say_item *item)
{
    for (size_t i = 0; i < act->n; i++)
        if (act->a[i].kind == FN_ASSERT_NAME && fn_text_equal(act->a[i].text, item->who) == 1) {
            item->id = act->a[i].person;
            (void)snprintf(item->name, sizeof item->name, "%s", act->a[i].text);
            return true;
        }
    return false;
}

static int known_name(struct fn_txn *t, struct fnl_say_item *item)
{
    struct fn_person_label label;
    struct fn_person_id ids[2];
    size_t n = 0;
    if (fn_person_by_name(t, item->who, ids, 2, &n) || n != 1 ||
        fn_person_label_get(t, &ids[0], &label))
        return FN_ENOTFOUND;
    item->id = label.id;
    (void)snprintf(item->name, sizeof item->name, "%s", label.name);
    return 0;
}

static int find_person(struct fn_txn *t, struct fnl_act *act, struct fnl_say_item *item,
                       struct fn_error *err)
{
    struct fn_person p;
    item->is_new = false;
    if (item->kind == FN_ASSERT_IS && made_here(act, item))
        return 0;
    if (item->fresh) {
        act->flags |= FN_ASSERT_SAME_NAME;
        return new_person(act, item, err);
    }
    int rc = fnl_person_find(t, item->who, &p, err);
    if (!rc) {
        (void)snprintf(item->name, sizeof item->name, "%s", p.name);
        return fnl_person_keep(t, act, &p, &item->id, err);
    }
    if (rc == FN_ENOTFOUND && known_name(t, item) == 0)
        return 0;
    return rc == FN_ENOTFOUND && item->kind == FN_ASSERT_IS ? new_person(act, item, err) : rc;
}

static int say_face(struct fn_txn *t, struct fnl_act *act, const struct fnl_say_item *item,
                    fn_face_id face, const struct fn_person_id *person, struct fn_error *err)
{
    struct fn_assertion *a = fnl_act_add(act, item->kind);
    int rc = a ? fn_face_key_of(t, face, &a->face) : -ENOMEM;
    if (rc)
        return fn_error_set(err, rc, "%s", fn_strerror(rc));
    a->person = *person;
    return 0;
}

/* confirm and reject without --of: the person of each face by itself. */
static int taken_for(struct fn_txn *t, struct fnl_say_item *item, fn_face_id face,
                     struct fn_person_id *ret, struct fn_error *err)
{
    struct fnl_fact f;
    int rc = fnl_fact_get(t, face, &f, err);
    if (rc)
        return rc;
    if (!f.person.is || !f.person.name[0])
        return fn_error_set(
            err, FN_EREFUSED,
            "face %s is taken for nobody with a name. Say who: fnq label %s NAME", f.shown,
            f.shown);
    if (item->name[0] && !fnl_person_eq(&item->id, &f.person.id))
        item->one_person = false;
    item->id = *ret = f.person.id;
    (void)snprintf(item->name, sizeof item->name, "%s", f.person.name);
    return 0;
}

int fnl_say_fill(struct fn_txn *t, struct fnl_act *act, struct fnl_say_item *item,
                 struct fn_error *err)
{
    struct fn_person_id person = {0};
    int rc = 0;
    item->one_person = true;
    item->name[0] = '\0';
    if (item->kind != FN_ASSERT_NOTFACE && item->who)
        rc = find_person(t, act, item, err);
    person = item->id;
    for (size_t i = 0; !rc && i < item->n; i++) {
        if (item->kind != FN_ASSERT_NOTFACE && !item->who)
            rc = taken_for(t, item, item->faces[i], &person, err);
        rc = rc ? rc : say_face(t, act, item, item->faces[i], &person, err);
    }
    return rc;
}
