/* SPDX-License-Identifier: MIT */
#include "cli/library/name_person.h"

#include <stdio.h>
#include <string.h>

#include "engine/base/text.h"
#include "index/labels/names.h"

/* A person can have a name but no indexed faces: they are not indexed yet, or no longer. */
static void owner_of(struct fn_txn *t, const struct fn_person_label *l, struct fn_person *ret)
{
    if (fn_person_get(t, &l->id, ret) == 0)
        return;
    *ret = (struct fn_person){.id = l->id};
    (void)snprintf(ret->name, sizeof ret->name, "%s", l->name);
}

/* Finds the person with exactly this name. fnl_person_find would also accept its first letters.
 */
static bool find_owner(struct fn_txn *t, struct fnl_naming *n)
{
    struct fn_person_id ids[16];
    size_t k = 0;
    if (fn_person_by_name(t, n->clean, ids, 16, &k, NULL))
        return false;
    for (size_t i = 0; i < k && i < 16; i++) {
        struct fn_person_label l;
        if (fn_person_label_get(t, &ids[i], &l) || fn_text_equal(l.name, n->clean) != 1 ||
            fnl_person_eq(&l.id, &n->person.id))
            continue;
        owner_of(t, &l, &n->owner);
        return true;
    }
    return false;
}

static int fill(struct fn_txn *t, struct fnl_act *act, void *arg, struct fn_error *err)
{
    struct fnl_naming *n = arg;
    int rc = fnl_person_find(t, n->who, &n->person, err);
    if (rc)
        return rc;
    n->taken = find_owner(t, n);
    if (n->taken && !n->same_name)
        return fn_error_set(err, FN_EREFUSED, "\"%s\" is the name of another person",
                            n->owner.name);
    act->flags = n->same_name ? FN_ASSERT_SAME_NAME : 0;
    rc = fnl_person_keep(t, act, &n->person, &n->id, err);
    struct fn_assertion *a = rc ? NULL : fnl_act_add(act, FN_ASSERT_NAME);
    if (a) {
        a->person = n->id;
        (void)snprintf(a->text, sizeof a->text, "%s", n->clean);
    }
    return rc;
}

int fnl_name_person(struct fn_library *lib, enum fnl_mode mode, struct fnl_naming *n,
                    struct fnl_act_result *ret, struct fn_error *err)
{
    *ret = (struct fnl_act_result){0};
    int rc = fn_name_clean(n->name, n->clean, sizeof n->clean, err);
    rc = rc ? rc : fnl_do_act(lib, mode, fill, n, ret, err);
    if (!rc && strcmp(n->person.name, n->clean) == 0)
        ret->n_already = n->person.n_faces;
    else if (!rc)
        ret->n_changed = n->person.n_faces;
    return rc;
}
