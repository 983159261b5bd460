/* SPDX-License-Identifier: MIT */
/* The log as a list of acts, and undoing and redoing one. An act is summed up in values; how it
 * is put in words is the program's. */
#ifndef FN_CLI_LIBRARY_ACT_LOG_H
#define FN_CLI_LIBRARY_ACT_LOG_H

#include "cli/library/act.h"
#include "cli/library/facts.h"

enum { FNL_KINDS = FN_ASSERT_GROUP + 1 };

struct fnl_act_summary {
    uint64_t act;
    int64_t time_us;
    char author[32];
    bool in_effect;
    uint64_t undo_of; /* 0: not an undo */
    size_t n_assertions, by_kind[FNL_KINDS];
    size_t cluster_faces; /* in cluster labels */
    enum fn_assert_kind first_kind;
    uint64_t first_face;           /* content key; of a face kind */
    char text[FN_PERSON_NAME_MAX]; /* the name that it gives, else the text of its first
                                      assertion */
    bool several;                  /* it is about several people */
    bool has_person;
    struct fnl_match person;       /* the first, as it is after merges */
    struct fnl_match merged, into; /* of a merge: the id that was merged; the person it became
                                      part of */
};

struct fnl_log {
    struct fnl_act_summary *a; /* newest first */
    size_t n;
    size_t n_total; /* acts in the log */
};
/* The newest acts, at most limit of them; 0: all. Memory is in proportion to what is returned.
 * Finish *ret whatever is returned. */
FN_NODISCARD int fnl_log_read(struct fn_txn *t, size_t limit, struct fnl_log *ret,
                              struct fn_error *err);
void fnl_log_finish(struct fnl_log *l);
/* One act. FN_ENOTFOUND. */
FN_NODISCARD int fnl_act_summary_get(struct fn_txn *t, uint64_t act,
                                     struct fnl_act_summary *ret, struct fn_error *err);

struct fnl_undoing {
    uint64_t act; /* 0: undo the newest act in effect, redo the newest that was undone */
    bool redo;
    /* the result */
    struct fnl_act_summary summary; /* of the act that is undone, or in effect again */
};
/* ret->act: the new act. FN_ENOTFOUND: no such act. FN_EREFUSED: it is so already, or what is
 * left would contradict itself. */
FN_NODISCARD int fnl_undo(struct fn_library *lib, enum fnl_mode mode, struct fnl_undoing *u,
                          struct fnl_act_result *ret, struct fn_error *err);

#endif
