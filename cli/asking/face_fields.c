/* SPDX-License-Identifier: MIT */
#include "cli/asking/face_fields.h"

#include <math.h>
#include <stdio.h>

#include "cli/print/index_json.h"
#include "engine/base/paths.h"
#include "engine/base/plural.h"

static void put_paths(struct fnq_list *l, struct fn_txn *t, fn_photo_id photo)
{
    char path[FN_PATH_MAX] = "", shown[FN_PATH_MAX];
    json_t *paths = NULL;
    if (fnq_out_is_json(l->out)) {
        paths = json_object();
        if (fnq_set_paths(t, photo, paths))
            fnq_set(paths, "paths", json_array());
    } else if (fn_path_absolute(t, photo, path, sizeof path)) {
        path[0] = '\0';
    }
    if (l->out->format == FNQ_TEXT)
        fn_path_tilde(shown, sizeof shown, path);
    fnq_put_members(l, paths, paths ? NULL : l->out->format == FNQ_TEXT ? shown : path);
}

static void put_person(struct fnq_list *l, const struct fnl_match *m)
{
    char id[FN_PERSON_TEXT] = "";
    if (m->is) {
        fn_person_text(&m->id, id);
        if (l->out->format == FNQ_TEXT)
            fnl_person_short(&m->id, id);
    }
    fnq_put_json(l, fnq_person_json(m), id);
}

/* Data have the name only: the id has a column of its own. */
static void put_name(struct fnq_list *l, const struct fnl_fact *f)
{
    char shown[FN_PERSON_NAME_MAX + 32] = "";
    if (f->person.is)
        fnl_person_title(&f->person.id, f->person.name, shown, sizeof shown);
    fnq_put_shown(l, f->person.name, shown);
}

void fnq_put_face(struct fnq_list *l, struct fn_txn *t, const struct fnl_fact *f)
{
    char hex[FN_H128_HEX], quality[16];
    fnl_photo_hex(&f->photo, hex, sizeof hex);
    (void)snprintf(quality, sizeof quality, "%.2f", f->rec.quality / 255.0);
    fnq_put_shown(l, f->id, f->shown);
    fnq_put_text(l, hex);
    put_paths(l, t, f->rec.photo);
    fnq_put_box(l, f->box);
    fnq_put_real(l, f->rec.score / 255.0, 2);
    fnq_put_json(l, fnq_json_real(f->rec.quality / 255.0), quality);
    fnq_put_text(l, fnl_state_name(f->state));
    put_person(l, &f->person);
    put_name(l, f);
}

void fnq_put_certainty(struct fnq_list *l, const struct fnl_fact *f)
{
    fnq_put_real(l, f->person.has_d ? f->person.p : (double)NAN, 2);
    fnq_put_real(l, f->person.has_d ? f->person.d2 : (double)NAN, 2);
    fnq_put_json(l, fnq_runner_up_json(&f->other), NULL);
}

void fnq_caption(const struct fnl_fact *f, char *out, size_t size)
{
    if (f->person.is)
        fnl_person_title(&f->person.id, f->person.name, out, size);
    else
        (void)snprintf(out, size, f->state == FNL_REJECTED ? "not a face" : "unknown");
}

void fnq_who_words(const struct fnl_fact *f, char *out, size_t size)
{
    uint32_t n = f->person.n_photos;
    char title[FN_PERSON_NAME_MAX + 32];
    fnq_caption(f, title, sizeof title);
    if (f->person.is && !f->person.name[0] && n)
        (void)snprintf(out, size, "%s, in %u photo%s", title, n, fn_plural_s(n));
    else
        (void)snprintf(out, size, "%s", title);
}
