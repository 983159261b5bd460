/* SPDX-License-Identifier: MIT */
/* The list that fnq complete prints: one candidate a line, with its note after a tab. */
#include <string.h>
#include <strings.h>

#include "cli/complete.h"

bool fnq_is_candidate(const struct fnq_completing *c, const char *text)
{
    return strncasecmp(text, c->word, strlen(c->word)) == 0 && !strpbrk(text, "\t\n");
}

void fnq_candidate(struct fnq_completing *c, const char *text, const char *note)
{
    if (!fnq_is_candidate(c, text))
        return;
    fn_buf_printf(c->out, "%.*s%s", (int)c->prefix_n, c->prefix, text);
    if (note)
        fn_buf_char(c->out, '\t');
    for (; note && *note; note++)
        fn_buf_char(c->out, *note == '\t' || *note == '\n' ? ' ' : *note);
    fn_buf_char(c->out, '\n');
}
