/* SPDX-License-Identifier: MIT */
/* The library functions of the running commands: times as users write them, roots, settings and
 * checks, tested by values on an index of their own. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "cli/library/health.h"
#include "cli/library/library_roots.h"
#include "cli/library/config_settings.h"
#include "cli/running/until.h"
#include "engine/base/file.h"
#include "tests/unit/index_fixture.h"

static struct fx fx;
static struct fn_library *lib;
static struct fn_error err;
static char folder[200], config[256], photos[256];

static int open_library(void **state)
{
    (void)state;
    fx_new(&fx, 0);
    fn_store_close(fx.store); /* a process opens an environment only once */
    fx.store = NULL;
    (void)snprintf(folder, sizeof folder, "%s/settings", fx.dir);
    (void)snprintf(config, sizeof config, "%s/facenetd.conf", folder);
    (void)snprintf(photos, sizeof photos, "%s/photos", fx.dir);
    assert_int_equal(mkdir(photos, 0700), 0);
    assert_int_equal(fn_mkdirs(folder, 0700, &err), 0);
    assert_int_equal(fn_file_write_atomic(config, "", 0, 0600, &err), 0);
    struct fnl_choice choice = {.index = fx.dir, .config = config, .no_daemon = true};
    return fnl_create(&choice, &lib, &err);
}

static int close_library(void **state)
{
    (void)state;
    fnl_destroy(lib);
    lib = NULL;
    (void)unlink(config);
    (void)rmdir(folder);
    (void)rmdir(photos);
    fx_remove(&fx);
    return 0;
}

/* ---- times ---- */

static int64_t local_time(int day, int hour, int minute)
{
    struct tm tm = {.tm_year = 126,
                    .tm_mon = 10,
                    .tm_mday = day,
                    .tm_hour = hour,
                    .tm_min = minute,
                    .tm_isdst = -1};
    return (int64_t)mktime(&tm);
}

static void times_and_spans(void **state)
{
    int64_t noon = local_time(30, 12, 0);
    (void)state;
    assert_int_equal(fnq_parse_until("30s", noon), noon + 30);
    assert_int_equal(fnq_parse_until("90m", noon), noon + 5400);
    assert_int_equal(fnq_parse_until("2h", noon), noon + 7200);
    assert_int_equal(fnq_parse_until("3d", noon), noon + 3 * 86400);
    assert_int_equal(fnq_parse_until("12:01", noon), noon + 60);
    assert_int_equal(fnq_parse_until("18:00", noon), local_time(30, 18, 0));
    /* a time that has passed today is tomorrow, and so is the present minute */
    assert_int_equal(fnq_parse_until("11:59", noon), local_time(31, 11, 59));
    assert_int_equal(fnq_parse_until("12:00", noon), local_time(31, 12, 0));
    assert_int_equal(fnq_parse_until("0:00", noon), local_time(31, 0, 0));
}

static void what_is_no_time(void **state)
{
    static const char *const bad[] = {"",    "x",     "5",    "5x",  "0m",   "-3m",
                                      "5mm", "24:00", "7:60", "7:",  "7:-1", "7:30x",
                                      ":30", "m",     "1.5h", "5 m", "1w",   "99999999d"};
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        if (fnq_parse_until(bad[i], 1000000))
            fail_msg("'%s' is a time", bad[i]);
}

/* ---- roots ---- */

/* The paths of all roots, in order, each followed by a space. */
static const char *roots_now(void)
{
    static char text[4 * FN_PATH_MAX];
    struct fnl_roots l;
    size_t at = 0;
    assert_int_equal(fnl_read_begin(lib, &err), 0);
    assert_int_equal(fnl_roots_list(fnl_txn(lib), &l, &err), 0);
    fnl_read_end(lib);
    text[0] = '\0';
    for (size_t i = 0; i < l.n; i++)
        at += (size_t)snprintf(text + at, sizeof text - at, "%s ", l.r[i].path);
    fnl_roots_finish(&l);
    return text;
}

static void roots_come_and_go(void **state)
{
    char both[2 * FN_PATH_MAX], linked[300];
    enum fnl_root_done done = FNL_ROOT_BY_DAEMON;
    (void)state;
    (void)snprintf(both, sizeof both, "/photos %s ", photos);
    assert_string_equal(roots_now(), "/photos ");
    assert_int_equal(fnl_root_add(lib, FNL_TRY, photos, &done, &err), 0);
    assert_string_equal(roots_now(), "/photos ");
    assert_int_equal(fnl_root_add(lib, FNL_KEEP, photos, &done, &err), 0);
    assert_int_equal(done, FNL_ROOT_IN_INDEX);
    assert_string_equal(roots_now(), both);
    /* the same folder by another name */
    (void)snprintf(linked, sizeof linked, "%s/../photos/.", photos);
    assert_int_equal(fnl_root_add(lib, FNL_KEEP, linked, NULL, &err), 0);
    assert_string_equal(roots_now(), both);
    assert_int_equal(fnl_root_remove(lib, FNL_TRY, photos, NULL, &err), 0);
    assert_string_equal(roots_now(), both);
    assert_int_equal(fnl_root_remove(lib, FNL_KEEP, photos, NULL, &err), 0);
    assert_string_equal(roots_now(), "/photos ");
    assert_int_equal(fnl_root_remove(lib, FNL_KEEP, photos, NULL, &err), FN_ENOTFOUND);
    /* a folder that does not exist can be removed, but not added */
    assert_int_equal(fnl_root_add(lib, FNL_KEEP, "/photos", NULL, &err), -ENOENT);
    assert_int_equal(fnl_root_remove(lib, FNL_KEEP, "/photos", NULL, &err), 0);
    assert_string_equal(roots_now(), "");
    assert_int_equal(fnl_root_add(lib, FNL_KEEP, "/dev/null", NULL, &err), -ENOTDIR);
}

static void words_of_roots(void **state)
{
    struct fn_root r = {.state = FN_ROOT_HELD, .mode = FN_WATCH_POLL};
    (void)state;
    assert_string_equal(fnl_root_state_name(&r), "held");
    assert_string_equal(fnl_root_mode_name(&r), "poll");
    r = (struct fn_root){.state = 9, .mode = 9};
    assert_string_equal(fnl_root_state_name(&r), "unknown");
    assert_string_equal(fnl_root_mode_name(&r), "none");
}

/* ---- settings ---- */

static void settings_are_changed(void **state)
{
    const struct fn_config *c = NULL;
    struct fn_library *other = NULL;
    struct fn_buf text;
    (void)state;
    assert_int_equal(fnl_config(lib, &c, &err), 0);
    assert_int_equal(unlink(config), 0);
    assert_int_equal(rmdir(folder), 0);
    assert_int_equal(fnl_config_change(lib, FNL_TRY, "detect.max_faces", "7", &err), 0);
    assert_false(fn_file_exists(config));
    assert_int_equal(fnl_config_change(lib, FNL_TRY, "detect.max_faces", "none", &err),
                     FN_EUSAGE);
    assert_int_equal(fnl_config_change(lib, FNL_TRY, "detect.maxfaces", "7", &err),
                     FN_ENOTFOUND);
    assert_int_equal(fnl_config_change(lib, FNL_KEEP, "detect.maxfaces", "7", &err),
                     FN_ENOTFOUND);
    assert_int_equal(fnl_config_change(lib, FNL_KEEP, "detect.max_faces", "7", &err), 0);
    fn_buf_init(&text, 1 << 16);
    assert_int_equal(fn_file_read(config, &text, &err), 0);
    assert_non_null(strstr(fn_buf_cstr(&text), "max_faces = 7"));
    fn_buf_finish(&text);
    /* this handle has read the old values, the next one reads the new ones */
    assert_int_equal(fnl_config(lib, &c, &err), 0);
    assert_int_equal(c->max_faces, 500);
    assert_int_equal(fnl_create(fnl_choice_of(lib), &other, &err), 0);
    assert_int_equal(fnl_config(other, &c, &err), 0);
    assert_int_equal(c->max_faces, 7);
    fnl_destroy(other);
}

static void the_path_of_the_settings(void **state)
{
    char path[FN_PATH_MAX];
    struct fn_library *usual = NULL;
    struct fnl_choice choice = {0};
    (void)state;
    assert_int_equal(fnl_config_path(lib, path, sizeof path, &err), 0);
    assert_string_equal(path, config);
    assert_int_equal(fnl_create(&choice, &usual, &err), 0);
    assert_int_equal(setenv("XDG_CONFIG_HOME", "/settings", 1), 0);
    assert_int_equal(fnl_config_path(usual, path, sizeof path, &err), 0);
    assert_string_equal(path, "/settings/facenetd/facenetd.conf");
    fnl_destroy(usual);
}

/* ---- checks ---- */

static bool finding(const struct fnl_findings *l, enum fn_finding_level level, const char *part)
{
    for (size_t i = 0; i < l->n; i++)
        if (l->f[i].level == level && strstr(l->f[i].text, part))
            return true;
    return false;
}

static void an_index_is_checked(void **state)
{
    struct fnl_findings l;
    (void)state;
    assert_int_equal(setenv("FACENETD_MODELS_DIR", "/nowhere", 1), 0);
    assert_int_equal(fnl_health(lib, true, &l, &err), 0);
    assert_true(finding(&l, FN_FIND_OK, "photos: consistent"));
    assert_true(finding(&l, FN_FIND_OK, "GB free"));
    assert_true(finding(&l, FN_FIND_FAIL, "models: "));
    assert_int_equal(l.worst, FN_FIND_FAIL);
    fnl_findings_finish(&l);
    assert_int_equal(unsetenv("FACENETD_MODELS_DIR"), 0);
}

static void no_index_is_an_error(void **state)
{
    struct fnl_findings l;
    struct fn_library *none = NULL;
    struct fnl_choice choice = {.index = photos, .config = config, .no_daemon = true};
    (void)state;
    assert_int_equal(fnl_create(&choice, &none, &err), 0);
    assert_int_equal(fnl_health(none, false, &l, &err), -ENXIO);
    assert_int_equal(l.n, 0);
    fnl_destroy(none);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(times_and_spans),
        cmocka_unit_test(what_is_no_time),
        cmocka_unit_test_setup_teardown(roots_come_and_go, open_library, close_library),
        cmocka_unit_test(words_of_roots),
        cmocka_unit_test_setup_teardown(settings_are_changed, open_library, close_library),
        cmocka_unit_test_setup_teardown(the_path_of_the_settings, open_library, close_library),
        cmocka_unit_test_setup_teardown(an_index_is_checked, open_library, close_library),
        cmocka_unit_test_setup_teardown(no_index_is_an_error, open_library, close_library),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
