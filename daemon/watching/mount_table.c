/* SPDX-License-Identifier: MIT */
#include "daemon/watching/mount_table.h"

#include <stdio.h>
#include <string.h>

#include "daemon/base/name_list.h"
#include "engine/base/file.h"
#include "engine/base/hash.h"
#include "engine/base/paths.h"

enum { TABLE_MAX = 16 << 20 };

struct mount {
    char point[FN_PATH_MAX];
    char type[64];
    uint64_t key; /* of its id, its device and the folder of that which is mounted */
};

/* The value of three octal digits, or -1. */
static int octal(const char *s)
{
    int value = 0;
    for (int i = 0; i < 3; i++) {
        if (s[i] < '0' || s[i] > '7')
            return -1;
        value = 8 * value + (s[i] - '0');
    }
    return value <= 255 ? value : -1;
}

/* Spaces and the like are written as \ooo. */
static void unescape(const char *s, size_t n, char *out, size_t size)
{
    size_t at = 0;
    for (size_t i = 0; i < n && at + 1 < size; i++) {
        int c = s[i] == '\\' && i + 3 < n ? octal(s + i + 1) : -1;
        if (c >= 0) {
            out[at++] = (char)c;
            i += 3;
        } else {
            out[at++] = s[i];
        }
    }
    out[at] = '\0';
}

/* A line: id, parent, device, root, mount point, options..., "-", type, source, options. */
static bool parse(const char *line, size_t n, struct mount *ret)
{
    size_t start[5], end = 0;
    for (size_t f = 0; f < 5; f++) {
        start[f] = end;
        const char *space = memchr(line + end, ' ', n - end);
        if (!space)
            return false;
        end = (size_t)(space - line) + 1;
    }
    unescape(line + start[4], end - 1 - start[4], ret->point, sizeof ret->point);
    ret->key = fn_hash64(line, start[1]) ^ fn_hash64(line + start[2], end - start[2]);
    const char *dash = memmem(line, n, " - ", 3);
    ret->type[0] = '\0';
    if (dash)
        (void)sscanf(dash + 3, "%63s", ret->type);
    return true;
}

static bool remote(const char *type)
{
    static const char *const types[] = {"autofs", "nfs",    "nfs4",     "cifs",
                                        "smb3",   "9p",     "ceph",     "afs",
                                        "coda",   "lustre", "virtiofs", "vboxsf"};
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (strcmp(types[i], type) == 0)
            return true;
    return strncmp(type, "fuse.", 5) == 0;
}

static bool is_below(const char *folder, const char *path)
{
    return strcmp(folder, "/") == 0 || fnd_is_below(folder, path);
}

struct fnd_mounts_of fnd_mounts_of(const char *text, const char *path)
{
    struct fnd_mounts_of of = {0};
    size_t longest = 0;
    struct mount m;
    while (*text) {
        size_t n = strcspn(text, "\n");
        if (parse(text, n, &m)) {
            bool holds = is_below(m.point, path);
            if (holds && strlen(m.point) >= longest) {
                longest = strlen(m.point);
                of.remote = remote(m.type);
            }
            if (holds || is_below(path, m.point))
                of.key += m.key; /* in any order */
        }
        text += n + (text[n] == '\n');
    }
    return of;
}

struct fnd_mounts_of fnd_mounts_now(const char *path)
{
    struct fnd_mounts_of of = {0};
    struct fn_error err;
    struct fn_buf b;
    fn_buf_init(&b, TABLE_MAX);
    if (!fn_file_read("/proc/self/mountinfo", &b, &err))
        of = fnd_mounts_of(fn_buf_cstr(&b), path);
    fn_buf_finish(&b);
    return of;
}
