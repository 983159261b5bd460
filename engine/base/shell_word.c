/* SPDX-License-Identifier: MIT */
#include "engine/base/shell_word.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "engine/base/utf8.h"

/* A word that begins with '=' is the path of a command in zsh. */
static bool is_safe(const char *s)
{
    static const char safe[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                               "_-+=:,./@%";
    if (!*s || *s == '=' || !fn_utf8_valid(s, strlen(s)))
        return false;
    for (; *s; s++)
        if ((unsigned char)*s < 0x80 && !strchr(safe, *s))
            return false;
    return true;
}

void fn_shell_word(struct fn_buf *out, const char *text)
{
    if (is_safe(text)) {
        fn_buf_str(out, text);
        return;
    }
    fn_buf_char(out, '\'');
    for (; *text; text++) {
        if (*text == '\'')
            fn_buf_str(out, "'\\''");
        else
            fn_buf_char(out, *text);
    }
    fn_buf_char(out, '\'');
}

const char *fn_shell_text(struct fn_shell_text *ret, const char *text)
{
    struct fn_buf b;
    fn_buf_init(&b, sizeof ret->s - 1);
    fn_shell_word(&b, text);
    (void)snprintf(ret->s, sizeof ret->s, "%s", fn_buf_failed(&b) ? "..." : fn_buf_cstr(&b));
    fn_buf_finish(&b);
    return ret->s;
}
