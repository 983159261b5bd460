/* SPDX-License-Identifier: MIT */
/* Small parts of the daemon that need no loop: lists of names, rates, quotas, kinds of file
 * systems, notices. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include <cmocka.h>

#include "daemon/watching/fs_kind.h"
#include "daemon/base/hash_set.h"
#include "daemon/base/name_list.h"
#include "daemon/talking/notify.h"
#include "daemon/talking/rate.h"
#include "engine/base/numbers.h"
#include "daemon/jobs/cores.h"
#include "engine/base/config.h"
#include "engine/base/rng.h"

static void names(void **state)
{
    (void)state;
    struct fnd_names l = {0};
    assert_null(fnd_names_next(&l, NULL));
    fnd_names_add(&l, "a/b");
    fnd_names_add(&l, "");
    fnd_names_add(&l, "c");
    const char *at = fnd_names_next(&l, NULL);
    assert_string_equal(at, "a/b");
    at = fnd_names_next(&l, at);
    assert_string_equal(at, "");
    at = fnd_names_next(&l, at);
    assert_string_equal(at, "c");
    assert_null(fnd_names_next(&l, at));
    assert_true(fnd_names_cover(&l, "anything"));
    fnd_names_finish(&l);
    fnd_names_add(&l, "a/b");
    assert_true(fnd_names_cover(&l, "a/b/c"));
    assert_false(fnd_names_cover(&l, "a/bc"));
    fnd_names_finish(&l);

    struct fnd_seen s = {0};
    struct fn_rng r = fn_rng_init(3, 0);
    assert_false(fnd_seen_has(&s, 0));
    for (int i = 0; i < 5000; i++)
        fnd_seen_add(&s, fn_rng_u64(&r));
    fnd_seen_add(&s, 0);
    assert_int_equal(s.n, 5001);
    r = fn_rng_init(3, 0);
    for (int i = 0; i < 5000; i++)
        assert_true(fnd_seen_has(&s, fn_rng_u64(&r)));
    assert_true(fnd_seen_has(&s, 0));
    for (int i = 0; i < 5000; i++)
        assert_false(fnd_seen_has(&s, fn_rng_u64(&r)));
    fnd_seen_finish(&s);
}

static void rates(void **state)
{
    (void)state;
    struct fnd_rate r = {0};
    const uint64_t second = 1000000000u;
    assert_false(fnd_rate_eta(&r, 10).known);
    for (uint64_t i = 0; i < 200; i++)
        fnd_rate_mark(&r, i * second, i * 5);
    struct fnd_eta e = fnd_rate_eta(&r, 1000);
    assert_true(e.known);
    assert_true(e.rate_per_s > 4.99 && e.rate_per_s < 5.01);
    assert_true(e.eta_s > 199 && e.eta_s < 201);
    assert_true(e.low_s < e.eta_s && e.eta_s < e.high_s);
    /* Faster recently: the range widens to that side. */
    for (uint64_t i = 0; i < 30; i++)
        fnd_rate_mark(&r, (200 + i) * second, 1000 + i * 10);
    struct fnd_eta faster = fnd_rate_eta(&r, 1000);
    assert_true(faster.rate_per_s > 5 && faster.low_s < 110);
    /* After a long pause the past is ignored. */
    fnd_rate_mark(&r, 1000 * second, 2000);
    assert_false(fnd_rate_eta(&r, 10).known);
    /* When nothing happens, there is no remaining time, and not an infinite one. */
    for (uint64_t i = 1; i < 10; i++)
        fnd_rate_mark(&r, (1000 + i) * second, 2000);
    assert_false(fnd_rate_eta(&r, 10).known);
}

static void spans(void **state)
{
    char t[32];
    (void)state;
    fn_span(t, sizeof t, 7);
    assert_string_equal(t, "7 s");
    fn_span(t, sizeof t, 59.6);
    assert_string_equal(t, "1 min");
    fn_span(t, sizeof t, 22400);
    assert_string_equal(t, "6 h 13 min");
    fn_span(t, sizeof t, 3 * 86400 + 7200);
    assert_string_equal(t, "3 d 2 h");
}

static void quotas(void **state)
{
    (void)state;
    assert_int_equal(fnd_quota_cores("max 100000\n"), 0);
    assert_int_equal(fnd_quota_cores("200000 100000\n"), 2);
    assert_int_equal(fnd_quota_cores("150000 100000\n"), 2);
    assert_int_equal(fnd_quota_cores("50000 100000\n"), 1);
    assert_int_equal(fnd_quota_cores("50000 0\n"), 0);
    assert_int_equal(fnd_quota_cores(""), 0);
    assert_true(fnd_allowed_cores() >= 1);
}

static void poll_kinds(void **state)
{
    char memory[64], reason[64];
    struct statfs fs = {.f_type = 0x6969};
    (void)state;
    assert_string_equal(fnd_poll_kind(&fs, 0, memory, sizeof memory), "nfs");
    assert_int_equal(fnd_choose_mode(FN_WATCH_AUTO, &fs, 0, reason, sizeof reason),
                     FN_WATCH_POLL);
    assert_string_equal(reason, "nfs");
    assert_int_equal(fnd_choose_mode(FN_WATCH_INOTIFY, &fs, 0, reason, sizeof reason),
                     FN_WATCH_INOTIFY);
    fs.f_type = 0xef53; /* ext4 */
    assert_null(fnd_poll_kind(&fs, 0, memory, sizeof memory));
    assert_int_equal(fnd_choose_mode(FN_WATCH_AUTO, &fs, 0, reason, sizeof reason),
                     FN_WATCH_INOTIFY);
    assert_string_equal(reason, "");
    assert_int_not_equal(fnd_fsid(&fs), 0);
}

static void notices(void **state)
{
    char name[64], got[64] = "";
    struct sockaddr_un a = {.sun_family = AF_UNIX};
    (void)state;
    unsetenv("NOTIFY_SOCKET");
    assert_int_equal(fnd_notify("READY=1"), -2);
    (void)snprintf(name, sizeof name, "@fnd-test-%ld", (long)getpid());
    memcpy(a.sun_path, name, strlen(name));
    a.sun_path[0] = '\0';
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(fd, (const struct sockaddr *)&a,
                          (socklen_t)(offsetof(struct sockaddr_un, sun_path) + strlen(name))),
                     0);
    setenv("NOTIFY_SOCKET", name, 1);
    assert_int_equal(fnd_notify("READY=1"), 0);
    assert_int_equal(recv(fd, got, sizeof got - 1, 0), 7);
    assert_string_equal(got, "READY=1");
    (void)close(fd);
    setenv("NOTIFY_SOCKET", "relative", 1);
    assert_true(fnd_notify("READY=1") < 0);
    setenv("WATCHDOG_USEC", "120000000", 1);
    unsetenv("WATCHDOG_PID");
    assert_int_equal(fnd_notify_watchdog_ns(), 120000000000u);
    setenv("WATCHDOG_PID", "1", 1);
    assert_int_equal(fnd_notify_watchdog_ns(), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names),  cmocka_unit_test(rates),      cmocka_unit_test(spans),
        cmocka_unit_test(quotas), cmocka_unit_test(poll_kinds), cmocka_unit_test(notices),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
