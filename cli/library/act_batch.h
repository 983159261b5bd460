/* SPDX-License-Identifier: MIT */
/* Labels from a text, one on each line (act_line.h), stored as one act: one undo undoes all of
 * it. */
#ifndef FN_CLI_LIBRARY_ACT_BATCH_H
#define FN_CLI_LIBRARY_ACT_BATCH_H

#include "cli/library/act_line.h"
#include "cli/library/label_faces.h"

struct fnl_batch_line {
    size_t number;
    struct fnl_act_line parsed;
    struct fnl_labelling item;
    bool refused;
    struct fn_error err; /* why */
};

/* Set all to zero, and atomic as needed; then add the lines, resolve, write, finish. */
struct fnl_batch {
    bool atomic; /* all lines or none */
    struct fnl_batch_line *lines;
    size_t n, cap;
    const struct fnl_batch_line *only; /* one line alone, to determine whether it is refused */
};

/* Adds one line of text without its line end; text is modified. A line that cannot be parsed is
 * stored as refused. -ENOMEM. */
FN_NODISCARD int fnl_batch_add(struct fnl_batch *b, char *text, size_t number);
/* Finds the faces of every line; lines without faces are refused. Begins and ends the read
 * transaction. *ret_faces: the number of faces in the other lines. */
FN_NODISCARD int fnl_batch_resolve(struct fn_library *lib, struct fnl_batch *b,
                                   size_t *ret_faces, struct fn_error *err);
/* Writes the lines that are not refused as one act; ret->act is 0 when nothing was written. A
 * line that conflicts with a label in effect is refused; the others are written unless the
 * batch is atomic. ret counts the faces of all lines that are written, and the conflicts of all
 * lines whose faces were found. The act is complete when it returns, as with fnl_do_act. */
FN_NODISCARD int fnl_batch_write(struct fn_library *lib, enum fnl_mode mode,
                                 struct fnl_batch *b, struct fnl_act_result *ret,
                                 struct fn_error *err);
size_t fnl_batch_refused(const struct fnl_batch *b);
void fnl_batch_finish(struct fnl_batch *b);

#endif
