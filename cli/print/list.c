/* SPDX-License-Identifier: MIT */
#include "cli/print/list.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/columns.h"
#include "engine/base/paths.h"
#include "engine/base/utf8.h"

/* Whether the field has a column in this format. */
static bool has_column(const struct fnq_list *l, const struct fnq_field *f)
{
    enum fnq_only other = l->out->format == FNQ_TEXT ? FNQ_DATA : FNQ_TERMINAL;
    return f->title && f->only != other;
}

/* The column of a field: by place, or in the order of the fields. */
static size_t column_of(const struct fnq_list *l, const struct fnq_field *f)
{
    size_t n = 0;
    for (size_t i = 0; i < l->kind->n_fields; i++) {
        const struct fnq_field *g = &l->kind->fields[i];
        if (has_column(l, g) && (f->place ? g->place < f->place : g < f))
            n++;
    }
    return n;
}

static void begin(struct fnq_list *l, struct fnq_out *out, const struct fnq_list_kind *kind)
{
    size_t n = 0;
    *l = (struct fnq_list){.out = out, .kind = kind};
    fn_buf_init(&l->cells, 1 << 20);
    for (size_t i = 0; i < kind->n_fields; i++) {
        const struct fnq_field *f = &kind->fields[i];
        if (!has_column(l, f))
            continue;
        if (n == FNQ_COLUMNS_MAX)
            abort();
        l->columns[column_of(l, f)] =
            (struct fnq_column){f->title, f->right, f->style, f->fit, f->drop, f->readable};
        n++;
    }
    fnq_table_begin(&l->table, out, l->columns, n, kind->layout == FNQ_BARE);
    l->table.n_short = &l->n_short;
    if (fnq_out_is_json(out))
        l->item = json_object();
}

void fnq_list_begin(struct fnq_list *l, struct fnq_out *out, const struct fnq_list_kind *kind)
{
    begin(l, out, kind);
    fnq_json_begin(out, kind->schema, kind->key, kind->item_schema);
}

void fnq_list_begin_inside(struct fnq_list *l, struct fnq_out *out,
                           const struct fnq_list_kind *kind, json_t *into)
{
    begin(l, out, kind);
    l->into = into;
}

/* "a.b": the member b of the object a, which is created when it is missing. */
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

/* Cells are written when the row ends, because columns may have another order than fields. */
static void put_cell(struct fnq_list *l, const struct fnq_field *f, const char *cell)
{
    if (!has_column(l, f) || l->item)
        return;
    l->cell[column_of(l, f)] = l->cells.len;
    fn_buf_str(&l->cells, cell ? cell : "");
    fn_buf_char(&l->cells, '\0');
}

static void put(struct fnq_list *l, json_t *value, const char *cell)
{
    const struct fnq_field *f = next_field(l);
    if (l->item && f->key)
        set_member(l->item, f->key, value);
    else
        json_decref(value);
    put_cell(l, f, cell);
}

void fnq_put_text(struct fnq_list *l, const char *s)
{
    put(l, l->item && s ? fnq_json_bytes(s) : NULL, s);
}

void fnq_put_shown(struct fnq_list *l, const char *s, const char *shown)
{
    put(l, l->item && s ? fnq_json_bytes(s) : NULL, l->out->format == FNQ_TEXT ? shown : s);
}

void fnq_put_path_or(struct fnq_list *l, const char *path, const char *none)
{
    const struct fnq_field *f = next_field(l);
    char shown[FN_PATH_MAX];
    if (l->item && f->key && path)
        fnq_set_path(l->item, path);
    else if (l->item && f->key)
        fnq_set(l->item, f->key, NULL);
    if (path && l->out->format == FNQ_TEXT && strlen(path) < sizeof shown) {
        fn_path_tilde(shown, sizeof shown, path);
        path = shown;
    }
    put_cell(l, f, path ? path : none);
}

void fnq_put_path(struct fnq_list *l, const char *path)
{
    fnq_put_path_or(l, path, NULL);
}

void fnq_put_box(struct fnq_list *l, const float box[4])
{
    char cell[128];
    (void)snprintf(cell, sizeof cell,
                   l->out->format == FNQ_TEXT ? "%.3f,%.3f,%.3f,%.3f" : "%.9g,%.9g,%.9g,%.9g",
                   (double)box[0], (double)box[1], (double)box[2], (double)box[3]);
    put(l, l->item ? fnq_json_box(box) : NULL, cell);
}

void fnq_put_count(struct fnq_list *l, uint64_t n)
{
    char cell[32];
    if (l->out->format == FNQ_TEXT)
        fnq_thousands(cell, sizeof cell, n);
    else
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

void fnq_put_members(struct fnq_list *l, json_t *members, const char *cell)
{
    const struct fnq_field *f = next_field(l);
    if (l->item && members && json_object_update(l->item, members) < 0)
        abort();
    json_decref(members);
    put_cell(l, f, cell);
}

void fnq_put_none(struct fnq_list *l)
{
    put_cell(l, next_field(l), NULL);
}

static void end_row(struct fnq_list *l)
{
    if (l->at != l->kind->n_fields)
        abort();
    l->at = 0;
    if (fn_buf_failed(&l->cells))
        l->out->buf.failed = true;
    for (size_t i = 0; !l->item && !l->cells.failed && i < l->table.n_columns; i++)
        fnq_cell(&l->table, fn_buf_cstr(&l->cells) + l->cell[i]);
    fn_buf_reset(&l->cells);
    fnq_row_end(&l->table);
}

static void print_folded(struct fnq_list *l, const char *s, size_t n, size_t at)
{
    if (l->out->columns)
        fn_fold_line(&l->out->buf, s, n, l->out->columns, at, at);
    else
        fn_buf_add(&l->out->buf, s, n);
    fnq_text(l->out, "\n");
}

/* The value of a record, which begins at column `at`. */
static void print_value(struct fnq_list *l, const char *s, bool lines, size_t at)
{
    const char *stop = lines ? strstr(s, "; ") : NULL;
    for (; stop; stop = strstr(s, "; ")) {
        print_folded(l, s, (size_t)(stop - s), at);
        fnq_text(l->out, "%*s", (int)at, "");
        s = stop + 2;
    }
    print_folded(l, s, strlen(s), at);
}

/* Prints the one row of the table (its cells are NUL-ended in table.text) as a record. */
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
        print_value(l, s, l->columns[i].fit == FNQ_LINES, width + 2);
    }
}

static void print_record(struct fnq_list *l)
{
    if (l->n_records++)
        fnq_text(l->out, "\n");
    if (!fn_buf_failed(&l->table.text)) {
        print_lines(l);
        fn_buf_reset(&l->table.text);
    }
    l->table.n_rows = 0;
}

static void give_item(struct fnq_list *l, json_t *array)
{
    if (!l->item)
        return;
    if (json_array_append_new(array, l->item) < 0)
        abort();
    l->item = json_object();
}

void fnq_list_row(struct fnq_list *l)
{
    end_row(l);
    if (l->kind->layout == FNQ_RECORDS && l->out->format == FNQ_TEXT)
        print_record(l);
    if (l->into) {
        give_item(l, l->into);
    } else if (l->item) {
        fnq_json_item(l->out, l->item);
        l->item = json_object();
    }
}

void fnq_list_row_into(struct fnq_list *l, json_t *array)
{
    end_row(l);
    give_item(l, array);
}

static void end(struct fnq_list *l)
{
    fnq_table_end(&l->table);
    fn_buf_finish(&l->cells);
}

void fnq_list_end(struct fnq_list *l, json_t *more)
{
    if (l->into)
        json_decref(more);
    else
        fnq_json_end(l->out, more);
    end(l);
    json_decref(l->item);
}

/* ---- one record ---- */

void fnq_record_begin(struct fnq_list *l, struct fnq_out *out, const struct fnq_list_kind *kind)
{
    begin(l, out, kind);
}

void fnq_record_end(struct fnq_list *l)
{
    end_row(l);
    if (l->item)
        fnq_json_one(l->out, l->kind->item_schema, l->item);
    else if (l->out->format == FNQ_TEXT)
        print_record(l);
    end(l);
}
