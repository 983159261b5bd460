/* SPDX-License-Identifier: MIT */
#include "cli/library/shell_word.h"

#include <stdbool.h>
#include <string.h>

static bool is_safe(const char *s)
{
    static const char safe[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                               "_-+=:,./@%";
    if (!*s)
        return false;
    for (; *s; s++)
        if ((unsigned char)*s < 0x80 && !strchr(safe, *s))
            return false;
    return true;
}

void fnl_shell_word(struct fn_buf *out, const char *text)
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
