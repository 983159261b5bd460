/* SPDX-License-Identifier: MIT */
/* The advice about folders without a watch. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "daemon/watching/watch_advice.h"

static const char *advice(struct fnd_watch_shortage s)
{
    static char text[256];
    fnd_watch_advice(&s, text, sizeof text);
    return text;
}

static void causes(void **state)
{
    const char *at;
    (void)state;
    /* The system's limit: half of the free ones are taken, or none is left. */
    struct fnd_watch_shortage s = {.limit = 8192, .used = 5000, .own = 3000, .missing = 1000};
    at = strstr(advice(s), "max_user_watches=");
    assert_non_null(at);
    unsigned long v = strtoul(at + 17, NULL, 10);
    assert_true((v - 2000) / 2 >= 4000); /* others use 2000 */
    s.code = ENOSPC;
    s.used = 8192;
    assert_non_null(strstr(advice(s), "sysctl"));
    /* Refused although there are some left: another limit. */
    s.used = 3000;
    assert_null(strstr(advice(s), "sysctl"));
    assert_non_null(strstr(advice(s), "container"));
    /* The configuration, memory, and folders that may not be read. */
    s = (struct fnd_watch_shortage){.configured = 10, .own = 10, .missing = 5, .limit = 8192};
    assert_null(strstr(advice(s), "sysctl"));
    assert_non_null(strstr(advice(s), "watch.max_watches"));
    s.code = ENOMEM;
    assert_null(strstr(advice(s), "sysctl"));
    s.code = EACCES;
    assert_string_equal(advice(s), "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(causes)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
