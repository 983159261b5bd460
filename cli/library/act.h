/* SPDX-License-Identifier: MIT */
/* What the user says: one act in one short write transaction, mirrored to labels.log before it
 * is reported as done, then the daemon is told (or, without one, the touched people are settled
 * here). */
#ifndef FN_CLI_LIBRARY_ACT_H
#define FN_CLI_LIBRARY_ACT_H

#include "cli/library/library.h"

enum { FNL_SETTLE_MAX = 5000, FNL_WRITER_WAIT_MS = 5000 };

/* A list of assertions that becomes one act. */
struct fnl_act {
    struct fn_assertion *a;
    size_t n, cap;
    struct fn_face_ref **sets; /* what GROUP assertions point to */
    size_t n_sets;
    bool failed;    /* out of memory */
    unsigned flags; /* enum fn_assert_flags */
    int64_t time_us;
    char author[32];
};
void fnl_act_init(struct fnl_act *act);
void fnl_act_finish(struct fnl_act *act);
/* One more assertion, zeroed but for kind, time and author; NULL when out of memory (failed is
 * set). */
struct fn_assertion *fnl_act_add(struct fnl_act *act, enum fn_assert_kind kind);
/* These faces were in the group that is this person now: one assertion for each
 * FN_ASSERT_FACES_MAX of them. */
FN_NODISCARD int fnl_act_add_group(struct fnl_act *act, struct fn_txn *t,
                                   const fn_face_id *faces, size_t n,
                                   const struct fn_person_id *person, struct fn_error *err);

/* Runs fill (which looks up what it needs in t and may append to the act) and appends the act,
 * all in one write transaction. With --dry-run everything is checked and nothing is kept.
 * *ret_act: the act's number, 0 when it was empty. May be called several times by one command;
 * finish once with fnl_write_done. */
enum fnl_mode {
    FNL_KEEP, /* write it */
    FNL_TRY,  /* check everything, keep nothing */
};
typedef int (*fnl_fill)(struct fn_txn *t, struct fnl_act *act, void *arg, struct fn_error *err);
FN_NODISCARD int fnl_write_act(struct fn_library *lib, enum fnl_mode mode, fnl_fill fill,
                               void *arg, uint64_t *ret_act, struct fn_error *err);
/* Any other change of the index in one write transaction: repeated when the map had to grow. */
typedef int (*fnl_change)(struct fn_txn *t, void *arg, struct fn_error *err);
FN_NODISCARD int fnl_write(struct fn_library *lib, enum fnl_mode mode, fnl_change change,
                           void *arg, struct fn_error *err);
/* Mirrors the log, so that the acts are durable, then tells a running daemon or settles here.
 * *ret_left: faces that wait for the daemon to settle them. */
FN_NODISCARD int fnl_write_done(struct fn_library *lib, enum fnl_mode mode, size_t *ret_left,
                                struct fn_error *err);

#endif
