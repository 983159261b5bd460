/* SPDX-License-Identifier: MIT */
/* Who is in one file: from the index when its content is known there, else through a worker and
 * a search. */
#ifndef FN_CLI_LOOK_H
#define FN_CLI_LOOK_H

#include "cli/facts.h"
#include "cli/picture.h"

enum { FNQ_CANDIDATES_MAX = 32 };

struct fnq_look_face {
    struct fnq_fact fact;
    int16_t x[FN_DIM];
    struct fnq_match candidates[FNQ_CANDIDATES_MAX]; /* with --top */
    size_t n_candidates;
};

struct fnq_look {
    const char *path;
    int fd;
    int code; /* 0, or why there is nothing */
    struct fn_error err;
    bool indexed;
    struct fn_h128 hash;
    struct fn_photo photo; /* width, height, taken, rotated */
    struct fnq_look_face *faces;
    size_t n;
};

/* Fills *ret; a file that fails has code and err set, faces empty. Returns non-zero only when
 * going on is useless (no index, no worker). No transaction is open afterwards. */
FN_NODISCARD int fnq_look(struct fnq_ctx *ctx, const char *path, struct fnq_look *ret,
                          struct fn_error *err);
void fnq_look_finish(struct fnq_look *l);

/* The people of the nearest faces of x, nearest first, at most max of them. */
FN_NODISCARD int fnq_candidates(struct fn_txn *t, const int16_t x[FN_DIM], fn_face_id except,
                                struct fnq_match *ret, size_t max, size_t *ret_n,
                                struct fn_error *err);

/* Calls visit for every operand; "-" reads a list from standard input, a name per line
 * (NUL-ended with -0). Stops when visit returns non-zero, and returns that. */
int fnq_each_file(struct fnq_ctx *ctx, int argc, char **argv,
                  int (*visit)(struct fnq_ctx *ctx, const char *path, void *arg), void *arg);
/* {"code":"decode","text":...} */
json_t *fnq_error_json(const struct fn_error *err);

#endif
