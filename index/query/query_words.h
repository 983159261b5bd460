/* SPDX-License-Identifier: MIT */
/* The words of a query. Words end at spaces, parentheses and, in a list of names, commas.
 * Double quotes hold such within a word. A backslash makes the space, quote or backslash after
 * it an ordinary character; before anything else it stands for itself. */
#ifndef FN_INDEX_QUERY_WORDS_H
#define FN_INDEX_QUERY_WORDS_H

#include <stdbool.h>
#include <stddef.h>

enum { FN_QUERY_WORD_MAX = 1024 };

struct fn_query_word {
    size_t start, end;               /* bytes of the query */
    char text[FN_QUERY_WORD_MAX];    /* without quotes and backslashes; "" at the end */
    bool literal[FN_QUERY_WORD_MAX]; /* the byte was in quotes or after a backslash */
    size_t n, n_literal;             /* bytes of text; those that are literal */
    bool quoted;                     /* begins with a quote */
};

/* Reads the word that begins at or after `at`. A parenthesis is a word. Returns NULL, or what
 * is wrong with the word at ret->start. */
const char *fn_query_word_read(const char *query, size_t at, bool in_list,
                               struct fn_query_word *ret);
bool fn_query_word_end(const struct fn_query_word *w); /* there is no word */
/* Is this the word `text` (any case), without quotes and backslashes? */
bool fn_query_word_is(const struct fn_query_word *w, const char *text);
/* The position of the first of these characters that is not literal; w->n when there is none.
 */
size_t fn_query_word_find(const struct fn_query_word *w, const char *set);
/* Part of a name that has no quotes: not an operator, not a parenthesis, no key. */
bool fn_query_word_plain(const struct fn_query_word *w);

#endif
