/* SPDX-License-Identifier: MIT */
#include "cli/library/model_source.h"

#include "cli/library/model_places.h"
#include "engine/train/trained_model.h"

static int open_checkpoint(struct fnl_model_source *s, struct fn_error *err)
{
    struct fn_checkpoint *c = &s->checkpoint;
    int rc = fn_checkpoint_open(s->path, c, err);
    if (rc)
        return rc;
    s->model = *c->model;
    fn_trained_finish(&s->model, &c->opts);
    fn_trained_note(&s->model.card, &c->opts, c->step, c->images, NULL);
    return 0;
}

static int open_file(struct fnl_model_source *s, struct fn_error *err)
{
    int rc = fn_model_open(s->path, &s->opened, err);
    if (!rc)
        s->model = *s->opened;
    return rc;
}

int fnl_model_open(struct fn_library *lib, const char *name, struct fnl_model_source *ret,
                   struct fn_error *err)
{
    bool checkpoint = false;
    *ret = (struct fnl_model_source){0};
    int rc = fnl_model_find(lib, name, ret->path, sizeof ret->path, err);
    rc = rc ? rc : fn_checkpoint_is(ret->path, &checkpoint, err);
    if (rc)
        return rc;
    return checkpoint ? open_checkpoint(ret, err) : open_file(ret, err);
}

void fnl_model_close(struct fnl_model_source *s)
{
    fn_model_destroy(s->opened);
    fn_checkpoint_close(&s->checkpoint);
    *s = (struct fnl_model_source){0};
}
