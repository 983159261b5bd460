/* SPDX-License-Identifier: MIT */
/* The acts on faces that label, confirm, reject, notface and their batches share. */
#ifndef FN_CLI_LIBRARY_SAY_H
#define FN_CLI_LIBRARY_SAY_H

#include "cli/library/targets.h"
#include "cli/library/act.h"

/* One thing said about several faces. */
struct fnl_say_item {
    enum fn_assert_kind kind; /* IS, NOT, NOTFACE */
    const char
        *who; /* person or name; NULL: who each face is taken for (IS: confirm, NOT: reject) */
    bool fresh;        /* IS: a new person of this name */
    fn_face_id *faces; /* owned by the caller */
    size_t n;
    /* found out while it is said */
    struct fn_person_id id;
    char name[FN_PERSON_NAME_MAX];
    bool one_person; /* all faces concern id */
    bool is_new;     /* the person is made by this act */
};

/* Appends the item's assertions to act. FN_EREFUSED, FN_EAMBIGUOUS, FN_ENOTFOUND: nothing of it
 * should be kept. */
FN_NODISCARD int fnl_say_fill(struct fn_txn *t, struct fnl_act *act, struct fnl_say_item *item,
                              struct fn_error *err);

#endif
