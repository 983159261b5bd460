/* SPDX-License-Identifier: MIT */
/* How the picture was edited is not known, so several maps from the old picture to the new one
 * are tried: the whole onto the whole in the eight orientations, and for each pair of faces
 * that are alike the map that takes the landmarks of one to those of the other, plain and
 * mirrored. The map under which most faces find one that is alike wins. */
#include "index/edits/same_faces.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "index/edits/picture_map.h"

enum { PAIRS_MAX = 256 }; /* from which a map is made; the most alike first */
#define CENTRE_SLACK .4   /* in sides of the face */
#define SIDE_SLACK   .6   /* of the logarithm of the side */

struct place { /* of a face, in pixels */
    double x, y, side;
    float points[FN_LANDMARKS][2];
};

struct pair {
    uint32_t d;
    size_t was, now;
};

struct work {
    const struct fn_picture *was, *now;
    const uint32_t *d;
    const struct fn_same_rule *rule;
    struct place *old_place, *new_place;
    struct pair *likely; /* alike enough to be the same face */
    size_t n_likely;
    struct pair *fit; /* under the map at hand */
    size_t *try_to, *to;
    bool *taken;
    size_t best_n;
    double best_d;
};

static void places_of(const struct fn_picture *p, struct place *ret)
{
    double w = p->width / 65535.0, h = p->height / 65535.0;
    for (size_t i = 0; i < p->n; i++) {
        const struct fn_face_rec *f = &p->faces[i];
        ret[i].x = (f->box[0] + f->box[2] / 2.0) * w;
        ret[i].y = (f->box[1] + f->box[3] / 2.0) * h;
        ret[i].side = sqrt(f->box[2] * w * (f->box[3] * h));
        for (int k = 0; k < FN_LANDMARKS; k++) {
            ret[i].points[k][0] = (float)(f->points[k][0] * w);
            ret[i].points[k][1] = (float)(f->points[k][1] * h);
        }
    }
}

static int by_distance(const void *pa, const void *pb)
{
    const struct pair *a = pa, *b = pb;
    if (a->d != b->d)
        return a->d < b->d ? -1 : 1;
    if (a->was != b->was)
        return a->was < b->was ? -1 : 1;
    return (a->now > b->now) - (a->now < b->now);
}

static void find_likely(struct work *w)
{
    uint32_t limit = w->rule->together > w->rule->alone ? w->rule->together : w->rule->alone;
    for (size_t i = 0; i < w->was->n; i++)
        for (size_t j = 0; j < w->now->n; j++) {
            uint32_t d = w->d[i * w->now->n + j];
            if (d != FN_D_UNKNOWN && d <= limit)
                w->likely[w->n_likely++] = (struct pair){d, i, j};
        }
    if (w->n_likely)
        qsort(w->likely, w->n_likely, sizeof *w->likely, by_distance);
}

/* Whether all that the new picture shows was in the old one. */
static bool is_inside(const struct work *w, const struct fn_picture_map *m)
{
    struct fn_picture_map back;
    double width = w->was->width, height = w->was->height;
    double slack = w->rule->outside * (width > height ? width : height);
    if (!fn_map_inverse(m, &back))
        return false;
    for (int k = 0; k < 4; k++) {
        double p[2];
        fn_map_apply(&back, k & 1 ? w->now->width : 0, k & 2 ? w->now->height : 0, p);
        if (p[0] < -slack || p[1] < -slack || p[0] > width + slack || p[1] > height + slack)
            return false;
    }
    return true;
}

static bool is_there(const struct work *w, const struct fn_picture_map *m, size_t i, size_t j)
{
    const struct place *a = &w->old_place[i], *b = &w->new_place[j];
    double p[2], side = a->side * fn_map_scale(m);
    fn_map_apply(m, a->x, a->y, p);
    double larger = side > b->side ? side : b->side;
    return side > 0 && b->side > 0 && fabs(log(side / b->side)) <= SIDE_SLACK &&
           hypot(p[0] - b->x, p[1] - b->y) <= CENTRE_SLACK * larger;
}

/* All pairs in their places under m; the most alike first. */
static size_t find_fit(struct work *w, const struct fn_picture_map *m, bool by_place)
{
    size_t n = 0;
    if (!by_place) {
        for (size_t k = 0; k < w->n_likely; k++)
            if (is_there(w, m, w->likely[k].was, w->likely[k].now))
                w->fit[n++] = w->likely[k];
        return n;
    }
    for (size_t i = 0; i < w->was->n; i++)
        for (size_t j = 0; j < w->now->n; j++)
            if (is_there(w, m, i, j))
                w->fit[n++] = (struct pair){w->d[i * w->now->n + j], i, j};
    if (n)
        qsort(w->fit, n, sizeof *w->fit, by_distance);
    return n;
}

static bool is_enough(const struct work *w, size_t n, uint32_t nearest, bool by_place)
{
    return by_place ? n > 0 : n > 1 || (n == 1 && nearest <= w->rule->alone);
}

/* Matches one to one under m, and keeps the result if it is better than what there is. */
static void try_map(struct work *w, const struct fn_picture_map *m, bool by_place)
{
    size_t n_fit = find_fit(w, m, by_place), n = 0;
    uint32_t nearest = 0;
    double sum = 0;
    memset(w->taken, 0, w->now->n * sizeof *w->taken);
    for (size_t i = 0; i < w->was->n; i++)
        w->try_to[i] = FN_NO_FACE;
    for (size_t k = 0; k < n_fit; k++) {
        const struct pair *p = &w->fit[k];
        bool near = by_place || p->d <= w->rule->together || (!n && p->d <= w->rule->alone);
        if (!near || w->try_to[p->was] != FN_NO_FACE || w->taken[p->now])
            continue;
        nearest = n ? nearest : p->d;
        w->try_to[p->was] = p->now;
        w->taken[p->now] = true;
        sum += p->d;
        n++;
    }
    if (!is_enough(w, n, nearest, by_place) || n < w->best_n ||
        (n == w->best_n && sum >= w->best_d))
        return;
    w->best_n = n;
    w->best_d = sum;
    memcpy(w->to, w->try_to, w->was->n * sizeof *w->to);
}

static void try_all(struct work *w)
{
    struct fn_picture_map m;
    for (unsigned o = 0; o < FN_ORIENTATIONS; o++)
        if (fn_map_of_frames(w->was->width, w->was->height, w->now->width, w->now->height, o,
                             &m))
            try_map(w, &m, w->rule->same_pixels);
    for (size_t k = 0; k < w->n_likely && k < PAIRS_MAX; k++)
        for (int mirrored = 0; mirrored < 2; mirrored++) {
            const struct pair *p = &w->likely[k];
            if (fn_map_of_landmarks((const float(*)[2])w->old_place[p->was].points,
                                    (const float(*)[2])w->new_place[p->now].points, mirrored,
                                    &m) &&
                is_inside(w, &m))
                try_map(w, &m, false);
        }
}

static bool allocate(struct work *w)
{
    size_t was = w->was->n, now = w->now->n;
    w->old_place = calloc(was, sizeof *w->old_place);
    w->new_place = calloc(now, sizeof *w->new_place);
    w->likely = calloc(was * now, sizeof *w->likely);
    w->fit = calloc(was * now, sizeof *w->fit);
    w->try_to = calloc(was, sizeof *w->try_to);
    w->taken = calloc(now, sizeof *w->taken);
    return w->old_place && w->new_place && w->likely && w->fit && w->try_to && w->taken;
}

int fn_same_faces(const struct fn_picture *was, const struct fn_picture *now, const uint32_t *d,
                  const struct fn_same_rule *rule, size_t *to)
{
    struct work w = {.was = was, .now = now, .d = d, .rule = rule, .to = to};
    for (size_t i = 0; i < was->n; i++)
        to[i] = FN_NO_FACE;
    if (!was->n || !now->n)
        return 0;
    bool room = allocate(&w);
    if (room) {
        places_of(was, w.old_place);
        places_of(now, w.new_place);
        find_likely(&w);
        try_all(&w);
    }
    free(w.old_place);
    free(w.new_place);
    free(w.likely);
    free(w.fit);
    free(w.try_to);
    free(w.taken);
    return room ? 0 : -ENOMEM;
}
