/* SPDX-License-Identifier: MIT */
/* The first line of labels.log: "# index " and the id of the index whose log it is. Older
 * programs wrote none; such a file is told by its last line alone. */
#include <errno.h>
#include <string.h>

#include "engine/base/hex.h"
#include "index/labels/labels_priv.h"

#define HEAD "# index "
enum { HEAD_BYTES = sizeof HEAD - 1, UUID_BYTES = 16 };

bool fn_log_is_head(const char *line)
{
    return strncmp(line, HEAD, HEAD_BYTES) == 0;
}

int fn_log_head(struct fn_txn *t, struct fn_buf *out)
{
    uint8_t id[UUID_BYTES];
    char hex[2 * UUID_BYTES + 1];
    int rc = fn_meta_get(t, "uuid", id, sizeof id);
    if (rc)
        return rc == FN_ENOTFOUND ? 0 : rc;
    fn_hex_encode(hex, id, sizeof id);
    fn_buf_printf(out, HEAD "%s\n", hex);
    return fn_buf_failed(out) ? -ENOMEM : 0;
}

size_t fn_log_head_bytes(const char *text, size_t n)
{
    if (n < HEAD_BYTES || !fn_log_is_head(text))
        return 0;
    const char *end = memchr(text, '\n', n);
    return end ? (size_t)(end - text) + 1 : n;
}

int fn_log_head_check(struct fn_txn *t, const char *text, size_t n, const char *path,
                      struct fn_error *err)
{
    struct fn_buf own;
    size_t head = fn_log_head_bytes(text, n);
    if (!head)
        return 0;
    fn_buf_init(&own, FN_LOG_HEAD_MAX);
    int rc = fn_log_head(t, &own);
    /* One that ends early was cut off by a crash and is written again. */
    bool other = head > own.len || memcmp(own.data, text, head) != 0;
    if (rc)
        rc = fn_error_set(err, rc, "the id of the index cannot be read: %s", fn_strerror(rc));
    else if (other)
        rc = fn_error_set(err, FN_EREFUSED, "'%s' is the label log of another index", path);
    fn_buf_finish(&own);
    return rc;
}
