/* SPDX-License-Identifier: MIT */
/* fnq why: the evidence behind a match, or between two faces. Everything shown is read from the
 * index; nothing is guessed. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/old_commands.h"
#include "engine/kernels/cpu.h"
#include "cli/library/facts.h"
#include "cli/print/index_json.h"
#include "index/grouping/grouping.h"
#include "index/search/search.h"

enum { EVIDENCE = 5, NEAR = 2000, RULES = 8 };

struct evidence {
    char id[FN_FACE_HEX];
    double d2;
    int year; /* 0: unknown */
    enum fnl_state state;
};

struct why {
    struct fnl_fact f;
    struct fn_index_model model;
    uint32_t group_d; /* groups join up to here, for as many faces as there are */
    struct evidence near[EVIDENCE];
    size_t n_near;
    bool near_confirmed; /* only confirmed faces are shown */
    struct fnl_match other;
    struct fnl_match in_photo[RULES], rejected[RULES];
    size_t n_in_photo, n_rejected;
    uint64_t reject_act[RULES];
    struct fn_member member;
    bool is_member;
    char photo_path[FN_PATH_MAX];
};

static int get_group_d(struct fn_txn *t, uint32_t *ret, struct fn_error *err)
{
    struct fn_grouping_thresholds th;
    int rc = fn_people_thresholds(t, &th);
    if (rc)
        return fn_error_set(err, rc, "%s", fn_strerror(rc));
    *ret = th.level2[FN_GROUPING_ROUNDS - 1];
    return 0;
}

static void take_near(struct fn_txn *t, struct why *w, const struct fnl_fact *f, uint32_t d)
{
    struct fn_photo photo;
    if (w->n_near == EVIDENCE)
        return;
    struct evidence *e = &w->near[w->n_near++];
    (void)snprintf(e->id, sizeof e->id, "%s", f->id);
    e->d2 = fnl_d2(d);
    e->state = f->state;
    e->year = fn_photo_get(t, f->rec.photo, &photo) == 0 && photo.taken_precision
                  ? fn_unix_to_civil(photo.taken_s).year
                  : 0;
}

/* Confirmed faces of the person when it has any, else all of them. */
static int gather_near(struct fn_txn *t, struct why *w, struct fn_error *err)
{
    struct fn_hit *hits = calloc(NEAR, sizeof *hits);
    int16_t x[FN_DIM];
    size_t n = 0;
    int rc = hits ? fn_vector_get(t, w->f.rec.row, x) : -ENOMEM;
    if (rc)
        (void)fn_error_set(err, rc, "%s", fn_strerror(rc));
    rc = rc ? rc : fn_search(t, x, UINT32_MAX, NEAR, w->f.rec.id, hits, &n, err);
    for (int pass = 0; !rc && pass < 2 && w->n_near == 0; pass++)
        for (size_t i = 0; !rc && i < n; i++) {
            struct fnl_fact f;
            rc = fnl_fact_get(t, hits[i].face, &f, err);
            if (rc || !f.person.is)
                continue;
            bool mine = w->f.person.is && fnl_person_eq(&f.person.id, &w->f.person.id);
            if (mine && (pass || f.state == FNL_CONFIRMED)) {
                w->near_confirmed = pass == 0;
                take_near(t, w, &f, hits[i].d);
            } else if (!mine && !w->other.is) {
                w->other = f.person;
                w->other.has_d = true;
                w->other.d2 = fnl_d2(hits[i].d);
                w->other.p = fn_people_probability(&w->model, hits[i].d);
            }
        }
    free(hits);
    return rc;
}

/* Who cannot be meant: people confirmed in the same photo, and those the face was rejected as.
 */
static int gather_rules(struct fn_txn *t, struct why *w, struct fn_error *err)
{
    struct fn_face_labels labels;
    struct fn_face_rec *faces = calloc(512, sizeof *faces);
    size_t n = 0;
    int rc = faces ? fn_faces_of_photo(t, w->f.rec.photo, faces, 512, &n) : -ENOMEM;
    rc = rc ? rc : fn_labels_of_face(t, w->f.rec.id, &labels);
    if (rc)
        (void)fn_error_set(err, rc, "%s", fn_strerror(rc));
    for (size_t i = 0; !rc && i < n && w->n_in_photo < RULES; i++) {
        struct fnl_fact f;
        if (faces[i].id != w->f.rec.id && fnl_fact_get(t, faces[i].id, &f, NULL) == 0 &&
            f.state == FNL_CONFIRMED)
            w->in_photo[w->n_in_photo++] = f.person;
    }
    for (size_t i = 0; !rc && i < labels.n_rejected && w->n_rejected < RULES; i++) {
        struct fn_person_label l;
        struct fnl_match *m = &w->rejected[w->n_rejected];
        *m = (struct fnl_match){.is = true, .id = labels.rejected[i]};
        if (fn_person_label_get(t, &m->id, &l) == 0)
            (void)snprintf(m->name, sizeof m->name, "%s", l.name);
        w->reject_act[w->n_rejected++] = labels.rejected_act[i];
    }
    free(faces);
    return rc;
}

static int gather(struct fnq_ctx *ctx, const char *what, struct why *w, struct fn_error *err)
{
    fn_face_id id = 0;
    struct fn_txn *t = fnl_txn(ctx->lib);
    int rc = fnl_face_find(ctx->lib, what, &id, err);
    rc = rc ? rc : fnl_fact_get(t, id, &w->f, err);
    rc = rc ? rc : fnl_fact_judge(t, &w->f, err);
    rc = rc ? rc : fn_index_model_get(t, &w->model, err);
    rc = rc ? rc : get_group_d(t, &w->group_d, err);
    rc = rc ? rc : gather_near(t, w, err);
    rc = rc ? rc : gather_rules(t, w, err);
    if (rc)
        return rc;
    w->is_member = fn_member_get(t, id, &w->member) == 0;
    if (fn_path_absolute(t, w->f.rec.photo, w->photo_path, sizeof w->photo_path))
        w->photo_path[0] = '\0';
    return 0;
}

static void print_names(struct fnq_out *o, const struct fnl_match *m, size_t n)
{
    char title[FN_PERSON_NAME_MAX + 32];
    for (size_t i = 0; i < n; i++) {
        fnl_person_title(&m[i].id, m[i].name, title, sizeof title);
        fnq_text(o, i ? ", " : "");
        fnq_text_safe(o, title);
    }
}

static void print_for(struct fnq_out *o, const struct why *w)
{
    int first = 0, last = 0;
    fnq_text(o, "  for      ");
    if (!w->n_near) {
        fnq_text(o, w->f.person.is ? "no other face of this person\n" : "no person\n");
        return;
    }
    fnq_text(o, "%zu nearest %sfaces: d²", w->n_near, w->near_confirmed ? "confirmed " : "");
    for (size_t i = 0; i < w->n_near; i++) {
        int year = w->near[i].year;
        fnq_text(o, " %.2f", w->near[i].d2);
        first = year && (!first || year < first) ? year : first;
        last = year > last ? year : last;
    }
    fnq_text(o, ", all ");
    print_names(o, &w->f.person, 1);
    if (first)
        fnq_text(o, first == last ? ", %d" : ", %d–%d", first, last);
    fnq_text(o, "\n");
}

static void print_rules(struct fnq_out *o, const struct why *w)
{
    static const char *const how[] = {[FN_HOW_NONE] = "no group",
                                      [FN_HOW_GROUP] = "group by mean distance",
                                      [FN_HOW_USER] = "you said so"};
    fnq_text(o, "  rules    ");
    if (w->f.state == FNL_CONFIRMED)
        fnq_text(o, "you confirmed it");
    else
        fnq_text(o, "%s", how[w->is_member ? w->member.how : FN_HOW_NONE]);
    if (w->n_in_photo) {
        fnq_text(o, "; ");
        print_names(o, w->in_photo, w->n_in_photo);
        fnq_text(o, " confirmed in the same photo: ruled out");
    }
    for (size_t i = 0; i < w->n_rejected; i++) {
        fnq_text(o, "; rejected as ");
        print_names(o, &w->rejected[i], 1);
        fnq_text(o, " (L%llu)", (unsigned long long)w->reject_act[i]);
    }
    if (w->f.rec.flags & FN_FACE_POOR)
        fnq_text(o, "; too poor to found a person");
    fnq_text(o, "\n");
}

static void print_why(struct fnq_out *o, const struct why *w)
{
    const char *slash = strrchr(w->photo_path, '/');
    fnq_style(o, FNQ_BOLD);
    fnq_text(o, "%s", w->f.shown);
    fnq_style(o, FNQ_PLAIN);
    fnq_text(o, " in ");
    fnq_text_safe(o, slash ? slash + 1 : "a photo without a file");
    fnq_text(o, " → ");
    if (w->f.person.is)
        print_names(o, &w->f.person, 1);
    else
        fnq_text(o, w->f.state == FNL_REJECTED ? "no face" : "unknown");
    if (w->f.person.has_d)
        fnq_text(o, " %.0f %%", 100 * w->f.person.p);
    fnq_text(o, " (%s)\n", fnl_state_name(w->f.state));
    print_for(o, w);
    if (w->other.is) {
        fnq_text(o, "  against  nearest other person: ");
        print_names(o, &w->other, 1);
        fnq_text(o, " d² %.2f (%.0f %%", w->other.d2, 100 * w->other.p);
        if (w->n_near)
            fnq_text(o, ", margin %.2f", w->other.d2 - w->near[0].d2);
        fnq_text(o, ")\n");
    }
    print_rules(o, w);
    fnq_text(o, "  quality  %.2f (yaw %d°, eyes %u px apart, sharpness %.2f)\n",
             w->f.rec.quality / 255.0, w->f.rec.yaw_deg, w->f.rec.eyes_px,
             w->f.rec.sharpness / 255.0);
    if (w->is_member && w->member.d && w->f.state != FNL_CONFIRMED)
        fnq_text(o,
                 "  flips if people.threshold were below %.2f (mean distance to its group; now "
                 "%.2f)\n",
                 fnl_d2(w->member.d), fnl_d2(w->group_d));
}

static json_t *names_json(const struct fnl_match *m, size_t n)
{
    json_t *a = json_array();
    for (size_t i = 0; i < n; i++)
        if (json_array_append_new(a, fnq_person_json(&m[i])) < 0)
            abort();
    return a;
}

static json_t *why_json(const struct why *w)
{
    json_t *o = json_object(), *near = json_array();
    for (size_t i = 0; i < w->n_near; i++)
        if (json_array_append_new(near, json_pack("{s:s,s:f,s:s}", "face", w->near[i].id, "d2",
                                                  w->near[i].d2, "state",
                                                  fnl_state_name(w->near[i].state))) < 0)
            abort();
    fnq_set(o, "face", json_string(w->f.id));
    fnq_set_path(o, w->photo_path);
    fnq_set(o, "state", json_string(fnl_state_name(w->f.state)));
    fnq_set(o, "person", fnq_person_json(&w->f.person));
    fnq_set(o, "p", w->f.person.has_d ? fnq_json_real(w->f.person.p) : json_null());
    fnq_set(o, "d2", w->f.person.has_d ? fnq_json_real(w->f.person.d2) : json_null());
    fnq_set(o, "nearest", near);
    fnq_set(o, "against", fnq_runner_up_json(&w->other));
    fnq_set(o, "same_photo", names_json(w->in_photo, w->n_in_photo));
    fnq_set(o, "rejected", names_json(w->rejected, w->n_rejected));
    fnq_set(o, "quality", fnq_json_real(w->f.rec.quality / 255.0));
    fnq_set(o, "group_d2",
            w->is_member && w->member.d ? fnq_json_real(fnl_d2(w->member.d)) : json_null());
    fnq_set(o, "threshold", fnq_json_real(fnl_d2(w->group_d)));
    return o;
}

/* ---- two faces ---- */

struct pair {
    struct fnl_fact a, b;
    struct fn_index_model model;
    uint32_t group_d; /* groups join up to here, for as many faces as there are */
    uint32_t d;
    bool same_photo, same_person;
};

static int gather_pair(struct fnq_ctx *ctx, const char *one, const char *two, struct pair *p,
                       struct fn_error *err)
{
    int16_t x[FN_DIM], y[FN_DIM];
    fn_face_id a = 0, b = 0;
    struct fn_txn *t = fnl_txn(ctx->lib);
    int rc = fnl_face_find(ctx->lib, one, &a, err);
    rc = rc ? rc : fnl_face_find(ctx->lib, two, &b, err);
    rc = rc ? rc : fnl_fact_get(t, a, &p->a, err);
    rc = rc ? rc : fnl_fact_get(t, b, &p->b, err);
    rc = rc ? rc : fn_index_model_get(t, &p->model, err);
    rc = rc ? rc : get_group_d(t, &p->group_d, err);
    if (rc)
        return rc;
    rc = fn_vector_get(t, p->a.rec.row, x);
    rc = rc ? rc : fn_vector_get(t, p->b.rec.row, y);
    if (rc)
        return fn_error_set(err, rc, "%s", fn_strerror(rc));
    p->d = fn_vector_kernels(FN_CPU_DETECT)->d2(x, y, FN_DIM);
    p->same_photo = p->a.rec.photo == p->b.rec.photo && a != b;
    p->same_person =
        p->a.person.is && p->b.person.is && fnl_person_eq(&p->a.person.id, &p->b.person.id);
    return 0;
}

static void print_pair(struct fnq_out *o, const struct pair *p)
{
    double d2 = fnl_d2(p->d);
    fnq_text(o, "%s and %s: d² %.3f, same person %.0f %% by distance alone\n", p->a.shown,
             p->b.shown, d2, 100 * fn_people_probability(&p->model, p->d));
    const struct fnl_fact *side[] = {&p->a, &p->b};
    for (size_t i = 0; i < 2; i++) {
        fnq_text(o, "  %s  ", side[i]->shown);
        if (side[i]->person.is)
            print_names(o, &side[i]->person, 1);
        else
            fnq_text(o, "unknown");
        fnq_text(o, " (%s), quality %.2f\n", fnl_state_name(side[i]->state),
                 side[i]->rec.quality / 255.0);
    }
    fnq_text(o,
             "  rules    pairs of one person are nearer than %.2f, groups join up to %.2f on "
             "average%s\n",
             fnl_d2(p->model.pair_d), fnl_d2(p->group_d),
             p->same_photo ? "; both are in one photo: two people unless you say otherwise"
                           : "");
    fnq_text(o, "  now      %s\n", p->same_person ? "the same person" : "not the same person");
}

static json_t *pair_json(const struct pair *p)
{
    json_t *o = json_object();
    fnq_set(o, "a", json_string(p->a.id));
    fnq_set(o, "b", json_string(p->b.id));
    fnq_set(o, "d2", fnq_json_real(fnl_d2(p->d)));
    fnq_set(o, "p", fnq_json_real(fn_people_probability(&p->model, p->d)));
    fnq_set(o, "a_person", fnq_person_json(&p->a.person));
    fnq_set(o, "b_person", fnq_person_json(&p->b.person));
    fnq_set(o, "same_photo", json_boolean(p->same_photo));
    fnq_set(o, "same_person", json_boolean(p->same_person));
    fnq_set(o, "pair_threshold", fnq_json_real(fnl_d2(p->model.pair_d)));
    fnq_set(o, "threshold", fnq_json_real(fnl_d2(p->group_d)));
    return o;
}

int fnq_run_why(struct fnq_ctx *ctx, int argc, char **argv)
{
    static const char schema[] = "fnq.why/1";
    struct fn_error err = {0};
    if (argc != 1 && argc != 2)
        return fnq_usage(ctx, "why: one face, or two.");
    bool json = fnq_out_is_json(&ctx->out);
    int rc = fnq_read_begin(ctx, &err);
    if (!rc && argc == 1) {
        struct why *w = calloc(1, sizeof *w);
        rc = w ? gather(ctx, argv[0], w, &err) : fn_error_set(&err, -ENOMEM, "out of memory");
        if (!rc && json)
            fnq_json_one(&ctx->out, schema, why_json(w));
        else if (!rc)
            print_why(&ctx->out, w);
        free(w);
    } else if (!rc) {
        struct pair p = {0};
        rc = gather_pair(ctx, argv[0], argv[1], &p, &err);
        if (!rc && json)
            fnq_json_one(&ctx->out, schema, pair_json(&p));
        else if (!rc)
            print_pair(&ctx->out, &p);
    }
    fnq_read_end(ctx);
    return rc ? fnq_fail(ctx, &err, "why", NULL) : FNQ_OK;
}
