/* SPDX-License-Identifier: MIT */
/* Which files are photos of the library: exclusions, names, and first bytes. */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "index/intake/candidate.h"
#include "index/intake/partial.h"
#include "engine/image/sniff.h"

static struct fn_rules *rules_of(const char *exclude)
{
    struct fn_config_file *c = NULL;
    struct fn_error err;
    assert_int_equal(fn_config_create(&c, &err), 0);
    assert_int_equal(fn_config_set(c, "library.exclude", exclude, FN_ORIGIN_COMMAND_LINE, &err),
                     0);
    struct fn_rules *r = fn_rules_create(fn_config_values(c));
    fn_config_destroy(c);
    assert_non_null(r);
    return r;
}

/* Whether a file is excluded by this pattern alone. */
static bool leaves_out(const char *pattern, const char *path)
{
    struct fn_rules *r = rules_of(pattern);
    bool yes = fn_rules_skip_file(r, path);
    fn_rules_unref(r);
    return yes;
}

static void globs(void **state)
{
    static const struct {
        const char *pattern, *path;
        bool match;
    } cases[] = {
        {"*.jpg", "a.jpg", true},
        {"*.jpg", "b/a.jpg", false},
        {"**/*.jpg", "a.jpg", true},
        {"**/*.jpg", "b/c/a.jpg", true},
        {"b/**", "b/c/a.jpg", true},
        {"b/**", "bc/a.jpg", false},
        {"**/.*/**", ".git/x", true},
        {"**/.*/**", "a/.git/b/x", true},
        {"**/.*/**", "a/.hidden.jpg", false},
        {"**/@eaDir/**", "p/@eaDir/x.jpg", true},
        {"**/@eaDir/**", "p/@eaDirs/x.jpg", false},
        {"a?c", "abc", true},
        {"a?c", "a/c", false},
        {"[a-c]x", "bx", true},
        {"[!a-c]x", "bx", false},
        {"[!a-c]x", "dx", true},
        {"[]]x", "]x", true},
        {"[abc", "[abc", true},
        {"a**b", "a/x/b", true},
        {"*", "", true},
        {"**", "a/b", true},
        {"a/**/b", "a/b", true},
        {"a/**/b", "a/x/y/b", true},
        {"a/**/b", "ab", false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        if (leaves_out(cases[i].pattern, cases[i].path) != cases[i].match)
            fail_msg("'%s' on '%s' is not %d", cases[i].pattern, cases[i].path, cases[i].match);
}

/* Many stars on a long name must not take forever. */
static void hostile_glob(void **state)
{
    char path[3000];
    (void)state;
    memset(path, 'a', sizeof path - 1);
    path[sizeof path - 1] = '\0';
    assert_false(leaves_out("*a*a*b", path));
}

static void exclusion(void **state)
{
    (void)state;
    struct fn_rules *r = rules_of("**/.*/** private/** **/*.png raw/*");
    assert_true(fn_rules_skip_dir(r, ".cache"));
    assert_true(fn_rules_skip_dir(r, "a/b/.cache"));
    assert_true(fn_rules_skip_dir(r, "private"));
    assert_false(fn_rules_skip_dir(r, "a/private"));
    assert_false(fn_rules_skip_dir(r, "raw")); /* raw/x/y does not match the pattern itself */
    assert_true(fn_rules_skip_file(r, "raw/x.jpg"));
    assert_false(fn_rules_skip_file(r, "raw/x/y.jpg"));
    assert_true(fn_rules_skip_file(r, "a/x.png"));
    assert_false(fn_rules_skip_file(r, "a/x.jpg"));
    assert_true(fn_rules_is_marker(r, ".nomedia"));
    assert_false(fn_rules_is_marker(r, "nomedia"));
    fn_rules_unref(fn_rules_ref(r));
    fn_rules_unref(r);
}

static void names_of_pictures(void **state)
{
    (void)state;
    assert_int_equal(fn_name_kind("x.JPG"), FN_NAME_IMAGE);
    assert_int_equal(fn_name_kind("x.y.heic"), FN_NAME_IMAGE);
    assert_int_equal(fn_name_kind("x.webp"), FN_NAME_IMAGE);
    assert_int_equal(fn_name_kind("x.Gif"), FN_NAME_IMAGE); /* a bad file, not excluded */
    assert_int_equal(fn_name_kind("x"), FN_NAME_UNKNOWN);
    assert_int_equal(fn_name_kind(".jpg"), FN_NAME_UNKNOWN);
    assert_int_equal(fn_name_kind("x.mp4"), FN_NAME_OTHER);
    assert_int_equal(fn_name_kind("._x.jpg"), FN_NAME_OTHER);
}

static void names_of_parts(void **state)
{
    static const struct {
        const char *name, *finished;
    } all[] = {
        {"a.jpg.part", "a.jpg"},
        {"a.jpg.partial", "a.jpg"},
        {"a.jpg.filepart", "a.jpg"},
        {"a.jpg.crdownload", "a.jpg"},
        {"a.jpg.tmp", "a.jpg"},
        {"a.jpg~", "a.jpg"},
        {"a.jpg_original", "a.jpg"},
        {".syncthing.a.jpg.tmp", "a.jpg"},
        {"~syncthing~a.jpg.tmp", "a.jpg"},
        {".a.jpg.Xy12aB", "a.jpg"},
        {"a b.jpg.part", "a b.jpg"},
    };
    static const char *const none[] = {"a.jpg",
                                       "a.part.jpg",
                                       "~",
                                       ".part",
                                       ".tmp",
                                       "_original",
                                       ".a.jpg",
                                       ".a.jpg.Xy12a",
                                       "a.jpg.",
                                       "a.jpg.bak",
                                       ".syncthing.a.jpg"};
    char out[64];
    (void)state;
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        assert_true(fn_finished_name(all[i].name, out, sizeof out));
        assert_string_equal(out, all[i].finished);
    }
    for (size_t i = 0; i < sizeof none / sizeof *none; i++)
        if (fn_finished_name(none[i], out, sizeof out))
            fail_msg("'%s' is taken for a part", none[i]);
    assert_false(fn_finished_name("a-name-that-is-too-long.jpg.part", out, 8));
}

static const struct {
    const char *what, *head;
    size_t n;
    bool yes;
} heads[] = {
    {"JPEG", "\xff\xd8\xff\xe0", 4, true},
    {"three bytes of a JPEG", "\xff\xd8\xff", 3, true},
    {"one byte of a JPEG", "\xff", 1, false},
    {"two bytes of a JPEG, then others",
     "\xff\xd8"
     "ab",
     4, false},
    {"PNG", "\x89PNG\r\n\x1a\n", 8, true},
    {"WebP", "RIFF1234WEBP", 12, true},
    {"WAVE", "RIFF1234WAVE", 12, false},
    {"HEIC",
     "\0\0\0\x18"
     "ftypheic\0\0\0\0mif1heic",
     24, true},
    {"scalable HEVC",
     "\0\0\0\x18"
     "ftyphevm\0\0\0\0mif1hevm",
     24, true},
    {"a sequence",
     "\0\0\0\x18"
     "ftyphevs\0\0\0\0msf1hevs",
     24, true},
    {"AVIF",
     "\0\0\0\x18"
     "ftypavif\0\0\0\0mif1avif",
     24, true},
    {"AVIF by a compatible brand",
     "\0\0\0\x18"
     "ftypmif1\0\0\0\0mif1avif",
     24, true},
    {"a cut HEIC",
     "\0\0\0\x18"
     "ftypheic",
     12, false},
    {"MP4",
     "\0\0\0\x18"
     "ftypisom\0\0\0\0mif1isom",
     24, false},
    {"GIF: recognised, not read", "GIF89a", 6, false},
    {"TIFF: recognised, not read", "II*\0", 4, false},
    {"PDF", "%PDF-1.4....", 12, false},
    {"empty", "", 0, false},
};

/* A file without an extension is a candidate if and only if a worker can read it. The daemon
 * and the decoder use the same function. */
static void first_bytes(void **state)
{
    char dir[] = "/tmp/fnd-files-XXXXXX", path[64];
    struct fn_rules *r = rules_of("");
    (void)state;
    assert_non_null(mkdtemp(dir));
    (void)snprintf(path, sizeof path, "%s/x", dir);
    for (size_t i = 0; i < sizeof heads / sizeof *heads; i++) {
        enum fn_format f;
        struct fn_error err;
        struct stat st;
        int fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
        assert_true(fd >= 0);
        assert_int_equal(write(fd, heads[i].head, heads[i].n), heads[i].n);
        assert_int_equal(fstat(fd, &st), 0);
        struct fn_source src = {.fd = fd, .size = heads[i].n};
        bool candidate = fn_is_candidate(r, dir, "x", &st);
        bool read = fn_sniff(&src, &f, &err) == 0;
        if (candidate != heads[i].yes || read != heads[i].yes)
            fail_msg("%s: candidate %d, read %d", heads[i].what, candidate, read);
        (void)close(fd);
    }
    (void)unlink(path);
    (void)rmdir(dir);
    fn_rules_unref(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(globs),          cmocka_unit_test(hostile_glob),
        cmocka_unit_test(exclusion),      cmocka_unit_test(names_of_pictures),
        cmocka_unit_test(names_of_parts), cmocka_unit_test(first_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
