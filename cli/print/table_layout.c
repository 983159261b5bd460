/* SPDX-License-Identifier: MIT */
#include "cli/print/table_layout.h"

#include <string.h>

#include "engine/base/columns.h"
#include "engine/base/utf8.h"

enum { GAP = 2, LEAST = 4 };

/* ---- how wide ---- */

/* The width that a column has at least while others can be left out. */
static size_t least(const struct fnq_table *t, size_t i)
{
    const struct fnq_column *c = &t->columns[i];
    size_t w = t->width[i], readable = c->readable ? c->readable : FNQ_READABLE;
    return c->fit != FNQ_WHOLE && w > readable ? readable : w;
}

static size_t needed(const struct fnq_table *t, bool narrow)
{
    size_t n = t->indent;
    bool first = true;
    for (size_t i = 0; i < t->n_columns; i++)
        if (t->shown[i]) {
            n += (narrow ? least(t, i) : t->width[i]) + (first ? 0 : GAP);
            first = false;
        }
    return n;
}

/* Leaves out the least important columns. False: none is left that may be left out. */
static bool drop_columns(struct fnq_table *t)
{
    unsigned most = 0;
    for (size_t i = 0; i < t->n_columns; i++)
        if (t->shown[i] && t->columns[i].drop > most)
            most = t->columns[i].drop;
    for (size_t i = 0; most && i < t->n_columns; i++)
        t->shown[i] = t->shown[i] && t->columns[i].drop != most;
    return most > 0;
}

/* The widest shown column that is wider than `than`; n_columns: none. */
static size_t widest(const struct fnq_table *t, bool any, size_t than)
{
    size_t found = t->n_columns;
    for (size_t i = 0; i < t->n_columns; i++)
        if (t->shown[i] && (any || t->columns[i].fit != FNQ_WHOLE) && t->width[i] > than) {
            than = t->width[i];
            found = i;
        }
    return found;
}

/* Takes columns away from the widest, one by one. */
static void squeeze(struct fnq_table *t, bool any, size_t columns)
{
    for (size_t n = needed(t, false); n > columns; n--) {
        size_t i = widest(t, any, LEAST);
        if (i == t->n_columns)
            return;
        t->width[i]--;
    }
}

void fnq_table_fit(struct fnq_table *t)
{
    size_t columns = t->out->columns;
    for (size_t i = 0; i < t->n_columns; i++)
        t->shown[i] = t->filled[i];
    if (!columns)
        return;
    while (needed(t, true) > columns && drop_columns(t))
        ;
    squeeze(t, false, columns);
    squeeze(t, true, columns);
}

/* ---- printing ---- */

static void pad(struct fn_buf *b, size_t n)
{
    for (size_t i = 0; i < n; i++)
        fn_buf_char(b, ' ');
}

static size_t last_shown(const struct fnq_table *t)
{
    size_t i = t->n_columns;
    while (i && !t->shown[i - 1])
        i--;
    return i;
}

/* The cell as it fits into its column, which begins at `at`. */
static void add_fitting(struct fnq_table *t, size_t column, const char *s, size_t at)
{
    struct fn_buf *b = &t->out->buf;
    size_t full = t->width[column], n = strlen(s);
    bool folds = t->columns[column].fit >= FNQ_FOLD && column + 1 == last_shown(t);
    if (fn_utf8_width(s, n) <= full) {
        fn_buf_str(b, s);
    } else if (folds) {
        fn_fold_line(b, s, n, at + full, at, at);
    } else {
        fn_shorten(b, s, full, fnq_ellipsis(t->out));
        if (t->n_short)
            ++*t->n_short;
    }
}

static void print_cell(struct fnq_table *t, size_t column, const char *s, size_t at,
                       enum fnq_style style)
{
    struct fn_buf *b = &t->out->buf;
    size_t w = fn_utf8_width(s, strlen(s)), full = t->width[column];
    size_t gap = w < full ? full - w : 0;
    if (t->columns[column].right)
        pad(b, gap);
    style = *s ? style : FNQ_PLAIN;
    if (style)
        fnq_style(t->out, style);
    size_t start = b->len;
    add_fitting(t, column, s, at);
    if (w > full && !fn_buf_failed(b)) { /* a wide character may have left one column */
        w = fn_utf8_width(b->data + start, b->len - start);
        gap = w < full ? full - w : 0;
    }
    if (style)
        fnq_style(t->out, FNQ_PLAIN);
    if (column + 1 < last_shown(t))
        pad(b, (t->columns[column].right ? 0 : gap) + GAP);
}

/* Removes spaces at the end of a line: the last cell may be empty. */
static void print_line_end(struct fnq_table *t)
{
    struct fn_buf *b = &t->out->buf;
    while (b->len && b->data[b->len - 1] == ' ')
        b->data[--b->len] = '\0';
    fn_buf_char(b, '\n');
}

static void print_heading(struct fnq_table *t)
{
    size_t at = t->indent;
    pad(&t->out->buf, at);
    for (size_t i = 0; i < t->n_columns; i++)
        if (t->shown[i]) {
            print_cell(t, i, t->columns[i].title, at, FNQ_DIM);
            at += t->width[i] + GAP;
        }
    print_line_end(t);
}

/* Returns the cells of the next row. */
static const char *print_row(struct fnq_table *t, const char *s)
{
    size_t at = t->indent;
    pad(&t->out->buf, at);
    for (size_t i = 0; i < t->n_columns; i++, s += strlen(s) + 1)
        if (t->shown[i]) {
            print_cell(t, i, s, at, t->columns[i].style);
            at += t->width[i] + GAP;
        }
    print_line_end(t);
    return s;
}

void fnq_print_table(struct fnq_table *t)
{
    const char *s = fn_buf_cstr(&t->text);
    fnq_table_fit(t);
    if (!t->bare)
        print_heading(t);
    for (size_t r = 0; r < t->n_rows; r++)
        s = print_row(t, s);
}
