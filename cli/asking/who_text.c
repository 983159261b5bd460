/* SPDX-License-Identifier: MIT */
/* What fnq who prints on a terminal: a caption for the file, and a row for each face. */
#include <stdio.h>

#include "cli/asking/face_fields.h"
#include "cli/asking/who_print.h"
#include "engine/base/columns.h"
#include "engine/base/paths.h"
#include "engine/base/plural.h"
#include "engine/base/utf8.h"

enum { INDENT = 2, BLURRED = 64 };

static const struct fnq_field fields[] = {
    {.title = "NUMBER", .right = true},
    {.title = "NAME", .style = FNQ_BOLD, .fit = FNQ_MIDDLE, .readable = 34},
    {.title = "SURE", .right = true},
    {.title = "STATE"},
    {.title = "SIDE", .drop = 2},
    {.title = "SIZE", .drop = 3},
    {.title = "NOTE", .style = FNQ_DIM, .fit = FNQ_MIDDLE, .drop = 1},
};
static const struct fnq_list_kind kind = FNQ_LIST_KIND_AS(FNQ_BARE, NULL, NULL, NULL, fields);

static void put_percent(struct fnq_list *l, const struct fnl_match *m)
{
    char text[16];
    (void)snprintf(text, sizeof text, "%.0f %%", 100 * m->p);
    fnq_put_text(l, text);
}

/* "maybe Ann Berg, 78 %", "blurred" */
static void put_note(struct fnq_list *l, const struct fnl_fact *f)
{
    char note[FN_PERSON_NAME_MAX + 64] = "";
    bool blurred = f->rec.sharpness < BLURRED;
    if (!f->person.name[0] && f->other.is && f->other.has_d && f->other.name[0])
        (void)snprintf(note, sizeof note, "maybe %s, %.0f %%%s", f->other.name,
                       100 * f->other.p, blurred ? ", blurred" : "");
    else if (blurred)
        (void)snprintf(note, sizeof note, "blurred");
    fnq_put_text(l, note);
}

/* A percent is for the name that it is about: a face that the user confirmed needs none, and
 * one of an unnamed person has none. */
static void put_face(struct fnq_list *l, const struct fnl_look *look, size_t i)
{
    char number[16], name[FN_PERSON_NAME_MAX + 64], size[48];
    const struct fnl_fact *f = &look->faces[i].fact;
    bool suggested = f->state == FNL_SUGGESTED && f->person.has_d;
    (void)snprintf(number, sizeof number, "%zu", i + 1);
    fnq_who_words(f, name, sizeof name);
    (void)snprintf(size, sizeof size, "%.0f×%.0f px", (double)f->box[2] * look->photo.width,
                   (double)f->box[3] * look->photo.height);
    fnq_put_text(l, number);
    fnq_put_text(l, name);
    if (suggested)
        put_percent(l, &f->person);
    else
        fnq_put_text(l, NULL);
    fnq_put_text(l, f->person.name[0] ? fnl_state_name(f->state) : NULL);
    fnq_put_text(l, fnl_side(f->box));
    fnq_put_text(l, size);
    put_note(l, f);
    fnq_list_row(l);
}

/* Asked for by --top: percents for all. */
static void put_candidate(struct fnq_list *l, const struct fnl_match *m)
{
    char name[FN_PERSON_NAME_MAX + 32], shown[FN_PERSON_NAME_MAX + 40], d2[32];
    fnl_person_title(&m->id, m->name, name, sizeof name);
    (void)snprintf(shown, sizeof shown, "  %s", name);
    (void)snprintf(d2, sizeof d2, "d² %.2f", m->d2);
    fnq_put_text(l, NULL);
    fnq_put_text(l, shown);
    put_percent(l, m);
    fnq_put_text(l, d2);
    for (size_t i = 4; i < sizeof fields / sizeof *fields; i++)
        fnq_put_text(l, NULL);
    fnq_list_row(l);
}

static void caption(struct fnq_out *o, const struct fnl_look *l)
{
    char taken[32], path[FN_PATH_MAX], rest[128];
    fnl_taken_text(&l->photo, taken, sizeof taken);
    fn_path_tilde(path, sizeof path, l->path);
    int n = snprintf(rest, sizeof rest, "   %s%s%zu face%s%s\n", taken, taken[0] ? "   " : "",
                     l->n, fn_plural_s(l->n), l->indexed ? "" : "   (not in the index)");
    fnq_text_fit(o, path, (size_t)n - 1);
    fnq_text(o, "%s", rest);
}

void fnq_who_text(struct fnq_out *o, const struct fnl_look *look)
{
    struct fnq_list l;
    caption(o, look);
    fnq_list_begin_inside(&l, o, &kind, NULL);
    l.table.indent = INDENT;
    for (size_t i = 0; i < look->n; i++) {
        const struct fnl_look_face *f = &look->faces[i];
        put_face(&l, look, i);
        for (size_t k = 0; k < f->n_candidates; k++)
            put_candidate(&l, &f->candidates[k]);
    }
    fnq_list_end(&l, NULL);
}
