/* SPDX-License-Identifier: MIT */
/* NN4: NN2 for 96 x 96, without 5x5 convolutions "in the higher layers". The paper does not
 * state which; leaving them out of 4e, 5a and 5b is the one natural choice that gives both of
 * its counts, 6.6 M parameters and 285 M multiply-adds (docs/decisions/facenet-networks.md). */
#include "engine/model/arch_build.h"

/* clang-format off */
static const struct fn_inception rows[] = {
    /*      1x1  3x3red  3x3  5x5red  5x5  stride  pool      proj */
    {"3a",   64,     96, 128,     16,  32,      1, FN_ARCH_MAX,  32},
    {"3b",   64,     96, 128,     32,  64,      1, FN_ARCH_L2,   64},
    {"3c",    0,    128, 256,     32,  64,      2, FN_ARCH_MAX,   0},
    {"4a",  256,     96, 192,     32,  64,      1, FN_ARCH_L2,  128},
    {"4b",  224,    112, 224,     32,  64,      1, FN_ARCH_L2,  128},
    {"4c",  192,    128, 256,     32,  64,      1, FN_ARCH_L2,  128},
    {"4d",  160,    144, 288,     32,  64,      1, FN_ARCH_L2,  128},
    {"4e",    0,    160, 256,      0,   0,      2, FN_ARCH_MAX,   0},
    {"5a",  384,    192, 384,      0,   0,      1, FN_ARCH_L2,  128},
    {"5b",  384,    192, 384,      0,   0,      1, FN_ARCH_MAX, 128},
};
/* clang-format on */

static void build(struct fn_arch_builder *b)
{
    fn_arch_inception_net(b, rows, sizeof rows / sizeof *rows);
}

const struct fn_arch fn_arch_nn4 = {
    .name = "nn4",
    .title = "Inception without 5x5 in 4e, 5a and 5b, 96 x 96",
    .source = "FaceNet (CVPR 2015), Table 2 and section 3.3; the 5x5 rows deduced",
    .width = 96,
    .height = 96,
    .dim = 128,
    .build = build,
};
