/* SPDX-License-Identifier: MIT */
#include "cli/print/output.h"

#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/print/table_layout.h"
#include "cli/print/signs.h"
#include "engine/base/columns.h"
#include "engine/base/file.h"
#include "engine/base/numbers.h"
#include "engine/base/terminal.h"
#include "engine/base/utf8.h"

/* More than any valid output: an endless list fails before it uses up the memory. */
static const size_t output_max = (size_t)4 << 30;

void fnq_out_init(struct fnq_out *o, int fd)
{
    *o = (struct fnq_out){.fd = fd};
    fn_buf_init(&o->buf, output_max);
}

void fnq_out_terminal(struct fnq_out *o)
{
    o->tty = true;
    o->ascii = !fn_terminal_utf8();
    o->columns = fn_terminal_columns(o->fd);
}

void fnq_out_finish(struct fnq_out *o)
{
    fn_buf_finish(&o->buf);
}

/* Text with longer lines than the terminal has columns. */
static void fold(struct fnq_out *o)
{
    struct fn_buf folded;
    if (!o->columns || o->format != FNQ_TEXT || !o->buf.len || fn_buf_failed(&o->buf))
        return;
    fn_buf_init(&folded, output_max);
    fn_fold(&folded, o->buf.data, o->buf.len, o->columns);
    fn_buf_finish(&o->buf);
    o->buf = folded;
}

void fnq_out_flush(struct fnq_out *o)
{
    int rc = 0;
    fold(o);
    if (fn_buf_failed(&o->buf))
        rc = -ENOMEM;
    else if (o->buf.len && !o->failed)
        rc = fn_write_all(o->fd, o->buf.data, o->buf.len);
    if (rc && !o->failed) {
        o->failed = true;
        o->error = rc;
    }
    fn_buf_reset(&o->buf);
}

void fnq_text(struct fnq_out *o, const char *fmt, ...)
{
    char line[1024];
    va_list ap;
    va_start(ap, fmt);
    (void)vsnprintf(line, sizeof line, fmt, ap);
    va_end(ap);
    fnq_add_signs(&o->buf, line, o->ascii);
}

void fnq_text_safe(struct fnq_out *o, const char *s)
{
    if (o->tty)
        fn_utf8_printable(&o->buf, s, strlen(s));
    else
        fn_buf_str(&o->buf, s);
}

const char *fnq_ellipsis(const struct fnq_out *o)
{
    return o->ascii ? "..." : "…";
}

void fnq_text_fit(struct fnq_out *o, const char *s, size_t around)
{
    struct fn_buf b;
    if (!o->columns) {
        fnq_text_safe(o, s);
        return;
    }
    fn_buf_init(&b, output_max);
    fn_utf8_printable(&b, s, strlen(s));
    if (fn_buf_failed(&b))
        o->buf.failed = true;
    else
        fn_shorten(&o->buf, fn_buf_cstr(&b), around < o->columns ? o->columns - around : 1,
                   fnq_ellipsis(o));
    fn_buf_finish(&b);
}

static const char *const style_on[] = {"",         "\033[1m",  "\033[2m",
                                       "\033[31m", "\033[32m", "\033[33m"};

void fnq_style(struct fnq_out *o, enum fnq_style style)
{
    if (o->color)
        fn_buf_str(&o->buf, style == FNQ_PLAIN ? "\033[0m" : style_on[style]);
}

void fnq_thousands(char *out, size_t size, uint64_t n)
{
    fn_thousands(out, size, n);
}

/* ---- tables ---- */

static void heading_csv(struct fnq_table *t)
{
    for (size_t i = 0; i < t->n_columns; i++) {
        if (i)
            fn_buf_char(&t->out->buf, ',');
        for (const char *s = t->columns[i].title; *s; s++)
            fn_buf_char(&t->out->buf, (char)(*s >= 'A' && *s <= 'Z' ? *s + 32 : *s));
    }
    fn_buf_str(&t->out->buf, "\r\n");
}

void fnq_table_begin(struct fnq_table *t, struct fnq_out *o, const struct fnq_column *columns,
                     size_t n, bool bare)
{
    *t = (struct fnq_table){.out = o, .columns = columns, .n_columns = n, .bare = bare};
    fn_buf_init(&t->text, output_max);
    for (size_t i = 0; i < n; i++)
        t->width[i] = bare ? 0 : strlen(columns[i].title);
    if (o->format == FNQ_CSV && n)
        heading_csv(t);
}

static void cell_text(struct fnq_table *t, const char *s)
{
    size_t start = t->text.len;
    fnq_add_printable(&t->text, s, t->out->ascii);
    t->filled[t->column] = t->filled[t->column] || *s;
    if (!fn_buf_failed(&t->text)) {
        size_t w = fn_utf8_width(fn_buf_cstr(&t->text) + start, t->text.len - start);
        if (w > t->width[t->column])
            t->width[t->column] = w;
    }
    fn_buf_char(&t->text, '\0');
}

static void cell_tsv(struct fn_buf *b, const char *s)
{
    for (; *s; s++) {
        if (*s == '\t')
            fn_buf_str(b, "\\t");
        else if (*s == '\n')
            fn_buf_str(b, "\\n");
        else if (*s == '\r')
            fn_buf_str(b, "\\r");
        else
            fn_buf_char(b, *s);
    }
}

static void cell_csv(struct fn_buf *b, const char *s)
{
    if (!strpbrk(s, ",\"\r\n")) {
        fn_buf_str(b, s);
        return;
    }
    fn_buf_char(b, '"');
    for (; *s; s++) {
        if (*s == '"')
            fn_buf_char(b, '"');
        fn_buf_char(b, *s);
    }
    fn_buf_char(b, '"');
}

void fnq_cell(struct fnq_table *t, const char *s)
{
    struct fn_buf *b = &t->out->buf;
    s = s ? s : "";
    if (t->column >= t->n_columns || fnq_out_is_json(t->out))
        return;
    switch (t->out->format) {
    case FNQ_TEXT:
        cell_text(t, s);
        break;
    case FNQ_TSV:
    case FNQ_NUL:
        if (t->column)
            fn_buf_char(b, '\t');
        if (t->out->format == FNQ_NUL)
            fn_buf_str(b, s);
        else
            cell_tsv(b, s);
        break;
    case FNQ_CSV:
        if (t->column)
            fn_buf_char(b, ',');
        cell_csv(b, s);
        break;
    case FNQ_JSON:
    case FNQ_JSONL:
        break;
    }
    t->column++;
}

void fnq_cellf(struct fnq_table *t, const char *fmt, ...)
{
    char cell[512];
    va_list ap;
    va_start(ap, fmt);
    (void)vsnprintf(cell, sizeof cell, fmt, ap);
    va_end(ap);
    fnq_cell(t, cell);
}

void fnq_row_end(struct fnq_table *t)
{
    static const char *const end[] = {"", "\n", "\r\n", "", "", ""};
    if (fnq_out_is_json(t->out))
        return;
    while (t->column < t->n_columns)
        fnq_cell(t, "");
    fn_buf_str(&t->out->buf, end[t->out->format]);
    if (t->out->format == FNQ_NUL)
        fn_buf_char(&t->out->buf, '\0');
    t->column = 0;
    t->n_rows++;
}

void fnq_table_end(struct fnq_table *t)
{
    if (t->out->format == FNQ_TEXT && t->n_rows && !fn_buf_failed(&t->text))
        fnq_print_table(t);
    if (fn_buf_failed(&t->text))
        t->out->buf.failed = true;
    fn_buf_finish(&t->text);
}

/* ---- JSON ---- */

static int add_bytes(const char *p, size_t n, void *ctx)
{
    struct fn_buf *b = ctx;
    fn_buf_add(b, p, n);
    return fn_buf_failed(b) ? -1 : 0;
}

static void dump(struct fnq_out *o, const json_t *v, size_t flags)
{
    if (!v || json_dump_callback(v, add_bytes, &o->buf,
                                 JSON_COMPACT | JSON_REAL_PRECISION(9) | flags))
        o->buf.failed = true;
}

void fnq_set(json_t *object, const char *key, json_t *value)
{
    /* An incomplete object would be wrong output; json_object_set_new fails only when out of
     * memory. */
    if (json_object_set_new(object, key, value ? value : json_null()) < 0)
        abort();
}

json_t *fnq_json_bytes(const char *s)
{
    size_t n = strlen(s);
    if (fn_utf8_valid(s, n))
        return json_stringn(s, n);
    struct fn_buf b;
    fn_buf_init(&b, 4 * n + 64);
    fn_utf8_sanitize(&b, s, n);
    json_t *v = json_string(fn_buf_cstr(&b));
    fn_buf_finish(&b);
    return v;
}

json_t *fnq_json_real(double v)
{
    return isfinite(v) ? json_real(v) : json_null();
}

json_t *fnq_json_text_or_null(const char *s)
{
    return s && *s ? fnq_json_bytes(s) : json_null();
}

void fnq_set_path(json_t *object, const char *path)
{
    size_t n = strlen(path);
    fnq_set(object, "path", fnq_json_bytes(path));
    if (fn_utf8_valid(path, n))
        return;
    struct fn_buf b;
    fn_buf_init(&b, 2 * n + 64);
    fn_base64(&b, path, n);
    fnq_set(object, "path_b64", json_string(fn_buf_cstr(&b)));
    fn_buf_finish(&b);
}

json_t *fnq_json_box(const float box[4])
{
    json_t *a = json_array();
    for (size_t i = 0; i < 4; i++)
        if (json_array_append_new(a, fnq_json_real((double)box[i])) < 0)
            abort();
    return a;
}

void fnq_json_begin(struct fnq_out *o, const char *schema, const char *key,
                    const char *item_schema)
{
    o->item_schema = item_schema;
    o->n_items = 0;
    o->list_open = o->format == FNQ_JSON;
    if (o->list_open)
        fn_buf_printf(&o->buf, "{\"schema\":\"%s\",\"%s\":[", schema, key);
}

/* {"schema":...}, followed by the members of object. */
static json_t *with_schema(const char *schema, json_t *object)
{
    json_t *v = json_pack("{s:s}", "schema", schema);
    if (!v || !object || json_object_update(v, object) < 0)
        abort();
    json_decref(object);
    return v;
}

void fnq_json_item(struct fnq_out *o, json_t *item)
{
    if (o->format == FNQ_JSON) {
        if (o->n_items)
            fn_buf_char(&o->buf, ',');
        fn_buf_char(&o->buf, '\n');
        dump(o, item, 0);
    } else if (o->format == FNQ_JSONL) {
        item = with_schema(o->item_schema, item);
        dump(o, item, 0);
        fn_buf_char(&o->buf, '\n');
    }
    o->n_items++;
    json_decref(item);
}

void fnq_json_end(struct fnq_out *o, json_t *more)
{
    if (o->format == FNQ_JSON) {
        fn_buf_char(&o->buf, ']');
        if (more && json_object_size(more)) {
            fn_buf_char(&o->buf, ',');
            dump(o, more, JSON_EMBED);
        }
        fn_buf_str(&o->buf, "}\n");
    }
    o->list_open = false;
    json_decref(more);
}

void fnq_json_close(struct fnq_out *o)
{
    if (o->list_open)
        fnq_json_end(o, NULL);
}

void fnq_json_one(struct fnq_out *o, const char *schema, json_t *object)
{
    json_t *v = with_schema(schema, object);
    dump(o, v, 0);
    fn_buf_char(&o->buf, '\n');
    json_decref(v);
}

void fnq_json_add(struct fnq_out *o, const char *key, json_t *value)
{
    if (o->format == FNQ_JSON)
        fnq_json_one_add(o, key, value);
    else
        json_decref(value);
}

void fnq_json_one_add(struct fnq_out *o, const char *key, json_t *value)
{
    json_t *member = json_pack("{s:o}", key, value);
    if (!member)
        abort();
    if (fnq_out_is_json(o) && o->buf.len > 2) {
        o->buf.len -= 2; /* "}\n" */
        fn_buf_char(&o->buf, ',');
        dump(o, member, JSON_EMBED);
        fn_buf_str(&o->buf, "}\n");
    }
    json_decref(member);
}
