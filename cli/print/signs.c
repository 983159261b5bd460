/* SPDX-License-Identifier: MIT */
#include "cli/print/signs.h"

#include <string.h>

#include "engine/base/utf8.h"

static const struct {
    const char *sign, *ascii;
} signs[] = {
    {"…", "..."},  {"²", "2"}, {"×", "x"}, {"–", "-"}, {"→", "->"},
    {"°", " deg"}, {"·", ";"}, {"▁", "."}, {"▂", "."}, {"▃", "-"},
    {"▄", "-"},    {"▅", "="}, {"▆", "="}, {"▇", "#"}, {"█", "#"},
};

/* The sign at s, or -1. */
static int sign_at(const char *s)
{
    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++)
        if (strncmp(s, signs[i].sign, strlen(signs[i].sign)) == 0)
            return (int)i;
    return -1;
}

void fnq_add_signs(struct fn_buf *out, const char *s, bool ascii)
{
    if (!ascii) {
        fn_buf_str(out, s);
        return;
    }
    while (*s) {
        int i = (unsigned char)*s < 0x80 ? -1 : sign_at(s);
        if (i >= 0) {
            fn_buf_str(out, signs[i].ascii);
            s += strlen(signs[i].sign);
        } else {
            fn_buf_char(out, *s++);
        }
    }
}

void fnq_add_printable(struct fn_buf *out, const char *s, bool ascii)
{
    struct fn_buf b;
    if (!ascii) {
        fn_utf8_printable(out, s, strlen(s));
        return;
    }
    fn_buf_init(&b, SIZE_MAX / 2);
    fn_utf8_printable(&b, s, strlen(s));
    if (fn_buf_failed(&b))
        out->failed = true;
    else
        fnq_add_signs(out, fn_buf_cstr(&b), true);
    fn_buf_finish(&b);
}
