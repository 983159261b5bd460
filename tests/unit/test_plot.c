/* SPDX-License-Identifier: MIT */
/* Charts: ticks, both output formats, and bad input. */
#include <fcntl.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "engine/base/file.h"
#include "engine/image/decode.h"
#include "engine/draw/plot.h"
#include "engine/draw/plot_priv.h"

static void near(double got, double want, double within, int line)
{
    if (!(fabs(got - want) <= within))
        fail_msg("line %d: %.17g is not within %g of %.17g", line, got, within, want);
}
#define NEAR(got, want, within) near((double)(got), (double)(want), within, __LINE__)

static void ticks_are_round(void **state)
{
    double t[FN_TICKS_MAX];
    char text[32];
    (void)state;
    assert_int_equal(fn_plot_ticks(0, 4, false, t), 9);
    NEAR(t[8], 4, 1e-12);
    assert_int_equal(fn_plot_ticks(.931, 1, false, t), 7);
    NEAR(t[0], .94, 1e-12);
    assert_int_equal(fn_plot_ticks(1e-5, 1, true, t), 6);
    NEAR(t[2], 1e-3, 1e-12);
    for (double lo = -7.3; lo < 1e7; lo = lo < 1 ? lo + 1.7 : lo * 31.7) {
        size_t n = fn_plot_ticks(lo, lo + 3.1 * fabs(lo), false, t);
        assert_true(n >= 3 && n <= 9);
        for (size_t i = 0; i < n; i++)
            assert_true(t[i] >= lo - 1e-6 * fabs(lo) && t[i] <= lo + 3.11 * fabs(lo));
    }
    fn_plot_tick_text(.94, .02, false, text, sizeof text);
    assert_string_equal(text, "0.94");
    fn_plot_tick_text(1e-5, 0, true, text, sizeof text);
    assert_string_equal(text, "1e-5");
    fn_plot_tick_text(.01, 0, true, text, sizeof text);
    assert_string_equal(text, "0.01");
    fn_plot_tick_text(3000, 500, false, text, sizeof text);
    assert_string_equal(text, "3000");
}

static double luma(const struct fn_image *m, uint32_t x, uint32_t y)
{
    const uint8_t *p = m->data + y * m->stride + 3 * (size_t)x;
    return (p[0] + p[1] + p[2]) / 3.0;
}

/* The ink of a line is its length times its width, in any direction. */
static void lines_are_as_wide_as_asked(void **state)
{
    const struct fn_rgb white = {255, 255, 255}, black = {0, 0, 0};
    (void)state;
    for (int k = 0; k < 24; k++) {
        struct fn_image m;
        double a = k * M_PI / 12, ink = 0, r = 60, width = 3;
        assert_int_equal(fn_image_create(160, 160, &m), 0);
        fn_draw_fill(&m, 0, 0, 160, 160, white);
        fn_draw_line(&m, 80 - r * cos(a), 80 - r * sin(a), 80 + r * cos(a), 80 + r * sin(a),
                     width, black);
        for (uint32_t y = 0; y < 160; y++)
            for (uint32_t x = 0; x < 160; x++)
                ink += 1 - luma(&m, x, y) / 255;
        double want = 2 * r * width + M_PI * width * width / 4;
        NEAR(ink, want, .03 * want);
        fn_image_destroy(&m);
    }
}

static void drawing_is_clipped(void **state)
{
    struct fn_image m;
    const struct fn_rgb c = {255, 0, 0};
    (void)state;
    assert_int_equal(fn_image_create(16, 8, &m), 0);
    fn_draw_line(&m, -1e9, 4, 1e9, 4, 2, c);
    fn_draw_line(&m, (double)NAN, 0, 5, 5, 2, c);
    fn_draw_line(&m, 3, -50, 3, -20, 2, c);
    fn_draw_blend(&m, -10, -10, 12, 12, c, .5);
    fn_draw_blend(&m, 100, 100, 12, 12, c, .5);
    assert_int_equal(m.data[4 * m.stride + 3 * 15], 255);
    assert_int_equal(m.data[0], 128);
    assert_int_equal(m.data[3 * 2], 0);
    fn_image_destroy(&m);
}

static const double xs[] = {0, 1, 2, 3, 4}, ys[] = {.1, .5, .9, .95, 1};

/* Skips the test when no font is installed. */
static struct fn_text *fonts_or_skip(void)
{
    struct fn_text *t = NULL;
    struct fn_error err = {0};
    if (fn_text_open(&t, &err)) {
        print_message("%s\n", err.text);
        skip();
    }
    return t;
}

static struct fn_plot example(const struct fn_plot_series *s, size_t n)
{
    return (struct fn_plot){.title = "Accuracy .995 & <more>",
                            .subtitle = "of pairs",
                            .x = {.title = "threshold"},
                            .y = {.title = "share", .lo = 0, .hi = 1},
                            .series = s,
                            .n_series = n};
}

static size_t count(const char *text, const char *part)
{
    size_t n = 0;
    for (const char *p = text; (p = strstr(p, part)); p += strlen(part))
        n++;
    return n;
}

static void svg_has_what_a_reader_needs(void **state)
{
    const struct fn_plot_series s[] = {{"first", xs, ys, 5, FN_PLOT_LINE, fn_plot_colours[0]},
                                       {"second", xs, ys, 4, FN_PLOT_BARS, fn_plot_colours[1]},
                                       {"third", xs, ys, 5, FN_PLOT_DOTS, fn_plot_colours[2]}};
    const struct fn_plot_mark m = {"here", 2.5, {0, 0, 0}};
    struct fn_plot p = example(s, 3);
    struct fn_buf b;
    (void)state;
    p.marks = &m;
    p.n_marks = 1;
    fn_buf_init(&b, 1 << 20);
    fn_plot_svg(&p, &b);
    const char *text = fn_buf_cstr(&b);
    assert_non_null(strstr(text, "Accuracy .995 &amp; &lt;more>"));
    static const char *const words[] = {">threshold<", ">share<", ">first<", ">second<",
                                        ">third<",     ">here<",  ">0.4<",   ">of pairs<"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        assert_non_null(strstr(text, words[i]));
    assert_int_equal(count(text, "<text"), count(text, "</text>"));
    assert_int_equal(count(text, "<circle"), 5 + 1);
    assert_int_equal(count(text, "<svg"), 1);
    assert_non_null(strstr(text, "</svg>"));
    assert_null(strstr(text, "nan"));
    fn_buf_finish(&b);
}

/* Many points on a smooth curve and on steps become few. No point of the curve is farther than
 * a quarter of a unit from the line. */
static void lines_have_no_more_points_than_are_seen(void **state)
{
    enum { N = 4001 };
    static double x[N], wave[N], steps[N];
    (void)state;
    for (size_t i = 0; i < N; i++) {
        x[i] = 4.0 * (double)i / (N - 1);
        wave[i] = .5 + .4 * sin(2 * x[i]);
        steps[i] = floor(x[i] * 5) / 20;
    }
    const double *const ys_of[] = {wave, steps};
    static const size_t most[] = {150, 60};
    for (int k = 0; k < 2; k++) {
        const struct fn_plot_series s = {"s", x, ys_of[k], N, FN_PLOT_LINE, {1, 2, 3}};
        struct fn_plot p = example(&s, 1);
        struct fn_buf b;
        double px = 0, py = 0, qx, qy;
        size_t n = 0, at = 0;
        p.x.hi = 4;
        fn_buf_init(&b, 1 << 20);
        fn_plot_svg(&p, &b);
        const char *text = strstr(fn_buf_cstr(&b), "#010203\" stroke-width=\"2\" points=\"");
        assert_non_null(text);
        text = strstr(text, "points=\"") + 8;
        for (int used; sscanf(text, "%lf,%lf%n", &qx, &qy, &used) == 2; n++) {
            text += used;
            /* the plot area: 72 .. 776 by 84 .. 496 */
            for (; n && at < N && 72 + x[at] / 4 * 704 <= qx + 1e-9; at++) {
                double cx = 72 + x[at] / 4 * 704, cy = 496 - ys_of[k][at] * 412;
                double dx = qx - px, dy = qy - py, d = hypot(dx, dy);
                double off = fabs((cx - px) * dy - (cy - py) * dx) / fmax(d, 1e-9);
                /* on a vertical step the point may belong to the piece before or after */
                if (k == 0)
                    assert_true(off < .25);
            }
            px = qx;
            py = qy;
        }
        assert_true(n > 10 && n <= most[k]);
        NEAR(px, 776, .06);
        fn_buf_finish(&b);
    }
}

/* The line of a series passes through its values, in its colour. */
static void pixels_follow_the_numbers(void **state)
{
    struct fn_text *fonts = fonts_or_skip();
    const double flat[] = {.5, .5, .5, .5, .5};
    const struct fn_plot_series s = {NULL, xs, flat, 5, FN_PLOT_LINE, fn_plot_colours[1]};
    const struct fn_plot p = example(&s, 1);
    struct fn_image m;
    (void)state;
    assert_int_equal(fn_plot_image(&p, fonts, 2, &m), 0);
    assert_int_equal(m.width, 2 * FN_PLOT_WIDTH);
    size_t rows = 0;
    double middle = 0;
    for (uint32_t y = 0; y < m.height; y++) {
        const uint8_t *px = m.data + y * m.stride + (size_t)3 * (m.width / 2 + 21);
        if (px[0] == fn_plot_colours[1].r && px[1] == fn_plot_colours[1].g) {
            middle += y + .5;
            rows++;
        }
    }
    assert_true(rows >= 3 && rows <= 5);
    /* halfway between the top of the plot area, 84, and its bottom, 560 - 64 */
    NEAR(middle / (double)rows, 2 * (84 + (560 - 64)) / 2.0, 1);
    assert_int_equal(fn_plot_image(&p, fonts, 9, &m), -22);
    fn_image_destroy(&m);
    fn_text_close(fonts);
}

static void bad_numbers_draw_nothing(void **state)
{
    struct fn_text *fonts = fonts_or_skip();
    const double bad[] = {(double)NAN, 0, -1, (double)INFINITY, 1e300};
    (void)state;
    for (int kind = FN_PLOT_LINE; kind <= FN_PLOT_BARS; kind++)
        for (int log = 0; log < 2; log++) {
            const struct fn_plot_series s = {"x",
                                             bad,
                                             bad,
                                             kind == FN_PLOT_BARS ? 4 : 5,
                                             (enum fn_plot_kind)kind,
                                             fn_plot_colours[0]};
            struct fn_plot p = example(&s, 1);
            struct fn_image m;
            struct fn_buf b;
            p.x.log = p.y.log = log;
            p.y.lo = p.y.hi = 0;
            fn_buf_init(&b, 1 << 20);
            fn_plot_svg(&p, &b);
            assert_false(fn_buf_failed(&b));
            assert_null(strstr(fn_buf_cstr(&b), "nan"));
            assert_int_equal(fn_plot_image(&p, fonts, 1, &m), 0);
            fn_image_destroy(&m);
            p.n_series = 0;
            assert_int_equal(fn_plot_image(&p, fonts, 1, &m), 0);
            fn_image_destroy(&m);
            fn_buf_finish(&b);
        }
    fn_text_close(fonts);
}

static void files_are_written(void **state)
{
    const struct fn_plot_series s = {"first", xs, ys, 5, FN_PLOT_LINE, fn_plot_colours[0]};
    const struct fn_plot p = example(&s, 1);
    const struct fn_decode_limits limits = {1 << 26, 1 << 28};
    char dir[] = "/tmp/fn-plot-XXXXXX", path[64];
    struct fn_error err = {0};
    struct fn_image_info info;
    struct stat st;
    (void)state;
    fn_text_close(fonts_or_skip());
    assert_non_null(mkdtemp(dir));
    assert_int_equal(fn_plot_save(&p, dir, "chart", &err), 0);
    (void)snprintf(path, sizeof path, "%s/chart.png", dir);
    int fd = open(path, O_RDONLY);
    assert_true(fd >= 0);
    assert_int_equal(fstat(fd, &st), 0);
    const struct fn_source src = {fd, (uint64_t)st.st_size};
    assert_int_equal(fn_image_probe(&src, &limits, &info, &err), 0);
    assert_int_equal(info.width, 2 * FN_PLOT_WIDTH);
    (void)close(fd);
    assert_int_equal(unlink(path), 0);
    (void)snprintf(path, sizeof path, "%s/chart.svg", dir);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(rmdir(dir), 0); /* nothing else is left */
    assert_int_not_equal(fn_plot_save(&p, "/proc/none", "chart", &err), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ticks_are_round),
        cmocka_unit_test(lines_are_as_wide_as_asked),
        cmocka_unit_test(drawing_is_clipped),
        cmocka_unit_test(svg_has_what_a_reader_needs),
        cmocka_unit_test(lines_have_no_more_points_than_are_seen),
        cmocka_unit_test(pixels_follow_the_numbers),
        cmocka_unit_test(bad_numbers_draw_nothing),
        cmocka_unit_test(files_are_written),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
