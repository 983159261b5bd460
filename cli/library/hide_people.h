/* SPDX-License-Identifier: MIT */
/* Leaving people out of lists, and showing them again. */
#ifndef FN_CLI_LIBRARY_HIDE_PEOPLE_H
#define FN_CLI_LIBRARY_HIDE_PEOPLE_H

#include "cli/library/persons.h"

struct fnl_hiding {
    char *const *who; /* ids or names */
    size_t n_who;
    bool hide;           /* false: show again */
    bool unnamed;        /* also every unnamed person that is not hidden ... */
    uint64_t max_photos; /* ... and is in at most this many photos */
    /* the result */
    size_t n_people; /* named and found */
};
/* ret counts people: n_already were hidden (or not) before. When all were, nothing is written.
 */
FN_NODISCARD int fnl_hide_people(struct fn_library *lib, enum fnl_mode mode,
                                 struct fnl_hiding *h, struct fnl_act_result *ret,
                                 struct fn_error *err);
#endif
