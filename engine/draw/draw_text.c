/* SPDX-License-Identifier: MIT */
#include "engine/draw/draw_text.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/utf8.h"
#include "engine/draw/text_fonts.h"
#include "engine/draw/text_load.h"

/* A text longer than this loses its middle before it is laid out: no line shows as much. */
enum { BYTES_MAX = 1200, HALF = 500, MESSAGE_MAX = 600 };

struct fn_text {
    const struct fn_text_module *module;
    void *fonts;
    bool failed;
    struct fn_text_kinds missing;
    char message[MESSAGE_MAX];
};

int fn_text_open(struct fn_text **ret, struct fn_error *err)
{
    struct fn_text *t = calloc(1, sizeof *t);
    int rc = t ? fn_text_load(&t->module, err) : fn_error_set(err, -ENOMEM, "out of memory");
    if (!rc && !(t->fonts = t->module->open()))
        rc = fn_error_set(err, FN_EUNSUPPORTED,
                          "text cannot be drawn: no font is installed; install "
                          "fonts-dejavu-core");
    if (rc)
        free(t);
    else
        *ret = t;
    return rc;
}

void fn_text_close(struct fn_text *t)
{
    if (!t)
        return;
    t->module->close(t->fonts);
    free(t);
}

int fn_text_height(double px)
{
    return (int)ceil(px * 1.55);
}

/* Where a character ends: not in its middle. */
static size_t whole(const char *s, size_t at)
{
    while (at > 0 && ((unsigned char)s[at] & 0xc0) == 0x80)
        at--;
    return at;
}

static void readable(struct fn_buf *out, const char *text)
{
    size_t n = strlen(text);
    fn_buf_init(out, 8 * BYTES_MAX);
    if (n <= BYTES_MAX) {
        fn_utf8_printable(out, text, n);
        return;
    }
    size_t second = whole(text, n - HALF);
    fn_utf8_printable(out, text, whole(text, HALF));
    fn_buf_str(out, "…");
    fn_utf8_printable(out, text + second, n - second);
}

/* What joins or changes the characters next to it, and is nothing without them. */
static bool is_joiner(uint32_t c)
{
    return c == 0x200d || c == 0x200c || (c >= 0xfe00 && c <= 0xfe0f) || c == 0x20e3;
}

static bool is_gap(const struct fn_text_laid *laid, uint32_t c)
{
    for (size_t i = 0; i < laid->n_gaps; i++)
        if (laid->gaps[i].code == c)
            return true;
    return false;
}

/* Each character of the gaps as U+XXXX. everything: each one beyond ASCII. */
static void spell_out(struct fn_buf *text, const struct fn_text_laid *laid, bool everything)
{
    struct fn_buf out;
    const char *p = fn_buf_cstr(text), *end = p + text->len;
    bool spelled = false;
    fn_buf_init(&out, 16 * BYTES_MAX);
    while (p < end) {
        const char *from = p;
        uint32_t c = fn_utf8_next(&p, end);
        if (is_gap(laid, c) || (everything && c > 0x7e && !is_joiner(c))) {
            fn_buf_printf(&out, "%sU+%04X", spelled ? " " : "", (unsigned)c);
            spelled = true;
        } else if (!spelled || !is_joiner(c)) {
            fn_buf_add(&out, from, (size_t)(p - from));
            spelled = false;
        }
    }
    fn_buf_finish(text);
    *text = out;
}

/* Lays out, and draws if the line has a picture. */
static int try_line(struct fn_text *t, struct fn_text_line *l, const struct fn_buf *text,
                    struct fn_text_laid *laid)
{
    l->utf8 = fn_buf_cstr(text);
    int rc = fn_buf_failed(text) ? -ENOMEM : t->module->line(t->fonts, l, laid);
    for (size_t i = 0; !rc && i < laid->n_gaps; i++)
        fn_text_kinds_add(&t->missing, &laid->gaps[i]);
    return rc;
}

/* Draws the text, or what stands for it when letters have no font. Sets laid->width. */
static int some_line(struct fn_text *t, struct fn_text_line *l, const char *text,
                     const char *instead, struct fn_text_laid *laid)
{
    enum { TRIES = 4 };
    struct fn_buf b;
    readable(&b, text);
    int rc = try_line(t, l, &b, laid);
    if (!rc && laid->n_gaps && instead) {
        fn_buf_finish(&b);
        readable(&b, instead);
        rc = try_line(t, l, &b, laid);
    }
    for (int i = 1; !rc && laid->n_gaps && i <= TRIES; i++) {
        spell_out(&b, laid, i == TRIES);
        rc = try_line(t, l, &b, laid);
    }
    fn_buf_finish(&b);
    return rc;
}

int fn_text_width(struct fn_text *t, const struct fn_text_style *s, const char *text,
                  const char *instead)
{
    struct fn_text_line l = {.px = s->px, .bold = s->bold};
    struct fn_text_laid laid;
    int rc = some_line(t, &l, text, instead, &laid);
    t->failed |= rc != 0;
    return rc ? 0 : laid.width;
}

void fn_text_draw(struct fn_text *t, struct fn_image *m, int x, int y, int width,
                  const struct fn_text_style *s, const char *text, const char *instead)
{
    struct fn_text_line l = {.px = s->px,
                             .bold = s->bold,
                             .cut_middle = s->cut == FN_TEXT_MIDDLE,
                             .width = width,
                             .colour = s->colour,
                             .height = fn_text_height(s->px)};
    struct fn_text_laid laid;
    if (width <= 0 || !*text)
        return;
    int rc = 0;
    if (s->side != FN_TEXT_LEFT)
        rc = some_line(t, &l, text, instead, &laid);
    int left = rc || s->side == FN_TEXT_LEFT || laid.width >= width ? 0 : width - laid.width;
    l.x = x + (s->side == FN_TEXT_CENTRE ? left / 2 : left);
    l.y = y;
    l.image = m;
    rc = rc ? rc : some_line(t, &l, text, instead, &laid);
    t->failed |= rc != 0;
}

bool fn_text_failed(const struct fn_text *t)
{
    return t->failed;
}

const char *fn_text_missing(struct fn_text *t)
{
    fn_text_kinds_say(&t->missing, t->message, sizeof t->message);
    return t->message;
}
