/* SPDX-License-Identifier: MIT */
/* NNS1-like: the paper's "mini Inception" for 165 x 165. No table of it was published, only its
 * budget: 26 M parameters and 220 M multiply-adds. So many parameters for so few multiply-adds
 * require a large fully connected layer: fc1 has 23.6 M of 25.6 M. */
#include "engine/model/arch_build.h"

/* clang-format off */
static const struct fn_inception rows[] = {
    /*      1x1  3x3red  3x3  5x5red  5x5  stride  pool      proj */
    {"3a",   32,     40,  64,      8,  16,      1, FN_ARCH_MAX,  16},
    {"3b",   32,     40,  64,     12,  32,      1, FN_ARCH_MAX,  32},
    {"3c",    0,     64, 128,     16,  32,      2, FN_ARCH_MAX,   0},
    {"4a",  128,     64, 128,     16,  32,      1, FN_ARCH_MAX,  64},
    {"4b",  112,     72, 144,     16,  32,      1, FN_ARCH_MAX,  64},
    {"4c",    0,     96, 192,     24,  64,      2, FN_ARCH_MAX,   0},
    {"5a",  256,     96, 256,     24,  64,      1, FN_ARCH_MAX,  64},
    {"5b",  256,     96, 256,     24,  64,      1, FN_ARCH_MAX,  64},
};
/* clang-format on */

static void build(struct fn_arch_builder *b)
{
    struct fn_arch_map x = fn_arch_input(b);
    x = fn_arch_conv(b, "conv1", x, 5, 2, 32);
    x = fn_arch_pool(b, "pool1", x, FN_ARCH_MAX, 3, 2);
    x = fn_arch_conv(b, "conv2a", x, 1, 1, 32);
    x = fn_arch_conv(b, "conv2", x, 3, 1, 64);
    x = fn_arch_pool(b, "pool2", x, FN_ARCH_MAX, 3, 2);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        x = fn_arch_inception(b, x, &rows[i]);
    x = fn_arch_full(b, "fc1", x, 1024);
    fn_arch_embed(b, "fc2", x);
}

const struct fn_arch fn_arch_nns1 = {
    .name = "nns1-like",
    .title = "mini Inception, 165 x 165",
    .source = "our own table for the budget of NNS1 (FaceNet, section 3.3)",
    .width = 165,
    .height = 165,
    .dim = 128,
    .build = build,
};
