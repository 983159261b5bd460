/* SPDX-License-Identifier: MIT */
/* The newest photos of a person, and the command that lists all of them. */
#ifndef FN_CLI_ASKING_PERSON_PHOTOS_H
#define FN_CLI_ASKING_PERSON_PHOTOS_H

#include "cli/program/fnq.h"

/* Prints text inside the read transaction; nothing for a person without photos. */
FN_NODISCARD int fnq_print_person_photos(struct fnq_ctx *ctx, const struct fn_person *p,
                                         struct fn_error *err);

#endif
