/* SPDX-License-Identifier: MIT */
/* fnq why: the evidence for a match, or between two faces. */
#include <errno.h>
#include <stdlib.h>

#include "cli/asking/why_text.h"
#include "cli/print/index_json.h"
#include "cli/print/list.h"
#include "cli/program/command.h"

/* For JSON; other formats print text. */
static const struct fnq_field fields[] = {
    {.key = "face"},       {.key = "path"},     {.key = "state"},   {.key = "person"},
    {.key = "p"},          {.key = "d2"},       {.key = "nearest"}, {.key = "against"},
    {.key = "same_photo"}, {.key = "rejected"}, {.key = "quality"}, {.key = "group_d2"},
    {.key = "threshold"},
};
static const struct fnq_list_kind kind =
    FNQ_LIST_KIND("fnq.why/1", "faces", "fnq.why/1", fields);

static const struct fnq_field pair_fields[] = {
    {.key = "a"},          {.key = "b"},           {.key = "d2"},
    {.key = "p"},          {.key = "a_person"},    {.key = "b_person"},
    {.key = "same_photo"}, {.key = "same_person"}, {.key = "pair_threshold"},
    {.key = "threshold"},
};
static const struct fnq_list_kind pair_kind =
    FNQ_LIST_KIND("fnq.why/1", "pairs", "fnq.why/1", pair_fields);

static json_t *people_json(const struct fnl_match *m, size_t n)
{
    json_t *a = json_array();
    for (size_t i = 0; i < n; i++)
        if (json_array_append_new(a, fnq_person_json(&m[i])) < 0)
            abort();
    return a;
}

static json_t *near_json(const struct fnl_why *w)
{
    json_t *near = json_array();
    for (size_t i = 0; i < w->n_near; i++)
        if (json_array_append_new(near, json_pack("{s:s,s:f,s:s}", "face", w->near[i].id, "d2",
                                                  w->near[i].d2, "state",
                                                  fnl_state_name(w->near[i].state))) < 0)
            abort();
    return near;
}

static void put(struct fnq_out *out, const struct fnl_why *w)
{
    struct fnq_list l;
    const struct fnl_match *m = &w->fact.person;
    fnq_record_begin(&l, out, &kind);
    fnq_put_text(&l, w->fact.id);
    fnq_put_path(&l, w->photo_path);
    fnq_put_text(&l, fnl_state_name(w->fact.state));
    fnq_put_json(&l, fnq_person_json(m), NULL);
    fnq_put_json(&l, m->has_d ? fnq_json_real(m->p) : NULL, NULL);
    fnq_put_json(&l, m->has_d ? fnq_json_real(m->d2) : NULL, NULL);
    fnq_put_json(&l, near_json(w), NULL);
    fnq_put_json(&l, fnq_runner_up_json(&w->other), NULL);
    fnq_put_json(&l, people_json(w->in_photo, w->n_in_photo), NULL);
    fnq_put_json(&l, people_json(w->rejected, w->n_rejected), NULL);
    fnq_put_real(&l, w->fact.rec.quality / 255.0, 2);
    fnq_put_json(&l, w->is_member && w->member.d ? fnq_json_real(fnl_d2(w->member.d)) : NULL,
                 NULL);
    fnq_put_real(&l, fnl_d2(w->cluster_d), 2);
    fnq_record_end(&l);
}

static void put_pair(struct fnq_out *out, const struct fnl_pair *p)
{
    struct fnq_list l;
    fnq_record_begin(&l, out, &pair_kind);
    fnq_put_text(&l, p->a.id);
    fnq_put_text(&l, p->b.id);
    fnq_put_real(&l, p->d2, 3);
    fnq_put_real(&l, p->p, 2);
    fnq_put_json(&l, fnq_person_json(&p->a.person), NULL);
    fnq_put_json(&l, fnq_person_json(&p->b.person), NULL);
    fnq_put_flag(&l, p->same_photo, "yes");
    fnq_put_flag(&l, p->same_person, "yes");
    fnq_put_real(&l, fnl_d2(p->pair_d), 2);
    fnq_put_real(&l, fnl_d2(p->cluster_d), 2);
    fnq_record_end(&l);
}

static int one(struct fnq_ctx *ctx, const char *what, struct fn_error *err)
{
    struct fnl_why *w = calloc(1, sizeof *w);
    int rc = w ? fnl_why(ctx->lib, what, w, err) : fn_error_set(err, -ENOMEM, "out of memory");
    if (!rc && fnq_out_is_json(&ctx->out))
        put(&ctx->out, w);
    else if (!rc)
        fnq_why_text(&ctx->out, w);
    free(w);
    return rc;
}

static int two(struct fnq_ctx *ctx, char **argv, struct fn_error *err)
{
    struct fnl_pair p;
    int rc = fnl_why_pair(ctx->lib, argv[0], argv[1], &p, err);
    if (!rc && fnq_out_is_json(&ctx->out))
        put_pair(&ctx->out, &p);
    else if (!rc)
        fnq_why_pair_text(&ctx->out, &p);
    return rc;
}

static int run(struct fnq_ctx *ctx, int argc, char **argv)
{
    struct fn_error err = {0};
    if (argc != 1 && argc != 2)
        return fnq_usage(ctx, "why: one face, or two.");
    int rc = fnq_read_begin(ctx, &err);
    if (!rc)
        rc = argc == 1 ? one(ctx, argv[0], &err) : two(ctx, argv, &err);
    fnq_read_end(ctx);
    return rc ? fnq_fail(ctx, &err, "why", NULL) : FN_EXIT_OK;
}

FNQ_PLAIN_COMMAND(why) = {
    .name = "why",
    .args = "FACE [FACE]",
    .group = FNQ_GROUP_PEOPLE,
    .summary = "explain why a face is a person, or not",
    .examples = "fnq why ~/Pictures/costumes.jpg:1\n"
                "fnq why ~/Pictures/costumes.jpg:1 ~/Pictures/bar.jpg:1\n",
    .run = fnq_run_why,
    .operands = FNQ_COMPLETE_FILES,
};
