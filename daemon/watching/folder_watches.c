/* SPDX-License-Identifier: MIT */
#include "daemon/watching/folder_watches.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

#include "daemon/base/name_list.h"
#include "engine/base/paths.h"

enum { BUCKETS = 4096 };

static const uint32_t mask =
    IN_CLOSE_WRITE | IN_MOVED_FROM | IN_MOVED_TO | IN_CREATE | IN_DELETE | IN_DELETE_SELF |
    IN_MOVE_SELF | IN_ONLYDIR |
    IN_EXCL_UNLINK; /* IN_UNMOUNT and IN_Q_OVERFLOW are always reported */

struct folder {
    struct folder *next;
    int wd;
    fn_root_id root;
    char *rel;
};

struct fnd_watches {
    int fd;               /* -1: no inotify */
    pthread_mutex_t lock; /* guards bucket, n, limit */
    struct folder *bucket[BUCKETS];
    size_t n, limit;
    int refusal; /* errno; 0: the limit; -1: none. Guarded by lock */
};

static struct folder **slot_of(struct fnd_watches *w, int wd)
{
    struct folder **at = &w->bucket[(unsigned)wd % BUCKETS];
    while (*at && (*at)->wd != wd)
        at = &(*at)->next;
    return at;
}

static void drop_slot(struct fnd_watches *w, struct folder **at)
{
    struct folder *old = *at;
    *at = old->next;
    free(old->rel);
    free(old);
    w->n--;
}

static bool remember(struct fnd_watches *w, int wd, fn_root_id root, const char *rel)
{
    struct folder **at = slot_of(w, wd);
    char *copy = strdup(rel);
    if (!copy)
        return false;
    if (*at) { /* the folder is known, perhaps under another name */
        free((*at)->rel);
        (*at)->rel = copy;
        (*at)->root = root;
        return true;
    }
    struct folder *new = calloc(1, sizeof *new);
    if (!new) {
        free(copy);
        return false;
    }
    *new = (struct folder){.wd = wd, .root = root, .rel = copy};
    *at = new;
    w->n++;
    return true;
}

struct fnd_watches *fnd_watches_create(size_t limit, bool off)
{
    struct fnd_watches *w = calloc(1, sizeof *w);
    if (!w)
        return NULL;
    (void)pthread_mutex_init(&w->lock, NULL);
    w->limit = limit;
    w->refusal = -1;
    w->fd = off ? -1 : inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
    return w;
}

void fnd_watches_destroy(struct fnd_watches *w)
{
    if (!w)
        return;
    for (size_t i = 0; i < BUCKETS; i++)
        while (w->bucket[i])
            drop_slot(w, &w->bucket[i]);
    if (w->fd >= 0)
        (void)close(w->fd);
    (void)pthread_mutex_destroy(&w->lock);
    free(w);
}

int fnd_watches_fd(const struct fnd_watches *w)
{
    return w->fd;
}

bool fnd_watches_add(struct fnd_watches *w, fn_root_id root, const char *root_path,
                     const char *rel)
{
    char path[FN_PATH_MAX];
    if (w->fd < 0 || fn_path_join(path, sizeof path, root_path, rel))
        return false;
    pthread_mutex_lock(&w->lock);
    bool ok = false;
    if (w->n < w->limit) {
        int wd = inotify_add_watch(w->fd, path, mask);
        ok = wd >= 0 && remember(w, wd, root, rel);
        if (wd < 0 && (errno == ENOSPC || errno == ENOMEM))
            w->refusal = errno;
        if (wd < 0 && errno == ENOSPC)
            w->limit =
                w->n; /* other programs have them; tried again after the next full scan */
        else if (wd < 0)
            ok = errno == ENOENT || errno == ENOTDIR; /* gone meanwhile: nothing to watch */
    } else if (w->refusal < 0)
        w->refusal = 0;
    pthread_mutex_unlock(&w->lock);
    return ok;
}

void fnd_watches_drop(struct fnd_watches *w, fn_root_id root, const char *rel)
{
    if (w->fd < 0)
        return;
    pthread_mutex_lock(&w->lock);
    for (size_t i = 0; i < BUCKETS; i++)
        for (struct folder **at = &w->bucket[i]; *at;) {
            if ((*at)->root != root || !fnd_is_below(rel, (*at)->rel)) {
                at = &(*at)->next;
                continue;
            }
            (void)inotify_rm_watch(w->fd, (*at)->wd);
            drop_slot(w, at);
        }
    pthread_mutex_unlock(&w->lock);
}

void fnd_watches_rename(struct fnd_watches *w, fn_root_id from_root, const char *from,
                        fn_root_id to_root, const char *to)
{
    pthread_mutex_lock(&w->lock);
    for (size_t i = 0; i < BUCKETS; i++)
        for (struct folder *d = w->bucket[i]; d; d = d->next) {
            char path[2 * FN_PATH_MAX];
            if (d->root != from_root || !fnd_is_below(from, d->rel))
                continue;
            (void)snprintf(path, sizeof path, "%s%s", to, d->rel + strlen(from));
            char *copy = strdup(path);
            if (!copy)
                continue;
            free(d->rel);
            d->rel = copy;
            d->root = to_root;
        }
    pthread_mutex_unlock(&w->lock);
}

fn_root_id fnd_watches_find(struct fnd_watches *w, int wd, bool forget, char *rel, size_t size)
{
    fn_root_id id = 0;
    pthread_mutex_lock(&w->lock);
    struct folder **at = slot_of(w, wd);
    if (*at) {
        int n = snprintf(rel, size, "%s", (*at)->rel);
        id = n >= 0 && (size_t)n < size ? (*at)->root : 0;
        if (forget)
            drop_slot(w, at);
    }
    pthread_mutex_unlock(&w->lock);
    return id;
}

size_t fnd_watches_count(struct fnd_watches *w, fn_root_id root)
{
    size_t n = 0;
    pthread_mutex_lock(&w->lock);
    for (size_t i = 0; i < BUCKETS; i++)
        for (const struct folder *d = w->bucket[i]; d; d = d->next)
            n += d->root == root;
    pthread_mutex_unlock(&w->lock);
    return n;
}

int fnd_watches_refusal(struct fnd_watches *w)
{
    pthread_mutex_lock(&w->lock);
    int code = w->refusal;
    pthread_mutex_unlock(&w->lock);
    return code;
}
