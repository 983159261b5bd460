/* SPDX-License-Identifier: MIT */
#include "cli/program/progress_text.h"

#include <stdio.h>

#include "engine/base/clock.h"
#include "engine/base/numbers.h"
#include "engine/base/status_line.h"

void fnq_progress_text(char *out, size_t size, const struct fnq_steps *s, size_t columns)
{
    struct fn_progress_part part[3] = {{.rank = 0}, {.rank = 2}, {.rank = 1}};
    char so_far[32], all[32], span[32];
    fn_thousands(so_far, sizeof so_far, s->done);
    fn_thousands(all, sizeof all, s->n);
    (void)snprintf(part[0].text, sizeof part[0].text, "%s of %s %s", so_far, all, s->what);
    if (s->done && s->seconds > 0) {
        double left = s->seconds * (double)(s->n - s->done) / (double)s->done;
        fn_span(span, sizeof span, left < 1 ? 1 : left);
        (void)snprintf(part[1].text, sizeof part[1].text, "%.1f/s",
                       (double)s->done / s->seconds);
        (void)snprintf(part[2].text, sizeof part[2].text, "about %s", span);
    }
    fn_progress_join(out, size, part, 3, columns);
}

void fnq_progress(const struct fnq_ctx *ctx, const struct fnq_steps *s)
{
    static struct fn_progress line; /* there is one standard error */
    uint64_t now = fn_clock_mono_ns();
    char text[256];
    if (ctx->o.quiet)
        return;
    if (s->last) {
        fn_progress_end(&line);
    } else if (fn_progress_due(&line, now)) {
        fnq_progress_text(text, sizeof text, s, fn_progress_columns(&line));
        fn_progress_show(&line, now, text);
    }
}
