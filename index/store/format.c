/* SPDX-License-Identifier: MIT */
/* The format of an index: creating, checking and upgrading it when it is opened.
 *
 * meta has `format`, the version that wrote the index, and `min_reader`, the oldest version
 * that can read it. A program reads an index with min_reader <= FN_FORMAT_VERSION and format >=
 * FN_FORMAT_READ, and writes one with format <= FN_FORMAT_VERSION after upgrading it, step by
 * step, in one transaction. An index that is too old to be read is upgraded first (store.c).
 */
#include <errno.h>
#include <string.h>
#include <sys/random.h>

#include "index/store/migrate.h"

#define OPEN_WAIT_MS 5000

/* One step of an upgrade: from format `from` to `from` + 1, in the caller's transaction. Rows
 * are added when FN_FORMAT_VERSION grows, with a fixture of the old format in the tests. */
struct migration {
    uint32_t from;
    int (*run)(struct fn_txn *t, struct fn_error *err);
};

static const struct migration migrations[] = {
    {1, fn_migrate_1_2},
    {2, fn_migrate_2_3},
    {3, fn_migrate_3_4},
};

static int migrate(struct fn_txn *t, uint32_t from, struct fn_error *err)
{
    if (from == FN_FORMAT_VERSION)
        return 0;
    for (uint32_t v = from; v < FN_FORMAT_VERSION; v++) {
        int rc = FN_EVERSION;
        for (size_t i = 0; i < sizeof migrations / sizeof *migrations; i++)
            if (migrations[i].from == v)
                rc = migrations[i].run(t, err);
        if (rc == FN_EVERSION)
            return fn_error_set(err, rc, "'%s': format %u of the index cannot be upgraded",
                                t->s->dir, v);
        if (rc)
            return rc;
    }
    return fn_meta_put_u64(t, "format", FN_FORMAT_VERSION, err);
}

static int make_format(struct fn_txn *t, struct fn_error *err)
{
    uint8_t uuid[16];
    if (getrandom(uuid, sizeof uuid, 0) != (ssize_t)sizeof uuid)
        return fn_error_set(err, -EIO, "'%s': no random numbers for the index's id", t->s->dir);
    int rc = fn_meta_put(t, "uuid", uuid, sizeof uuid, err);
    if (!rc)
        rc = fn_meta_put_u64(t, "min_reader", FN_FORMAT_VERSION, err);
    if (!rc)
        rc = fn_meta_put_u64(t, "format", FN_FORMAT_VERSION, err);
    return rc;
}

/* ret_format: 0 if there is none yet. */
static int check_format(struct fn_txn *t, bool write, uint32_t *ret_format,
                        struct fn_error *err)
{
    uint64_t format = 0, min_reader = 0;
    int rc = fn_meta_get_u64(t, "format", &format);
    if (rc == FN_ENOTFOUND) {
        *ret_format = 0;
        return 0;
    }
    if (!rc)
        rc = fn_meta_get_u64(t, "min_reader", &min_reader);
    if (rc || format == 0 || format > UINT32_MAX)
        return fn_error_set(err, FN_ECORRUPT, "'%s': the index does not say its format",
                            t->s->dir);
    if ((write ? format : min_reader) > FN_FORMAT_VERSION)
        return fn_error_set(
            err, FN_EVERSION,
            "'%s': the index has format %u, this program knows up to %u; use a newer one",
            t->s->dir, (unsigned)format, FN_FORMAT_VERSION);
    *ret_format = (uint32_t)format;
    if (!write && format < FN_FORMAT_READ)
        return fn_error_set(err, FN_EVERSION,
                            "'%s': the index has format %u and has to be upgraded to %u first, "
                            "which takes a user that may write it",
                            t->s->dir, (unsigned)format, FN_FORMAT_VERSION);
    return 0;
}

static int write_format(struct fn_store *s, struct fn_error *err)
{
    struct fn_txn *t;
    int rc = fn_txn_begin(s, true, OPEN_WAIT_MS, &t, err);
    if (rc)
        return rc;
    bool all;
    uint32_t format;
    bool used = fn_tab_count(t, FN_T_PHOTO) > 0;
    rc = fn_tables_open(t, true, &all, err);
    if (!rc)
        rc = check_format(t, true, &format, err);
    if (!rc && format == 0 && used)
        rc = fn_error_set(err, FN_ECORRUPT, "'%s': the index does not say its format", s->dir);
    if (!rc)
        rc = format == 0 ? make_format(t, err) : migrate(t, format, err);
    if (rc) {
        fn_txn_abort(t);
        memset(s->has, 0, sizeof s->has);
        return rc;
    }
    return fn_txn_commit(t, err);
}

int fn_format_open(struct fn_store *s, struct fn_error *err)
{
    struct fn_txn *t;
    int rc = fn_txn_begin(s, false, 0, &t, err);
    if (rc)
        return rc;
    bool all = false;
    uint32_t format = 0;
    rc = fn_tables_open(t, false, &all, err);
    if (!rc)
        rc = check_format(t, (s->flags & FN_STORE_WRITE) != 0, &format, err);
    if (rc) {
        fn_txn_abort(t);
        return rc;
    }
    rc = fn_txn_commit(
        t, err); /* handles opened in a read transaction stay only when it is committed */
    if (rc)
        return rc;
    if (all && format == FN_FORMAT_VERSION)
        return 0;
    if (s->flags & FN_STORE_WRITE) {
        if (format == 0 && !(s->flags & FN_STORE_CREATE))
            return fn_error_set(err, FN_ENOTFOUND, "'%s': there is no index", s->dir);
        return write_format(s, err);
    }
    if (format == 0)
        return fn_error_set(err, FN_ENOTFOUND, "'%s': the index is empty", s->dir);
    return 0;
}
