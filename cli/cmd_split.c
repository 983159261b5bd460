/* SPDX-License-Identifier: MIT */
/* fnq people split: the parts a person falls into, and taking one of them (or faces given by
 * id) out.
 *
 * By appearance: the person's faces are grouped again by the index's own rule, at lower and
 * lower thresholds until they fall into more than one part. By age: cut where no photo was
 * taken for two years. Both together: each part by appearance is cut by age as well. Parts are
 * lettered by size, so that the same index always gives the same letters.
 *
 * Taking faces out is said of faces: those taken are the new person, the rest are not. Nothing
 * is said of clusters. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/old_commands.h"
#include "cli/library/group_faces.h"
#include "cli/library/pictures.h"
#include "cli/library/say.h"
#include "cli/saying/saying.h"
#include "index/people/people.h"

const struct fn_opt fnq_options_people_split[] = {
    {"by", 0, FN_OPT_STRING, FNQ_AT(by), "WHAT",
     "appearance (default), age, or appearance,age"},
    {"take", 0, FN_OPT_STRING, FNQ_AT(take), "LETTER", "take this part out"},
    {"as", 0, FN_OPT_STRING, FNQ_AT(as), "NAME",
     "who the faces taken are: a name, a person, or new (default)"},
    {"sheet", 0, FN_OPT_STRING, FNQ_AT(sheet), "OUT.jpg", "write a contact sheet of the parts"},
    FNQ_OPT_END,
};

enum { PARTS_MAX = 26 };
static const int64_t gap_s = (int64_t)2 * 366 * 86400;

struct part_face {
    fn_face_id id;
    uint64_t ckey;
    fn_photo_id photo;
    int64_t taken_s; /* INT64_MAX: unknown */
    int16_t x[FN_DIM];
    uint32_t group; /* working number, then the part */
};

struct split {
    struct fn_person p;
    struct fn_grouping_thresholds t;
    struct part_face *f;
    size_t n, n_parts, size[PARTS_MAX];
    int64_t first[PARTS_MAX], last[PARTS_MAX];
};

static int load(struct fn_txn *t, const char *who, struct split *s, struct fn_error *err)
{
    struct fnl_ids ids = {0};
    int rc = fnl_person_find(t, who, &s->p, err);
    if (!rc && (rc = fn_people_thresholds(t, &s->t)))
        (void)fn_error_set(err, rc, "%s", fn_strerror(rc));
    rc = rc ? rc : fnl_person_faces(t, &s->p.id, &ids, err);
    s->n = rc ? 0 : ids.n;
    s->f = calloc(ids.n + 1, sizeof *s->f);
    if (!rc && !s->f)
        rc = fn_error_set(err, -ENOMEM, "out of memory");
    for (size_t i = 0; !rc && i < s->n; i++) {
        struct fn_face_rec rec;
        struct fn_photo photo;
        struct part_face *f = &s->f[i];
        rc = fn_face_get(t, ids.id[i], &rec);
        rc = rc ? rc : fn_vector_get(t, rec.row, f->x);
        rc = rc ? rc : fn_photo_get(t, rec.photo, &photo);
        if (rc)
            (void)fn_error_set(err, rc, "%s", fn_strerror(rc));
        f->id = ids.id[i];
        f->ckey = rec.ckey;
        f->photo = rec.photo;
        f->taken_s = !rc && photo.taken_precision ? photo.taken_s : INT64_MAX;
    }
    fnl_ids_finish(&ids);
    return rc;
}

/* ---- by appearance ---- */

static struct fn_grouping_thresholds scaled(const struct fn_grouping_thresholds *t,
                                            unsigned percent)
{
    struct fn_grouping_thresholds s = {.net = (uint32_t)((uint64_t)t->net * percent / 100),
                                       .large = (uint32_t)((uint64_t)t->large * percent / 100)};
    for (size_t i = 0; i < FN_GROUPING_LADDER; i++)
        s.attach[i] = (uint32_t)((uint64_t)t->attach[i] * percent / 100);
    for (size_t i = 0; i < FN_GROUPING_ROUNDS; i++) {
        s.level1[i] = (uint32_t)((uint64_t)t->level1[i] * percent / 100);
        s.level2[i] = (uint32_t)((uint64_t)t->level2[i] * percent / 100);
    }
    return s;
}

static size_t count_groups(const uint32_t *group, size_t n)
{
    size_t k = 0;
    for (size_t i = 0; i < n; i++)
        k += group[i] == i;
    return k;
}

/* Parts worth showing: at least two with more than one face, or a person of few faces. */
static bool falls_apart(const uint32_t *group, size_t n)
{
    uint32_t *size = calloc(n, sizeof *size);
    size_t real = 0;
    for (size_t i = 0; size && i < n; i++)
        size[group[i]]++;
    for (size_t i = 0; size && i < n; i++)
        real += size[i] > 1;
    free(size);
    return real >= 2 || (n < 6 && count_groups(group, n) >= 2);
}

static int by_appearance(struct split *s, struct fn_error *err)
{
    size_t n = s->n;
    struct fn_grouping_face *f = calloc(n, sizeof *f);
    uint32_t *group = calloc(n, sizeof *group);
    int rc = f && group ? 0 : -ENOMEM;
    for (size_t i = 0; !rc && i < n; i++)
        f[i] = (struct fn_grouping_face){
            .id = (uint32_t)i + 1, .key = s->f[i].ckey, .photo = s->f[i].photo, .x = s->f[i].x};
    for (unsigned percent = 100; !rc && percent >= 40; percent -= 5) {
        const struct fn_grouping_thresholds t = scaled(&s->t, percent);
        rc = fnl_group_faces(f, n, FN_DIM, &t, group);
        if (!rc && falls_apart(group, n))
            break;
    }
    for (size_t i = 0; !rc && i < n; i++)
        s->f[i].group = group[i];
    free(f);
    free(group);
    return rc ? fn_error_set(err, rc, "%s", fn_strerror(rc)) : 0;
}

/* ---- by age ---- */

static int by_time(const void *a, const void *b)
{
    const struct part_face *p = a, *q = b;
    if (p->group != q->group)
        return p->group < q->group ? -1 : 1;
    if (p->taken_s != q->taken_s)
        return p->taken_s < q->taken_s ? -1 : 1;
    return (p->ckey > q->ckey) - (p->ckey < q->ckey);
}

static void by_age(struct split *s)
{
    uint32_t part = 0, old = 0;
    qsort(s->f, s->n, sizeof *s->f, by_time);
    for (size_t i = 0; i < s->n; i++) {
        uint32_t group = s->f[i].group;
        bool gap =
            i && s->f[i].taken_s != INT64_MAX && s->f[i].taken_s - s->f[i - 1].taken_s > gap_s;
        if (i && (group != old || gap))
            part++;
        old = group;
        s->f[i].group = part;
    }
}

/* ---- letters ---- */

struct sized {
    uint32_t group, n;
    uint64_t ckey; /* least of the part */
};

static int by_size(const void *a, const void *b)
{
    const struct sized *p = a, *q = b;
    if (p->n != q->n)
        return p->n > q->n ? -1 : 1;
    return (p->ckey > q->ckey) - (p->ckey < q->ckey);
}

/* Groups become parts 0 (A, the largest) .. 24; what is left over is put together in the last
 * letter. */
static int letters(struct split *s, struct fn_error *err)
{
    uint32_t most = 0;
    for (size_t i = 0; i < s->n; i++)
        most = s->f[i].group > most ? s->f[i].group : most;
    struct sized *g = calloc((size_t)most + 1, sizeof *g);
    uint32_t *part = calloc((size_t)most + 1, sizeof *part);
    if (!g || !part) {
        free(g);
        free(part);
        return fn_error_set(err, -ENOMEM, "out of memory");
    }
    for (uint32_t i = 0; i <= most; i++)
        g[i] = (struct sized){.group = i, .ckey = UINT64_MAX};
    for (size_t i = 0; i < s->n; i++) {
        struct sized *one = &g[s->f[i].group];
        one->n++;
        one->ckey = s->f[i].ckey < one->ckey ? s->f[i].ckey : one->ckey;
    }
    qsort(g, (size_t)most + 1, sizeof *g, by_size);
    for (uint32_t i = 0; i <= most; i++)
        part[g[i].group] = i < PARTS_MAX ? i : PARTS_MAX - 1;
    for (size_t i = 0; i < PARTS_MAX; i++) {
        s->first[i] = INT64_MAX;
        s->last[i] = INT64_MIN;
    }
    for (size_t i = 0; i < s->n; i++) {
        struct part_face *f = &s->f[i];
        f->group = part[f->group];
        s->size[f->group]++;
        s->n_parts = f->group + 1 > s->n_parts ? f->group + 1 : s->n_parts;
        if (f->taken_s == INT64_MAX)
            continue;
        s->first[f->group] = f->taken_s < s->first[f->group] ? f->taken_s : s->first[f->group];
        s->last[f->group] = f->taken_s > s->last[f->group] ? f->taken_s : s->last[f->group];
    }
    free(g);
    free(part);
    return 0;
}

static int find_parts(struct fnq_ctx *ctx, struct split *s, struct fn_error *err)
{
    const char *by = ctx->o.by ? ctx->o.by : "appearance";
    bool age = strstr(by, "age") != NULL, looks = strstr(by, "appearance") != NULL;
    int rc = looks && s->n > 1 ? by_appearance(s, err) : 0;
    if (!rc && age && s->n)
        by_age(s);
    return rc || s->n == 0 ? rc : letters(s, err);
}

/* ---- saying it ---- */

struct taking {
    struct fnl_say_item item; /* those taken */
    fn_face_id *rest;
    size_t n_rest;
};

static int fill(struct fn_txn *t, struct fnl_act *act, void *arg, struct fn_error *err)
{
    struct taking *k = arg;
    int rc = 0;
    if (k->item.who) {
        rc = fnl_say_fill(t, act, &k->item, err);
    } else {
        struct fn_person_id id;
        rc = fn_person_new_id(&id);
        k->item.id = id;
        for (size_t i = 0; !rc && i < k->item.n; i++) {
            struct fn_assertion *a = fnl_act_add(act, FN_ASSERT_IS);
            rc = a ? fn_face_key_of(t, k->item.faces[i], &a->face) : -ENOMEM;
            if (a)
                a->person = id;
        }
    }
    for (size_t i = 0; !rc && i < k->n_rest; i++) {
        struct fn_assertion *a = fnl_act_add(act, FN_ASSERT_NOT);
        rc = a ? fn_face_key_of(t, k->rest[i], &a->face) : -ENOMEM;
        if (a)
            a->person = k->item.id;
    }
    return rc && !err->text[0] ? fn_error_set(err, rc, "%s", fn_strerror(rc)) : rc;
}

static int take(struct fnq_ctx *ctx, const struct split *s, const bool *taken)
{
    struct fn_error err = {0};
    struct taking k = {.item = {.kind = FN_ASSERT_IS}};
    uint64_t act = 0;
    if (ctx->o.as && strcmp(ctx->o.as, "new") != 0)
        k.item.who = ctx->o.as;
    k.item.faces = calloc(s->n + 1, sizeof *k.item.faces);
    k.rest = calloc(s->n + 1, sizeof *k.rest);
    int rc = k.item.faces && k.rest ? 0 : fn_error_set(&err, -ENOMEM, "out of memory");
    for (size_t i = 0; !rc && i < s->n; i++) {
        if (taken[i])
            k.item.faces[k.item.n++] = s->f[i].id;
        else
            k.rest[k.n_rest++] = s->f[i].id;
    }
    if (!rc && (k.item.n == 0 || k.n_rest == 0))
        rc = fn_error_set(&err, FN_EREFUSED, "%s of the faces would be taken. Nothing changed",
                          k.item.n ? "all" : "none");
    rc = rc ? rc : fnl_write_act(ctx->lib, fnq_mode(ctx), fill, &k, &act, &err);
    rc = rc ? rc : fnq_write_done(ctx, &err);
    int code = rc ? fnq_fail(ctx, &err, "people split", NULL) : FNQ_OK;
    char id[FN_PERSON_TEXT];
    fn_person_text(&k.item.id, id);
    if (!rc && fnq_out_is_json(&ctx->out)) {
        fnq_json_one(&ctx->out, "fnq.act/1",
                     json_pack("{s:I,s:I,s:s,s:o,s:b}", "act", (json_int_t)act, "faces",
                               (json_int_t)k.item.n, "person", id, "name",
                               fnq_json_text_or_null(k.item.name), "dry_run", ctx->o.dry_run));
    } else if (!rc) {
        fnl_person_short(&k.item.id, id);
        fnq_text(&ctx->out, "%zu face%s %s ", k.item.n, k.item.n == 1 ? "" : "s",
                 ctx->o.dry_run  ? "would be"
                 : k.item.n == 1 ? "is"
                                 : "are");
        if (k.item.name[0])
            fnq_text_safe(&ctx->out, k.item.name);
        else
            fnq_text(&ctx->out, "%s", ctx->o.dry_run ? "a new person" : id);
        fnq_text(&ctx->out, " now; %zu stay.", k.n_rest);
        fnq_print_undo(ctx, act);
    }
    free(k.item.faces);
    free(k.rest);
    return code;
}

/* ---- showing it ---- */

static void years(const struct split *s, size_t part, char *out, size_t size)
{
    out[0] = '\0';
    if (s->first[part] == INT64_MAX)
        return;
    int a = fn_unix_to_civil(s->first[part]).year, b = fn_unix_to_civil(s->last[part]).year;
    if (a == b)
        (void)snprintf(out, size, " %d", a);
    else
        (void)snprintf(out, size, " %d–%d", a, b);
}

static void print_parts(struct fnq_ctx *ctx, const struct split *s)
{
    char span[48], id[FN_PERSON_TEXT];
    fnl_person_short(&s->p.id, id);
    if (fnq_out_is_json(&ctx->out)) {
        json_t *parts = json_array(), *of = json_object();
        for (size_t k = 0; k < s->n_parts; k++) {
            char letter[2] = {(char)('A' + k), '\0'}, face[FN_FACE_HEX];
            json_t *faces = json_array();
            for (size_t i = 0; i < s->n; i++)
                if (s->f[i].group == k) {
                    fn_face_hex(s->f[i].ckey, face);
                    if (json_array_append_new(faces, json_string(face)) < 0)
                        abort();
                }
            if (json_array_append_new(
                    parts, json_pack("{s:s,s:o}", "part", letter, "faces", faces)) < 0)
                abort();
        }
        fn_person_text(&s->p.id, id);
        fnq_set(of, "person", json_string(id));
        fnq_set(of, "parts", parts);
        fnq_json_one(&ctx->out, "fnq.split/1", of);
        return;
    }
    fnq_text(&ctx->out, "%zu part%s:", s->n_parts, s->n_parts == 1 ? "" : "s");
    for (size_t k = 0; k < s->n_parts; k++) {
        years(s, k, span, sizeof span);
        fnq_text(&ctx->out, "%s %c %zu face%s%s", k ? " ·" : "", (char)('A' + k), s->size[k],
                 s->size[k] == 1 ? "" : "s", span);
    }
    fnq_text(&ctx->out, "\n");
    if (s->n_parts > 1)
        fnq_text(&ctx->out, "to act: fnq people split %s --take %c --as new\n", id,
                 (char)('A' + s->n_parts - 1));
}

static int write_sheet(struct fnq_ctx *ctx, const struct split *s, struct fn_error *err)
{
    struct fnl_sheet sheet = {0};
    char path[FN_PATH_MAX], line[64], date[24], span[48];
    int rc = fnq_read_begin(ctx, err);
    for (size_t k = 0; !rc && k < s->n_parts; k++) {
        years(s, k, span, sizeof span);
        (void)snprintf(line, sizeof line, "%c   %zu faces %s", (char)('A' + k), s->size[k],
                       span);
        fnl_sheet_heading(&sheet, line);
        for (size_t i = 0; i < s->n; i++) {
            struct fnl_fact f;
            if (s->f[i].group != k || fnl_fact_get(fnl_txn(ctx->lib), s->f[i].id, &f, NULL) ||
                fn_path_absolute(fnl_txn(ctx->lib), f.rec.photo, path, sizeof path))
                continue;
            fnl_date_text(s->f[i].taken_s, date, sizeof date);
            fnl_sheet_add(&sheet, path, f.box, f.shown, date);
        }
    }
    fnq_read_end(ctx);
    rc = rc ? rc
            : fnl_sheet_write(ctx->lib, &sheet, s->p.name[0] ? s->p.name : "Parts",
                              ctx->o.sheet, NULL, err);
    fnl_sheet_finish(&sheet);
    return rc;
}

static int choose(struct fnq_ctx *ctx, const struct split *s, bool *taken, struct fn_error *err)
{
    const char *letter = ctx->o.take;
    size_t part = (size_t)((letter[0] | 32) - 'a');
    if (letter[0] == '\0' || letter[1] != '\0' || part >= s->n_parts)
        return fn_error_set(err, FN_EUSAGE, "--take '%s': there are %zu parts, A to %c", letter,
                            s->n_parts, (char)('A' + (s->n_parts ? s->n_parts - 1 : 0)));
    for (size_t i = 0; i < s->n; i++)
        taken[i] = s->f[i].group == part;
    return 0;
}

static int choose_faces(struct fnq_ctx *ctx, const struct split *s, int argc, char **argv,
                        bool *taken, struct fn_error *err)
{
    for (int a = 0; a < argc; a++) {
        fn_face_id id = 0;
        size_t i = 0;
        int rc = fnl_face_find(ctx->lib, argv[a], &id, err);
        if (rc)
            return rc;
        while (i < s->n && s->f[i].id != id)
            i++;
        if (i == s->n)
            return fn_error_set(err, FN_EREFUSED,
                                "%s is not a face of this person. Nothing changed", argv[a]);
        taken[i] = true;
    }
    return 0;
}

int fnq_run_people_split(struct fnq_ctx *ctx, int argc, char **argv)
{
    struct fn_error err = {0};
    struct split s = {0};
    if (argc == 0 || (argc > 1 && ctx->o.take))
        return fnq_usage(ctx, argc ? "people split: faces or --take, not both."
                                   : "people split: who?");
    if (ctx->o.by && strcmp(ctx->o.by, "age") && strcmp(ctx->o.by, "appearance") &&
        strcmp(ctx->o.by, "appearance,age") && strcmp(ctx->o.by, "age,appearance"))
        return fnq_usage(
            ctx, "people split: --by is appearance, age, or both with a comma between.");
    int rc = fnq_read_begin(ctx, &err);
    rc = rc ? rc : load(fnl_txn(ctx->lib), argv[0], &s, &err);
    rc = rc || argc > 1 ? rc : find_parts(ctx, &s, &err);
    bool *taken = calloc(s.n + 1, sizeof *taken), act = argc > 1 || ctx->o.take;
    if (!rc && !taken)
        rc = fn_error_set(&err, -ENOMEM, "out of memory");
    if (!rc && ctx->o.take)
        rc = choose(ctx, &s, taken, &err);
    else if (!rc && argc > 1)
        rc = choose_faces(ctx, &s, argc - 1, argv + 1, taken, &err);
    fnq_read_end(ctx);
    int code = rc ? fnq_fail(ctx, &err, "people split", NULL) : FNQ_OK;
    if (!rc && act)
        code = take(ctx, &s, taken);
    else if (!rc)
        print_parts(ctx, &s);
    if (!rc && !act && ctx->o.sheet && write_sheet(ctx, &s, &err))
        code = fnq_fail(ctx, &err, "people split", NULL);
    if (!rc && !act && !code)
        code = s.n_parts > 1 ? FNQ_OK : FNQ_NO;
    free(taken);
    free(s.f);
    return code;
}
