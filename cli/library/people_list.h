/* SPDX-License-Identifier: MIT */
/* A sorted selection of the people of an index. */
#ifndef FN_CLI_LIBRARY_PEOPLE_LIST_H
#define FN_CLI_LIBRARY_PEOPLE_LIST_H

#include "cli/library/library.h"

enum fnl_people_order { FNL_BY_PHOTOS, FNL_BY_NAME, FNL_BY_FIRST, FNL_BY_LAST };

struct fnl_people {
    struct fn_person *p;
    size_t n, cap;
    size_t n_small, n_hidden, n_without; /* left out; without photos now */
};

/* Lists all people, or those that are not hidden, have photos now, and have a name or are in at
 * least min_photos photos. Inside the read transaction t. -ENOMEM, -errno. */
FN_NODISCARD int fnl_people_list(struct fn_txn *t, bool all, uint64_t min_photos,
                                 enum fnl_people_order order, struct fnl_people *ret,
                                 struct fn_error *err);
/* Leaves people without photos out. */
void fnl_people_with_photos(struct fnl_people *l);
void fnl_people_finish(struct fnl_people *l);

#endif
