/* SPDX-License-Identifier: MIT */
/* The two kinds of paper a chart is drawn on: SVG 1.1 text and pixels. */
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "engine/base/file.h"
#include "engine/base/paths.h"
#include "engine/base/utf8.h"
#include "engine/draw/plot_priv.h"

/* ---- SVG ---- */

static void svg_line(void *ctx, const double (*p)[2], size_t n, double width, struct fn_rgb c,
                     bool dashed)
{
    struct fn_buf *b = ctx;
    fn_buf_printf(
        b, "<polyline fill=\"none\" stroke=\"#%02x%02x%02x\" stroke-width=\"%g\"%s points=\"",
        c.r, c.g, c.b, width, dashed ? " stroke-dasharray=\"6 4\"" : "");
    for (size_t i = 0; i < n; i++)
        fn_buf_printf(b, "%s%.1f,%.1f", i ? " " : "", p[i][0], p[i][1]);
    fn_buf_str(b, "\"/>\n");
}

static void svg_bar(void *ctx, double x, double y, double w, double h, struct fn_rgb c,
                    double alpha)
{
    fn_buf_printf(ctx,
                  "<rect x=\"%.2f\" y=\"%.2f\" width=\"%.2f\" height=\"%.2f\" "
                  "fill=\"#%02x%02x%02x\" fill-opacity=\"%g\"/>\n",
                  x, y, w, h, c.r, c.g, c.b, alpha);
}

static void svg_dot(void *ctx, double x, double y, double radius, struct fn_rgb c)
{
    fn_buf_printf(ctx, "<circle cx=\"%.2f\" cy=\"%.2f\" r=\"%g\" fill=\"#%02x%02x%02x\"/>\n", x,
                  y, radius, c.r, c.g, c.b);
}

static void svg_text(void *ctx, double x, double y, enum fn_text_side side, const char *s,
                     struct fn_rgb c, bool bold)
{
    static const char *const anchors[] = {[FN_TEXT_LEFT] = "",
                                          [FN_TEXT_CENTRE] = " text-anchor=\"middle\"",
                                          [FN_TEXT_RIGHT] = " text-anchor=\"end\""};
    struct fn_buf *b = ctx;
    fn_buf_printf(b, "<text x=\"%.2f\" y=\"%.2f\" fill=\"#%02x%02x%02x\"%s", x, y + 13, c.r,
                  c.g, c.b, anchors[side]);
    if (bold)
        fn_buf_printf(b, " font-size=\"%d\" font-weight=\"bold\"", FN_PLOT_BOLD_PX);
    fn_buf_char(b, '>');
    for (; *s; s++) {
        if (*s == '<')
            fn_buf_str(b, "&lt;");
        else if (*s == '&')
            fn_buf_str(b, "&amp;");
        else if ((unsigned char)*s >= ' ')
            fn_buf_char(b, *s);
    }
    fn_buf_str(b, "</text>\n");
}

/* About: the font is that of the viewer. */
static double svg_width(void *ctx, const char *s)
{
    (void)ctx;
    return .6 * FN_PLOT_PX * (double)fn_utf8_width(s, strlen(s));
}

void fn_plot_svg(const struct fn_plot *p, struct fn_buf *out)
{
    const struct fn_paper paper = {svg_line, svg_bar, svg_dot, svg_text, svg_width, out};
    fn_buf_printf(
        out,
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" "
        "viewBox=\"0 0 %d %d\" font-family=\"DejaVu Sans, Noto Sans, Verdana, sans-serif\" "
        "font-size=\"%d\" xml:space=\"preserve\">\n",
        FN_PLOT_WIDTH, FN_PLOT_HEIGHT, FN_PLOT_WIDTH, FN_PLOT_HEIGHT, FN_PLOT_PX);
    fn_plot_draw(p, &paper);
    fn_buf_str(out, "</svg>\n");
}

/* ---- pixels ---- */

struct canvas {
    struct fn_image m;
    struct fn_text *t;
    double scale;
};

/* Dashes of 6 and gaps of 4 units run on from segment to segment: *phase is the way gone. */
static void dashed_segment(struct canvas *c, const double a[2], const double b[2], double width,
                           struct fn_rgb colour, double *phase)
{
    double dx = b[0] - a[0], dy = b[1] - a[1], length = hypot(dx, dy), at = 0;
    while (at < length) {
        double in = fmod(*phase, 10), left = in < 6 ? 6 - in : 10 - in;
        double go = fmin(left, length - at), s = c->scale;
        if (in < 6)
            fn_draw_line(&c->m, s * (a[0] + dx * at / length), s * (a[1] + dy * at / length),
                         s * (a[0] + dx * (at + go) / length),
                         s * (a[1] + dy * (at + go) / length), s * width, colour);
        at += go > 0 ? go : 1e-6;
        *phase += go > 0 ? go : 1e-6;
    }
}

static void pixel_line(void *ctx, const double (*p)[2], size_t n, double width, struct fn_rgb c,
                       bool dashed)
{
    struct canvas *v = ctx;
    double s = v->scale, phase = 0;
    for (size_t i = 0; i + 1 < n; i++) {
        if (dashed)
            dashed_segment(v, p[i], p[i + 1], width, c, &phase);
        else
            fn_draw_line(&v->m, s * p[i][0], s * p[i][1], s * p[i + 1][0], s * p[i + 1][1],
                         s * width, c);
    }
}

static void pixel_bar(void *ctx, double x, double y, double w, double h, struct fn_rgb c,
                      double alpha)
{
    struct canvas *v = ctx;
    /* Edges on whole pixels, so that neighbouring bars meet without a seam. */
    int x0 = (int)lround(x * v->scale), x1 = (int)lround((x + w) * v->scale);
    int y0 = (int)lround(y * v->scale), y1 = (int)lround((y + h) * v->scale);
    fn_draw_blend(&v->m, x0, y0, x1 - x0, y1 - y0, c, alpha);
}

static void pixel_dot(void *ctx, double x, double y, double radius, struct fn_rgb c)
{
    struct canvas *v = ctx;
    double s = v->scale;
    fn_draw_line(&v->m, s * x, s * y, s * x, s * y, 2 * s * radius, c);
}

static void pixel_text(void *ctx, double x, double y, enum fn_text_side side, const char *t,
                       struct fn_rgb c, bool bold)
{
    struct canvas *v = ctx;
    const struct fn_text_style style = {.px = v->scale * (bold ? FN_PLOT_BOLD_PX : FN_PLOT_PX),
                                        .bold = bold,
                                        .side = side,
                                        .colour = c};
    /* What the text may take: up to the edges of the chart. Its base line is that of SVG. */
    double left = side == FN_TEXT_LEFT ? x : 0, right = FN_PLOT_WIDTH, lift = bold ? 3 : 1.5;
    if (side == FN_TEXT_CENTRE)
        left = fmax(0, 2 * x - FN_PLOT_WIDTH), right = fmin(FN_PLOT_WIDTH, 2 * x);
    if (side == FN_TEXT_RIGHT)
        right = x;
    fn_text_draw(v->t, &v->m, (int)lround(left * v->scale), (int)lround((y - lift) * v->scale),
                 (int)lround((right - left) * v->scale), &style, t, NULL);
}

static double pixel_width(void *ctx, const char *s)
{
    const struct canvas *v = ctx;
    const struct fn_text_style style = {.px = v->scale * FN_PLOT_PX};
    return fn_text_width(v->t, &style, s, NULL) / v->scale;
}

int fn_plot_image(const struct fn_plot *p, struct fn_text *t, uint32_t scale,
                  struct fn_image *ret)
{
    struct canvas c = {.scale = scale, .t = t};
    const struct fn_paper paper = {pixel_line, pixel_bar,   pixel_dot,
                                   pixel_text, pixel_width, &c};
    if (scale < 1 || scale > 4)
        return -EINVAL;
    int rc = fn_image_create(FN_PLOT_WIDTH * scale, FN_PLOT_HEIGHT * scale, &c.m);
    if (rc)
        return rc;
    fn_plot_draw(p, &paper);
    if (fn_text_failed(t)) {
        fn_image_destroy(&c.m);
        return -ENOMEM;
    }
    *ret = c.m;
    return 0;
}

/* ---- files ---- */

static int save_png(const struct fn_plot *p, const char *path, struct fn_error *err)
{
    struct fn_image m = {0};
    struct fn_text *t;
    char tmp[FN_PATH_MAX];
    int rc = fn_text_open(&t, err);
    if (rc)
        return rc;
    rc = fn_plot_image(p, t, 2, &m);
    fn_text_close(t);
    if (rc)
        return fn_error_set(err, rc, "cannot draw: %s", fn_strerror(rc));
    if (snprintf(tmp, sizeof tmp, "%s.tmp-%ld", path, (long)getpid()) >= (int)sizeof tmp)
        rc = fn_error_set(err, -ENAMETOOLONG, "'%s': too long", path);
    int fd = rc ? -1 : open(tmp, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    if (!rc && fd < 0)
        rc = fn_error_set(err, -errno, "'%s': %s", path, fn_strerror(-errno));
    rc = rc ? rc : fn_image_write_png_fd(fd, &m, err);
    if (fd >= 0 && close(fd) < 0 && !rc)
        rc = fn_error_set(err, -errno, "'%s': %s", path, fn_strerror(-errno));
    if (!rc && rename(tmp, path) < 0)
        rc = fn_error_set(err, -errno, "'%s': %s", path, fn_strerror(-errno));
    if (rc && fd >= 0)
        (void)unlink(tmp);
    fn_image_destroy(&m);
    return rc;
}

int fn_plot_save(const struct fn_plot *p, const char *dir, const char *name,
                 struct fn_error *err)
{
    char svg[FN_PATH_MAX], png[FN_PATH_MAX];
    struct fn_buf text;
    int rc = fn_mkdirs(dir, 0755, err);
    if (!rc && (snprintf(svg, sizeof svg, "%s/%s.svg", dir, name) >= (int)sizeof svg ||
                snprintf(png, sizeof png, "%s/%s.png", dir, name) >= (int)sizeof png))
        rc = fn_error_set(err, -ENAMETOOLONG, "'%s': too long", dir);
    if (rc)
        return rc;
    fn_buf_init(&text, 64 << 20);
    fn_plot_svg(p, &text);
    rc = fn_buf_failed(&text) ? fn_error_set(err, -ENOMEM, "out of memory")
                              : fn_file_write_atomic(svg, text.data, text.len, 0644, err);
    fn_buf_finish(&text);
    return rc ? rc : save_png(p, png, err);
}
