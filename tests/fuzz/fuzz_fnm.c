/* SPDX-License-Identifier: MIT */
/* .fnm files. Sizes and checksum are corrected first, so that the later checks are reached.
 * What parses must survive shape inference, and a round trip through the writer. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/endian.h"
#include "engine/base/hash.h"
#include "engine/model/model.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Sets sizes and checksum at the offsets of docs/format-model.md. */
static void put_right(uint8_t *p, size_t n)
{
    if (n < 128)
        return;
    fn_put_le64(p + 16, n);
    fn_put_le64(p + 24, fn_hash64(p + 32, n - 32));
}

static void use(const struct fn_model *m)
{
    struct fn_error err;
    struct fn_buf b;
    struct fn_model *again;
    uint32_t(*dims)[4] = calloc(m->graph.n_values, sizeof *dims);
    if (dims && fn_graph_infer(&m->graph, 1, 0, 0, dims, &err) == 0)
        for (uint32_t i = 0; i < m->graph.n_nodes; i++)
            (void)fn_graph_node_cost(&m->graph, i, (const uint32_t(*)[4])dims);
    free(dims);
    fn_buf_init(&b, 64 << 20);
    if (fn_model_encode(m, &b, &err) == 0) {
        if (fn_model_parse((const uint8_t *)b.data, b.len, &again, &err) != 0)
            __builtin_trap(); /* what was read can be written and read again */
        fn_model_destroy(again);
    }
    fn_buf_finish(&b);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fn_error err;
    struct fn_model *m;
    uint8_t *p = malloc(size ? size : 1);
    if (!p)
        return 0;
    if (size)
        memcpy(p, data, size);
    put_right(p, size);
    if (fn_model_parse(p, size, &m, &err) == 0) {
        use(m);
        fn_model_destroy(m);
    }
    free(p);
    return 0;
}
