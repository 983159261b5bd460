/* SPDX-License-Identifier: MIT */
#include "engine/draw/text_fonts.h"

#include <stdio.h>
#include <string.h>

#include "engine/base/buf.h"

static const char core[] = "fonts-noto-core", cjk[] = "fonts-noto-cjk",
                  dejavu[] = "fonts-dejavu-core", emoji[] = "fonts-noto-color-emoji";

enum { EMOJI = 0, SYMBOLS = 1, OTHERS = 2 };
static const struct {
    char script[5]; /* ISO 15924 */
    const char *word, *package;
} kinds[] = {
    [EMOJI] = {"", "emoji", emoji},
    [SYMBOLS] = {"Zyyy", "some symbols", core},
    [OTHERS] = {"", "some letters", core},
    {"Arab", "Arabic", core},
    {"Armn", "Armenian", core},
    {"Beng", "Bengali", core},
    {"Bopo", "Chinese", cjk},
    {"Cyrl", "Cyrillic", dejavu},
    {"Deva", "Devanagari", core},
    {"Ethi", "Ethiopic", core},
    {"Geor", "Georgian", core},
    {"Grek", "Greek", dejavu},
    {"Gujr", "Gujarati", core},
    {"Guru", "Gurmukhi", core},
    {"Hang", "Korean", cjk},
    {"Hani", "Chinese", cjk},
    {"Hebr", "Hebrew", core},
    {"Hira", "Japanese", cjk},
    {"Kana", "Japanese", cjk},
    {"Khmr", "Khmer", core},
    {"Knda", "Kannada", core},
    {"Laoo", "Lao", core},
    {"Latn", "Latin", dejavu},
    {"Mlym", "Malayalam", core},
    {"Mymr", "Burmese", core},
    {"Orya", "Odia", core},
    {"Sinh", "Sinhala", core},
    {"Taml", "Tamil", core},
    {"Telu", "Telugu", core},
    {"Thai", "Thai", core},
    {"Tibt", "Tibetan", core},
};
enum { N_KINDS = sizeof kinds / sizeof *kinds };
_Static_assert(N_KINDS <= 64, "one bit each");

static bool is_emoji(uint32_t c)
{
    return (c >= 0x1f000 && c <= 0x1faff) || (c >= 0x2600 && c <= 0x27bf);
}

static size_t kind_of(const struct fn_text_gap *g)
{
    if (is_emoji(g->code))
        return EMOJI;
    for (size_t i = 0; i < N_KINDS; i++)
        if (kinds[i].script[0] && strcmp(kinds[i].script, g->script) == 0)
            return i;
    return OTHERS;
}

void fn_text_kinds_add(struct fn_text_kinds *k, const struct fn_text_gap *g)
{
    /* Code points without a meaning: no package has them. */
    if (strcmp(g->script, "Zzzz") != 0)
        k->bits |= 1ull << kind_of(g);
}

/* Appends ", word" unless the list has it. */
static void add_word(struct fn_buf *list, const char *word)
{
    if (strstr(fn_buf_cstr(list), word))
        return;
    fn_buf_printf(list, "%s%s", list->len ? ", " : "", word);
}

void fn_text_kinds_say(const struct fn_text_kinds *k, char *out, size_t size)
{
    struct fn_buf words, packages;
    fn_buf_init(&words, 2048);
    fn_buf_init(&packages, 2048);
    for (size_t i = 0; i < N_KINDS; i++)
        if (k->bits >> i & 1) {
            add_word(&words, kinds[i].word);
            add_word(&packages, kinds[i].package);
        }
    out[0] = '\0';
    if (words.len)
        (void)snprintf(out, size, "no installed font has: %s; for these, install %s",
                       fn_buf_cstr(&words), fn_buf_cstr(&packages));
    fn_buf_finish(&words);
    fn_buf_finish(&packages);
}
