/* SPDX-License-Identifier: MIT */
/* fnq show: one command for people, faces and photos. It finds out what its operand is and runs
 * people show, faces show or photos show. */
#include <stdlib.h>
#include <string.h>

#include "cli/library/kinds.h"
#include "cli/library/persons.h"
#include "cli/program/command.h"
#include "engine/base/shell_word.h"

extern const struct fnq_command fnq_command_people_show, fnq_command_faces_show,
    fnq_command_photos_show;

static const struct fnq_command *const show_of[] = {
    [FNL_KIND_PERSON] = &fnq_command_people_show,
    [FNL_KIND_FACE] = &fnq_command_faces_show,
    [FNL_KIND_PHOTO] = &fnq_command_photos_show,
};

static int not_indexed(const char *file)
{
    struct fn_buf word;
    fn_buf_init(&word, 1 << 16);
    fn_shell_word(&word, file);
    int code = fnq_say(FN_EXIT_NO, "%s: not in the index. Who is in it: fnq who %s", file,
                       fn_buf_cstr(&word));
    fn_buf_finish(&word);
    return code;
}

/* A message with similar names, if there are any. */
static int nothing(struct fnq_ctx *ctx, const char *what)
{
    struct fn_error err = {0};
    struct fn_person p;
    FN_IGNORE(fn_person_find(fnl_txn(ctx->lib), what, &p, &err));
    if (strstr(err.text, "did you mean"))
        return fnq_fail(ctx, &err, NULL, NULL);
    return fnq_say(FN_EXIT_NO, "'%s' is no person, face, photo or file.", what);
}

static int show(struct fnq_ctx *ctx, char *what)
{
    struct fn_error err = {0};
    enum fnl_kind kind = FNL_KIND_NONE;
    char *argv[] = {what, NULL};
    int rc = fnq_read_begin(ctx, &err);
    rc = rc ? rc : fnl_kind_of(ctx->lib, what, &kind, &err);
    if (rc)
        return fnq_fail(ctx, &err, NULL, NULL);
    if (kind == FNL_KIND_NONE)
        return nothing(ctx, what);
    if (kind == FNL_KIND_FILE)
        return not_indexed(what);
    ctx->cmd = show_of[kind];
    return ctx->cmd->run(ctx, ctx->cmd->defaults, 1, argv);
}

static int run(struct fnq_ctx *ctx, int argc, char **argv)
{
    struct fn_buf b;
    if (argc == 0)
        return fnq_usage(ctx, "show: what? A person, a face, a photo or a file.");
    fn_buf_init(&b, 1 << 16);
    for (int i = 0; i < argc; i++)
        fn_buf_printf(&b, "%s%s", i ? " " : "", argv[i]);
    char *what = fn_buf_detach(&b);
    int code = what ? show(ctx, what) : fnq_usage(ctx, "show: the operand is too long.");
    free(what);
    return code;
}

FNQ_PLAIN_COMMAND(show) = {
    .name = "show",
    .args = "PERSON | FACE | PHOTO | FILE",
    .group = FNQ_GROUP_EVERYDAY,
    .summary = "show a person, a face or a photo",
    .details = "Runs people show, faces show or photos show. Several operands are one name. "
               "A name comes first: ./berg is the file, berg is Ann Berg.",
    .examples = "fnq show Ann Berg\n"
                "fnq show ~/Pictures/costumes.jpg\n"
                "fnq show ~/Pictures/costumes.jpg:2\n",
    .run = fnq_run_show,
    .operands = FNQ_COMPLETE_PEOPLE,
};
