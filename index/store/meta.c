/* SPDX-License-Identifier: MIT */
/* The meta table: small values by name, and the counters that give numbers. */
#include <errno.h>
#include <string.h>

#include "engine/base/endian.h"
#include "index/store/tables.h"

#define META_VERSION 1
#define META_HEAD    2
#define META_MAX     512

int fn_meta_get(struct fn_txn *t, const char *key, void *out, size_t size)
{
    struct fn_slice v;
    int rc = fn_tab_get(t, FN_T_META, key, strlen(key), &v);
    if (rc)
        return rc;
    if (v.n != META_HEAD + size || v.p[0] != META_VERSION)
        return FN_ECORRUPT;
    memcpy(out, v.p + META_HEAD, size);
    return 0;
}

int fn_meta_put(struct fn_txn *t, const char *key, const void *p, size_t size,
                struct fn_error *err)
{
    uint8_t v[META_MAX] = {META_VERSION};
    if (size > sizeof v - META_HEAD)
        return fn_error_set(err, -EINVAL, "meta value '%s' of %zu bytes is too long", key,
                            size);
    memcpy(v + META_HEAD, p, size);
    return fn_tab_put(t, FN_T_META, key, strlen(key), v, META_HEAD + size, err);
}

int fn_meta_get_u64(struct fn_txn *t, const char *key, uint64_t *ret)
{
    uint8_t b[8];
    int rc = fn_meta_get(t, key, b, sizeof b);
    if (!rc)
        *ret = fn_get_le64(b);
    return rc;
}

int fn_meta_put_u64(struct fn_txn *t, const char *key, uint64_t v, struct fn_error *err)
{
    uint8_t b[8];
    fn_put_le64(b, v);
    return fn_meta_put(t, key, b, sizeof b, err);
}

int fn_next_id(struct fn_txn *t, const char *counter, uint64_t max, uint64_t *ret,
               struct fn_error *err)
{
    uint64_t last = 0;
    int rc = fn_meta_get_u64(t, counter, &last);
    if (rc && rc != FN_ENOTFOUND)
        return fn_error_set(err, rc, "counter '%s' of the index is damaged", counter);
    if (last >= max)
        return fn_error_set(err, FN_ELIMIT, "the index has given out all of its numbers ('%s')",
                            counter);
    rc = fn_meta_put_u64(t, counter, last + 1, err);
    if (!rc)
        *ret = last + 1;
    return rc;
}
