/* SPDX-License-Identifier: MIT */
#include "cli/library/targets.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/library/library_priv.h"
#include "engine/base/array.h"
#include "index/labels/names.h"

void fnl_targets_finish(struct fnl_targets *l)
{
    free(l->t);
    free(l->bad_query);
    *l = (struct fnl_targets){0};
}

static int add(struct fnl_targets *l, fn_face_id face, bool by_query)
{
    struct fnl_target *t = fn_array_grow(l->t, &l->cap, l->n + 1, sizeof *t);
    if (!t)
        return -ENOMEM;
    l->t = t;
    l->t[l->n++] = (struct fnl_target){face, by_query};
    return 0;
}

static int by_face(const void *a, const void *b)
{
    const struct fnl_target *p = a, *q = b;
    if (p->face != q->face)
        return p->face < q->face ? -1 : 1;
    return p->by_query - q->by_query;
}

/* Drops duplicates. A face that the user listed takes precedence over one found by a query. */
static void drop_doubles(struct fnl_targets *l)
{
    size_t n = 0;
    if (l->n)
        qsort(l->t, l->n, sizeof *l->t, by_face);
    for (size_t i = 0; i < l->n; i++)
        if (n == 0 || l->t[n - 1].face != l->t[i].face)
            l->t[n++] = l->t[i];
    l->n = n;
}

int fnl_query_operand(struct fn_library *lib, const char *text, struct fn_buf *out,
                      struct fn_error *err)
{
    enum fn_name_match how = FN_NAME_OTHER;
    struct fn_person_id any[1];
    size_t n;
    bool several = strpbrk(text, " \"\\()") != NULL;
    int rc = several ? fn_person_by_name(lib->read, text, any, 1, &n, &how) : FN_ENOTFOUND;
    if (rc && rc != FN_ENOTFOUND)
        return fn_error_set(err, rc, "people cannot be read: %s", fn_strerror(rc));
    if (out->len)
        fn_buf_char(out, ' ');
    if (how == FN_NAME_WHOLE)
        fn_query_write_name(out, text);
    else
        fn_buf_str(out, text);
    return fn_buf_failed(out) ? fn_error_set(err, FN_EUSAGE, "the query is too long") : 0;
}

int fnl_query(struct fn_library *lib, const char *text,
              int (*visit)(const struct fn_photo *p, const fn_face_id *faces, size_t n,
                           void *arg),
              void *arg, size_t *ret_column, struct fn_error *err)
{
    struct fn_query *q = NULL;
    size_t column = 0;
    int rc = fn_query_parse(lib->read, text, &q, &column, err);
    if (ret_column)
        *ret_column = rc == FN_EUSAGE ? column : 0;
    if (rc)
        return fn_error_prefix(err, "query");
    rc = fn_query_run(lib->read, q, visit, arg);
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

int fnl_targets_add_query(struct fn_library *lib, struct fnl_targets *l, const char *query,
                          struct fn_error *err)
{
    struct fn_buf text;
    fn_buf_init(&text, 1 << 20);
    int rc = fnl_query_operand(lib, query, &text, err);
    rc = rc ? rc : fnl_query(lib, fn_buf_cstr(&text), add_found, l, &l->bad_column, err);
    if (rc && l->bad_column && !l->bad_query)
        l->bad_query = fn_buf_detach(&text);
    fn_buf_finish(&text);
    drop_doubles(l);
    return rc;
}

int fnl_targets_add(struct fn_library *lib, struct fnl_targets *l, const char *what,
                    struct fn_error *err)
{
    char file[FN_PATH_MAX];
    unsigned number;
    fn_face_id face = 0;
    if (!fnl_is_face_id(what) && !fnl_split_numbered(what, file, sizeof file, &number))
        return fnl_targets_add_query(lib, l, what, err);
    int rc = fnl_face_find(lib, what, &face, err);
    if (!rc && (rc = add(l, face, false)))
        (void)fn_error_set(err, rc, "out of memory");
    drop_doubles(l);
    return rc;
}

int fnl_targets_only(struct fn_library *lib, struct fnl_targets *l,
                     const struct fn_person_id *p, struct fn_error *err)
{
    size_t n = 0;
    for (size_t i = 0; i < l->n; i++) {
        struct fnl_fact f;
        int rc = fnl_fact_get(lib->read, l->t[i].face, &f, err);
        if (rc)
            return rc;
        if (!l->t[i].by_query || (f.person.is && fnl_person_eq(&f.person.id, p)))
            l->t[n++] = l->t[i];
    }
    l->n = n;
    return 0;
}
