/* SPDX-License-Identifier: MIT */
/* The people in one file: from the index when it has the content, else through a worker and a
 * search. */
#ifndef FN_CLI_LIBRARY_LOOK_H
#define FN_CLI_LIBRARY_LOOK_H

#include "cli/library/facts.h"
#include "cli/library/pictures.h"

enum { FNL_CANDIDATES_MAX = 32 };

struct fnl_look_face {
    struct fnl_fact fact;
    int16_t x[FN_DIM];
    struct fnl_match
        candidates[FNL_CANDIDATES_MAX]; /* the nearest people, as many as requested */
    size_t n_candidates;
};

struct fnl_look {
    const char *path;
    size_t top; /* candidates of each face */
    int fd;
    int code; /* 0, or the error */
    struct fn_error err;
    bool indexed;
    struct fn_h128 hash;
    struct fn_photo photo; /* width, height, taken, rotated */
    struct fnl_look_face *faces;
    size_t n;
};

/* Fills *ret; a file that fails has code and err set, faces empty. Returns non-zero only when
 * no file can succeed (no index, no worker). No transaction is open afterwards. */
FN_NODISCARD int fnl_look(struct fn_library *lib, const char *path, size_t top,
                          struct fnl_look *ret, struct fn_error *err);
void fnl_look_finish(struct fnl_look *l);
/* People who are less probable than p, and whom no user confirmed, become unknown; they remain
 * as the nearest other person. */
void fnl_look_min_p(struct fnl_look *l, double p);
/* The number of faces that have a person. */
size_t fnl_look_known(const struct fnl_look *l);

/* The people of the nearest faces of x, nearest first, at most max of them. */
FN_NODISCARD int fnl_candidates(struct fn_txn *t, const int16_t x[FN_DIM], fn_face_id except,
                                struct fnl_match *ret, size_t max, size_t *ret_n,
                                struct fn_error *err);

#endif
