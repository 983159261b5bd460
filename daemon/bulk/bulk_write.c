/* SPDX-License-Identifier: MIT */
/* The first rank's part: the index. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/bulk/bulk.h"
#include "engine/base/file.h"
#include "index/people/settle.h"
#include "index/ingest/update.h"

enum { LOCK_WAIT_MS = 5000, SETTLE_FACES = 4000 };

/* Runs change in a transaction, and repeats it when the map had to grow. */
static int write(struct bulk *b,
                 int (*change)(struct bulk *b, struct fn_txn *t, void *arg,
                               struct fn_error *err),
                 void *arg, struct fn_error *err)
{
    int rc;
    do {
        struct fn_txn *t = NULL;
        rc = fn_txn_begin(b->store, true, LOCK_WAIT_MS, &t, err);
        if (rc)
            return rc;
        rc = change(b, t, arg, err);
        if (rc)
            fn_txn_abort(t);
        else
            rc = fn_index_commit(t, err);
    } while (rc == -EAGAIN);
    return rc;
}

/* The daemon determines the other values of a root when it gets the folder. */
static int ensure_root(struct bulk *b, struct fn_txn *t, void *arg, struct fn_error *err)
{
    struct fn_root root;
    (void)arg;
    int rc = fn_root_by_path(t, b->root, &root);
    if (rc == FN_ENOTFOUND || (rc == 0 && root.removed)) {
        if (rc == FN_ENOTFOUND)
            root = (struct fn_root){.state = FN_ROOT_ONLINE};
        root.removed = false;
        (void)snprintf(root.path, sizeof root.path, "%s", b->root);
        rc = fn_root_put(t, &root, err);
    }
    if (rc == 0)
        b->root_id = root.id;
    return rc;
}

int bulk_index_open(struct bulk *b, struct fn_error *err)
{
    int rc = fn_mkdirs(b->places.index_dir, 0700, err);
    rc = rc ? rc : fn_store_open(b->places.index_dir, FN_STORE_CREATE, &b->store, err);
    return rc ? rc : write(b, ensure_root, NULL, err);
}

void bulk_mark_known(struct bulk *b, struct bulk_photo *p, size_t n)
{
    struct fn_error err;
    struct fn_txn *t = NULL;
    fn_photo_id id;
    if (fn_txn_begin(b->store, false, 0, &t, &err))
        return; /* processed again, which only takes longer */
    for (size_t i = 0; i < n; i++)
        p[i].known = p[i].state == BULK_OPEN && fn_photo_by_hash(t, &p[i].hash, &id) == 0;
    fn_txn_abort(t);
}

/* ---- storing ---- */

struct batch {
    const char *in;
    size_t bytes;
};

/* Copies the bytes, since received data may be unaligned, and advances. */
static bool take(struct batch *in, void *to, size_t n)
{
    if (n > in->bytes)
        return false;
    if (n)
        memcpy(to, in->in, n);
    in->in += n;
    in->bytes -= n;
    return true;
}

static int store_one(struct bulk *b, struct fn_txn *t, const struct bulk_photo *p,
                     const struct fn_ingest_face *faces, struct fn_error *err)
{
    fn_photo_id id;
    struct fn_ingest in = {.path = p->path,
                           .hash = p->hash,
                           .photo = p->photo,
                           .faces = faces,
                           .n_faces = p->n_faces,
                           .feature_width = p->feature_width,
                           .profile_id = p->profile_id};
    in.path.root = b->root_id;
    if (p->state == BULK_GONE)
        return 0;
    if (p->known)
        return fn_ingest_known(t, &in.hash, &in.path, err);
    int rc = fn_reply_model(t, &b->profile, &in, err);
    return rc ? rc : fn_ingest_photo(t, &in, &id, err);
}

static int store_next(struct bulk *b, struct fn_txn *t, struct batch *in, struct fn_error *err)
{
    struct bulk_photo p;
    if (!take(in, &p, sizeof p))
        return fn_error_set(err, FN_ECORRUPT, "a rank sent half a photo");
    size_t n = p.n_faces, width = p.feature_width;
    struct fn_ingest_face *faces = calloc(n + 1, sizeof *faces);
    uint16_t *features = calloc(n * width + 1, sizeof *features);
    int rc = faces && features ? 0 : fn_error_set(err, -ENOMEM, "out of memory");
    if (rc == 0 && (!take(in, faces, n * sizeof *faces) ||
                    !take(in, features, n * width * sizeof *features)))
        rc = fn_error_set(err, FN_ECORRUPT, "a rank sent half a photo");
    for (size_t i = 0; rc == 0 && i < n; i++)
        faces[i].feature = features + i * width;
    if (rc == 0)
        rc = store_one(b, t, &p, faces, err);
    if (rc && rc != -EAGAIN)
        fn_error_prefix(err, "'%s': ", p.path.path);
    free(faces);
    free(features);
    return rc;
}

static int store_all(struct bulk *b, struct fn_txn *t, void *arg, struct fn_error *err)
{
    struct batch in = *(struct batch *)arg;
    int rc = 0;
    while (rc == 0 && in.bytes)
        rc = store_next(b, t, &in, err);
    return rc;
}

/* After the commit: reports and counts the photos. */
static void tell(struct bulk *b, struct batch in)
{
    struct bulk_photo p;
    while (take(&in, &p, sizeof p)) {
        size_t skip = p.n_faces * (sizeof(struct fn_ingest_face) + p.feature_width * 2);
        in.in += skip;
        in.bytes -= skip;
        b->count.gone += p.state == BULK_GONE;
        b->count.bad += p.state == BULK_BAD;
        b->count.known += p.known;
        b->count.photos += p.state == BULK_OPEN && !p.known;
        b->count.faces += p.n_faces;
        if (p.state == BULK_GONE || p.state == BULK_BAD)
            (void)fprintf(stderr, "facenetd-bulk: %s: %s.\n", p.path.path, p.photo.reason);
    }
}

int bulk_store(struct bulk *b, const char *in, size_t bytes, struct fn_error *err)
{
    struct batch batch = {in, bytes};
    int rc = write(b, store_all, &batch, err);
    if (rc == 0)
        tell(b, batch);
    return rc;
}

int bulk_settle(struct bulk *b, struct fn_error *err)
{
    struct fn_settler *s = NULL;
    size_t left = 1;
    int rc = fn_settler_create(b->store, &s);
    if (rc)
        return fn_error_set(err, rc, "out of memory");
    while (left && (rc == 0 || rc == -EAGAIN))
        rc = fn_people_settle_unit(s, SETTLE_FACES, LOCK_WAIT_MS, &left, err);
    fn_settler_destroy(s);
    return rc;
}
