/* SPDX-License-Identifier: MIT */
#include "cli/library/library_roots.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/library/daemon_requests.h"
#include "cli/library/root_facts.h"
#include "engine/base/array.h"
#include "engine/base/clock.h"
#include "engine/base/shell_word.h"

static int collect(const struct fn_root *r, void *arg)
{
    struct fnl_roots *l = arg;
    if (r->removed)
        return 0;
    struct fn_root *more = fn_array_grow(l->r, &l->cap, l->n + 1, sizeof *more);
    if (!more)
        return -ENOMEM;
    l->r = more;
    l->r[l->n++] = *r;
    return 0;
}

int fnl_roots_list(struct fn_txn *t, struct fnl_roots *ret, struct fn_error *err)
{
    *ret = (struct fnl_roots){0};
    int rc = fn_root_each(t, collect, ret);
    if (!rc)
        return 0;
    fnl_roots_finish(ret);
    return fn_error_set(err, rc, "roots: %s", fn_strerror(rc));
}

void fnl_roots_finish(struct fnl_roots *l)
{
    free(l->r);
    *l = (struct fnl_roots){0};
}

const char *fnl_root_state_name(const struct fn_root *r)
{
    static const char *const names[] = {
        [FN_ROOT_ONLINE] = "online", [FN_ROOT_AWAY] = "away", [FN_ROOT_HELD] = "held"};
    return r->state < sizeof names / sizeof *names ? names[r->state] : "unknown";
}

const char *fnl_root_mode_name(const struct fn_root *r)
{
    static const char *const names[] = {
        [FN_WATCH_AUTO] = "auto", [FN_WATCH_INOTIFY] = "inotify", [FN_WATCH_POLL] = "poll"};
    return r->mode < sizeof names / sizeof *names ? names[r->mode] : "none";
}

/* Without resolving anything; without slashes at the end. The caller frees it. */
static char *absolute(const char *what)
{
    char folder[FN_PATH_MAX], *path = malloc(2 * FN_PATH_MAX);
    bool whole = what[0] == '/';
    if (!path || (!whole && !getcwd(folder, sizeof folder)))
        what = NULL;
    if (!what || snprintf(path, 2 * FN_PATH_MAX, "%s%s%s", whole ? "" : folder,
                          whole ? "" : "/", what) >= 2 * FN_PATH_MAX) {
        free(path);
        return NULL;
    }
    for (size_t n = strlen(path); n > 1 && path[n - 1] == '/'; n--)
        path[n - 1] = '\0';
    return path;
}

int fnl_root_path(const char *what, bool must_be_folder, char out[FN_PATH_MAX],
                  struct fn_error *err)
{
    struct stat st;
    char *real = realpath(what, NULL);
    int rc = real ? 0 : -errno;
    if (rc && !must_be_folder)
        real = absolute(what); /* a root on a drive that is away can be removed, too */
    if (!real)
        return fn_error_set(err, rc ? rc : -ENOMEM, "%s: %s", what,
                            fn_strerror(rc ? rc : -ENOMEM));
    bool fits = strlen(real) < FN_PATH_MAX;
    if (fits)
        (void)snprintf(out, FN_PATH_MAX, "%s", real);
    free(real);
    if (!fits)
        return fn_error_set(err, -ENAMETOOLONG, "%s: %s", what, fn_strerror(-ENAMETOOLONG));
    if (must_be_folder && (stat(out, &st) < 0 || !S_ISDIR(st.st_mode)))
        return fn_error_set(err, -ENOTDIR, "%s: not a folder", what);
    return 0;
}

int fnl_root_put(struct fn_txn *t, const char *path, struct fn_root *ret, struct fn_error *err)
{
    int rc = fn_root_by_path(t, path, ret);
    if (rc == 0 && !ret->removed)
        return 0;
    if (rc && rc != FN_ENOTFOUND)
        return fn_error_set(err, rc, "%s: %s", path, fn_strerror(rc));
    if (rc)
        *ret = (struct fn_root){.state = FN_ROOT_ONLINE, .mode = FN_WATCH_AUTO};
    ret->removed = false;
    ret->state_since_s = fn_clock_wall_s();
    (void)snprintf(ret->path, sizeof ret->path, "%s", path);
    return fn_root_put(t, ret, err);
}

struct addition {
    const char *path;
    bool covered; /* out */
};

/* One folder is in one root only, as in the daemon. */
static int add_in_index(struct fn_txn *t, void *arg, struct fn_error *err)
{
    struct addition *a = arg;
    struct fn_root root;
    struct fnl_roots l;
    int rc = fnl_roots_list(t, &l, err);
    for (size_t i = 0; !rc && i < l.n; i++) {
        const char *other = l.r[i].path;
        if (strcmp(other, a->path) == 0)
            continue;
        a->covered = a->covered || fnl_is_below(other, a->path);
        if (fnl_is_below(a->path, other))
            rc =
                fn_error_set(err, FN_EREFUSED,
                             "%s: contains %s, which is a root itself. Remove that root first: "
                             "fnq watch remove %s",
                             a->path, other, FN_SHELL(other));
    }
    fnl_roots_finish(&l);
    return rc || a->covered ? rc : fnl_root_put(t, a->path, &root, err);
}

static int remove_in_index(struct fn_txn *t, void *arg, struct fn_error *err)
{
    const char *path = arg;
    struct fn_root root;
    int rc = fn_root_by_path(t, path, &root);
    if (rc == FN_ENOTFOUND || (rc == 0 && root.removed))
        return fn_error_set(err, FN_ENOTFOUND, "%s is not watched", path);
    return rc ? fn_error_set(err, rc, "%s: %s", path, fn_strerror(rc))
              : fn_root_delete(t, root.id, err);
}

/* -ECONNREFUSED: no daemon runs. A dry run sends no request. */
static int by_daemon(struct fn_library *lib, enum fnl_mode mode, const char *path, bool add,
                     enum fnl_root_done *ret_done, struct fn_error *err)
{
    int rc = mode == FNL_TRY ? -ECONNREFUSED : fnl_daemon_root(lib, path, add, err);
    if (ret_done)
        *ret_done = rc == -ECONNREFUSED ? FNL_ROOT_IN_INDEX : FNL_ROOT_BY_DAEMON;
    return rc;
}

int fnl_root_add(struct fn_library *lib, enum fnl_mode mode, const char *folder,
                 enum fnl_root_done *ret_done, struct fn_error *err)
{
    char path[FN_PATH_MAX];
    int rc = fnl_root_path(folder, true, path, err);
    rc = rc ? rc : by_daemon(lib, mode, path, true, ret_done, err);
    if (rc != -ECONNREFUSED)
        return rc;
    struct addition a = {.path = path};
    rc = fnl_store_open(lib, FN_STORE_WRITE | FN_STORE_CREATE, NULL, err);
    rc = rc ? rc : fnl_write(lib, mode, add_in_index, &a, err);
    if (ret_done && a.covered)
        *ret_done = FNL_ROOT_COVERED;
    return rc;
}

int fnl_root_remove(struct fn_library *lib, enum fnl_mode mode, const char *folder,
                    enum fnl_root_done *ret_done, struct fn_error *err)
{
    char path[FN_PATH_MAX];
    int rc = fnl_root_path(folder, false, path, err);
    rc = rc ? rc : by_daemon(lib, mode, path, false, ret_done, err);
    return rc == -ECONNREFUSED ? fnl_write(lib, mode, remove_in_index, path, err) : rc;
}
