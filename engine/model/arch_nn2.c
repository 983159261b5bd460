/* SPDX-License-Identifier: MIT */
/* NN2: the Inception network of Table 2, with L2 pooling in most blocks; and NN3, the same for
 * smaller pictures. */
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
    {"4e",    0,    160, 256,     64, 128,      2, FN_ARCH_MAX,   0},
    {"5a",  384,    192, 384,     48, 128,      1, FN_ARCH_L2,  128},
    {"5b",  384,    192, 384,     48, 128,      1, FN_ARCH_MAX, 128},
};
/* clang-format on */

static void build(struct fn_arch_builder *b)
{
    fn_arch_inception_net(b, rows, sizeof rows / sizeof *rows);
}

const struct fn_arch fn_arch_nn2 = {
    .name = "nn2",
    .title = "Inception, 224 x 224",
    .source = "FaceNet (CVPR 2015), Table 2",
    .width = 224,
    .height = 224,
    .dim = 128,
    .build = build,
};

const struct fn_arch fn_arch_nn3 = {
    .name = "nn3",
    .title = "Inception as NN2, 160 x 160",
    .source = "FaceNet (CVPR 2015), Table 2 and section 3.3",
    .width = 160,
    .height = 160,
    .dim = 128,
    .build = build,
};
