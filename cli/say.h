/* SPDX-License-Identifier: MIT */
/* The acts on faces that label, confirm, reject, notface and their batches share. */
#ifndef FN_CLI_SAY_H
#define FN_CLI_SAY_H

#include "cli/targets.h"
#include "cli/write.h"

/* One thing said about several faces. */
struct fnq_say_item {
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
FN_NODISCARD int fnq_say_fill(struct fn_txn *t, struct fnq_act *act, struct fnq_say_item *item,
                              struct fn_error *err);

/* label --batch from standard input; the exit code. */
FN_NODISCARD int fnq_batch(struct fnq_ctx *ctx);
/* The same from text in memory (import labels). */
FN_NODISCARD int fnq_batch_text(struct fnq_ctx *ctx, char *text);

#endif
