/* SPDX-License-Identifier: MIT */
/* From text to a tree, by recursive descent:
 *
 *   query := or            or := and ("or" and)*        and := not (["and"] not)*
 *   not := "not" not | "(" or ")" | term
 *   term := key ":" [op] value | key op number | person
 *   op := ">=" | "<=" | ">" | "<" | "="
 *
 * Words: query_words.h. Terms with a key: query_terms.c. Persons, of one or more words:
 * query_people.c. Every error has the column (from 1) of what it is about, and a near miss when
 * there is one. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "index/query/query_priv.h"

int fn_query_wrong(struct fn_query_parser *p, size_t at, const char *fmt, ...)
{
    char text[sizeof p->err->text];
    va_list ap;
    va_start(ap, fmt);
    (void)vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    p->column = at + 1;
    return fn_error_set(p->err, FN_EUSAGE, "%s", text);
}

int fn_query_next(struct fn_query_parser *p)
{
    const char *wrong = fn_query_word_read(p->text, p->word.end, false, &p->word);
    return wrong ? fn_query_wrong(p, p->word.start, "%s", wrong) : 0;
}

static bool at_end(const struct fn_query_parser *p)
{
    return fn_query_word_end(&p->word);
}

static bool at(const struct fn_query_parser *p, const char *word)
{
    return fn_query_word_is(&p->word, word);
}

struct fn_query_node *fn_query_node_new(struct fn_query_parser *p, enum fn_query_kind kind)
{
    struct fn_query_node *n = p->n_nodes++ < FN_QUERY_NODES_MAX ? calloc(1, sizeof *n) : NULL;
    if (n)
        n->kind = kind;
    else
        fn_query_wrong(p, p->word.start, "a query of more than %d terms", FN_QUERY_NODES_MAX);
    return n;
}

static int read_term(struct fn_query_parser *p, struct fn_query_node **ret)
{
    size_t key_n = fn_query_word_find(&p->word, ":<>=");
    if (!p->word.quoted && key_n < p->word.n)
        return fn_query_read_key(p, key_n, ret);
    struct fn_query_node *n = fn_query_node_new(p, FN_Q_PERSON);
    if (!n)
        return FN_EUSAGE;
    int rc = fn_query_add_person(p, n, false);
    if (rc)
        fn_query_node_free(n);
    else
        *ret = n;
    return rc;
}

/* ---- the grammar ---- */

static int read_or(struct fn_query_parser *p, struct fn_query_node **ret);

/* There is no term where one must be. */
static int no_term(struct fn_query_parser *p)
{
    struct fn_shell_text operand;
    if (at_end(p))
        return fn_query_wrong(p, p->word.start,
                              "something is missing at the end: a name, or a term such as "
                              "date:2019");
    if (fn_query_is_name(p, p->word.text))
        return fn_query_wrong(p, p->word.start,
                              "for the person '%s' write %s, with both quotes", p->word.text,
                              fn_query_name_operand(&operand, p->word.text));
    return fn_query_wrong(p, p->word.start,
                          "a name, or a term such as date:2019, is missing before '%s'",
                          p->word.text);
}

static int read_parenthesis(struct fn_query_parser *p, struct fn_query_node **ret)
{
    size_t open = p->word.start;
    int rc = fn_query_next(p);
    rc = rc ? rc : read_or(p, ret);
    if (!rc && !at(p, ")"))
        rc = fn_query_wrong(p, open, "a parenthesis that is not closed");
    return rc ? rc : fn_query_next(p);
}

static int read_not(struct fn_query_parser *p, struct fn_query_node **ret)
{
    struct fn_query_node *n = NULL;
    int rc = 0;
    if (++p->depth > FN_QUERY_DEPTH_MAX)
        return fn_query_wrong(p, p->word.start, "parentheses and nots nested deeper than %d",
                              FN_QUERY_DEPTH_MAX);
    if (at_end(p) || at(p, ")") || at(p, "and") || at(p, "or"))
        return no_term(p);
    if (at(p, "not")) {
        if (!(n = fn_query_node_new(p, FN_Q_NOT)))
            return FN_EUSAGE;
        rc = fn_query_next(p);
        rc = rc ? rc : read_not(p, &n->child);
    } else if (at(p, "(")) {
        rc = read_parenthesis(p, &n);
    } else {
        rc = read_term(p, &n);
        rc = rc ? rc : fn_query_next(p);
    }
    p->depth--;
    if (rc)
        fn_query_node_free(n);
    else
        *ret = n;
    return rc;
}

/* One level of operands: of AND, where the word may be omitted, or of OR. */
static int read_list(struct fn_query_parser *p, bool and, struct fn_query_node **ret)
{
    struct fn_query_node *first = NULL, *list = NULL;
    int rc = and? read_not(p, &first) : read_list(p, true, &first);
    struct fn_query_node **tail = first ? &first->next : NULL;
    while (!rc && !at_end(p) && !at(p, ")") && (and? !at(p, "or") : at(p, "or"))) {
        if (at(p, "and") || at(p, "or"))
            rc = fn_query_next(p);
        if (!rc)
            rc = and? read_not(p, tail) : read_list(p, true, tail);
        if (!rc)
            tail = &(*tail)->next;
    }
    if (!rc && first->next) {
        if ((list = fn_query_node_new(p, and? FN_Q_AND : FN_Q_OR)))
            list->child = first;
        else
            rc = FN_EUSAGE;
    }
    if (rc)
        fn_query_node_free(first);
    else
        *ret = list ? list : first;
    return rc;
}

static int read_or(struct fn_query_parser *p, struct fn_query_node **ret)
{
    return read_list(p, false, ret);
}

void fn_query_node_free(struct fn_query_node *n)
{
    while (n) {
        struct fn_query_node *next = n->next;
        fn_query_node_free(n->child);
        free(n->glob);
        free(n->ids);
        free(n);
        n = next;
    }
}

void fn_query_destroy(struct fn_query *q)
{
    if (q)
        fn_query_node_free(q->root);
    free(q);
}

static int parse(struct fn_query_parser *p, struct fn_query *q)
{
    int rc = fn_names_load(p->t, &p->names);
    rc = rc ? rc : fn_query_next(p);
    if (!rc && !at_end(p))
        rc = read_or(p, &q->root);
    if (!rc && !at_end(p))
        rc = fn_query_wrong(p, p->word.start, "a parenthesis that was not opened");
    q->missing = p->missing;
    return rc;
}

int fn_query_parse(struct fn_txn *t, const char *text, struct fn_query **ret,
                   size_t *ret_column, struct fn_error *err)
{
    struct fn_query_parser *p = calloc(1, sizeof *p);
    struct fn_query *q = calloc(1, sizeof *q);
    int rc = p && q ? 0 : -ENOMEM;
    if (!rc) {
        p->t = t;
        p->text = text;
        p->err = err;
        rc = parse(p, q);
        if (rc && ret_column)
            *ret_column = p->column;
    }
    if (p)
        fn_names_finish(&p->names);
    free(p);
    if (rc)
        fn_query_destroy(q);
    else
        *ret = q;
    return rc;
}
