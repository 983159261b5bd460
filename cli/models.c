/* SPDX-License-Identifier: MIT */
/* Finding and opening model files. */
#include "cli/models.h"

#include <stdio.h>
#include <string.h>

#include "engine/base/file.h"
#include "engine/model/look_up.h"
#include "engine/train/trained_model.h"

int fnq_model_path(struct fnq_ctx *ctx, const char *name, char *out, size_t size)
{
    const struct fn_config *c = NULL;
    struct fn_error err = {0};
    if (fnq_config(ctx, &c, &err))
        return fnq_fail(ctx, &err, NULL, NULL);
    return fn_model_look_up(fn_config_models_dir(c, ctx->o.models), name, out, size)
               ? 0
               : fnq_say(FNQ_NO, "there is no model '%s'. All of them: fnq model list", name);
}

int fnq_model_open(const char *path, struct fnq_model_source *ret, struct fn_error *err)
{
    struct fnq_model_source s = {0};
    bool checkpoint = false;
    int rc = fn_checkpoint_is(path, &checkpoint, err);
    if (rc)
        return rc;
    rc = checkpoint ? fn_checkpoint_open(path, &s.checkpoint, err)
                    : fn_model_open(path, &s.opened, err);
    if (rc)
        return rc;
    s.model = checkpoint ? *s.checkpoint.model : *s.opened;
    if (checkpoint) {
        const struct fn_checkpoint *c = &s.checkpoint;
        fn_trained_finish(&s.model, &c->opts);
        fn_trained_note(&s.model.card, &c->opts, c->step, c->images, NULL);
    }
    *ret = s;
    return 0;
}

void fnq_model_close(struct fnq_model_source *s)
{
    fn_model_destroy(s->opened);
    fn_checkpoint_close(&s->checkpoint);
    *s = (struct fnq_model_source){0};
}
