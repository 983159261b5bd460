/* SPDX-License-Identifier: MIT */
/* engine/base, on which everything else depends. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/base/arena.h"
#include "engine/base/buf.h"
#include "engine/base/clock.h"
#include "engine/base/config.h"
#include "engine/base/endian.h"
#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/base/half.h"
#include "engine/base/hash.h"
#include "engine/base/options.h"
#include "engine/base/paths.h"
#include "engine/base/plural.h"
#include "engine/base/rng.h"
#include "engine/base/utf8.h"

static char dir[256];

static int make_dir(void **state)
{
    (void)state;
    (void)snprintf(dir, sizeof dir, "%s/fn-base-XXXXXX",
                   getenv("TMPDIR") ? getenv("TMPDIR") : "/tmp");
    return mkdtemp(dir) ? 0 : -1;
}

static const char *in_dir(const char *name)
{
    static char path[512];
    (void)snprintf(path, sizeof path, "%s/%s", dir, name);
    return path;
}

static void error_keeps_the_sentence(void **state)
{
    (void)state;
    struct fn_error e = {0};
    assert_int_equal(fn_error_set(&e, FN_EDECODE, "'%s' is broken", "a.jpg"), FN_EDECODE);
    assert_string_equal(e.text, "'a.jpg' is broken");
    assert_int_equal(fn_error_prefix(&e, "photo %d", 7), FN_EDECODE);
    assert_string_equal(e.text, "photo 7: 'a.jpg' is broken");
    /* its own text as an argument */
    fn_error_set(&e, -EIO, "again: %s", e.text);
    assert_string_equal(e.text, "again: photo 7: 'a.jpg' is broken");
    assert_int_equal(fn_error_set(NULL, -EIO, "x"), -EIO);
    for (int code = -32020; code <= 0; code++)
        assert_non_null(fn_strerror(code));
    char longest[2000];
    memset(longest, 'a', sizeof longest - 1);
    longest[sizeof longest - 1] = '\0';
    fn_error_set(&e, -EIO, "%s", longest);
    fn_error_prefix(&e, "%s", longest);
    assert_int_equal(strlen(e.text), sizeof e.text - 1);
}

static void buf_stops_at_its_cap(void **state)
{
    (void)state;
    struct fn_buf b;
    fn_buf_init(&b, 10);
    assert_string_equal(fn_buf_cstr(&b), "");
    fn_buf_str(&b, "0123456789");
    assert_false(fn_buf_failed(&b));
    fn_buf_char(&b, 'x');
    assert_true(fn_buf_failed(&b));
    assert_string_equal(fn_buf_cstr(&b), "0123456789");
    assert_null(fn_buf_detach(&b));
    fn_buf_init(&b, 100000);
    for (int i = 0; i < 1000; i++)
        fn_buf_printf(&b, "%d %s,", i, "abcdefghijklmnopqrstuvwxyz");
    assert_false(fn_buf_failed(&b));
    char big[700];
    memset(big, 'b', sizeof big - 1);
    big[sizeof big - 1] = '\0';
    size_t before = b.len;
    fn_buf_printf(&b, "%s", big);
    assert_int_equal(b.len - before, sizeof big - 1);
    char *s = fn_buf_detach(&b);
    assert_string_equal(s + before, big);
    free(s);
}

static void half_matches_the_standard(void **state)
{
    (void)state;
    /* Every half survives the round trip, and every float between two halves is rounded to the
     * nearest, ties to even. */
    for (uint32_t h = 0; h < 65536; h++) {
        float f = fn_half_to_float((uint16_t)h);
        if (f != f)
            continue;
        assert_int_equal(fn_half_from_float(f), h);
        if ((h & 0x7fff) >= 0x7bff)
            continue;
        float next = fn_half_to_float((uint16_t)(h + 1)), mid = (f + next) / 2;
        assert_int_equal(fn_half_from_float(mid), h + (h & 1));
        assert_int_equal(fn_half_from_float(nextafterf(mid, f)), h);
        assert_int_equal(fn_half_from_float(nextafterf(mid, next)), h + 1);
    }
    assert_int_equal(fn_half_from_float(65520.f), 0x7c00);
    assert_int_equal(fn_half_from_float(-1e30f), 0xfc00);
    assert_true(isnan(fn_half_to_float(fn_half_from_float(NAN))));
}

static void civil_dates_round_trip(void **state)
{
    (void)state;
    assert_int_equal(fn_civil_to_unix(1970, 1, 1, 0, 0, 0), 0);
    assert_int_equal(fn_civil_to_unix(2000, 2, 29, 12, 0, 1), 951825601);
    struct fn_rng r = fn_rng_init(1, 1);
    for (int i = 0; i < 100000; i++) {
        int64_t t = (int64_t)fn_rng_below(&r, 300000000000u) - 62000000000;
        struct fn_civil c = fn_unix_to_civil(t);
        assert_int_equal(fn_civil_to_unix(c.year, c.month, c.day, c.hour, c.minute, c.second),
                         t);
        assert_in_range(c.month, 1, 12);
        assert_in_range(c.day, 1, 31);
    }
    char s[FN_RFC3339_MAX];
    fn_rfc3339(s, 1565787731, 120);
    assert_string_equal(s, "2019-08-14T15:02:11+02:00");
    fn_rfc3339(s, 0, -210);
    assert_string_equal(s, "1969-12-31T20:30:00-03:30");
    fn_rfc3339(s, 0, 0);
    assert_string_equal(s, "1970-01-01T00:00:00Z");
    fn_rfc3339(s, 0, FN_ZONE_UNKNOWN);
    assert_string_equal(s, "1970-01-01T00:00:00");
    fn_rfc3339(s, INT64_MAX, 14 * 60); /* does not overrun its buffer */
}

static void words_agree_with_a_number(void **state)
{
    (void)state;
    assert_string_equal(fn_plural(0, "person", "people"), "people");
    assert_string_equal(fn_plural(1, "person", "people"), "person");
    assert_string_equal(fn_plural(21, "person", "people"), "people");
    assert_string_equal(fn_plural_s(1), "");
    assert_string_equal(fn_plural_s(2), "s");
}

static void utf8_is_strict(void **state)
{
    (void)state;
    assert_true(fn_utf8_valid("gr\xc3\xbc\xc3\x9f \xf0\x9f\x98\x80", 11));
    static const char *const bad[] = {"\xc0\xaf", "\xed\xa0\x80", "\xf4\x90\x80\x80",
                                      "\xff",     "\xe2\x82",     "\x80"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_false(fn_utf8_valid(bad[i], strlen(bad[i])));
    struct fn_buf b;
    fn_buf_init(&b, 1000);
    fn_utf8_sanitize(&b,
                     "a\xff"
                     "b",
                     3);
    assert_string_equal(fn_buf_cstr(&b), "a\xef\xbf\xbd"
                                         "b");
    fn_buf_reset(&b);
    fn_utf8_printable(&b, "a\033[31m\n\xff\xe2\x80\xae", 11);
    assert_string_equal(fn_buf_cstr(&b), "a\\x1b[31m\\x0a\\xff\\xe2\\x80\\xae");
    fn_buf_reset(&b);
    fn_base64(&b, "any carnal pleas", 16);
    assert_string_equal(fn_buf_cstr(&b), "YW55IGNhcm5hbCBwbGVhcw==");
    assert_int_equal(fn_utf8_width("e\xcc\x81\xe6\xbc\xa2", 6), 3);
    fn_buf_finish(&b);
}

static void base64_round_trips(void **state)
{
    (void)state;
    static const char *const bad[] = {"A",    "AA",   "AAA",  "AB==",     "AAB=", "A===",
                                      "====", "AA=A", "A-==", "AA==AAAA", "AAA ", "\xff\xff=="};
    struct fn_rng r = fn_rng_init(2, 1);
    struct fn_buf a, b;
    fn_buf_init(&a, 1000);
    fn_buf_init(&b, 1000);
    for (size_t n = 0; n < 100; n++) {
        char raw[100];
        for (size_t j = 0; j < n; j++)
            raw[j] = (char)fn_rng_below(&r, 256);
        fn_buf_reset(&a);
        fn_buf_reset(&b);
        fn_base64(&a, raw, n);
        assert_int_equal(fn_base64_decode(&b, fn_buf_cstr(&a), a.len), 0);
        assert_int_equal(b.len, n);
        assert_memory_equal(fn_buf_cstr(&b), raw, n);
    }
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_int_equal(fn_base64_decode(&b, bad[i], strlen(bad[i])), -EINVAL);
    fn_buf_finish(&a);
    fn_buf_finish(&b);
}

static void percent_coding_round_trips(void **state)
{
    (void)state;
    struct fn_rng r = fn_rng_init(2, 0);
    for (int i = 0; i < 2000; i++) {
        char raw[40];
        size_t n = fn_rng_below(&r, sizeof raw);
        for (size_t j = 0; j < n; j++)
            raw[j] = (char)(1 + fn_rng_below(&r, 255));
        struct fn_buf a, b;
        fn_buf_init(&a, 1000);
        fn_buf_init(&b, 1000);
        fn_percent_encode(&a, raw, n);
        assert_null(strpbrk(fn_buf_cstr(&a), " \t\n"));
        assert_int_equal(fn_percent_decode(&b, fn_buf_cstr(&a), a.len), 0);
        assert_int_equal(b.len, n);
        if (n)
            assert_memory_equal(b.data, raw, n);
        fn_buf_finish(&a);
        fn_buf_finish(&b);
    }
    struct fn_buf b;
    fn_buf_init(&b, 100);
    fn_buf_str(&b, "kept");
    static const char *const bad[] = {"%", "%4", "a%zz", "%00", "%4g"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_int_equal(fn_percent_decode(&b, bad[i], strlen(bad[i])), -EINVAL);
    assert_string_equal(fn_buf_cstr(&b), "kept");
    assert_int_equal(fn_percent_decode(&b, "%41", 3), 0);
    assert_string_equal(fn_buf_cstr(&b), "keptA");
    fn_buf_finish(&b);
}

static void hash_of_a_file_is_hash_of_its_bytes(void **state)
{
    (void)state;
    size_t n = 1000003;
    char *data = malloc(n);
    struct fn_rng r = fn_rng_init(3, 0);
    for (size_t i = 0; i < n; i++)
        data[i] = (char)fn_rng_u64(&r);
    assert_int_equal(fn_file_write_atomic(in_dir("h"), data, n, 0600, NULL), 0);
    FILE *f = fopen(in_dir("h"), "rb");
    struct fn_h128 a = fn_hash128(data, n), b;
    uint64_t size = 0;
    assert_int_equal(fn_hash_fd(fileno(f), &b, &size), 0);
    assert_int_equal(size, n);
    assert_true(fn_h128_eq(&a, &b));
    char hex[FN_H128_HEX];
    fn_h128_hex(&a, hex);
    assert_int_equal(fn_h128_parse(hex, &b), 0);
    assert_true(fn_h128_eq(&a, &b));
    hex[3] = 'g';
    assert_int_equal(fn_h128_parse(hex, &b), -EINVAL);
    /* a known value, so that the hash stays that of files on disk (xxHash 0.8 XXH3-128 of
     * nothing) */
    a = fn_hash128("", 0);
    fn_h128_hex(&a, hex);
    assert_string_equal(hex, "99aa06d3014798d86001c324468d497f");
    fclose(f);
    free(data);
}

static void atomic_write_leaves_old_or_new(void **state)
{
    (void)state;
    struct fn_error e = {0};
    assert_int_equal(fn_file_write_atomic(in_dir("a"), "one", 3, 0600, &e), 0);
    assert_int_equal(fn_file_write_atomic(in_dir("a"), "three", 5, 0600, &e), 0);
    struct fn_buf b;
    fn_buf_init(&b, 5);
    assert_int_equal(fn_file_read(in_dir("a"), &b, &e), 0);
    assert_string_equal(fn_buf_cstr(&b), "three");
    fn_buf_finish(&b);
    fn_buf_init(&b, 4);
    assert_int_equal(fn_file_read(in_dir("a"), &b, &e), FN_ELIMIT);
    fn_buf_finish(&b);
    assert_int_equal(fn_file_write_atomic(in_dir("no/such/dir"), "x", 1, 0600, &e), -ENOENT);
    assert_non_null(strstr(e.text, "no/such/dir"));
    assert_int_equal(fn_mkdirs(in_dir("p/q/r"), 0700, &e), 0);
    assert_int_equal(fn_mkdirs(in_dir("p/q/r"), 0700, &e), 0);
    assert_int_equal(fn_mkdirs(in_dir("a/b"), 0700, &e), -ENOTDIR);
}

static void arena_is_aligned_and_bounded(void **state)
{
    (void)state;
    struct fn_arena a;
    assert_int_equal(fn_arena_init(&a, 4096), 0);
    char *p = fn_arena_alloc(&a, 1, 1), *q = fn_arena_alloc(&a, 10, 10);
    assert_int_equal((uintptr_t)p % 64, 0);
    assert_int_equal(q - p, 64);
    assert_null(fn_arena_alloc(&a, SIZE_MAX / 2, 3));
    assert_null(fn_arena_alloc(&a, 1, 4096));
    memset(p, 1, 64);
    fn_arena_reset(&a);
    p = fn_arena_alloc(&a, 4096, 1);
    assert_non_null(p);
    assert_int_equal(p[0], 0);
    fn_arena_finish(&a);
    assert_null(fn_alloc_aligned(SIZE_MAX, 2));
}

static void options_parse_like_people_type(void **state)
{
    (void)state;
    bool flag = false, other = false;
    const char *s = NULL;
    uint64_t n = 0;
    struct fn_opt_list l = {0};
    const struct fn_opt table[] = {
        {"flag", 'f', FN_OPT_FLAG, &flag, NULL, "a flag"},
        {"other", 'o', FN_OPT_FLAG, &other, NULL, "another"},
        {"string", 's', FN_OPT_STRING, &s, "TEXT", "a string"},
        {"number", 'n', FN_OPT_U64, &n, "N", "a number"},
        {"list", 'l', FN_OPT_LIST, &l, "X", "repeatable"},
        {0},
    };
    const struct fn_opt *const tables[] = {table};
    char a0[] = "x", a1[] = "one", a2[] = "-fo", a3[] = "--string=v", a4[] = "-n4k",
         a5[] = "two", a6[] = "--li", a7[] = "a", a8[] = "-l", a9[] = "b", a10[] = "--",
         a11[] = "-f", a12[] = "-";
    char *argv[] = {a0, a1, a2, a3, a4, a5, a6, a7, a8, a9, a12, a10, a11, NULL};
    size_t operands = 0;
    struct fn_error e = {0};
    assert_int_equal(fn_options_parse(13, argv, tables, 1, &operands, &e), 0);
    assert_true(flag && other);
    assert_string_equal(s, "v");
    assert_int_equal(n, 4096);
    assert_int_equal(l.n, 2);
    assert_int_equal(operands, 4);
    assert_string_equal(argv[1], "one");
    assert_string_equal(argv[2], "two");
    assert_string_equal(argv[3], "-");
    assert_string_equal(argv[4], "-f");
    char b1[] = "--strnig", b2[] = "-n", b3[] = "1x", b4[] = "--flag=1", b5[] = "--string";
    char *bad[][4] = {{a0, b1, NULL}, {a0, b2, b3, NULL}, {a0, b4, NULL}, {a0, b5, NULL}};
    for (size_t i = 0; i < 4; i++) {
        int argc = 0;
        while (bad[i][argc])
            argc++;
        assert_int_equal(fn_options_parse(argc, bad[i], tables, 1, &operands, &e), FN_EUSAGE);
        if (i == 0)
            assert_non_null(strstr(e.text, "did you mean --string"));
    }
}

static void config_orders_its_sources(void **state)
{
    (void)state;
    struct fn_config_file *f = NULL;
    struct fn_error e = {0};
    const char text[] =
        "; a comment\n[library]\nroot = /a b ; the first\nroot=/c\n[detect]\nmin_score = "
        ".8\neffort = fast\n"
        "[limits]\nmemory = 2G\n[watch]\nvanish_brake = 25%\npoll_interval = 5m\n";
    assert_int_equal(fn_file_write_atomic(in_dir("c.conf"), text, sizeof text - 1, 0600, &e),
                     0);
    assert_int_equal(setenv("FACENETD_DETECT_EFFORT", "thorough", 1), 0);
    assert_int_equal(fn_config_create(&f, &e), 0);
    assert_int_equal(fn_config_load(f, in_dir("c.conf"), true, &e), 0);
    const struct fn_config *c = fn_config_values(f);
    assert_int_equal(c->root.n, 2);
    assert_string_equal(c->root.items[0], "/a b");
    assert_string_equal(c->root.items[1], "/c");
    assert_true(fabs(c->min_score - .8) < 1e-12);
    assert_int_equal(c->effort, FN_EFFORT_THOROUGH);
    assert_int_equal(c->memory_bytes, 2ull << 30);
    assert_true(fabs(c->vanish_brake - .25) < 1e-12);
    assert_int_equal(c->poll_interval_s, 300);
    assert_int_equal(fn_config_set(f, "library.root", "/d", FN_ORIGIN_COMMAND_LINE, &e), 0);
    assert_int_equal(c->root.n, 1);
    assert_int_equal(fn_config_set(f, "library.rot", "/d", FN_ORIGIN_COMMAND_LINE, &e),
                     FN_EUSAGE);
    assert_int_equal(fn_config_set(f, "detect.effort", "huge", FN_ORIGIN_COMMAND_LINE, &e),
                     FN_EUSAGE);
    /* printed output can be read back */
    struct fn_buf out;
    fn_buf_init(&out, 1 << 20);
    fn_config_print(f, &out);
    assert_int_equal(fn_file_write_atomic(in_dir("d.conf"), out.data, out.len, 0600, &e), 0);
    fn_buf_finish(&out);
    fn_config_destroy(f);
    assert_int_equal(unsetenv("FACENETD_DETECT_EFFORT"), 0);
    assert_int_equal(fn_config_create(&f, &e), 0);
    assert_int_equal(fn_config_load(f, in_dir("d.conf"), true, &e), 0);
    assert_int_equal(fn_config_values(f)->effort, FN_EFFORT_THOROUGH);
    fn_config_destroy(f);
    const char wrong[] = "[detect]\n\nmin_scor = 1\n";
    assert_int_equal(fn_file_write_atomic(in_dir("w.conf"), wrong, sizeof wrong - 1, 0600, &e),
                     0);
    assert_int_equal(fn_config_create(&f, &e), 0);
    assert_int_equal(fn_config_load(f, in_dir("w.conf"), true, &e), FN_EUSAGE);
    assert_non_null(strstr(e.text, "w.conf:3"));
    fn_config_destroy(f);
}

static void config_edit_keeps_the_rest(void **state)
{
    (void)state;
    struct fn_error e = {0};
    const char text[] = "# mine\n[detect]\n  min_score = .5   ; careful\nrotate = "
                        "never\n\n[log]\nlevel = debug\n";
    assert_int_equal(fn_file_write_atomic(in_dir("e.conf"), text, sizeof text - 1, 0600, &e),
                     0);
    assert_int_equal(fn_config_edit(in_dir("e.conf"), "detect.min_score", "0.9", &e), 0);
    assert_int_equal(fn_config_edit(in_dir("e.conf"), "detect.effort", "fast", &e), 0);
    assert_int_equal(fn_config_edit(in_dir("e.conf"), "watch.mode", "poll", &e), 0);
    assert_int_equal(fn_config_edit(in_dir("e.conf"), "watch.mode", "pool", &e), FN_EUSAGE);
    struct fn_buf b;
    fn_buf_init(&b, 10000);
    assert_int_equal(fn_file_read(in_dir("e.conf"), &b, &e), 0);
    assert_string_equal(fn_buf_cstr(&b), "# mine\n[detect]\nmin_score = 0.9\nrotate = "
                                         "never\n\neffort = fast\n[log]\nlevel = debug\n"
                                         "\n[watch]\nmode = poll\n");
    fn_buf_finish(&b);
}

static void paths_follow_xdg(void **state)
{
    (void)state;
    char p[FN_PATH_MAX];
    setenv("HOME", "/h", 1);
    setenv("XDG_DATA_HOME", "relative", 1); /* ignored */
    assert_int_equal(fn_path_data(p, sizeof p), 0);
    assert_string_equal(p, "/h/.local/share/facenetd");
    setenv("XDG_DATA_HOME", "/d", 1);
    assert_int_equal(fn_path_data(p, sizeof p), 0);
    assert_string_equal(p, "/d/facenetd");
    assert_int_equal(fn_path_expand(p, sizeof p, "~/x"), 0);
    assert_string_equal(p, "/h/x");
    assert_int_equal(fn_path_join(p, sizeof p, "/a/", "b"), 0);
    assert_string_equal(p, "/a/b");
    assert_int_equal(fn_path_join(p, 4, "/a", "bc"), -ENAMETOOLONG);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(error_keeps_the_sentence),
        cmocka_unit_test(buf_stops_at_its_cap),
        cmocka_unit_test(half_matches_the_standard),
        cmocka_unit_test(civil_dates_round_trip),
        cmocka_unit_test(words_agree_with_a_number),
        cmocka_unit_test(utf8_is_strict),
        cmocka_unit_test(base64_round_trips),
        cmocka_unit_test(percent_coding_round_trips),
        cmocka_unit_test(hash_of_a_file_is_hash_of_its_bytes),
        cmocka_unit_test(atomic_write_leaves_old_or_new),
        cmocka_unit_test(arena_is_aligned_and_bounded),
        cmocka_unit_test(options_parse_like_people_type),
        cmocka_unit_test(config_orders_its_sources),
        cmocka_unit_test(config_edit_keeps_the_rest),
        cmocka_unit_test(paths_follow_xdg),
    };
    return cmocka_run_group_tests(tests, make_dir, NULL);
}
