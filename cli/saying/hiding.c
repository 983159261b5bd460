/* SPDX-License-Identifier: MIT */
#include "cli/saying/hiding.h"

#include "cli/program/operands.h"
#include "cli/saying/saying.h"

static int hide(struct fnq_ctx *ctx, struct fnl_hiding *h, int argc, char **argv,
                struct fnl_act_result *ret, struct fn_error *err)
{
    struct fnq_people people;
    int rc = fnq_people_operands(ctx, argc, argv, &people, err);
    fnq_read_end(ctx);
    h->who = people.who;
    h->n_who = people.n;
    rc = rc ? rc : fnl_hide_people(ctx->lib, fnq_mode(ctx), h, ret, err);
    h->who = NULL;
    fnq_people_finish(&people);
    return rc;
}

int fnq_hide_people(struct fnq_ctx *ctx, struct fnl_hiding *h, int argc, char **argv)
{
    struct fn_error err = {0};
    struct fnl_act_result r;
    if (hide(ctx, h, argc, argv, &r, &err))
        return fnq_fail(ctx, &err, NULL, NULL);
    if (fnq_out_is_json(&ctx->out)) {
        fnq_json_one(&ctx->out, "fnq.act/1",
                     json_pack("{s:I,s:I,s:b}", "act", (json_int_t)r.act, "people",
                               (json_int_t)h->n_people, "dry_run", ctx->o.dry_run));
    } else {
        fnq_text(&ctx->out, "%zu %s %s%s.", h->n_people, h->n_people == 1 ? "person" : "people",
                 ctx->o.dry_run ? "would be " : "", h->hide ? "hidden" : "shown again");
        fnq_print_undo(ctx, r.act);
    }
    fnq_act_done(ctx, r.act, &r.after);
    return FN_EXIT_OK;
}
