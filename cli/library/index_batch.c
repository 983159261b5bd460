/* SPDX-License-Identifier: MIT */
/* Files go through admission and the worker one by one, and are written to the index in
 * batches. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli/library/act.h"
#include "cli/library/indexing_priv.h"
#include "cli/library/library_priv.h"
#include "cli/library/pictures.h"

/* ---- reporting ---- */

static void tell(struct fnl_run *r, const struct fnl_indexed_file *f)
{
    r->count->n[f->end]++;
    r->count->faces += f->end == FNL_FILE_NEW ? f->n_faces : 0;
    if (r->visit && f->end != FNL_FILE_OTHER && r->visit(f, r->arg))
        r->count->stopped = true;
}

static void failed(struct fnl_indexed_file *f, enum fnl_file_end end, int code,
                   const char *reason)
{
    f->end = end;
    f->code = code;
    f->n_faces = 0;
    (void)snprintf(f->reason, sizeof f->reason, "%s", reason);
}

/* ---- writing ---- */

struct change {
    const struct fnl_run *r;
    const struct fnl_batch_file *first;
    size_t n;
};

static int write_files(struct fn_txn *t, void *arg, struct fn_error *err)
{
    const struct change *c = arg;
    int rc = 0;
    for (size_t i = 0; !rc && i < c->n; i++) {
        const struct fnl_batch_file *f = &c->first[i];
        const struct fn_ingest *in = &f->found.in;
        rc = f->end == FN_ADMIT_KNOWN ? fn_ingest_known(t, &in->hash, &in->path, err)
                                      : fn_found_write(t, &c->r->profile, &f->found, err);
    }
    return rc;
}

static int write_some(struct fnl_run *r, struct fnl_batch_file *first, size_t n,
                      struct fn_error *err)
{
    struct change c = {r, first, n};
    return fnl_write(r->lib, FNL_KEEP, write_files, &c, err);
}

/* Writes a file alone that could not be written with the others. */
static int write_alone(struct fnl_run *r, struct fnl_batch_file *f, struct fn_error *err)
{
    int rc = write_some(r, f, 1, err);
    if (rc == -EINVAL && f->found.faces) {
        static const char reason[] = "the worker returned values out of range";
        struct fn_found_photo bad;
        fn_found_bad(&bad, &f->found.in.path, &f->found.in.hash, reason);
        fn_found_finish(&f->found);
        f->found = bad;
        failed(&f->told, FNL_FILE_BAD, rc, reason);
        rc = write_some(r, f, 1, err);
    } else if (rc == FN_ENOTFOUND && f->end == FN_ADMIT_KNOWN) {
        /* dropped meanwhile: the next run reads the file */
        failed(&f->told, FNL_FILE_UNREAD, rc, "the content is no longer known");
        rc = 0;
    }
    return rc;
}

int fnl_run_flush(struct fnl_run *r, struct fn_error *err)
{
    int rc = r->n_batch ? write_some(r, r->batch, r->n_batch, err) : 0;
    bool alone = rc == -EINVAL || rc == FN_ENOTFOUND;
    size_t n = 0;
    for (rc = alone ? 0 : rc; !rc && n < r->n_batch; n += !rc) {
        if (alone)
            rc = write_alone(r, &r->batch[n], err);
        if (!rc)
            tell(r, &r->batch[n].told);
    }
    for (size_t i = 0; i < r->n_batch; i++)
        fn_found_finish(&r->batch[i].found);
    r->n_batch = 0;
    return rc;
}

/* ---- one file ---- */

/* An error of the disk or the machine, not of the photo. */
static bool is_trouble(int code)
{
    return code == -EIO || code == -ESTALE || code == -ENODEV || code == -ENXIO ||
           code == -EAGAIN || code == FN_EBUSY;
}

/* Embeddings of two profiles are never compared: an index belongs to one. */
static int check_profile(const struct fnl_run *r, const struct fn_h128 *id,
                         struct fn_error *err)
{
    struct fn_index_model m;
    struct fn_txn *t = NULL;
    int rc = fn_txn_begin(r->store, false, 0, &t, err);
    if (rc)
        return rc;
    rc = fn_index_model_get(t, &m, err);
    fn_txn_abort(t);
    if (rc == FN_ENOTFOUND || (rc == 0 && fn_h128_eq(&m.profile_id, id)))
        return 0;
    return rc ? rc
              : fn_error_set(err, FN_EREFUSED,
                             "the index was made with other networks than the installed "
                             "profile '%s'",
                             m.profile);
}

/* Fills the next entry of the batch. An error returned is not one of the photo. */
static int ask_worker(struct fnl_run *r, struct fnl_batch_file *f, const struct fn_admission *a,
                      struct fn_error *err)
{
    struct fn_work_request q = {.kind = FN_WORK_INDEX, .fd = a->fd, .out_fd = -1};
    struct fn_work_reply reply = {0};
    struct fn_error why = {0};
    int rc = fnl_worker_start(r->lib, err);
    if (rc)
        return rc;
    rc = fnl_worker_ask(r->lib, &q, &reply, &why);
    if (rc == FN_EMODEL) {
        *err = why;
        return rc;
    }
    if (rc && is_trouble(rc)) {
        failed(&f->told, FNL_FILE_UNREAD, rc, why.text);
        return 0;
    }
    if (rc) {
        fn_found_bad(&f->found, &a->path, &a->hash, why.text[0] ? why.text : fn_strerror(rc));
        failed(&f->told, FNL_FILE_BAD, rc, f->found.in.photo.reason);
        return 0;
    }
    struct fn_h128 id = fn_worker_profile_id(r->lib->worker->worker);
    rc = check_profile(r, &id, err);
    if (rc)
        return rc;
    f->told.end = FNL_FILE_NEW;
    f->told.n_faces = reply.photo.n_faces;
    return fn_found_reply(&f->found, &a->path, &a->hash, &reply, &id)
               ? fn_error_set(err, -ENOMEM, "out of memory")
               : 0;
}

/* Handles the result of admission: fills the next entry of the batch where applicable. */
static int follow(struct fnl_run *r, struct fnl_batch_file *f, const struct fn_admission *a,
                  struct fn_error *err)
{
    static const char *const why[] = {
        [FN_ADMIT_GONE] = "no longer exists",
        [FN_ADMIT_CHANGING] = "is being written to",
        [FN_ADMIT_TROUBLE] = "cannot be read",
    };
    switch (a->end) {
    case FN_ADMIT_NEW:
        return ask_worker(r, f, a, err);
    case FN_ADMIT_KNOWN:
        f->told.end = FNL_FILE_KNOWN;
        f->found.in = (struct fn_ingest){.path = a->path, .hash = a->hash};
        return 0;
    case FN_ADMIT_BAD:
        fn_found_bad(&f->found, &a->path, &a->hash, a->reason);
        failed(&f->told, FNL_FILE_BAD, FN_EDECODE, a->reason);
        return 0;
    case FN_ADMIT_OTHER:
        f->told.end = FNL_FILE_OTHER;
        return 0;
    case FN_ADMIT_NONE:
    case FN_ADMIT_GONE:
    case FN_ADMIT_CHANGING:
    case FN_ADMIT_TROUBLE:
        failed(&f->told, FNL_FILE_UNREAD, a->end == FN_ADMIT_GONE ? -ENOENT : -EIO,
               a->reason[0] ? a->reason : why[a->end]);
        return 0;
    }
    return 0;
}

/* Two copies in one batch would both be new, so the second waits until the first is written. */
static bool is_in_batch(const struct fnl_run *r, const struct fn_h128 *hash)
{
    for (size_t i = 0; i < r->n_batch; i++)
        if (fn_h128_eq(&r->batch[i].found.in.hash, hash))
            return true;
    return false;
}

static void admit(const struct fnl_run *r, const char *rel, struct fn_admission *a)
{
    *a = (struct fn_admission){.root_path = r->root.path,
                               .rel = rel,
                               .root = r->root.id,
                               .rules = r->rules,
                               .max_file_bytes = r->cfg->max_file_bytes,
                               .store = r->store};
    fn_admit(a);
}

int fnl_run_file(struct fnl_run *r, const char *rel, struct fn_error *err)
{
    struct fn_admission a;
    int rc = 0;
    admit(r, rel, &a);
    if (a.end == FN_ADMIT_NEW && is_in_batch(r, &a.hash)) {
        (void)close(a.fd);
        rc = fnl_run_flush(r, err);
        if (rc)
            return rc;
        admit(r, rel, &a);
    }
    struct fnl_batch_file *f = &r->batch[r->n_batch];
    *f = (struct fnl_batch_file){.end = a.end};
    if (fn_path_join(f->told.path, sizeof f->told.path, r->root.path, rel))
        (void)snprintf(f->told.path, sizeof f->told.path, "%s", rel);
    rc = follow(r, f, &a, err);
    if (a.fd >= 0)
        (void)close(a.fd);
    if (rc)
        return rc;
    if (f->told.end == FNL_FILE_UNREAD || f->told.end == FNL_FILE_OTHER) {
        tell(r, &f->told);
        return 0;
    }
    return ++r->n_batch == FNL_BATCH_FILES ? fnl_run_flush(r, err) : 0;
}
