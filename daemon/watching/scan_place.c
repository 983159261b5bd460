/* SPDX-License-Identifier: MIT */
/* Is the folder at the path of a root the one that was indexed? */
#include "daemon/watching/root_scan.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <unistd.h>

#include "daemon/watching/fs_kind.h"
#include "daemon/watching/place_mark.h"

enum { SAMPLE = 16 };

struct sample {
    struct fn_path *p;
    uint32_t n;
};

static int take_sample(const struct fn_path *p, void *ctx)
{
    struct sample *s = ctx;
    /* Paths are in the order of their hashes, so the first ones are a random sample. */
    s->p[s->n++] = *p;
    return s->n == SAMPLE;
}

/* Counts the known files that exist here with their old size; *ret_n: how many were checked. */
static uint32_t sample_hits(const struct fnd_walk *w, uint32_t *ret_n)
{
    struct fn_txn *t = NULL;
    struct fn_error err;
    struct sample s = {.p = calloc(SAMPLE, sizeof *s.p)};
    uint32_t hits = 0;
    if (s.p && !fn_txn_begin(w->s->store, false, 0, &t, &err)) {
        (void)fn_path_each_of_root(t, w->s->root_id, take_sample, &s);
        fn_txn_abort(t);
    }
    for (size_t i = 0; i < s.n; i++) {
        char path[FN_PATH_MAX];
        struct stat st;
        hits += !fn_path_join(path, sizeof path, w->s->root_path, s.p[i].path) &&
                !lstat(path, &st) && (uint64_t)st.st_size == s.p[i].size;
    }
    *ret_n = s.n;
    free(s.p);
    return hits;
}

static const char *reason_of(enum fnd_place place, int code)
{
    if (place == FND_PLACE_MISSING)
        return code == EACCES    ? FND_NO_PERMISSION
               : code == ENOTDIR ? "not a folder"
                                 : "no such folder";
    return place == FND_PLACE_DIFFERENT ? "another file system"
                                        : "not mounted, or another drive";
}

/* errno says why not. */
static bool is_readable(const char *path, struct stat *ret)
{
    if (stat(path, ret))
        return false;
    errno = S_ISDIR(ret->st_mode) ? 0 : ENOTDIR;
    return !errno && !faccessat(AT_FDCWD, path, R_OK | X_OK, AT_EACCESS);
}

bool fnd_scan_place(struct fnd_walk *w)
{
    struct fnd_scan *s = w->s;
    struct stat st = {0};
    struct statfs fs = {0};
    s->mark = fnd_place_mark(s->root_path);
    errno = 0;
    struct fnd_place_look look = {
        .accept = s->accept, .known_fsid = s->fsid, .known_inode = s->inode};
    look.is_folder = is_readable(s->root_path, &st) && !statfs(s->root_path, &fs);
    int code = errno;
    look.fsid = look.is_folder ? fnd_fsid(&fs) : 0;
    look.inode = st.st_ino;
    if (fnd_place_wants_sample(&look))
        look.n_hits = sample_hits(w, &look.n_sample);
    s->place = fnd_place(&look);
    if (s->place != FND_PLACE_SAME) {
        (void)snprintf(s->reason, sizeof s->reason, "%s", reason_of(s->place, code));
        return false;
    }
    s->fsid = look.fsid;
    s->inode = look.inode;
    w->root_dev = st.st_dev;
    s->mode = fnd_choose_mode(s->watch_mode, &fs, st.st_dev, s->reason, sizeof s->reason);
    return true;
}
