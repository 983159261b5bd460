/* SPDX-License-Identifier: MIT */
/* fnq import labels. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cli/library/labels_text.h"
#include "cli/program/command.h"
#include "cli/saying/saying.h"
#include "engine/base/file.h"

enum { LABELS_MAX = 1 << 30 };

static int read_stream(FILE *f, struct fn_buf *out, struct fn_error *err)
{
    char part[65536];
    size_t n;
    while ((n = fread(part, 1, sizeof part, f)) > 0)
        fn_buf_add(out, part, n);
    if (ferror(f))
        return fn_error_set(err, -EIO, "standard input cannot be read");
    return fn_buf_failed(out) ? fn_error_set(err, FN_ELIMIT, "standard input is too large") : 0;
}

/* path: NULL: standard input. */
static int import_log(struct fnq_ctx *ctx, const struct fn_buf *b, const char *path)
{
    struct fn_error err = {0};
    struct fnl_import i = {.text = fn_buf_cstr(b), .n = b->len, .path = path};
    if (fnl_import_log(ctx->lib, fnq_mode(ctx), &i, &err))
        return fnq_fail(ctx, &err, path ? path : "standard input", NULL);
    if (i.torn)
        fnq_note(ctx, "The last line is cut off and was left out.");
    if (i.aside[0])
        fnq_note(ctx, "The log that was there is %s now.", i.aside);
    if (fnq_out_is_json(&ctx->out))
        fnq_json_one(&ctx->out, "fnq.import/1",
                     json_pack("{s:I,s:I,s:b}", "new", (json_int_t)i.n_new, "skipped",
                               (json_int_t)i.n_skipped, "dry_run", ctx->o.dry_run));
    else
        fnq_text(&ctx->out, "%llu assertions %s, %llu were there already\n",
                 (unsigned long long)i.n_new, ctx->o.dry_run ? "would be imported" : "imported",
                 (unsigned long long)i.n_skipped);
    fnq_act_done(ctx, 0, &i.after);
    return FN_EXIT_OK;
}

static int run(struct fnq_ctx *ctx, int argc, char **argv)
{
    struct fn_error err = {0};
    struct fn_buf b;
    if (argc > 1)
        return fnq_usage(ctx, "import labels: one file, or standard input.");
    fn_buf_init(&b, LABELS_MAX);
    bool from_stdin = argc == 0 || strcmp(argv[0], "-") == 0;
    int rc = from_stdin ? read_stream(stdin, &b, &err) : fn_file_read(argv[0], &b, &err);
    int code = rc ? fnq_fail(ctx, &err, NULL, NULL)
               : b.len && fnl_text_is_acts(b.data)
                   ? fnq_batch_text(ctx, b.data, false)
                   : import_log(ctx, &b, from_stdin ? NULL : argv[0]);
    fn_buf_finish(&b);
    return code;
}

FNQ_PLAIN_COMMAND(import_labels) = {
    .name = "import labels",
    .args = "[FILE]",
    .group = FNQ_GROUP_PEOPLE,
    .summary = "read exported labels into this index",
    .examples = "fnq import labels ~/labels.txt\n",
    .run = fnq_run_import_labels,
    .operands = FNQ_COMPLETE_FILES,
};
