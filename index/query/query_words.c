/* SPDX-License-Identifier: MIT */
#include "index/query/query_priv.h"

#include <string.h>
#include <strings.h>

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static bool escapes(const char *s)
{
    return s[0] == '\\' && (s[1] == '"' || s[1] == '\\' || s[1] == ' ');
}

static bool put(struct fn_query_word *w, char c, bool literal)
{
    if (w->n == FN_QUERY_WORD_MAX - 1)
        return false;
    w->n_literal += literal;
    w->literal[w->n] = literal;
    w->text[w->n++] = c;
    return true;
}

const char *fn_query_word_read(const char *query, size_t at, bool in_list,
                               struct fn_query_word *ret)
{
    bool in = false, fits = true;
    while (is_space(query[at]))
        at++;
    ret->start = at;
    ret->n = ret->n_literal = 0;
    ret->quoted = query[at] == '"';
    if (query[at] == '(' || query[at] == ')')
        fits = put(ret, query[at++], false);
    else
        for (; query[at] && fits; at++) {
            const char *s = query + at;
            if (!in && (is_space(*s) || *s == '(' || *s == ')' || (in_list && *s == ',')))
                break;
            if (*s == '"')
                in = !in;
            else if (escapes(s))
                fits = put(ret, query[++at], true);
            else
                fits = put(ret, *s, in);
        }
    ret->end = at;
    ret->text[ret->n] = '\0';
    return !fits                    ? "a word of more than 1023 bytes"
           : in                     ? "a quote that is not closed"
           : !ret->n && ret->quoted ? "an empty name"
                                    : NULL;
}

bool fn_query_word_end(const struct fn_query_word *w)
{
    return !w->n && !w->quoted;
}

bool fn_query_word_is(const struct fn_query_word *w, const char *text)
{
    return !w->quoted && !w->n_literal && strcasecmp(w->text, text) == 0;
}

size_t fn_query_word_find(const struct fn_query_word *w, const char *set)
{
    for (size_t i = 0; i < w->n; i++)
        if (!w->literal[i] && strchr(set, w->text[i]))
            return i;
    return w->n;
}

bool fn_query_word_plain(const struct fn_query_word *w)
{
    static const char *const other[] = {"and", "or", "not", "(", ")"};
    for (size_t i = 0; i < sizeof other / sizeof *other; i++)
        if (fn_query_word_is(w, other[i]))
            return false;
    return w->n && !w->quoted && fn_query_word_find(w, ":<>=") == w->n;
}

/* ---- words that the program writes ---- */

void fn_query_write_name(struct fn_buf *out, const char *name)
{
    fn_buf_char(out, '"');
    for (; *name; name++) {
        if (*name == '"' || *name == '\\')
            fn_buf_char(out, '\\');
        fn_buf_char(out, *name);
    }
    fn_buf_char(out, '"');
}

const char *fn_query_name_operand(struct fn_shell_text *ret, const char *name)
{
    struct fn_buf b;
    fn_buf_init(&b, 2 * FN_QUERY_WORD_MAX + 4);
    fn_query_write_name(&b, name);
    (void)fn_shell_text(ret, fn_buf_cstr(&b));
    fn_buf_finish(&b);
    return ret->s;
}
