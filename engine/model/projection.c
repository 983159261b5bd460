/* SPDX-License-Identifier: MIT */
/* Projections as text: "key = value" lines, then one line of hexadecimal digits for each row of
 * the matrix. */
#include "engine/model/projection.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/hex.h"

enum { VERSION = 1, LINE_MAX_CHARS = 256, DIGITS = 4 };

struct parse {
    struct fn_projection p;
    const char *at, *end;
    unsigned line;
    struct fn_error *err;
};

static int bad(struct parse *s, const char *what)
{
    return fn_error_set(s->err, FN_EMODEL, "projection, line %u: %s", s->line, what);
}

/* The next line, without its end; false after the last. */
static bool next_line(struct parse *s, const char **ret, size_t *ret_size)
{
    if (s->at == s->end)
        return false;
    const char *stop = memchr(s->at, '\n', (size_t)(s->end - s->at));
    stop = stop ? stop : s->end;
    *ret = s->at;
    *ret_size = (size_t)(stop - s->at);
    s->at = stop == s->end ? stop : stop + 1;
    s->line++;
    return true;
}

/* As many numbers as there are parts, at most lo..hi each; the first list sets how many. */
static int parse_list(struct parse *s, const char *value, double lo, double hi, double *ret)
{
    uint32_t n = 0;
    while (*value) {
        char *end;
        double d = strtod(value, &end);
        if (end == value || n == FN_PROJECTION_PARTS || !(d >= lo && d <= hi))
            return bad(s, "a bad number");
        ret[n++] = d;
        value = end + strspn(end, " ");
    }
    if (n == 0 || (s->p.n_parts && n != s->p.n_parts))
        return bad(s, "not as many numbers as parts");
    s->p.n_parts = n;
    return 0;
}

static int set_sizes(struct parse *s, const double *v)
{
    for (uint32_t i = 0; i < s->p.n_parts; i++) {
        s->p.part[i].numbers = (uint32_t)v[i];
        if ((double)s->p.part[i].numbers != v[i])
            return bad(s, "not a whole number");
        s->p.in += s->p.part[i].numbers;
    }
    return s->p.in > FN_PROJECTION_ROWS_MAX ? bad(s, "too many numbers") : 0;
}

static int parse_value(struct parse *s, const char *key, const char *value)
{
    double v[FN_PROJECTION_PARTS];
    if (strcmp(key, "projection") == 0)
        return strcmp(value, "1") ? bad(s, "a version that this program does not read") : 0;
    if (strcmp(key, "parts") == 0) {
        int rc = s->p.in ? bad(s, "a second \"parts\"")
                         : parse_list(s, value, 1, FN_PROJECTION_ROWS_MAX, v);
        return rc ? rc : set_sizes(s, v);
    }
    bool weights = strcmp(key, "weights") == 0;
    if (weights || strcmp(key, "lengths") == 0) {
        int rc = parse_list(s, value, 1e-6, 1e6, v);
        for (uint32_t i = 0; !rc && i < s->p.n_parts; i++)
            *(weights ? &s->p.part[i].weight : &s->p.part[i].length) = (float)v[i];
        return rc;
    }
    if (strcmp(key, "numbers") == 0) {
        int rc = parse_list(&(struct parse){.line = s->line, .err = s->err}, value, 1,
                            FN_PROJECTION_ROWS_MAX, v);
        s->p.out = rc ? 0 : (uint32_t)v[0];
        return rc;
    }
    return bad(s, "an unknown key");
}

/* Lines up to "matrix". */
static int parse_head(struct parse *s)
{
    const char *at;
    char line[LINE_MAX_CHARS];
    size_t n;
    int rc = 0;
    while (rc == 0 && next_line(s, &at, &n)) {
        const char *hash = memchr(at, '#', n);
        n = hash ? (size_t)(hash - at) : n;
        while (n && isspace((unsigned char)at[n - 1]))
            n--;
        if (n >= sizeof line)
            return bad(s, "too long");
        memcpy(line, at, n);
        line[n] = '\0';
        if (!n)
            continue;
        if (strcmp(line, "matrix") == 0)
            return 0;
        char *eq = strstr(line, " = ");
        if (!eq)
            return bad(s, "no \" = \"");
        *eq = '\0';
        rc = parse_value(s, line, eq + 3);
    }
    return rc ? rc : bad(s, "no matrix");
}

static int check_head(struct parse *s)
{
    struct fn_projection *p = &s->p;
    for (uint32_t i = 0; i < p->n_parts; i++)
        if (!(p->part[i].weight > 0 && p->part[i].length > 0))
            return bad(s, "weights or lengths are missing");
    return p->in && p->out && p->out <= p->in ? 0 : bad(s, "sizes that do not fit");
}

static int parse_row(struct parse *s, const char *at, size_t n, int16_t *row)
{
    uint8_t b[2];
    if (n != (size_t)s->p.out * DIGITS)
        return bad(s, "a row of another length");
    for (uint32_t k = 0; k < s->p.out; k++) {
        if (fn_hex_decode(b, at + (size_t)k * DIGITS, 2))
            return bad(s, "not hexadecimal digits");
        row[k] = (int16_t)(uint16_t)(b[0] << 8 | b[1]);
    }
    return 0;
}

static int parse_matrix(struct parse *s)
{
    const char *at;
    size_t n;
    s->p.m = calloc((size_t)s->p.in * s->p.out, sizeof *s->p.m);
    if (!s->p.m)
        return fn_error_set(s->err, -ENOMEM, "out of memory");
    int rc = 0;
    for (uint32_t i = 0; rc == 0 && i < s->p.in; i++)
        rc = next_line(s, &at, &n) ? parse_row(s, at, n, s->p.m + (size_t)i * s->p.out)
                                   : bad(s, "rows are missing");
    return rc || s->at == s->end ? rc : bad(s, "more after the last row");
}

int fn_projection_parse(const char *text, size_t size, struct fn_projection *ret,
                        struct fn_error *err)
{
    struct parse s = {.at = text, .end = text + size, .err = err};
    int rc = parse_head(&s);
    rc = rc ? rc : check_head(&s);
    rc = rc ? rc : parse_matrix(&s);
    *ret = s.p;
    return rc;
}

void fn_projection_print(const struct fn_projection *p, const char *note, struct fn_buf *out)
{
    if (note)
        fn_buf_printf(out, "# %s\n", note);
    fn_buf_printf(out, "projection = %d\nparts =", VERSION);
    for (uint32_t i = 0; i < p->n_parts; i++)
        fn_buf_printf(out, " %u", p->part[i].numbers);
    fn_buf_str(out, "\nweights =");
    for (uint32_t i = 0; i < p->n_parts; i++)
        fn_buf_printf(out, " %.9g", (double)p->part[i].weight);
    fn_buf_str(out, "\nlengths =");
    for (uint32_t i = 0; i < p->n_parts; i++)
        fn_buf_printf(out, " %.9g", (double)p->part[i].length);
    fn_buf_printf(out, "\nnumbers = %u\nmatrix\n", p->out);
    for (size_t i = 0; i < p->in; i++) {
        for (size_t k = 0; k < p->out; k++)
            fn_buf_printf(out, "%04x", (unsigned)(uint16_t)p->m[i * p->out + k]);
        fn_buf_char(out, '\n');
    }
}

void fn_projection_free(struct fn_projection *p)
{
    free(p->m);
    *p = (struct fn_projection){0};
}

double fn_projection_scale(const struct fn_projection *p, uint32_t part)
{
    return (double)p->part[part].weight / (double)p->part[part].length;
}
