/* SPDX-License-Identifier: MIT */
#include "cli/library/label_faces.h"

static bool rejects(const struct fn_face_labels *l, const struct fn_person_id *person)
{
    for (size_t i = 0; i < l->n_rejected; i++)
        if (fn_person_eq(&l->rejected[i], person))
            return true;
    return false;
}

static enum fnl_standing standing_of_is(const struct fn_face_labels *l,
                                        const struct fn_person_id *person)
{
    if (l->notface)
        return FNL_STANDS_NOTFACE;
    if (rejects(l, person))
        return FNL_STANDS_REJECTED;
    if (!l->confirmed)
        return FNL_STANDS_FREE;
    return fn_person_eq(&l->person, person) ? FNL_STANDS_SO : FNL_STANDS_CONFIRMED;
}

static enum fnl_standing standing_of_not(const struct fn_face_labels *l,
                                         const struct fn_person_id *person)
{
    if (l->confirmed && fn_person_eq(&l->person, person))
        return FNL_STANDS_CONFIRMED;
    return rejects(l, person) ? FNL_STANDS_SO : FNL_STANDS_FREE;
}

static enum fnl_standing standing_of_notface(const struct fn_face_labels *l)
{
    if (l->confirmed)
        return FNL_STANDS_CONFIRMED;
    return l->notface ? FNL_STANDS_SO : FNL_STANDS_FREE;
}

enum fnl_standing fnl_standing_of(const struct fn_face_labels *l, enum fn_assert_kind kind,
                                  const struct fn_person_id *person)
{
    if (kind == FN_ASSERT_IS)
        return standing_of_is(l, person);
    return kind == FN_ASSERT_NOT ? standing_of_not(l, person) : standing_of_notface(l);
}

bool fnl_is_conflict(enum fnl_standing s)
{
    return s == FNL_STANDS_CONFIRMED || s == FNL_STANDS_REJECTED || s == FNL_STANDS_NOTFACE;
}

size_t fnl_labelling_conflicts(const struct fnl_labelling *l)
{
    size_t n = 0;
    for (size_t s = 0; s < FNL_STANDINGS; s++)
        n += fnl_is_conflict((enum fnl_standing)s) ? l->standing[s] : 0;
    return n;
}
