/* SPDX-License-Identifier: MIT */
/* Crops as network input; see net_input.h. */
#include "engine/face/net_input.h"

#include <string.h>

static void put_grey(const struct fn_preprocess *pre, const float *p, float *to)
{
    float g = pre->grey[0] * p[0] + pre->grey[1] * p[1] + pre->grey[2] * p[2];
    *to = (g - pre->mean[0]) * pre->scale[0];
}

static void put_rgb(const struct fn_preprocess *pre, const float *p, float *to)
{
    to[0] = (p[0] - pre->mean[0]) * pre->scale[0];
    to[1] = (p[1] - pre->mean[1]) * pre->scale[1];
    to[2] = (p[2] - pre->mean[2]) * pre->scale[2];
}

void fn_net_input(const struct fn_preprocess *pre, const struct fn_imagef *crop, bool mirror,
                  float *to)
{
    size_t w = crop->width, h = crop->height, channels = pre->colour == FN_COLOUR_GREY ? 1 : 3;
    for (size_t y = 0; y < h; y++) {
        for (size_t x = 0; x < w; x++) {
            const float *p = crop->data + (y * w + (mirror ? w - 1 - x : x)) * 3;
            float *q = to + (pre->transposed ? x * h + y : y * w + x) * channels;
            if (channels == 1)
                put_grey(pre, p, q);
            else
                put_rgb(pre, p, q);
        }
    }
}

static int compile(const struct fn_model *m, unsigned cpu_flags, uint32_t n,
                   struct fn_exec **ret, struct fn_error *err)
{
    struct fn_exec_opts o = {
        .n = n, .h = m->pre.height, .w = m->pre.width, .cpu_flags = cpu_flags};
    return fn_exec_create(&m->graph, &o, ret, err);
}

int fn_batch_net_init(struct fn_batch_net *b, const struct fn_model *m, unsigned cpu_flags,
                      bool with_batch, struct fn_error *err)
{
    *b = (struct fn_batch_net){0};
    int rc = compile(m, cpu_flags, 1, &b->one, err);
    if (!rc && with_batch)
        rc = compile(m, cpu_flags, FN_BATCH, &b->many, err);
    if (rc) {
        fn_batch_net_finish(b);
        return rc;
    }
    uint32_t dims[4];
    fn_exec_input(b->one, 0, dims);
    uint32_t channels = m->pre.colour == FN_COLOUR_GREY ? 1 : 3;
    if (dims[1] != channels) {
        fn_batch_net_finish(b);
        return fn_error_set(err, FN_EMODEL, "network input has %u channels, not %u", dims[1],
                            channels);
    }
    b->height = m->pre.transposed ? dims[3] : dims[2];
    b->width = m->pre.transposed ? dims[2] : dims[3];
    b->side = b->width == b->height ? b->width : 0;
    b->in_size = (size_t)dims[1] * dims[2] * dims[3];
    return 0;
}

void fn_batch_net_finish(struct fn_batch_net *b)
{
    if (!b)
        return;
    fn_exec_destroy(b->one);
    fn_exec_destroy(b->many);
    *b = (struct fn_batch_net){0};
}
