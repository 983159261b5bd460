/* SPDX-License-Identifier: MIT */
#include "cli/saying/split_view.h"

#include <stdio.h>
#include <stdlib.h>

#include "cli/program/sheet_save.h"
#include "engine/base/clock.h"
#include "engine/base/plural.h"

/* " 2004" or " 2004–2009"; "" when no photo of the part has a date. */
static void years(const struct fnl_split *s, size_t part, char *out, size_t size)
{
    out[0] = '\0';
    if (s->first_s[part] == INT64_MAX)
        return;
    int a = fn_unix_to_civil(s->first_s[part]).year, b = fn_unix_to_civil(s->last_s[part]).year;
    if (a == b)
        (void)snprintf(out, size, " %d", a);
    else
        (void)snprintf(out, size, " %d–%d", a, b);
}

static json_t *part_json(const struct fnl_split *s, size_t part)
{
    char letter[2] = {(char)('A' + part), '\0'}, face[FN_FACE_HEX];
    json_t *faces = json_array();
    for (size_t i = 0; i < s->n; i++) {
        if (s->f[i].part != part)
            continue;
        fn_face_hex(s->f[i].ckey, face);
        if (json_array_append_new(faces, json_string(face)) < 0)
            abort();
    }
    return json_pack("{s:s,s:o}", "part", letter, "faces", faces);
}

static void print_json(struct fnq_ctx *ctx, const struct fnl_split *s)
{
    char id[FN_PERSON_TEXT];
    json_t *parts = json_array(), *object = json_object();
    for (size_t k = 0; k < s->n_parts; k++)
        if (json_array_append_new(parts, part_json(s, k)) < 0)
            abort();
    fn_person_text(&s->person.id, id);
    fnq_set(object, "person", json_string(id));
    fnq_set(object, "parts", parts);
    fnq_json_one(&ctx->out, "fnq.split/1", object);
}

void fnq_print_parts(struct fnq_ctx *ctx, const struct fnl_split *s)
{
    char span[48], id[FN_PERSON_TEXT];
    if (fnq_out_is_json(&ctx->out)) {
        print_json(ctx, s);
        return;
    }
    fnq_text(&ctx->out, "%zu part%s:", s->n_parts, fn_plural_s(s->n_parts));
    for (size_t k = 0; k < s->n_parts; k++) {
        years(s, k, span, sizeof span);
        fnq_text(&ctx->out, "%s %c %zu face%s%s", k ? " ·" : "", (char)('A' + k), s->size[k],
                 fn_plural_s(s->size[k]), span);
    }
    fnq_text(&ctx->out, "\n");
    fnl_person_short(&s->person.id, id);
    if (s->n_parts > 1)
        fnq_text(&ctx->out, "to act: fnq people split %s --take %c --as new\n", id,
                 (char)('A' + s->n_parts - 1));
}

static void add_part(struct fn_txn *t, struct fnl_sheet *sheet, const struct fnl_split *s,
                     size_t part)
{
    char path[FN_PATH_MAX], line[64], date[24], span[48];
    years(s, part, span, sizeof span);
    (void)snprintf(line, sizeof line, "%zu face%s%s", s->size[part], fn_plural_s(s->size[part]),
                   span);
    fnl_sheet_heading(sheet, (const char[2]){(char)('A' + part), '\0'}, NULL, line);
    for (size_t i = 0; i < s->n; i++) {
        struct fnl_fact f;
        if (s->f[i].part != part || fnl_fact_get(t, s->f[i].id, &f, NULL) ||
            fn_path_absolute(t, f.rec.photo, path, sizeof path))
            continue;
        fnl_date_text(s->f[i].taken_s, date, sizeof date);
        fnl_sheet_add(sheet, path, f.box, f.shown, NULL, date);
    }
}

int fnq_write_parts_sheet(struct fnq_ctx *ctx, const struct fnl_split *s, const char *path,
                          struct fn_error *err)
{
    struct fnl_sheet sheet = {0};
    int rc = fnq_read_begin(ctx, err);
    for (size_t k = 0; !rc && k < s->n_parts; k++)
        add_part(fnl_txn(ctx->lib), &sheet, s, k);
    fnq_read_end(ctx);
    rc = rc ? rc
            : fnq_sheet_save(ctx, &sheet, s->person.name[0] ? s->person.name : "Parts", path,
                             err);
    fnl_sheet_finish(&sheet);
    return rc;
}
