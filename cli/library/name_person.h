/* SPDX-License-Identifier: MIT */
/* Naming and renaming a person. */
#ifndef FN_CLI_LIBRARY_NAME_PERSON_H
#define FN_CLI_LIBRARY_NAME_PERSON_H

#include "cli/library/persons.h"

struct fnl_naming {
    const char *who; /* id or name */
    const char *name;
    bool same_name; /* another person may have the name, and it may be the id of one */
    /* the result */
    char clean[FN_PERSON_NAME_MAX]; /* the name as it is stored (fn_name_clean) */
    struct fn_person person;        /* as it was before */
    struct fn_person_id id;         /* afterwards: an unnamed person gets a permanent one */
    bool swapped; /* `name` is a person, and `who` is not, or `name` is an id */
    bool taken;   /* another person has the name (names are compared by their keys) */
    struct fn_person
        owner; /* that person; n_faces is 0 when none of the person's faces is indexed */
};
/* FN_EUSAGE: not a valid name. FN_EREFUSED: another person has the name, or it is the id of
 * one, and same_name is not set. FN_ENOTFOUND, FN_EAMBIGUOUS: no such person, or several. */
FN_NODISCARD int fnl_name_person(struct fn_library *lib, enum fnl_mode mode,
                                 struct fnl_naming *n, struct fnl_act_result *ret,
                                 struct fn_error *err);
#endif
