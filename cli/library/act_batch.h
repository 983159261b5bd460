/* SPDX-License-Identifier: MIT */
/* Many acts from a text, a line each (act_line.h), kept as one act of the log: one undo takes
 * all of it back. */
#ifndef FN_CLI_LIBRARY_ACT_BATCH_H
#define FN_CLI_LIBRARY_ACT_BATCH_H

#include "cli/library/act_line.h"
#include "cli/library/say.h"

struct fnl_batch_line {
    size_t number;
    struct fnl_act_line parsed;
    struct fnl_say_item item;
    bool refused;
    struct fn_error err; /* why */
};

/* Zero it (atomic aside), add the lines, resolve, write, finish. */
struct fnl_batch {
    bool atomic; /* all lines or none */
    struct fnl_batch_line *lines;
    size_t n, cap;
    const struct fnl_batch_line
        *only; /* one line by itself, to find out whether it is refused */
};

/* One line of text without its line end, which is changed. A line that cannot be read is kept
 * as refused. -ENOMEM. */
FN_NODISCARD int fnl_batch_add(struct fnl_batch *b, char *text, size_t number);
/* Looks up the faces of every line; lines that name none are refused. Begins and ends the read
 * transaction. *ret_faces: how many faces the other lines touch. */
FN_NODISCARD int fnl_batch_resolve(struct fn_library *lib, struct fnl_batch *b,
                                   size_t *ret_faces, struct fn_error *err);
/* Writes the lines that are not refused as one act, *act: its number, 0 when nothing was
 * written. A line that contradicts a label in force is refused; the others are written unless
 * the batch is atomic. */
FN_NODISCARD int fnl_batch_write(struct fn_library *lib, enum fnl_mode mode,
                                 struct fnl_batch *b, uint64_t *act, struct fn_error *err);
size_t fnl_batch_refused(const struct fnl_batch *b);
void fnl_batch_finish(struct fnl_batch *b);

#endif
