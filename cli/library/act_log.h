/* SPDX-License-Identifier: MIT */
/* The log as a list of acts, and undoing and redoing one. A summary of an act consists of
 * values; the program turns them into text. */
#ifndef FN_CLI_LIBRARY_ACT_LOG_H
#define FN_CLI_LIBRARY_ACT_LOG_H

#include "cli/library/act.h"
#include "cli/library/facts.h"

enum { FNL_KINDS = FN_ASSERT_SAME + 1 };

struct fnl_act_summary {
    uint64_t act;
    int64_t time_us;
    char author[32];
    bool in_effect;
    uint64_t undo_of; /* 0: not an undo */
    uint64_t target;  /* of an undo: the act that it undoes, or redoes */
    bool redo;
    size_t n_assertions, by_kind[FNL_KINDS];
    size_t cluster_faces;                   /* in cluster labels */
    size_t n_clusters, first_cluster_faces; /* cluster labels; faces of the first */
    bool makes_person;                      /* no act before it refers to `person` */
    size_t merged_faces; /* an unnamed person was merged into `person`: its faces; else 0 */
    enum fn_assert_kind first_kind;
    uint64_t first_face;           /* content key; of a face kind */
    char text[FN_PERSON_NAME_MAX]; /* the name that the act gives, else the text of its first
                                      assertion */
    bool several;                  /* it refers to several people */
    bool has_person;
    struct fnl_match person; /* the first person, after merges */
    struct fnl_match merged,
        into; /* of a merge: the id that was merged, and the person that it is part of now */
};

struct fnl_log {
    struct fnl_act_summary *a; /* newest first */
    size_t n;
    size_t n_total; /* acts in the log */
};
/* Reads the newest acts, at most limit of them; 0: all. Memory use is proportional to the
 * result. Finish *ret even on failure. */
FN_NODISCARD int fnl_log_read(struct fn_txn *t, size_t limit, struct fnl_log *ret,
                              struct fn_error *err);
void fnl_log_finish(struct fnl_log *l);
/* The summary of one act, with its target if it is an undo. FN_ENOTFOUND. */
FN_NODISCARD int fnl_act_summary_get(struct fn_txn *t, uint64_t act,
                                     struct fnl_act_summary *ret, struct fn_error *err);

struct fnl_undoing {
    uint64_t act; /* 0: undo the newest act in effect, redo the newest that was undone */
    bool redo;
    /* the result */
    struct fnl_act_summary summary; /* of the act that was undone or redone */
};
/* ret->act: the new act. FN_ENOTFOUND: no such act. FN_EREFUSED: it is already undone (or in
 * effect), or the remaining acts would contradict each other. */
FN_NODISCARD int fnl_undo(struct fn_library *lib, enum fnl_mode mode, struct fnl_undoing *u,
                          struct fnl_act_result *ret, struct fn_error *err);

#endif
