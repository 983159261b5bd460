/* SPDX-License-Identifier: MIT */
/* fnq pause. */
#include <stdio.h>
#include <time.h>

#include "cli/library/daemon_requests.h"
#include "cli/program/command.h"
#include "cli/running/daemon_done.h"
#include "cli/running/until.h"
#include "engine/base/clock.h"

struct options {
    const char *until;
};
static const struct fn_opt table[] = {
    OPT_TEXT(until, "until", 0, "TIME",
             "resume at this time (18:00) or after this time (90m, 2h)"),
    OPT_END,
};

static int run(struct fnq_ctx *ctx, const struct options *o, int argc, char **argv)
{
    char done[64] = "paused until fnq resume";
    struct fn_error err = {0};
    int64_t until = 0;
    struct tm tm;
    (void)argv;
    if (argc)
        return fnq_usage(ctx, "pause takes no operands.");
    if (o->until && !(until = fnq_parse_until(o->until, fn_clock_wall_s())))
        return fnq_usage(ctx,
                         "pause: --until '%s' is neither a time (18:00) nor a span (90m, 2h).",
                         o->until);
    time_t t = (time_t)until;
    if (until && localtime_r(&t, &tm))
        (void)snprintf(done, sizeof done, "paused until %02d:%02d", tm.tm_hour, tm.tm_min);
    int rc = fnl_daemon_pause(ctx->lib, until, &err);
    return fnq_daemon_done(ctx, rc, &err, done);
}

FNQ_COMMAND(pause) = {
    .name = "pause",
    .args = "",
    .group = FNQ_GROUP_RUNNING,
    .summary = "pause indexing",
    .examples = "fnq pause\n"
                "fnq pause --until 18:00\n",
    FNQ_TYPED(pause, table),
};
