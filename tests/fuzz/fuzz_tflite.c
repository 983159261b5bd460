/* SPDX-License-Identifier: MIT */
/* TFLite reader: the complete import, as for a file of a user. */
#include <stddef.h>
#include <stdint.h>

#include "engine/model/import.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fn_error err;
    struct fn_graph g;
    struct fn_graph_builder *b = fn_graph_builder_create();
    if (b && fn_import_tflite(data, size, b, &g, &err) == 0 && fn_graph_check(&g, &err) != 0)
        __builtin_trap(); /* the result of an importer passes the checks */
    fn_graph_builder_destroy(b);
    return 0;
}
