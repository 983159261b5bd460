/* SPDX-License-Identifier: MIT */
/* Which slots share memory.
 *
 * A part of a concatenation is written straight into its slice of the result's pixels. An
 * element-by-element step, or a convolution that adds a residual, writes over the tensor it
 * reads at the same places, when nothing in that memory is needed afterwards. Both only in
 * NHWC, and never over what the caller fills or reads. */
#include "engine/graph/program.h"

/* ---- concatenation ---- */

static bool free_to_move(const struct fn_program *p, uint32_t slot)
{
    const struct fn_slot *s = &p->slots[slot];
    return s->home == slot && !s->pinned && s->layout == FN_LAYOUT_NHWC;
}

static void share_concat(struct fn_program *p, const struct fn_step *s)
{
    size_t channel = 0;
    for (uint32_t i = 0; i < s->n_in; i++) {
        struct fn_slot *part = &p->slots[s->in[i]];
        if (free_to_move(p, s->in[i])) { /* no longer, when it appears again */
            part->home = s->out;
            part->channel = channel;
        }
        channel += part->dims[1];
    }
}

/* Follows a slice of a slice to the slot that owns the memory. */
static void flatten(struct fn_program *p)
{
    for (uint32_t i = 0; i < p->n_slots; i++) {
        struct fn_slot *s = &p->slots[i];
        while (p->slots[s->home].home != s->home) {
            s->channel += p->slots[s->home].channel;
            s->home = p->slots[s->home].home;
        }
    }
}

/* ---- in place ---- */

/* How often steps from index on read anything in home's memory. */
static uint32_t reads_of_home(const struct fn_program *p, uint32_t home, uint32_t index)
{
    uint32_t reads = 0;
    for (uint32_t i = index; i < p->n_steps; i++) {
        const struct fn_step *s = &p->steps[i];
        reads += s->res != FN_NONE && p->slots[s->res].home == home;
        for (uint32_t k = 0; k < s->n_in; k++)
            reads += p->slots[s->in[k]].home == home;
    }
    return reads;
}

/* Whether home's memory is a whole tensor of the shape of out, and is not used outside the
 * program. */
static bool whole_and_ours(const struct fn_program *p, uint32_t home, uint32_t out)
{
    const struct fn_slot *h = &p->slots[home], *o = &p->slots[out];
    for (int i = 0; i < 4; i++)
        if (h->dims[i] != o->dims[i])
            return false;
    for (uint32_t i = 0; i < p->n_slots; i++)
        if (p->slots[i].home == home && p->slots[i].pinned)
            return false;
    return h->layout == FN_LAYOUT_NHWC && o->layout == FN_LAYOUT_NHWC;
}

static bool owns_only_itself(const struct fn_program *p, uint32_t slot)
{
    for (uint32_t i = 0; i < p->n_slots; i++)
        if ((i == slot) != (p->slots[i].home == slot))
            return false;
    return true;
}

static bool try_overwrite(struct fn_program *p, uint32_t index, uint32_t target)
{
    uint32_t out = p->steps[index].out, home = p->slots[target].home;
    if (p->slots[target].dims[1] != p->slots[home].dims[1] || !owns_only_itself(p, out))
        return false;
    if (!whole_and_ours(p, home, out) || reads_of_home(p, home, index) != 1)
        return false;
    p->slots[out].home = home;
    return true;
}

static void overwrite(struct fn_program *p, uint32_t index)
{
    const struct fn_step *s = &p->steps[index];
    if (s->op == FN_OP_CONV && s->res != FN_NONE)
        try_overwrite(p, index, s->res);
    if (s->op == FN_OP_ADD || s->op == FN_OP_ACT || s->op == FN_OP_AFFINE)
        for (uint32_t i = 0; i < s->n_in && !try_overwrite(p, index, s->in[i]); i++)
            continue;
}

void fn_program_alias(struct fn_program *p)
{
    if (p->keep_all || p->reference)
        return;
    for (uint32_t i = 0; i < p->n_steps; i++)
        if (p->steps[i].op == FN_OP_CONCAT && p->steps[i].kernel->out == FN_LAYOUT_NHWC)
            share_concat(p, &p->steps[i]);
    flatten(p);
    for (uint32_t i = 0; i < p->n_steps && !p->train; i++)
        overwrite(p, i);
}
