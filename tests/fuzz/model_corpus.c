/* SPDX-License-Identifier: MIT */
/* fn_model_corpus DIR: writes the seed files of the model fuzzers into
 * DIR/{onnx,tflite,tfjs,fnm,profile}. Run it by hand when the samples or the formats change.
 * Its output is committed. */
#include <stdio.h>
#include <string.h>

#include "engine/base/endian.h"
#include "engine/base/file.h"
#include "engine/model/import.h"
#include "engine/model/pinned.h"
#include "tests/unit/model_bytes.h"

enum { CAP = 1 << 20 };

static int save(const char *dir, const char *kind, const char *name, struct fn_buf *b)
{
    char path[4096];
    struct fn_error err;
    (void)snprintf(path, sizeof path, "%s/%s", dir, kind);
    int rc = fn_mkdirs(path, 0755, &err);
    (void)snprintf(path, sizeof path, "%s/%s/%s", dir, kind, name);
    if (rc == 0)
        rc = fn_file_write_atomic(path, b->data, b->len, 0644, &err);
    if (rc)
        fprintf(stderr, "%s\n", err.text);
    fn_buf_finish(b);
    return rc;
}

static int save_fnm(const char *dir, const struct fn_buf *onnx)
{
    static const float anchors[8] = {.1f, .2f, .3f, .4f, .5f, .6f, .7f, .8f};
    struct fn_graph_builder *gb = fn_graph_builder_create();
    struct fn_model m = {.role = FN_ROLE_DETECTOR, .feature_output = FN_NONE};
    struct fn_buf b;
    struct fn_error err;
    fn_buf_init(&b, CAP);
    m.pre.width = m.pre.height = 4;
    m.calibration = (struct fn_calibration){.far_d2 = {1.25f, 1.125f},
                                            .pair_d2 = 1.5f,
                                            .single_d2 = .75f,
                                            .group_d2 = 1,
                                            .net_d2 = .5f,
                                            .decade_d2 = .25f,
                                            .logistic_b = 8,
                                            .date = "2025-01-31"};
    m.decode = (struct fn_decode){.kind = FN_DECODE_ANCHORS_SIGMOID,
                                  .n_levels = 1,
                                  .anchors = anchors,
                                  .n_anchors = 2,
                                  .n_classes = 2,
                                  .level = {{.n_anchors = 2, .side = {10, 16}}}};
    m.align = (struct fn_align){.chip = 112, .n_points = 1, .point = {{36, 41, 38.5f, 51}}};
    int rc = fn_import_onnx((const uint8_t *)onnx->data, onnx->len, gb, &m.graph, &err);
    if (rc == 0)
        rc = fn_model_encode(&m, &b, &err);
    fn_graph_builder_destroy(gb);
    return rc ? rc : save(dir, "fnm", "sample.fnm", &b);
}

/* More operators than the sample network has, so that mutations can combine them. */
static void operators_onnx(struct fn_buf *out)
{
    static const char *const types[] = {"Relu",    "Clip",        "LeakyRelu", "Sigmoid",
                                        "MaxPool", "AveragePool", "Identity",  "Neg"};
    struct fn_buf g, a;
    char from[8] = "in", to[8];
    fn_buf_init(&g, CAP);
    onnx_input(&g, "in", (const uint32_t[]){1, 2, 8, 8}, 4);
    onnx_floats(&g, "one", (const uint32_t[]){1}, 0, (const float[]){1});
    onnx_floats(&g, "two", (const uint32_t[]){2, 1, 1}, 3, (const float[]){1, 2});
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        fn_buf_init(&a, CAP);
        onnx_ints(&a, "kernel_shape", (const int64_t[]){2, 2}, 2);
        onnx_float(&a, "min", 0);
        onnx_float(&a, "max", 6);
        (void)snprintf(to, sizeof to, "t%zu", i);
        onnx_node(&g, types[i], from, to, &a);
        memcpy(from, to, sizeof from);
    }
    onnx_node(&g, "Mul", "t7 one", "m", NULL);
    onnx_node(&g, "Add", "m two", "s", NULL);
    onnx_node(&g, "Add", "s t7", "r", NULL);
    onnx_node(&g, "Concat", "r s", "c", NULL);
    onnx_node(&g, "GlobalAveragePool", "c", "p", NULL);
    onnx_output(&g, "p");
    onnx_model(out, &g, 9);
}

static int save_tfjs(const char *dir)
{
    struct fn_buf m, bin, b;
    uint8_t head[4] = {0};
    fn_buf_init(&m, CAP);
    fn_buf_init(&bin, CAP);
    fn_buf_init(&b, CAP);
    sample_tfjs(&m, &bin);
    head[1] = (uint8_t)bin.len;
    head[2] = (uint8_t)(bin.len >> 8);
    head[3] = (uint8_t)(bin.len >> 16);
    fn_buf_add(&b, head, sizeof head);
    fn_buf_add(&b, m.data, m.len);
    fn_buf_finish(&m);
    fn_buf_finish(&bin);
    return save(dir, "tfjs", "tiny.bin", &b);
}

int main(int argc, char **argv)
{
    struct fn_buf b;
    int rc = 0;
    if (argc != 2) {
        fprintf(stderr, "usage: fn_model_corpus DIR\n");
        return 2;
    }
    fn_buf_init(&b, CAP);
    sample_onnx(&b);
    rc |= save_fnm(argv[1], &b);
    rc |= save(argv[1], "onnx", "sample.onnx", &b);
    fn_buf_init(&b, CAP);
    operators_onnx(&b);
    rc |= save(argv[1], "onnx", "operators.onnx", &b);
    fn_buf_init(&b, CAP);
    sample_tflite(&b);
    rc |= save(argv[1], "tflite", "sample.tflite", &b);
    rc |= save_tfjs(argv[1]);
    for (unsigned i = 0; fn_pinned_profile(i); i++) {
        char name[80];
        fn_buf_init(&b, CAP);
        fn_profile_print(&fn_pinned_profile(i)->values, &b);
        (void)snprintf(name, sizeof name, "%s.profile", fn_pinned_profile(i)->values.name);
        rc |= save(argv[1], "profile", name, &b);
    }
    return rc ? 1 : 0;
}
