/* SPDX-License-Identifier: MIT */
/* Commands in messages and pages: a path or a name as one word of a shell's command line. */
#ifndef FN_ENGINE_BASE_SHELL_WORD_H
#define FN_ENGINE_BASE_SHELL_WORD_H

#include "engine/base/buf.h"
#include "engine/base/paths.h"

/* Appends text, unchanged if any shell takes it as one word with no other meaning, else in
 * single quotes. Bytes that are not ASCII are safe where they are UTF-8. */
void fn_shell_word(struct fn_buf *out, const char *text);

/* Room for any path. */
struct fn_shell_text {
    char s[4 * FN_PATH_MAX];
};
/* The same in *ret, for a message; "..." if text is longer than a path can be. Returns ret->s.
 */
const char *fn_shell_text(struct fn_shell_text *ret, const char *text);
/* The same as a string that is valid in the enclosing block. */
#define FN_SHELL(text) fn_shell_text(&(struct fn_shell_text){.s = ""}, text)

#endif
