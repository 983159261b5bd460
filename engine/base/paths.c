/* SPDX-License-Identifier: MIT */
#include "engine/base/paths.h"

#include <errno.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int print(char *out, size_t size, const char *between, const char *a, const char *b)
{
    const char *parts[] = {a, between, b};
    size_t n = 0;
    for (size_t i = 0; i < 3; i++) {
        size_t len = strlen(parts[i]);
        if (len >= size - n)
            return -ENAMETOOLONG;
        memcpy(out + n, parts[i], len + 1);
        n += len;
    }
    return 0;
}

int fn_path_join(char *out, size_t size, const char *a, const char *b)
{
    size_t n = strlen(a);
    return print(out, size, n && a[n - 1] == '/' ? "" : "/", a, b);
}

bool fn_path_ends_in(const char *path, const char *end)
{
    size_t n = strlen(path), k = strlen(end);
    return n > k && strcmp(path + n - k, end) == 0;
}

/* An absolute XDG directory from the environment, or HOME/fallback. Relative values are ignored
 * (XDG Base Directory 0.8). */
static int xdg(char *out, size_t size, const char *variable, const char *fallback,
               const char *rest)
{
    const char *dir = getenv(variable), *home = getenv("HOME");
    if (dir && dir[0] == '/')
        return print(out, size, "/", dir, rest);
    if (!home || home[0] != '/')
        return -ENOENT;
    char base[FN_PATH_MAX];
    int rc = print(base, sizeof base, "/", home, fallback);
    return rc ? rc : print(out, size, "/", base, rest);
}

int fn_path_data(char *out, size_t size)
{
    return xdg(out, size, "XDG_DATA_HOME", ".local/share", "facenetd");
}

int fn_path_config(char *out, size_t size)
{
    return xdg(out, size, "XDG_CONFIG_HOME", ".config", "facenetd/facenetd.conf");
}

int fn_path_socket(char *out, size_t size, const char *data_dir)
{
    const char *run = getenv("XDG_RUNTIME_DIR");
    char own[FN_PATH_MAX];
    /* A daemon with another index (--index) has its socket there, so that several daemons can
     * run. */
    if (data_dir)
        return print(out, size, "/", data_dir, "sock");
    if (run && run[0] == '/')
        return print(out, size, "/", run, "facenetd/sock");
    int rc = fn_path_data(own, sizeof own);
    return rc ? rc : print(out, size, "/", own, "sock");
}

static int visit_data_dirs(int (*visit)(const char *dir, void *ctx), void *ctx)
{
    const char *dirs = getenv("XDG_DATA_DIRS");
    if (!dirs || !*dirs)
        dirs = "/usr/local/share:/usr/share";
    while (*dirs) {
        const char *end = strchrnul(dirs, ':');
        char dir[FN_PATH_MAX], base[FN_PATH_MAX];
        size_t n = (size_t)(end - dirs);
        if (n && n < sizeof base && dirs[0] == '/') {
            memcpy(base, dirs, n);
            base[n] = '\0';
            if (!print(dir, sizeof dir, "/", base, "facenetd/models")) {
                int rc = visit(dir, ctx);
                if (rc)
                    return rc;
            }
        }
        dirs = *end ? end + 1 : end;
    }
    return 0;
}

/* PREFIX/share/facenetd/models of the program PREFIX/bin/program, and the models of a build
 * tree: BUILD/models, or next to BUILD, of BUILD/PART/.../program. */
static int visit_near_program(int (*visit)(const char *dir, void *ctx), void *ctx)
{
    char dir[FN_PATH_MAX], exe[FN_PATH_MAX];
    ssize_t n = readlink("/proc/self/exe", exe, sizeof exe - 1);
    int rc = 0;
    for (int up = 0; n > 0 && !rc && up < 5; up++) {
        exe[n] = '\0';
        char *parent = dirname(exe);
        n = (ssize_t)strlen(parent);
        memmove(exe, parent, (size_t)n + 1);
        if (up && !fn_path_join(dir, sizeof dir, exe, "share/facenetd/models"))
            rc = visit(dir, ctx);
        if (!rc && up && !fn_path_join(dir, sizeof dir, exe, "models"))
            rc = visit(dir, ctx);
    }
    return rc;
}

int fn_path_each_model_dir(const char *override, int (*visit)(const char *dir, void *ctx),
                           void *ctx)
{
    char dir[FN_PATH_MAX], data[FN_PATH_MAX];
    if (override)
        return visit(override, ctx);
    int rc = 0;
    if (!fn_path_data(data, sizeof data) && !fn_path_join(dir, sizeof dir, data, "models"))
        rc = visit(dir, ctx);
    rc = rc ? rc : visit_near_program(visit, ctx);
    rc = rc ? rc : visit_data_dirs(visit, ctx);
    return rc ? rc : visit(FN_DATADIR "/models", ctx);
}

int fn_path_expand(char *out, size_t size, const char *path)
{
    const char *home = getenv("HOME");
    if (path[0] == '~' && (path[1] == '/' || path[1] == '\0'))
        return home ? print(out, size, "", home, path + 1) : -ENOENT;
    return print(out, size, "", path, "");
}

void fn_path_tilde(char *out, size_t size, const char *path)
{
    const char *home = getenv("HOME");
    size_t n = home ? strlen(home) : 0;
    bool inside = n > 1 && strncmp(path, home, n) == 0 && (path[n] == '/' || path[n] == '\0');
    (void)snprintf(out, size, "%s%s", inside ? "~" : "", inside ? path + n : path);
}
