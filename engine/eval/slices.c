/* SPDX-License-Identifier: MIT */
/* Slices of pairs; see slices.h. */
#include "engine/eval/slices.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/array.h"
#include "engine/eval/pair_lists.h"

void fn_attributes_free(struct fn_attributes *a)
{
    for (size_t c = 0; c < a->n_columns; c++) {
        for (size_t i = 0; i < a->n && a->columns[c].text; i++)
            free(a->columns[c].text[i]);
        free(a->columns[c].text);
        free(a->columns[c].number);
        free(a->columns[c].name);
    }
    *a = (struct fn_attributes){0};
}

struct reader {
    struct fn_attributes *a;
    const struct fn_eval_set *set;
    struct ending {
        const char *path;
        size_t picture;
    } * sorted; /* by path, compared from its end */
    bool *known;
    const char *file;
    struct fn_error *err;
};

/* Like strcmp on at most n bytes, from the last byte backwards. */
static int compare_ends(const char *a, size_t la, const char *b, size_t lb, size_t n)
{
    for (size_t i = 1; i <= n; i++) {
        int x = i <= la ? (unsigned char)a[la - i] : -1,
            y = i <= lb ? (unsigned char)b[lb - i] : -1;
        if (x != y)
            return x < y ? -1 : 1;
        if (x < 0)
            return 0;
    }
    return 0;
}

static int by_end(const void *a, const void *b)
{
    const struct ending *x = a, *y = b;
    return compare_ends(x->path, strlen(x->path), y->path, strlen(y->path), SIZE_MAX);
}

static int name_and_end(const void *name, const void *ending)
{
    const char *path = ((const struct ending *)ending)->path;
    size_t n = strlen(name);
    return -compare_ends(path, strlen(path), name, n, n);
}

/* The first picture in this order whose path ends in name. */
static size_t find(const struct reader *r, const char *name)
{
    return fn_lower_bound(name, r->sorted, r->set->n, sizeof *r->sorted, name_and_end);
}

static bool ends_in(const char *path, const char *name)
{
    size_t lp = strlen(path), ln = strlen(name);
    return lp >= ln && memcmp(path + lp - ln, name, ln) == 0 &&
           (lp == ln || name[0] == '/' || path[lp - ln - 1] == '/');
}

static int heading(struct reader *r, char **f, size_t n)
{
    for (size_t c = 1; c < n; c++) {
        struct fn_attribute *a = &r->a->columns[c - 1];
        a->name = strdup(f[c]);
        a->text = calloc(r->a->n + 1, sizeof *a->text);
        a->number = calloc(r->a->n + 1, sizeof *a->number);
        a->numeric = true;
        r->a->n_columns = c;
        if (!a->name || !a->text || !a->number)
            return fn_error_set(r->err, -ENOMEM, "out of memory");
        for (size_t i = 0; i < r->a->n; i++)
            a->number[i] = (double)NAN;
    }
    return n > 1 ? 0
                 : fn_error_set(r->err, FN_EUSAGE, "'%s': wanted a heading PATH,ATTRIBUTE,...",
                                r->file);
}

static int set_value(struct fn_attribute *a, size_t i, const char *text)
{
    char *end;
    if (!*text || a->text[i])
        return 0;
    a->text[i] = strdup(text);
    double v = strtod(text, &end);
    if (*end || !isfinite(v))
        a->numeric = false;
    else
        a->number[i] = v;
    return a->text[i] ? 0 : -ENOMEM;
}

static int read_line(char *line, size_t number, void *ctx)
{
    struct reader *r = ctx;
    char *f[FN_ATTRIBUTES_MAX + 1];
    size_t n = fn_eval_fields(line, ",", f, FN_ATTRIBUTES_MAX + 1);
    int rc = 0;
    if (number == 1)
        return heading(r, f, n);
    if (!r->a->n_columns)
        return fn_error_set(r->err, FN_EUSAGE, "'%s': no heading", r->file);
    for (size_t at = find(r, f[0]); *f[0] && at < r->set->n; at++) {
        const struct ending *e = &r->sorted[at];
        size_t len = strlen(f[0]), lp = strlen(e->path);
        if (compare_ends(e->path, lp, f[0], len, len) != 0)
            break;
        if (!ends_in(e->path, f[0]))
            continue;
        r->known[e->picture] = true;
        for (size_t c = 1; !rc && c < n && c <= r->a->n_columns; c++)
            rc = set_value(&r->a->columns[c - 1], e->picture, f[c]);
    }
    return rc ? fn_error_set(r->err, rc, "out of memory") : 0;
}

int fn_attributes_read(struct fn_attributes *a, const struct fn_eval_set *s, const char *file,
                       struct fn_error *err)
{
    struct reader r = {.a = a, .set = s, .file = file, .err = err};
    *a = (struct fn_attributes){.n = s->n};
    r.sorted = calloc(s->n + 1, sizeof *r.sorted);
    r.known = calloc(s->n + 1, sizeof *r.known);
    int rc = r.sorted && r.known ? 0 : fn_error_set(err, -ENOMEM, "out of memory");
    for (size_t i = 0; !rc && i < s->n; i++)
        r.sorted[i] = (struct ending){s->pictures[i].path, i};
    if (!rc) {
        qsort(r.sorted, s->n, sizeof *r.sorted, by_end);
        rc = fn_eval_lines(file, read_line, &r, err);
    }
    for (size_t i = 0; !rc && i < s->n; i++)
        a->n_unknown += !r.known[i];
    if (!rc && a->n_unknown == s->n)
        rc = fn_error_set(err, FN_EUSAGE, "'%s' names none of the pictures", file);
    free(r.sorted);
    free(r.known);
    if (rc)
        fn_attributes_free(a);
    return rc;
}

/* ---- slicing ---- */

struct valued {
    double v;
    size_t pair;
};

static int by_value(const void *a, const void *b)
{
    const struct valued *x = a, *y = b;
    if (x->v != y->v)
        return x->v < y->v ? -1 : 1;
    return (x->pair > y->pair) - (x->pair < y->pair);
}

struct slicer {
    const struct fn_eval_pairs *p;
    struct valued *values;
    size_t *members;
    int (*visit)(const char *name, const size_t *pairs, size_t n, void *ctx);
    void *ctx;
};

/* Quarters of the values. Equal values stay together. */
static int quarters(struct slicer *s, size_t n, const char *name, const char *rule)
{
    char text[128];
    int rc = 0;
    qsort(s->values, n, sizeof *s->values, by_value);
    for (size_t q = 0, i = 0; !rc && q < 4 && i < n; q++) {
        size_t end = n * (q + 1) / 4, k = i;
        while (end < n && end > 0 && s->values[end].v == s->values[end - 1].v)
            end++;
        for (; k < end; k++)
            s->members[k - i] = s->values[k].pair;
        if (end <= i)
            continue;
        (void)snprintf(text, sizeof text, "%.24s %s %.4g to %.4g", name, rule, s->values[i].v,
                       s->values[end - 1].v);
        if (end - i >= FN_SLICE_MIN)
            rc = s->visit(text, s->members, end - i, s->ctx);
        i = end;
    }
    return rc;
}

static int slice_numbers(struct slicer *s, const struct fn_attribute *a, bool difference)
{
    size_t n = 0;
    for (size_t i = 0; i < s->p->n; i++) {
        double x = a->number[s->p->v[i].a], y = a->number[s->p->v[i].b];
        if (!isnan(x) && !isnan(y))
            s->values[n++] = (struct valued){difference ? fabs(x - y) : fmin(x, y), i};
    }
    return quarters(s, n, a->name, difference ? "difference" : "lesser");
}

static const char *word_of(const struct fn_attribute *a, const struct fn_eval_pair *p,
                           bool first)
{
    return a->text[first ? p->a : p->b];
}

/* Pairs of equal text values, each value when its first pair occurs. */
static int slice_words(struct slicer *s, const struct fn_attribute *a)
{
    char text[128];
    size_t n_other = 0;
    int rc = 0;
    bool *done = calloc(s->p->n + 1, sizeof *done);
    if (!done)
        return -ENOMEM;
    for (size_t i = 0; !rc && i < s->p->n; i++) {
        const char *x = word_of(a, &s->p->v[i], true), *y = word_of(a, &s->p->v[i], false);
        size_t n = 0;
        if (done[i] || !x || !y || strcmp(x, y) != 0)
            continue;
        for (size_t k = i; k < s->p->n; k++) {
            const char *u = word_of(a, &s->p->v[k], true), *w = word_of(a, &s->p->v[k], false);
            if (!u || !w || strcmp(u, x) != 0 || strcmp(w, x) != 0)
                continue;
            done[k] = true;
            s->members[n++] = k;
        }
        (void)snprintf(text, sizeof text, "%.24s both %.20s", a->name, x);
        if (n >= FN_SLICE_MIN)
            rc = s->visit(text, s->members, n, s->ctx);
    }
    for (size_t i = 0; !rc && i < s->p->n; i++) {
        const char *x = word_of(a, &s->p->v[i], true), *y = word_of(a, &s->p->v[i], false);
        if (x && y && strcmp(x, y) != 0)
            s->members[n_other++] = i;
    }
    (void)snprintf(text, sizeof text, "%.24s not equal", a->name);
    if (!rc && n_other >= FN_SLICE_MIN)
        rc = s->visit(text, s->members, n_other, s->ctx);
    free(done);
    return rc;
}

int fn_attributes_each_slice(const struct fn_attributes *a, const struct fn_eval_pairs *p,
                             int (*visit)(const char *name, const size_t *pairs, size_t n,
                                          void *ctx),
                             void *ctx, struct fn_error *err)
{
    struct slicer s = {.p = p, .visit = visit, .ctx = ctx};
    s.values = calloc(p->n + 1, sizeof *s.values);
    s.members = calloc(p->n + 1, sizeof *s.members);
    int rc = s.values && s.members ? 0 : -ENOMEM;
    for (size_t c = 0; !rc && c < a->n_columns; c++) {
        const struct fn_attribute *x = &a->columns[c];
        if (x->numeric) {
            rc = slice_numbers(&s, x, true);
            rc = rc ? rc : slice_numbers(&s, x, false);
        } else {
            rc = slice_words(&s, x);
        }
    }
    free(s.values);
    free(s.members);
    return rc == -ENOMEM ? fn_error_set(err, rc, "out of memory") : rc;
}
