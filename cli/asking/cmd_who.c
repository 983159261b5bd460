/* SPDX-License-Identifier: MIT */
/* fnq who: the people in these files. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/asking/face_fields.h"
#include "cli/asking/who_print.h"
#include "cli/library/face_pictures.h"
#include "cli/print/index_json.h"
#include "cli/program/command.h"
#include "cli/program/operands.h"
#include "cli/program/sheet_save.h"

struct options {
    double min_p;
    uint64_t top, px;
    const char *crop, *draw, *sheet;
};
static const struct fn_opt table[] = {
    OPT_REAL(min_p, "min-p", 0, "P", "report less probable people as unknown (0..1)"),
    OPT_NUMBER(top, "top", 0, "K", "also list the K nearest people of each face"),
    OPT_TEXT(crop, "crop", 0, "DIR", "write each face to DIR/FACE.jpg"),
    OPT_TEXT(draw, "draw", 0, "OUT.jpg",
             "write the picture with boxes and names (a folder for several)"),
    OPT_NUMBER(px, "px", 0, "N",
               "longer side of the picture of --draw, side of the squares of --crop"),
    OPT_TEXT(sheet, "sheet", 0, "OUT.jpg", "write a contact sheet of the faces"),
    OPT_END,
};

struct state {
    const struct options *o;
    struct fnq_list list;
    struct fnl_sheet sheet;
    struct fn_text *text; /* the fonts of --draw */
    json_t *errors;
    size_t n_files, n_failed, n_known;
    bool several;
    int exit_code;
    struct fn_error err;
};

struct label {
    char name[FN_PERSON_NAME_MAX + 32], id[FN_PERSON_TEXT];
};

/* A name, or the id of an unnamed person. The id is also what to write when a letter of the
 * name has no font. */
static struct fnl_face_label label_of(const struct fnl_fact *f, struct label *to)
{
    if (!f->person.is) {
        fnq_caption(f, to->name, sizeof to->name);
        return (struct fnl_face_label){to->name, NULL};
    }
    fnl_person_short(&f->person.id, to->id);
    (void)snprintf(to->name, sizeof to->name, "%s",
                   f->person.name[0] ? f->person.name : to->id);
    return (struct fnl_face_label){to->name, to->id};
}

static int draw(struct fnq_ctx *ctx, struct state *s, const struct fnl_look *l,
                struct fn_error *err)
{
    if (s->several && !fnl_is_folder(s->o->draw))
        return fn_error_set(err, FN_EUSAGE, "--draw: '%s' must be a folder for several files",
                            s->o->draw);
    int rc = s->text ? 0 : fn_text_open(&s->text, err);
    struct label *texts = calloc(l->n + 1, sizeof *texts);
    struct fnl_face_label *labels = calloc(l->n + 1, sizeof *labels);
    if (!rc && (!labels || !texts))
        rc = fn_error_set(err, -ENOMEM, "out of memory");
    for (size_t i = 0; !rc && i < l->n; i++)
        labels[i] = label_of(&l->faces[i].fact, &texts[i]);
    rc = rc ? rc
            : fnl_draw_look(ctx->lib, s->text, l, labels, (uint32_t)s->o->px, s->o->draw, err);
    free(texts);
    free(labels);
    return rc;
}

static void add_to_sheet(struct state *s, const struct fnl_look *l)
{
    char name[FN_PERSON_NAME_MAX + 32], second[FN_PATH_MAX + 16];
    const char *file = fnq_file_name(l->path);
    for (size_t i = 0; i < l->n; i++) {
        const struct fnl_fact *f = &l->faces[i].fact;
        fnq_caption(f, name, sizeof name);
        if (f->person.has_d)
            (void)snprintf(second, sizeof second, "%.0f %%  %s", 100 * f->person.p, file);
        else
            (void)snprintf(second, sizeof second, "%s", file);
        fnl_sheet_add(&s->sheet, l->path, f->box, name, f->shown, second);
    }
}

static int pictures(struct fnq_ctx *ctx, struct state *s, const struct fnl_look *l,
                    struct fn_error *err)
{
    int rc = 0;
    if (s->o->crop && l->n)
        rc = fnl_crop_look(ctx->lib, l, s->o->crop, (uint32_t)s->o->px, err);
    if (!rc && s->o->draw)
        rc = draw(ctx, s, l, err);
    if (s->o->sheet)
        add_to_sheet(s, l);
    return rc;
}

static void report_failure(struct fnq_ctx *ctx, struct state *s, const struct fnl_look *l)
{
    s->n_failed++;
    s->exit_code = fnq_fail(ctx, &l->err, l->path, NULL);
    json_t *e = fnq_error_json(&l->err);
    fnq_set_path(e, l->path);
    if (json_array_append_new(s->errors, e) < 0)
        abort();
}

static int one_file(struct fnq_ctx *ctx, const char *path, void *arg)
{
    struct state *s = arg;
    struct fnl_look l;
    int rc = fnl_look(ctx->lib, path, (size_t)s->o->top, &l, &s->err);
    s->n_files++;
    if (!rc && !l.code) {
        fnl_look_min_p(&l, s->o->min_p);
        s->n_known += fnl_look_known(&l);
        rc = pictures(ctx, s, &l, &s->err);
    } else if (!rc) {
        report_failure(ctx, s, &l);
    }
    if (!rc) {
        fnq_who_file(&s->list, &l);
        fnq_out_flush(&ctx->out);
    }
    fnl_look_finish(&l);
    return rc;
}

/* The networks that the index was made with: "fn-" and the profile's id. */
static json_t *model_json(struct fnq_ctx *ctx)
{
    struct fn_index_model m;
    char hex[FN_H128_HEX], name[32] = "";
    if (fnq_read_begin(ctx, NULL) == 0 &&
        fn_index_model_get(fnl_txn(ctx->lib), &m, NULL) == 0) {
        fn_h128_hex(&m.profile_id, hex);
        (void)snprintf(name, sizeof name, "fn-%.8s", hex);
    }
    fnq_read_end(ctx);
    return fnq_json_text_or_null(name);
}

static int finish(struct fnq_ctx *ctx, struct state *s)
{
    if (s->text)
        fnq_note_missing(ctx, fn_text_missing(s->text));
    if (s->o->sheet && s->sheet.n &&
        fnq_sheet_save(ctx, &s->sheet, "Who is in these pictures", s->o->sheet, &s->err))
        return fnq_fail(ctx, &s->err, NULL, NULL);
    if (s->n_failed)
        return s->n_files > 1 ? FN_EXIT_PARTLY : s->exit_code;
    return s->n_known ? FN_EXIT_OK : FN_EXIT_NO;
}

static int run(struct fnq_ctx *ctx, const struct options *o, int argc, char **argv)
{
    if (argc == 0)
        return fnq_usage(ctx, "who: which files?");
    if (o->top > FNL_CANDIDATES_MAX || o->min_p < 0 || o->min_p > 1)
        return fnq_usage(ctx, "who: --min-p is 0..1, --top at most 32.");
    struct state s = {
        .o = o, .errors = json_array(), .several = argc > 1 || strcmp(argv[0], "-") == 0};
    fnq_list_begin(&s.list, &ctx->out, &fnq_who_kind);
    int rc = fnq_each_file(ctx, argc, argv, one_file, &s);
    if (rc && json_array_append_new(s.errors, fnq_error_json(&s.err)) < 0)
        abort();
    fnq_list_end(&s.list, json_pack("{s:o,s:O}", "model", model_json(ctx), "errors", s.errors));
    int code = rc ? fnq_fail(ctx, &s.err, NULL, NULL) : finish(ctx, &s);
    fnl_sheet_finish(&s.sheet);
    fn_text_close(s.text);
    json_decref(s.errors);
    return code;
}

FNQ_COMMAND(who) = {
    .name = "who",
    .args = "FILE... | -",
    .group = FNQ_GROUP_EVERYDAY,
    .summary = "show who is in a picture",
    .details =
        "The picture need not be in the index. Its faces are numbered from the largest. A "
        "dash reads file names from standard input, one per line, or ended by NUL with "
        "-0. The exit code is 1 if no face is recognised.",
    .examples = "fnq who ~/Pictures/costumes.jpg\n"
                "fnq who ~/Pictures/costumes.jpg --draw ~/who.jpg\n"
                "find ~/Pictures -name '*.jpg' -print0 | fnq who -0 -\n",
    FNQ_TYPED(who, table),
    .operands = FNQ_COMPLETE_FILES,
};
