/* SPDX-License-Identifier: MIT */
/* The walk over folders. It uses a stack of folder names instead of recursion, so only one
 * folder is open at a time. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/library/indexing_priv.h"
#include "engine/base/array.h"
#include "engine/base/file.h"
#include "index/intake/candidate.h"
#include "index/intake/open_below.h"

struct names {
    char **name;
    size_t n, cap;
};

/* A folder that has been entered, when links are followed. */
struct place {
    uint64_t dev, ino;
};

struct walk {
    struct fnl_run *r;
    struct names stack; /* folders to read; the last one is next */
    struct place *entered;
    size_t n_entered, cap_entered;
    struct stat root, index; /* the folders of the root and of the index */
};

static int names_add(struct names *l, const char *name)
{
    char **more = fn_array_grow(l->name, &l->cap, l->n + 1, sizeof *more);
    if (!more)
        return -ENOMEM;
    l->name = more;
    l->name[l->n] = strdup(name);
    if (!l->name[l->n])
        return -ENOMEM;
    l->n++;
    return 0;
}

static void names_finish(struct names *l)
{
    for (size_t i = 0; i < l->n; i++)
        free(l->name[i]);
    free(l->name);
    *l = (struct names){0};
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Reads all names of a folder and sorts them, so that the photos of one day come one after the
 * other. Closes fd. */
static int list_folder(int fd, struct names *l)
{
    DIR *d = fdopendir(fd);
    int rc = 0;
    if (!d) {
        rc = -errno;
        (void)close(fd);
        return rc;
    }
    while (!rc) {
        errno = 0;
        const struct dirent *e = readdir(d);
        if (!e) {
            rc = -errno;
            break;
        }
        if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0)
            rc = names_add(l, e->d_name);
    }
    (void)closedir(d);
    if (l->n)
        qsort(l->name, l->n, sizeof *l->name, by_name);
    return rc;
}

/* ---- exclusions ---- */

static bool has_marker(const struct fnl_run *r, const struct names *l)
{
    for (size_t i = 0; i < l->n; i++)
        if (fn_rules_is_marker(r->rules, l->name[i]))
            return true;
    return false;
}

static bool holds_marker(const struct fnl_run *r, const char *rel)
{
    char folder[FN_PATH_MAX], file[FN_PATH_MAX];
    const struct fn_config_list *l = &r->cfg->ignore_markers;
    if (fn_path_join(folder, sizeof folder, r->root.path, rel))
        return true;
    for (size_t i = 0; i < l->n; i++)
        if (fn_path_join(file, sizeof file, folder, l->items[i]) == 0 && fn_file_exists(file))
            return true;
    return false;
}

bool fnl_run_leaves_out(const struct fnl_run *r, const char *rel)
{
    char part[FN_PATH_MAX];
    if (holds_marker(r, ""))
        return true;
    for (const char *end = rel; *end;) {
        end += *end == '/';
        end += strcspn(end, "/");
        (void)snprintf(part, sizeof part, "%.*s", (int)(end - rel), rel);
        if (fn_rules_skip_dir(r->rules, part) || holds_marker(r, part))
            return true;
    }
    return false;
}

static int by_place(const void *key, const void *elem)
{
    const struct place *a = key, *b = elem;
    if (a->dev != b->dev)
        return a->dev < b->dev ? -1 : 1;
    return a->ino < b->ino ? -1 : a->ino > b->ino;
}

/* *ret: links lead here a second time, or in a cycle. */
static int enter_once(struct walk *w, const struct stat *st, bool *ret)
{
    struct place p = {st->st_dev, st->st_ino};
    size_t at = fn_lower_bound(&p, w->entered, w->n_entered, sizeof p, by_place);
    *ret = at < w->n_entered && by_place(&p, &w->entered[at]) == 0;
    if (*ret)
        return 0;
    struct place *more =
        fn_array_grow(w->entered, &w->cap_entered, w->n_entered + 1, sizeof *more);
    if (!more)
        return -ENOMEM;
    w->entered = more;
    memmove(more + at + 1, more + at, (w->n_entered - at) * sizeof *more);
    more[at] = p;
    w->n_entered++;
    return 0;
}

/* ---- the walk ---- */

static int visit_folder(struct walk *w, const char *rel, const struct stat *st)
{
    bool again = false;
    const struct fn_rules *rules = w->r->rules;
    if (fn_rules_one_filesystem(rules) && st->st_dev != w->root.st_dev)
        return 0;
    if (st->st_dev == w->index.st_dev && st->st_ino == w->index.st_ino)
        return 0;
    if (fn_rules_skip_dir(rules, rel))
        return 0;
    int rc = fn_rules_follow_symlinks(rules) ? enter_once(w, st, &again) : 0;
    return rc || again ? rc : names_add(&w->stack, rel);
}

static bool is_unchanged(const struct fnl_run *r, const char *rel, const struct stat *st)
{
    struct fn_txn *t = NULL;
    struct fn_error err;
    if (fn_txn_begin(r->store, false, 0, &t, &err))
        return false; /* read again, which only takes longer */
    bool known = fn_file_is_known(t, r->root.id, rel, st);
    fn_txn_abort(t);
    return known;
}

static int visit_file(struct walk *w, const char *rel, const struct stat *st,
                      struct fn_error *err)
{
    struct fnl_run *r = w->r;
    if (!fn_is_candidate(r->rules, r->root.path, rel, st)) {
        r->count->n[FNL_FILE_OTHER]++;
        return 0;
    }
    if (is_unchanged(r, rel, st)) {
        r->count->n[FNL_FILE_UNCHANGED]++;
        return 0;
    }
    return fnl_run_file(r, rel, err);
}

static int visit(struct walk *w, const char *rel, struct fn_error *err)
{
    char path[FN_PATH_MAX];
    struct stat st;
    bool follow = fn_rules_follow_symlinks(w->r->rules);
    if (fn_path_join(path, sizeof path, w->r->root.path, rel) || lstat(path, &st))
        return 0; /* gone already, or the name is too long to open */
    bool link = S_ISLNK(st.st_mode);
    if (link && (!follow || stat(path, &st)))
        return 0;
    if (S_ISDIR(st.st_mode)) {
        int rc = visit_folder(w, rel, &st);
        return rc ? fn_error_set(err, rc, "out of memory") : 0;
    }
    return link || !S_ISREG(st.st_mode) ? 0 : visit_file(w, rel, &st, err);
}

static int visit_all(struct walk *w, const char *rel, const struct names *l,
                     struct fn_error *err)
{
    char path[FN_PATH_MAX];
    int rc = 0;
    for (size_t i = 0; !rc && !w->r->count->stopped && i < l->n; i++) {
        int n = snprintf(path, sizeof path, "%s%s%s", rel, *rel ? "/" : "", l->name[i]);
        if (n > 0 && (size_t)n < sizeof path)
            rc = visit(w, path, err);
    }
    return rc;
}

static int read_folder(struct walk *w, const char *rel, struct fn_error *err)
{
    struct names l = {0};
    int fd =
        fn_open_below(w->r->root.path, rel, O_DIRECTORY, fn_rules_follow_symlinks(w->r->rules));
    int rc = fd < 0 ? fd : list_folder(fd, &l);
    if (rc == -ENOMEM) {
        (void)fn_error_set(err, rc, "out of memory");
    } else if (rc) {
        w->r->count->unread_folders++;
        rc = 0;
    } else if (!has_marker(w->r, &l)) {
        rc = visit_all(w, rel, &l, err);
    }
    names_finish(&l);
    return rc;
}

int fnl_run_walk(struct fnl_run *r, const char *rel, struct fn_error *err)
{
    struct walk w = {.r = r};
    const struct fn_places *places = NULL;
    int rc = fnl_places_get(r->lib, &places, err);
    if (!rc && (stat(r->root.path, &w.root) || stat(places->index_dir, &w.index)))
        rc = fn_error_set(err, -errno, "%s: %s", r->root.path, fn_strerror(-errno));
    if (!rc && (rc = names_add(&w.stack, rel)))
        (void)fn_error_set(err, rc, "out of memory");
    while (!rc && !r->count->stopped && w.stack.n) {
        char *next = w.stack.name[--w.stack.n];
        rc = read_folder(&w, next, err);
        free(next);
    }
    names_finish(&w.stack);
    free(w.entered);
    return rc;
}
