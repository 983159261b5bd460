/* SPDX-License-Identifier: MIT */
/* fnq faces crop. */
#include "cli/library/face_pictures.h"
#include "cli/print/list.h"
#include "cli/program/command.h"

struct options {
    const char *dir;
    uint64_t px;
};
static const struct fn_opt table[] = {
    OPT_TEXT(dir, "crop", 0, "DIR", "folder to write to (default: the current folder)"),
    OPT_NUMBER(px, "px", 0, "N", "side of the square in pixels (default 256)"),
    OPT_END,
};

static const struct fnq_field fields[] = {
    {.key = "path", .title = "FILE", .fit = FNQ_MIDDLE},
};
static const struct fnq_list_kind kind =
    FNQ_LIST_KIND("fnq.crops/1", "files", "fnq.crop/1", fields);

static int run(struct fnq_ctx *ctx, const struct options *o, int argc, char **argv)
{
    struct fn_error err = {0};
    struct fnq_list l;
    char file[FN_PATH_MAX];
    int code = FN_EXIT_OK, failed = 0;
    if (argc == 0)
        return fnq_usage(ctx, "faces crop: which face?");
    fnq_list_begin(&l, &ctx->out, &kind);
    for (int i = 0; i < argc; i++) {
        if (fnl_crop_face(ctx->lib, argv[i], o->dir ? o->dir : ".", (uint32_t)o->px, file,
                          sizeof file, &err)) {
            code = fnq_fail(ctx, &err, NULL, NULL);
            failed++;
            continue;
        }
        fnq_put_path(&l, file);
        fnq_list_row(&l);
    }
    fnq_list_end(&l, NULL);
    return failed && argc > 1 ? FN_EXIT_PARTLY : code;
}

FNQ_COMMAND(faces_crop) = {
    .name = "faces crop",
    .args = "FACE...",
    .group = FNQ_GROUP_PHOTOS,
    .summary = "cut faces out of their photos",
    .examples = "fnq faces crop ~/Pictures/costumes.jpg:1 --crop ~/faces\n",
    FNQ_TYPED(faces_crop, table),
    .operands = FNQ_COMPLETE_FILES,
};
