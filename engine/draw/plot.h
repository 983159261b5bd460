/* SPDX-License-Identifier: MIT */
/* Charts: one description, drawn as SVG text or as pixels with the same layout. Labels are
 * UTF-8; strings and arrays are the caller's and are only read. */
#ifndef FN_ENGINE_DRAW_PLOT_H
#define FN_ENGINE_DRAW_PLOT_H

#include "engine/base/buf.h"
#include "engine/draw/draw_text.h"

enum { FN_PLOT_WIDTH = 800, FN_PLOT_HEIGHT = 560, FN_PLOT_LINES_MAX = 12 };

enum fn_plot_kind {
    FN_PLOT_LINE,
    FN_PLOT_DASHES,
    FN_PLOT_DOTS,
    FN_PLOT_BARS, /* x[i] .. x[i + 1] is a bar of height y[i]; x has n + 1 numbers; translucent
                   */
};
struct fn_plot_series {
    const char *label; /* for the legend; NULL: not in it */
    const double *x, *y;
    size_t n;
    enum fn_plot_kind kind;
    struct fn_rgb colour;
};
struct fn_plot_axis {
    const char *title; /* what, and its unit */
    double lo, hi;     /* lo < hi; a logarithmic axis requires lo > 0. Both 0: from the data,
                          rounded outward */
    bool log;
    const double *ticks; /* positions of labels instead of round numbers; NULL: round numbers */
    size_t n_ticks;
};
struct fn_plot_mark { /* a vertical line */
    const char *label;
    double x;
    struct fn_rgb colour;
};
struct fn_plot {
    const char *title;    /* what is shown, with the figure that matters */
    const char *subtitle; /* or NULL */
    struct fn_plot_axis x, y;
    const struct fn_plot_series *series;
    size_t n_series;
    const struct fn_plot_mark *marks;
    size_t n_marks;
    bool legend_left; /* otherwise on the right; both below the top edge of the field, or above
                         the lower one: */
    bool legend_low;
    bool legend_middle; /* halfway down */
    bool marks_low;     /* labels of marks above the lower edge */
};

/* Colours that can be distinguished on white and by colour-blind readers (Okabe & Ito 2008). */
extern const struct fn_rgb fn_plot_colours[6];

/* Points that are not finite, or not positive on a logarithmic axis, are left out. */
void fn_plot_svg(const struct fn_plot *p, struct fn_buf *out);
/* scale: pixels per unit of the layout, 1 to 4. -ENOMEM, -EINVAL. */
FN_NODISCARD int fn_plot_image(const struct fn_plot *p, struct fn_text *t, uint32_t scale,
                               struct fn_image *ret);
/* Both, as DIR/NAME.svg and DIR/NAME.png, each replaced as a whole. FN_EUNSUPPORTED, with what
 * to install, when there is no font for the second. */
FN_NODISCARD int fn_plot_save(const struct fn_plot *p, const char *dir, const char *name,
                              struct fn_error *err);

#endif
