/* SPDX-License-Identifier: MIT */
#include "daemon/jobs/admit.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon/files/candidate.h"
#include "daemon/files/open_below.h"
#include "engine/base/buf.h"

/* Errors of a disk that is pulled or a server that is gone. */
static bool is_trouble(int code)
{
    return code == -EIO || code == -ESTALE || code == -ENXIO || code == -ENODEV ||
           code == -ENOTCONN || code == -ETIMEDOUT || code == -EHOSTDOWN || code == -EMFILE ||
           code == -ENFILE || code == -ENOMEM;
}

/* A file whose content cannot be known still needs an identity of its own. Its path record gets
 * no valid time, so that every scan tries it again. */
static void bad_without_content(struct fnd_job *j, const struct stat *st)
{
    struct fn_buf b;
    fn_buf_init(&b, 3 * FN_PATH_MAX);
    fn_buf_printf(&b, "unread %s/%s %" PRIu64, j->root_path, j->e.path, (uint64_t)st->st_size);
    j->hash = fn_hash128(fn_buf_cstr(&b), b.len);
    fn_buf_finish(&b);
    j->path.mtime_ns = -1;
    j->end = FND_ADMIT_BAD;
}

static void describe(struct fnd_job *j, const struct stat *st)
{
    j->path = (struct fn_path){.root = j->root_id,
                               .mtime_ns = fnd_mtime_ns(st),
                               .size = (uint64_t)st->st_size,
                               .inode = st->st_ino};
    memcpy(j->path.path, j->e.path, sizeof j->path.path);
}

static void cannot_open(struct fnd_job *j, int code)
{
    struct stat st = {0};
    char path[FN_PATH_MAX];
    if (code == -ENOENT || code == -ENOTDIR || code == -ELOOP || code == -EXDEV) {
        j->end = FND_ADMIT_GONE;
    } else if (is_trouble(code)) {
        j->end = FND_ADMIT_TROUBLE;
    } else {
        if (!fn_path_join(path, sizeof path, j->root_path, j->e.path))
            (void)lstat(path, &st);
        describe(j, &st);
        (void)snprintf(j->reason, sizeof j->reason, "cannot be read: %s", fn_strerror(code));
        bad_without_content(j, &st);
    }
}

static bool same_file(const struct stat *a, const struct stat *b)
{
    return a->st_size == b->st_size && fnd_mtime_ns(a) == fnd_mtime_ns(b);
}

static bool is_in_index(struct fn_store *store, const struct fn_h128 *hash)
{
    struct fn_txn *t = NULL;
    struct fn_error err;
    fn_photo_id id;
    if (fn_txn_begin(store, false, 0, &t, &err))
        return false;
    bool known = fn_photo_by_hash(t, hash, &id) == 0;
    fn_txn_abort(t);
    return known;
}

/* fd is open on a regular file. True: it is to stay open. */
static bool hash_it(struct fnd_job *j, int fd, const struct stat *before)
{
    struct stat after;
    uint64_t size = 0;
    (void)posix_fadvise(fd, 0, 0, POSIX_FADV_SEQUENTIAL);
    int rc = fn_hash_fd(fd, &j->hash, &size);
    if (rc || fstat(fd, &after)) {
        j->end = FND_ADMIT_TROUBLE;
        (void)snprintf(j->reason, sizeof j->reason, "cannot be read: %s", fn_strerror(rc));
        return false;
    }
    if (!same_file(before, &after) || size != (uint64_t)after.st_size) {
        j->end = FND_ADMIT_CHANGING;
        return false;
    }
    if (is_in_index(j->store, &j->hash)) {
        j->end = FND_ADMIT_KNOWN;
        return false;
    }
    if (size == 0) {
        j->end = FND_ADMIT_BAD;
        (void)snprintf(j->reason, sizeof j->reason, "empty file");
        return false;
    }
    j->end = FND_ADMIT_NEW;
    return true;
}

void fnd_admit_work(struct fnd_reader *r, struct fnd_task *t)
{
    struct fnd_job *j = (struct fnd_job *)t;
    struct stat st;
    (void)r;
    int fd = fnd_open_below(j->root_path, j->e.path, 0, fnd_rules_follow_symlinks(j->rules));
    if (fd < 0) {
        cannot_open(j, fd);
        return;
    }
    bool keep = false;
    if (fstat(fd, &st)) {
        j->end = FND_ADMIT_TROUBLE;
    } else if (!fnd_is_candidate(j->rules, j->root_path, j->e.path, &st)) {
        j->end = FND_ADMIT_OTHER;
    } else {
        describe(j, &st);
        if ((uint64_t)st.st_size > j->max_file_bytes) {
            (void)snprintf(j->reason, sizeof j->reason,
                           "%" PRIu64 " bytes are over limits.max_file (%" PRIu64 ")",
                           (uint64_t)st.st_size, j->max_file_bytes);
            bad_without_content(j, &st);
            j->path.mtime_ns = fnd_mtime_ns(&st); /* tried again when the file changes */
        } else {
            keep = hash_it(j, fd, &st);
        }
    }
    if (keep)
        j->fd = fd;
    else
        (void)close(fd);
}
