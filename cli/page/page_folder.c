/* SPDX-License-Identifier: MIT */
#include "cli/page/page_folder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/page/page_names.h"
#include "engine/base/buf.h"
#include "engine/base/file.h"
#include "engine/base/paths.h"

/* The first line of the list. The number changes when crops of earlier versions are of no use.
 */
static const char head[] = "facenetd page 1\n";
static const char list_name[] = ".facenetd-page", marker[] = ".nomedia";
static const char list_new[] = ".facenetd-page-new", file_new[] = ".facenetd-page-file";
enum { NAMES_MAX = 4000000, LIST_MAX = 1 << 28 };

struct fnp_folder {
    char path[FN_PATH_MAX];
    int dir, list; /* list: open for appending; its lock is that of the folder */
    int sub[FNP_SUBFOLDERS];
    pthread_mutex_t lock;  /* guards the members below, and the file that is being written */
    struct fnp_names old;  /* of earlier runs */
    struct fnp_names more; /* of this one */
    struct fnp_folder_counts counts;
};

const char *fnp_folder_path(const struct fnp_folder *f)
{
    return f->path;
}

static int failed(const struct fnp_folder *f, const char *name, int rc, struct fn_error *err)
{
    return fn_error_set(err, rc, "%s/%s: %s", f->path, name, fn_strerror(rc));
}

/* ---- opening ---- */

/* 1: nothing in it; 0: something; -errno. */
static int is_empty(int dir)
{
    int fd = openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC), rc = 1;
    DIR *d = fd >= 0 ? fdopendir(fd) : NULL;
    if (!d)
        return -errno;
    for (struct dirent *e; rc == 1 && (e = readdir(d));)
        rc = strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0;
    (void)closedir(d);
    return rc;
}

static int take_line(struct fnp_folder *f, const char *s, size_t n)
{
    char name[FNP_NAME_MAX];
    if (n >= sizeof name)
        return 0;
    memcpy(name, s, n);
    name[n] = '\0';
    return fnp_is_page_name(name) ? fnp_names_add(&f->old, name, false) : 0;
}

/* The last line of a run that was killed may be incomplete: it is no name then. */
static int read_list(struct fnp_folder *f, struct fn_error *err)
{
    struct fn_buf b;
    char path[FN_PATH_MAX + 32];
    (void)snprintf(path, sizeof path, "%s/%s", f->path, list_name);
    fn_buf_init(&b, LIST_MAX);
    int rc = fn_file_read(path, &b, err);
    const char *s = fn_buf_cstr(&b);
    if (!rc && b.len && strncmp(s, head, sizeof head - 1) != 0)
        rc = fn_error_set(err, strncmp(s, head, 14) ? FN_EREFUSED : FN_EVERSION,
                          "'%s' has a page of another program version. Choose another folder",
                          f->path);
    for (const char *end; !rc && (end = strchr(s, '\n')); s = end + 1)
        if (take_line(f, s, (size_t)(end - s)))
            rc = fn_error_set(err, -ENOMEM, "out of memory");
    fn_buf_finish(&b);
    if (!rc)
        fnp_names_sort(&f->old);
    return rc;
}

static int claim(struct fnp_folder *f, struct fn_error *err)
{
    int flags = O_RDWR | O_APPEND | O_CLOEXEC | O_NOFOLLOW;
    f->list = openat(f->dir, list_name, flags);
    if (f->list < 0 && errno == ENOENT) {
        int empty = is_empty(f->dir);
        if (empty == 0)
            return fn_error_set(err, FN_EREFUSED,
                                "'%s' has other files in it. Choose a new or empty folder",
                                f->path);
        f->list = empty < 0 ? -1 : openat(f->dir, list_name, flags | O_CREAT, 0600);
    }
    if (f->list < 0)
        return failed(f, list_name, -errno, err);
    if (flock(f->list, LOCK_EX | LOCK_NB))
        return errno == EWOULDBLOCK
                   ? fn_error_set(err, FN_EBUSY, "another program is writing '%s'", f->path)
                   : failed(f, list_name, -errno, err);
    return 0;
}

static int open_subfolders(struct fnp_folder *f, struct fn_error *err)
{
    for (int i = 0; i < FNP_SUBFOLDERS; i++) {
        const char *name = fnp_subfolders[i];
        if (mkdirat(f->dir, name, 0700) < 0 && errno != EEXIST)
            return failed(f, name, -errno, err);
        f->sub[i] = openat(f->dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
        if (f->sub[i] < 0)
            return failed(f, name, -errno, err);
    }
    return 0;
}

static int begin(struct fnp_folder *f, struct fn_error *err)
{
    struct stat st;
    int rc = claim(f, err);
    rc = rc ? rc : read_list(f, err);
    if (rc)
        return rc;
    int fd = openat(f->dir, marker, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0)
        return failed(f, marker, -errno, err);
    (void)close(fd);
    if (fstat(f->list, &st) || (st.st_size == 0 && write(f->list, head, sizeof head - 1) < 0))
        return failed(f, list_name, -errno, err);
    return open_subfolders(f, err);
}

static int open_dir(struct fnp_folder *f, const char *dir, struct fn_error *err)
{
    char path[FN_PATH_MAX], real[FN_PATH_MAX];
    int rc = fn_path_expand(path, sizeof path, dir);
    if (rc)
        return fn_error_set(err, rc, "'%s': %s", dir, fn_strerror(rc));
    rc = fn_mkdirs(path, 0700, err);
    if (rc)
        return rc == -EEXIST ? fn_error_set(err, -ENOTDIR, "'%s' is not a folder", path) : rc;
    f->dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (f->dir < 0 || !realpath(path, real))
        return fn_error_set(err, -errno, "'%s': %s", path, fn_strerror(-errno));
    if ((size_t)snprintf(f->path, sizeof f->path, "%s", real) >= sizeof f->path)
        return fn_error_set(err, -ENAMETOOLONG, "'%s': %s", path, fn_strerror(-ENAMETOOLONG));
    return 0;
}

int fnp_folder_open(const char *dir, struct fnp_folder **ret, struct fn_error *err)
{
    struct fnp_folder *f = calloc(1, sizeof *f);
    if (!f)
        return fn_error_set(err, -ENOMEM, "out of memory");
    f->dir = f->list = -1;
    for (int i = 0; i < FNP_SUBFOLDERS; i++)
        f->sub[i] = -1;
    (void)pthread_mutex_init(&f->lock, NULL);
    int rc = open_dir(f, dir, err);
    rc = rc ? rc : begin(f, err);
    if (rc)
        fnp_folder_close(f);
    else
        *ret = f;
    return rc;
}

void fnp_folder_close(struct fnp_folder *f)
{
    if (!f)
        return;
    for (int i = 0; i < FNP_SUBFOLDERS; i++)
        if (f->sub[i] >= 0)
            (void)close(f->sub[i]);
    if (f->list >= 0)
        (void)close(f->list);
    if (f->dir >= 0)
        (void)close(f->dir);
    fnp_names_finish(&f->old);
    fnp_names_finish(&f->more);
    (void)pthread_mutex_destroy(&f->lock);
    free(f);
}

/* ---- files ---- */

/* The folder of a name, and the rest of the name. */
static int place_of(const struct fnp_folder *f, const char **name)
{
    const char *slash = strchr(*name, '/');
    for (int i = 0; slash && i < FNP_SUBFOLDERS; i++)
        if (strncmp(*name, fnp_subfolders[i], (size_t)(slash - *name)) == 0) {
            *name = slash + 1;
            return f->sub[i];
        }
    return f->dir;
}

bool fnp_folder_reuse(struct fnp_folder *f, const char *name)
{
    struct stat st;
    const char *rest = name;
    int dir = place_of(f, &rest);
    (void)pthread_mutex_lock(&f->lock);
    size_t i = fnp_names_find(&f->old, name);
    bool is = i != SIZE_MAX && fstatat(dir, rest, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
              S_ISREG(st.st_mode) && st.st_size > 0;
    if (is) {
        f->counts.reused += !f->old.used[i];
        f->old.used[i] = true;
    }
    (void)pthread_mutex_unlock(&f->lock);
    return is;
}

/* The name is on the list before the file exists. */
static int note_name(struct fnp_folder *f, const char *name)
{
    char line[FNP_NAME_MAX + 2];
    size_t i = fnp_names_find(&f->old, name);
    if (i != SIZE_MAX) {
        f->old.used[i] = true;
        return 0;
    }
    if (f->more.n >= NAMES_MAX)
        return FN_ELIMIT;
    int n = snprintf(line, sizeof line, "%s\n", name);
    int rc = fn_write_all(f->list, line, (size_t)n);
    return rc ? rc : fnp_names_add(&f->more, name, true);
}

/* A file of a fixed name becomes the new one, so that a killed run leaves at most that. */
static int replace(struct fnp_folder *f, const char *name, const void *data, size_t n)
{
    const char *rest = name;
    int dir = place_of(f, &rest);
    int fd =
        openat(f->dir, file_new, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0)
        return -errno;
    int rc = fn_write_all(fd, data, n);
    if (close(fd) < 0 && !rc)
        rc = -errno;
    if (!rc && renameat(f->dir, file_new, dir, rest) < 0)
        rc = -errno;
    if (rc)
        (void)unlinkat(f->dir, file_new, 0);
    return rc;
}

int fnp_folder_write(struct fnp_folder *f, const char *name, const void *data, size_t n,
                     struct fn_error *err)
{
    (void)pthread_mutex_lock(&f->lock);
    int rc = fnp_is_page_name(name) ? note_name(f, name) : FN_EINTERNAL;
    rc = rc ? rc : replace(f, name, data, n);
    if (!rc) {
        f->counts.written++;
        f->counts.bytes += n;
    }
    (void)pthread_mutex_unlock(&f->lock);
    return rc ? failed(f, name, rc, err) : 0;
}

/* ---- the end ---- */

static int remove_old(struct fnp_folder *f, struct fn_error *err)
{
    for (size_t i = 0; i < f->old.n; i++) {
        const char *rest = f->old.name[i];
        int dir = place_of(f, &rest);
        if (f->old.used[i])
            continue;
        if (unlinkat(dir, rest, 0) == 0)
            f->counts.removed++;
        else if (errno != ENOENT)
            return failed(f, f->old.name[i], -errno, err);
    }
    return 0;
}

static void put_names(struct fn_buf *b, const struct fnp_names *l)
{
    for (size_t i = 0; i < l->n; i++)
        if (l->used[i])
            fn_buf_printf(b, "%s\n", l->name[i]);
}

/* The lock moves to the new list before the old one has gone. */
static int store_list(struct fnp_folder *f, struct fn_error *err)
{
    struct fn_buf b;
    fn_buf_init(&b, LIST_MAX);
    fn_buf_str(&b, head);
    put_names(&b, &f->old);
    put_names(&b, &f->more);
    int flags = O_RDWR | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC | O_NOFOLLOW;
    int fd = openat(f->dir, list_new, flags, 0600);
    int rc = fd < 0 || flock(fd, LOCK_EX | LOCK_NB) ? -errno : 0;
    rc = rc ? rc : fn_buf_failed(&b) ? -ENOMEM : fn_write_all(fd, b.data, b.len);
    if (!rc && (fsync(fd) || renameat(f->dir, list_new, f->dir, list_name)))
        rc = -errno;
    fn_buf_finish(&b);
    if (rc) {
        (void)unlinkat(f->dir, list_new, 0);
        if (fd >= 0)
            (void)close(fd);
        return failed(f, list_name, rc, err);
    }
    (void)close(f->list);
    f->list = fd;
    return 0;
}

int fnp_folder_finish(struct fnp_folder *f, struct fnp_folder_counts *ret, struct fn_error *err)
{
    int rc = remove_old(f, err);
    rc = rc ? rc : store_list(f, err);
    if (!rc)
        *ret = f->counts;
    return rc;
}
