/* SPDX-License-Identifier: MIT */
/* One folder of a scan: its names, the new files among them, its subfolders. */
#include "daemon/watching/root_scan.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon/base/log_name.h"
#include "index/intake/candidate.h"
#include "index/intake/open_below.h"
#include "daemon/writing/index_writes.h"
#include "engine/base/array.h"
#include "engine/base/clock.h"
#include "engine/base/log.h"

void fnd_scan_flush(struct fnd_walk *w)
{
    const struct fnd_scan *s = w->s;
    if (w->n_batch &&
        !fnd_write_queue(s->writer, w->batch, w->n_batch, true, s->queued, s->owner))
        w->failed = true;
    w->n_batch = 0;
}

static void queue_file(struct fnd_walk *w, const char *rel, const struct stat *st)
{
    struct fn_queue_entry *e = &w->batch[w->n_batch];
    int64_t age_ms = (fn_clock_wall_us() * 1000 - fn_mtime_ns(st)) / 1000000;
    memset(e, 0, sizeof *e);
    e->prio = 1;
    e->root = w->s->root_id;
    e->mtime_ns = fn_mtime_ns(st);
    e->size = (uint64_t)st->st_size;
    e->inode = st->st_ino;
    /* It may still be being copied: it waits a short time, and is checked again when it is
     * taken from the queue. */
    if (age_ms >= 0 && (uint64_t)age_ms < w->s->young_ms)
        e->not_before_s = fn_clock_wall_s() + (int64_t)(w->s->young_ms / 1000) + 1;
    (void)snprintf(e->path, sizeof e->path, "%s", rel);
    w->s->n_new++;
    if (++w->n_batch == FND_PUSH_MAX)
        fnd_scan_flush(w);
}

/* ---- one folder ---- */

struct listing {
    char **name;
    size_t n, cap;
};

static void listing_finish(struct listing *l)
{
    for (size_t i = 0; i < l->n; i++)
        free(l->name[i]);
    free(l->name);
}

static bool listing_add(struct listing *l, const char *name)
{
    char **more = fn_array_grow(l->name, &l->cap, l->n + 1, sizeof *more);
    if (!more)
        return false;
    l->name = more;
    l->name[l->n] = strdup(name);
    return l->name[l->n] && ++l->n;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Reads all names and sorts them, so that the photos of one day are indexed one after the
 * other. Returns 0 or -errno. */
static int list_folder(int fd, struct listing *l)
{
    DIR *d = fdopendir(fd);
    if (!d) {
        (void)close(fd);
        return -errno;
    }
    int rc = 0;
    for (;;) {
        errno = 0;
        const struct dirent *e = readdir(d);
        if (!e) {
            rc = -errno;
            break;
        }
        if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
            continue;
        if (!listing_add(l, e->d_name)) {
            rc = -ENOMEM;
            break;
        }
    }
    (void)closedir(d);
    if (l->n)
        qsort(l->name, l->n, sizeof *l->name, by_name);
    return rc;
}

static bool enter(struct fnd_walk *w, const char *rel, const struct stat *st)
{
    if (fn_rules_one_filesystem(w->s->rules) && st->st_dev != w->root_dev)
        return false;
    if (st->st_dev == w->s->skip_dev && st->st_ino == w->s->skip_ino)
        return false;
    if (fn_rules_skip_dir(w->s->rules, rel))
        return false;
    if (fn_rules_follow_symlinks(w->s->rules)) {
        uint64_t id[2] = {st->st_dev, st->st_ino}, h = fn_hash64(id, sizeof id);
        if (fnd_seen_has(&w->dirs, h))
            return false; /* a cycle, or a second path to the same folder */
        fnd_seen_add(&w->dirs, h);
    }
    return true;
}

/* Files: into the queue, unless known; folders: onto the stack. */
static void visit(struct fnd_walk *w, struct fn_txn *t, const char *rel)
{
    char path[FN_PATH_MAX];
    struct stat st;
    if (fn_path_join(path, sizeof path, w->s->root_path, rel) || lstat(path, &st))
        return; /* gone already, or the name is too long to open */
    bool link = S_ISLNK(st.st_mode);
    if (link && (!fn_rules_follow_symlinks(w->s->rules) || stat(path, &st)))
        return;
    if (S_ISDIR(st.st_mode)) {
        fnd_names_add(enter(w, rel, &st) ? &w->stack : &w->left_out, rel);
        return;
    }
    if (link || !S_ISREG(st.st_mode))
        return;
    if (!fn_is_candidate(w->s->rules, w->s->root_path, rel, &st)) {
        w->s->n_other++;
        return;
    }
    w->s->n_files++;
    fnd_seen_add(&w->files, fn_hash64(rel, strlen(rel)));
    if (!fn_file_is_known(t, w->s->root_id, rel, &st))
        queue_file(w, rel, &st);
}

static bool has_marker(const struct fnd_walk *w, const struct listing *l)
{
    for (size_t i = 0; i < l->n; i++)
        if (fn_rules_is_marker(w->s->rules, l->name[i]))
            return true;
    return false;
}

static void visit_all(struct fnd_walk *w, const char *rel, const struct listing *l)
{
    struct fn_txn *t = NULL;
    struct fn_error err;
    for (size_t i = 0; i < l->n && !fnd_reader_stopping(w->reader); i++) {
        char path[FN_PATH_MAX];
        /* Read transactions are short; none is open while the scan waits for the writer. */
        if (!t && fn_txn_begin(w->s->store, false, 0, &t, &err)) {
            fnd_names_add(&w->unreadable, rel);
            break;
        }
        if (*rel ? fn_path_join(path, sizeof path, rel, l->name[i])
                 : snprintf(path, sizeof path, "%s", l->name[i]) >= (int)sizeof path)
            continue;
        if (w->n_batch == FND_PUSH_MAX - 1) {
            fn_txn_abort(t);
            t = NULL;
            fnd_scan_flush(w);
            fnd_reader_run_short(w->reader);
            i--;
            continue;
        }
        visit(w, t, path);
    }
    fn_txn_abort(t);
}

void fnd_scan_folder(struct fnd_walk *w, const char *rel)
{
    struct listing l = {0};
    bool follow = fn_rules_follow_symlinks(w->s->rules);
    if (w->s->mode != FN_WATCH_POLL &&
        !fnd_watches_add(w->s->watches, w->s->root_id, w->s->root_path, rel))
        w->s->n_unwatched++;
    int fd = fn_open_below(w->s->root_path, rel, O_DIRECTORY, follow);
    int rc = fd < 0 ? fd : list_folder(fd, &l);
    w->s->n_dirs++;
    if (rc == -ENOENT || rc == -ENOTDIR || rc == -ELOOP) {
        listing_finish(&l); /* gone meanwhile: its files are found to be missing later */
        return;
    }
    if (rc) {
        char name[FN_PATH_MAX];
        fnd_names_add(&w->unreadable, rel);
        fn_log(FN_LOG_WARN, "%s: cannot be read: %s, its photos remain unchanged",
               fnd_log_name(w->s->log_paths, w->s->root_path, rel, name), fn_strerror(rc));
    } else if (has_marker(w, &l)) {
        fnd_names_add(&w->left_out, rel);
    } else {
        visit_all(w, rel, &l);
    }
    listing_finish(&l);
}
