/* SPDX-License-Identifier: MIT */
#include "cli/page/people_plan.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "cli/page/plan_faces.h"
#include "engine/base/array.h"

enum { OF_PHOTO_MAX = 512 };

struct making {
    struct fn_txn *t;
    struct fnp_plan *plan;
    struct fnp_refs refs;
    struct fn_face_rec *recs; /* room for the faces of a photo */
};

static bool any_shown(const struct fnp_ref *r, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (r[i].shown)
            return true;
    return false;
}

static int add_face(struct making *m, const struct fn_face_rec *rec, const struct fnp_ref *ref)
{
    struct fnp_plan *p = m->plan;
    struct fnp_face *f = fn_array_grow(p->faces, &p->faces_cap, p->n_faces + 1, sizeof *f);
    if (!f)
        return -ENOMEM;
    p->faces = f;
    f = &p->faces[p->n_faces++];
    *f = (struct fnp_face){.ckey = rec->ckey,
                           .id = rec->id,
                           .person = ref ? ref->person : FNP_NOBODY,
                           .photo = (uint32_t)p->n_photos - 1,
                           .shown = ref && ref->shown};
    fn_box_to_float(rec->box, f->box);
    p->n_shown += f->shown;
    p->photos[p->n_photos - 1].n_faces++;
    return 0;
}

static const struct fnp_ref *ref_of(const struct fnp_ref *r, size_t n, fn_face_id face)
{
    for (size_t i = 0; i < n; i++)
        if (r[i].face == face)
            return &r[i];
    return NULL;
}

/* All its faces: those of nobody on the page only get a box. */
static int add_faces(struct making *m, const struct fnp_ref *r, size_t n)
{
    size_t k = 0;
    int rc = fn_faces_of_photo(m->t, r->photo, m->recs, OF_PHOTO_MAX, &k);
    for (size_t i = 0; !rc && i < k; i++)
        if (!(m->recs[i].flags & (FN_FACE_NOTFACE | FN_FACE_GONE)))
            rc = add_face(m, &m->recs[i], ref_of(r, n, m->recs[i].id));
    return rc;
}

static int add_photo(struct making *m, const struct fnp_ref *r, size_t n)
{
    struct fnp_plan *p = m->plan;
    struct fn_photo photo;
    char path[FN_PATH_MAX];
    int rc = fn_photo_get(m->t, r->photo, &photo);
    struct fnp_photo *all =
        rc ? NULL : fn_array_grow(p->photos, &p->photos_cap, p->n_photos + 1, sizeof *all);
    if (!all)
        return rc ? rc : -ENOMEM;
    p->photos = all;
    struct fnp_photo *to = &p->photos[p->n_photos++];
    *to = (struct fnp_photo){.hash = photo.hash,
                             .width = photo.width,
                             .height = photo.height,
                             .first_face = (uint32_t)p->n_faces};
    fnl_taken_text(&photo, to->date, sizeof to->date);
    if (fn_path_absolute(m->t, r->photo, path, sizeof path) == 0 && !(to->path = strdup(path)))
        return -ENOMEM;
    return add_faces(m, r, n);
}

static int add_photos(struct making *m)
{
    int rc = 0;
    for (size_t i = 0, n; !rc && i < m->refs.n; i += n) {
        n = fnp_refs_of_photo(&m->refs, i);
        m->plan->n_all_photos++;
        if (any_shown(m->refs.r + i, n))
            rc = add_photo(m, m->refs.r + i, n);
    }
    return rc;
}

/* ---- the faces of each person ---- */

static int by_date(const void *a, const void *b, void *plan)
{
    const struct fnp_plan *p = plan;
    const struct fnp_face *f = &p->faces[*(const uint32_t *)a],
                          *g = &p->faces[*(const uint32_t *)b];
    const char *d = p->photos[f->photo].date, *e = p->photos[g->photo].date;
    if (!*d != !*e)
        return *d ? -1 : 1;
    int c = strcmp(d, e);
    if (c || f->photo != g->photo)
        return c ? c : f->photo < g->photo ? -1 : 1;
    return (f->ckey > g->ckey) - (f->ckey < g->ckey);
}

static int give_faces(struct fnp_plan *p)
{
    for (size_t i = 0; i < p->n_people; i++) {
        p->people[i].faces = calloc(FNP_FACES_MAX < p->people[i].n_all ? (size_t)FNP_FACES_MAX
                                                                       : p->people[i].n_all + 1,
                                    sizeof(uint32_t));
        if (!p->people[i].faces)
            return -ENOMEM;
    }
    for (size_t i = 0; i < p->n_faces; i++) {
        const struct fnp_face *f = &p->faces[i];
        if (!f->shown)
            continue;
        struct fnp_person *to = &p->people[f->person];
        to->faces[to->n_faces++] = (uint32_t)i;
        if (f->id == to->p.cover || to->cover == FNP_NOBODY)
            to->cover = (uint32_t)i;
    }
    for (size_t i = 0; i < p->n_people; i++)
        qsort_r(p->people[i].faces, p->people[i].n_faces, sizeof(uint32_t), by_date, p);
    return 0;
}

static int collect(struct making *m, const struct fn_person *people, size_t n)
{
    struct fnp_plan *p = m->plan;
    int rc = 0;
    p->people = calloc(n + 1, sizeof *p->people);
    m->recs = calloc(OF_PHOTO_MAX, sizeof *m->recs);
    if (!p->people || !m->recs)
        return -ENOMEM;
    for (; !rc && p->n_people < n; p->n_people++) {
        struct fnp_person *to = &p->people[p->n_people];
        size_t before = m->refs.n;
        *to = (struct fnp_person){.p = people[p->n_people], .cover = FNP_NOBODY};
        rc = fnp_refs_add(m->t, &to->p, (uint32_t)p->n_people, &m->refs);
        to->n_all = (uint32_t)(m->refs.n - before);
    }
    fnp_refs_by_photo(&m->refs);
    rc = rc ? rc : fnp_count_seen(&m->refs, p->people);
    rc = rc ? rc : add_photos(m);
    return rc ? rc : give_faces(p);
}

int fnp_plan_make(struct fn_txn *t, const struct fn_person *people, size_t n,
                  struct fnp_plan *ret, struct fn_error *err)
{
    struct making m = {.t = t, .plan = ret};
    *ret = (struct fnp_plan){0};
    int rc = collect(&m, people, n);
    fnp_refs_finish(&m.refs);
    free(m.recs);
    return rc ? fn_error_set(err, rc, "page of people: %s", fn_strerror(rc)) : 0;
}

void fnp_plan_finish(struct fnp_plan *p)
{
    for (size_t i = 0; p->people && i < p->n_people; i++)
        free(p->people[i].faces);
    for (size_t i = 0; i < p->n_photos; i++)
        free(p->photos[i].path);
    free(p->people);
    free(p->photos);
    free(p->faces);
    *p = (struct fnp_plan){0};
}
