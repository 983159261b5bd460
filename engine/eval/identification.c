/* SPDX-License-Identifier: MIT */
/* Identification: whose picture in the gallery is nearest. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "engine/eval/distance_blocks.h"
#include "engine/eval/metrics.h"

static const double stranger_rate = .01;

struct search {
    const uint32_t *person; /* of each gallery picture */
    const uint8_t *open;    /* of each gallery picture: also in the gallery of the open set */
    struct nearest {
        float d2, open_d2;
        uint32_t person, open_person;
    } * best; /* of each probe */
};

static void look(void *ctx, const float *d2, size_t i0, size_t n_i, size_t j0, size_t n_j)
{
    struct search *s = ctx;
    for (size_t i = i0; i < i0 + n_i; i++, d2 += n_j) {
        struct nearest *b = &s->best[i];
        for (size_t j = 0; j < n_j; j++) {
            if (d2[j] < b->d2) {
                b->d2 = d2[j];
                b->person = s->person[j0 + j];
            }
            if (s->open[j0 + j] && d2[j] < b->open_d2) {
                b->open_d2 = d2[j];
                b->open_person = s->person[j0 + j];
            }
        }
    }
}

struct split {
    float *gallery, *probes;
    uint32_t *gallery_person, *probe_person;
    uint8_t *gallery_open, *seen;
    size_t n_gallery, n_probes; /* with a face */
    size_t n_missed, n_missed_known;
};

static void split_free(struct split *s)
{
    free(s->gallery);
    free(s->probes);
    free(s->gallery_person);
    free(s->probe_person);
    free(s->gallery_open);
    free(s->seen);
}

static bool is_known(uint32_t person)
{
    return person % 2 == 0;
}

static int split(const struct fn_vectors *v, struct split *s)
{
    size_t n = v->n ? v->n : 1, row = v->dim * sizeof(float);
    s->gallery = calloc(n, row);
    s->probes = calloc(n, row);
    s->gallery_person = calloc(n, sizeof *s->gallery_person);
    s->probe_person = calloc(n, sizeof *s->probe_person);
    s->gallery_open = calloc(n, 1);
    s->seen = calloc(v->n_people + 1, 1);
    if (!s->gallery || !s->probes || !s->gallery_person || !s->probe_person ||
        !s->gallery_open || !s->seen)
        return -ENOMEM;
    for (size_t i = 0; i < v->n; i++) {
        uint32_t p = v->person[i];
        bool first = !s->seen[p], found = !v->found || v->found[i];
        s->seen[p] = 1;
        if (!found) {
            s->n_missed += !first;
            s->n_missed_known += !first && is_known(p);
        } else if (first) {
            memcpy(s->gallery + s->n_gallery * v->dim, v->x + i * v->dim, row);
            s->gallery_open[s->n_gallery] = is_known(p);
            s->gallery_person[s->n_gallery++] = p;
        } else {
            memcpy(s->probes + s->n_probes * v->dim, v->x + i * v->dim, row);
            s->probe_person[s->n_probes++] = p;
        }
    }
    return 0;
}

static int open_set(const struct split *s, const struct nearest *best, struct fn_ranks *r)
{
    struct fn_dists strangers = {0};
    int rc = 0;
    r->n_known = s->n_missed_known;
    for (size_t i = 0; !rc && i < s->n_probes; i++) {
        if (is_known(s->probe_person[i]))
            r->n_known++;
        else
            rc = fn_dists_add(&strangers, (double)best[i].open_d2);
    }
    fn_dists_sort(&strangers);
    r->n_strangers = strangers.n;
    double t = fn_dists_quantile(&strangers, stranger_rate);
    size_t right = 0;
    for (size_t i = 0; i < s->n_probes; i++)
        right += is_known(s->probe_person[i]) && best[i].open_person == s->probe_person[i] &&
                 (double)best[i].open_d2 < t;
    r->open_threshold = t;
    r->open_rate = r->n_known && strangers.n ? (double)right / (double)r->n_known : (double)NAN;
    fn_dists_free(&strangers);
    return rc;
}

int fn_ranks_run(const struct fn_vectors *v, struct fn_ranks *ret, struct fn_error *err)
{
    struct split s = {0};
    struct fn_ranks r = {0};
    int rc = split(v, &s);
    struct nearest *best = rc ? NULL : calloc(s.n_probes + 1, sizeof *best);
    if (!rc && !best)
        rc = -ENOMEM;
    for (size_t i = 0; !rc && i < s.n_probes; i++)
        best[i] = (struct nearest){INFINITY, INFINITY, UINT32_MAX, UINT32_MAX};
    struct search search = {s.gallery_person, s.gallery_open, best};
    if (!rc && s.n_gallery)
        rc = fn_each_block(s.probes, s.n_probes, s.gallery, s.n_gallery, v->dim, look, &search);
    for (size_t i = 0; !rc && i < s.n_probes; i++)
        r.n_right += best[i].person == s.probe_person[i];
    if (!rc)
        rc = open_set(&s, best, &r);
    r.n_gallery = s.n_gallery;
    r.n_probes = s.n_probes + s.n_missed;
    r.rank1 = r.n_probes ? (double)r.n_right / (double)r.n_probes : (double)NAN;
    free(best);
    split_free(&s);
    if (rc)
        return fn_error_set(err, rc, "out of memory");
    *ret = r;
    return 0;
}
