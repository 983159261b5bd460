/* SPDX-License-Identifier: MIT */
/* fnq embed: the faces of any files, with their embeddings. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "cli/library/file_faces.h"
#include "cli/print/index_json.h"
#include "cli/print/list.h"
#include "cli/program/command.h"
#include "cli/program/operands.h"

/* A row is a face; JSON has an object for each file, with its faces in it. */
static const struct fnq_field fields[] = {
    {.title = "PATH", .fit = FNQ_MIDDLE},
    {.title = "FACE", .right = true},
    {.key = "box", .title = "BOX", .drop = 3},
    {.key = "score", .title = "SCORE", .right = true, .drop = 2},
    {.key = "quality", .title = "QUALITY", .right = true},
    {.key = "yaw", .title = "YAW", .right = true, .drop = 1},
    {.key = "embedding"},
};
static const struct fnq_list_kind kind =
    FNQ_LIST_KIND("fnq.embed/1", "files", "fnq.embed/1", fields);

struct state {
    struct fnq_list list;
    size_t n_failed;
    int exit_code; /* of the last failure */
    struct fn_error err;
};

/* All digits on a terminal, too: the numbers are for programs. */
static void put_number(struct fnq_list *l, float v)
{
    char cell[32];
    (void)snprintf(cell, sizeof cell, "%.9g", (double)v);
    fnq_put_json(l, fnq_json_real((double)v), cell);
}

static void put_face(struct fnq_list *l, const char *path, size_t number,
                     const struct fn_face *f)
{
    char box[128], yaw[24];
    json_t *e = json_array();
    for (size_t i = 0; i < FN_DIM; i++)
        if (json_array_append_new(e, fnq_json_real((double)f->embedding[i])) < 0)
            abort();
    (void)snprintf(box, sizeof box, "%.9g,%.9g,%.9g,%.9g", (double)f->box[0], (double)f->box[1],
                   (double)f->box[2], (double)f->box[3]);
    (void)snprintf(yaw, sizeof yaw, "%ld", lrintf(f->yaw_deg));
    fnq_put_text(l, path);
    fnq_put_count(l, number);
    fnq_put_json(l, fnq_json_box(f->box), box);
    put_number(l, f->score);
    put_number(l, f->quality);
    fnq_put_json(l, json_integer(lrintf(f->yaw_deg)), yaw);
    fnq_put_json(l, e, NULL);
}

/* why: the error of a file that failed; NULL otherwise. */
static void print_file(struct fnq_ctx *ctx, struct state *s, const char *path,
                       const struct fn_work_reply *reply, const struct fn_error *why)
{
    bool nested = fnq_out_is_json(&ctx->out);
    json_t *o = json_object(), *faces = json_array();
    for (uint32_t i = 0; !why && i < reply->photo.n_faces; i++) {
        put_face(&s->list, path, i + 1, &reply->photo.faces[i]);
        if (nested)
            fnq_list_row_into(&s->list, faces);
        else
            fnq_list_row(&s->list);
    }
    fnq_set_path(o, path);
    fnq_set(o, "faces", faces);
    if (why)
        fnq_set(o, "error", fnq_error_json(why));
    fnq_json_item(&ctx->out, o);
    if (ctx->out.format != FNQ_TEXT)
        fnq_out_flush(&ctx->out);
}

static int one_file(struct fnq_ctx *ctx, const char *path, void *arg)
{
    struct state *s = arg;
    struct fn_work_reply reply = {0};
    int rc = fnl_file_faces(ctx->lib, path, &reply, &s->err);
    if (rc == FN_EMODEL)
        return rc;
    if (rc) {
        s->n_failed++;
        s->exit_code = fnq_fail(ctx, &s->err, path, NULL);
    }
    print_file(ctx, s, path, &reply, rc ? &s->err : NULL);
    return ctx->out.failed ? ctx->out.error : 0;
}

static int run(struct fnq_ctx *ctx, int argc, char **argv)
{
    struct state s = {.n_failed = 0};
    if (argc == 0)
        return fnq_usage(ctx, "embed: which files?");
    fnq_list_begin(&s.list, &ctx->out, &kind);
    int rc = fnq_each_file(ctx, argc, argv, one_file, &s);
    fnq_list_end(&s.list, NULL);
    return rc ? fnq_fail(ctx, &s.err, NULL, NULL) : s.n_failed ? FN_EXIT_PARTLY : FN_EXIT_OK;
}

FNQ_PLAIN_COMMAND(embed) = {
    .name = "embed",
    .args = "FILE...",
    .group = FNQ_GROUP_EXPERTS,
    .summary = "print faces as numbers, for scripts",
    .details = "Needs no index. A file that fails has \"faces\":[] and an error; the exit code "
               "is 3 then.",
    .examples = "fnq embed --jsonl ~/Pictures/costumes.jpg\n",
    .run = fnq_run_embed,
    .operands = FNQ_COMPLETE_FILES,
};
