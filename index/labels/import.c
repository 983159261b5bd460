/* SPDX-License-Identifier: MIT */
/* Replaying a label log. Lines are processed in order. An assertion that is in this index
 * already (same content, time and author) is skipped; the others are appended under new
 * numbers, and acts and the acts that undos refer to are renumbered. Nothing is checked for
 * contradictions: it was accepted before, and the order of the log decides. Derived tables are
 * updated once, at the end. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/array.h"
#include "engine/base/endian.h"
#include "index/labels/labels_priv.h"

struct renumbered {
    uint64_t from, to;
};

struct import {
    struct fn_txn *t;
    struct renumbered *acts; /* ascending by `from`: acts of a log begin in order */
    size_t n, cap;
    uint64_t last_from,
        last_to; /* the act at hand, under its new number; 0: none of it is new yet */
    uint64_t n_new, n_skipped;
    struct fn_buf faces; /* of the line at hand */
};

static int remember(struct import *m, uint64_t from, uint64_t to)
{
    if (m->n && m->acts[m->n - 1].from == from) {
        m->acts[m->n - 1].to = to;
        return 0;
    }
    struct renumbered *v = fn_array_grow(m->acts, &m->cap, m->n + 1, sizeof *v);
    if (!v)
        return -ENOMEM;
    m->acts = v;
    m->acts[m->n++] = (struct renumbered){from, to};
    return 0;
}

static int by_from(const void *pa, const void *pb)
{
    uint64_t a = ((const struct renumbered *)pa)->from,
             b = ((const struct renumbered *)pb)->from;
    return (a > b) - (a < b);
}

static uint64_t new_number(const struct import *m, uint64_t act)
{
    struct renumbered key = {.from = act};
    const struct renumbered *f =
        m->n ? bsearch(&key, m->acts, m->n, sizeof key, by_from) : NULL;
    return f ? f->to : 0;
}

/* The act of an equal assertion that was here before the import. */
static int find_equal(struct import *m, const struct fn_assertion *a, uint64_t *ret_act)
{
    struct fn_assert_walk w;
    uint8_t be[8];
    fn_put_be64(be, fn_assertion_content(a));
    int rc = fn_assert_walk_open(m->t, FN_BY_CONTENT, be, sizeof be, &w);
    while (!rc && !(rc = fn_assert_walk_next(&w))) {
        struct fn_assertion b;
        rc = fn_assert_get(m->t, w.seq, &b);
        if (rc || !fn_assertion_equal(a, &b))
            continue;
        *ret_act = b.act;
        break;
    }
    fn_assert_walk_close(&w);
    return rc;
}

static int check_undo(struct import *m, const struct fn_assertion *a, struct fn_error *err)
{
    uint64_t target;
    unsigned depth;
    if (!a->undo_of)
        return fn_error_set(err, FN_EUNSUPPORTED,
                            "L%llu undoes an act that is not in the log before it",
                            (unsigned long long)a->seq);
    int rc = fn_act_target(m->t, a->undo_of, &target, &depth);
    if (rc)
        return fn_error_set(err, rc == FN_ENOTFOUND ? FN_EUNSUPPORTED : rc,
                            "L%llu undoes what is no act", (unsigned long long)a->seq);
    if (depth >= FN_UNDO_DEPTH_MAX)
        return fn_error_set(err, FN_ELIMIT, "L%llu is an undo of too many undos",
                            (unsigned long long)a->seq);
    return 0;
}

static int import_one(struct import *m, struct fn_assertion *a, struct fn_error *err)
{
    uint64_t from = a->act, was_seq = a->seq, act = 0;
    int rc = 0;
    if (m->last_from != from)
        m->last_to = 0;
    m->last_from = from;
    if (from < was_seq && m->n && m->acts[m->n - 1].from != from)
        return fn_error_set(err, FN_EUNSUPPORTED, "L%llu belongs to an act that is over",
                            (unsigned long long)was_seq);
    if (m->n && from < m->acts[m->n - 1].from)
        return fn_error_set(err, FN_EUNSUPPORTED, "L%llu is out of order",
                            (unsigned long long)was_seq);
    if (a->kind == FN_ASSERT_UNDO) {
        a->undo_of = new_number(m, a->undo_of);
        rc = check_undo(m, a, err);
    }
    if (rc)
        return rc;
    rc = find_equal(m, a, &act);
    if (!rc) {
        m->n_skipped++;
        return m->last_to ? 0 : remember(m, from, act);
    }
    if (rc != FN_ENOTFOUND)
        return rc;
    a->act = a->kind == FN_ASSERT_UNDO ? 0 : m->last_to;
    rc = fn_assert_write(m->t, a, err);
    m->last_to = a->act;
    m->n_new++;
    return rc ? rc : remember(m, from, a->act);
}

static int damaged(struct fn_error *err)
{
    if (err)
        err->code = FN_EUNSUPPORTED;
    return FN_EUNSUPPORTED;
}

static int import_line(struct import *m, const char *line, size_t n, struct fn_error *err)
{
    struct fn_assertion a;
    char *copy = strndup(line, n);
    if (!copy)
        return -ENOMEM;
    int rc = strlen(copy) != n ? fn_error_set(err, FN_EUNSUPPORTED, "a line holds a zero byte")
                               : fn_assertion_parse(copy, &m->faces, &a, err);
    if (rc == FN_ECORRUPT)
        rc = damaged(err); /* the text is, not the index */
    if (!rc)
        rc = import_one(m, &a, err);
    free(copy);
    return rc;
}

int fn_labels_import(struct fn_txn *t, const char *text, size_t n, uint64_t *ret_new,
                     uint64_t *ret_skipped, struct fn_error *err)
{
    struct import m = {.t = t};
    size_t number = 0;
    fn_buf_init(&m.faces, FN_ASSERT_FACES_BYTES);
    int rc = 0;
    for (size_t at = 0; !rc && at < n;) {
        const char *end = memchr(text + at, '\n', n - at);
        size_t len = end ? (size_t)(end - (text + at)) : n - at;
        number++;
        if (len && text[at] != '#')
            rc = import_line(&m, text + at, len, err);
        if (rc)
            fn_error_prefix(err, "line %zu", number);
        at += len + 1;
    }
    if (!rc && m.n_new)
        rc = fn_labels_fold_all(t, err);
    fn_buf_finish(&m.faces);
    free(m.acts);
    if (rc)
        return rc;
    *ret_new = m.n_new;
    *ret_skipped = m.n_skipped;
    return 0;
}
