/* SPDX-License-Identifier: MIT */
#include "cli/program/real_run.h"

#include <string.h>

#include "engine/base/shell_word.h"

/* Whether s is the long option, or begins it clearly enough ("--dry"). */
static bool is_long(const char *s, const char *option)
{
    size_t n = strlen(s);
    return n >= 4 && n <= strlen(option) && strncmp(s, option, n) == 0;
}

/* Letters without values only: "-nq". */
static bool is_letters(const char *s)
{
    return s[0] == '-' && s[1] && s[1] != '-' && strspn(s + 1, "nqyh0") == strlen(s + 1);
}

static void letters(struct fn_buf *out, const char *s)
{
    if (strspn(s + 1, "n") == strlen(s + 1))
        return;
    fn_buf_char(out, ' ');
    for (; *s; s++)
        if (*s != 'n')
            fn_buf_char(out, *s);
}

/* Whether the word is left out; *ret_value: and the word after it. */
static bool left_out(const char *s, bool *ret_value)
{
    *ret_value = is_long(s, "--sheet");
    return *ret_value || strncmp(s, "--sheet=", 8) == 0 || is_long(s, "--dry-run") ||
           is_long(s, "--yes") || strcmp(s, "-y") == 0;
}

void fnq_real_run(struct fn_buf *out, char *const *argv, bool yes)
{
    bool operands = false, value = false;
    fn_buf_str(out, "fnq");
    for (size_t i = 1; argv[0] && argv[i]; i++) {
        const char *s = argv[i];
        if (value || (!operands && left_out(s, &value))) {
            value = value && s[0] == '-';
            continue;
        }
        if (!operands && strcmp(s, "--") == 0) {
            fn_buf_str(out, yes ? " --yes" : "");
            operands = true;
            yes = false;
        }
        if (!operands && is_letters(s)) {
            letters(out, s);
        } else {
            fn_buf_char(out, ' ');
            fn_shell_word(out, s);
        }
    }
    fn_buf_str(out, yes ? " --yes" : "");
}
