/* SPDX-License-Identifier: MIT */
/* fnq export labels, import labels: what the user said, as text that outlives the index. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/library/act_line.h"
#include "cli/old_commands.h"
#include "cli/library/confirmed.h"
#include "cli/library/say.h"
#include "cli/program/confirmed_note.h"
#include "cli/saying/saying.h"
#include "engine/base/file.h"

const struct fn_opt fnq_options_export_labels[] = {
    {"acts", 0, FN_OPT_FLAG, FNQ_AT(acts), NULL,
     "the state in force as acts for label --batch, instead of the whole log"},
    {"training", 0, FN_OPT_FLAG, FNQ_AT(training), NULL,
     "the confirmed faces as a list for fnq train: path, person, box"},
    FNQ_OPT_END,
};

enum { LABELS_MAX = 1 << 30 };

static int export_line(const struct fn_assertion *a, void *arg)
{
    struct fnq_ctx *ctx = arg;
    struct fn_buf *b = &ctx->out.buf;
    fn_assertion_format(a, b);
    if (b->len && b->data[b->len - 1] != '\n')
        fn_buf_char(b, '\n');
    return 0;
}

/* One face's part in the state: what holds for it now. Who is somebody comes before who is not,
 * so that each name is known when it is denied. */
struct acts {
    struct fnq_ctx *ctx;
    enum fn_assert_kind kind;
};

static int export_face(const struct fn_face_rec *f, void *arg)
{
    struct acts *a = arg;
    struct fnq_ctx *ctx = a->ctx;
    struct fn_face_labels l;
    struct fn_person_label p;
    char face[FN_FACE_HEX];
    fn_face_hex(f->ckey, face);
    int rc = fn_labels_of_face(fnl_txn(ctx->lib), f->id, &l);
    if (rc)
        return rc;
    if (a->kind == FN_ASSERT_NOTFACE && l.notface)
        fnl_act_line_format(&ctx->out.buf, FN_ASSERT_NOTFACE, "", face);
    if (a->kind == FN_ASSERT_IS && l.confirmed &&
        fn_person_label_get(fnl_txn(ctx->lib), &l.person, &p) == 0 && p.name[0])
        fnl_act_line_format(&ctx->out.buf, FN_ASSERT_IS, p.name, face);
    for (size_t i = 0; a->kind == FN_ASSERT_NOT && i < l.n_rejected; i++)
        if (fn_person_label_get(fnl_txn(ctx->lib), &l.rejected[i], &p) == 0 && p.name[0])
            fnl_act_line_format(&ctx->out.buf, FN_ASSERT_NOT, p.name, face);
    return 0;
}

/* PATH TAB PERSON TAB X TAB Y TAB W TAB H, as engine/train/dataset.h has it. Names hold no
 * control characters, paths may. */
static int export_training(struct fnq_ctx *ctx)
{
    struct fn_error err = {0};
    struct fnl_labelled l;
    size_t odd = 0;
    int rc = fnl_labelled_get(ctx->lib, &l, &err);
    if (rc)
        return fnq_fail(ctx, &err, NULL, NULL);
    for (size_t i = 0; i < l.n; i++) {
        const struct fnl_labelled_face *f = &l.face[i];
        if (strpbrk(f->path, "\t\r\n")) {
            odd++;
            continue;
        }
        fn_buf_printf(&ctx->out.buf, "%s\t%s\t%.9g\t%.9g\t%.9g\t%.9g\n", f->path, f->person,
                      (double)f->box[0], (double)f->box[1], (double)f->box[2],
                      (double)f->box[3]);
    }
    fnq_labelled_note(ctx, l.n_missing, l.n_unnamed);
    if (odd)
        fnq_note(ctx,
                 "%zu faces left out: a tab or line end in the path of their photo (fnq train "
                 "--labels takes them)",
                 odd);
    fnl_labelled_free(&l);
    return FNQ_OK;
}

int fnq_run_export_labels(struct fnq_ctx *ctx, int argc, char **argv)
{
    struct fn_error err = {0};
    (void)argv;
    if (argc || (ctx->o.acts && ctx->o.training))
        return fnq_usage(ctx, argc ? "export labels writes to standard output and takes no "
                                     "operands."
                                   : "export labels: --acts or --training, not both.");
    if (ctx->o.training)
        return export_training(ctx);
    int rc = fnq_read_begin(ctx, &err);
    if (!rc) {
        struct acts a = {ctx, FN_ASSERT_IS};
        for (; ctx->o.acts && !rc && a.kind <= FN_ASSERT_NOTFACE; a.kind++)
            rc = fn_face_each(fnl_txn(ctx->lib), export_face, &a);
        if (!ctx->o.acts)
            rc = fn_assert_each(fnl_txn(ctx->lib), 1, export_line, ctx);
        if (rc)
            (void)fn_error_set(&err, rc, "the labels cannot be read: %s", fn_strerror(rc));
    }
    fnq_read_end(ctx);
    return rc ? fnq_fail(ctx, &err, "export labels", NULL) : FNQ_OK;
}

/* ---- import ---- */

struct import {
    const char *text;
    size_t n;
    uint64_t n_new, n_skipped;
};

static int import(struct fn_txn *t, void *arg, struct fn_error *err)
{
    struct import *i = arg;
    return fn_labels_import(t, i->text, i->n, &i->n_new, &i->n_skipped, err);
}

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

/* Acts start with + - or !; lines of a log with a number. */
static bool is_acts(const char *s)
{
    for (; *s; s += strcspn(s, "\n"), s += *s == '\n') {
        s += strspn(s, " \t\r");
        if (*s && *s != '#' && *s != '\n')
            return *s == '+' || *s == '-' || *s == '!';
    }
    return false;
}

static int import_log(struct fnq_ctx *ctx, const struct fn_buf *b)
{
    struct fn_error err = {0};
    struct import i = {.text = fn_buf_cstr(b), .n = b->len};
    int rc = fnl_store_open(ctx->lib, FN_STORE_WRITE | FN_STORE_CREATE, NULL, &err);
    rc = rc ? rc : fnl_write(ctx->lib, fnq_mode(ctx), import, &i, &err);
    rc = rc ? rc : fnq_write_done(ctx, &err);
    if (rc)
        return fnq_fail(ctx, &err, "import labels", NULL);
    if (fnq_out_is_json(&ctx->out))
        fnq_json_one(&ctx->out, "fnq.import/1",
                     json_pack("{s:I,s:I,s:b}", "new", (json_int_t)i.n_new, "skipped",
                               (json_int_t)i.n_skipped, "dry_run", ctx->o.dry_run));
    else
        fnq_text(&ctx->out, "%llu assertions %s, %llu were there already\n",
                 (unsigned long long)i.n_new, ctx->o.dry_run ? "would be imported" : "imported",
                 (unsigned long long)i.n_skipped);
    return FNQ_OK;
}

int fnq_run_import_labels(struct fnq_ctx *ctx, int argc, char **argv)
{
    struct fn_error err = {0};
    struct fn_buf b;
    if (argc > 1)
        return fnq_usage(ctx, "import labels: one file, or standard input.");
    fn_buf_init(&b, LABELS_MAX);
    bool from_stdin = argc == 0 || strcmp(argv[0], "-") == 0;
    int rc = from_stdin ? read_stream(stdin, &b, &err) : fn_file_read(argv[0], &b, &err);
    int code;
    if (rc)
        code = fnq_fail(ctx, &err, NULL, NULL);
    else if (b.len && is_acts(b.data))
        code = fnq_batch_text(ctx, b.data, ctx->o.atomic);
    else
        code = import_log(ctx, &b);
    fn_buf_finish(&b);
    return code;
}
