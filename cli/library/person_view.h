/* SPDX-License-Identifier: MIT */
/* Details of one person: photos by year, and the people in the same photos. */
#ifndef FN_CLI_LIBRARY_PERSON_VIEW_H
#define FN_CLI_LIBRARY_PERSON_VIEW_H

#include "cli/library/persons.h"

enum { FNL_FIRST_YEAR = 1800, FNL_YEARS = 400, FNL_SEEN_MAX = 4096 };

struct fnl_seen {
    struct fnl_match who; /* named */
    size_t n; /* photos with both; a photo counts once for each face of the other person */
};

struct fnl_person_view {
    struct fn_person person;
    uint32_t by_year[FNL_YEARS]; /* photos; [i]: of the year FNL_FIRST_YEAR + i */
    struct fnl_seen *seen;       /* most photos first, at most FNL_SEEN_MAX */
    size_t n_seen, cap;
};

/* what: a person as fnl_person_find takes it. Inside the read transaction t. -ENOMEM,
 * FN_ENOTFOUND, FN_EAMBIGUOUS. Release *ret with fnl_person_view_finish. */
FN_NODISCARD int fnl_person_view(struct fn_txn *t, const char *what,
                                 struct fnl_person_view *ret, struct fn_error *err);
void fnl_person_view_finish(struct fnl_person_view *v);

#endif
