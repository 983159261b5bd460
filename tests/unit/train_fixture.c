/* SPDX-License-Identifier: MIT */
/* See train_fixture.h. */
#include "train_fixture.h"

#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/base/rng.h"
#include "engine/draw/draw.h"
#include "engine/image/resample.h"

static struct fn_error err;

static void must(int rc)
{
    if (rc == 0)
        return;
    (void)fprintf(stderr, "train_fixture: %d %s\n", rc, err.text);
    abort();
}

static void picture(uint32_t person, uint32_t face, const char *path)
{
    struct fn_image m;
    struct fn_rng r = fn_rng_init(person, face + 1);
    must(fn_image_create(64, 64, &m));
    double phase = fn_rng_uniform(&r);
    for (uint32_t y = 0; y < 64; y++)
        for (uint32_t x = 0; x < 64; x++)
            for (uint32_t c = 0; c < 3; c++) {
                double wave = sin((double)(person + 2) * .13 * (c == 1 ? y : x) + phase + c);
                double v = 128 + 60 * wave + 30 * (double)((person >> c) & 1) +
                           20 * (fn_rng_uniform(&r) - .5);
                m.data[y * m.stride + 3 * x + c] = (uint8_t)fmin(fmax(v, 0), 255);
            }
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    must(fd < 0);
    must(fn_image_write_jpeg_fd(fd, &m, 95, &err));
    close(fd);
    fn_image_destroy(&m);
}

void made_people(const char *dir, uint32_t people, uint32_t faces)
{
    char path[600];
    (void)mkdir(dir, 0700);
    for (uint32_t p = 0; p < people; p++) {
        (void)snprintf(path, sizeof path, "%s/p%02u", dir, p);
        (void)mkdir(path, 0700);
        for (uint32_t f = 0; f < faces; f++) {
            (void)snprintf(path, sizeof path, "%s/p%02u/%u.jpg", dir, p, f);
            picture(p, f, path);
        }
    }
}

static uint32_t layer(struct fn_graph_builder *b, const char *name, uint32_t x, uint32_t o,
                      uint32_t k, uint32_t i, uint32_t stride, enum fn_act act)
{
    char weight_name[64], bias_name[64];
    float zeros[64] = {0}, *w = calloc((size_t)o * k * k * i, sizeof *w);
    struct fn_rng r = fn_rng_init(k * 1000 + o, i);
    for (size_t j = 0; j < (size_t)o * k * k * i; j++)
        w[j] = (float)(fn_rng_uniform(&r) - .5) * 2 * sqrtf(6.f / (float)(k * k * i));
    (void)snprintf(weight_name, sizeof weight_name, "%s.w", name);
    (void)snprintf(bias_name, sizeof bias_name, "%s.b", name);
    uint32_t wv = fn_graph_add_weight(b, weight_name, (uint32_t[]){o, k, k, i}, w);
    uint32_t bv = fn_graph_add_weight(b, bias_name, (uint32_t[]){o, 1, 1, 1}, zeros);
    free(w);
    struct fn_attr a = {
        .kh = k, .kw = k, .stride_h = stride, .stride_w = stride, .pad_mode = FN_PAD_SAME};
    return fn_graph_add_conv(b, name, x, wv, bv, &a, act, FN_NONE);
}

struct fn_graph_builder *made_model(struct fn_model *m)
{
    struct fn_graph_builder *builder = fn_graph_builder_create();
    uint32_t x = fn_graph_add_input(builder, "x", 3, SIDE, SIDE);
    x = layer(builder, "one", x, 16, 5, 3, 2, FN_ACT_RELU);
    x = layer(builder, "two", x, 32, 3, 16, 2, FN_ACT_RELU);
    x = layer(builder, "three", x, 48, 3, 32, 2, FN_ACT_RELU);
    x = fn_graph_add_node(builder, "pool", FN_OP_AVGPOOL, &x, 1,
                          &(struct fn_attr){.stride_h = 1, .stride_w = 1});
    x = layer(builder, "fc", x, DIM, 1, 48, 1, FN_ACT_NONE);
    x = fn_graph_add_node(builder, "embedding", FN_OP_L2NORM, &x, 1,
                          &(struct fn_attr){.eps = 1e-10f});
    fn_graph_mark_output(builder, x);
    must(fn_graph_builder_finish(builder, &m->graph, &err));
    m->role = FN_ROLE_EMBEDDER;
    m->decode.kind = FN_DECODE_EMBEDDING;
    m->feature_output = FN_NONE;
    m->pre = (struct fn_preprocess){.mean = {127.5f, 127.5f, 127.5f},
                                    .scale = {1 / 64.f, 1 / 64.f, 1 / 64.f},
                                    .fit = FN_FIT_CROP,
                                    .width = SIDE,
                                    .height = SIDE};
    (void)snprintf(m->card.name, sizeof m->card.name, "test");
    return builder;
}
