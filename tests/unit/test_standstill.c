/* SPDX-License-Identifier: MIT */
/* Whether a file has settled: cases by name, then files written at random, compared with the
 * rule on the complete history of the file. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <cmocka.h>

#include "daemon/watching/standstill.h"
#include "engine/base/rng.h"

static const int64_t ms = 1000000, wall = 1700000000000000000;
enum { SETTLE_MS = 2000 };

static bool look(struct fnd_standstill *s, uint64_t size, int64_t mtime_ms, int64_t now_ms)
{
    return fnd_standstill_look(s, size, wall + mtime_ms * ms, wall + now_ms * ms, SETTLE_MS);
}

static void cases(void **state)
{
    (void)state;
    struct fnd_standstill s = {0};
    /* Written long ago: at the first check. */
    assert_true(look(&s, 10, 0, 2000));
    assert_true(look(&s, 10, -90000, 0));
    /* Just written: not yet, although no change was seen. */
    s = (struct fnd_standstill){0};
    assert_false(look(&s, 10, 0, 1999));
    /* A copy that keeps growing. */
    assert_false(look(&s, 20, 1500, 3000));
    assert_false(look(&s, 30, 2500, 4000));
    /* The same as at the last check: a clock that is ahead must not delay it forever. */
    assert_true(look(&s, 30, 2500, 4100));
    s = (struct fnd_standstill){0};
    assert_false(look(&s, 10, 3600000, 0)); /* from the future */
    assert_false(look(&s, 11, 3600000, 100));
    assert_true(look(&s, 11, 3600000, 200));
    /* The same size, but written again. */
    s = (struct fnd_standstill){0};
    assert_false(look(&s, 10, 0, 100));
    assert_false(look(&s, 10, 150, 200));
    /* An empty file that was never seen is not "as before". */
    s = (struct fnd_standstill){0};
    assert_false(fnd_standstill_look(&s, 0, 0, 1 * ms, SETTLE_MS));
    /* settle_ms = 0: immediately. */
    s = (struct fnd_standstill){0};
    assert_true(fnd_standstill_look(&s, 5, wall, wall, 0));
}

static void due(void **state)
{
    (void)state;
    struct fnd_standstill s = {0};
    assert_true(fnd_standstill_due(&s, 0));
    fnd_standstill_wait(&s, 1000 * (uint64_t)ms, SETTLE_MS);
    assert_false(fnd_standstill_due(&s, 2999 * (uint64_t)ms));
    assert_true(fnd_standstill_due(&s, 3000 * (uint64_t)ms));
    fnd_standstill_wait(&s, 2500 * (uint64_t)ms, SETTLE_MS); /* written to meanwhile */
    assert_false(fnd_standstill_due(&s, 4499 * (uint64_t)ms));
    assert_true(fnd_standstill_due(&s, 4500 * (uint64_t)ms));
}

static void bursts(void **state)
{
    const uint64_t m = (uint64_t)ms;
    (void)state;
    assert_false(fnd_burst_over(0, 0, 299 * m));
    assert_true(fnd_burst_over(0, 0, 300 * m));
    assert_false(fnd_burst_over(0, 2000 * m, 2299 * m));
    assert_true(fnd_burst_over(0, 2000 * m, 2300 * m));
    assert_false(fnd_burst_over(0, 2900 * m, 2999 * m));
    assert_true(fnd_burst_over(0, 2900 * m, 3000 * m)); /* it does not end: no longer */
}

/* ---- a file's history ---- */

enum { STEPS = 40 };

struct write_at {
    int64_t ms;
    uint64_t size;
};

/* The file as it is at a time: the last write before it. */
static struct write_at stands(const struct write_at *w, size_t n, int64_t at_ms)
{
    struct write_at last = {0, 0};
    for (size_t i = 0; i < n && w[i].ms <= at_ms; i++)
        last = w[i];
    return last;
}

/* The rule: at this check the file has settled when there was no write in the settle_ms before,
 * or none since the last check (-1: there was none). */
static bool plain(const struct write_at *w, size_t n, int64_t now_ms, int64_t last_look_ms)
{
    bool quiet = true, since = last_look_ms < 0;
    for (size_t i = 0; i < n; i++) {
        quiet = quiet && !(w[i].ms <= now_ms && w[i].ms > now_ms - SETTLE_MS);
        since = since || (w[i].ms <= now_ms && w[i].ms > last_look_ms);
    }
    return quiet || !since;
}

static void histories(void **state)
{
    unsigned settled = 0, waited = 0;
    (void)state;
    for (uint32_t k = 0; k < 5000; k++) {
        struct fn_rng r = fn_rng_init(7, k);
        struct write_at w[STEPS];
        int64_t at = 1 + (int64_t)fn_rng_below(&r, 500);
        size_t n = 1 + fn_rng_below(&r, STEPS - 1);
        for (size_t i = 0; i < n; i++) { /* a new size or, sometimes, the old one */
            w[i].ms = at;
            w[i].size = i && fn_rng_below(&r, 4) == 0 ? w[i - 1].size : fn_rng_below(&r, 1000);
            at += 1 + (int64_t)fn_rng_below(&r, 3000);
        }
        struct fnd_standstill s = {0};
        int64_t last = -1;
        for (int64_t now = w[0].ms; last < at;
             last = now, now += 1 + (int64_t)fn_rng_below(&r, 2500)) {
            struct write_at f = stands(w, n, now);
            bool got = look(&s, f.size, f.ms, now), want = plain(w, n, now, last);
            if (got != want)
                fail_msg("file %u at %lld ms: %d", (unsigned)k, (long long)now, (int)got);
            settled += got;
            waited += !got;
            if (got) /* it leaves; what comes later is another file */
                break;
        }
    }
    assert_true(settled > 3000);
    assert_true(waited > 3000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cases),
        cmocka_unit_test(due),
        cmocka_unit_test(bursts),
        cmocka_unit_test(histories),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
