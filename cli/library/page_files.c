/* SPDX-License-Identifier: MIT */
#include "cli/library/page_files.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/base/file.h"
#include "engine/base/paths.h"

static int failed(const char *path, int code, struct fn_error *err)
{
    return fn_error_set(err, code, "cannot write '%s': %s", path, fn_strerror(code));
}

/* "DIR/people.jpg" -> "DIR/people-2.jpg" */
static char *page_name(const char *path, uint32_t page)
{
    const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
    const char *dot = strrchr(name, '.');
    size_t stem = dot && dot > name ? (size_t)(dot - path) : strlen(path);
    size_t size = strlen(path) + 16;
    char *out = malloc(size);
    if (out)
        (void)snprintf(out, size, "%.*s-%u%s", (int)stem, path, page, path + stem);
    return out;
}

int fnl_pages_begin(struct fnl_page_files *f, const char *path, uint32_t pages,
                    struct fn_error *err)
{
    *f = (struct fnl_page_files){0};
    struct stat st;
    if (strlen(path) + 32 > FN_PATH_MAX)
        return failed(path, -ENAMETOOLONG, err);
    if (stat(path, &st) == 0 && S_ISDIR(st.st_mode))
        return failed(path, -EISDIR, err);
    f->path = strdup(path);
    f->names = calloc(pages, sizeof *f->names);
    for (uint32_t i = 0; f->path && f->names && i < pages; i++, f->n++)
        if (!(f->names[i] = pages == 1 ? strdup(path) : page_name(path, i + 1)))
            break;
    return f->n == pages ? 0 : fn_error_set(err, -ENOMEM, "out of memory");
}

int fnl_spare_photo(const char *target, int fd, const char *photo, struct fn_error *err)
{
    struct stat a, b;
    if (stat(target, &a) || (fd >= 0 ? fstat(fd, &b) : stat(photo, &b)) ||
        a.st_dev != b.st_dev || a.st_ino != b.st_ino)
        return 0;
    return fn_error_set(err, FN_EREFUSED, "'%s' is one of the photos; choose another name",
                        target);
}

int fnl_pages_spare(const struct fnl_page_files *f, const char *photo, struct fn_error *err)
{
    int rc = fnl_spare_photo(f->path, -1, photo, err);
    for (size_t i = 0; !rc && i < f->n; i++)
        rc = fnl_spare_photo(f->names[i], -1, photo, err);
    return rc;
}

static void temporary(const struct fnl_page_files *f, size_t page, char out[FN_PATH_MAX])
{
    (void)snprintf(out, FN_PATH_MAX, "%s.tmp-%ld", f->names[page], (long)getpid());
}

int fnl_page_add(struct fnl_page_files *f, const struct fn_image *m, struct fn_error *err)
{
    enum { QUALITY = 92 };
    char tmp[FN_PATH_MAX];
    const char *path = f->names[f->n_written];
    temporary(f, f->n_written, tmp);
    int fd = open(tmp, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    if (fd < 0)
        return failed(path, -errno, err);
    f->n_written++;
    int rc = fn_image_write_jpeg_fd(fd, m, QUALITY, err);
    if (rc)
        (void)failed(path, rc, err);
    if (!rc && fsync(fd))
        rc = failed(path, -errno, err);
    if (close(fd) && !rc)
        rc = failed(path, -errno, err);
    return rc;
}

int fnl_pages_commit(struct fnl_page_files *f, char ***ret_names, size_t *ret_n,
                     struct fn_error *err)
{
    char tmp[FN_PATH_MAX];
    /* A folder in the place of a page is found before any page is replaced. */
    for (size_t i = 0; i < f->n; i++) {
        struct stat st;
        if (stat(f->names[i], &st) == 0 && S_ISDIR(st.st_mode))
            return failed(f->names[i], -EISDIR, err);
    }
    for (size_t i = 0; i < f->n; i++) {
        temporary(f, i, tmp);
        if (rename(tmp, f->names[i]))
            return failed(f->names[i], -errno, err);
    }
    FN_IGNORE(f->n && fn_sync_parent(f->names[0]));
    *ret_names = f->names;
    *ret_n = f->n;
    free(f->path);
    *f = (struct fnl_page_files){0};
    return 0;
}

void fnl_pages_finish(struct fnl_page_files *f)
{
    char tmp[FN_PATH_MAX];
    for (size_t i = 0; i < f->n_written; i++) {
        temporary(f, i, tmp);
        (void)unlink(tmp);
    }
    for (size_t i = 0; i < f->n; i++)
        free(f->names[i]);
    free(f->names);
    free(f->path);
    *f = (struct fnl_page_files){0};
}
