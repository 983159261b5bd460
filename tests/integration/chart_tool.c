/* SPDX-License-Identifier: MIT */
/* chart_tool DIR NAME TITLE: draws DIR/NAME.png and .svg, pictures without a face. */
#include <stdio.h>

#include "engine/draw/plot.h"

int main(int argc, char **argv)
{
    const double x[] = {0, 1, 2, 3}, y[] = {.2, .9, .4, .7};
    struct fn_error err = {0};
    if (argc != 4)
        return 2;
    const struct fn_plot_series s = {argv[3], x, y, 4, FN_PLOT_LINE, fn_plot_colours[0]};
    const struct fn_plot p = {.title = argv[3],
                              .x = {.title = "x"},
                              .y = {.title = "y", .lo = 0, .hi = 1},
                              .series = &s,
                              .n_series = 1};
    if (fn_plot_save(&p, argv[1], argv[2], &err)) {
        (void)fprintf(stderr, "%s\n", err.text);
        return 1;
    }
    return 0;
}
