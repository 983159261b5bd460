/* SPDX-License-Identifier: MIT */
/* Reading line by line; see lines.h. */
#include "engine/train/lines.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

int fn_lines_open(struct fn_lines *l, const char *path, struct fn_error *err)
{
    *l = (struct fn_lines){.file = fopen(path, "re"), .path = path};
    return l->file
               ? 0
               : fn_error_set(err, -errno, "cannot open '%s': %s", path, fn_strerror(-errno));
}

void fn_lines_close(struct fn_lines *l)
{
    if (l->file)
        (void)fclose(l->file);
    free(l->text);
    *l = (struct fn_lines){0};
}

int fn_lines_next(struct fn_lines *l, struct fn_error *err)
{
    errno = 0;
    ssize_t n = getline(&l->text, &l->cap, l->file);
    if (n < 0 && feof(l->file))
        return 0;
    if (n < 0) {
        int e = errno ? errno : EIO;
        return fn_error_set(err, -e, "cannot read '%s': %s", l->path, fn_strerror(-e));
    }
    l->number++;
    if (memchr(l->text, '\0', (size_t)n))
        return fn_lines_error(l, err, FN_EUSAGE, "holds a NUL byte: not a text file");
    if (n && l->text[n - 1] == '\n')
        l->text[--n] = '\0';
    if (n && l->text[n - 1] == '\r')
        l->text[--n] = '\0';
    return 1;
}

size_t fn_lines_fields(char *text, char separator, char **field, size_t max)
{
    size_t n = 0;
    field[n++] = text;
    for (char *p = text; *p && n < max; p++) {
        if (*p == separator) {
            *p = '\0';
            field[n++] = p + 1;
        }
    }
    return n;
}

int fn_lines_error(const struct fn_lines *l, struct fn_error *err, int code, const char *fmt,
                   ...)
{
    char text[256];
    va_list ap;
    va_start(ap, fmt);
    (void)vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    return fn_error_set(err, code, "'%s' line %zu: %s", l->path, l->number, text);
}

int fn_parse_float(const char *s, float *ret)
{
    char *end;
    float v = strtof(s, &end);
    if (end == s || *end || !isfinite(v))
        return -EINVAL;
    *ret = v;
    return 0;
}
