/* SPDX-License-Identifier: MIT */
/* The faces that the user has confirmed, with the files that show them: training data, or a
 * list for other programs.
 *
 * Only labels on faces count (label, confirm). A face that was in a cluster when the user named
 * the cluster is still a suggestion. */
#ifndef FN_CLI_LIBRARY_CONFIRMED_H
#define FN_CLI_LIBRARY_CONFIRMED_H

#include "cli/library/library.h"

struct fnl_labelled_face {
    char *path; /* absolute; the file can be read and has not changed since it was indexed */
    size_t name_at; /* path + name_at: the path below the root */
    char *person;   /* name, followed by the id when two people have this name */
    struct fn_person_id id;
    float box[4], points[5][2]; /* fractions of the upright photo */
    uint32_t width, height;     /* of the photo */
    bool drawn;                 /* the user drew the box: there are no points */
};

struct fnl_labelled {
    struct fnl_labelled_face *face; /* sorted by person */
    size_t n, cap;
    size_t n_missing; /* confirmed, but no file can be read or it has changed since */
    size_t n_unnamed; /* confirmed as a person without a name */
};

/* FN_EUSAGE when no face is confirmed, or none of their photos can be read. Begins and ends the
 * read transaction. */
FN_NODISCARD int fnl_labelled_get(struct fn_library *lib, struct fnl_labelled *ret,
                                  struct fn_error *err);
void fnl_labelled_free(struct fnl_labelled *l);
#endif
