/* SPDX-License-Identifier: MIT */
/* See picture_pool.h. */
#include "cli/library/picture_pool.h"

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

int fnl_pictures_open(struct fn_library *lib, unsigned n, struct fnl_pictures *ret,
                      struct fn_error *err)
{
    const struct fn_config *c = NULL;
    struct fn_worker_opts o;
    int rc = fnl_config(lib, &c, err);
    if (rc)
        return rc;
    fn_worker_opts_of(c, NULL, NULL, &o);
    o.priority = FN_PRIORITY_NORMAL; /* a user waits for them */
    rc = fn_worker_pool_create(&o, (int)(c->photo_timeout_s * 1000), n, &ret->pool, err);
    if (rc == 0)
        ret->source = (struct fn_picture_source){size, chip, ret->pool};
    return rc;
}

void fnl_pictures_close(struct fnl_pictures *p)
{
    fn_worker_pool_destroy(p->pool);
    *p = (struct fnl_pictures){0};
}
