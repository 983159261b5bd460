/* SPDX-License-Identifier: MIT */
#include "engine/base/terminal.h"

#include <stdlib.h>
#include <strings.h>
#include <string.h>
#include <sys/ioctl.h>

enum { USUAL = 80, LEAST = 20, MOST = 4096 };

static size_t reported(int fd)
{
    struct winsize w = {0};
    return ioctl(fd, TIOCGWINSZ, &w) == 0 ? w.ws_col : 0;
}

static size_t wished(void)
{
    const char *s = getenv("COLUMNS");
    long n = s ? strtol(s, NULL, 10) : 0;
    return n > 0 && n <= MOST ? (size_t)n : 0;
}

size_t fn_terminal_columns(int fd)
{
    size_t real = reported(fd), n = wished();
    if (!n || (real && real < n))
        n = real ? real : USUAL;
    return n < LEAST ? LEAST : n;
}

bool fn_terminal_utf8(void)
{
    static const char *const names[] = {"LC_ALL", "LC_CTYPE", "LANG"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const char *s = getenv(names[i]);
        if (!s || !*s)
            continue;
        const char *dot = strchr(s, '.');
        return dot && (strncasecmp(dot, ".UTF-8", 6) == 0 || strncasecmp(dot, ".utf8", 5) == 0);
    }
    return false;
}
