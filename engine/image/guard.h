/* SPDX-License-Identifier: MIT */
/* Leaving a C library from inside one of its error callbacks. libjpeg and libpng require
 * callbacks that do not return. guard.c is the only file that calls setjmp, so that no caller
 * has locals that a longjmp could clobber: everything that a body changes is behind its ctx
 * pointer. */
#ifndef FN_ENGINE_IMAGE_GUARD_H
#define FN_ENGINE_IMAGE_GUARD_H

#include "engine/base/error.h"

struct fn_guard;

/* Calls body(ctx). *slot holds the guard while it runs and NULL afterwards.
 * 0 when body returned, -1 when fn_guard_leave was called below it. */
FN_NODISCARD int fn_guard_run(void (*body)(void *ctx), void *ctx, struct fn_guard **slot);
_Noreturn void fn_guard_leave(struct fn_guard *g);

#endif
