/* SPDX-License-Identifier: MIT */
/* See run_csv.h. */
#include "engine/train/run_csv.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/file.h"

enum { CSV_MAX = 1 << 30, WINDOW = FN_CURVE_WINDOW };

static size_t count_lines(const char *p)
{
    size_t n = 0;
    for (; *p; p++)
        n += *p == '\n';
    return n;
}

static void read_names(struct fn_run_csv *c, char *line)
{
    char *save = NULL;
    for (char *name = strtok_r(line, ",", &save); name && c->n_columns < FN_CSV_COLUMNS_MAX;
         name = strtok_r(NULL, ",", &save))
        c->names[c->n_columns++] = name;
}

static void read_row(const struct fn_run_csv *c, const char *line, double *row)
{
    for (size_t i = 0; i < c->n_columns; i++) {
        char *end;
        row[i] = strtod(line, &end);
        if (end == line)
            row[i] = (double)NAN;
        line = end + strcspn(end, ",");
        line += *line == ',';
    }
}

int fn_run_csv_read(const char *path, struct fn_run_csv *c, struct fn_error *err)
{
    fn_buf_init(&c->text, CSV_MAX);
    int rc = fn_file_read(path, &c->text, err);
    if (rc)
        return rc;
    size_t lines = count_lines(fn_buf_cstr(&c->text));
    char *line = c->text.data, *end = line ? strchr(line, '\n') : NULL;
    if (!end || lines < 2)
        return fn_error_set(err, FN_EUSAGE, "'%s' has no steps yet", path);
    *end = '\0';
    read_names(c, line);
    c->v = calloc(lines * c->n_columns + 1, sizeof *c->v);
    if (!c->v)
        return fn_error_set(err, -ENOMEM, "out of memory");
    for (line = end + 1; (end = strchr(line, '\n')); line = end + 1) {
        *end = '\0';
        read_row(c, line, c->v + c->n++ * c->n_columns);
    }
    return 0;
}

static size_t column_of(const struct fn_run_csv *c, const char *name)
{
    size_t i = 0;
    while (i < c->n_columns && strcmp(c->names[i], name) != 0)
        i++;
    return i;
}

struct fn_curve fn_curve_of(const struct fn_run_csv *c, const char *x, const char *y)
{
    struct fn_curve k = {calloc(c->n + 1, sizeof(double)), calloc(c->n + 1, sizeof(double)), 0};
    size_t across = column_of(c, x), column = column_of(c, y);
    for (size_t i = 0; k.x && k.y && i < c->n && column < c->n_columns && across < c->n_columns;
         i++) {
        double v = c->v[i * c->n_columns + column];
        if (!isfinite(v))
            continue;
        k.x[k.n] = c->v[i * c->n_columns + across];
        k.y[k.n++] = v;
    }
    return k;
}

/* Means of the last steps, because single batches vary a lot. */
void fn_curve_smooth(struct fn_curve *k)
{
    double sum = 0, ring[WINDOW] = {0};
    for (size_t i = 0; i < k->n; i++) {
        sum += k->y[i] - ring[i % WINDOW];
        ring[i % WINDOW] = k->y[i];
        k->y[i] = sum / (double)(i + 1 < WINDOW ? i + 1 : WINDOW);
    }
}

void fn_curves_free(struct fn_curve *k, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        free(k[i].x);
        free(k[i].y);
    }
}

void fn_run_csv_free(struct fn_run_csv *c)
{
    free(c->v);
    fn_buf_finish(&c->text);
}
