/* SPDX-License-Identifier: MIT */
/* See conv.h. */
#include "engine/kernels/conv.h"

#include <string.h>

enum { BLOCK_TILES = 8, MERGE_MAX = 64, ALIGN_FLOATS = 16 };

static size_t ceil_div(size_t a, size_t b)
{
    return (a + b - 1) / b;
}

static size_t min_size(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Cycles of one step over k for a tile, for a core that does two multiply-adds and two loads a
 * cycle, each sum waiting four cycles for the one before. In quarters of a cycle, so that ties
 * are rare. */
static size_t step_cost(size_t mr, size_t nv)
{
    size_t fma = 2 * mr * nv, loads = 2 * (mr + nv) + 1, latency = 16;
    size_t most = fma > loads ? fma : loads;
    return (most > latency ? most : latency) + nv;
}

/* The panel width for which all tiles together cost least. */
static size_t choose_nv(const struct fn_conv_table *t, size_t vectors, size_t pixels)
{
    size_t best = 1, best_cost = SIZE_MAX;
    for (size_t nv = 1; nv <= min_size(t->nv, vectors); nv++) {
        size_t cost = 0;
        for (size_t v = 0; v < vectors; v += nv) {
            size_t width = min_size(nv, vectors - v),
                   tiles = ceil_div(pixels, t->mr[width - 1]);
            cost += tiles * step_cost(ceil_div(pixels, tiles), width);
        }
        if (cost < best_cost) {
            best = nv;
            best_cost = cost;
        }
    }
    return best;
}

static bool needs_left_or_right(const struct fn_conv_spec *s)
{
    return s->pad_left > 0 ||
           (size_t)(s->ow - 1) * s->stride_w + (size_t)(s->kw - 1) * s->dil_w >= s->w;
}

static void conv_plan(struct fn_conv *cv, const struct fn_conv_spec *s,
                      const struct fn_conv_table *t)
{
    *cv = (struct fn_conv){.spec = *s, .tiles = t};
    cv->gc = s->c / s->groups;
    cv->goc = s->oc / s->groups;
    bool contiguous = s->kw == 1 || (s->dil_w == 1 && s->groups == 1 && s->in_stride == s->c);
    cv->merged = contiguous && (!needs_left_or_right(s) || s->kw * cv->gc <= MERGE_MAX);
    cv->taps = cv->merged ? s->kh : (size_t)s->kh * s->kw;
    cv->k = cv->merged ? s->kw * cv->gc : cv->gc;
    cv->pointwise = s->kh == 1 && s->kw == 1 && s->oh == s->h && s->ow == s->w &&
                    s->pad_top == 0 && s->pad_left == 0 && s->stride_h == 1 && s->stride_w == 1;
    size_t pixels = (size_t)s->n * s->oh * s->ow, vectors = ceil_div(cv->goc, t->lanes);
    cv->nv = choose_nv(t, vectors, pixels);
    cv->panels = ceil_div(vectors, cv->nv);
    cv->panel_size = cv->taps * cv->k * cv->nv * t->lanes;
    size_t mr = t->mr[cv->nv - 1], tiles = ceil_div(pixels, mr);
    cv->block = mr * ceil_div(tiles, ceil_div(tiles, BLOCK_TILES));
}

/* Carves the pieces out of mem; with mem NULL only counts. Returns bytes, 0 on overflow. */
static size_t conv_carve(struct fn_conv *cv, char *mem)
{
    size_t pad_oc = cv->spec.groups * cv->panels * cv->nv * cv->tiles->lanes;
    size_t counts[6] = {0, pad_oc, pad_oc, cv->k, 0, 0}, total = 0, offset[6];
    if (__builtin_mul_overflow(cv->panel_size, cv->panels * cv->spec.groups, &counts[0]))
        return 0;
    if (cv->merged && needs_left_or_right(&cv->spec))
        counts[4] = cv->block * cv->taps * cv->k;
    counts[5] = (cv->block * cv->taps * sizeof *cv->rows + sizeof(float) - 1) / sizeof(float);
    for (int i = 0; i < 6; i++) {
        offset[i] = total;
        size_t padded = ceil_div(counts[i], ALIGN_FLOATS) * ALIGN_FLOATS;
        if (__builtin_add_overflow(total, padded * sizeof(float), &total))
            return 0;
    }
    if (mem) {
        float **piece[5] = {&cv->weight, &cv->bias, &cv->slope, &cv->zeros, &cv->patch};
        for (int i = 0; i < 5; i++)
            *piece[i] = (float *)(void *)(mem + offset[i]);
        cv->rows = (const float **)(void *)(mem + offset[5]);
    }
    return total;
}

size_t fn_conv_bytes(const struct fn_conv_spec *s, const struct fn_conv_table *t)
{
    struct fn_conv cv;
    conv_plan(&cv, s, t);
    return conv_carve(&cv, NULL);
}

/* The panel of outputs o0 .. o0 + n: [tap][i][width]; w: weights of output o0, [o][taps * k].
 */
static void pack_panel(float *dst, const float *w, size_t depth, size_t n, size_t width)
{
    for (size_t i = 0; i < depth; i++)
        for (size_t o = 0; o < n; o++)
            dst[i * width + o] = w[o * depth + i];
}

static size_t panel_vectors(const struct fn_conv *cv, size_t panel)
{
    size_t left = cv->goc - panel * cv->nv * cv->tiles->lanes;
    return min_size(cv->nv, ceil_div(left, cv->tiles->lanes));
}

void fn_conv_init(struct fn_conv *cv, const struct fn_conv_spec *s,
                  const struct fn_conv_table *t, const float *weight, const float *bias,
                  const float *slope, void *mem)
{
    conv_plan(cv, s, t);
    conv_carve(cv, mem);
    fn_conv_weights(cv, weight, bias, slope);
}

void fn_conv_weights(struct fn_conv *cv, const float *weight, const float *bias,
                     const float *slope)
{
    const struct fn_conv_spec *s = &cv->spec;
    size_t lanes = cv->tiles->lanes, depth = cv->taps * cv->k, width = cv->nv * lanes;
    for (size_t g = 0; g < s->groups; g++) {
        for (size_t p = 0; p < cv->panels; p++) {
            size_t o = p * width, n = min_size(width, cv->goc - o), first = g * cv->goc + o;
            size_t at = g * cv->panels + p;
            pack_panel(cv->weight + at * cv->panel_size, weight + first * depth, depth, n,
                       panel_vectors(cv, p) * lanes);
            if (bias)
                memcpy(cv->bias + at * width, bias + first, n * sizeof *bias);
            if (slope)
                memcpy(cv->slope + at * width, slope + first, n * sizeof *slope);
        }
    }
}

/* Pixels slot .. slot + count of a block, neighbours in one output row that starts at ox. */
struct run {
    size_t slot, count;
    ptrdiff_t ix; /* input column of the first window's left edge */
};

/* Output columns of the run, from its start, whose input column ix + i * stride is inside [0,
 * w). */
static void inside_run(const struct fn_conv_spec *s, const struct run *r, ptrdiff_t ix,
                       size_t reach, size_t *from, size_t *to)
{
    ptrdiff_t stride = (ptrdiff_t)s->stride_w, last = (ptrdiff_t)s->w - (ptrdiff_t)reach;
    ptrdiff_t first = ix < 0 ? (-ix + stride - 1) / stride : 0;
    ptrdiff_t end = last >= ix ? (last - ix) / stride + 1 : 0, count = (ptrdiff_t)r->count;
    end = end < count ? end : count;
    *from = (size_t)(first < end ? first : end);
    *to = (size_t)end;
}

/* A row of a window that sticks out sideways, as a copy with zeros. */
static const float *patch_row(const struct fn_conv *cv, const float *in_row, ptrdiff_t ix,
                              float *patch)
{
    const struct fn_conv_spec *s = &cv->spec;
    for (ptrdiff_t x = 0; x < (ptrdiff_t)s->kw; x++) {
        bool inside = ix + x >= 0 && ix + x < (ptrdiff_t)s->w;
        const float *from = inside ? in_row + (ix + x) * (ptrdiff_t)s->in_stride : cv->zeros;
        memcpy(patch + (size_t)x * cv->gc, from, cv->gc * sizeof(float));
    }
    return patch;
}

/* One tap of all pixels of a run: tap number t, which begins dx columns right of the window's
 * edge. */
static void run_tap(const struct fn_conv *cv, const struct run *r, const float *in_row,
                    size_t t, ptrdiff_t dx)
{
    const struct fn_conv_spec *s = &cv->spec;
    const float **ret = cv->rows + r->slot * cv->taps + t;
    size_t from, to, step = s->stride_w * s->in_stride;
    inside_run(s, r, r->ix + dx, cv->merged ? s->kw : 1, &from, &to);
    for (size_t i = 0; i < r->count; i++) {
        if (i == from && from < to) { /* the whole inside in one call */
            const float *p =
                in_row + (r->ix + dx + (ptrdiff_t)(i * s->stride_w)) * (ptrdiff_t)s->in_stride;
            for (; i < to; i++, p += step)
                ret[i * cv->taps] = p;
            if (i == r->count)
                break;
        }
        ptrdiff_t ix = r->ix + (ptrdiff_t)(i * s->stride_w);
        float *patch = cv->patch + ((r->slot + i) * cv->taps + t) * cv->k;
        ret[i * cv->taps] = cv->merged ? patch_row(cv, in_row, ix, patch) : cv->zeros;
    }
}

static void setup_run(const struct fn_conv *cv, const float *in, const struct run *r, size_t oy)
{
    const struct fn_conv_spec *s = &cv->spec;
    ptrdiff_t iy = (ptrdiff_t)(oy * s->stride_h) - (ptrdiff_t)s->pad_top;
    size_t per_row = cv->merged ? 1 : s->kw, t = 0;
    for (uint32_t ky = 0; ky < s->kh; ky++, iy += s->dil_h)
        for (size_t kx = 0; kx < per_row; kx++, t++) {
            if (iy >= 0 && iy < (ptrdiff_t)s->h) {
                run_tap(cv, r, in + (size_t)iy * s->w * s->in_stride, t,
                        (ptrdiff_t)(kx * s->dil_w));
                continue;
            }
            for (size_t i = 0; i < r->count; i++)
                cv->rows[(r->slot + i) * cv->taps + t] = cv->zeros;
        }
}

/* Points cv->rows at what output pixels p .. p + count (of all pictures) read. */
static void setup_block(const struct fn_conv *cv, const float *in, size_t p, size_t count)
{
    const struct fn_conv_spec *s = &cv->spec;
    if (cv->pointwise) {
        for (size_t i = 0; i < count; i++)
            cv->rows[i] = in + (p + i) * s->in_stride;
        return;
    }
    struct run r = {0};
    for (; r.slot < count; r.slot += r.count) {
        size_t row = (p + r.slot) / s->ow, ox = (p + r.slot) % s->ow, image = row / s->oh;
        r.count = min_size(count - r.slot, s->ow - ox);
        r.ix = (ptrdiff_t)(ox * s->stride_w) - (ptrdiff_t)s->pad_left;
        setup_run(cv, in + image * s->h * s->w * s->in_stride, &r, row % s->oh);
    }
}

/* All tiles of one panel over a block; t holds what they share. Sizes differ by at most one
 * pixel. */
static void run_panel(const struct fn_conv *cv, struct fn_conv_tile t, size_t nv, size_t count)
{
    size_t tiles = ceil_div(count, cv->tiles->mr[nv - 1]);
    size_t base = count / tiles, larger = count % tiles;
    for (size_t i = 0; i < tiles; i++) {
        size_t mr = base + (i < larger);
        cv->tiles->tile[nv - 1][mr - 1](&t);
        t.rows += mr * t.taps;
        t.out += mr * t.out_stride;
        if (t.res)
            t.res += mr * t.res_stride;
    }
}

static void run_block(const struct fn_conv *cv, size_t group, const float *res, float *out,
                      size_t count)
{
    const struct fn_conv_spec *s = &cv->spec;
    size_t width = cv->nv * cv->tiles->lanes;
    for (size_t p = 0; p < cv->panels; p++) {
        size_t at = group * cv->panels + p, o = p * width;
        struct fn_conv_tile t = {
            .rows = cv->rows,
            .taps = cv->taps,
            .k = cv->k,
            .w = cv->weight + at * cv->panel_size,
            .bias = cv->bias + at * width,
            .slope = cv->slope + at * width,
            .res = res ? res + o : NULL,
            .res_stride = s->res_stride,
            .out = out + o,
            .out_stride = s->out_stride,
            .n = min_size(width, cv->goc - o),
            .act = s->act,
        };
        run_panel(cv, t, panel_vectors(cv, p), count);
    }
}

void fn_conv_run(const struct fn_conv *cv, const float *in, const float *res, float *out)
{
    const struct fn_conv_spec *s = &cv->spec;
    size_t pixels = (size_t)s->n * s->oh * s->ow;
    for (size_t p = 0; p < pixels; p += cv->block) {
        size_t count = min_size(cv->block, pixels - p);
        for (size_t g = 0; g < s->groups; g++) {
            size_t o = g * cv->goc;
            setup_block(cv, in + g * cv->gc, p, count);
            run_block(cv, g, res ? res + p * s->res_stride + o : NULL,
                      out + p * s->out_stride + o, count);
        }
    }
}
