/* SPDX-License-Identifier: MIT */
#include "engine/base/error.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

int fn_error_set(struct fn_error *err, int code, const char *fmt, ...)
{
    if (err) {
        va_list ap;
        /* Formats into a second buffer, because an argument may be err->text itself. */
        char text[sizeof err->text];
        va_start(ap, fmt);
        (void)vsnprintf(text, sizeof text, fmt, ap);
        va_end(ap);
        memcpy(err->text, text, sizeof text);
        err->code = code;
    }
    return code;
}

int fn_error_prefix(struct fn_error *err, const char *fmt, ...)
{
    if (!err)
        return 0;
    char prefix[sizeof err->text], old[sizeof err->text];
    va_list ap;
    va_start(ap, fmt);
    (void)vsnprintf(prefix, sizeof prefix, fmt, ap);
    va_end(ap);
    memcpy(old, err->text, sizeof old);
    size_t n = strlen(prefix), room = sizeof err->text - 1;
    n = n < room ? n : room;
    memcpy(err->text, prefix, n);
    (void)snprintf(err->text + n, sizeof err->text - n, ": %s", old);
    return err->code;
}

static const char *own_text(int code)
{
    static const char *const text[] = {
        "stored data is damaged",
        "the format is newer than this program",
        "shapes do not fit",
        "the model file cannot be used",
        "the picture cannot be decoded",
        "not supported",
        "over a limit",
        "not found",
        "refused",
        "usage error",
        "another process is writing",
        "ambiguous",
        "the worker failed",
        "the numbers are not finite",
        "a mistake in the program",
        "the disk failed, and whether the change is stored is not known",
    };
    size_t i = (size_t)(-32001 - code);
    return i < sizeof text / sizeof *text ? text[i] : NULL;
}

const char *fn_strerror(int code)
{
    const char *s = NULL;
    if (code <= -32001)
        s = own_text(code);
    else if (code < 0)
        s = strerrordesc_np(-code);
    else if (code == 0)
        s = "success";
    return s ? s : "unknown error";
}
