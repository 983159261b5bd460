/* SPDX-License-Identifier: MIT */
/* Pages of people for a browser, with progress and a result. */
#ifndef FN_CLI_ASKING_PEOPLE_HTML_H
#define FN_CLI_ASKING_PEOPLE_HTML_H

#include "cli/library/people_list.h"
#include "cli/program/fnq.h"

/* Writes the page of the people into the folder, and prints where it is, or fnq.page/1. Ends
 * the read transaction. Returns the exit code. */
FN_NODISCARD int fnq_write_people_html(struct fnq_ctx *ctx, const struct fnl_people *people,
                                       uint64_t min_photos, const char *dir);

#endif
