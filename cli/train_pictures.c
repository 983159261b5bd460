/* SPDX-License-Identifier: MIT */
/* Pictures for a training: decoded by worker processes. */
#include "cli/train.h"

static int size(void *arg, int fd, uint32_t *ret_width, uint32_t *ret_height,
                struct fn_error *err)
{
    return fn_worker_pool_size(arg, fd, ret_width, ret_height, err);
}

static int chip(void *arg, int fd, const struct fn_chip_cut *cut, float *rgb,
                bool *ret_truncated, struct fn_error *err)
{
    return fn_worker_pool_chip(arg, fd, cut, rgb, ret_truncated, err);
}

int fnq_train_pictures(struct fnq_train *t, struct fn_error *err)
{
    const struct fn_config *c = NULL;
    struct fn_worker_opts o;
    int rc = fnq_config(t->ctx, &c, err);
    if (rc)
        return rc;
    fn_worker_opts_of(c, NULL, NULL, &o);
    o.priority = FN_PRIORITY_NORMAL;
    /* The loader's threads, and the one that waits for them and helps. */
    rc = fn_worker_pool_create(&o, (int)(c->photo_timeout_s * 1000), t->o.loader_threads + 1,
                               &t->pool, err);
    t->pictures = (struct fn_picture_source){size, chip, t->pool};
    return rc;
}
