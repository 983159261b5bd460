/* SPDX-License-Identifier: MIT */
#include "cli/library/why.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "engine/kernels/cpu.h"
#include "index/grouping/grouping.h"
#include "index/search/search.h"

enum { NEAR = 2000 };

static int get_cluster_d(struct fn_txn *t, uint32_t *ret, struct fn_error *err)
{
    struct fn_grouping_thresholds th;
    int rc = fn_people_thresholds(t, &th);
    if (rc)
        return fn_error_set(err, rc, "%s", fn_strerror(rc));
    *ret = th.level2[FN_GROUPING_ROUNDS - 1];
    return 0;
}

static void take_near(struct fn_txn *t, struct fnl_why *w, const struct fnl_fact *f, uint32_t d)
{
    struct fn_photo photo;
    if (w->n_near == FNL_EVIDENCE_MAX)
        return;
    struct fnl_evidence *e = &w->near[w->n_near++];
    (void)snprintf(e->id, sizeof e->id, "%s", f->id);
    e->d2 = fnl_d2(d);
    e->state = f->state;
    e->year = fn_photo_get(t, f->rec.photo, &photo) == 0 && photo.taken_precision
                  ? fn_unix_to_civil(photo.taken_s).year
                  : 0;
}

struct nearby {
    const struct fn_hit *hits;
    size_t n;
    struct fn_index_model model;
};

/* Takes faces of the person (confirmed ones only, or all), and the first face of another
 * person. */
static int take_hits(struct fn_txn *t, struct fnl_why *w, const struct nearby *near,
                     bool confirmed, struct fn_error *err)
{
    for (size_t i = 0; i < near->n; i++) {
        struct fnl_fact f;
        int rc = fnl_fact_get(t, near->hits[i].face, &f, err);
        if (rc)
            return rc;
        if (!f.person.is)
            continue;
        bool mine = w->fact.person.is && fnl_person_eq(&f.person.id, &w->fact.person.id);
        if (mine && (!confirmed || f.state == FNL_CONFIRMED)) {
            w->near_confirmed = confirmed;
            take_near(t, w, &f, near->hits[i].d);
        } else if (!mine && !w->other.is) {
            w->other = f.person;
            w->other.has_d = true;
            w->other.d2 = fnl_d2(near->hits[i].d);
            w->other.p = fn_people_probability(&near->model, near->hits[i].d);
        }
    }
    return 0;
}

/* Uses the confirmed faces of the person if any are nearby, else all of them. */
static int gather_near(struct fn_txn *t, struct fnl_why *w, struct fn_error *err)
{
    struct fn_hit *hits = calloc(NEAR, sizeof *hits);
    struct nearby near = {.hits = hits};
    int16_t x[FN_DIM];
    int rc = hits ? fn_vector_get(t, w->fact.rec.row, x) : -ENOMEM;
    if (rc)
        (void)fn_error_set(err, rc, "%s", fn_strerror(rc));
    rc = rc ? rc : fn_index_model_get(t, &near.model, err);
    rc = rc ? rc : fn_search(t, x, UINT32_MAX, NEAR, w->fact.rec.id, hits, &near.n, err);
    rc = rc ? rc : take_hits(t, w, &near, true, err);
    if (!rc && w->n_near == 0)
        rc = take_hits(t, w, &near, false, err);
    free(hits);
    return rc;
}

/* People confirmed in the same photo: the face cannot be theirs. */
static int gather_in_photo(struct fn_txn *t, struct fnl_why *w, struct fn_error *err)
{
    enum { MAX = 512 };
    fn_face_id *faces = calloc(MAX, sizeof *faces);
    size_t n = 0;
    int rc = faces ? fn_face_ids_of_photo(t, w->fact.rec.photo, faces, MAX, &n) : -ENOMEM;
    if (rc)
        (void)fn_error_set(err, rc, "%s", fn_strerror(rc));
    for (size_t i = 0; !rc && i < n && w->n_in_photo < FNL_RULES_MAX; i++) {
        struct fnl_fact f;
        if (faces[i] != w->fact.rec.id && fnl_fact_get(t, faces[i], &f, NULL) == 0 &&
            f.state == FNL_CONFIRMED)
            w->in_photo[w->n_in_photo++] = f.person;
    }
    free(faces);
    return rc;
}

static int gather_rejected(struct fn_txn *t, struct fnl_why *w, struct fn_error *err)
{
    struct fn_face_labels labels;
    int rc = fn_labels_of_face(t, w->fact.rec.id, &labels);
    if (rc)
        return fn_error_set(err, rc, "%s", fn_strerror(rc));
    for (size_t i = 0; i < labels.n_rejected && w->n_rejected < FNL_RULES_MAX; i++) {
        struct fn_person_label l;
        struct fnl_match *m = &w->rejected[w->n_rejected];
        *m = (struct fnl_match){.is = true, .id = labels.rejected[i]};
        if (fn_person_label_get(t, &m->id, &l) == 0)
            (void)snprintf(m->name, sizeof m->name, "%s", l.name);
        w->reject_act[w->n_rejected++] = labels.rejected_act[i];
    }
    return 0;
}

int fnl_why(struct fn_library *lib, const char *what, struct fnl_why *ret, struct fn_error *err)
{
    fn_face_id id = 0;
    struct fn_txn *t = fnl_txn(lib);
    *ret = (struct fnl_why){.n_near = 0};
    int rc = fnl_face_find(lib, what, &id, err);
    rc = rc ? rc : fnl_fact_get(t, id, &ret->fact, err);
    rc = rc ? rc : fnl_fact_judge(t, &ret->fact, err);
    rc = rc ? rc : get_cluster_d(t, &ret->cluster_d, err);
    rc = rc ? rc : gather_near(t, ret, err);
    rc = rc ? rc : gather_in_photo(t, ret, err);
    rc = rc ? rc : gather_rejected(t, ret, err);
    if (rc)
        return rc;
    ret->is_member = fn_member_get(t, id, &ret->member) == 0;
    if (fn_path_absolute(t, ret->fact.rec.photo, ret->photo_path, sizeof ret->photo_path))
        ret->photo_path[0] = '\0';
    return 0;
}

static int fact_of(struct fn_library *lib, const char *what, struct fnl_fact *ret,
                   int16_t x[FN_DIM], struct fn_error *err)
{
    fn_face_id id = 0;
    int rc = fnl_face_find(lib, what, &id, err);
    rc = rc ? rc : fnl_fact_get(fnl_txn(lib), id, ret, err);
    if (!rc && (rc = fn_vector_get(fnl_txn(lib), ret->rec.row, x)))
        (void)fn_error_set(err, rc, "%s", fn_strerror(rc));
    return rc;
}

int fnl_why_pair(struct fn_library *lib, const char *one, const char *two, struct fnl_pair *ret,
                 struct fn_error *err)
{
    int16_t x[FN_DIM], y[FN_DIM];
    struct fn_index_model model;
    *ret = (struct fnl_pair){.d2 = 0};
    int rc = fact_of(lib, one, &ret->a, x, err);
    rc = rc ? rc : fact_of(lib, two, &ret->b, y, err);
    rc = rc ? rc : fn_index_model_get(fnl_txn(lib), &model, err);
    rc = rc ? rc : get_cluster_d(fnl_txn(lib), &ret->cluster_d, err);
    if (rc)
        return rc;
    uint32_t d = fn_vector_kernels(FN_CPU_DETECT)->d2(x, y, FN_DIM);
    ret->d2 = fnl_d2(d);
    ret->p = fn_people_probability(&model, d);
    ret->pair_d = model.pair_d;
    ret->same_photo = ret->a.rec.photo == ret->b.rec.photo && ret->a.rec.id != ret->b.rec.id;
    ret->same_person = ret->a.person.is && ret->b.person.is &&
                       fnl_person_eq(&ret->a.person.id, &ret->b.person.id);
    return 0;
}
