/* SPDX-License-Identifier: MIT */
/* Drawing primitives of a chart: two kinds of paper behind one table. Coordinates are units of
 * the layout, y downward. */
#ifndef FN_ENGINE_DRAW_PLOT_PRIV_H
#define FN_ENGINE_DRAW_PLOT_PRIV_H

#include "engine/draw/plot.h"

struct fn_paper {
    void (*line)(void *ctx, const double (*p)[2], size_t n, double width, struct fn_rgb c,
                 bool dashed); /* a polyline */
    void (*bar)(void *ctx, double x, double y, double w, double h, struct fn_rgb c,
                double alpha);
    void (*dot)(void *ctx, double x, double y, double radius, struct fn_rgb c);
    /* One line of FN_PLOT_PX, bold of FN_PLOT_BOLD_PX. x: its left end, middle or right end; y:
     * its top. */
    void (*text)(void *ctx, double x, double y, enum fn_text_side side, const char *s,
                 struct fn_rgb c, bool bold);
    double (*width)(void *ctx, const char *s); /* of a text that is not bold */
    void *ctx;
};
enum { FN_PLOT_PX = 13, FN_PLOT_BOLD_PX = 15 };

void fn_plot_draw(const struct fn_plot *p, const struct fn_paper *paper);

/* Round numbers in [lo, hi]: 1, 2 or 5 times a power of ten apart, or the powers of ten of a
 * logarithmic axis. */
enum { FN_TICKS_MAX = 24 };
size_t fn_plot_ticks(double lo, double hi, bool log, double out[FN_TICKS_MAX]);
void fn_plot_tick_text(double v, double step, bool log, char *out, size_t size);

#endif
