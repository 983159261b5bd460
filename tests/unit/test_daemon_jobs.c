/* SPDX-License-Identifier: MIT */
/* Parts of jobs that need no worker: the list of jobs in progress, the walk through the queue,
 * and the time of a worker. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "daemon/jobs/job_list.h"
#include "daemon/jobs/photo_time.h"
#include "daemon/jobs/queue_cursor.h"
#include "engine/base/clock.h"
#include "tests/unit/index_fixture.h"

/* ---- time ---- */

static void photo_times(void **state)
{
    (void)state;
    assert_false(fnd_photo_time_over(10, 10, 9, false));
    assert_true(fnd_photo_time_over(10, 10, 10, true)); /* it has worked all the time */
    assert_false(fnd_photo_time_over(10, 39, 0, false));
    assert_true(fnd_photo_time_over(10, 40, 0, false)); /* it waits for something */
    assert_false(fnd_photo_time_over(10, 40, 0, true)); /* it waits for a core: not its fault */
    assert_false(fnd_photo_time_over(10, 399, 9, true));
    assert_true(fnd_photo_time_over(10, 400, 9, true));
}

/* ---- the list ---- */

static struct fnd_job *job(struct fnd_job_list *l, const char *path, enum fnd_job_state state,
                           uint64_t content)
{
    struct fnd_job *j = calloc(1, sizeof *j);
    assert_non_null(j);
    j->fd = -1;
    j->root_id = 3;
    j->state = state;
    j->end = state == FND_JOB_ADMIT ? FN_ADMIT_NONE : FN_ADMIT_NEW;
    j->hash = fx_hash(content);
    (void)snprintf(j->e.path, sizeof j->e.path, "%s", path);
    fnd_job_list_add(l, j);
    return j;
}

static void job_lists(void **state)
{
    struct fnd_job_list l;
    (void)state;
    fnd_job_list_init(&l);
    assert_null(fnd_job_list_first(&l, FND_JOB_READY));
    struct fnd_job *a = job(&l, "x/a.jpg", FND_JOB_WORKER, 1);
    struct fnd_job *b = job(&l, "x/b.jpg", FND_JOB_READY, 1);
    struct fnd_job *c = job(&l, "xy/c.jpg", FND_JOB_READY, 2);
    struct fnd_job *d = job(&l, "d.jpg", FND_JOB_ADMIT, 2);
    assert_int_equal(l.n, 4);
    assert_ptr_equal(fnd_job_list_first(&l, FND_JOB_READY), b);
    assert_true(fnd_job_list_has(&l, 3, "d.jpg"));
    assert_false(fnd_job_list_has(&l, 4, "d.jpg"));
    /* Twins: b waits for a. c has none, because d is not hashed yet. */
    assert_true(fnd_job_list_has_twin(&l, b));
    assert_false(fnd_job_list_has_twin(&l, c));
    assert_null(fnd_job_list_twin(&l, &a->hash));
    b->state = FND_JOB_TWIN;
    assert_ptr_equal(fnd_job_list_twin(&l, &a->hash), b);
    assert_false(fnd_job_list_has_twin(&l, a)); /* two that wait for each other */
    a->end = FN_ADMIT_BAD;                      /* its hash is not that of its content */
    assert_false(fnd_job_list_has_twin(&l, b));
    /* A folder is gone: everything below it becomes stale, and nothing else. */
    fnd_job_list_stale(&l, 3, "x");
    assert_true(a->stale && b->stale && !c->stale && !d->stale);
    fnd_job_list_stale(&l, 4, "");
    assert_false(c->stale);
    /* Removed from the middle and the end, and added again. */
    fnd_job_list_drop(&l, b);
    fnd_job_list_drop(&l, d);
    assert_ptr_equal(a->next, c);
    struct fnd_job *e = job(&l, "e.jpg", FND_JOB_READY, 9);
    assert_ptr_equal(c->next, e);
    assert_int_equal(l.n, 3);
    fnd_job_list_finish(&l);
    assert_int_equal(l.n, 0);
}

/* ---- the walk ---- */

static void push(struct fx *f, const char *path, uint8_t prio, int64_t not_before_s)
{
    struct fn_queue_entry *e = calloc(1, sizeof *e);
    struct fn_error err;
    assert_non_null(e);
    e->root = f->root;
    e->prio = prio;
    e->not_before_s = not_before_s;
    (void)snprintf(e->path, sizeof e->path, "%s", path);
    struct fn_txn *t = fx_begin(f, true);
    fx_check(fn_queue_push(t, e, &err), &err);
    fx_commit(t);
    free(e);
}

/* The names that the walk returns until it stops, each passed; "a b c " */
static void walk(struct fnd_queue_cursor *c, char out[256])
{
    size_t n, len = 0;
    out[0] = '\0';
    while ((n = fnd_queue_cursor_next(c)) > 0)
        for (size_t i = 0; i < n; i++) {
            len += (size_t)snprintf(out + len, 256 - len, "%s ", c->chunk[i].path);
            fnd_queue_cursor_pass(c, &c->chunk[i]);
        }
}

static bool is_called(const struct fn_queue_entry *e, void *name)
{
    return strcmp(e->path, name) == 0;
}

static void cursors(void **state)
{
    struct fx f;
    struct fnd_queue_cursor c;
    char got[256], name[8], last[] = "o19", absent[] = "none";
    (void)state;
    fx_new(&f, 0);
    assert_int_equal(fnd_queue_cursor_init(&c, f.store), 0);
    walk(&c, got);
    assert_string_equal(got, "");
    push(&f, "a", 1, 0);
    push(&f, "b", 1, 0);
    walk(&c, got);
    assert_string_equal(got, "a b ");
    walk(&c, got); /* passed: not returned again automatically */
    assert_string_equal(got, "");
    push(&f, "c", 1, 0);
    walk(&c, got);
    assert_string_equal(got, "c ");
    fnd_queue_cursor_rewind(&c);
    walk(&c, got);
    assert_string_equal(got, "a b c ");
    /* An urgent entry comes first after a restart, and is not seen without one. */
    push(&f, "urgent", 0, 0);
    walk(&c, got);
    assert_string_equal(got, "");
    fnd_queue_cursor_restart(&c);
    walk(&c, got);
    assert_string_equal(got, "urgent a b c ");
    push(&f, "later", 1, fn_clock_wall_s() + 50);
    walk(&c, got);
    assert_string_equal(got, "");
    assert_int_equal(fnd_queue_count(f.store), 5);
    /* More than one read of the queue returns. */
    for (int i = 0; i < 20; i++) {
        (void)snprintf(name, sizeof name, "o%d", i);
        push(&f, name, 1, 0);
    }
    assert_true(fnd_queue_cursor_any(&c, fn_clock_wall_s(), is_called, last));
    assert_false(fnd_queue_cursor_any(&c, fn_clock_wall_s(), is_called, absent));
    (void)snprintf(name, sizeof name, "later");
    assert_false(fnd_queue_cursor_any(&c, fn_clock_wall_s(), is_called, name));
    assert_true(fnd_queue_cursor_any(&c, fn_clock_wall_s() + 61, is_called, name));
    fnd_queue_cursor_finish(&c);
    fx_remove(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(photo_times),
        cmocka_unit_test(job_lists),
        cmocka_unit_test(cursors),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
