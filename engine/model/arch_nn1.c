/* SPDX-License-Identifier: MIT */
/* NN1: Zeiler and Fergus's network with 1x1 convolutions between (Table 1 of the paper). 140 M
 * parameters, nearly all in the two maxout layers; 1.6 G multiply-adds. */
#include "engine/model/arch_build.h"

static void build(struct fn_arch_builder *b)
{
    struct fn_arch_map x = fn_arch_input(b);
    x = fn_arch_conv(b, "conv1", x, 7, 2, 64);
    x = fn_arch_pool(b, "pool1", x, FN_ARCH_MAX, 3, 2);
    x = fn_arch_lrn(b, "rnorm1", x);
    x = fn_arch_conv(b, "conv2a", x, 1, 1, 64);
    x = fn_arch_conv(b, "conv2", x, 3, 1, 192);
    x = fn_arch_lrn(b, "rnorm2", x);
    x = fn_arch_pool(b, "pool2", x, FN_ARCH_MAX, 3, 2);
    x = fn_arch_conv(b, "conv3a", x, 1, 1, 192);
    x = fn_arch_conv(b, "conv3", x, 3, 1, 384);
    x = fn_arch_pool(b, "pool3", x, FN_ARCH_MAX, 3, 2);
    x = fn_arch_conv(b, "conv4a", x, 1, 1, 384);
    x = fn_arch_conv(b, "conv4", x, 3, 1, 256);
    x = fn_arch_conv(b, "conv5a", x, 1, 1, 256);
    x = fn_arch_conv(b, "conv5", x, 3, 1, 256);
    x = fn_arch_conv(b, "conv6a", x, 1, 1, 256);
    x = fn_arch_conv(b, "conv6", x, 3, 1, 256);
    x = fn_arch_pool(b, "pool4", x, FN_ARCH_MAX, 3, 2);
    /* The paper writes their outputs as 32 x 128. */
    x = fn_arch_maxout(b, "fc1", x, 4096, 2);
    x = fn_arch_maxout(b, "fc2", x, 4096, 2);
    fn_arch_embed(b, "fc7128", x);
}

const struct fn_arch fn_arch_nn1 = {
    .name = "nn1",
    .title = "Zeiler & Fergus with 1x1 convolutions, 220 x 220",
    .source = "FaceNet (CVPR 2015), Table 1",
    .width = 220,
    .height = 220,
    .dim = 128,
    .build = build,
};
