/* SPDX-License-Identifier: MIT */
#include "cli/program/confirmed_note.h"

void fnq_labelled_note(const struct fnq_ctx *ctx, const struct fnl_labelled *l)
{
    if (l->n_missing)
        fnq_note(ctx, "%zu confirmed faces left out: their photos are away or have changed",
                 l->n_missing);
    if (l->n_unnamed)
        fnq_note(ctx, "%zu confirmed faces left out: their people have no name", l->n_unnamed);
}
