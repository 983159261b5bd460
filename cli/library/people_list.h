/* SPDX-License-Identifier: MIT */
/* A sorted selection of the people of an index. */
#ifndef FN_CLI_LIBRARY_PEOPLE_LIST_H
#define FN_CLI_LIBRARY_PEOPLE_LIST_H

#include "cli/library/library.h"

enum fnl_people_order { FNL_BY_PHOTOS, FNL_BY_NAME, FNL_BY_FIRST, FNL_BY_LAST };

struct fnl_people {
    struct fn_person *p;
    size_t n, cap;
    size_t n_all;                        /* that fit, of which n are listed */
    size_t n_small, n_hidden, n_without; /* left out; without: with no photos now */
};

struct fnl_people_choice {
    bool all;            /* also hidden people, names without photos, and small ones: */
    uint64_t min_photos; /* without a name, in fewer photos than these */
    bool with_photos;    /* no names without photos in any case */
    enum fnl_people_order order;
    uint64_t limit; /* the first ones only; 0: no limit */
};
/* Inside the read transaction t. A limit also bounds the memory, except for people with a name
 * when sorted by name. -ENOMEM, -errno. */
FN_NODISCARD int fnl_people_list(struct fn_txn *t, const struct fnl_people_choice *c,
                                 struct fnl_people *ret, struct fn_error *err);
void fnl_people_finish(struct fnl_people *l);

#endif
