/* SPDX-License-Identifier: MIT */
#include "index/store/places.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/base/shell_word.h"

static bool has_index(const char *dir)
{
    char data[FN_PATH_MAX];
    return !fn_path_join(data, sizeof data, dir, "data.mdb") && access(data, F_OK) == 0;
}

/* By name, or by identity if both exist. */
static bool is_same_folder(const char *a, const char *b)
{
    struct stat x, y;
    size_t n = strlen(a), k = strlen(b);
    while (n > 1 && a[n - 1] == '/')
        n--;
    if (n == k && memcmp(a, b, n) == 0)
        return true;
    return !stat(a, &x) && !stat(b, &y) && x.st_dev == y.st_dev && x.st_ino == y.st_ino;
}

static int find_inside(struct fn_places *p, const char *dir)
{
    int rc = fn_path_expand(p->index_dir, sizeof p->index_dir, dir);
    rc =
        rc ? rc : fn_path_join(p->labels_log, sizeof p->labels_log, p->index_dir, "labels.log");
    return rc ? rc : fn_path_socket(p->socket, sizeof p->socket, p->index_dir);
}

static int find_default(struct fn_places *p, const char *data)
{
    int rc = fn_path_join(p->index_dir, sizeof p->index_dir, data, "index");
    rc = rc ? rc : fn_path_join(p->labels_log, sizeof p->labels_log, data, "labels.log");
    return rc ? rc : fn_path_socket(p->socket, sizeof p->socket, NULL);
}

/* The scripts of an earlier version put the index into DATA itself. Its label log is that of
 * the default index, and one log cannot serve two indexes. */
static int refuse_earlier(const char *data, const struct fn_places *p, struct fn_error *err)
{
    if (!has_index(p->index_dir))
        return fn_error_set(
            err, FN_EREFUSED,
            "there is an index of an earlier version in %s. Stop facenetd, then "
            "move it: cd %s && mkdir -p index && mv *.mdb index/",
            data, FN_SHELL(data));
    return fn_error_set(err, FN_EREFUSED,
                        "an index of an earlier version shares %s with %s. Stop facenetd, then "
                        "move the earlier one: cd %s && mkdir earlier && mv *.mdb earlier/",
                        p->labels_log, p->index_dir, FN_SHELL(data));
}

/* --index DATA: only an index of an earlier version can be there. */
static int find_in_data(struct fn_places *p, const char *data, struct fn_error *err)
{
    if (has_index(data) && has_index(p->index_dir))
        return refuse_earlier(data, p, err);
    if (!has_index(data))
        return fn_error_set(err, FN_EREFUSED,
                            "%s holds labels.log and the models. The index in it is %s, which "
                            "is used without --index",
                            data, p->index_dir);
    return find_inside(p, data);
}

/* data: "" if HOME is not set. */
static int find(const char *chosen, const char *system, const char *data, struct fn_places *p,
                struct fn_error *err)
{
    char dir[FN_PATH_MAX] = "";
    int rc = chosen ? fn_path_expand(dir, sizeof dir, chosen) : 0;
    if (!rc && *data)
        rc = find_default(p, data);
    if (rc)
        return rc;
    if (chosen && *data && is_same_folder(dir, data))
        return find_in_data(p, data, err);
    if (chosen && !(*data && is_same_folder(dir, p->index_dir)))
        return find_inside(p, dir);
    if (*data && has_index(data))
        return refuse_earlier(data, p, err);
    p->system = !chosen && system && !(*data && has_index(p->index_dir)) && has_index(system);
    return p->system ? find_inside(p, system) : *data ? 0 : -ENOENT;
}

int fn_places_find(const char *chosen, const char *system, struct fn_places *ret,
                   struct fn_error *err)
{
    struct fn_error why = {0};
    struct fn_places p = {.system = false};
    char data[FN_PATH_MAX] = "";
    int rc = fn_path_data(data, sizeof data);
    if (rc == -ENOENT)
        data[0] = '\0';
    if (!rc || rc == -ENOENT)
        rc = find(chosen, system, data, &p, &why);
    if (!rc)
        *ret = p;
    else if (why.text[0])
        (void)fn_error_set(err, rc, "%s", why.text);
    else
        (void)fn_error_set(err, rc,
                           "cannot find the folder of the index: %s. Name it: --index DIR",
                           rc == -ENOENT ? "HOME is not set" : fn_strerror(rc));
    return rc;
}
