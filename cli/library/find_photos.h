/* SPDX-License-Identifier: MIT */
/* The photos that a query finds, sorted, and the people in them. */
#ifndef FN_CLI_LIBRARY_FIND_PHOTOS_H
#define FN_CLI_LIBRARY_FIND_PHOTOS_H

#include "cli/library/facts.h"

enum fnl_photo_order {
    FNL_BY_DATE,    /* oldest first, unknown dates last */
    FNL_BY_NEWEST,  /* newest first, unknown dates last */
    FNL_BY_PATH,    /* by the bytes of the path */
    FNL_BY_N_FACES, /* most faces first */
};

struct fnl_found {
    struct fn_photo *photo;
    fn_face_id *faces; /* those that match */
    size_t n_faces;
    char *path; /* absolute; NULL: the photo has no file */
};

struct fnl_finds {
    struct fnl_found *found;
    size_t n, cap;
    size_t total; /* how many the query finds; n of them are in the list */
};

/* The first `limit` (0: all) photos that the query finds, in this order; inside the read
 * transaction. A bad query: FN_EUSAGE, and *ret_column is the column of the error, from 1;
 * otherwise *ret_column is 0. -ENOMEM. Release *ret with fnl_finds_finish. */
FN_NODISCARD int fnl_find_photos(struct fn_library *lib, const char *query,
                                 enum fnl_photo_order order, uint64_t limit,
                                 struct fnl_finds *ret, size_t *ret_column,
                                 struct fn_error *err);
void fnl_finds_finish(struct fnl_finds *f);

struct fnl_person_count {
    struct fnl_match who;
    size_t n;    /* photos */
    size_t last; /* index + 1 of the last photo that was counted */
};

/* The people of the matching faces, by the number of photos. The caller frees *ret. -ENOMEM,
 * and errors of the index. */
FN_NODISCARD int fnl_find_people(struct fn_txn *t, const struct fnl_finds *f,
                                 struct fnl_person_count **ret, size_t *ret_n,
                                 struct fn_error *err);

#endif
