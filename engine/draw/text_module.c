/* SPDX-License-Identifier: MIT */
/* The module fnq-text.so: one line of text, laid out by Pango and drawn by Cairo. Never run in
 * a worker, since fonts are files. */
#include "engine/draw/text_module.h"

#include <errno.h>
#include <fcntl.h>
#include <fontconfig/fontconfig.h>
#include <pango/pangocairo.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct fonts {
    PangoFontMap *map;
    PangoContext *context;
    GLogFunc log; /* of the process, before ours */
};

/* GLib, Pango and Cairo would write to standard error. What matters is returned. */
static void quiet(const char *domain, GLogLevelFlags level, const char *text, void *data)
{
    (void)domain;
    (void)level;
    (void)text;
    (void)data;
}

/* Letters that several languages share, such as Han, are drawn as in the user's language. */
static PangoLanguage *users_language(void)
{
    static const char *const names[] = {"LC_ALL", "LC_CTYPE", "LANG"};
    const char *value = "";
    for (size_t i = 0; !*value && i < sizeof names / sizeof *names; i++)
        value = getenv(names[i]) ? getenv(names[i]) : "";
    char text[32] = "";
    size_t n = strcspn(value, ".@");
    if (n && n < sizeof text && strncmp(value, "C", n) != 0)
        memcpy(text, value, n);
    return pango_language_from_string(*text ? text : "en");
}

/* Grey edges, and letters where they belong rather than on whole pixels: the same picture on
 * every screen. */
static void set_options(PangoContext *c)
{
    cairo_font_options_t *o = cairo_font_options_create();
    cairo_font_options_set_antialias(o, CAIRO_ANTIALIAS_GRAY);
    cairo_font_options_set_hint_style(o, CAIRO_HINT_STYLE_SLIGHT);
    cairo_font_options_set_hint_metrics(o, CAIRO_HINT_METRICS_OFF);
    pango_cairo_context_set_font_options(c, o);
    cairo_font_options_destroy(o);
    pango_context_set_round_glyph_positions(c, FALSE);
    pango_context_set_language(c, users_language());
}

/* Loads the list of fonts. Fontconfig writes to standard error what it can do without: a cache
 * folder, its configuration. Pango itself always claims to have fonts. */
static bool find_fonts(void)
{
    int error = dup(STDERR_FILENO), null = open("/dev/null", O_WRONLY | O_CLOEXEC);
    if (error >= 0 && null >= 0)
        (void)dup2(null, STDERR_FILENO);
    bool ready = FcInit();
    const FcFontSet *set = ready ? FcConfigGetFonts(NULL, FcSetSystem) : NULL;
    if (error >= 0 && null >= 0)
        (void)dup2(error, STDERR_FILENO);
    if (error >= 0)
        (void)close(error);
    if (null >= 0)
        (void)close(null);
    return set && set->nfont > 0;
}

static void close_fonts(void *fonts)
{
    struct fonts *f = fonts;
    g_clear_object(&f->context);
    g_clear_object(&f->map);
    g_log_set_default_handler(f->log, NULL);
    free(f);
}

static void *open_fonts(void)
{
    struct fonts *f = calloc(1, sizeof *f);
    if (!f)
        return NULL;
    f->log = g_log_set_default_handler(quiet, NULL);
    f->map = find_fonts() ? pango_cairo_font_map_new_for_font_type(CAIRO_FONT_TYPE_FT) : NULL;
    if (!f->map) {
        close_fonts(f);
        return NULL;
    }
    f->context = pango_font_map_create_context(f->map);
    set_options(f->context);
    return f;
}

static PangoFontDescription *font_of(const struct fn_text_line *l)
{
    PangoFontDescription *d = pango_font_description_from_string("Sans");
    pango_font_description_set_absolute_size(d, l->px * PANGO_SCALE);
    pango_font_description_set_weight(d, l->bold ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL);
    return d;
}

static PangoLayout *layout_of(const struct fonts *f, const struct fn_text_line *l,
                              const PangoFontDescription *font)
{
    PangoLayout *p = pango_layout_new(f->context);
    pango_layout_set_single_paragraph_mode(p, TRUE);
    pango_layout_set_font_description(p, font);
    pango_layout_set_text(p, l->utf8, -1);
    if (l->width > 0) {
        pango_layout_set_width(p, l->width * PANGO_SCALE);
        pango_layout_set_ellipsize(p, l->cut_middle ? PANGO_ELLIPSIZE_MIDDLE
                                                    : PANGO_ELLIPSIZE_END);
    }
    return p;
}

static void add_gap(struct fn_text_laid *r, uint32_t code)
{
    for (size_t i = 0; i < r->n_gaps; i++)
        if (r->gaps[i].code == code)
            return;
    if (r->n_gaps == FN_TEXT_GAPS_MAX)
        return;
    struct fn_text_gap *g = &r->gaps[r->n_gaps++];
    uint32_t iso = g_unicode_script_to_iso15924(g_unichar_get_script(code));
    g->code = code;
    for (int i = 0; i < 4; i++)
        g->script[i] = (char)(iso >> (24 - 8 * i) & 0x7f);
    g->script[4] = '\0';
}

static void find_gaps(PangoLayout *p, struct fn_text_laid *r)
{
    if (pango_layout_get_unknown_glyphs_count(p) == 0)
        return;
    for (GSList *l = pango_layout_get_lines_readonly(p); l; l = l->next) {
        const PangoLayoutLine *line = l->data;
        for (GSList *k = line->runs; k; k = k->next) {
            const PangoGlyphString *s = ((const PangoGlyphItem *)k->data)->glyphs;
            for (int i = 0; i < s->num_glyphs; i++)
                if (s->glyphs[i].glyph & PANGO_GLYPH_UNKNOWN_FLAG)
                    add_gap(r, s->glyphs[i].glyph & ~(uint32_t)PANGO_GLYPH_UNKNOWN_FLAG);
        }
    }
    if (r->n_gaps == 0) /* an ellipsis hides it, or it has no code point */
        add_gap(r, 0xfffd);
}

/* Where the base line is: that of the first font, so that lines of all scripts are level. */
static double base_line(const struct fonts *f, const struct fn_text_line *l,
                        const PangoFontDescription *font)
{
    PangoFontMetrics *m = pango_context_get_metrics(f->context, font, NULL);
    double up = (double)pango_font_metrics_get_ascent(m) / PANGO_SCALE;
    double down = (double)pango_font_metrics_get_descent(m) / PANGO_SCALE;
    pango_font_metrics_unref(m);
    return (l->height - up - down) / 2 + up;
}

static uint8_t over(uint8_t below, uint32_t premultiplied, uint32_t alpha)
{
    uint32_t v = premultiplied + (below * (255 - alpha) + 127) / 255;
    return (uint8_t)(v > 255 ? 255 : v);
}

/* Puts the pixels of Cairo, premultiplied ARGB in words of this machine, over the picture. */
static void blend(const struct fn_text_line *l, const uint8_t *from, int stride)
{
    struct fn_image *m = l->image;
    for (int v = 0; v < l->height; v++) {
        if (l->y + v < 0 || l->y + v >= (int64_t)m->height)
            continue;
        for (int u = 0; u < l->width; u++) {
            uint32_t p;
            if (l->x + u < 0 || l->x + u >= (int64_t)m->width)
                continue;
            memcpy(&p, from + (size_t)v * (size_t)stride + 4 * (size_t)u, sizeof p);
            uint8_t *to = m->data + (size_t)(l->y + v) * m->stride + 3 * (size_t)(l->x + u);
            for (int i = 0; i < 3; i++)
                to[i] = over(to[i], p >> (16 - 8 * i) & 255, p >> 24);
        }
    }
}

/* left: where the text begins in the layout. Right-to-left text is at the right edge there, but
 * the caller aligns. */
static int paint(const struct fn_text_line *l, PangoLayout *p, double left, double base)
{
    cairo_surface_t *s = cairo_image_surface_create(CAIRO_FORMAT_ARGB32, l->width, l->height);
    cairo_t *c = cairo_create(s);
    cairo_set_source_rgb(c, l->colour.r / 255., l->colour.g / 255., l->colour.b / 255.);
    cairo_move_to(c, -left, base - (double)pango_layout_get_baseline(p) / PANGO_SCALE);
    pango_cairo_show_layout(c, p);
    cairo_surface_flush(s);
    int rc = cairo_status(c) == CAIRO_STATUS_SUCCESS ? 0 : -ENOMEM;
    if (!rc)
        blend(l, cairo_image_surface_get_data(s), cairo_image_surface_get_stride(s));
    cairo_destroy(c);
    cairo_surface_destroy(s);
    return rc;
}

static int line(void *fonts, const struct fn_text_line *l, struct fn_text_laid *ret)
{
    const struct fonts *f = fonts;
    PangoFontDescription *font = font_of(l);
    PangoLayout *p = layout_of(f, l, font);
    PangoRectangle logical;
    int rc = 0;
    memset(ret, 0, sizeof *ret);
    pango_layout_get_extents(p, NULL, &logical);
    ret->width = PANGO_PIXELS_CEIL(logical.width);
    find_gaps(p, ret);
    if (l->image && !ret->n_gaps && l->width > 0 && l->height > 0)
        rc = paint(l, p, (double)logical.x / PANGO_SCALE, base_line(f, l, font));
    g_object_unref(p);
    pango_font_description_free(font);
    return rc;
}

__attribute__((visibility("default"))) extern const struct fn_text_module fn_text_module;
const struct fn_text_module fn_text_module = {FN_TEXT_MODULE_VERSION, open_fonts, close_fonts,
                                              line};
