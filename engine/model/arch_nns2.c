/* SPDX-License-Identifier: MIT */
/* NNS2-like: the paper's "tiny Inception" for 140 x 116. No table of it was published, only its
 * budget: 4.3 M parameters and 20 M multiply-adds; because faces are taller than wide, 140 is
 * taken as the height.
 *
 * This one is meant to be trained from random weights in an hour on two cores: a quarter of the
 * work is done by the time the map is down to 18 x 15, there is no normalisation, there are no
 * 5x5 on large maps, and a weighted sum over the last map (5 x 4) with weights per channel
 * replaces a mean. After ReLU all means are alike at first, and so would be the embeddings of
 * all faces, where triplets do not make progress. Weights of both signs start with faces apart,
 * and allow the position in the chip to matter.
 */
#include "engine/model/arch_build.h"

/* clang-format off */
static const struct fn_inception rows[] = {
    /*      1x1  3x3red  3x3  5x5red  5x5  stride  pool      proj */
    {"3a",   16,     16,  32,      0,   0,      1, FN_ARCH_MAX,  16},
    {"3b",    0,     32,  64,      0,   0,      2, FN_ARCH_MAX,   0},
    {"4a",   48,     32,  64,      8,  16,      1, FN_ARCH_MAX,  32},
    {"4b",    0,     48,  96,     16,  32,      2, FN_ARCH_MAX,   0},
    {"5a",   96,     64, 128,     16,  32,      1, FN_ARCH_MAX,  64},
    {"5b",   96,     64, 128,     16,  32,      1, FN_ARCH_MAX,  64},
};
/* clang-format on */

static void build(struct fn_arch_builder *b)
{
    struct fn_arch_map x = fn_arch_input(b);
    x = fn_arch_conv(b, "conv1", x, 3, 2, 16);
    x = fn_arch_pool(b, "pool1", x, FN_ARCH_MAX, 3, 2);
    x = fn_arch_conv(b, "conv2", x, 3, 1, 24);
    x = fn_arch_pool(b, "pool2", x, FN_ARCH_MAX, 3, 2);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        x = fn_arch_inception(b, x, &rows[i]);
    x = fn_arch_weighted(b, "weighted", x);
    fn_arch_embed(b, "fc", x);
}

const struct fn_arch fn_arch_nns2 = {
    .name = "nns2-like",
    .title = "tiny Inception, 140 x 116 (height x width)",
    .source = "our own table for the budget of NNS2 (FaceNet, section 3.3)",
    .width = 116,
    .height = 140,
    .dim = 128,
    .build = build,
};
