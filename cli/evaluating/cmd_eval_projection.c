/* SPDX-License-Identifier: MIT */
/* fnq eval projection: the matrix of a joint embedder, from any people. */
#include <errno.h>
#include <stdio.h>

#include "cli/evaluating/eval_command.h"
#include "cli/library/eval_protocols.h"
#include "engine/base/file.h"

enum { PROJECTION_MAX = 4 << 20 };

struct options {
    struct fnl_eval_choice judge;
    const char *people, *start;
};
static const struct fn_opt table[] = {
    OPT_TEXT(judge.profile, "profile", 0, "NAME", "the profile with the joint embedder"),
    OPT_TEXT(start, "start", 0, "FILE",
             "the projection of that embedder (default: that of the program)"),
    EVAL_PEOPLE, EVAL_THREADS, OPT_END};

static int read_start(const char *file, struct fn_projection *ret, struct fn_error *err)
{
    struct fn_buf b;
    if (!file)
        return fn_projection_parse((const char *)fn_joint_projection, fn_joint_projection_size,
                                   ret, err);
    fn_buf_init(&b, PROJECTION_MAX);
    int rc = fn_file_read(file, &b, err);
    rc = rc ? rc : fn_projection_parse(b.data, b.len, ret, err);
    fn_buf_finish(&b);
    return rc;
}

static int write_projection(const struct fn_projection *p, const char *file, size_t faces,
                            size_t people, struct fn_error *err)
{
    char note[80];
    struct fn_buf b;
    fn_buf_init(&b, PROJECTION_MAX);
    (void)snprintf(note, sizeof note, "%zu faces of %zu people; fnq eval projection", faces,
                   people);
    fn_projection_print(p, note, &b);
    int rc = fn_buf_failed(&b) ? fn_error_set(err, -ENOMEM, "out of memory")
                               : fn_file_write_atomic(file, b.data, b.len, 0644, err);
    fn_buf_finish(&b);
    return rc;
}

static int run(struct fnq_ctx *ctx, const struct options *o, int argc, char **argv)
{
    struct fn_error err = {0};
    struct fnl_eval e = {0};
    struct fn_eval_set set = {0};
    struct fn_projection start = {0}, found = {0};
    size_t faces = 0;
    if (argc != 2)
        return fnq_usage(ctx, "eval projection: from which folder, into which file?");
    int rc = read_start(o->start, &start, &err);
    rc = rc ? rc : fn_eval_set_folders(&set, argv[0], o->people, &err);
    rc = rc ? rc : fnq_eval_open(ctx, &o->judge, &e, &err);
    rc = rc ? rc : fnl_eval_fit_projection(&e, &set, &start, &found, &faces, &err);
    if (!rc && !ctx->o.dry_run)
        rc = write_projection(&found, argv[1], faces, set.n_people, &err);
    size_t failed = e.n_failed;
    fnq_eval_close(ctx, &e);
    if (!rc)
        fnq_note(ctx, "%s: %s, of %zu faces", argv[1],
                 ctx->o.dry_run ? "would be written" : "written", faces);
    fn_eval_set_free(&set);
    fn_projection_free(&start);
    fn_projection_free(&found);
    if (rc)
        return fnq_fail(ctx, &err, NULL, NULL);
    return failed ? FN_EXIT_PARTLY : FN_EXIT_OK;
}

FNQ_COMMAND(eval_projection) = {
    .name = "eval projection",
    .args = "DIR FILE",
    .group = FNQ_GROUP_EXPERTS,
    .summary = "fit the matrix of a joint embedder",
    .details = "DIR has a folder of pictures per person; who is who does not matter, and "
               "thousands of pictures are not needed. For fnq model import packages "
               "--projection FILE.",
    .examples = "fnq eval projection people/ my.projection --profile joint\n",
    .operands = FNQ_COMPLETE_FILES,
    FNQ_TYPED(eval_projection, table),
};
