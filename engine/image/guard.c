/* SPDX-License-Identifier: MIT */
/* The one place with setjmp; see guard.h. */
#include "engine/image/guard.h"

#include <setjmp.h>
#include <stdlib.h>

struct fn_guard {
    jmp_buf env;
};

int fn_guard_run(void (*body)(void *ctx), void *ctx, struct fn_guard **slot)
{
    struct fn_guard g;

    *slot = &g;
    if (setjmp(g.env) != 0) {
        *slot = NULL;
        return -1;
    }
    body(ctx);
    *slot = NULL;
    return 0;
}

void fn_guard_leave(struct fn_guard *g)
{
    if (!g)
        abort(); /* our own bug: an error callback outside fn_guard_run */
    longjmp(g->env, 1);
}
