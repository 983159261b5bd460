/* SPDX-License-Identifier: MIT */
/* Commands in messages: an operand as a shell needs it. */
#ifndef FN_CLI_LIBRARY_SHELL_WORD_H
#define FN_CLI_LIBRARY_SHELL_WORD_H

#include "engine/base/buf.h"

/* Appends text as one word of a shell's command line: unchanged if that is safe, else in single
 * quotes. */
void fnl_shell_word(struct fn_buf *out, const char *text);

#endif
