/* SPDX-License-Identifier: MIT */
/* fnq labels lost. */
#include <stdio.h>
#include <string.h>

#include "cli/library/facts.h"
#include "cli/library/persons.h"
#include "cli/print/index_json.h"
#include "cli/print/list.h"
#include "cli/program/command.h"
#include "index/edits/lost_labels.h"

struct options {
    char none;
};
static const struct fn_opt table[] = {OPT_END};

static const struct fnq_field fields[] = {
    {.key = "person", .title = "PERSON", .style = FNQ_BOLD, .fit = FNQ_MIDDLE},
    {.key = "path", .title = "PHOTO", .fit = FNQ_MIDDLE},
    {.key = "photo", .title = "ID", .style = FNQ_DIM, .drop = 3},
    {.key = "face", .title = "FACE", .style = FNQ_DIM, .drop = 2},
    {.key = "act", .title = "ACT", .drop = 4},
    {.key = "why", .title = "WHY", .style = FNQ_YELLOW, .drop = 1, .fit = FNQ_FOLD},
};
static const struct fnq_list_kind kind =
    FNQ_LIST_KIND("fnq.lost/1", "lost", "fnq.lost.label/1", fields);

struct listing {
    struct fnq_list list;
    struct fn_txn *t;
    size_t n;
};

static const char *why_words(enum fn_lost_why why)
{
    static const char *const words[] = {
        [FN_LOST_EDITED] = "edited: this face was not found in the new picture",
        [FN_LOST_DELETED] = "deleted: no file has this picture",
        [FN_LOST_NO_FACE] = "no face was found there",
        [FN_LOST_NOT_INDEXED] = "the photo is not in this index",
    };
    return words[why];
}

static int visit(const struct fn_lost_label *lost, void *arg)
{
    struct listing *l = arg;
    struct fnl_match who = {.is = true, .id = lost->person};
    struct fn_person_label label;
    char hex[FN_H128_HEX], face[FN_FACE_HEX], shown[FNL_FACE_SHORT + 1], act[24];
    char title[FN_PERSON_NAME_MAX + 32];
    if (fn_person_label_get(l->t, &lost->person, &label) == 0)
        memcpy(who.name, label.name, sizeof who.name);
    fnl_person_title(&who.id, who.name, title, sizeof title);
    fnl_photo_hex(&lost->face.photo, hex, sizeof hex);
    fn_face_hex(fn_face_ckey(&lost->face), face);
    (void)snprintf(shown, sizeof shown, "%.*s", FNL_FACE_SHORT, face);
    (void)snprintf(act, sizeof act, "L%llu", (unsigned long long)lost->act);
    fnq_put_json(&l->list, fnq_person_json(&who), title);
    fnq_put_path_or(&l->list, *lost->path ? lost->path : NULL, "(no path is known)");
    hex[FN_H128_HEX - 1] = 0;
    char photo_shown[FNL_PHOTO_SHORT + 1];
    (void)snprintf(photo_shown, sizeof photo_shown, "%.*s", FNL_PHOTO_SHORT, hex);
    fnq_put_shown(&l->list, hex, photo_shown);
    fnq_put_shown(&l->list, face, shown);
    fnq_put_json(&l->list, json_integer((json_int_t)lost->act), act);
    fnq_put_text(&l->list, why_words(lost->why));
    fnq_list_row(&l->list);
    l->n++;
    return 0;
}

static int run(struct fnq_ctx *ctx, const struct options *o, int argc, char **argv)
{
    struct fn_error err = {0};
    struct listing l = {.n = 0};
    (void)argv;
    (void)o;
    if (argc)
        return fnq_usage(ctx, "labels lost takes no operands.");
    int rc = fnq_read_begin(ctx, &err);
    if (rc)
        return fnq_fail(ctx, &err, NULL, NULL);
    l.t = fnl_txn(ctx->lib);
    fnq_list_begin(&l.list, &ctx->out, &kind);
    rc = fn_lost_labels(l.t, false, visit, &l);
    fnq_list_end(&l.list, json_pack("{s:I}", "total", (json_int_t)l.n));
    fnq_read_end(ctx);
    if (!rc)
        return FN_EXIT_OK;
    (void)fn_error_set(&err, rc, "the labels cannot be read: %s", fn_strerror(rc));
    return fnq_fail(ctx, &err, "lost", NULL);
}

FNQ_COMMAND(labels_lost) = {
    .name = "labels lost",
    .args = "",
    .group = FNQ_GROUP_PEOPLE,
    .summary = "list names whose face is not there now",
    .examples = "fnq labels lost\n",
    FNQ_TYPED(labels_lost, table),
};
