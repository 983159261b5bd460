/* SPDX-License-Identifier: MIT */
/* Text in pictures. How letters look depends on the fonts that are installed, so the tests look
 * at where there is ink, at widths, and at which letters have no font. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "engine/draw/draw_text.h"
#include "tests/unit/drawn_ink.h"

enum { WIDTH = 400, HEIGHT = 80, X = 40, Y = 20, BOX = 300 };
static const struct fn_text_style plain = {.px = 20, .colour = {0, 0, 0}};

static struct fn_text *fonts; /* NULL: none are installed */

static int open_fonts(void **state)
{
    struct fn_error err = {0};
    (void)state;
    if (fn_text_open(&fonts, &err))
        print_message("skipped: %s\n", err.text);
    return 0;
}

static int close_fonts(void **state)
{
    (void)state;
    fn_text_close(fonts);
    return 0;
}

static struct fn_image page(void)
{
    struct fn_image m;
    assert_int_equal(fn_image_create(WIDTH, HEIGHT, &m), 0);
    memset(m.data, 255, m.stride * m.height);
    return m;
}

static size_t all_ink(const struct fn_image *m)
{
    return drawn_ink(m, 0, 0, m->width, m->height);
}

static struct fn_image drawn(const struct fn_text_style *s, const char *text, int width)
{
    struct fn_image m = page();
    fn_text_draw(fonts, &m, X, Y, width, s, text, NULL);
    assert_false(fn_text_failed(fonts));
    return m;
}

static void every_script_is_drawn(void **state)
{
    static const struct {
        const char *script, *text;
    } all[] = {{"Latin", "Jürgen Łódź"},
               {"Cyrillic", "Иван"},
               {"Greek", "Ελένη"},
               {"Arabic", "محمد علي"},
               {"Hebrew", "דוד בן"},
               {"Devanagari", "अनिता शर्मा"},
               {"Thai", "สมชาย ใจดี"},
               {"Chinese", "王小明"},
               {"Japanese", "やまだ タロウ"},
               {"Korean", "김철수"},
               {"emoji", "\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x91\xa7 🇳🇴"}};
    (void)state;
    if (!fonts)
        skip();
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        struct fn_text *t;
        struct fn_error err = {0};
        struct fn_image m = page();
        assert_int_equal(fn_text_open(&t, &err), 0);
        fn_text_draw(t, &m, X, Y, BOX, &plain, all[i].text, NULL);
        if (*fn_text_missing(t))
            print_message("skipped: no font for %s; its letters are spelled out: %s\n",
                          all[i].script, fn_text_missing(t));
        /* At least the U+XXXX of its letters. */
        assert_true(drawn_ink(&m, X, Y, X + BOX, Y + fn_text_height(plain.px)) > 60);
        fn_text_close(t);
        fn_image_destroy(&m);
    }
}

static void right_to_left_text_begins_at_the_right(void **state)
{
    (void)state;
    if (!fonts)
        skip();
    /* A narrow letter, then wide ones: its column is at the right. */
    const char *text = "וששששש";
    struct fn_image m = drawn(&plain, text, BOX);
    int w = fn_text_width(fonts, &plain, text, NULL);
    if (*fn_text_missing(fonts)) {
        fn_image_destroy(&m);
        print_message("skipped: no font for Hebrew\n");
        skip();
    }
    int wide = fn_text_width(fonts, &plain, "ש", NULL);
    size_t left = drawn_ink(&m, X, Y, X + wide, HEIGHT),
           right = drawn_ink(&m, X + w - wide, Y, X + w, HEIGHT);
    assert_true(left > 0 && right > 0 && right < left);
    /* It is still at the left end of its line. */
    assert_true(drawn_ink(&m, X, Y, X + w, HEIGHT) == all_ink(&m));
    fn_image_destroy(&m);
}

static void a_line_stays_in_its_box(void **state)
{
    enum { MARKS = 10000 };
    static char zalgo[2 * MARKS + 8];
    const int height = fn_text_height(plain.px);
    (void)state;
    if (!fonts)
        skip();
    zalgo[0] = 'Z';
    for (size_t i = 0; i < MARKS; i++)
        memcpy(zalgo + 1 + 2 * i, "\xcc\x81", 2);
    const char *hostile[] = {zalgo,
                             "a name that is much longer than the line it is drawn in, far",
                             "\xef\xb7\xbd ﷽ ﷽"};
    for (size_t i = 0; i < sizeof hostile / sizeof *hostile; i++) {
        clock_t start = clock();
        struct fn_image m = drawn(&plain, hostile[i], 150);
        assert_true((double)(clock() - start) / CLOCKS_PER_SEC < 2);
        size_t inside = drawn_ink(&m, X, Y, X + 150, Y + height);
        assert_true(inside > 0);
        assert_int_equal(inside, all_ink(&m));
        fn_image_destroy(&m);
    }
    /* At and beyond the edges of the picture; checked by ASan too. */
    struct fn_image m = page();
    fn_text_draw(fonts, &m, -30, -10, 100, &plain, "clipped", NULL);
    fn_text_draw(fonts, &m, WIDTH - 20, HEIGHT - 10, 100, &plain, "clipped", NULL);
    fn_text_draw(fonts, &m, 5000, 5000, 100, &plain, "clipped", NULL);
    fn_text_draw(fonts, &m, 0, 0, 0, &plain, "no room", NULL);
    fn_image_destroy(&m);
}

static int width_of(const char *text)
{
    return fn_text_width(fonts, &plain, text, NULL);
}

static void nothing_is_interpreted(void **state)
{
    (void)state;
    if (!fonts)
        skip();
    assert_true(width_of("<b>x</b>") > 4 * width_of("x"));
    assert_true(width_of("&amp;") > 3 * width_of("&"));
    assert_int_equal(width_of("a\tb\nc\x1b[31m"), width_of("a\\x09b\\x0ac\\x1b[31m"));
    assert_int_equal(width_of("\xe9t\xe9"), width_of("\\xe9t\\xe9"));
    assert_int_equal(width_of("\xe2\x80\xaegpj.exe"), width_of("\\xe2\\x80\\xaegpj.exe"));
    assert_int_equal(width_of(""), 0);
}

static bool same(const struct fn_text_style *s, const char *a, const char *b)
{
    struct fn_image m = drawn(s, a, 150), n = drawn(s, b, 150);
    bool equal = memcmp(m.data, n.data, m.stride * m.height) == 0;
    fn_image_destroy(&m);
    fn_image_destroy(&n);
    return equal;
}

static void a_file_name_keeps_its_ending(void **state)
{
    const struct fn_text_style middle = {.px = 14, .cut = FN_TEXT_MIDDLE}, end = {.px = 14};
    (void)state;
    if (!fonts)
        skip();
    assert_false(same(&middle, "summer holidays at the old mill by the river.jpg",
                      "summer holidays at the old mill by the river.png"));
    assert_true(same(&end, "summer holidays at the old mill by the river.jpg",
                     "summer holidays at the old mill by the river.png"));
    assert_false(same(&end, "Ann", "Tom"));
}

static void lines_are_aligned(void **state)
{
    struct fn_text_style s = plain;
    (void)state;
    if (!fonts)
        skip();
    int w = width_of("Ann");
    s.side = FN_TEXT_RIGHT;
    struct fn_image m = drawn(&s, "Ann", BOX);
    assert_int_equal(drawn_ink(&m, X + BOX - w - 1, 0, X + BOX, HEIGHT), all_ink(&m));
    fn_image_destroy(&m);
    s.side = FN_TEXT_CENTRE;
    m = drawn(&s, "Ann", BOX);
    int from = X + (BOX - w) / 2;
    assert_int_equal(drawn_ink(&m, from - 1, 0, from + w + 2, HEIGHT), all_ink(&m));
    fn_image_destroy(&m);
}

/* ---- other fonts than those that are installed: in a process of their own ---- */

static void write_config(const char *path, const char *dir)
{
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    (void)fprintf(f,
                  "<?xml version=\"1.0\"?><!DOCTYPE fontconfig SYSTEM \"fonts.dtd\">"
                  "<fontconfig><dir>%s</dir><cachedir>/proc/none</cachedir></fontconfig>\n",
                  dir);
    assert_int_equal(fclose(f), 0);
}

/* Runs body with only the fonts below dir, and nothing on standard error. Its result is 0 when
 * all is well. */
static void with_fonts(const char *dir, int (*body)(void))
{
    char path[] = "/tmp/fn-fonts-XXXXXX", said[256] = "";
    int fd = mkstemp(path), status = 0, says[2];
    assert_true(fd >= 0);
    (void)close(fd);
    assert_int_equal(pipe(says), 0);
    write_config(path, dir);
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        (void)setenv("FONTCONFIG_FILE", path, 1);
        (void)setenv("HOME", "/proc/none", 1);
        (void)dup2(says[1], STDERR_FILENO);
        _exit(body());
    }
    (void)close(says[1]);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    ssize_t n = read(says[0], said, sizeof said - 1);
    (void)close(says[0]);
    (void)unlink(path);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
    assert_int_equal(n, 0);
}

static int no_font(void)
{
    struct fn_text *t;
    struct fn_error err = {0};
    int rc = fn_text_open(&t, &err);
    return rc == FN_EUNSUPPORTED && strstr(err.text, "install fonts-dejavu-core") ? 0 : 1;
}

static void without_fonts_it_says_what_to_install(void **state)
{
    (void)state;
    with_fonts("/proc/none", no_font);
}

static int only_latin(void)
{
    /* woman, joiner, girl */
    static const char family[] = "\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x91\xa7";
    struct fn_text *t;
    struct fn_error err = {0};
    struct fn_image m;
    if (fn_text_open(&t, &err) || fn_image_create(WIDTH, HEIGHT, &m))
        return 1;
    if (*fn_text_missing(t))
        return 2;
    memset(m.data, 255, m.stride * m.height);
    fn_text_draw(t, &m, X, Y, BOX, &plain, "王小明", "pdwy");
    if (!strstr(fn_text_missing(t), "Chinese") ||
        !strstr(fn_text_missing(t), "install fonts-noto-cjk"))
        return 3;
    /* The id instead of the name; without one, the code points. */
    if (fn_text_width(t, &plain, "王小明", "pdwy") != fn_text_width(t, &plain, "pdwy", NULL))
        return 4;
    if (fn_text_width(t, &plain, "a 王小 b", NULL) !=
        fn_text_width(t, &plain, "a U+738B U+5C0F b", NULL))
        return 5;
    /* The parts of an emoji, without what joins them; a code point that no font has. */
    if (fn_text_width(t, &plain, family, NULL) !=
        fn_text_width(t, &plain, "U+1F469 U+1F467", NULL))
        return 6;
    if (!strstr(fn_text_missing(t), "fonts-noto-color-emoji"))
        return 7;
    fn_image_destroy(&m);
    fn_text_close(t);
    return 0;
}

static int private_use(void)
{
    struct fn_text *t;
    struct fn_error err = {0};
    if (fn_text_open(&t, &err))
        return 1;
    int drawn_as = fn_text_width(t, &plain, "\xf3\xb0\x80\x80", NULL),
        spelled = fn_text_width(t, &plain, "U+F0000", NULL);
    int rc = drawn_as != spelled ? 2 : *fn_text_missing(t) ? 3 : 0;
    fn_text_close(t);
    return rc;
}

static void no_letter_is_an_empty_box(void **state)
{
    static const char dejavu[] = "/usr/share/fonts/truetype/dejavu";
    (void)state;
    if (access(dejavu, R_OK)) {
        print_message("skipped: fonts-dejavu-core is not installed\n");
        skip();
    }
    with_fonts(dejavu, only_latin);
    with_fonts(dejavu, private_use);
}

static int no_module(void)
{
    struct fn_text *t;
    struct fn_error err = {0};
    (void)setenv("FACENETD_TEXT", "/proc/none.so", 1);
    if (fn_text_open(&t, &err) != FN_EUNSUPPORTED || !strstr(err.text, "/proc/none.so"))
        return 1;
    (void)setenv("FACENETD_TEXT", "/proc/self/maps", 1);
    return fn_text_open(&t, &err) == FN_EUNSUPPORTED && strstr(err.text, "libpangocairo") ? 0
                                                                                          : 2;
}

static void a_missing_module_is_named(void **state)
{
    (void)state;
    with_fonts("/proc/none", no_module);
}

int main(void)
{
    /* Those with fonts of their own come first: Fontconfig reads its configuration once. */
    const struct CMUnitTest own[] = {
        cmocka_unit_test(without_fonts_it_says_what_to_install),
        cmocka_unit_test(no_letter_is_an_empty_box),
        cmocka_unit_test(a_missing_module_is_named),
    };
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_script_is_drawn),
        cmocka_unit_test(right_to_left_text_begins_at_the_right),
        cmocka_unit_test(a_line_stays_in_its_box),
        cmocka_unit_test(nothing_is_interpreted),
        cmocka_unit_test(a_file_name_keeps_its_ending),
        cmocka_unit_test(lines_are_aligned),
    };
    int bad = cmocka_run_group_tests_name("fonts of their own", own, NULL, NULL);
    return bad + cmocka_run_group_tests_name("text", tests, open_fonts, close_fonts);
}
