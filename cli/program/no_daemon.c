/* SPDX-License-Identifier: MIT */
#include "cli/program/no_daemon.h"

#include <errno.h>

int fnq_no_daemon(struct fnq_ctx *ctx, const struct fn_error *err, const char *todo)
{
    if (err->code == -ECONNREFUSED || err->code == -ETIMEDOUT)
        return fnq_fail(ctx, err, NULL, todo);
    return fnq_fail(ctx, err, "facenetd", NULL);
}
