/* SPDX-License-Identifier: MIT */
#include "daemon/watching/inotify_usage.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/base/file.h"

static uint64_t count_in_file(const char *path)
{
    char line[256];
    uint64_t n = 0;
    FILE *in = fopen(path, "re");
    while (in && fgets(line, sizeof line, in))
        n += strncmp(line, "inotify ", 8) == 0;
    if (in)
        (void)fclose(in);
    return n;
}

static uint64_t count_of_process(const char *pid)
{
    char path[300], link[300], target[64];
    uint64_t n = 0;
    (void)snprintf(path, sizeof path, "/proc/%s/fd", pid);
    DIR *d = opendir(path);
    for (const struct dirent *e; d && (e = readdir(d));) {
        (void)snprintf(link, sizeof link, "/proc/%s/fd/%.20s", pid, e->d_name);
        ssize_t k = readlink(link, target, sizeof target - 1);
        target[k > 0 ? k : 0] = '\0';
        if (strcmp(target, "anon_inode:inotify") != 0)
            continue;
        (void)snprintf(link, sizeof link, "/proc/%s/fdinfo/%.20s", pid, e->d_name);
        n += count_in_file(link);
    }
    if (d)
        (void)closedir(d);
    return n;
}

void fnd_inotify_usage(uint64_t *ret_limit, uint64_t *ret_used)
{
    struct fn_buf b;
    struct fn_error err;
    fn_buf_init(&b, 64);
    *ret_limit = 8192; /* the kernel's old default, if /proc does not have the value */
    if (!fn_file_read("/proc/sys/fs/inotify/max_user_watches", &b, &err))
        *ret_limit = strtoull(fn_buf_cstr(&b), NULL, 10);
    fn_buf_finish(&b);
    *ret_used = 0;
    DIR *d = opendir("/proc");
    for (const struct dirent *e; d && (e = readdir(d));) {
        char path[300];
        struct stat st;
        (void)snprintf(path, sizeof path, "/proc/%.20s", e->d_name);
        /* The limit applies per user. */
        if (e->d_name[0] >= '1' && e->d_name[0] <= '9' && !stat(path, &st) &&
            st.st_uid == getuid())
            *ret_used += count_of_process(e->d_name);
    }
    if (d)
        (void)closedir(d);
}
