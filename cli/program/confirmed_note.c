/* SPDX-License-Identifier: MIT */
#include "cli/program/confirmed_note.h"

void fnq_labelled_note(const struct fnq_ctx *ctx, size_t n_missing, size_t n_unnamed)
{
    if (n_missing)
        fnq_note(ctx, "%zu confirmed faces left out: their photos are away or have changed",
                 n_missing);
    if (n_unnamed)
        fnq_note(ctx, "%zu confirmed faces left out: their people have no name", n_unnamed);
}
