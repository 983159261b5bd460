/* SPDX-License-Identifier: MIT */
#include "daemon/writing/index_writes.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/jobs/jobs.h"
#include "engine/base/clock.h"

static void destroy_plain(struct fnd_op *op)
{
    free(op);
}

static void log_failure(struct fnd *f, struct fnd_op *op)
{
    (void)f;
    if (op->status)
        fn_log(FN_LOG_ERROR, "the index could not be written: %s, the next scan tries again",
               op->err.text);
}

/* ---- queue ---- */

struct push_op {
    struct fnd_op op;
    size_t n;
    struct fn_queue_entry e[FND_PUSH_MAX];
};

static int push_apply(struct fnd *f, struct fn_txn *t, struct fnd_op *op, struct fn_error *err)
{
    struct push_op *p = (struct push_op *)op;
    int rc = 0;
    (void)f;
    for (size_t i = 0; i < p->n && !rc; i++)
        rc = fn_queue_push(t, &p->e[i], err);
    return rc;
}

static void push_done(struct fnd *f, struct fnd_op *op)
{
    struct push_op *p = (struct push_op *)op;
    log_failure(f, op);
    fnd_dispatch_pushed(f, p->e[0].prio == 0);
}

bool fnd_op_push(struct fnd *f, const struct fn_queue_entry *e, size_t n, bool patiently)
{
    struct push_op *p = calloc(1, sizeof *p);
    if (!p || n == 0 || n > FND_PUSH_MAX) {
        free(p);
        return n == 0;
    }
    p->op.apply = push_apply;
    p->op.done = push_done;
    p->op.destroy = destroy_plain;
    p->n = n;
    memcpy(p->e, e, n * sizeof *e);
    if (patiently)
        fnd_writer_submit_patiently(f, &p->op);
    else
        fnd_writer_submit(f, &p->op);
    return true;
}

/* ---- paths ---- */

struct forget_op {
    struct fnd_op op;
    fn_root_id root;
    struct fnd_names names;
};

static int forget_apply(struct fnd *f, struct fn_txn *t, struct fnd_op *op,
                        struct fn_error *err)
{
    struct forget_op *o = (struct forget_op *)op;
    int rc = 0;
    (void)f;
    for (const char *at = fnd_names_next(&o->names, NULL); at && !rc;
         at = fnd_names_next(&o->names, at)) {
        rc = fn_path_delete(t, o->root, at, err);
        if (!rc)
            rc = fn_queue_remove(t, o->root, at, err);
    }
    return rc;
}

static void forget_done(struct fnd *f, struct fnd_op *op)
{
    struct forget_op *o = (struct forget_op *)op;
    log_failure(f, op);
    struct fnd_root *r = fnd_root_by_id(f, o->root);
    if (!op->status) {
        f->n.files_gone += o->names.n;
        if (r)
            r->n_photos -= r->n_photos < o->names.n ? r->n_photos : o->names.n;
    }
    fnd_advance(f);
}

static void forget_destroy(struct fnd_op *op)
{
    fnd_names_finish(&((struct forget_op *)op)->names);
    free(op);
}

static void forget_some(struct fnd *f, fn_root_id root, struct fnd_names *names)
{
    struct forget_op *o = calloc(1, sizeof *o);
    if (!o) {
        fnd_names_finish(names);
        return;
    }
    o->op.apply = forget_apply;
    o->op.done = forget_done;
    o->op.destroy = forget_destroy;
    o->op.gives_faces = true;
    o->root = root;
    o->names = *names;
    *names = (struct fnd_names){0};
    fnd_writer_submit(f, &o->op);
}

void fnd_op_forget(struct fnd *f, struct fnd_root *r, struct fnd_names *names)
{
    enum { CHUNK = 256 }; /* paths per operation: other writers get their turn */
    struct fnd_names some = {0};
    for (const char *at = fnd_names_next(names, NULL); at; at = fnd_names_next(names, at)) {
        fnd_names_add(&some, at);
        if (some.n == CHUNK)
            forget_some(f, r->rec.id, &some);
    }
    if (some.n)
        forget_some(f, r->rec.id, &some);
    fnd_names_finish(&some);
    fnd_names_finish(names);
}

struct rename_op {
    struct fnd_op op;
    fn_root_id from_root, to_root;
    char from[FN_PATH_MAX], to[FN_PATH_MAX];
};

static int rename_apply(struct fnd *f, struct fn_txn *t, struct fnd_op *op,
                        struct fn_error *err)
{
    struct rename_op *o = (struct rename_op *)op;
    uint64_t n = 0;
    (void)f;
    int rc = fn_path_rename(t, o->from_root, o->from, o->to_root, o->to, &n, err);
    /* The new name gets an entry of its own if it needs one. */
    return rc ? rc : fn_queue_remove(t, o->from_root, o->from, err);
}

void fnd_op_rename(struct fnd *f, fn_root_id from_root, const char *from, fn_root_id to_root,
                   const char *to)
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
    fnd_writer_submit(f, &o->op);
}

/* ---- roots ---- */

struct root_op {
    struct fnd_op op;
    struct fnd_root *root; /* roots are never freed while the loop runs */
    struct fn_root rec;
};

static int root_put_apply(struct fnd *f, struct fn_txn *t, struct fnd_op *op,
                          struct fn_error *err)
{
    struct root_op *o = (struct root_op *)op;
    struct fn_root rec = o->rec, there;
    (void)f;
    /* Two changes of a new root may be on the way before its id is known. */
    if (!rec.id && fn_root_by_path(t, rec.path, &there) == 0)
        rec.id = there.id;
    int rc = fn_root_put(t, &rec, err);
    if (!rc)
        o->rec.id = rec.id;
    return rc;
}

static void root_put_done(struct fnd *f, struct fnd_op *op)
{
    struct root_op *o = (struct root_op *)op;
    log_failure(f, op);
    if (op->status) {
        o->root->removed = o->root->removed || o->root->rec.id == 0;
    } else if (o->root->rec.id == 0) {
        o->root->rec.id = o->rec.id;
        fnd_root_scan(f, o->root, "", false);
    }
    fnd_advance(f);
}

static int root_delete_apply(struct fnd *f, struct fn_txn *t, struct fnd_op *op,
                             struct fn_error *err)
{
    (void)f;
    int rc = fn_root_delete(t, ((struct root_op *)op)->rec.id, err);
    return rc == FN_ENOTFOUND ? 0 : rc;
}

static void submit_root(struct fnd *f, struct fnd_root *r, bool delete)
{
    struct root_op *o = calloc(1, sizeof *o);
    if (!o)
        return;
    o->op.apply = delete ? root_delete_apply : root_put_apply;
    o->op.done = delete ? log_failure : root_put_done;
    o->op.destroy = destroy_plain;
    o->op.gives_faces = delete;
    o->root = r;
    o->rec = r->rec;
    fnd_writer_submit(f, &o->op);
}

void fnd_op_root_put(struct fnd *f, struct fnd_root *r)
{
    submit_root(f, r, false);
}

void fnd_op_root_delete(struct fnd *f, struct fnd_root *r)
{
    submit_root(f, r, true);
}

/* ---- grace time ---- */

struct expire_op {
    struct fnd_op op;
    int64_t before_s;
};

static int expire_apply(struct fnd *f, struct fn_txn *t, struct fnd_op *op,
                        struct fn_error *err)
{
    uint64_t n = 0;
    (void)f;
    return fn_photos_expire(t, ((struct expire_op *)op)->before_s, &n, err);
}

void fnd_op_expire(struct fnd *f)
{
    struct expire_op *o = calloc(1, sizeof *o);
    if (!o)
        return;
    o->op.apply = expire_apply;
    o->op.done = log_failure;
    o->op.destroy = destroy_plain;
    o->before_s = fn_clock_wall_s() - (int64_t)f->cfg->away_grace_s;
    fnd_writer_submit(f, &o->op);
}

/* ---- what the writer reports ---- */

void fnd_ops_space(struct fnd *f, int code)
{
    if (code == 0) {
        fn_log(FN_LOG_INFO, "the index can be written again, going on");
        f->no_space = false;
        fnd_advance(f);
        return;
    }
    f->no_space = true;
    if (f->opt.once)
        fnd_fatal(f, FND_NOSPACE,
                  "%s: cannot write: %s. Free space there and run it again; what was finished "
                  "is kept",
                  f->index_dir, fn_strerror(code));
    else
        fn_log(FN_LOG_ERROR,
               "%s: cannot write: %s, waiting. Free space there; indexing goes on by itself",
               f->index_dir, fn_strerror(code));
}

void fnd_ops_settled(struct fnd *f)
{
    if (f->finishing)
        f->unsettled = false;
    fnd_advance(f);
}
