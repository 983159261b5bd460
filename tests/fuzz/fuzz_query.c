/* SPDX-License-Identifier: MIT */
/* Queries as input: each is run, or refused with a column inside the query. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "index/query/query.h"
#include "tests/property/world.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct world w;

static void leave(void)
{
    world_close(&w);
}

static void enter(void)
{
    static const char *const names[] = {"Anna Berg", "Anna Olsen", "Tom", "and"};
    world_open(&w, 6);
    struct fn_txn *t = world_begin(&w, true);
    for (uint32_t i = 0; i < 12; i++)
        world_add(&w, t, i);
    for (uint32_t i = 0; i < 4; i++) {
        struct fn_error err;
        struct fn_assertion a[2] = {{.kind = FN_ASSERT_NAME, .person = world_person(i)},
                                    {.kind = FN_ASSERT_IS,
                                     .person = world_person(i),
                                     .face = world_face_key(&w, i, 0)}};
        snprintf(a[0].text, sizeof a[0].text, "%s", names[i]);
        if (fn_assert_append(t, a, 2, NULL, &err))
            abort();
    }
    world_settled(t);
    world_commit(t);
    atexit(leave);
}

static int visit(const struct fn_photo *p, const fn_face_id *faces, size_t n, void *ctx)
{
    size_t *sum = ctx;
    *sum += p->id;
    for (size_t i = 0; i < n; i++)
        *sum += faces[i];
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fn_error err = {0};
    struct fn_query *q = NULL;
    size_t column = 0, sum = 0;
    if (!w.store)
        enter();
    char *text = strndup((const char *)data, size);
    if (!text)
        return 0;
    struct fn_txn *t = world_begin(&w, false);
    int rc = fn_query_parse(t, text, &q, &column, &err);
    if (!rc && fn_query_run(t, q, visit, &sum))
        abort();
    if (rc && (rc != FN_EUSAGE || !column || column > strlen(text) + 1 || !err.text[0]))
        abort();
    fn_query_destroy(q);
    fn_txn_abort(t);
    free(text);
    return 0;
}
