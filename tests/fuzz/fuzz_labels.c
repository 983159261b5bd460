/* SPDX-License-Identifier: MIT */
/* Label logs as input. A line that is accepted must be written back byte for byte. A text is
 * either imported as a whole, with people whose clusters equal the partition from scratch, or
 * refused. The index is the same for each input: nothing is committed. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "tests/property/world.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct world w;

static void leave(void)
{
    world_close(&w);
}

static void enter(void)
{
    world_open(&w, 6);
    struct fn_txn *t = world_begin(&w, true);
    for (uint32_t i = 0; i < 12; i++)
        world_add(&w, t, i);
    world_settled(t);
    world_commit(t);
    atexit(leave);
}

static void try_line(const char *line)
{
    struct fn_assertion a;
    struct fn_error err;
    struct fn_buf b, faces;
    fn_buf_init(&b, 1 << 24);
    fn_buf_init(&faces, FN_ASSERT_FACES_BYTES);
    if (!fn_assertion_parse(line, &faces, &a, &err)) {
        fn_assertion_format(&a, &b);
        if (strcmp(fn_buf_cstr(&b), line) != 0)
            abort();
    }
    fn_buf_finish(&b);
    fn_buf_finish(&faces);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fn_error err;
    uint64_t n_new, n_skipped;
    if (!w.store)
        enter();
    char *text = strndup((const char *)data, size);
    if (!text)
        return 0;
    text[strcspn(text, "\n")] = 0;
    try_line(text);
    free(text);
    struct fn_txn *t = world_begin(&w, true);
    if (!fn_labels_import(t, (const char *)data, size, &n_new, &n_skipped, &err) && n_new)
        world_settled(t);
    fn_txn_abort(t);
    return 0;
}
