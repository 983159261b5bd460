/* SPDX-License-Identifier: MIT */
/* The printer for all output of commands. It writes into memory; fnq_out_flush writes to
 * standard output.
 *
 * Formats: aligned text on a terminal; TAB-separated lines without a heading when piped (TAB,
 * LF and CR inside a cell become \t \n \r, everything else is unchanged); CSV by RFC 4180 with
 * a heading; NUL: like TAB-separated, each line ended by a NUL and its bytes unchanged; JSON:
 * one object with "schema"; JSONL: one object per line, each with "schema". Terminals never get
 * control characters from names or paths (fn_utf8_printable). Floats are %.9g, always with a
 * point as the decimal mark.
 *
 * On a terminal no line is wider than the terminal. Tables leave out less important columns and
 * shorten the others (layout.h); any other line is folded (engine/base/columns.h). Where the
 * locale is not UTF-8, the program's own signs are written in ASCII; names and paths stay as
 * they are. Other formats are never shortened or folded. */
#ifndef FN_CLI_OUTPUT_H
#define FN_CLI_OUTPUT_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "engine/base/buf.h"
#include "engine/base/error.h"

enum fnq_format { FNQ_TEXT, FNQ_TSV, FNQ_CSV, FNQ_NUL, FNQ_JSON, FNQ_JSONL };
enum fnq_style { FNQ_PLAIN = 0, FNQ_BOLD, FNQ_DIM, FNQ_RED, FNQ_GREEN, FNQ_YELLOW };

struct fnq_out {
    struct fn_buf buf;
    int fd;
    enum fnq_format format;
    bool tty, color;
    bool ascii;     /* text, but no UTF-8 locale */
    size_t columns; /* of the terminal; 0: lines of any length */
    bool failed;    /* a write failed: errno in error */
    int error;
    const char *item_schema; /* of the list being written */
    size_t n_items;
    bool list_open; /* a JSON list has begun and not ended */
};

void fnq_out_init(struct fnq_out *o, int fd);
/* Standard output is a terminal: finds out its width and the locale. */
void fnq_out_terminal(struct fnq_out *o);
void fnq_out_finish(struct fnq_out *o);
/* Writes what has been printed; the first failure is stored in o->error, and later output is
 * dropped. */
void fnq_out_flush(struct fnq_out *o);
static inline bool fnq_out_is_json(const struct fnq_out *o)
{
    return o->format == FNQ_JSON || o->format == FNQ_JSONL;
}

/* Free text (FNQ_TEXT). fnq_text: a trusted format and arguments; fnq_text_safe: any bytes. */
void fnq_text(struct fnq_out *o, const char *fmt, ...) FN_PRINTF(2, 3);
void fnq_text_safe(struct fnq_out *o, const char *s);
void fnq_style(struct fnq_out *o, enum fnq_style style);
/* Ends a line of text that is longer than the terminal is wide by shortening s, which is
 * preceded and followed by this many columns. Any bytes. */
void fnq_text_fit(struct fnq_out *o, const char *s, size_t around);
/* The sign for text that was left out: "…" */
const char *fnq_ellipsis(const struct fnq_out *o);
/* 1204 -> "1,204". */
void fnq_thousands(char *out, size_t size, uint64_t n);

/* ---- tables ---- */
enum { FNQ_COLUMNS_MAX = 16 };
enum fnq_fit {                /* how a column becomes narrower on a terminal */
               FNQ_WHOLE = 0, /* not at all */
               FNQ_MIDDLE,    /* shortened in the middle: names and paths */
               FNQ_FOLD,      /* as the last column: folded; elsewhere: shortened */
               FNQ_LINES,     /* the same; in a record a line for each part between "; " */
};
struct fnq_column {
    const char *title; /* upper case on terminals, lower case in CSV */
    bool right;
    enum fnq_style style;
    enum fnq_fit fit;
    unsigned drop;     /* left out on a narrow terminal, the highest number first; 0: never */
    unsigned readable; /* it is not made narrower than this before others are left out; 0:
                          FNQ_READABLE */
};
struct fnq_table {
    struct fnq_out *out;
    const struct fnq_column *columns;
    size_t n_columns, column; /* column: next cell of the row */
    struct fn_buf text;       /* cells, NUL-ended, of a text table */
    size_t n_rows;
    bool bare;                     /* no heading on a terminal */
    size_t indent;                 /* spaces before each row on a terminal */
    size_t *n_short;               /* counts cells that were shortened; or NULL */
    size_t width[FNQ_COLUMNS_MAX]; /* of the widest cell and the title; while printing: of the
                                      column on the terminal */
    bool shown[FNQ_COLUMNS_MAX];   /* while printing: not left out */
    bool filled[FNQ_COLUMNS_MAX];  /* has a cell that is not empty */
};
void fnq_table_begin(struct fnq_table *t, struct fnq_out *o, const struct fnq_column *columns,
                     size_t n, bool bare);
void fnq_cell(struct fnq_table *t, const char *s); /* any bytes; NULL: empty */
void fnq_cellf(struct fnq_table *t, const char *fmt, ...) FN_PRINTF(2, 3);
void fnq_row_end(struct fnq_table *t); /* cells left out are empty */
void fnq_table_end(struct fnq_table *t);

/* ---- JSON ---- (all take the reference; NULL values become null) */
/* {"schema":schema,"key":[ ... for JSON; items carry item_schema for JSONL. No-ops for other
 * formats. */
void fnq_json_begin(struct fnq_out *o, const char *schema, const char *key,
                    const char *item_schema);
void fnq_json_item(struct fnq_out *o, json_t *item);
void fnq_json_end(struct fnq_out *o,
                  json_t *more); /* more: further members of the object, or NULL */
/* Ends a list that a command left when it failed, so that the document is complete. */
void fnq_json_close(struct fnq_out *o);
void fnq_json_one(struct fnq_out *o, const char *schema, json_t *object);
/* Adds a member to the object of fnq_json_one or fnq_json_end that was written last and is not
 * flushed yet; the reference to value is taken. Nothing in other formats, and nothing after a
 * list in JSONL. */
void fnq_json_add(struct fnq_out *o, const char *key, json_t *value);
/* The same for the object of fnq_json_one, in JSONL as well. */
void fnq_json_one_add(struct fnq_out *o, const char *key, json_t *value);

void fnq_set(json_t *object, const char *key, json_t *value);
json_t *fnq_json_bytes(const char *s);        /* as UTF-8, invalid bytes replaced */
json_t *fnq_json_real(double v);              /* null when not finite */
json_t *fnq_json_text_or_null(const char *s); /* null when NULL or "" */
/* "path": as given, and in addition "path_b64" when it is not UTF-8. */
void fnq_set_path(json_t *object, const char *path);
json_t *fnq_json_box(const float box[4]);

#endif
