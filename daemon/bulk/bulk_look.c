/* SPDX-License-Identifier: MIT */
/* What every rank does with its share of a round: open, hash, and the worker. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "daemon/bulk/bulk.h"
#include "index/intake/candidate.h"
#include "engine/base/clock.h"

static int open_and_hash(struct bulk *b, struct bulk_photo *p, int *ret_fd)
{
    char path[FN_PATH_MAX];
    struct stat st;
    uint64_t size;
    int rc = fn_path_join(path, sizeof path, b->root, p->path.path);
    int fd = rc ? -1 : open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    if (fd < 0)
        return rc ? rc : -errno;
    rc = fstat(fd, &st) ? -errno : S_ISREG(st.st_mode) ? 0 : -EINVAL;
    if (rc == 0) {
        p->path.mtime_ns = fn_mtime_ns(&st);
        p->path.ctime_ns = fn_ctime_ns(&st);
        p->path.size = (uint64_t)st.st_size;
        p->path.inode = st.st_ino;
        rc = p->path.size > b->cfg->max_file_bytes ? -EFBIG : fn_hash_fd(fd, &p->hash, &size);
    }
    if (rc)
        (void)close(fd);
    else
        *ret_fd = fd;
    return rc;
}

void bulk_open(struct bulk *b, size_t i, size_t k)
{
    struct bulk_photo *p = &b->share[k];
    *p = (struct bulk_photo){.state = BULK_OPEN};
    b->fd[k] = -1;
    (void)snprintf(p->path.path, sizeof p->path.path, "%s", b->path[i]);
    int rc = open_and_hash(b, p, &b->fd[k]);
    if (rc) {
        p->state = BULK_GONE;
        (void)snprintf(p->photo.reason, sizeof p->photo.reason, "%s", fn_strerror(rc));
    } else if (p->path.size == 0) {
        p->state = BULK_BAD;
        (void)snprintf(p->photo.reason, sizeof p->photo.reason, "empty file");
    }
}

static enum fn_worker_end worker_end(struct bulk *b, bool kill_it, char *text, size_t size)
{
    pid_t pid = fn_worker_pid(b->worker);
    int status = 0;
    fn_worker_destroy(b->worker, kill_it);
    b->worker = NULL;
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
        ;
    return fn_worker_judge(status, kill_it, text, size);
}

void bulk_worker_stop(struct bulk *b)
{
    char text[128];
    if (b->worker)
        (void)worker_end(b, true, text, sizeof text);
}

/* Returns 0 with *ret set, or with the photo BULK_BAD and a reason. Negative: an error that is
 * not in the photo. */
static int ask(struct bulk *b, struct bulk_photo *p, int fd, struct fn_work_reply *ret,
               struct fn_error *err)
{
    struct fn_work_request q = {
        .kind = FN_WORK_INDEX, .id = ++b->request, .fd = fd, .out_fd = -1};
    if (!b->worker) {
        struct fn_worker_opts o;
        fn_worker_opts_of(b->cfg, b->models, NULL, &o);
        int rc = fn_worker_spawn(&o, &b->worker, err);
        if (rc)
            return rc;
    }
    bool ready = fn_worker_ready(b->worker);
    int timeout_ms = (int)(b->cfg->photo_timeout_s * 1000) + (ready ? 0 : FN_WORKER_START_MS);
    int rc = fn_worker_call(b->worker, &q, timeout_ms, ret, err);
    if (rc == 0 && ret->code == 0)
        return 0;
    p->state = BULK_BAD;
    if (rc == 0) {
        (void)snprintf(p->photo.reason, sizeof p->photo.reason, "%s", ret->text);
        return 0;
    }
    ready = fn_worker_ready(b->worker);
    char how[128] = "";
    enum fn_worker_end end = worker_end(b, rc == -ETIMEDOUT, how, sizeof how);
    (void)snprintf(p->photo.reason, sizeof p->photo.reason, "%s", how);
    if (ready && end == FN_END_PHOTO)
        return 0;
    return fn_error_set(err, ready ? FN_EWORKER : FN_EMODEL, "facenetd-worker: %s",
                        how[0] ? how : fn_strerror(rc));
}

static void pack(const struct bulk_photo *p, const struct fn_work_reply *r, struct fn_buf *out)
{
    fn_buf_add(out, p, sizeof *p);
    for (uint32_t i = 0; i < p->n_faces; i++) {
        struct fn_ingest_face f = {0};
        fn_reply_face(&f, &r->photo.faces[i]);
        fn_buf_add(out, &f, sizeof f);
    }
    for (uint32_t i = 0; i < p->n_faces; i++)
        fn_buf_add(out, r->photo.faces[i].feature, p->feature_width * sizeof(uint16_t));
}

int bulk_look(struct bulk *b, struct fn_buf *out, struct fn_error *err)
{
    int rc = 0;
    for (size_t k = 0; k < BULK_SHARE; k++) {
        struct bulk_photo *p = &b->share[k];
        struct fn_work_reply reply = {0};
        if (p->state == BULK_OPEN && !p->known && rc == 0) {
            rc = ask(b, p, b->fd[k], &reply, err);
            if (rc == 0 && p->state == BULK_OPEN) {
                fn_reply_photo(&p->photo, &reply);
                p->profile_id = fn_worker_profile_id(b->worker);
                p->n_faces = reply.photo.n_faces;
                p->feature_width = reply.feature_width;
            }
        }
        if (b->fd[k] >= 0)
            (void)close(b->fd[k]);
        b->fd[k] = -1;
        if (p->state == BULK_BAD)
            p->photo.state = FN_PHOTO_BAD;
        p->photo.size = p->path.size;
        p->photo.seen_s = fn_clock_wall_s();
        if (p->state != BULK_NONE)
            pack(p, &reply, out);
    }
    return rc == 0 && fn_buf_failed(out) ? fn_error_set(err, -ENOMEM, "out of memory") : rc;
}
