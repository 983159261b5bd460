/* SPDX-License-Identifier: MIT */
#include "index/intake/admission.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/base/buf.h"
#include "engine/base/paths.h"
#include "index/intake/candidate.h"
#include "index/intake/open_below.h"

/* Errors of a disk that was removed or a server that is gone. */
static bool is_trouble(int code)
{
    return code == -EIO || code == -ESTALE || code == -ENXIO || code == -ENODEV ||
           code == -ENOTCONN || code == -ETIMEDOUT || code == -EHOSTDOWN || code == -EMFILE ||
           code == -ENFILE || code == -ENOMEM;
}

/* A file whose content cannot be read still needs its own identity. Its path record gets no
 * valid time, so that every scan tries it again. */
static void bad_without_content(struct fn_admission *a, const struct stat *st)
{
    struct fn_buf b;
    fn_buf_init(&b, 3 * FN_PATH_MAX);
    fn_buf_printf(&b, "unread %s/%s %" PRIu64, a->root_path, a->rel, (uint64_t)st->st_size);
    a->hash = fn_hash128(fn_buf_cstr(&b), b.len);
    fn_buf_finish(&b);
    a->path.mtime_ns = -1;
    a->end = FN_ADMIT_BAD;
}

static void describe(struct fn_admission *a, const struct stat *st)
{
    a->path = (struct fn_path){.root = a->root,
                               .mtime_ns = fn_mtime_ns(st),
                               .ctime_ns = fn_ctime_ns(st),
                               .size = (uint64_t)st->st_size,
                               .inode = st->st_ino};
    (void)snprintf(a->path.path, sizeof a->path.path, "%s", a->rel);
}

static void cannot_open(struct fn_admission *a, int code)
{
    struct stat st = {0};
    char path[FN_PATH_MAX];
    if (code == -ENOENT || code == -ENOTDIR || code == -ELOOP || code == -EXDEV) {
        a->end = FN_ADMIT_GONE;
    } else if (is_trouble(code)) {
        a->end = FN_ADMIT_TROUBLE;
    } else {
        if (!fn_path_join(path, sizeof path, a->root_path, a->rel))
            (void)lstat(path, &st);
        describe(a, &st);
        (void)snprintf(a->reason, sizeof a->reason, "cannot be read: %s", fn_strerror(code));
        bad_without_content(a, &st);
    }
}

static bool same_file(const struct stat *a, const struct stat *b)
{
    return a->st_size == b->st_size && fn_mtime_ns(a) == fn_mtime_ns(b);
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

/* fd is open on a regular file. Returns true if it must stay open. */
static bool hash_it(struct fn_admission *a, int fd, const struct stat *before)
{
    struct stat after;
    uint64_t size = 0;
    (void)posix_fadvise(fd, 0, 0, POSIX_FADV_SEQUENTIAL);
    int rc = fn_hash_fd(fd, &a->hash, &size);
    if (rc || fstat(fd, &after)) {
        a->end = FN_ADMIT_TROUBLE;
        (void)snprintf(a->reason, sizeof a->reason, "cannot be read: %s", fn_strerror(rc));
        return false;
    }
    if (!same_file(before, &after) || size != (uint64_t)after.st_size) {
        a->end = FN_ADMIT_CHANGING;
        return false;
    }
    if (is_in_index(a->store, &a->hash)) {
        a->end = FN_ADMIT_KNOWN;
        return false;
    }
    if (size == 0) {
        a->end = FN_ADMIT_BAD;
        (void)snprintf(a->reason, sizeof a->reason, "empty file");
        return false;
    }
    a->end = FN_ADMIT_NEW;
    return true;
}

static void too_large(struct fn_admission *a, const struct stat *st)
{
    (void)snprintf(a->reason, sizeof a->reason,
                   "%" PRIu64 " bytes are over limits.max_file (%" PRIu64 ")",
                   (uint64_t)st->st_size, a->max_file_bytes);
    bad_without_content(a, st);
    a->path.mtime_ns = fn_mtime_ns(st); /* tried again when the file changes */
}

void fn_admit(struct fn_admission *a)
{
    struct stat st;
    bool keep = false;
    a->fd = -1;
    int fd = fn_open_below(a->root_path, a->rel, 0, fn_rules_follow_symlinks(a->rules));
    if (fd < 0) {
        cannot_open(a, fd);
        return;
    }
    if (fstat(fd, &st)) {
        a->end = FN_ADMIT_TROUBLE;
    } else if (!fn_is_candidate(a->rules, a->root_path, a->rel, &st)) {
        a->end = FN_ADMIT_OTHER;
    } else {
        describe(a, &st);
        if ((uint64_t)st.st_size > a->max_file_bytes)
            too_large(a, &st);
        else
            keep = hash_it(a, fd, &st);
    }
    if (keep)
        a->fd = fd;
    else
        (void)close(fd);
}
