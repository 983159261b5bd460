/* SPDX-License-Identifier: MIT */
/* fnq people name, merge, hide, unhide. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/old_commands.h"
#include "cli/library/persons.h"
#include "cli/saying/saying.h"
#include "engine/base/text.h"

const struct fn_opt fnq_options_people_name[] = {
    {"new", 0, FN_OPT_FLAG, FNQ_AT(fresh), NULL, "another person of a name that is taken"},
    FNQ_OPT_END,
};
const struct fn_opt fnq_options_people_merge[] = {
    {"take-all", 0, FN_OPT_FLAG, FNQ_AT(take_all), NULL,
     "also faces that share a photo with the other person"},
    FNQ_OPT_END,
};
const struct fn_opt fnq_options_people_hide[] = {
    {"unnamed", 0, FN_OPT_FLAG, FNQ_AT(unnamed), NULL,
     "every unnamed person (with --max-photos)"},
    {"max-photos", 0, FN_OPT_U64, FNQ_AT(max_photos), "N",
     "with --unnamed: those in at most N photos"},
    FNQ_OPT_END,
};

struct naming {
    const char *who;
    char name[FN_PERSON_NAME_MAX];
    bool fresh;
    struct fn_person p, taken; /* taken: who has the name already */
    bool is_taken;
    struct fn_person_id id;
};

/* Who bears exactly this name, not one that begins with it. */
static bool name_is_taken(struct fn_txn *t, const char *name, const struct fn_person_id *except,
                          struct fn_person *ret)
{
    struct fn_person_id ids[16];
    size_t n = 0;
    if (fn_person_by_name(t, name, ids, 16, &n))
        return false;
    for (size_t i = 0; i < n && i < 16; i++) {
        struct fn_person_label l;
        if (fn_person_label_get(t, &ids[i], &l) || fn_text_equal(l.name, name) != 1 ||
            fnl_person_eq(&l.id, except))
            continue;
        if (fn_person_get(t, &l.id, ret)) {
            /* A name whose faces are not here (yet). */
            *ret = (struct fn_person){.id = l.id};
            (void)snprintf(ret->name, sizeof ret->name, "%s", l.name);
        }
        return true;
    }
    return false;
}

static int fill_name(struct fn_txn *t, struct fnl_act *act, void *arg, struct fn_error *err)
{
    struct naming *n = arg;
    int rc = fnl_person_find(t, n->who, &n->p, err);
    if (rc)
        return rc;
    n->is_taken = name_is_taken(t, n->name, &n->p.id, &n->taken);
    if (n->is_taken && !n->fresh)
        return fn_error_set(err, FN_EREFUSED, "taken");
    act->flags = n->fresh ? FN_ASSERT_SAME_NAME : 0;
    rc = fnl_person_keep(t, act, &n->p, &n->id, err);
    struct fn_assertion *a = rc ? NULL : fnl_act_add(act, FN_ASSERT_NAME);
    if (a) {
        a->person = n->id;
        (void)snprintf(a->text, sizeof a->text, "%s", n->name);
    }
    return rc;
}

static int refuse_name(const struct naming *n)
{
    char a[FN_PERSON_TEXT], b[FN_PERSON_TEXT];
    fnl_person_short(&n->p.id, a);
    fnl_person_short(&n->taken.id, b);
    int code = fnq_say(FNQ_REFUSED, "\"%s\" is already %s (%u faces). Nothing changed.",
                       n->taken.name, b, n->taken.n_faces);
    (void)fprintf(stderr, "     Same person?       fnq people merge %s %s\n", a, b);
    (void)fprintf(stderr, "     Another person of that name? fnq people name --new %s '...'\n",
                  a);
    return code;
}

int fnq_run_people_name(struct fnq_ctx *ctx, int argc, char **argv)
{
    struct fn_error err = {0};
    uint64_t act = 0;
    if (argc != 2)
        return fnq_usage(ctx, "people name: a person and a name.");
    struct naming n = {.who = argv[0], .fresh = ctx->o.fresh};
    int rc = fn_name_clean(argv[1], n.name, sizeof n.name, &err);
    rc = rc ? rc : fnl_write_act(ctx->lib, fnq_mode(ctx), fill_name, &n, &act, &err);
    if (rc && n.is_taken && !n.fresh)
        return refuse_name(&n);
    rc = rc ? rc : fnq_write_done(ctx, &err);
    if (rc)
        return fnq_fail(ctx, &err, "people name", NULL);
    char id[FN_PERSON_TEXT], was[FN_PERSON_NAME_MAX + 32];
    fnl_person_title(&n.p.id, n.p.name, was, sizeof was);
    if (fnq_out_is_json(&ctx->out)) {
        fn_person_text(&n.id, id);
        fnq_json_one(&ctx->out, "fnq.act/1",
                     json_pack("{s:I,s:s,s:o,s:I,s:b}", "act", (json_int_t)act, "person", id,
                               "name", fnq_json_bytes(n.name), "faces", (json_int_t)n.p.n_faces,
                               "dry_run", ctx->o.dry_run));
        return FNQ_OK;
    }
    fnl_person_short(&n.id, id);
    fnq_text_safe(&ctx->out, was);
    fnq_text(&ctx->out, " %s ", ctx->o.dry_run ? "would be" : "is");
    fnq_text_safe(&ctx->out, n.name);
    fnq_text(&ctx->out, " (%s, %u face%s).", ctx->o.dry_run ? "dry run" : id, n.p.n_faces,
             n.p.n_faces == 1 ? "" : "s");
    fnq_print_undo(ctx, act);
    return FNQ_OK;
}

/* ---- merge ---- */

struct merging {
    const char *from_who, *into_who;
    bool take_all;
    struct fn_person from, into;
    struct fn_person_id into_id;
    fn_face_id *conflict; /* faces of from in photos that hold a face of into */
    fn_photo_id photos[4];
    size_t n_conflicts, n_photos;
};

static int photo_of(struct fn_txn *t, fn_face_id face, fn_photo_id *ret)
{
    struct fn_face_rec rec;
    int rc = fn_face_get(t, face, &rec);
    if (!rc)
        *ret = rec.photo;
    return rc;
}

static int photo_order(const void *a, const void *b)
{
    const fn_photo_id *p = a, *q = b;
    return (*p > *q) - (*p < *q);
}

static int find_conflicts(struct fn_txn *t, struct merging *m, struct fnl_ids *from,
                          const struct fnl_ids *into, struct fn_error *err)
{
    fn_photo_id *photos = calloc(into->n + 1, sizeof *photos), photo = 0;
    free(m->conflict);
    m->conflict = calloc(from->n + 1, sizeof *m->conflict);
    m->n_conflicts = m->n_photos = 0;
    int rc = photos && m->conflict ? 0 : -ENOMEM;
    for (size_t i = 0; !rc && i < into->n; i++)
        rc = photo_of(t, into->id[i], &photos[i]);
    if (!rc)
        qsort(photos, into->n, sizeof *photos, photo_order);
    for (size_t i = 0; !rc && i < from->n; i++) {
        rc = photo_of(t, from->id[i], &photo);
        if (rc || !bsearch(&photo, photos, into->n, sizeof *photos, photo_order))
            continue;
        m->conflict[m->n_conflicts++] = from->id[i];
        if (m->n_photos < 4)
            m->photos[m->n_photos++] = photo;
    }
    free(photos);
    return rc ? fn_error_set(err, rc, "%s", fn_strerror(rc)) : 0;
}

static int say_face(struct fn_txn *t, struct fnl_act *act, enum fn_assert_kind kind,
                    fn_face_id face, const struct fn_person_id *person, struct fn_error *err)
{
    struct fn_assertion *a = fnl_act_add(act, kind);
    int rc = a ? fn_face_key_of(t, face, &a->face) : -ENOMEM;
    if (rc)
        return fn_error_set(err, rc, "%s", fn_strerror(rc));
    a->person = *person;
    return 0;
}

/* A face the user confirmed goes along: who put both faces of a photo into one person meant it.
 */
static int settle_conflict(struct fn_txn *t, struct fnl_act *act, const struct merging *m,
                           fn_face_id face, struct fn_error *err)
{
    struct fn_face_labels l;
    if (m->take_all)
        return say_face(t, act, FN_ASSERT_IS, face, &m->into_id, err);
    if (fn_labels_of_face(t, face, &l) == 0 && l.confirmed)
        return 0;
    return say_face(t, act, FN_ASSERT_NOT, face, &m->into_id, err);
}

/* An unnamed group has no lasting id to merge: its faces become members of the other person. */
static int fill_merge(struct fn_txn *t, struct fnl_act *act, void *arg, struct fn_error *err)
{
    struct merging *m = arg;
    struct fnl_ids from = {0}, into = {0};
    int rc = fnl_person_find(t, m->from_who, &m->from, err);
    rc = rc ? rc : fnl_person_find(t, m->into_who, &m->into, err);
    if (!rc && fnl_person_eq(&m->from.id, &m->into.id))
        rc = fn_error_set(err, FN_EREFUSED, "both are the same person. Nothing changed");
    rc = rc ? rc : fnl_person_faces(t, &m->from.id, &from, err);
    rc = rc ? rc : fnl_person_faces(t, &m->into.id, &into, err);
    rc = rc ? rc : find_conflicts(t, m, &from, &into, err);
    rc = rc ? rc : fnl_person_keep(t, act, &m->into, &m->into_id, err);
    if (!rc && fnl_person_is_kept(t, &m->from)) {
        struct fn_assertion *a = fnl_act_add(act, FN_ASSERT_MERGE);
        if (a) {
            a->person = m->from.id;
            a->object = m->into_id;
        }
    } else {
        rc = rc ? rc : fnl_act_add_group(act, t, from.id, from.n, &m->into_id, err);
    }
    for (size_t i = 0; !rc && i < m->n_conflicts; i++)
        rc = settle_conflict(t, act, m, m->conflict[i], err);
    fnl_ids_finish(&from);
    fnl_ids_finish(&into);
    return rc;
}

static void print_conflicts(struct fnq_ctx *ctx, const struct merging *m)
{
    char path[FN_PATH_MAX];
    struct fnq_out *o = &ctx->out;
    if (!m->n_conflicts)
        return;
    fnq_text(o,
             "  conflicts: %zu face%s in photos that hold a face of each (a person is not "
             "twice in a photo): ",
             m->n_conflicts, m->n_conflicts == 1 ? "" : "s");
    for (size_t i = 0; i < m->n_photos; i++) {
        if (fnq_read_begin(ctx, NULL) ||
            fn_path_absolute(fnl_txn(ctx->lib), m->photos[i], path, sizeof path))
            continue;
        const char *slash = strrchr(path, '/');
        fnq_text(o, "%s", i ? ", " : "");
        fnq_text_safe(o, slash ? slash + 1 : path);
    }
    fnq_read_end(ctx);
    fnq_text(o, m->n_conflicts > m->n_photos ? ", …\n" : "\n");
    if (!m->take_all)
        fnq_text(o, "  %s unnamed unless you add --take-all\n",
                 m->n_conflicts == 1 ? "this face stays" : "these faces stay");
}

static void print_merge(struct fnq_ctx *ctx, const struct merging *m, uint64_t act)
{
    char from[FN_PERSON_NAME_MAX + 32], into[FN_PERSON_NAME_MAX + 32], id[FN_PERSON_TEXT],
        id2[FN_PERSON_TEXT];
    size_t n = m->from.n_faces - (m->take_all ? 0 : m->n_conflicts);
    fnl_person_short(&m->from.id, id);
    fnl_person_short(&m->into.id, id2);
    (void)snprintf(from, sizeof from, "%s", m->from.name[0] ? m->from.name : "unnamed");
    (void)snprintf(into, sizeof into, "%s", m->into.name[0] ? m->into.name : "(unnamed)");
    struct fnq_out *o = &ctx->out;
    fnq_text(o, "merge %s (", id);
    fnq_text_safe(o, from);
    fnq_text(o, ", %u face%s) into %s ", m->from.n_faces, m->from.n_faces == 1 ? "" : "s", id2);
    fnq_text_safe(o, into);
    fnq_text(o, " (%u face%s)\n", m->into.n_faces, m->into.n_faces == 1 ? "" : "s");
    print_conflicts(ctx, m);
    fnq_text(o, "%s %zu face%s.", ctx->o.dry_run ? "would merge" : "merged", n,
             n == 1 ? "" : "s");
    fnq_print_undo(ctx, act);
}

int fnq_run_people_merge(struct fnq_ctx *ctx, int argc, char **argv)
{
    struct fn_error err = {0};
    uint64_t act = 0;
    if (argc != 2)
        return fnq_usage(ctx, "people merge: the one to merge, and the one to merge it into.");
    struct merging m = {.from_who = argv[0], .into_who = argv[1], .take_all = ctx->o.take_all};
    int rc = fnl_write_act(ctx->lib, fnq_mode(ctx), fill_merge, &m, &act, &err);
    rc = rc ? rc : fnq_write_done(ctx, &err);
    int code = rc ? fnq_fail(ctx, &err, "people merge", NULL) : FNQ_OK;
    if (!rc && fnq_out_is_json(&ctx->out)) {
        char id[FN_PERSON_TEXT];
        fn_person_text(&m.into_id, id);
        fnq_json_one(&ctx->out, "fnq.act/1",
                     json_pack("{s:I,s:s,s:o,s:I,s:I,s:b}", "act", (json_int_t)act, "person",
                               id, "name", fnq_json_text_or_null(m.into.name), "faces",
                               (json_int_t)(m.from.n_faces - (m.take_all ? 0 : m.n_conflicts)),
                               "conflicts", (json_int_t)m.n_conflicts, "dry_run",
                               ctx->o.dry_run));
    } else if (!rc) {
        print_merge(ctx, &m, act);
    }
    free(m.conflict);
    return code;
}

/* ---- hide, unhide ---- */

struct hiding {
    struct fnq_ctx *ctx;
    char **who;
    int n_who;
    bool hide;
    struct fn_person *people; /* those of --unnamed */
    size_t n, cap;
};

static int small_unnamed(const struct fn_person *p, void *arg)
{
    struct hiding *h = arg;
    if (p->name[0] || p->hidden || p->n_photos > h->ctx->o.max_photos)
        return 0;
    if (h->n == h->cap) {
        size_t cap = h->cap ? 2 * h->cap : 64;
        struct fn_person *more = reallocarray(h->people, cap, sizeof *more);
        if (!more)
            return -ENOMEM;
        h->people = more;
        h->cap = cap;
    }
    h->people[h->n++] = *p;
    return 0;
}

static int hide_one(struct fn_txn *t, struct fnl_act *act, const struct fn_person *p, bool hide,
                    struct fn_error *err)
{
    struct fn_person_id id;
    if (p->hidden == hide)
        return 0;
    int rc = fnl_person_keep(t, act, p, &id, err);
    struct fn_assertion *a =
        rc ? NULL : fnl_act_add(act, hide ? FN_ASSERT_HIDE : FN_ASSERT_UNHIDE);
    if (a)
        a->person = id;
    return rc;
}

static int fill_hide(struct fn_txn *t, struct fnl_act *act, void *arg, struct fn_error *err)
{
    struct hiding *h = arg;
    int rc = 0;
    h->n = 0;
    if (h->ctx->o.unnamed && (rc = fn_person_each(t, small_unnamed, h)))
        return fn_error_set(err, rc, "%s", fn_strerror(rc));
    for (int i = 0; !rc && i < h->n_who; i++) {
        struct fn_person p;
        rc = fnl_person_find(t, h->who[i], &p, err);
        rc = rc ? rc : hide_one(t, act, &p, h->hide, err);
    }
    for (size_t i = 0; !rc && i < h->n; i++)
        rc = hide_one(t, act, &h->people[i], h->hide, err);
    return rc;
}

static int run_hide(struct fnq_ctx *ctx, int argc, char **argv, bool hide)
{
    struct fn_error err = {0};
    uint64_t act = 0;
    if (argc == 0 && !ctx->o.unnamed)
        return fnq_usage(ctx, "people %s: who?", hide ? "hide" : "unhide");
    if (ctx->o.unnamed && !ctx->o.max_photos)
        return fnq_usage(ctx, "people hide: --unnamed needs --max-photos N.");
    struct hiding h = {.ctx = ctx, .who = argv, .n_who = argc, .hide = hide};
    int rc = fnl_write_act(ctx->lib, fnq_mode(ctx), fill_hide, &h, &act, &err);
    rc = rc ? rc : fnq_write_done(ctx, &err);
    int code = rc ? fnq_fail(ctx, &err, NULL, NULL) : FNQ_OK;
    size_t n = h.n + (size_t)argc;
    if (!rc && fnq_out_is_json(&ctx->out))
        fnq_json_one(&ctx->out, "fnq.act/1",
                     json_pack("{s:I,s:I,s:b}", "act", (json_int_t)act, "people", (json_int_t)n,
                               "dry_run", ctx->o.dry_run));
    else if (!rc) {
        fnq_text(&ctx->out, "%zu %s %s%s.", n, n == 1 ? "person" : "people",
                 ctx->o.dry_run ? "would be " : "", hide ? "hidden" : "shown again");
        fnq_print_undo(ctx, act);
    }
    free(h.people);
    return code;
}

int fnq_run_people_hide(struct fnq_ctx *ctx, int argc, char **argv)
{
    return run_hide(ctx, argc, argv, true);
}

int fnq_run_people_unhide(struct fnq_ctx *ctx, int argc, char **argv)
{
    return run_hide(ctx, argc, argv, false);
}
