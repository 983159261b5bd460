/* SPDX-License-Identifier: MIT */
#include "cli/asking/who_print.h"

#include <stdlib.h>
#include <string.h>

#include "cli/asking/face_fields.h"
#include "cli/print/index_json.h"
#include "engine/base/plural.h"

static const struct fnq_field fields[] = {
    {.title = "PATH", .place = 1},
    {.key = "face", .title = "FACE", .place = 2},
    {.key = "box", .title = "BOX", .place = 6},
    {.key = "score"},
    {.key = "quality"},
    {.key = "state"},
    {.key = "person", .title = "NAME", .place = 3},
    {.key = "p", .title = "P", .right = true, .place = 4},
    {.key = "d2", .title = "D2", .right = true, .place = 5},
    {.key = "runner_up"},
    {.key = "candidates"}, /* with --top */
};
const struct fnq_list_kind fnq_who_kind =
    FNQ_LIST_KIND("fnq.who/1", "files", "fnq.who.file/1", fields);

static void put_candidates(struct fnq_list *l, const struct fnl_look_face *f)
{
    if (!f->n_candidates) {
        fnq_put_none(l);
        return;
    }
    json_t *a = json_array();
    for (size_t i = 0; i < f->n_candidates; i++)
        if (json_array_append_new(a, fnq_runner_up_json(&f->candidates[i])) < 0)
            abort();
    fnq_put_json(l, a, NULL);
}

static void put_face(struct fnq_list *l, const char *path, const struct fnl_look_face *f)
{
    char name[FN_PERSON_NAME_MAX + 32];
    fnq_caption(&f->fact, name, sizeof name);
    fnq_put_text(l, path);
    fnq_put_text(l, f->fact.id);
    fnq_put_box(l, f->fact.box);
    fnq_put_real(l, f->fact.rec.score / 255.0, 2);
    fnq_put_real(l, f->fact.rec.quality / 255.0, 2);
    fnq_put_text(l, fnl_state_name(f->fact.state));
    fnq_put_json(l, fnq_person_json(&f->fact.person), name);
    fnq_put_certainty(l, &f->fact);
    put_candidates(l, f);
}

static void print_json(struct fnq_list *list, const struct fnl_look *l)
{
    char hex[FN_H128_HEX];
    json_t *o = json_object(), *faces = json_array();
    for (size_t i = 0; i < l->n; i++) {
        put_face(list, l->path, &l->faces[i]);
        fnq_list_row_into(list, faces);
    }
    fnq_set_path(o, l->path);
    if (!l->code) {
        fnl_photo_hex(&l->hash, hex, sizeof hex);
        fnq_set(o, "photo", json_string(hex));
        fnq_set(o, "indexed", json_boolean(l->indexed));
        fnq_set(o, "taken", fnq_taken_json(&l->photo));
        fnq_set(o, "width", json_integer(l->photo.width));
        fnq_set(o, "height", json_integer(l->photo.height));
        fnq_set(o, "rotated", json_integer(l->photo.rotated));
    }
    fnq_set(o, "faces", faces);
    if (l->code)
        fnq_set(o, "error", fnq_error_json(&l->err));
    fnq_json_item(list->out, o);
}

/* ---- for people ---- */

static void print_candidates(struct fnq_out *o, const struct fnl_look_face *f)
{
    char name[FN_PERSON_NAME_MAX + 32];
    for (size_t i = 0; i < f->n_candidates; i++) {
        const struct fnl_match *m = &f->candidates[i];
        fnl_person_title(&m->id, m->name, name, sizeof name);
        fnq_text(o, "       %3.0f %%   d² %.2f   ", 100 * m->p, m->d2);
        fnq_text_safe(o, name);
        fnq_text(o, "\n");
    }
}

static void print_certainty(struct fnq_out *o, const struct fnl_fact *f)
{
    char name[FN_PERSON_NAME_MAX + 32];
    if (f->person.is && f->person.has_d) {
        fnq_text(o, "%3.0f %%   d² %.2f   ", 100 * f->person.p, f->person.d2);
    } else if (f->other.is && f->other.has_d) {
        fnl_person_title(&f->other.id, f->other.name, name, sizeof name);
        fnq_text(o, "  –     nearest ");
        fnq_text_safe(o, name);
        fnq_text(o, " %.0f %%, d² %.2f   ", 100 * f->other.p, f->other.d2);
    } else {
        fnq_text(o, "  –     ");
    }
}

static void print_face(struct fnq_out *o, const struct fnl_look *l, size_t i, int width)
{
    char name[FN_PERSON_NAME_MAX + 32];
    const struct fnl_fact *f = &l->faces[i].fact;
    fnq_caption(f, name, sizeof name);
    fnq_text(o, "  %zu  ", i + 1);
    fnq_style(o, f->person.name[0] ? FNQ_BOLD : FNQ_DIM);
    size_t before = o->buf.len;
    fnq_text_safe(o, name);
    int pad = width - (int)(o->buf.len - before);
    fnq_style(o, FNQ_PLAIN);
    fnq_text(o, "%*s  ", pad > 0 ? pad : 0, "");
    print_certainty(o, f);
    fnq_text(o, "%-6s  %4.0f×%-4.0f px   %s%s\n", fnl_side(f->box),
             (double)f->box[2] * l->photo.width, (double)f->box[3] * l->photo.height,
             fnl_state_name(f->state), f->rec.sharpness < 64 ? ", blurred" : "");
    print_candidates(o, &l->faces[i]);
}

static void print_text(struct fnq_out *o, const struct fnl_look *l)
{
    char taken[32], name[FN_PERSON_NAME_MAX + 32];
    int width = 8;
    fnl_taken_text(&l->photo, taken, sizeof taken);
    fnq_text_safe(o, l->path);
    fnq_text(o, "   %s%s%zu face%s%s\n", taken, taken[0] ? "   " : "", l->n, fn_plural_s(l->n),
             l->indexed ? "" : "   (not in the index)");
    for (size_t i = 0; i < l->n; i++) {
        fnq_caption(&l->faces[i].fact, name, sizeof name);
        int w = (int)strlen(name);
        width = w > width ? w : width;
    }
    for (size_t i = 0; i < l->n; i++)
        print_face(o, l, i, width);
}

void fnq_who_file(struct fnq_list *list, const struct fnl_look *l)
{
    if (fnq_out_is_json(list->out)) {
        print_json(list, l);
    } else if (!l->code && list->out->format == FNQ_TEXT) {
        print_text(list->out, l);
    } else if (!l->code) {
        for (size_t i = 0; i < l->n; i++) {
            put_face(list, l->path, &l->faces[i]);
            fnq_list_row(list);
        }
    }
}
