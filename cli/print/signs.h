/* SPDX-License-Identifier: MIT */
/* The program's own signs, such as "…" and "d²", where the locale is not UTF-8. */
#ifndef FN_CLI_PRINT_SIGNS_H
#define FN_CLI_PRINT_SIGNS_H

#include <stdbool.h>

#include "engine/base/buf.h"

/* Appends s; with ascii, the signs of this program as ASCII: "..." for "…". Characters of other
 * kinds stay as they are. */
void fnq_add_signs(struct fn_buf *out, const char *s, bool ascii);
/* The same for any bytes: control characters and invalid ones become \xNN. */
void fnq_add_printable(struct fn_buf *out, const char *s, bool ascii);

#endif
