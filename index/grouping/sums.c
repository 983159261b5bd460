/* SPDX-License-Identifier: MIT */
/* Sums and marks of clusters: means, constraints, unions. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "index/grouping/state.h"

__extension__ typedef __int128 i128;

uint32_t fng_mean(const struct fn_grouping *g, const struct fng_node *a,
                  const struct fng_node *b)
{
    int64_t dot = 0; /* at most |SA| |SB| <= wA wB 2^28 in any part of the sum */
    for (uint32_t k = 0; k < g->width; k++)
        dot += (int64_t)a->sum[k] * b->sum[k];
    i128 total = (i128)a->square * b->w + (i128)b->square * a->w - 2 * (i128)dot;
    return (uint32_t)(total / ((int64_t)a->w * b->w));
}

static bool rejects(const uint64_t *nots, uint32_t n, uint64_t person)
{
    for (uint32_t i = 0; i < n; i++) {
        if (nots[i] == person)
            return true;
    }
    return false;
}

bool fng_faces_forbidden(const struct fng_face *a, const struct fng_face *b)
{
    if (a->is && b->is)
        return a->is != b->is;
    if ((a->is && rejects(b->nots, b->n_nots, a->is)) ||
        (b->is && rejects(a->nots, a->n_nots, b->is)))
        return true;
    return a->photo == b->photo;
}

static bool share_photo(const struct fng_marks *a, const struct fng_marks *b)
{
    for (uint32_t i = 0, j = 0; i < a->n_photos && j < b->n_photos;) {
        const struct fng_photo *p = &a->photos[i], *q = &b->photos[j];
        if (p->photo == q->photo && !(p->confirmed && q->confirmed))
            return true;
        if (p->photo <= q->photo)
            i++;
        else
            j++;
    }
    return false;
}

bool fng_forbidden(const struct fng_marks *a, uint32_t wa, const struct fng_marks *b,
                   uint32_t wb)
{
    if (a->is && b->is && a->is != b->is)
        return true;
    if ((a->is && rejects(b->nots, b->n_nots, a->is)) ||
        (b->is && rejects(a->nots, a->n_nots, b->is)))
        return true;
    return wa + wb > FNG_WEIGHT_MAX || share_photo(a, b);
}

void fng_marks_finish(struct fng_marks *m)
{
    free(m->nots);
    free(m->photos);
    *m = (struct fng_marks){0};
}

static bool photo_less(const struct fng_photo *a, const struct fng_photo *b)
{
    return a->photo != b->photo ? a->photo < b->photo : a->confirmed < b->confirmed;
}

int fng_marks_unite(const struct fng_marks *a, const struct fng_marks *b, struct fng_marks *ret)
{
    struct fng_marks m = {.is = a->is ? a->is : b->is};
    m.nots = malloc((a->n_nots + b->n_nots + 1ul) * sizeof *m.nots);
    m.photos = malloc((a->n_photos + b->n_photos + 1ul) * sizeof *m.photos);
    if (!m.nots || !m.photos) {
        fng_marks_finish(&m);
        return -ENOMEM;
    }
    for (uint32_t i = 0, j = 0; i < a->n_nots || j < b->n_nots;) {
        bool from_a = j == b->n_nots || (i < a->n_nots && a->nots[i] <= b->nots[j]);
        uint64_t p = from_a ? a->nots[i++] : b->nots[j++];
        if (!m.n_nots || m.nots[m.n_nots - 1] != p)
            m.nots[m.n_nots++] = p;
    }
    for (uint32_t i = 0, j = 0; i < a->n_photos || j < b->n_photos;) {
        bool from_a =
            j == b->n_photos || (i < a->n_photos && !photo_less(&b->photos[j], &a->photos[i]));
        m.photos[m.n_photos++] = from_a ? a->photos[i++] : b->photos[j++];
    }
    *ret = m;
    return 0;
}

bool fng_nodes_equal(const struct fn_grouping *g, const struct fng_node *a,
                     const struct fng_node *b)
{
    const struct fng_marks *m = &a->marks, *n = &b->marks;
    if (a->key != b->key || a->w != b->w || a->square != b->square || m->is != n->is ||
        m->n_nots != n->n_nots || m->n_photos != n->n_photos || a->n_children != b->n_children)
        return false;
    for (uint32_t i = 0; i < m->n_photos; i++) {
        if (m->photos[i].photo != n->photos[i].photo ||
            m->photos[i].confirmed != n->photos[i].confirmed)
            return false;
    }
    for (uint32_t i = 0; i < a->n_children; i++) {
        if (a->children[i].lead != b->children[i].lead ||
            a->children[i].born != b->children[i].born)
            return false;
    }
    return (!m->n_nots || !memcmp(m->nots, n->nots, m->n_nots * sizeof *m->nots)) &&
           !memcmp(a->sum, b->sum, g->width * sizeof *a->sum);
}

/* ---- company ---- */

bool fng_company_admit(struct fng_company *c, const struct fng_face *f)
{
    uintptr_t now = (uintptr_t)fng_map_get(&c->photos, f->photo), with = f->is ? 1 : 2;
    if ((f->is && c->is && f->is != c->is) ||
        (f->is && rejects(c->nots, (uint32_t)c->n_nots, f->is)) ||
        (c->is && rejects(f->nots, f->n_nots, c->is)) || (now && (now == 2 || with == 2)))
        return false;
    for (uint32_t i = 0; i < f->n_nots; i++) {
        if (!rejects(c->nots, (uint32_t)c->n_nots, f->nots[i]) &&
            fng_grow(c->g, &c->nots, &c->nots_cap, c->n_nots, sizeof *c->nots))
            c->nots[c->n_nots++] = f->nots[i];
    }
    c->is = f->is ? f->is : c->is;
    if (now != with) {
        int rc = fng_map_put(&c->photos, f->photo, (void *)with);
        if (rc)
            fng_fail(c->g, rc);
    }
    return true;
}

void fng_company_finish(struct fng_company *c)
{
    free(c->nots);
    fng_map_finish(&c->photos);
}

/* ---- of faces ---- */

static bool labelled(const struct fng_face *f)
{
    return f->is || f->n_nots;
}

static int by_sketch(const void *pa, const void *pb)
{
    const struct fng_face *a = *(struct fng_face *const *)pa,
                          *b = *(struct fng_face *const *)pb;
    if (labelled(a) != labelled(b))
        return labelled(a) ? -1 : 1;
    return fng_before(a, b) ? -1 : fng_before(b, a);
}

static int by_photo(const void *pa, const void *pb)
{
    const struct fng_photo *a = pa, *b = pb;
    return photo_less(a, b) ? -1 : photo_less(b, a);
}

/* is and nots of all faces taken. */
static bool fill_said(struct fn_grouping *g, struct fng_node *n, struct fng_face *const *kept,
                      size_t n_kept)
{
    for (size_t i = 0; i < n_kept; i++) {
        struct fng_marks one = {.nots = kept[i]->nots, .n_nots = kept[i]->n_nots}, both;
        if (kept[i]->is)
            n->marks.is = kept[i]->is;
        if (!one.n_nots)
            continue;
        int rc = fng_marks_unite(&n->marks, &one, &both);
        if (rc) {
            fng_fail(g, rc);
            return false;
        }
        fng_marks_finish(&n->marks);
        n->marks = both;
    }
    return true;
}

static bool fill_sums(struct fn_grouping *g, struct fng_node *n, struct fng_face *const *sketch)
{
    struct fng_photo *p = malloc(n->w * sizeof *p);
    n->sum = calloc(g->width, sizeof *n->sum);
    if (!p || !n->sum) {
        free(p);
        fng_fail(g, -ENOMEM);
        return false;
    }
    for (uint32_t i = 0; i < n->w; i++) {
        const int16_t *x = fng_vector(g, sketch[i]);
        if (!x) {
            free(p);
            return false;
        }
        for (uint32_t k = 0; k < g->width; k++) {
            n->sum[k] += x[k];
            n->square += (uint64_t)((int32_t)x[k] * x[k]);
        }
        p[i] = (struct fng_photo){sketch[i]->photo, sketch[i]->is != 0};
    }
    qsort(p, n->w, sizeof *p, by_photo);
    free(n->marks.photos);
    n->marks.photos = p;
    n->marks.n_photos = n->w;
    return true;
}

struct fng_node *fng_node_of_faces(struct fn_grouping *g, struct fng_face *lead,
                                   struct fng_face *const *kept, size_t n_kept)
{
    struct fng_node *n = calloc(1, sizeof *n);
    struct fng_face **order = malloc(n_kept * sizeof *order);
    if (!n || !order) {
        fng_fail(g, -ENOMEM);
        goto fail;
    }
    memcpy(order, kept, n_kept * sizeof *order);
    qsort(order, n_kept, sizeof *order, by_sketch);
    n->lead = lead->id;
    n->key = lead->key;
    n->w = n_kept < FN_GROUPING_SKETCH ? (uint32_t)n_kept : FN_GROUPING_SKETCH;
    if (!fill_said(g, n, kept, n_kept) || !fill_sums(g, n, order))
        goto fail;
    free(order);
    return n;
fail:
    free(order);
    fng_node_free(n);
    return NULL;
}
