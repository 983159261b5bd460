/* SPDX-License-Identifier: MIT */
/* A list of records, described once: aligned text, TSV, CSV, NUL-ended lines, JSON and JSONL
 * come from the same rows.
 *
 *     static const struct fnq_field fields[] = {
 *         {.key = "id", .title = "ID", .style = FNQ_DIM},
 *         {.key = "photos", .title = "PHOTOS", .right = true},
 *         {.key = "person.name"},          // only in JSON, inside the object "person"
 *         {.title = "NOTE"},               // only a column
 *     };
 *     static const struct fnq_list_kind kind = FNQ_LIST_KIND("fnq.people/1", "people",
 *                                                            "fnq.person/1", fields);
 *     struct fnq_list l;
 *     fnq_list_begin(&l, &ctx->out, &kind);
 *     for each person:
 *         fnq_put_text(&l, id); fnq_put_count(&l, n); fnq_put_text(&l, name); ...
 *         fnq_list_row(&l);
 *     fnq_list_end(&l, NULL);
 *
 * On a terminal, counts have thousands separators and paths in $HOME begin with "~". A field
 * says how its column becomes narrower: .fit = FNQ_MIDDLE, .drop = 1 (see output.h).
 *
 * One fnq_put_ call per field, in the order of the fields. fnq_list_row aborts when one is
 * missing, so a test of any format finds the mistake. */
#ifndef FN_CLI_PRINT_LIST_H
#define FN_CLI_PRINT_LIST_H

#include "cli/print/output.h"

enum fnq_only { /* where a field has its column */
                FNQ_EVERYWHERE = 0,
                FNQ_TERMINAL, /* for people: on a terminal only */
                FNQ_DATA,     /* for programs: in TSV, CSV and NUL only */
};

struct fnq_field {
    const char *key;   /* in JSON; "a.b": member b of the object a. NULL: not in JSON */
    const char *title; /* of the column, upper case; NULL: no column */
    bool right;        /* aligned to the right */
    enum fnq_style style;
    unsigned place; /* columns have the order of this, from 1; 0 for all: that of the fields */
    enum fnq_fit fit;
    unsigned drop, readable;
    enum fnq_only only;
};

enum fnq_layout {                /* on a terminal */
                  FNQ_TABLE = 0, /* aligned columns under a heading */
                  FNQ_BARE,      /* without a heading: the same lines as in a pipe */
                  FNQ_RECORDS,   /* "title  value", a line for each field that is not empty; a
                                    blank line between rows */
};

struct fnq_list_kind {
    const char *schema;      /* of the JSON object, "fnq.people/1" */
    const char *key;         /* its array, "people" */
    const char *item_schema; /* of a JSONL line */
    const struct fnq_field *fields;
    size_t n_fields;
    enum fnq_layout layout;
};
#define FNQ_LIST_KIND_AS(layout, schema, key, item_schema, fields)                             \
    {                                                                                          \
        schema, key, item_schema, fields, sizeof(fields) / sizeof *(fields), layout            \
    }
#define FNQ_LIST_KIND(schema, key, item_schema, fields)                                        \
    FNQ_LIST_KIND_AS(FNQ_TABLE, schema, key, item_schema, fields)

struct fnq_list {
    struct fnq_out *out;
    const struct fnq_list_kind *kind;
    struct fnq_table table;
    struct fnq_column columns[FNQ_COLUMNS_MAX];
    size_t at;        /* field that is put next */
    json_t *item;     /* of this row */
    size_t n_records; /* records printed */
    struct fn_buf cells;
    size_t cell[FNQ_COLUMNS_MAX]; /* where the cell of a column begins in cells */
    size_t n_short;               /* cells shortened so far; whole after fnq_list_end */
    json_t *into;                 /* array for the rows of a list inside an object, or NULL */
};

void fnq_list_begin(struct fnq_list *l, struct fnq_out *out, const struct fnq_list_kind *kind);
/* A list inside of a JSON object that the caller writes: in JSON and JSONL the rows are added
 * to the array into (borrowed, at least until fnq_list_end), in the other formats it is an
 * ordinary list. schema, key and item_schema of the kind are not used. */
void fnq_list_begin_inside(struct fnq_list *l, struct fnq_out *out,
                           const struct fnq_list_kind *kind, json_t *into);
/* Text. NULL: null in JSON and an empty cell. s may be any bytes. */
void fnq_put_text(struct fnq_list *l, const char *s);
/* Text: s in JSON, TSV, CSV and NUL; shown on a terminal. */
void fnq_put_shown(struct fnq_list *l, const char *s, const char *shown);
/* A path. In JSON: "path", and "path_b64" where it is not UTF-8. On a terminal a path in $HOME
 * begins with "~". */
void fnq_put_path(struct fnq_list *l, const char *path);
/* The same; a column shows `none` where there is no path. */
void fnq_put_path_or(struct fnq_list *l, const char *path, const char *none);
/* A box: an array in JSON; x,y,w,h in a column, with three decimals on a terminal. */
void fnq_put_box(struct fnq_list *l, const float box[4]);
/* A number of things: "1,204" on a terminal. */
void fnq_put_count(struct fnq_list *l, uint64_t n);
/* A number: %.9g in data, with this many decimals on a terminal. Not finite: null and an empty
 * cell. */
void fnq_put_real(struct fnq_list *l, double v, int decimals);
/* A flag: true or false in JSON; the word, or nothing, in a column. */
void fnq_put_flag(struct fnq_list *l, bool v, const char *word);
/* Any JSON value (the reference is taken), and the cell of the column (NULL: empty). */
void fnq_put_json(struct fnq_list *l, json_t *value, const char *cell);
/* The members of an object (the reference is taken) in place of the field's own; NULL: none. */
void fnq_put_members(struct fnq_list *l, json_t *members, const char *cell);
/* The member is left out of JSON, the cell is empty. */
void fnq_put_none(struct fnq_list *l);
void fnq_list_row(struct fnq_list *l);
/* The same, but the JSON object becomes an item of this array: rows that JSON nests. */
void fnq_list_row_into(struct fnq_list *l, json_t *array);
/* more: further members of the JSON object, or NULL; the reference is taken. */
void fnq_list_end(struct fnq_list *l, json_t *more);

/* A single record: an object in JSON and JSONL (schema: kind->item_schema), a row in TSV, CSV
 * and NUL, and on a terminal a line "title  value" for each field that has a title. */
void fnq_record_begin(struct fnq_list *l, struct fnq_out *out,
                      const struct fnq_list_kind *kind);
void fnq_record_end(struct fnq_list *l);

#endif
