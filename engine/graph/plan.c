/* The memory plan: every home slot lives from the step that first writes it to the step that last reads it;
 * two that live at the same time never overlap. Largest first, each at the lowest offset that is free
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
        if (p->keep_all) {
            touch(p, i, 0);
            touch(p, i, p->n_steps);
        }
    }
}

static int larger_first(const void *a, const void *b)
{
    const struct fn_slot *x = *(const struct fn_slot *const *)a,
                         *y = *(const struct fn_slot *const *)b;
    if (x->bytes != y->bytes)
        return x->bytes > y->bytes ? -1 : 1;
    return x < y ? -1 : 1;
}

static bool meet(const struct fn_slot *a, const struct fn_slot *b)
{
    return a->first <= b->last && b->first <= a->last;
}

/* The lowest offset at which s meets none of placed[0 .. n). Moves past the nearest obstacle until none is
 * left; offsets only grow, so it ends after at most n moves. */
static size_t lowest_offset(struct fn_slot *const *placed, size_t n, const struct fn_slot *s)
{
    size_t at = 0;
    bool moved;
    do {
        moved = false;
        for (size_t i = 0; i < n; i++) {
            const struct fn_slot *q = placed[i];
            if (meet(q, s) && at < q->offset + q->bytes && q->offset < at + s->bytes) {
                at = q->offset + q->bytes;
                moved = true;
            }
        }
    } while (moved);
    return at;
}

int fn_program_plan(struct fn_program *p, struct fn_error *err)
{
    struct fn_slot **homes = malloc((p->n_slots + 1) * sizeof(struct fn_slot *));
    if (!homes)
        return fn_error_set(err, -ENOMEM, "out of memory");
    lifetimes(p);
    size_t n = 0;
    for (uint32_t i = 0; i < p->n_slots; i++)
        if (p->slots[i].home == i) {
            size_t bytes = fn_slot_elements(&p->slots[i]) * sizeof(float);
            p->slots[i].bytes = (bytes + SLOT_ALIGN - 1) / SLOT_ALIGN * SLOT_ALIGN;
            homes[n++] = &p->slots[i];
        }
    qsort(homes, n, sizeof(struct fn_slot *), larger_first);
    p->arena_bytes = 0;
    for (size_t i = 0; i < n; i++) {
        homes[i]->offset = lowest_offset(homes, i, homes[i]);
        size_t end = homes[i]->offset + homes[i]->bytes;
        p->arena_bytes = end > p->arena_bytes ? end : p->arena_bytes;
    }
    free(homes);
    return 0;
}
