/* SPDX-License-Identifier: MIT */
/* An act: one short write transaction. When that is committed, the act is done. What follows is
 * a state of its own and cannot make the act fail: the log is mirrored to labels.log, and a
 * running daemon is notified or the clusters are updated here. */
#ifndef FN_CLI_LIBRARY_ACT_H
#define FN_CLI_LIBRARY_ACT_H

#include "cli/library/library.h"

enum { FNL_SETTLE_MAX = 5000, FNL_WRITER_WAIT_MS = 5000 };

/* A table of the names that an act gives (cli/library/act_names.h). */
struct fnl_act_name {
    uint64_t hash;
    size_t at; /* index of the assertion + 1; 0: free */
};
struct fnl_act_names {
    struct fnl_act_name *slot;
    size_t size, n; /* size: a power of two, or 0 */
    size_t seen;    /* assertions before this one are in it */
};

/* A list of assertions that becomes one act. */
struct fnl_act {
    struct fn_assertion *a;
    size_t n, cap;
    struct fn_face_ref **sets; /* what GROUP assertions point to */
    size_t n_sets, sets_cap;
    struct fnl_act_names names;
    bool failed;    /* out of memory */
    unsigned flags; /* enum fn_assert_flags */
    int64_t time_us;
    char author[32];
};
void fnl_act_init(struct fnl_act *act);
void fnl_act_finish(struct fnl_act *act);
/* Adds an assertion, zeroed except for kind, time and author. NULL when out of memory (failed
 * is set). */
struct fn_assertion *fnl_act_add(struct fnl_act *act, enum fn_assert_kind kind);
/* Adds a cluster label: these faces were in the cluster that is this person now. One assertion
 * for each FN_ASSERT_FACES_MAX faces. */
FN_NODISCARD int fnl_act_add_group(struct fnl_act *act, struct fn_txn *t,
                                   const fn_face_id *faces, size_t n,
                                   const struct fn_person_id *person, struct fn_error *err);

/* Adds a label on one face: kind is IS, NOT or NOTFACE; person may be NULL for NOTFACE. */
FN_NODISCARD int fnl_act_add_face(struct fnl_act *act, struct fn_txn *t,
                                  enum fn_assert_kind kind, fn_face_id face,
                                  const struct fn_person_id *person, struct fn_error *err);

enum fnl_mode {
    FNL_KEEP, /* write it */
    FNL_TRY,  /* a dry run: everything is checked, nothing is stored */
};

/* What became of an act after its commit. */
struct fnl_after {
    struct fn_error copy;   /* why labels.log lacks the act; code 0: it has it */
    struct fn_error groups; /* why the clusters were not updated; code 0: they were, or a daemon
                               does it */
    size_t left;            /* pending faces, left to a later facenetd */
    bool unsafe;            /* fn_store_unsafe */
};

/* The result of an act. Its faces are those that it changes, those that had the label already,
 * and, when it was refused, those that conflict with it. */
struct fnl_act_result {
    uint64_t act; /* number in the log; in a dry run, the number that it would get; 0: nothing
                     to write */
    size_t n_changed;   /* faces or people that the act changes */
    size_t n_already;   /* those that were in this state before */
    size_t n_conflicts; /* faces that conflict with the act by a label in effect or the
                           same-photo rule */
    bool new_person;    /* the act made the person */
    struct fnl_after after;
};

/* Reads what it needs from t and may append to the act. It is called again when the transaction
 * has to be repeated because the map was full. */
typedef int (*fnl_fill)(struct fn_txn *t, struct fnl_act *act, void *arg, struct fn_error *err);
/* Runs fill and appends the act, in one write transaction. Returns 0 if the act is in the log
 * of the index, and only then; FN_EUNCERTAIN: the disk failed, and it cannot be told. Sets
 * ret->act and ret->after only; ret->act may have been set when an error is returned. */
FN_NODISCARD int fnl_do_act(struct fn_library *lib, enum fnl_mode mode, fnl_fill fill,
                            void *arg, struct fnl_act_result *ret, struct fn_error *err);

/* The steps of fnl_do_act, for a program that writes several times: *ret_act is the act's
 * number, 0 when it was empty. Ends with fnl_write_done. */
FN_NODISCARD int fnl_write_act(struct fn_library *lib, enum fnl_mode mode, fnl_fill fill,
                               void *arg, uint64_t *ret_act, struct fn_error *err);
/* Any other change of the index in one write transaction. It is repeated when the map had to
 * grow. */
typedef int (*fnl_change)(struct fn_txn *t, void *arg, struct fn_error *err);
FN_NODISCARD int fnl_write(struct fn_library *lib, enum fnl_mode mode, fnl_change change,
                           void *arg, struct fn_error *err);
/* The same for changes of the log, which end with fnl_write_done when they are committed: until
 * then the process is not interrupted or stopped. */
FN_NODISCARD int fnl_write_labels(struct fn_library *lib, enum fnl_mode mode, fnl_change change,
                                  void *arg, struct fn_error *err);
/* After the commit: mirrors the log; then notifies a running daemon or updates the clusters
 * here; SIGINT and SIGTERM stop that, and are otherwise too late. */
void fnl_write_done(struct fn_library *lib, enum fnl_mode mode, struct fnl_after *ret);

#endif
