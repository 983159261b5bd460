/* SPDX-License-Identifier: MIT */
/* fnq embed: faces and their embeddings of any files, straight from the engine; no index is
 * needed. */
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/program/command.h"
#include "cli/library/look.h"
#include "cli/print/index_json.h"
#include "cli/program/operands.h"

struct state {
    struct fnq_table table;
    size_t n_failed;
    int exit_code; /* of the last failure */
    struct fn_error err;
};

static json_t *face_json(const struct fn_face *f)
{
    json_t *o = json_object(), *e = json_array();
    for (size_t i = 0; i < FN_DIM; i++)
        if (json_array_append_new(e, fnq_json_real((double)f->embedding[i])) < 0)
            abort();
    fnq_set(o, "box", fnq_json_box(f->box));
    fnq_set(o, "score", fnq_json_real((double)f->score));
    fnq_set(o, "quality", fnq_json_real((double)f->quality));
    fnq_set(o, "yaw", json_integer(lrintf(f->yaw_deg)));
    fnq_set(o, "embedding", e);
    return o;
}

static void print_file(struct fnq_ctx *ctx, struct state *s, const char *path,
                       const struct fn_work_reply *reply, const struct fn_error *why)
{
    uint32_t n = why ? 0 : reply->photo.n_faces;
    json_t *o = json_object(), *faces = json_array();
    fnq_set_path(o, path);
    for (uint32_t i = 0; i < n; i++) {
        const struct fn_face *f = &reply->photo.faces[i];
        if (fnq_out_is_json(&ctx->out)) {
            if (json_array_append_new(faces, face_json(f)) < 0)
                abort();
            continue;
        }
        fnq_cell(&s->table, path);
        fnq_cellf(&s->table, "%u", i + 1);
        fnq_cellf(&s->table, "%.9g,%.9g,%.9g,%.9g", (double)f->box[0], (double)f->box[1],
                  (double)f->box[2], (double)f->box[3]);
        fnq_cellf(&s->table, "%.9g", (double)f->score);
        fnq_cellf(&s->table, "%.9g", (double)f->quality);
        fnq_cellf(&s->table, "%ld", lrintf(f->yaw_deg));
        fnq_row_end(&s->table);
    }
    fnq_set(o, "faces", faces);
    if (why)
        fnq_set(o, "error", fnq_error_json(why));
    fnq_json_item(&ctx->out, o);
    if (ctx->out.format != FNQ_TEXT)
        fnq_out_flush(&ctx->out);
}

static int embed(struct fnq_ctx *ctx, const char *path, struct fn_work_reply *reply,
                 struct fn_error *err)
{
    struct stat st;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    if (fd < 0)
        return fn_error_set(err, -errno, "%s", fn_strerror(-errno));
    int rc = fstat(fd, &st) < 0    ? -errno
             : S_ISREG(st.st_mode) ? 0
             : S_ISDIR(st.st_mode) ? -EISDIR
                                   : -EINVAL;
    if (rc)
        (void)fn_error_set(err, rc, "%s",
                           rc == -EINVAL ? "not a regular file" : fn_strerror(rc));
    struct fn_work_request q = {.kind = FN_WORK_INDEX, .fd = fd, .out_fd = -1};
    rc = rc ? rc : fnl_worker_ask(ctx->lib, &q, reply, err);
    (void)close(fd);
    return rc;
}

static int one_file(struct fnq_ctx *ctx, const char *path, void *arg)
{
    struct state *s = arg;
    struct fn_work_reply reply = {0};
    int rc = embed(ctx, path, &reply, &s->err);
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
    static const struct fnq_column columns[] = {{"PATH", false, 0},   {"FACE", true, 0},
                                                {"BOX", false, 0},    {"SCORE", true, 0},
                                                {"QUALITY", true, 0}, {"YAW", true, 0}};
    struct state s = {0};
    if (argc == 0)
        return fnq_usage(ctx, "embed: which files?");
    fnq_table_begin(&s.table, &ctx->out, columns, sizeof columns / sizeof *columns);
    fnq_json_begin(&ctx->out, "fnq.embed/1", "files", "fnq.embed/1");
    int rc = fnq_each_file(ctx, argc, argv, one_file, &s);
    fnq_json_end(&ctx->out, NULL);
    fnq_table_end(&s.table);
    return rc ? fnq_fail(ctx, &s.err, NULL, NULL) : s.n_failed ? FN_EXIT_PARTLY : FN_EXIT_OK;
}

FNQ_PLAIN_COMMAND(embed) = {
    .name = "embed",
    .args = "FILE...",
    .summary = "print faces and embeddings of files (plumbing)",
    .details = "Needs no index. A file that fails has \"faces\":[] and an error; the exit code "
               "is 3 then.",
    .run = fnq_run_embed,
    .operands = FNQ_COMPLETE_FILES,
};
