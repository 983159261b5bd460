/* SPDX-License-Identifier: MIT */
#include "cli/targets.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "engine/base/utf8.h"

void fnq_targets_finish(struct fnq_targets *l)
{
    free(l->t);
    *l = (struct fnq_targets){0};
}

static int add(struct fnq_targets *l, fn_face_id face, bool by_query)
{
    if (l->n == l->cap) {
        size_t cap = l->cap ? 2 * l->cap : 64;
        struct fnq_target *t = reallocarray(l->t, cap, sizeof *t);
        if (!t)
            return -ENOMEM;
        l->t = t;
        l->cap = cap;
    }
    l->t[l->n++] = (struct fnq_target){face, by_query};
    return 0;
}

static int by_face(const void *a, const void *b)
{
    const struct fnq_target *p = a, *q = b;
    if (p->face != q->face)
        return p->face < q->face ? -1 : 1;
    return p->by_query - q->by_query;
}

/* Each face once; named wins over found. */
static void drop_doubles(struct fnq_targets *l)
{
    size_t n = 0;
    if (l->n)
        qsort(l->t, l->n, sizeof *l->t, by_face);
    for (size_t i = 0; i < l->n; i++)
        if (n == 0 || l->t[n - 1].face != l->t[i].face)
            l->t[n++] = l->t[i];
    l->n = n;
}

static void caret(const char *text, size_t column)
{
    struct fn_buf b;
    fn_buf_init(&b, 1 << 16);
    size_t at = column ? column - 1 : 0;
    fn_utf8_printable(&b, text, strlen(text));
    (void)fprintf(stderr, "     %s\n     %*s^\n", fn_buf_cstr(&b), (int)(at < 1000 ? at : 0),
                  "");
    fn_buf_finish(&b);
}

int fnq_query(struct fnq_ctx *ctx, const char *text,
              int (*visit)(const struct fn_photo *p, const fn_face_id *faces, size_t n,
                           void *arg),
              void *arg, struct fn_error *err)
{
    struct fn_query *q = NULL;
    size_t column = 0;
    int rc = fn_query_parse(ctx->read, text, &q, &column, err);
    if (rc == FN_EUSAGE)
        caret(text, column);
    if (rc)
        return fn_error_prefix(err, "query");
    rc = fn_query_run(ctx->read, q, visit, arg);
    fn_query_destroy(q);
    return rc < 0 ? fn_error_set(err, rc, "query: %s", fn_strerror(rc)) : 0;
}

static int add_found(const struct fn_photo *p, const fn_face_id *faces, size_t n, void *arg)
{
    int rc = 0;
    (void)p;
    for (size_t i = 0; !rc && i < n; i++)
        rc = add(arg, faces[i], true);
    return rc;
}

int fnq_targets_add_query(struct fnq_ctx *ctx, struct fnq_targets *l, const char *query,
                          struct fn_error *err)
{
    int rc = fnq_query(ctx, query, add_found, l, err);
    drop_doubles(l);
    return rc;
}

int fnq_targets_add(struct fnq_ctx *ctx, struct fnq_targets *l, const char *what,
                    struct fn_error *err)
{
    char file[FN_PATH_MAX];
    unsigned number;
    fn_face_id face = 0;
    if (!fnq_is_face_id(what) && !fnq_split_numbered(what, file, sizeof file, &number))
        return fnq_targets_add_query(ctx, l, what, err);
    int rc = fnq_face_find(ctx, what, &face, err);
    if (!rc && (rc = add(l, face, false)))
        (void)fn_error_set(err, rc, "out of memory");
    drop_doubles(l);
    return rc;
}

int fnq_targets_only(struct fnq_ctx *ctx, struct fnq_targets *l, const struct fn_person_id *p,
                     struct fn_error *err)
{
    size_t n = 0;
    for (size_t i = 0; i < l->n; i++) {
        struct fnq_fact f;
        int rc = fnq_fact_get(ctx->read, l->t[i].face, &f, err);
        if (rc)
            return rc;
        if (!l->t[i].by_query || (f.person.is && fnq_person_eq(&f.person.id, p)))
            l->t[n++] = l->t[i];
    }
    l->n = n;
    return 0;
}
