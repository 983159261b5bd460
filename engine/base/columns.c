/* SPDX-License-Identifier: MIT */
#include "engine/base/columns.h"

#include <stdbool.h>
#include <string.h>
#include <utf8proc.h>

#include "engine/base/utf8.h"

/* One visible character, or one escape sequence, at *s; advances *s. Returns its width. */
static size_t next_unit(const char **s, const char *end)
{
    const char *at = *s;
    if (*at == '\033') {
        while (at < end && !((*at >= 'A' && *at <= 'Z') || (*at >= 'a' && *at <= 'z')))
            at++;
        *s = at < end ? at + 1 : end;
        return 0;
    }
    utf8proc_int32_t state = 0, c = (utf8proc_int32_t)fn_utf8_next(&at, end);
    size_t w = (size_t)utf8proc_charwidth(c);
    while (at < end && *at != '\033') {
        const char *after = at;
        utf8proc_int32_t d = (utf8proc_int32_t)fn_utf8_next(&after, end);
        if (utf8proc_grapheme_break_stateful(c, d, &state))
            break;
        w += (size_t)utf8proc_charwidth(d);
        at = after;
        c = d;
    }
    *s = at;
    return w;
}

static size_t width_of(const char *s, const char *end)
{
    size_t w = 0;
    while (s < end)
        w += next_unit(&s, end);
    return w;
}

/* The longest beginning that fits. */
static const char *beginning(const char *s, const char *end, size_t columns)
{
    while (s < end) {
        const char *after = s;
        size_t w = next_unit(&after, end);
        if (w > columns)
            break;
        columns -= w;
        s = after;
    }
    return s;
}

/* The longest end that fits; total is the width of all. */
static const char *ending(const char *s, const char *end, size_t total, size_t columns)
{
    while (s < end && total > columns)
        total -= next_unit(&s, end);
    return s;
}

/* The columns that the end of s gets out of n. */
static size_t share_of_end(const char *s, const char *end, size_t n)
{
    const char *slash = strrchr(s, '/');
    size_t last = slash ? width_of(slash, end) : 0, half = n - n / 2, most = n - n / 4;
    return last <= half ? half : last < most ? last : most;
}

size_t fn_window(struct fn_buf *out, const char *s, size_t at, size_t columns, const char *sign)
{
    const char *mark = s + at, *end = s + strlen(s);
    size_t before = width_of(s, mark), after = width_of(mark, end), dots = strlen(sign);
    size_t right = columns / 2, left = columns - right;
    if (before < left) {
        left = before;
        right = columns - left;
    } else if (after < right) {
        right = after;
        left = columns - right;
    }
    bool cut = before > left;
    const char *from = cut ? ending(s, mark, before, left > dots ? left - dots : 0) : s;
    fn_buf_str(out, cut ? sign : "");
    fn_buf_add(out, from, (size_t)(mark - from));
    if (after <= right) {
        fn_buf_add(out, mark, (size_t)(end - mark));
    } else {
        const char *to = beginning(mark, end, right > dots ? right - dots : 0);
        fn_buf_add(out, mark, (size_t)(to - mark));
        fn_buf_str(out, sign);
    }
    return (cut ? dots : 0) + width_of(from, mark);
}

void fn_shorten(struct fn_buf *out, const char *s, size_t columns, const char *sign)
{
    const char *end = s + strlen(s);
    size_t total = width_of(s, end), gap = fn_utf8_width(sign, strlen(sign));
    if (total <= columns) {
        fn_buf_str(out, s);
    } else if (columns < gap + 2) {
        fn_buf_add(out, s, (size_t)(beginning(s, end, columns) - s));
    } else {
        size_t n = columns - gap;
        const char *tail = ending(s, end, total, share_of_end(s, end, n));
        const char *head = beginning(s, end, n - width_of(tail, end));
        fn_buf_add(out, s, (size_t)(head - s));
        fn_buf_str(out, sign);
        fn_buf_str(out, tail);
    }
}

/* ---- folding ---- */

struct fold {
    const char *from;          /* start of the line that is being filled */
    size_t at;                 /* the column */
    const char *space, *slash; /* where it may end: after these; NULL: nowhere */
    size_t at_space;
};

static const char *without_spaces(const char *from, const char *to)
{
    while (to > from && to[-1] == ' ')
        to--;
    return to;
}

/* Where a command to copy begins: at a program's name that begins the text, or follows two
 * spaces or ": ". It goes on to the end of the line. Returns end if there is none. */
static const char *command_in(const char *s, const char *end)
{
    static const char *const programs[] = {"fnq ",       "facenetd -", "facenetd /",
                                           "facenetd ~", "sudo ",      "systemctl "};
    for (const char *i = s; i < end; i++) {
        bool begins = i == s || (i - s >= 2 && i[-1] == ' ' && (i[-2] == ' ' || i[-2] == ':'));
        for (size_t k = 0; begins && k < sizeof programs / sizeof *programs; k++) {
            size_t n = strlen(programs[k]);
            if ((size_t)(end - i) > n && memcmp(i, programs[k], n) == 0)
                return i;
        }
    }
    return end;
}

/* Ends the line before i, or at an earlier break that fills half of it. Returns where the next
 * one begins. */
static const char *end_line(struct fn_buf *out, struct fold *f, const char *i, size_t columns,
                            size_t hang)
{
    size_t half = hang + (columns - hang) / 2;
    bool at_space = f->space && (f->at_space >= half || f->space > f->slash);
    const char *to = at_space ? f->space : f->slash ? f->slash : i;
    fn_buf_add(out, f->from, (size_t)(without_spaces(f->from, to) - f->from));
    fn_buf_char(out, '\n');
    for (size_t k = 0; k < hang; k++)
        fn_buf_char(out, ' ');
    while (*to == ' ') /* before i, which is no space */
        to++;
    *f = (struct fold){.from = to, .at = hang};
    return to;
}

/* Appends s up to stop, folded; *at: the column, before and after. */
static void fold_text(struct fn_buf *out, const char *s, const char *stop, size_t columns,
                      size_t *at, size_t hang)
{
    struct fold f = {.from = s, .at = *at};
    bool text = false; /* a space before the text is no break */
    for (const char *i = s; i < stop;) {
        const char *before = i;
        size_t w = next_unit(&i, stop);
        bool space = *before == ' ';
        /* A space that does not fit is left out at the end of the line. */
        if (w && !space && f.at + w > columns && (before > f.from || f.at > hang)) {
            i = end_line(out, &f, before, columns, hang);
            continue;
        }
        f.at += w;
        text = text || (w && !space);
        if (text && space) {
            f.space = i;
            f.at_space = f.at;
        } else if (text && (*before == '/' || *before == ',')) {
            f.slash = i;
        }
    }
    fn_buf_add(out, f.from, (size_t)(stop - f.from));
    *at = f.at;
}

void fn_fold_line(struct fn_buf *out, const char *s, size_t n, size_t columns, size_t at,
                  size_t hang)
{
    const char *end = without_spaces(s, s + n), *command = command_in(s, end);
    hang = hang < columns - columns / 4 ? hang : columns / 2;
    const char *before = without_spaces(s, command);
    if (command == end || before == s) { /* no text, or only spaces, before the command */
        fold_text(out, s, command, columns, &at, hang);
    } else {
        fold_text(out, s, before, columns, &at, hang);
        if (at + (size_t)(command - before) + width_of(command, end) <= columns)
            fn_buf_add(out, before, (size_t)(command - before));
        else
            fn_buf_printf(out, "\n%*s", (int)hang, "");
    }
    fn_buf_add(out, command, (size_t)(end - command));
}

/* Where further lines of this line begin. */
static size_t hanging(const char *s, const char *end, size_t columns)
{
    size_t at = 0, indent = 0, spaces = 0;
    bool text = false;
    while (s < end) {
        bool space = *s == ' ';
        size_t w = next_unit(&s, end);
        if (w && !space && text && spaces >= 2)
            return at <= columns / 2 ? at : indent + 2;
        if (w && !space && !text) {
            indent = at;
            text = true;
        }
        spaces = space ? spaces + 1 : w ? 0 : spaces;
        at += w;
    }
    return indent + 2;
}

void fn_fold(struct fn_buf *out, const char *s, size_t n, size_t columns)
{
    const char *end = s + n;
    while (s < end) {
        const char *stop = memchr(s, '\n', (size_t)(end - s));
        const char *to = stop ? stop : end;
        if (width_of(s, to) <= columns)
            fn_buf_add(out, s, (size_t)(to - s));
        else
            fn_fold_line(out, s, (size_t)(to - s), columns, 0, hanging(s, to, columns));
        if (stop)
            fn_buf_char(out, '\n');
        s = stop ? stop + 1 : end;
    }
}
