/* SPDX-License-Identifier: MIT */
/* split.csv: a header, then a line per person. Fields may be quoted (RFC 4180), but must not
 * contain a line end. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/array.h"
#include "engine/base/paths.h"
#include "engine/train/dataset_priv.h"
#include "engine/train/lines.h"

enum { COLUMNS_MAX = 16 };

struct columns {
    size_t n, set, identity, split; /* set: COLUMNS_MAX if there is none */
};

/* Removes the quotes of the field at *at and terminates it. *at: the next field, NULL at the
 * end. NULL if the quotes are not closed. */
static char *take_field(char **at)
{
    char *start = *at, *in = start, *out = start;
    if (*in != '"') {
        char *comma = strchr(in, ',');
        *at = comma ? comma + 1 : NULL;
        if (comma)
            *comma = '\0';
        return start;
    }
    for (in++; *in && !(*in == '"' && in[1] != '"'); in++) {
        if (*in == '"')
            in++;
        *out++ = *in;
    }
    if (*in != '"' || (in[1] && in[1] != ','))
        return NULL;
    *at = in[1] ? in + 2 : NULL;
    *out = '\0';
    return start;
}

/* Number of fields. 0 when the line is invalid. */
static size_t cut(char *text, char *field[COLUMNS_MAX])
{
    size_t n = 0;
    for (char *at = text; at;) {
        if (n == COLUMNS_MAX)
            return 0;
        field[n] = take_field(&at);
        if (!field[n++])
            return 0;
    }
    return n;
}

static int read_header(struct fn_lines *l, struct columns *ret, struct fn_error *err)
{
    char *field[COLUMNS_MAX];
    struct columns c = {0, COLUMNS_MAX, COLUMNS_MAX, COLUMNS_MAX};
    int more = fn_lines_next(l, err);
    if (more < 0)
        return more;
    c.n = more ? cut(l->text, field) : 0;
    for (size_t i = 0; i < c.n; i++) {
        if (!strcmp(field[i], "set"))
            c.set = i;
        else if (!strcmp(field[i], "identity"))
            c.identity = i;
        else if (!strcmp(field[i], "split"))
            c.split = i;
    }
    if (c.identity == COLUMNS_MAX || c.split == COLUMNS_MAX)
        return fn_error_set(err, FN_EUSAGE,
                            "'%s' does not start with a line that names the columns identity "
                            "and split",
                            l->path);
    *ret = c;
    return 0;
}

static int add(struct fn_splits *s, const char *person, int split)
{
    struct fn_split_row *grown = fn_array_grow(s->row, &s->cap, s->n + 1, sizeof *grown);
    if (!grown)
        return -ENOMEM;
    s->row = grown;
    char *copy = strdup(person);
    if (!copy)
        return -ENOMEM;
    s->row[s->n++] = (struct fn_split_row){copy, (uint8_t)split};
    return 0;
}

static int add_line(struct fn_splits *s, struct fn_lines *l, const struct columns *c,
                    struct fn_error *err)
{
    char *field[COLUMNS_MAX], person[FN_PATH_MAX];
    size_t n = cut(l->text, field);
    if (n != c->n)
        return fn_lines_error(l, err, FN_EUSAGE, "not the %zu fields of the header", c->n);
    int split = fn_split_parse(field[c->split]);
    if (split < 0)
        return fn_lines_error(l, err, FN_EUSAGE, "'%s' is not train, val, validation or test",
                              field[c->split]);
    const char *set = c->set < n ? field[c->set] : "";
    int k = snprintf(person, sizeof person, "%s%s%s", set, *set ? "/" : "", field[c->identity]);
    if (k < 0 || (size_t)k >= sizeof person || !*field[c->identity])
        return fn_lines_error(l, err, FN_EUSAGE, "no usable name of a person");
    int rc = add(s, person, split);
    return rc ? fn_error_set(err, rc, "out of memory for '%s'", l->path) : 0;
}

static int compare(const void *pa, const void *pb)
{
    const struct fn_split_row *a = pa, *b = pb;
    return strcmp(a->person, b->person);
}

/* Sorts the rows and removes duplicates. */
static int settle(struct fn_splits *s, const char *path, struct fn_error *err)
{
    size_t kept = 0;
    if (s->n)
        qsort(s->row, s->n, sizeof *s->row, compare);
    for (size_t i = 1; i < s->n; i++) {
        const struct fn_split_row *a = &s->row[i - 1], *b = &s->row[i];
        if (!strcmp(a->person, b->person) && a->split != b->split)
            return fn_error_set(err, FN_EUSAGE, "'%s': '%s' is both in %s and in %s", path,
                                a->person, fn_split_name(a->split), fn_split_name(b->split));
    }
    for (size_t i = 0; i < s->n; i++) {
        if (kept && !compare(&s->row[kept - 1], &s->row[i]))
            free(s->row[i].person);
        else
            s->row[kept++] = s->row[i];
    }
    s->n = kept;
    return 0;
}

int fn_splits_read(const char *file, struct fn_splits *ret, struct fn_error *err)
{
    struct fn_lines l = {0};
    struct fn_splits s = {0};
    struct columns c = {0};
    int more = 1, rc = fn_lines_open(&l, file, err);
    if (!rc)
        rc = read_header(&l, &c, err);
    while (!rc && (more = fn_lines_next(&l, err)) > 0) {
        if (*l.text)
            rc = add_line(&s, &l, &c, err);
    }
    if (!rc)
        rc = more;
    if (!rc)
        rc = settle(&s, file, err);
    fn_lines_close(&l);
    if (rc)
        fn_splits_free(&s);
    else
        *ret = s;
    return rc;
}

static int person_of_row(const void *person, const void *row)
{
    return strcmp(person, ((const struct fn_split_row *)row)->person);
}

int fn_splits_find(const struct fn_splits *s, const char *person)
{
    size_t at = fn_lower_bound(person, s->row, s->n, sizeof *s->row, person_of_row);
    return at < s->n && !strcmp(person, s->row[at].person) ? s->row[at].split : -1;
}

void fn_splits_free(struct fn_splits *s)
{
    for (size_t i = 0; i < s->n; i++)
        free(s->row[i].person);
    free(s->row);
    *s = (struct fn_splits){0};
}
