/* SPDX-License-Identifier: MIT */
#include "index/intake/partial.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

enum { RSYNC_LETTERS = 6 };

/* What programs put before and after the name: downloads (browsers, FileZilla and WinSCP),
 * Syncthing, editors, exiftool. */
static const struct {
    const char *before, *after;
} parts[] = {
    {".syncthing.", ".tmp"}, {"~syncthing~", ".tmp"}, {"", ".part"}, {"", ".partial"},
    {"", ".filepart"},       {"", ".crdownload"},     {"", ".tmp"},  {"", "~"},
    {"", "_original"},
};

static bool take(const char *name, size_t before, size_t after, char *out, size_t size)
{
    size_t n = strlen(name);
    if (n <= before + after || n - before - after >= size)
        return false;
    (void)snprintf(out, size, "%.*s", (int)(n - before - after), name + before);
    return true;
}

/* ".NAME.a1B2c3" of rsync */
static bool is_rsync(const char *name)
{
    size_t n = strlen(name);
    if (name[0] != '.' || n <= RSYNC_LETTERS + 2 || name[n - RSYNC_LETTERS - 1] != '.')
        return false;
    for (size_t i = n - RSYNC_LETTERS; i < n; i++)
        if (!isalnum((unsigned char)name[i]))
            return false;
    return true;
}

bool fn_finished_name(const char *name, char *out, size_t size)
{
    size_t n = strlen(name);
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        size_t b = strlen(parts[i].before), a = strlen(parts[i].after);
        if (n > a + b && strncmp(name, parts[i].before, b) == 0 &&
            strcmp(name + n - a, parts[i].after) == 0)
            return take(name, b, a, out, size);
    }
    return is_rsync(name) && take(name, 1, RSYNC_LETTERS + 1, out, size);
}
