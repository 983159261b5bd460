/* SPDX-License-Identifier: MIT */
/* Dividing the faces of a person: by appearance, by age, and the order of the parts. */
#include <errno.h>
#include <stdlib.h>

#include "cli/library/group_faces.h"
#include "cli/library/split_person.h"

static const int64_t gap_s = (int64_t)2 * 366 * 86400;

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

static size_t count_clusters(const uint32_t *first, size_t n)
{
    size_t k = 0;
    for (size_t i = 0; i < n; i++)
        k += first[i] == i;
    return k;
}

/* Is the division worth showing? It needs at least two parts with more than one face, or a
 * person with few faces. */
static int falls_apart(const uint32_t *first, size_t n, bool *ret)
{
    uint32_t *size = calloc(n, sizeof *size);
    size_t real = 0;
    if (!size)
        return -ENOMEM;
    for (size_t i = 0; i < n; i++)
        size[first[i]]++;
    for (size_t i = 0; i < n; i++)
        real += size[i] > 1;
    free(size);
    *ret = real >= 2 || (n < 6 && count_clusters(first, n) >= 2);
    return 0;
}

static int cluster_until_apart(const struct fnl_split *s, const struct fn_grouping_face *f,
                               uint32_t *first)
{
    bool apart = false;
    int rc = 0;
    for (unsigned percent = 100; !rc && !apart && percent >= 40; percent -= 5) {
        const struct fn_grouping_thresholds t = scaled(&s->thresholds, percent);
        rc = fnl_group_faces(f, s->n, FN_DIM, &t, first);
        rc = rc ? rc : falls_apart(first, s->n, &apart);
    }
    return rc;
}

static int by_appearance(struct fnl_split *s)
{
    size_t n = s->n;
    struct fn_grouping_face *f = calloc(n, sizeof *f);
    uint32_t *first = calloc(n, sizeof *first);
    for (size_t i = 0; f && i < n; i++)
        f[i] = (struct fn_grouping_face){
            .id = (uint32_t)i + 1, .key = s->f[i].ckey, .photo = s->f[i].photo, .x = s->f[i].x};
    int rc = f && first ? cluster_until_apart(s, f, first) : -ENOMEM;
    for (size_t i = 0; !rc && i < n; i++)
        s->f[i].part = first[i];
    free(f);
    free(first);
    return rc;
}

/* ---- by age ---- */

static int by_time(const void *a, const void *b)
{
    const struct fnl_part_face *p = a, *q = b;
    if (p->part != q->part)
        return p->part < q->part ? -1 : 1;
    if (p->taken_s != q->taken_s)
        return p->taken_s < q->taken_s ? -1 : 1;
    return (p->ckey > q->ckey) - (p->ckey < q->ckey);
}

static void by_age(struct fnl_split *s)
{
    uint32_t part = 0, old = 0;
    qsort(s->f, s->n, sizeof *s->f, by_time);
    for (size_t i = 0; i < s->n; i++) {
        uint32_t now = s->f[i].part;
        bool gap =
            i && s->f[i].taken_s != INT64_MAX && s->f[i].taken_s - s->f[i - 1].taken_s > gap_s;
        if (i && (now != old || gap))
            part++;
        old = now;
        s->f[i].part = part;
    }
}

/* ---- letters ---- */

struct sized {
    uint32_t part, n;
    uint64_t ckey; /* the smallest of the part */
};

static int by_size(const void *a, const void *b)
{
    const struct sized *p = a, *q = b;
    if (p->n != q->n)
        return p->n > q->n ? -1 : 1;
    return (p->ckey > q->ckey) - (p->ckey < q->ckey);
}

/* letter[part]: its rank by size; all further parts get the last letter. g: zeroed, as many as
 * there are part numbers. */
static void give_letters(const struct fnl_split *s, struct sized *g, size_t n, uint32_t *letter)
{
    for (uint32_t i = 0; i < n; i++)
        g[i] = (struct sized){.part = i, .ckey = UINT64_MAX};
    for (size_t i = 0; i < s->n; i++) {
        struct sized *one = &g[s->f[i].part];
        one->n++;
        one->ckey = s->f[i].ckey < one->ckey ? s->f[i].ckey : one->ckey;
    }
    qsort(g, n, sizeof *g, by_size);
    for (uint32_t i = 0; i < n; i++)
        letter[g[i].part] = i < FNL_PARTS_MAX ? i : FNL_PARTS_MAX - 1;
}

static void count_part(struct fnl_split *s, const struct fnl_part_face *f)
{
    uint32_t k = f->part;
    s->size[k]++;
    s->n_parts = k + 1 > s->n_parts ? k + 1 : s->n_parts;
    if (f->taken_s == INT64_MAX)
        return;
    s->first_s[k] = f->taken_s < s->first_s[k] ? f->taken_s : s->first_s[k];
    s->last_s[k] = f->taken_s > s->last_s[k] ? f->taken_s : s->last_s[k];
}

static void count_parts(struct fnl_split *s)
{
    s->n_parts = 0;
    for (size_t i = 0; i < FNL_PARTS_MAX; i++) {
        s->size[i] = 0;
        s->first_s[i] = INT64_MAX;
        s->last_s[i] = INT64_MIN;
    }
    for (size_t i = 0; i < s->n; i++)
        count_part(s, &s->f[i]);
}

static int order_parts(struct fnl_split *s)
{
    uint32_t most = 0;
    for (size_t i = 0; i < s->n; i++)
        most = s->f[i].part > most ? s->f[i].part : most;
    struct sized *g = calloc((size_t)most + 1, sizeof *g);
    uint32_t *letter = calloc((size_t)most + 1, sizeof *letter);
    int rc = g && letter ? 0 : -ENOMEM;
    if (!rc)
        give_letters(s, g, (size_t)most + 1, letter);
    for (size_t i = 0; !rc && i < s->n; i++)
        s->f[i].part = letter[s->f[i].part];
    free(g);
    free(letter);
    return rc;
}

int fnl_split_find(struct fnl_split *s, unsigned by, struct fn_error *err)
{
    int rc = 0;
    for (size_t i = 0; i < s->n; i++)
        s->f[i].part = 0;
    if ((by & FNL_SPLIT_APPEARANCE) && s->n > 1)
        rc = by_appearance(s);
    if (!rc && (by & FNL_SPLIT_AGE) && s->n)
        by_age(s);
    rc = rc || !s->n ? rc : order_parts(s);
    if (rc)
        return fn_error_set(err, rc, "%s", fn_strerror(rc));
    count_parts(s);
    return 0;
}
