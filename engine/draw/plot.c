/* SPDX-License-Identifier: MIT */
/* The layout of a chart: title and subtitle on top, the name of the vertical axis above it,
 * then the field with grid, series, marks and legend, ticks and the name of the horizontal axis
 * below. */
#include "engine/draw/plot.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/draw/plot_priv.h"

const struct fn_rgb fn_plot_colours[6] = {{0, 114, 178},   {213, 94, 0},  {0, 158, 115},
                                          {204, 121, 167}, {230, 159, 0}, {86, 180, 233}};

static const struct fn_rgb ink = {30, 30, 30}, grey = {110, 110, 110}, light = {228, 228, 228},
                           white = {255, 255, 255};
enum {
    LEFT = 72,
    RIGHT = 24,
    TOP = 84,
    BOTTOM = 64,
    TICK_GAP = 8, /* between the labels of ticks */
    LINE_HEIGHT = 20
};

struct field {
    const struct fn_plot *p;
    const struct fn_paper *paper;
    struct fn_plot_axis x, y; /* with their ranges */
    double left, top, right, bottom;
};

/* ---- numbers ---- */

static double step_for(double range)
{
    double raw = range / 8, base = pow(10, floor(log10(raw)));
    return raw <= base * 1.0001   ? base
           : raw <= base * 2.0001 ? 2 * base
           : raw <= base * 5.0001 ? 5 * base
                                  : 10 * base;
}

size_t fn_plot_ticks(double lo, double hi, bool log, double out[FN_TICKS_MAX])
{
    size_t n = 0;
    if (log) {
        int from = (int)ceil(log10(lo) - 1e-9), to = (int)floor(log10(hi) + 1e-9);
        int step = (to - from) / 10 + 1;
        for (int i = from; i <= to && n < FN_TICKS_MAX; i += step)
            out[n++] = pow(10, i);
        return n;
    }
    double step = step_for(hi - lo);
    for (double i = ceil(lo / step - 1e-9); i * step <= hi + step * 1e-9 && n < FN_TICKS_MAX;
         i++)
        out[n++] = i == 0 ? 0 : i * step;
    return n;
}

void fn_plot_tick_text(double v, double step, bool log, char *out, size_t size)
{
    int places = step > 0 ? (int)ceil(-log10(step) - 1e-9) : 0;
    if (log && (v < 1e-3 || v >= 1e6))
        (void)snprintf(out, size, "1e%d", (int)lround(log10(v)));
    else if (log)
        (void)snprintf(out, size, "%g", v);
    else if (fabs(v) >= 1e6)
        (void)snprintf(out, size, "%.4g", v);
    else
        (void)snprintf(out, size, "%.*f", places > 0 ? places : 0, v);
}

static bool shown(const struct fn_plot_axis *a, double v)
{
    return isfinite(v) && (!a->log || v > 0);
}

/* The range of the data when none is given. */
static void fit_axis(const struct fn_plot *p, bool is_x, struct fn_plot_axis *a)
{
    double lo = (double)INFINITY, hi = -(double)INFINITY;
    if (a->lo < a->hi)
        return;
    for (size_t s = 0; s < p->n_series; s++) {
        const struct fn_plot_series *q = &p->series[s];
        const double *v = is_x ? q->x : q->y;
        for (size_t i = 0; i < q->n + (is_x && q->kind == FN_PLOT_BARS && q->n); i++) {
            if (!shown(a, v[i]))
                continue;
            lo = fmin(lo, v[i]);
            hi = fmax(hi, v[i]);
        }
        if (!is_x && q->kind == FN_PLOT_BARS && !a->log)
            lo = fmin(lo, 0);
    }
    if (!(lo <= hi))
        lo = a->log ? .1 : 0, hi = 1;
    if (a->log) {
        a->lo = pow(10, floor(log10(lo) + 1e-9));
        a->hi = pow(10, ceil(log10(hi) - 1e-9));
        a->hi = a->hi > a->lo ? a->hi : a->lo * 10;
        return;
    }
    if (lo == hi)
        lo -= lo != 0 ? fabs(lo) / 10 : 0, hi += hi != 0 ? fabs(hi) / 10 : 1;
    double step = step_for(hi - lo);
    a->lo = is_x ? lo : floor(lo / step + 1e-9) * step;
    a->hi = is_x ? hi : ceil(hi / step - 1e-9) * step;
}

static double share(const struct fn_plot_axis *a, double v)
{
    return a->log ? (log10(v) - log10(a->lo)) / (log10(a->hi) - log10(a->lo))
                  : (v - a->lo) / (a->hi - a->lo);
}

static double x_of(const struct field *f, double v)
{
    return f->left + share(&f->x, v) * (f->right - f->left);
}

static double y_of(const struct field *f, double v)
{
    return f->bottom - share(&f->y, v) * (f->bottom - f->top);
}

/* ---- parts ---- */

static double text_width(const struct field *f, const char *s)
{
    return f->paper->width(f->paper->ctx, s);
}

static void label(const struct field *f, double x, double y, enum fn_text_side side,
                  const char *s, struct fn_rgb c)
{
    f->paper->text(f->paper->ctx, x, y, side, s, c, false);
}

static void segment(const struct field *f, double x0, double y0, double x1, double y1,
                    double width, struct fn_rgb c, bool dashed)
{
    const double p[2][2] = {{x0, y0}, {x1, y1}};
    f->paper->line(f->paper->ctx, p, 2, width, c, dashed);
}

static void draw_ticks(const struct field *f, bool is_x)
{
    const struct fn_plot_axis *a = is_x ? &f->x : &f->y;
    double tick[FN_TICKS_MAX], next = -(double)INFINITY;
    char text[32];
    size_t n = fn_plot_ticks(a->lo, a->hi, a->log, tick);
    double step = a->log ? 0 : step_for(a->hi - a->lo);
    if (a->ticks) {
        n = a->n_ticks < FN_TICKS_MAX ? a->n_ticks : FN_TICKS_MAX;
        memcpy(tick, a->ticks, n * sizeof *tick);
    }
    for (size_t i = 0; i < n; i++) {
        fn_plot_tick_text(tick[i], step, a->log, text, sizeof text);
        double w = text_width(f, text), at = is_x ? x_of(f, tick[i]) : y_of(f, tick[i]);
        if (is_x)
            segment(f, at, f->top, at, f->bottom, 1, light, false);
        else
            segment(f, f->left, at, f->right, at, 1, light, false);
        if (!is_x) {
            label(f, f->left - 8, at - 8, FN_TEXT_RIGHT, text, ink);
        } else if (at - w / 2 > next) {
            label(f, at, f->bottom + 6, FN_TEXT_CENTRE, text, ink);
            next = at + w / 2 + TICK_GAP;
        }
    }
    for (size_t i = 0; a->log && !a->ticks && i + 1 < n; i++)
        for (int k = 2; k < 10; k++) {
            double at = is_x ? x_of(f, k * tick[i]) : y_of(f, k * tick[i]);
            if (is_x)
                segment(f, at, f->bottom - 4, at, f->bottom, 1, grey, false);
            else
                segment(f, f->left, at, f->left + 4, at, 1, grey, false);
        }
}

static void draw_frame(const struct field *f)
{
    const struct fn_plot *p = f->p;
    const struct fn_paper *o = f->paper;
    o->bar(o->ctx, 0, 0, FN_PLOT_WIDTH, FN_PLOT_HEIGHT, white, 1);
    o->text(o->ctx, 16, 12, FN_TEXT_LEFT, p->title ? p->title : "", ink, true);
    if (p->subtitle)
        label(f, 16, 34, FN_TEXT_LEFT, p->subtitle, grey);
    if (p->y.title)
        label(f, 16, 60, FN_TEXT_LEFT, p->y.title, ink);
    if (p->x.title)
        label(f, (f->left + f->right) / 2, f->bottom + 32, FN_TEXT_CENTRE, p->x.title, ink);
    draw_ticks(f, true);
    draw_ticks(f, false);
}

/* Liang & Barsky 1984: the part of a segment inside the field; false: none. */
static bool clip(const struct field *f, double p[2][2])
{
    double dx = p[1][0] - p[0][0], dy = p[1][1] - p[0][1], t0 = 0, t1 = 1;
    const double d[4] = {-dx, dx, -dy, dy};
    const double q[4] = {p[0][0] - f->left, f->right - p[0][0], p[0][1] - f->top,
                         f->bottom - p[0][1]};
    for (int i = 0; i < 4; i++) {
        if (d[i] == 0 && q[i] < 0)
            return false;
        double t = d[i] != 0 ? q[i] / d[i] : 0;
        if (d[i] < 0)
            t0 = fmax(t0, t);
        else if (d[i] > 0)
            t1 = fmin(t1, t);
    }
    if (t0 > t1)
        return false;
    const double x = p[0][0], y = p[0][1];
    p[0][0] = x + t0 * dx;
    p[0][1] = y + t0 * dy;
    p[1][0] = x + t1 * dx;
    p[1][1] = y + t1 * dy;
    return true;
}

static bool place(const struct field *f, double x, double y, double out[2])
{
    if (!shown(&f->x, x) || !shown(&f->y, y))
        return false;
    out[0] = x_of(f, x);
    out[1] = y_of(f, y);
    return true;
}

/* A run of points that are joined. Points that a straight line passes within .15 of a unit are
 * left out: as long as all since the last point used can be seen from it through one narrow
 * cone (Williams 1978), only the farthest is needed. */
struct run {
    const struct field *f;
    const struct fn_plot_series *s;
    double p[256][2];
    size_t n;         /* the last one may still be replaced */
    double low, high; /* the cone, as angles; low > high: the last one stays */
};
static const double unseen = .15;

static void flush_run(struct run *r)
{
    if (r->n)
        r->f->paper->line(r->f->paper->ctx, (const double(*)[2])r->p, r->n, 2, r->s->colour,
                          r->s->kind == FN_PLOT_DASHES);
    r->n = 0;
}

/* The cone in which points may be so that p is not missed; around direction mid, to avoid a
 * jump at pi. */
static void narrow(struct run *r, const double from[2], const double p[2], double mid)
{
    double d = hypot(p[0] - from[0], p[1] - from[1]);
    double a = remainder(atan2(p[1] - from[1], p[0] - from[0]) - mid, 2 * M_PI);
    double half = d > unseen ? asin(unseen / d) : M_PI;
    r->low = fmax(r->low, mid + a - half);
    r->high = fmin(r->high, mid + a + half);
}

static void add_point(struct run *r, const double p[2])
{
    const size_t most = sizeof r->p / sizeof *r->p;
    if (r->n >= 2) {
        const double *from = r->p[r->n - 2], *last = r->p[r->n - 1];
        double d = hypot(p[0] - from[0], p[1] - from[1]), mid = (r->low + r->high) / 2;
        double a = mid + remainder(atan2(p[1] - from[1], p[0] - from[0]) - mid, 2 * M_PI);
        if (d >= hypot(last[0] - from[0], last[1] - from[1]) && a >= r->low && a <= r->high) {
            memcpy(r->p[r->n - 1], p, sizeof *r->p);
            narrow(r, from, p, mid);
            return;
        }
    }
    if (r->n == most) {
        double last[2];
        memcpy(last, r->p[most - 1], sizeof last);
        flush_run(r);
        memcpy(r->p[r->n++], last, sizeof last);
    }
    memcpy(r->p[r->n++], p, sizeof *r->p);
    if (r->n < 2)
        return;
    const double *from = r->p[r->n - 2];
    double mid = atan2(p[1] - from[1], p[0] - from[0]);
    r->low = mid - M_PI;
    r->high = mid + M_PI;
    narrow(r, from, p, mid);
}

/* Pieces inside the field are passed on whole, so that dashes continue and joints are drawn
 * once. */
static void draw_line(const struct field *f, const struct fn_plot_series *s)
{
    struct run r = {.f = f, .s = s};
    double end[2] = {0, 0}; /* of the piece before, as it was before points were left out */
    for (size_t i = 0; i + 1 < s->n; i++) {
        double p[2][2];
        bool there = place(f, s->x[i], s->y[i], p[0]) &&
                     place(f, s->x[i + 1], s->y[i + 1], p[1]) && clip(f, p);
        bool joins =
            r.n && there && fabs(end[0] - p[0][0]) < 1e-6 && fabs(end[1] - p[0][1]) < 1e-6;
        if (!joins)
            flush_run(&r);
        if (!there)
            continue;
        if (!r.n)
            add_point(&r, p[0]);
        add_point(&r, p[1]);
        memcpy(end, p[1], sizeof end);
    }
    flush_run(&r);
}

static void draw_dots(const struct field *f, const struct fn_plot_series *s)
{
    for (size_t i = 0; i < s->n; i++) {
        double p[2];
        if (place(f, s->x[i], s->y[i], p) && p[0] >= f->left && p[0] <= f->right &&
            p[1] >= f->top && p[1] <= f->bottom)
            f->paper->dot(f->paper->ctx, p[0], p[1], 3.5, s->colour);
    }
}

static void draw_bars(const struct field *f, const struct fn_plot_series *s)
{
    for (size_t i = 0; i < s->n; i++) {
        double a[2], b[2];
        if (!place(f, s->x[i], s->y[i], a) || !place(f, s->x[i + 1], s->y[i], b))
            continue;
        double x0 = fmax(a[0], f->left), x1 = fmin(b[0], f->right);
        double y0 = fmax(fmin(a[1], f->bottom), f->top);
        if (x1 > x0 && f->bottom > y0)
            f->paper->bar(f->paper->ctx, x0, y0, x1 - x0, f->bottom - y0, s->colour, .55);
    }
}

static void draw_marks(const struct field *f)
{
    for (size_t i = 0; i < f->p->n_marks; i++) {
        const struct fn_plot_mark *m = &f->p->marks[i];
        double p[2];
        if (!place(f, m->x, f->y.lo, p) || p[0] < f->left || p[0] > f->right)
            continue;
        segment(f, p[0], f->top, p[0], f->bottom, 1.5, m->colour, true);
        if (!m->label)
            continue;
        bool turn = p[0] + 5 + text_width(f, m->label) > f->right;
        double down = LINE_HEIGHT * (double)i;
        label(f, turn ? p[0] - 5 : p[0] + 5,
              f->p->marks_low ? f->bottom - LINE_HEIGHT - down : f->top + 4 + down,
              turn ? FN_TEXT_RIGHT : FN_TEXT_LEFT, m->label, m->colour);
    }
}

static void draw_legend(const struct field *f)
{
    const struct fn_plot *p = f->p;
    const struct fn_paper *o = f->paper;
    double width = 0, at;
    size_t n = 0;
    for (size_t i = 0; i < p->n_series; i++) {
        if (!p->series[i].label)
            continue;
        width = fmax(width, text_width(f, p->series[i].label));
        n++;
    }
    if (!n)
        return;
    double w = width + 52, h = LINE_HEIGHT * (double)n + 12;
    double x = p->legend_left ? f->left + 12 : f->right - w - 12;
    double y = p->legend_low      ? f->bottom - h - 12
               : p->legend_middle ? (f->top + f->bottom - h) / 2
                                  : f->top + 12;
    o->bar(o->ctx, x, y, w, h, white, .85);
    at = y + 8;
    for (size_t i = 0; i < p->n_series; i++) {
        const struct fn_plot_series *s = &p->series[i];
        if (!s->label)
            continue;
        if (s->kind == FN_PLOT_BARS)
            o->bar(o->ctx, x + 10, at + 2, 26, 12, s->colour, .55);
        else if (s->kind == FN_PLOT_DOTS)
            o->dot(o->ctx, x + 23, at + 8, 3.5, s->colour);
        else
            segment(f, x + 10, at + 8, x + 36, at + 8, 2, s->colour, s->kind == FN_PLOT_DASHES);
        label(f, x + 44, at, FN_TEXT_LEFT, s->label, ink);
        at += LINE_HEIGHT;
    }
}

void fn_plot_draw(const struct fn_plot *p, const struct fn_paper *paper)
{
    struct field f = {
        p, paper, p->x, p->y, LEFT, TOP, FN_PLOT_WIDTH - RIGHT, FN_PLOT_HEIGHT - BOTTOM};
    fit_axis(p, true, &f.x);
    fit_axis(p, false, &f.y);
    draw_frame(&f);
    for (size_t i = 0; i < p->n_series; i++) {
        const struct fn_plot_series *s = &p->series[i];
        if (s->kind == FN_PLOT_BARS)
            draw_bars(&f, s);
        else if (s->kind == FN_PLOT_DOTS)
            draw_dots(&f, s);
        else
            draw_line(&f, s);
    }
    draw_marks(&f);
    const double axes[3][2] = {{f.left, f.top}, {f.left, f.bottom}, {f.right, f.bottom}};
    paper->line(paper->ctx, axes, 3, 1, ink, false);
    draw_legend(&f);
}
