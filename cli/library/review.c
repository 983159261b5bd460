/* SPDX-License-Identifier: MIT */
#include "cli/library/review.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/array.h"

/* Finds the first `max` of many elements in an order, in memory for twice as many. */
struct best {
    char *v;
    size_t n, cap, max, size;
    int (*order)(const void *a, const void *b);
};

static void best_trim(struct best *b)
{
    if (b->n)
        qsort(b->v, b->n, b->size, b->order);
    b->n = b->n < b->max ? b->n : b->max;
}

static int best_add(struct best *b, const void *element)
{
    if (b->n >= 2 * b->max)
        best_trim(b);
    char *v = fn_array_grow(b->v, &b->cap, b->n + 1, b->size);
    if (!v)
        return -ENOMEM;
    b->v = v;
    memcpy(b->v + b->n++ * b->size, element, b->size);
    return 0;
}

/* ---- people ---- */

struct people {
    struct best best;
    uint64_t min_photos;
    size_t n_total;
};

static int by_photos(const void *a, const void *b)
{
    const struct fn_person *p = a, *q = b;
    if (p->n_photos != q->n_photos)
        return p->n_photos > q->n_photos ? -1 : 1;
    if (p->n_faces != q->n_faces)
        return p->n_faces > q->n_faces ? -1 : 1;
    return memcmp(p->id.b, q->id.b, sizeof p->id.b);
}

static int add_person(const struct fn_person *p, void *arg)
{
    struct people *l = arg;
    if (p->name[0] || p->hidden || p->n_photos < l->min_photos)
        return 0;
    l->n_total++;
    return best_add(&l->best, p);
}

int fnl_review_people(struct fn_txn *t, uint64_t min_photos, size_t max,
                      struct fnl_review_people *ret, struct fn_error *err)
{
    struct people l = {
        .best = {.max = max, .size = sizeof(struct fn_person), .order = by_photos},
        .min_photos = min_photos};
    *ret = (struct fnl_review_people){0};
    if (!max)
        return fn_error_set(err, FN_EUSAGE, "the list of people must not be empty");
    int rc = fn_person_each(t, add_person, &l);
    best_trim(&l.best);
    *ret = (struct fnl_review_people){
        .p = (struct fn_person *)(void *)l.best.v, .n = l.best.n, .n_total = l.n_total};
    return rc ? fn_error_set(err, rc, "people: %s", fn_strerror(rc)) : 0;
}

void fnl_review_people_finish(struct fnl_review_people *r)
{
    free(r->p);
    *r = (struct fnl_review_people){0};
}

/* ---- faces ---- */

struct candidate {
    fn_face_id face;
    uint8_t quality;
    uint64_t ckey;
};

struct faces {
    struct fn_txn *t;
    struct best worst; /* struct candidate */
    size_t n_total;
};

static int by_quality(const void *a, const void *b)
{
    const struct candidate *p = a, *q = b;
    if (p->quality != q->quality)
        return p->quality < q->quality ? -1 : 1;
    return (p->ckey > q->ckey) - (p->ckey < q->ckey);
}

/* FN_ENOTFOUND: it needs no review. */
static int is_suggested(struct fn_txn *t, fn_face_id face)
{
    struct fn_face_labels labels;
    struct fn_member m;
    struct fn_person_label l;
    int rc = fn_member_who(t, face, &m);
    rc = rc ? rc : fn_person_label_get(t, &m.person, &l);
    if (rc || !l.name[0] || l.hidden)
        return rc ? rc : FN_ENOTFOUND;
    rc = fn_labels_of_face(t, face, &labels);
    return rc || !labels.confirmed ? rc : FN_ENOTFOUND;
}

static int add_face(const struct fn_face_rec *f, void *arg)
{
    struct faces *l = arg;
    const struct candidate c = {.face = f->id, .quality = f->quality, .ckey = f->ckey};
    int rc = is_suggested(l->t, f->id);
    if (rc)
        return rc == FN_ENOTFOUND ? 0 : rc;
    l->n_total++;
    return best_add(&l->worst, &c);
}

static double probability(const struct fnl_match *m)
{
    return m->has_d ? m->p : 0;
}

static int by_doubt(const void *a, const void *b)
{
    const struct fnl_fact *p = a, *q = b;
    double x = probability(&p->person), y = probability(&q->person);
    if (x != y)
        return x < y ? -1 : 1;
    x = probability(&p->other);
    y = probability(&q->other);
    if (x != y)
        return x > y ? -1 : 1;
    return (p->rec.ckey > q->rec.ckey) - (p->rec.ckey < q->rec.ckey);
}

static int judge(struct fn_txn *t, const struct best *candidates, struct best *doubtful,
                 struct fn_error *err)
{
    const struct candidate *c = (const struct candidate *)(const void *)candidates->v;
    int rc = 0;
    for (size_t i = 0; !rc && i < candidates->n; i++) {
        struct fnl_fact f;
        rc = fnl_fact_get(t, c[i].face, &f, err);
        rc = rc ? rc : fnl_fact_judge(t, &f, err);
        rc = rc == FN_ENOTFOUND ? 0 : rc; /* there is no other face to compare it with */
        if (!rc && (rc = best_add(doubtful, &f)))
            (void)fn_error_set(err, rc, "out of memory");
    }
    return rc;
}

int fnl_review_faces(struct fn_txn *t, size_t max, size_t max_judged,
                     struct fnl_review_faces *ret, struct fn_error *err)
{
    struct faces l = {
        .t = t,
        .worst = {.max = max_judged, .size = sizeof(struct candidate), .order = by_quality}};
    struct best doubtful = {.max = max, .size = sizeof(struct fnl_fact), .order = by_doubt};
    *ret = (struct fnl_review_faces){0};
    if (!max || !max_judged)
        return fn_error_set(err, FN_EUSAGE, "the list of faces must not be empty");
    int rc = fn_face_each(t, add_face, &l);
    if (rc)
        (void)fn_error_set(err, rc, "faces: %s", fn_strerror(rc));
    best_trim(&l.worst);
    rc = rc ? rc : judge(t, &l.worst, &doubtful, err);
    best_trim(&doubtful);
    *ret = (struct fnl_review_faces){.f = (struct fnl_fact *)(void *)doubtful.v,
                                     .n = doubtful.n,
                                     .n_total = l.n_total,
                                     .n_judged = l.worst.n};
    free(l.worst.v);
    return rc;
}

void fnl_review_faces_finish(struct fnl_review_faces *r)
{
    free(r->f);
    *r = (struct fnl_review_faces){0};
}
