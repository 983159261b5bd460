/* SPDX-License-Identifier: MIT */
/* The faces that the user has confirmed, with where to read them: what a network is trained on,
 * or a list for other programs.
 *
 * Only what was said of a face itself counts (label, confirm): a face that was merely in a
 * group when the group was named is still the program's guess. */
#ifndef FN_CLI_LIBRARY_CONFIRMED_H
#define FN_CLI_LIBRARY_CONFIRMED_H

#include "cli/library/library.h"

struct fnl_labelled_face {
    char *path;     /* absolute; read now, and unchanged since it was indexed */
    size_t name_at; /* path + name_at: below the folder that is indexed */
    char *person;   /* name; with the id behind it where two people bear it */
    struct fn_person_id id;
    float box[4], points[5][2]; /* fractions of the upright picture */
    uint32_t width, height;     /* of it */
    bool drawn;                 /* by the user: no points */
};

struct fnl_labelled {
    struct fnl_labelled_face *face; /* by person */
    size_t n, cap;
    size_t n_missing; /* confirmed, but no file can be read now or it is another one since */
    size_t n_unnamed; /* confirmed as somebody without a name */
};

/* FN_EUSAGE when nothing is confirmed, or no photo of it is there. Opens and ends the read
 * transaction. */
FN_NODISCARD int fnl_labelled_get(struct fn_library *lib, struct fnl_labelled *ret,
                                  struct fn_error *err);
void fnl_labelled_free(struct fnl_labelled *l);
#endif
