/* SPDX-License-Identifier: MIT */
/* Adding and removing roots. */
#include "daemon/watching/watching_priv.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon/watching/folder_watches.h"
#include "daemon/writing/index_writes.h"
#include "engine/base/clock.h"
#include "engine/base/log.h"
#include "engine/base/paths.h"
#include "engine/base/shell_word.h"

/* Expands ~, and removes slashes at the end. */
static int without_slashes(char path[FN_PATH_MAX], const char *dir, struct fn_error *err)
{
    int rc = fn_path_expand(path, FN_PATH_MAX, dir);
    if (rc)
        return fn_error_set(err, rc, "%s: %s", dir, fn_strerror(rc));
    for (size_t n = strlen(path); n > 1 && path[n - 1] == '/'; n--)
        path[n - 1] = '\0';
    return 0;
}

static int no_permission(const char *path, struct fn_error *err)
{
    return fn_error_set(err, -EACCES,
                        "%s: user %s, who runs facenetd, may not read this folder. Let this "
                        "user read it and enter the folders above it (chmod or setfacl)",
                        path, fnd_user_name());
}

/* Makes dir absolute and without links, so that one folder has one name. Known roots are not
 * accessed: their drive may hang. */
static int resolve(const struct fnd_watching *w, const char *dir, char out[FN_PATH_MAX],
                   struct fn_error *err)
{
    char path[FN_PATH_MAX];
    struct stat st;
    int rc = without_slashes(path, dir, err);
    if (rc)
        return rc;
    for (const struct fnd_root *k = w->roots; k; k = k->next)
        if (!k->removed && strcmp(k->rec.path, path) == 0) {
            (void)snprintf(out, FN_PATH_MAX, "%s", path);
            return 0;
        }
    char *real = realpath(path, NULL);
    if (!real && errno == EACCES)
        return no_permission(path, err);
    if (!real)
        return fn_error_set(err, -errno, "%s: %s. Check the name", path,
                            errno == ENOENT ? "no such folder" : fn_strerror(-errno));
    rc = 0;
    if (strlen(real) >= FN_PATH_MAX)
        rc = fn_error_set(err, -ENAMETOOLONG, "%s: the name is too long", path);
    else if (stat(real, &st) || !S_ISDIR(st.st_mode))
        rc = fn_error_set(err, -ENOTDIR, "%s: not a folder. Name the folder that contains it",
                          path);
    else if (faccessat(AT_FDCWD, real, R_OK | X_OK, AT_EACCESS) && errno == EACCES)
        rc = no_permission(real, err);
    else
        (void)snprintf(out, FN_PATH_MAX, "%s", real);
    free(real);
    return rc;
}

static void look_below(struct fnd_root *outer, const char *path)
{
    const char *rel = path + strlen(outer->rec.path);
    if (*rel)
        fn_log(FN_LOG_INFO, "%s: is below the root %s and covered by it", path,
               outer->rec.path);
    if (outer->rec.id)
        fnd_root_scan(outer, rel + (*rel == '/'), false);
}

static int add_new(struct fnd_watching *w, const struct fn_root *rec, struct fn_error *err)
{
    struct fnd_root *new = fnd_root_append(w, rec, err);
    if (!new)
        return err ? err->code : -ENOMEM;
    fnd_root_store(new);
    return 0;
}

int fnd_root_add(struct fnd_watching *w, const char *dir, struct fn_error *err)
{
    struct fn_root rec = {.mode = FN_WATCH_INOTIFY, .state_since_s = fn_clock_wall_s()};
    int rc = resolve(w, dir, rec.path, err);
    if (rc)
        return rc;
    struct fnd_root *outer = fnd_root_of_path(w, rec.path);
    if (outer) {
        look_below(outer, rec.path);
        return 0;
    }
    for (const struct fnd_root *k = w->roots; k; k = k->next)
        if (!k->removed && (strcmp(rec.path, "/") == 0 || fnd_is_below(rec.path, k->rec.path)))
            return fn_error_set(err, FN_EREFUSED,
                                "%s: contains %s, which is a root itself. Remove that root "
                                "first: fnq watch remove %s",
                                rec.path, k->rec.path, FN_SHELL(k->rec.path));
    return add_new(w, &rec, err);
}

int fnd_root_remove(struct fnd_watching *w, const char *dir, struct fn_error *err)
{
    char path[FN_PATH_MAX];
    int rc = resolve(w, dir, path, err);
    if (rc)
        return rc;
    for (struct fnd_root *k = w->roots; k; k = k->next) {
        if (k->removed || strcmp(k->rec.path, path) != 0)
            continue;
        k->removed = true;
        fnd_reader_stop(k->reader);
        fnd_watches_drop(w->watches, k->rec.id, "");
        fnd_write_root_delete(w->with.writer, k->rec.id);
        return 0;
    }
    return fn_error_set(err, FN_ENOTFOUND, "%s: not one of the watched folders", path);
}

/* ---- at the start, and in a reload ---- */

static int start_known(const struct fn_root *rec, void *ctx)
{
    struct fn_error err;
    if (!rec->removed && !fnd_root_append(ctx, rec, &err))
        fn_log(FN_LOG_ERROR, "%s: %s, skipping this root", rec->path, err.text);
    return 0;
}

/* A configured folder that is not there, or not readable, is a root that is away: its drive may
 * be mounted later. */
static int add_absent(struct fnd_watching *w, const char *dir, int code)
{
    struct fn_root rec = {.mode = FN_WATCH_INOTIFY, .state_since_s = fn_clock_wall_s()};
    struct fn_error err;
    if ((code != -ENOENT && code != -EACCES) || without_slashes(rec.path, dir, &err) ||
        rec.path[0] != '/' || fnd_root_of_path(w, rec.path))
        return code;
    return add_new(w, &rec, &err); /* its first scan finds that it is away */
}

static bool has_name(const struct fnd_names *l, const char *name)
{
    const char *at = NULL;
    while ((at = fnd_names_next(l, at)))
        if (strcmp(at, name) == 0)
            return true;
    return false;
}

/* Removes the roots that the configuration had and has no longer. */
static void remove_unconfigured(struct fnd_watching *w, const struct fnd_names *now)
{
    const char *path = NULL;
    struct fn_error err;
    while (!now->failed && (path = fnd_names_next(&w->configured, path)))
        if (!has_name(now, path) && fnd_root_remove(w, path, &err) == 0)
            fn_log(FN_LOG_INFO,
                   "%s: no longer in the configuration, not watched any more. Labels are kept; "
                   "they are back with: fnq watch add %s",
                   path, FN_SHELL(path));
}

/* The names in the configuration, as the roots have them. */
static void list_configured(const struct fnd_watching *w, struct fnd_names *ret)
{
    const struct fn_config *cfg = w->with.settings->cfg;
    char path[FN_PATH_MAX];
    struct fn_error err;
    for (size_t i = 0; i < cfg->root.n; i++)
        if (resolve(w, cfg->root.items[i], path, &err) == 0 ||
            without_slashes(path, cfg->root.items[i], &err) == 0)
            fnd_names_add(ret, path);
}

static void add_configured(struct fnd_watching *w)
{
    const struct fn_config *cfg = w->with.settings->cfg;
    struct fn_error err = {0};
    struct fnd_names now = {0};
    list_configured(w, &now);
    remove_unconfigured(w, &now);
    for (size_t i = 0; i < cfg->root.n; i++) {
        int rc = fnd_root_add(w, cfg->root.items[i], &err);
        if (rc && add_absent(w, cfg->root.items[i], rc))
            fn_log(FN_LOG_WARN, "%s, skipping this root", err.text);
    }
    fnd_names_finish(&w->configured);
    w->configured = now;
}

int fnd_watching_start(struct fnd_watching *w, char *const *dirs, size_t n_dirs,
                       struct fn_error *err)
{
    struct fn_txn *t = NULL;
    int rc = fn_txn_begin(w->with.store, false, 0, &t, err);
    if (rc)
        return rc;
    rc = fn_root_each(t, start_known, w);
    fn_txn_abort(t);
    if (rc)
        return fn_error_set(err, rc, "%s: the roots cannot be read: %s",
                            w->with.settings->index_dir, fn_strerror(rc));
    fnd_roots_scan_all(w);
    add_configured(w);
    for (size_t i = 0; rc == 0 && i < n_dirs; i++)
        rc = fnd_root_add(w, dirs[i], err);
    return rc;
}

void fnd_watching_reload(struct fnd_watching *w)
{
    add_configured(w);
    fnd_roots_scan_all(w);
}
