/* SPDX-License-Identifier: MIT */
#include "cli/print/list.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/utf8.h"

static void begin(struct fnq_list *l, struct fnq_out *out, const struct fnq_list_kind *kind)
{
    size_t n = 0;
    *l = (struct fnq_list){.out = out, .kind = kind};
    for (size_t i = 0; i < kind->n_fields; i++) {
        const struct fnq_field *f = &kind->fields[i];
        if (!f->title)
            continue;
        if (n == FNQ_COLUMNS_MAX)
            abort();
        l->columns[n++] = (struct fnq_column){f->title, f->right, f->style};
    }
    fnq_table_begin(&l->table, out, l->columns, n);
    if (fnq_out_is_json(out))
        l->item = json_object();
}

void fnq_list_begin(struct fnq_list *l, struct fnq_out *out, const struct fnq_list_kind *kind)
{
    begin(l, out, kind);
    fnq_json_begin(out, kind->schema, kind->key, kind->item_schema);
}

/* "a.b": the object a, made when it is not there, and b. */
static void set_member(json_t *item, const char *key, json_t *value)
{
    char outer[64];
    const char *dot = strchr(key, '.');
    if (!dot) {
        fnq_set(item, key, value);
        return;
    }
    (void)snprintf(outer, sizeof outer, "%.*s", (int)(dot - key), key);
    json_t *o = json_object_get(item, outer);
    if (!o) {
        o = json_object();
        fnq_set(item, outer, o);
    }
    fnq_set(o, dot + 1, value);
}

static const struct fnq_field *next_field(struct fnq_list *l)
{
    if (l->at >= l->kind->n_fields)
        abort();
    return &l->kind->fields[l->at++];
}

static void put(struct fnq_list *l, json_t *value, const char *cell)
{
    const struct fnq_field *f = next_field(l);
    if (l->item && f->key)
        set_member(l->item, f->key, value);
    else
        json_decref(value);
    if (f->title)
        fnq_cell(&l->table, cell);
}

void fnq_put_text(struct fnq_list *l, const char *s)
{
    put(l, l->item && s ? fnq_json_bytes(s) : NULL, s);
}

void fnq_put_shown(struct fnq_list *l, const char *s, const char *shown)
{
    put(l, l->item && s ? fnq_json_bytes(s) : NULL, l->out->format == FNQ_TEXT ? shown : s);
}

void fnq_put_path(struct fnq_list *l, const char *path)
{
    const struct fnq_field *f = next_field(l);
    if (l->item && f->key && path)
        fnq_set_path(l->item, path);
    else if (l->item && f->key)
        fnq_set(l->item, f->key, NULL);
    if (f->title)
        fnq_cell(&l->table, path);
}

void fnq_put_count(struct fnq_list *l, uint64_t n)
{
    char cell[24];
    (void)snprintf(cell, sizeof cell, "%llu", (unsigned long long)n);
    put(l, l->item ? json_integer((json_int_t)n) : NULL, cell);
}

void fnq_put_real(struct fnq_list *l, double v, int decimals)
{
    char cell[32] = "";
    if (isfinite(v) && l->out->format == FNQ_TEXT)
        (void)snprintf(cell, sizeof cell, "%.*f", decimals, v);
    else if (isfinite(v))
        (void)snprintf(cell, sizeof cell, "%.9g", v);
    put(l, l->item ? fnq_json_real(v) : NULL, cell);
}

void fnq_put_flag(struct fnq_list *l, bool v, const char *word)
{
    put(l, l->item ? json_boolean(v) : NULL, v ? word : "");
}

void fnq_put_json(struct fnq_list *l, json_t *value, const char *cell)
{
    put(l, value, cell);
}

static void end_row(struct fnq_list *l)
{
    if (l->at != l->kind->n_fields)
        abort();
    l->at = 0;
    fnq_row_end(&l->table);
}

void fnq_list_row(struct fnq_list *l)
{
    end_row(l);
    if (l->item) {
        fnq_json_item(l->out, l->item);
        l->item = json_object();
    }
}

void fnq_list_end(struct fnq_list *l, json_t *more)
{
    fnq_json_end(l->out, more);
    fnq_table_end(&l->table);
    json_decref(l->item);
}

/* ---- one record ---- */

void fnq_record_begin(struct fnq_list *l, struct fnq_out *out, const struct fnq_list_kind *kind)
{
    begin(l, out, kind);
}

/* The table has one row: its cells lie NUL-ended in table.text. */
static void print_lines(struct fnq_list *l)
{
    const char *s = fn_buf_cstr(&l->table.text);
    size_t width = 0;
    for (size_t i = 0; i < l->table.n_columns; i++) {
        size_t w = fn_utf8_width(l->columns[i].title, strlen(l->columns[i].title));
        width = w > width ? w : width;
    }
    for (size_t i = 0; i < l->table.n_columns; i++, s += strlen(s) + 1) {
        if (!*s)
            continue;
        fnq_style(l->out, FNQ_DIM);
        fnq_text(l->out, "%-*s", (int)width + 2, l->columns[i].title);
        fnq_style(l->out, FNQ_PLAIN);
        fn_buf_str(&l->out->buf, s);
        fnq_text(l->out, "\n");
    }
}

void fnq_record_end(struct fnq_list *l)
{
    end_row(l);
    if (l->item)
        fnq_json_one(l->out, l->kind->item_schema, l->item);
    else if (l->out->format == FNQ_TEXT && !fn_buf_failed(&l->table.text))
        print_lines(l);
    l->table.n_rows = l->out->format == FNQ_TEXT ? 0 : l->table.n_rows; /* printed above */
    fnq_table_end(&l->table);
}
