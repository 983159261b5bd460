/* SPDX-License-Identifier: MIT */
/* See optim.h. */
#include "engine/train/optim.h"

#include <errno.h>
#include <math.h>
#include <string.h>

enum { ITEM = 1 << 15 }; /* floats */

struct fn_optim_opts fn_optim_default(enum fn_optim_kind kind)
{
    switch (kind) {
    case FN_OPTIM_MOMENTUM:
        return (struct fn_optim_opts){
            .kind = kind, .momentum = .9f, .weight_decay = 5e-4f, .max_norm = 10};
    case FN_OPTIM_ADAMW:
        return (struct fn_optim_opts){.kind = kind,
                                      .momentum = .9f,
                                      .beta2 = .999f,
                                      .eps = 1e-8f,
                                      .weight_decay = .01f,
                                      .max_norm = 10};
    case FN_OPTIM_ADAGRAD:
    default:
        return (struct fn_optim_opts){.kind = FN_OPTIM_ADAGRAD, .eps = 1e-10f, .max_norm = 10};
    }
}

int fn_optim_init(struct fn_optim *m, const struct fn_optim_opts *o, size_t size)
{
    *m = (struct fn_optim){.o = *o, .size = size};
    size_t arrays = o->kind == FN_OPTIM_ADAMW ? 2 : 1;
    if (fn_arena_init(&m->memory, (size * arrays + 1) * sizeof(float)))
        return -ENOMEM;
    m->s1 = (float *)(void *)m->memory.base;
    m->s2 = arrays == 2 ? m->s1 + size : NULL;
    if (o->kind == FN_OPTIM_ADAGRAD && o->initial != 0)
        for (size_t i = 0; i < size; i++)
            m->s1[i] = o->initial;
    return 0;
}

void fn_optim_finish(struct fn_optim *m)
{
    if (!m)
        return;
    fn_arena_finish(&m->memory);
    *m = (struct fn_optim){0};
}

/* ---- a step over a range ---- */

struct range {
    size_t from, n;
    bool decay;
};

struct step {
    struct fn_optim *m;
    float *w;
    const float *grad;
    double lr, scale;     /* of the gradient */
    double first, second; /* AdamW: divisors of the means */
    const struct range *ranges;
    double *sums;
};

static void adagrad(const struct step *s, const struct range *r)
{
    float lr = (float)s->lr, scale = (float)s->scale, eps = s->m->o.eps;
    float *restrict w = s->w + r->from, *restrict a = s->m->s1 + r->from;
    const float *restrict grad = s->grad + r->from;
    for (size_t i = 0; i < r->n; i++) {
        float g = grad[i] * scale;
        a[i] += g * g;
        w[i] -= lr * g / (sqrtf(a[i]) + eps);
    }
}

static void momentum(const struct step *s, const struct range *r)
{
    float lr = (float)s->lr, scale = (float)s->scale, mu = s->m->o.momentum;
    float decay = r->decay ? s->m->o.weight_decay : 0;
    float *restrict w = s->w + r->from, *restrict v = s->m->s1 + r->from;
    const float *restrict grad = s->grad + r->from;
    for (size_t i = 0; i < r->n; i++) {
        v[i] = mu * v[i] + grad[i] * scale + decay * w[i];
        w[i] -= lr * v[i];
    }
}

static void adamw(const struct step *s, const struct range *r)
{
    const struct fn_optim_opts *o = &s->m->o;
    float lr = (float)s->lr, scale = (float)s->scale, decay = r->decay ? o->weight_decay : 0;
    float first = (float)(1 / s->first), second = (float)(1 / s->second);
    float *restrict w = s->w + r->from, *restrict m = s->m->s1 + r->from,
                    *restrict v = s->m->s2 + r->from;
    const float *restrict grad = s->grad + r->from;
    for (size_t i = 0; i < r->n; i++) {
        float g = grad[i] * scale;
        m[i] = o->momentum * m[i] + (1 - o->momentum) * g;
        v[i] = o->beta2 * v[i] + (1 - o->beta2) * g * g;
        w[i] -= lr * (m[i] * first / (sqrtf(v[i] * second) + o->eps) + decay * w[i]);
    }
}

static void step_range(void *ctx, unsigned thread, size_t item)
{
    const struct step *s = ctx;
    (void)thread;
    const struct range *r = &s->ranges[item];
    if (s->m->o.kind == FN_OPTIM_ADAGRAD)
        adagrad(s, r);
    else if (s->m->o.kind == FN_OPTIM_MOMENTUM)
        momentum(s, r);
    else
        adamw(s, r);
}

static void square_range(void *ctx, unsigned thread, size_t item)
{
    const struct step *s = ctx;
    (void)thread;
    const struct range *r = &s->ranges[item];
    double sum = 0;
    for (size_t i = r->from; i < r->from + r->n; i++)
        sum += (double)s->grad[i] * (double)s->grad[i];
    s->sums[item] = sum;
}

static bool step_ranges(struct step *s, size_t n, struct fn_team *team, double *ret_norm)
{
    double sum = 0, norm;
    fn_team_run(team, square_range, s, n);
    for (size_t i = 0; i < n; i++)
        sum += s->sums[i];
    norm = sqrt(sum);
    if (ret_norm)
        *ret_norm = norm;
    if (!isfinite(norm))
        return false;
    const struct fn_optim_opts *o = &s->m->o;
    s->scale = o->max_norm > 0 && norm > (double)o->max_norm ? (double)o->max_norm / norm : 1;
    s->m->steps++;
    s->first = 1 - pow((double)o->momentum, (double)s->m->steps);
    s->second = 1 - pow((double)o->beta2, (double)s->m->steps);
    fn_team_run(team, step_range, s, n);
    return true;
}

static size_t cut(size_t from, size_t n, bool decay, struct range *ranges)
{
    size_t k = 0;
    for (size_t done = 0; done < n; done += ITEM, k++) {
        size_t part = n - done < ITEM ? n - done : ITEM;
        if (ranges)
            ranges[k] = (struct range){from + done, part, decay};
    }
    return k;
}

static size_t cut_params(const struct fn_params *p, struct range *ranges)
{
    size_t n = 0;
    for (size_t i = 0; i < p->n; i++)
        if (!p->list[i].frozen)
            n += cut(p->list[i].offset, p->list[i].count, p->list[i].decay,
                     ranges ? ranges + n : NULL);
    return n;
}

/* The memory of a step is small, and a step takes seconds. Out of memory is treated like a step
 * that could not be done. */
static bool step_with(struct step *s, struct range *ranges, size_t n, struct fn_team *team,
                      double *ret_norm)
{
    struct fn_arena sums;
    if (fn_arena_init(&sums, (n + 1) * sizeof *s->sums))
        return false;
    s->ranges = ranges;
    s->sums = (double *)(void *)sums.base;
    bool ok = step_ranges(s, n, team, ret_norm);
    fn_arena_finish(&sums);
    return ok;
}

bool fn_optim_step(struct fn_optim *m, struct fn_params *p, const float *grad, double lr,
                   struct fn_team *team, double *ret_norm)
{
    struct step s = {.m = m, .w = p->w, .grad = grad, .lr = lr};
    struct fn_arena memory;
    size_t n = cut_params(p, NULL);
    if (fn_arena_init(&memory, (n + 1) * sizeof(struct range)))
        return false;
    struct range *ranges = (struct range *)(void *)memory.base;
    cut_params(p, ranges);
    bool ok = step_with(&s, ranges, n, team, ret_norm);
    fn_arena_finish(&memory);
    return ok;
}

bool fn_optim_step_array(struct fn_optim *m, float *w, size_t n, const float *grad, double lr,
                         struct fn_team *team, double *ret_norm)
{
    struct step s = {.m = m, .w = w, .grad = grad, .lr = lr};
    struct fn_arena memory;
    size_t n_ranges = cut(0, n, true, NULL);
    if (fn_arena_init(&memory, (n_ranges + 1) * sizeof(struct range)))
        return false;
    struct range *ranges = (struct range *)(void *)memory.base;
    cut(0, n, true, ranges);
    bool ok = step_with(&s, ranges, n_ranges, team, ret_norm);
    fn_arena_finish(&memory);
    return ok;
}

/* ---- schedule ---- */

double fn_schedule_at(const struct fn_schedule *s, uint64_t step)
{
    if (step < s->warm_up)
        return (double)(step + 1) / (double)(s->warm_up + 1);
    double span = s->total > s->warm_up ? (double)(s->total - s->warm_up) : 1;
    double t = fmin((double)(step - s->warm_up) / span, 1);
    if (s->kind == FN_SCHEDULE_COSINE)
        return s->floor + (1 - s->floor) * .5 * (1 + cos(t * 3.14159265358979323846));
    if (s->kind == FN_SCHEDULE_STEPS)
        return pow(s->factor, (double)(t >= .5) + (double)(t >= .75) + (double)(t >= .875));
    return 1;
}
