/* SPDX-License-Identifier: MIT */
/* TF.js weight manifests. The first two bytes choose the architecture, the rest is the
 * manifest. The weights are zeros; their number depends on the length of the manifest, so that
 * both too many and too few occur. */
#include <stddef.h>
#include <stdint.h>

#include "engine/model/import.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const recipes[] = {
        "face-api/face_landmark_68_tiny", "face-api/ssd_mobilenetv1",
        "face-api/face_landmark_68",      "face-api/face_recognition",
        "face-api/tiny_face_detector",
    };
    static const uint8_t weights[1 << 20];
    struct fn_error err;
    struct fn_graph g;
    if (size < 5)
        return 0;
    size_t n =
        ((size_t)data[1] | (size_t)data[2] << 8 | (size_t)data[3] << 16) % sizeof weights;
    struct fn_graph_builder *b = fn_graph_builder_create();
    if (b &&
        fn_import_tfjs(data + 4, size - 4, weights, n, recipes[data[0] % 5], b, &g, &err) ==
            0 &&
        fn_graph_check(&g, &err) != 0)
        __builtin_trap();
    fn_graph_builder_destroy(b);
    return 0;
}
