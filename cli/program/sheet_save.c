/* SPDX-License-Identifier: MIT */
#include "cli/program/sheet_save.h"

#include <stdlib.h>
#include <string.h>

#include "cli/program/interrupt.h"
#include "cli/program/progress_text.h"
#include "engine/base/plural.h"

const char *fnq_file_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

void fnq_note_missing(const struct fnq_ctx *ctx, const char *missing)
{
    if (missing[0])
        fnq_note(ctx, "fnq: %s", missing);
}

static json_t *files_json(const struct fnl_sheet_done *d)
{
    json_t *a = json_array();
    for (size_t i = 0; i < d->n_files; i++)
        if (json_array_append_new(a, fnq_json_bytes(d->files[i])) < 0)
            abort();
    return a;
}

static void note(const struct fnq_ctx *ctx, const struct fnl_sheet_done *d)
{
    if (d->n_files == 1)
        fnq_note(ctx, "1 page: %s", d->files[0]);
    else
        fnq_note(ctx, "%zu pages: %s to %s", d->n_files, d->files[0], d->files[d->n_files - 1]);
    if (d->n_lost)
        fnq_note(ctx, "%zu face%s left out: the photo cannot be read", d->n_lost,
                 fn_plural_s(d->n_lost));
    fnq_note_missing(ctx, d->missing);
}

static void progress(void *arg, const struct fnl_sheet_progress *p)
{
    const struct fnq_steps steps = {p->done, p->total, "photos for the sheet", p->seconds,
                                    p->last};
    fnq_progress(arg, &steps);
}

static bool stop(void *arg)
{
    (void)arg;
    return fnq_interrupted();
}

int fnq_sheet_save(struct fnq_ctx *ctx, struct fnl_sheet *s, const char *title,
                   const char *path, struct fn_error *err)
{
    struct fnl_sheet_done d;
    const struct fnl_sheet_events events = {progress, stop, ctx};
    fnq_interrupt_begin();
    int rc = fnl_sheet_write(ctx->lib, s, title, path, &events, &d, err);
    fnq_interrupt_end();
    if (!rc) {
        fnq_json_add(&ctx->out, "sheets", files_json(&d));
        note(ctx, &d);
    }
    fnl_sheet_done_finish(&d);
    return rc;
}
