/* SPDX-License-Identifier: MIT */
/* What the checks have in common: saying what they found, and walking a table. */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

#include "index/doctor/doctor_priv.h"

#define BAD_SHOWN 10

static void FN_PRINTF(3, 0)
    say(struct fn_doctor *d, enum fn_finding_level level, const char *fmt, va_list args)
{
    char text[512];
    vsnprintf(text, sizeof text, fmt, args);
    if (level > d->worst)
        d->worst = level;
    d->report(level, text, d->ctx);
}

void fn_doctor_say(struct fn_doctor *d, enum fn_finding_level level, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    say(d, level, fmt, args);
    va_end(args);
}

void fn_doctor_bad(struct fn_doctor *d, const char *fmt, ...)
{
    if (d->n_bad++ >= BAD_SHOWN)
        return;
    va_list args;
    va_start(args, fmt);
    say(d, FN_FIND_FAIL, fmt, args);
    va_end(args);
}

int fn_doctor_walk(struct fn_doctor *d, enum fn_table table, const char *what,
                   void (*each)(struct fn_doctor *d, struct fn_slice key, struct fn_slice val))
{
    struct fn_cur c;
    uint64_t n = 0;
    d->n_bad = 0;
    int rc = fn_cur_open(d->t, table, &c);
    if (!rc)
        rc = fn_cur_seek(&c, NULL, 0);
    for (; !rc; rc = fn_cur_next(&c)) {
        each(d, c.key, c.val);
        n++;
    }
    fn_cur_close(&c);
    if (rc != FN_ENOTFOUND)
        return rc;
    if (d->n_bad > BAD_SHOWN)
        fn_doctor_say(d, FN_FIND_FAIL, "%" PRIu64 " further records of %s are wrong",
                      d->n_bad - BAD_SHOWN, what);
    if (n != fn_tab_count(d->t, table))
        fn_doctor_say(d, FN_FIND_FAIL, "table '%s' counts %" PRIu64 " records and has %" PRIu64,
                      fn_table_name(table), fn_tab_count(d->t, table), n);
    if (!d->n_bad)
        fn_doctor_say(d, FN_FIND_OK, "%" PRIu64 " %s: consistent", n, what);
    return 0;
}

void fn_doctor_same_count(struct fn_doctor *d, enum fn_table a, enum fn_table b)
{
    uint64_t na = fn_tab_count(d->t, a), nb = fn_tab_count(d->t, b);
    if (na != nb)
        fn_doctor_say(d, FN_FIND_FAIL,
                      "tables '%s' and '%s' differ: %" PRIu64 " and %" PRIu64 " records",
                      fn_table_name(a), fn_table_name(b), na, nb);
}
