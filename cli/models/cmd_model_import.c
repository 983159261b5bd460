/* SPDX-License-Identifier: MIT */
/* fnq model import. */
#include <string.h>

#include "cli/library/model_import.h"
#include "cli/program/command.h"

struct options {
    const char *name, *role, *profile, *recipe, *origin, *licence, *projection;
};
static const struct fn_opt table[] = {
    OPT_TEXT(name, "name", 0, "NAME", "name of the model file (default: that of the source)"),
    OPT_TEXT(role, "role", 0, "ROLE",
             "detector, verifier, landmarks, embedder or other (default: that of --profile)"),
    OPT_TEXT(profile, "profile", 0, "NAME",
             "the input and output conventions: arcface, mobilefacenet, facenet, dlib, "
             "ultra-light, mtcnn-onet, landmarks-68 or face-api-landmarks-68"),
    OPT_TEXT(recipe, "recipe", 0, "RECIPE",
             "tfjs: the architecture, such as face-api/face_recognition"),
    OPT_TEXT(projection, "projection", 0, "FILE",
             "packages: another matrix for the joint embedder (fnq eval projection)"),
    OPT_TEXT(origin, "origin", 0, "TEXT", "origin, for the model card"),
    OPT_TEXT(licence, "licence", 0, "TEXT", "licence, for the model card"),
    OPT_END,
};

static void progress(const char *what, void *arg)
{
    fnq_note(arg, "  %s", what);
}

static int import_packages(struct fnq_ctx *ctx, const struct options *o, const char *dir)
{
    struct fn_error err = {0};
    char out[FN_PATH_MAX];
    if (fnl_packages_import(ctx->lib, dir, o->projection, ctx->o.quiet ? NULL : progress, ctx,
                            out, &err))
        return fnq_fail(ctx, &err, "model import", NULL);
    fnq_note(ctx, "profiles default, joint and dlib are in %s", out);
    return FN_EXIT_OK;
}

static int parse_role(const char *name, enum fn_role *ret, struct fn_error *err)
{
    for (int r = FN_ROLE_OTHER; r <= FN_ROLE_EMBEDDER; r++)
        if (strcmp(fn_role_name((enum fn_role)r), name) == 0) {
            *ret = (enum fn_role)r;
            return 0;
        }
    return fn_error_set(err, FN_EUSAGE,
                        "--role '%s' is none of detector, verifier, landmarks, embedder, other",
                        name);
}

static int no_convention(const char *name, struct fn_error *err)
{
    struct fn_buf names;
    fn_buf_init(&names, 1024);
    for (int i = 0; i < FN_FED_COUNT; i++)
        fn_buf_printf(&names, "%s%s", i ? ", " : "", fn_conventions[i].name);
    int rc = fn_error_set(err, FN_EUSAGE, "--profile '%s' is none of %s", name,
                          fn_buf_failed(&names) ? "the known ones" : fn_buf_cstr(&names));
    fn_buf_finish(&names);
    return rc;
}

/* --role and --profile; they must not contradict each other. */
static int parse_kind(const struct options *o, struct fnl_import *in, struct fn_error *err)
{
    int rc = o->role ? parse_role(o->role, &in->role, err) : 0;
    if (rc || !o->profile)
        return rc;
    const struct fn_convention *c = in->convention = fn_convention_find(o->profile);
    if (!c)
        return no_convention(o->profile, err);
    if (!o->role || in->role == c->role)
        return 0;
    return fn_error_set(err, FN_EUSAGE, "--role %s, but networks of --profile %s are %s%s",
                        o->role, c->name, fn_role_name(c->role),
                        c->role == FN_ROLE_LANDMARKS ? "" : "s");
}

static int import_file(struct fnq_ctx *ctx, const struct options *o,
                       enum fnl_model_format format, const char *file)
{
    struct fn_error err = {0};
    char path[FN_PATH_MAX];
    struct fnl_import in = {.format = format,
                            .file = file,
                            .recipe = o->recipe,
                            .name = o->name,
                            .origin = o->origin,
                            .licence = o->licence};
    int rc = parse_kind(o, &in, &err);
    rc = rc ? rc : fnl_model_import(ctx->lib, fnq_mode(ctx), &in, path, &err);
    if (rc)
        return fnq_fail(ctx, &err, "model import", NULL);
    fnq_note(ctx, ctx->o.dry_run ? "%s: would be written" : "%s: written", path);
    return FN_EXIT_OK;
}

static int run(struct fnq_ctx *ctx, const struct options *o, int argc, char **argv)
{
    static const char *const formats[] = {
        [FNL_MODEL_ONNX] = "onnx", [FNL_MODEL_TFLITE] = "tflite", [FNL_MODEL_TFJS] = "tfjs"};
    if (argc != 2)
        return fnq_usage(ctx, "model import: a format and a file.");
    if (strcmp(argv[0], "packages") == 0)
        return import_packages(ctx, o, argv[1]);
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++)
        if (strcmp(argv[0], formats[i]) == 0)
            return import_file(ctx, o, (enum fnl_model_format)i, argv[1]);
    return fnq_usage(ctx, "model import: '%s' is none of packages, onnx, tflite, tfjs.",
                     argv[0]);
}

FNQ_COMMAND(model_import) = {
    .name = "model import",
    .args = "packages DIR | onnx FILE | tflite FILE | tfjs MANIFEST",
    .group = FNQ_GROUP_EXPERTS,
    .summary = "convert a network to a model file",
    .details = "packages: DIR is a node_modules with the pinned packages; writes the profiles "
               "default, joint and dlib.\n"
               "A file does not state the input and output conventions of its network: "
               "--profile does, for use by fnq model install.",
    .examples = "fnq model import onnx w600k.onnx --profile arcface --name w600k\n",
    FNQ_TYPED(model_import, table),
    .operands = FNQ_COMPLETE_FILES,
};
