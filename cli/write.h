/* SPDX-License-Identifier: MIT */
/* What the user says: one act in one short write transaction, mirrored to labels.log before it
 * is reported as done, then the daemon is told (or, without one, the touched people are settled
 * here). */
#ifndef FN_CLI_WRITE_H
#define FN_CLI_WRITE_H

#include "cli/fnq.h"

enum { FNQ_SETTLE_MAX = 5000, FNQ_WRITER_WAIT_MS = 5000 };

/* A list of assertions that becomes one act. */
struct fnq_act {
    struct fn_assertion *a;
    size_t n, cap;
    struct fn_face_ref **sets; /* what GROUP assertions point to */
    size_t n_sets;
    bool failed;    /* out of memory */
    unsigned flags; /* enum fn_assert_flags */
    int64_t time_us;
    char author[32];
};
void fnq_act_init(struct fnq_act *act);
void fnq_act_finish(struct fnq_act *act);
/* One more assertion, zeroed but for kind, time and author; NULL when out of memory (failed is
 * set). */
struct fn_assertion *fnq_act_add(struct fnq_act *act, enum fn_assert_kind kind);
/* These faces were in the group that is this person now: one assertion for each
 * FN_ASSERT_FACES_MAX of them. */
FN_NODISCARD int fnq_act_add_group(struct fnq_act *act, struct fn_txn *t,
                                   const fn_face_id *faces, size_t n,
                                   const struct fn_person_id *person, struct fn_error *err);

/* Runs fill (which looks up what it needs in t and may append to the act) and appends the act,
 * all in one write transaction. With --dry-run everything is checked and nothing is kept.
 * *ret_act: the act's number, 0 when it was empty. May be called several times by one command;
 * finish once with fnq_write_done. */
typedef int (*fnq_fill)(struct fn_txn *t, struct fnq_act *act, void *arg, struct fn_error *err);
FN_NODISCARD int fnq_write_act(struct fnq_ctx *ctx, fnq_fill fill, void *arg, uint64_t *ret_act,
                               struct fn_error *err);
/* Any other change of the index in one write transaction: repeated when the map had to grow. */
typedef int (*fnq_change)(struct fn_txn *t, void *arg, struct fn_error *err);
FN_NODISCARD int fnq_write(struct fnq_ctx *ctx, fnq_change change, void *arg,
                           struct fn_error *err);
/* Mirrors the log (durable afterwards), then nudges the daemon or settles. */
FN_NODISCARD int fnq_write_done(struct fnq_ctx *ctx, struct fn_error *err);

/* "   undo: fnq undo L12" behind an answer; nothing for dry runs. */
void fnq_print_undo(struct fnq_ctx *ctx, uint64_t act);
/* Asks before more than 20 faces are touched; 0 to go on, else the exit code. No transaction
 * may be open. */
FN_NODISCARD int fnq_confirm_many(struct fnq_ctx *ctx, size_t n, const char *what);

#endif
