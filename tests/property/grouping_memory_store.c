/* SPDX-License-Identifier: MIT */
#include "tests/property/grouping_memory_store.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static void *need(void *p)
{
    if (!p)
        abort();
    return p;
}

void gstore_init(struct gstore *s, uint32_t width)
{
    memset(s, 0, sizeof *s);
    s->width = width;
    s->n_slots = 64;
    s->slots = need(calloc(s->n_slots, sizeof *s->slots));
}

void gstore_free(struct gstore *s)
{
    for (size_t i = 0; i < s->n_slots; i++)
        free(s->slots[i].v);
    free(s->slots);
    free(s->lent);
}

static struct gstore_record *slot(const struct gstore *s, uint8_t kind, uint32_t id)
{
    for (size_t i = fn_mix64((uint64_t)kind << 32 | id) & (s->n_slots - 1);;
         i = (i + 1) & (s->n_slots - 1)) {
        struct gstore_record *r = &s->slots[i];
        if (!r->taken || (r->kind == kind && r->id == id))
            return r;
    }
}

static void grow(struct gstore *s)
{
    struct gstore old = *s;
    s->n_slots *= 2;
    s->n_taken = s->n_records;
    s->slots = need(calloc(s->n_slots, sizeof *s->slots));
    for (size_t i = 0; i < old.n_slots; i++) {
        if (old.slots[i].v)
            *slot(s, old.slots[i].kind, old.slots[i].id) = old.slots[i];
    }
    free(old.slots);
}

int gstore_write(uint8_t kind, uint32_t id, const uint8_t *v, size_t n, void *arg)
{
    struct gstore *s = arg;
    if (s->n_taken * 2 > s->n_slots)
        grow(s);
    struct gstore_record *r = slot(s, kind, id);
    if (!r->taken)
        s->n_taken++;
    s->n_records -= r->v != NULL;
    free(r->v);
    *r = (struct gstore_record){.kind = kind, .id = id, .n = n, .taken = true};
    if (n) {
        r->v = need(malloc(n));
        memcpy(r->v, v, n);
        s->n_records++;
    }
    return 0;
}

void gstore_damage(struct gstore *s, struct fn_rng *r)
{
    size_t which = s->n_records ? fn_rng_below(r, s->n_records) : 0;
    for (size_t i = 0; i < s->n_slots; i++) {
        struct gstore_record *x = &s->slots[i];
        if (!x->v || which--)
            continue;
        uint64_t how = fn_rng_below(r, 8);
        if (how == 0)
            FN_IGNORE(gstore_write(x->kind, x->id, NULL, 0, s));
        else if (how == 1)
            x->n = 1 + fn_rng_below(r, x->n);
        else if (how == 2) /* a small number, which may be an id or a round */
            x->v[fn_rng_below(r, x->n)] = (uint8_t)fn_rng_below(r, 12);
        else
            x->v[fn_rng_below(r, x->n)] ^= (uint8_t)(1u << fn_rng_below(r, 8));
        return;
    }
}

/* Every read begins here: values that were lent before are gone. */
static int begin(struct gstore *s)
{
    free(s->lent);
    s->lent = NULL;
    if (s->fail_in && !--s->fail_in) {
        s->fail_in = 1;
        return -EIO;
    }
    return 0;
}

static const uint8_t *lend(struct gstore *s, const struct gstore_record *r)
{
    s->lent = need(malloc(r->n));
    memcpy(s->lent, r->v, r->n);
    return s->lent;
}

static int get(void *ctx, uint8_t kind, uint32_t id, const uint8_t **ret, size_t *ret_n)
{
    struct gstore *s = ctx;
    int rc = begin(s);
    const struct gstore_record *r = slot(s, kind, id);
    if (rc)
        return rc;
    if (!r->v)
        return FN_ENOTFOUND;
    *ret = lend(s, r);
    *ret_n = r->n;
    return 0;
}

static int by_id(const void *a, const void *b)
{
    const uint32_t *x = a, *y = b;
    return *x < *y ? -1 : *x > *y;
}

static int each(void *ctx, uint8_t kind,
                int (*visit)(uint32_t id, const uint8_t *v, size_t n, void *arg), void *arg)
{
    struct gstore *s = ctx;
    uint32_t *ids = need(malloc((s->n_records + 1) * sizeof *ids));
    size_t n = 0;
    int rc = begin(s);
    for (size_t i = 0; i < s->n_slots; i++) {
        if (s->slots[i].v && s->slots[i].kind == kind)
            ids[n++] = s->slots[i].id;
    }
    qsort(ids, n, sizeof *ids, by_id);
    for (size_t i = 0; i < n && !rc; i++) {
        const struct gstore_record *r = slot(s, kind, ids[i]);
        rc = begin(s);
        if (!rc)
            rc = visit(ids[i], lend(s, r), r->n, arg);
    }
    free(ids);
    return rc;
}

static int vector(void *ctx, uint32_t face, int16_t *ret)
{
    struct gstore *s = ctx;
    int rc = begin(s);
    for (size_t i = 0; i < s->n_faces && !rc; i++) {
        if (s->faces[i].id == face) {
            memcpy(ret, s->faces[i].x, s->width * sizeof *ret);
            return 0;
        }
    }
    return rc ? rc : FN_ENOTFOUND;
}

static int vectors(void *ctx,
                   int (*visit)(const int16_t *rows, const uint32_t *faces, size_t n,
                                void *arg),
                   void *arg)
{
    enum { RUN = 50 };
    struct gstore *s = ctx;
    int16_t *rows = need(malloc(RUN * s->width * sizeof *rows));
    uint32_t ids[RUN];
    int rc = begin(s);
    for (size_t from = 0; from < s->n_faces && !rc; from += RUN) {
        size_t n = s->n_faces - from < RUN ? s->n_faces - from : RUN;
        for (size_t i = 0; i < n; i++) {
            const struct gstore_face *f = &s->faces[from + i];
            ids[i] = f->id;
            /* An empty row is not zero: it held a face before. */
            memcpy(rows + i * s->width, f->x, s->width * sizeof *rows);
        }
        rc = visit(rows, ids, n, arg);
    }
    free(rows);
    return rc;
}

static int photo(void *ctx, uint32_t which, uint32_t *ret, size_t max, size_t *ret_n)
{
    struct gstore *s = ctx;
    int rc = begin(s);
    size_t n = 0;
    for (size_t i = 0; i < s->n_faces && n < max && !rc; i++) {
        if (s->faces[i].id && s->faces[i].photo == which)
            ret[n++] = s->faces[i].id;
    }
    *ret_n = n;
    return rc;
}

struct fn_grouping_store gstore_as_store(struct gstore *s)
{
    return (struct fn_grouping_store){s, get, each, vector, vectors, photo};
}
