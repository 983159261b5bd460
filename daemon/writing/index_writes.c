/* SPDX-License-Identifier: MIT */
#include "daemon/writing/index_writes.h"
#include "daemon/writing/writer_priv.h"

#include <stdlib.h>
#include <string.h>

#include "index/ingest/ingest.h"
#include "index/ingest/update.h"
#include "engine/base/paths.h"

static void destroy_plain(struct fnd_op *op)
{
    free(op);
}

/* A fault of the disk has been told as such. */
static void log_failure(struct fnd_op *op)
{
    const struct fnd_writer_setup *with = &op->writer->with;
    if (op->status && !fnd_is_disk_code(op->status))
        with->calls->failed(with->owner, "the index could not be written", op->err.text,
                            "the next scan tries again");
}

/* ---- queue ---- */

struct push_op {
    struct fnd_op op;
    void (*done)(void *owner, bool urgent);
    void *owner;
    size_t n;
    struct fn_queue_entry e[FND_PUSH_MAX];
};

static int push_apply(struct fn_txn *t, struct fnd_op *op, struct fn_error *err)
{
    struct push_op *p = (struct push_op *)op;
    int rc = 0;
    for (size_t i = 0; i < p->n && !rc; i++)
        rc = fn_queue_push(t, &p->e[i], err);
    return rc;
}

static void push_done(struct fnd_op *op)
{
    struct push_op *p = (struct push_op *)op;
    log_failure(op);
    p->done(p->owner, p->e[0].prio == 0);
}

bool fnd_write_queue(struct fnd_writer *w, const struct fn_queue_entry *e, size_t n,
                     bool patiently, void (*done)(void *owner, bool urgent), void *owner)
{
    struct push_op *p = calloc(1, sizeof *p);
    if (!p || n == 0 || n > FND_PUSH_MAX) {
        free(p);
        return n == 0;
    }
    p->op.apply = push_apply;
    p->op.done = push_done;
    p->op.destroy = destroy_plain;
    p->done = done;
    p->owner = owner;
    p->n = n;
    memcpy(p->e, e, n * sizeof *e);
    if (patiently)
        fnd_writer_submit_patiently(w, &p->op);
    else
        fnd_writer_submit(w, &p->op);
    return true;
}

/* ---- paths ---- */

struct forget_op {
    struct fnd_op op;
    void (*done)(void *owner, fn_root_id root, uint64_t n);
    void *owner;
    fn_root_id root;
    struct fnd_names names;
};

static int forget_apply(struct fn_txn *t, struct fnd_op *op, struct fn_error *err)
{
    struct forget_op *o = (struct forget_op *)op;
    int rc = 0;
    for (const char *at = fnd_names_next(&o->names, NULL); at && !rc;
         at = fnd_names_next(&o->names, at)) {
        rc = fn_path_delete(t, o->root, at, err);
        if (!rc)
            rc = fn_queue_remove(t, o->root, at, err);
    }
    return rc;
}

static void forget_done(struct fnd_op *op)
{
    struct forget_op *o = (struct forget_op *)op;
    log_failure(op);
    o->done(o->owner, o->root, op->status ? 0 : o->names.n);
}

static void forget_destroy(struct fnd_op *op)
{
    fnd_names_finish(&((struct forget_op *)op)->names);
    free(op);
}

/* Submits an operation with the names and the other values of like, whose names it takes over.
 */
static void forget_some(struct fnd_writer *w, struct forget_op *like)
{
    struct forget_op *o = malloc(sizeof *o);
    if (!o) {
        fnd_names_finish(&like->names);
        return;
    }
    *o = *like;
    like->names = (struct fnd_names){0};
    fnd_writer_submit(w, &o->op);
}

void fnd_write_forget(struct fnd_writer *w, fn_root_id root, struct fnd_names *names,
                      void (*done)(void *owner, fn_root_id root, uint64_t n), void *owner)
{
    enum {
        CHUNK = 256
    }; /* paths per operation: so that other writers are not blocked for long */
    struct forget_op some = {.op = {.apply = forget_apply,
                                    .done = forget_done,
                                    .destroy = forget_destroy,
                                    .gives_faces = true},
                             .done = done,
                             .owner = owner,
                             .root = root};
    for (const char *at = fnd_names_next(names, NULL); at; at = fnd_names_next(names, at)) {
        fnd_names_add(&some.names, at);
        if (some.names.n == CHUNK)
            forget_some(w, &some);
    }
    if (some.names.n)
        forget_some(w, &some);
    fnd_names_finish(&some.names);
    fnd_names_finish(names);
}

struct rename_op {
    struct fnd_op op;
    fn_root_id from_root, to_root;
    char from[FN_PATH_MAX], to[FN_PATH_MAX];
};

static int rename_apply(struct fn_txn *t, struct fnd_op *op, struct fn_error *err)
{
    struct rename_op *o = (struct rename_op *)op;
    uint64_t n = 0;
    int rc = fn_path_rename(t, o->from_root, o->from, o->to_root, o->to, &n, err);
    /* The new name gets its own entry if it needs one. */
    return rc ? rc : fn_queue_remove(t, o->from_root, o->from, err);
}

void fnd_write_rename(struct fnd_writer *w, fn_root_id from_root, const char *from,
                      fn_root_id to_root, const char *to)
{
    struct rename_op *o = calloc(1, sizeof *o);
    if (!o || strlen(from) >= sizeof o->from || strlen(to) >= sizeof o->to) {
        free(o);
        return;
    }
    o->op.apply = rename_apply;
    o->op.done = log_failure;
    o->op.destroy = destroy_plain;
    o->from_root = from_root;
    o->to_root = to_root;
    memcpy(o->from, from, strlen(from) + 1);
    memcpy(o->to, to, strlen(to) + 1);
    fnd_writer_submit(w, &o->op);
}

/* ---- roots ---- */

struct root_op {
    struct fnd_op op;
    void (*done)(void *owner, fn_root_id id);
    void *owner;
    fn_root_id id; /* out: of the root as it is written */
    struct fn_root rec;
};

static int root_put_apply(struct fn_txn *t, struct fnd_op *op, struct fn_error *err)
{
    struct root_op *o = (struct root_op *)op;
    struct fn_root rec = o->rec, there;
    /* Two changes of a new root may be submitted before its id is known. */
    if (!rec.id && fn_root_by_path(t, rec.path, &there) == 0)
        rec.id = there.id;
    int rc = fn_root_put(t, &rec, err);
    if (!rc)
        o->id = rec.id;
    return rc;
}

static void root_put_done(struct fnd_op *op)
{
    struct root_op *o = (struct root_op *)op;
    log_failure(op);
    o->done(o->owner, op->status ? 0 : o->id);
}

static int root_delete_apply(struct fn_txn *t, struct fnd_op *op, struct fn_error *err)
{
    int rc = fn_root_delete(t, ((struct root_op *)op)->id, err);
    return rc == FN_ENOTFOUND ? 0 : rc;
}

void fnd_write_root(struct fnd_writer *w, const struct fn_root *rec,
                    void (*done)(void *owner, fn_root_id id), void *owner)
{
    struct root_op *o = calloc(1, sizeof *o);
    if (!o)
        return;
    o->op.apply = root_put_apply;
    o->op.done = root_put_done;
    o->op.destroy = destroy_plain;
    o->done = done;
    o->owner = owner;
    o->rec = *rec;
    fnd_writer_submit(w, &o->op);
}

void fnd_write_root_delete(struct fnd_writer *w, fn_root_id id)
{
    struct root_op *o = calloc(1, sizeof *o);
    if (!o)
        return;
    o->op.apply = root_delete_apply;
    o->op.done = log_failure;
    o->op.destroy = destroy_plain;
    o->op.gives_faces = true;
    o->id = id;
    fnd_writer_submit(w, &o->op);
}

/* ---- grace time ---- */

struct expire_op {
    struct fnd_op op;
    int64_t before_s;
};

static int expire_apply(struct fn_txn *t, struct fnd_op *op, struct fn_error *err)
{
    uint64_t n = 0;
    return fn_index_expire(t, ((struct expire_op *)op)->before_s, &n, err);
}

void fnd_write_expire(struct fnd_writer *w, int64_t before_s)
{
    struct expire_op *o = calloc(1, sizeof *o);
    if (!o)
        return;
    o->op.apply = expire_apply;
    o->op.done = log_failure;
    o->op.destroy = destroy_plain;
    o->before_s = before_s;
    fnd_writer_submit(w, &o->op);
}
