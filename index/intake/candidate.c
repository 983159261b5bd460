/* SPDX-License-Identifier: MIT */
#include "index/intake/candidate.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "index/intake/open_below.h"
#include "index/intake/partial.h"
#include "engine/base/file.h"
#include "engine/image/sniff.h"

static bool ends_in(const char *const *list, const char *ext)
{
    for (; *list; list++)
        if (strcasecmp(*list, ext) == 0)
            return true;
    return false;
}

enum fn_name_kind fn_name_kind(const char *name)
{
    /* Picture formats that are not supported: such files are listed as bad files, so that users
     * notice them. */
    static const char *const unread[] = {"gif", "bmp", "tif", "tiff", NULL};
    /* Other kinds of files that are often next to photos; all others are recognised by their
     * first bytes. */
    static const char *const other[] = {"mp4", "mov", "avi", "mkv", "mts",  "m4v", "3gp",
                                        "mp3", "xmp", "txt", "aae", "json", "db",  "ini",
                                        "pdf", "zip", "log", "csv", "lrv",  "thm", NULL};
    /* "._x.jpg" contains attributes that a Mac could not store in x.jpg on a foreign disk. */
    if (name[0] == '.' && name[1] == '_')
        return FN_NAME_OTHER;
    const char *dot = strrchr(name, '.');
    if (!dot || dot == name)
        return FN_NAME_UNKNOWN;
    if (fn_picture_name(name) || ends_in(unread, dot + 1))
        return FN_NAME_IMAGE;
    return ends_in(other, dot + 1) ? FN_NAME_OTHER : FN_NAME_UNKNOWN;
}

/* A part, or a kept copy, of a file that is there. */
static bool has_finished(const struct fn_rules *rules, const char *root, const char *rel,
                         const char *name)
{
    char finished[NAME_MAX + 1], path[PATH_MAX];
    struct stat st;
    if (!fn_finished_name(name, finished, sizeof finished))
        return false;
    int n = snprintf(path, sizeof path, "%.*s%s", (int)(name - rel), rel, finished);
    if (n < 0 || (size_t)n >= sizeof path)
        return false;
    int fd = fn_open_below(root, path, 0, fn_rules_follow_symlinks(rules));
    if (fd < 0)
        return false;
    bool is = !fstat(fd, &st) && S_ISREG(st.st_mode);
    (void)close(fd);
    return is;
}

int64_t fn_mtime_ns(const struct stat *st)
{
    return (int64_t)st->st_mtim.tv_sec * 1000000000 + st->st_mtim.tv_nsec;
}

bool fn_is_candidate(const struct fn_rules *rules, const char *root, const char *rel,
                     const struct stat *st)
{
    const char *slash = strrchr(rel, '/');
    if (!S_ISREG(st->st_mode) || fn_rules_skip_file(rules, rel))
        return false;
    const char *name = slash ? slash + 1 : rel;
    if (has_finished(rules, root, rel, name))
        return false;
    enum fn_name_kind kind = fn_name_kind(name);
    if (kind != FN_NAME_UNKNOWN)
        return kind == FN_NAME_IMAGE;
    uint8_t head[FN_SNIFF_BYTES];
    int fd = fn_open_below(root, rel, 0, fn_rules_follow_symlinks(rules));
    if (fd < 0)
        return false;
    ssize_t n = fn_pread_all(fd, head, sizeof head, 0);
    (void)close(fd);
    return n > 0 && fn_sniff_head(head, (size_t)n) != FN_FORMAT_UNKNOWN;
}

int64_t fn_ctime_ns(const struct stat *st)
{
    return (int64_t)st->st_ctim.tv_sec * 1000000000 + st->st_ctim.tv_nsec;
}

bool fn_file_is_known(struct fn_txn *t, fn_root_id root, const char *rel, const struct stat *st)
{
    struct fn_path p;
    return fn_path_get(t, root, rel, &p) == 0 && p.size == (uint64_t)st->st_size &&
           p.mtime_ns == fn_mtime_ns(st) && (!p.ctime_ns || p.ctime_ns == fn_ctime_ns(st));
}
