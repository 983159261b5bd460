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

void fnq_who_file(struct fnq_list *list, const struct fnl_look *l)
{
    if (fnq_out_is_json(list->out)) {
        print_json(list, l);
    } else if (!l->code && list->out->format == FNQ_TEXT) {
        fnq_who_text(list->out, l);
    } else if (!l->code) {
        for (size_t i = 0; i < l->n; i++) {
            put_face(list, l->path, &l->faces[i]);
            fnq_list_row(list);
        }
    }
}
