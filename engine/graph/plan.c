/* SPDX-License-Identifier: MIT */
/* The memory plan: every home slot lives from the step that first writes it to the step that
 * last reads it; two that live at the same time never overlap. Largest first, each at the
 * lowest offset that is free
 * ("greedy by size", Pisarchyk and Lee 2020). */
#include <errno.h>
#include <stdlib.h>

#include "engine/graph/program.h"

enum { SLOT_ALIGN = 64 };

static void touch(struct fn_program *p, uint32_t slot, uint32_t step)
{
    struct fn_slot *h = &p->slots[p->slots[slot].home];
    h->first = step < h->first ? step : h->first;
    h->last = step > h->last ? step : h->last;
}

static void lifetimes(struct fn_program *p)
{
    for (uint32_t i = 0; i < p->n_slots; i++) {
        p->slots[i].first = FN_NONE;
        p->slots[i].last = 0;
    }
    for (uint32_t i = 0; i < p->n_steps; i++) {
        const struct fn_step *s = &p->steps[i];
        for (uint32_t k = 0; k < s->n_in; k++)
            touch(p, s->in[k], i);
        if (s->res != FN_NONE)
            touch(p, s->res, i);
        touch(p, s->out, i);
    }
    for (uint32_t i = 0; i < p->graph->n_inputs; i++)
        touch(p, p->inputs[i], 0);
    for (uint32_t i = 0; i < p->n_slots; i++) {
        if (p->slots[i].pinned)
            touch(p, i, p->n_steps);
        if (p->keep_all || p->train) {
            touch(p, i, 0);
            touch(p, i, p->n_steps);
        }
    }
}

static int larger_first(const void *a, const void *b)
{
    const struct fn_span *x = *(const struct fn_span *const *)a,
                         *y = *(const struct fn_span *const *)b;
    if (x->bytes != y->bytes)
        return x->bytes > y->bytes ? -1 : 1;
    return x < y ? -1 : 1;
}

static bool meet(const struct fn_span *a, const struct fn_span *b)
{
    return a->first <= b->last && b->first <= a->last;
}

/* The lowest offset at which s meets none of placed[0 .. n). Moves past the nearest obstacle
 * until none is left; offsets only grow, so it ends after at most n moves. */
static size_t lowest_offset(struct fn_span *const *placed, size_t n, const struct fn_span *s)
{
    size_t at = 0;
    bool moved;
    do {
        moved = false;
        for (size_t i = 0; i < n; i++) {
            const struct fn_span *q = placed[i];
            if (meet(q, s) && at < q->offset + q->bytes && q->offset < at + s->bytes) {
                at = q->offset + q->bytes;
                moved = true;
            }
        }
    } while (moved);
    return at;
}

int fn_plan_spans(struct fn_span *spans, size_t n, size_t *ret_bytes)
{
    struct fn_span **by_size = malloc((n + 1) * sizeof(struct fn_span *));
    if (!by_size)
        return -ENOMEM;
    size_t n_used = 0, total = 0;
    for (size_t i = 0; i < n; i++)
        if (spans[i].bytes) {
            spans[i].bytes = (spans[i].bytes + SLOT_ALIGN - 1) / SLOT_ALIGN * SLOT_ALIGN;
            by_size[n_used++] = &spans[i];
        }
    qsort(by_size, n_used, sizeof(struct fn_span *), larger_first);
    for (size_t i = 0; i < n_used; i++) {
        by_size[i]->offset = lowest_offset(by_size, i, by_size[i]);
        size_t end = by_size[i]->offset + by_size[i]->bytes;
        total = end > total ? end : total;
    }
    free(by_size);
    *ret_bytes = total;
    return 0;
}

int fn_program_plan(struct fn_program *p, struct fn_error *err)
{
    struct fn_span *spans = calloc(p->n_slots + 1, sizeof *spans);
    if (!spans)
        return fn_error_set(err, -ENOMEM, "out of memory");
    lifetimes(p);
    for (uint32_t i = 0; i < p->n_slots; i++)
        if (p->slots[i].home == i)
            spans[i] =
                (struct fn_span){.first = p->slots[i].first,
                                 .last = p->slots[i].last,
                                 .bytes = fn_slot_elements(&p->slots[i]) * sizeof(float)};
    int rc = fn_plan_spans(spans, p->n_slots, &p->arena_bytes);
    for (uint32_t i = 0; rc == 0 && i < p->n_slots; i++) {
        p->slots[i].bytes = spans[i].bytes;
        p->slots[i].offset = spans[i].offset;
    }
    free(spans);
    return rc ? fn_error_set(err, rc, "out of memory") : 0;
}
