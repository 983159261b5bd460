/* SPDX-License-Identifier: MIT */
/* A plain tape over the reference operators, as a template. Every value and its gradient stay
 * in memory. Forward runs in node order, backward in reverse. The includer defines REAL, VIEW,
 * CALL, OP_FORWARD, OP_BACKWARD (the members of struct fn_op), EPSILON and TAPE(name). Between
 * the pixels of activations there are `gap` numbers that are NaN and must remain so. */

struct TAPE(tape) {
    const struct fn_graph *g;
    uint32_t (*dims)[4];
    size_t gap;
    REAL **value, **grad; /* one per value of the graph */
};

static bool TAPE(is_weight)(const struct TAPE(tape) * t, uint32_t v)
{
    return t->g->values[v].kind == FN_VALUE_WEIGHT;
}

static size_t TAPE(count)(const struct TAPE(tape) * t, uint32_t v)
{
    const uint32_t *d = t->dims[v];
    return (size_t)d[0] * d[1] * d[2] * d[3];
}

/* The position of entry i of a value. */
static size_t TAPE(at)(const struct TAPE(tape) * t, uint32_t v, size_t i)
{
    size_t c = t->dims[v][1];
    return TAPE(is_weight)(t, v) ? i : i / c * (c + t->gap) + i % c;
}

static size_t TAPE(cap)(const struct TAPE(tape) * t, uint32_t v)
{
    return TAPE(at)(t, v, TAPE(count)(t, v) - 1) + 1 + t->gap;
}

static VIEW TAPE(view)(const struct TAPE(tape) * t, REAL *const *data, uint32_t v)
{
    if (v == FN_NONE)
        return (VIEW){0};
    const uint32_t *d = t->dims[v];
    return (VIEW){data[v], d[0], d[1], d[2], d[3], d[1] + t->gap};
}

static CALL TAPE(call)(const struct TAPE(tape) * t, const struct fn_node *n)
{
    CALL c = {.attr = &n->attr, .n_in = n->n_in, .out = TAPE(view)(t, t->value, n->out)};
    for (uint32_t i = 0; i < n->n_in; i++)
        c.in[i] = TAPE(view)(t, t->value, n->in[i]);
    return c;
}

static void TAPE(forward)(struct TAPE(tape) * t)
{
    for (uint32_t i = 0; i < t->g->n_nodes; i++) {
        CALL c = TAPE(call)(t, &t->g->nodes[i]);
        fn_op_get(t->g->nodes[i].op)->OP_FORWARD(&c);
    }
}

static void TAPE(fill)(struct TAPE(tape) * t, REAL *const *data, uint32_t v, REAL x)
{
    for (size_t i = 0; i < TAPE(count)(t, v); i++)
        data[v][TAPE(at)(t, v, i)] = x;
}

/* One node. wanted: one bit per input. */
static void TAPE(back_node)(struct TAPE(tape) * t, const struct fn_node *n, unsigned wanted)
{
    CALL c = TAPE(call)(t, n);
    VIEW to[FN_NODE_IN_MAX] = {0}, from = TAPE(view)(t, t->grad, n->out);
    for (uint32_t i = 0; i < n->n_in; i++)
        if (wanted >> i & 1)
            to[i] = TAPE(view)(t, t->grad, n->in[i]);
    fn_op_get(n->op)->OP_BACKWARD(&c, &from, to);
}

/* All gradients of the sum over outputs of seed[i] * out[i]. seed is continuous over the
 * outputs. */
static void TAPE(backward)(struct TAPE(tape) * t, const REAL *seed)
{
    for (uint32_t v = 0; v < t->g->n_values; v++)
        TAPE(fill)(t, t->grad, v, 0);
    for (uint32_t o = 0; o < t->g->n_outputs; o++) {
        uint32_t v = t->g->outputs[o];
        for (size_t i = 0; i < TAPE(count)(t, v); i++)
            t->grad[v][TAPE(at)(t, v, i)] += *seed++;
    }
    for (uint32_t i = t->g->n_nodes; i-- > 0;)
        TAPE(back_node)(t, &t->g->nodes[i], ~0u);
}

/* The outputs, one after the other. Returns their number. */
static size_t TAPE(outputs)(const struct TAPE(tape) * t, REAL *to)
{
    size_t n = 0;
    for (uint32_t o = 0; o < t->g->n_outputs; o++) {
        uint32_t v = t->g->outputs[o];
        for (size_t i = 0; i < TAPE(count)(t, v); i++, n++)
            if (to)
                to[n] = t->value[v][TAPE(at)(t, v, i)];
    }
    return n;
}

/* A number that changes when an activation bends elsewhere or a maximum moves. */
static uint64_t TAPE(signature)(struct TAPE(tape) * t)
{
    uint64_t h = 0;
    for (uint32_t k = 0; k < t->g->n_nodes; k++) {
        const struct fn_node *n = &t->g->nodes[k];
        bool routes = n->op == FN_OP_MAXPOOL || n->op == FN_OP_MAXOUT;
        if (!routes && n->op != FN_OP_ACT)
            continue;
        if (routes) { /* the distribution of different gradients shows which was largest */
            TAPE(fill)(t, t->grad, n->in[0], 0);
            for (size_t i = 0; i < TAPE(count)(t, n->out); i++)
                t->grad[n->out][TAPE(at)(t, n->out, i)] = (REAL)(i % 1021 + 1);
            TAPE(back_node)(t, n, 1);
        }
        for (size_t i = 0; i < TAPE(count)(t, n->in[0]); i++) {
            size_t at = TAPE(at)(t, n->in[0], i);
            REAL x = t->value[n->in[0]][at];
            uint64_t bits = x > 0;
            if (routes)
                bits = (uint64_t)t->grad[n->in[0]][at];
            else if (n->attr.act == FN_ACT_RELU6 && x >= 6)
                bits = 2;
            h = fn_mix64(h ^ bits);
        }
    }
    return h;
}

static void TAPE(check_gaps)(const struct TAPE(tape) * t)
{
    for (uint32_t v = 0; t->gap && v < t->g->n_values; v++)
        for (size_t i = 0, c = t->dims[v][1]; !TAPE(is_weight)(t, v) && i < TAPE(cap)(t, v);
             i++)
            if (i % (c + t->gap) >= c && !(isnan(t->value[v][i]) && isnan(t->grad[v][i])))
                fail_msg("'%s': something between pixels was written", t->g->values[v].name);
}

/* Weights from the graph, random inputs in [-range, range). */
static struct TAPE(tape)
    TAPE(create)(const struct fn_graph *g, uint32_t n, size_t gap, double range, uint64_t seed)
{
    struct TAPE(tape) t = {.g = g, .gap = gap};
    struct fn_error err = {0};
    t.dims = calloc(g->n_values, sizeof *t.dims);
    t.value = calloc(g->n_values, sizeof *t.value);
    t.grad = calloc(g->n_values, sizeof *t.grad);
    assert_true(t.dims && t.value && t.grad);
    if (fn_graph_infer(g, n, 0, 0, t.dims, &err))
        fail_msg("%s", err.text);
    struct fn_rng r = fn_rng_init(seed, 8);
    for (uint32_t v = 0; v < g->n_values; v++) {
        t.value[v] = malloc(TAPE(cap)(&t, v) * sizeof(REAL));
        t.grad[v] = malloc(TAPE(cap)(&t, v) * sizeof(REAL));
        assert_true(t.value[v] && t.grad[v]);
        for (size_t i = 0; i < TAPE(cap)(&t, v); i++)
            t.value[v][i] = t.grad[v][i] = (REAL)NAN;
        for (size_t i = 0; i < TAPE(count)(&t, v); i++)
            if (g->values[v].kind != FN_VALUE_ACTIVATION)
                t.value[v][TAPE(at)(&t, v, i)] =
                    TAPE(is_weight)(&t, v)
                        ? (REAL)g->values[v].data[i]
                        : (REAL)(float)(range * (2 * fn_rng_uniform(&r) - 1));
    }
    return t;
}

static void TAPE(destroy)(struct TAPE(tape) * t)
{
    for (uint32_t v = 0; v < t->g->n_values; v++) {
        free(t->value[v]);
        free(t->grad[v]);
    }
    free(t->value);
    free(t->grad);
    free(t->dims);
}

/* ---- difference quotients ---- */

/* (L(x + h) - L(x - h)) / 2h by one entry. False when there is a bend in between. base: the
 * signature at x. */
static bool TAPE(quotient)(struct TAPE(tape) * t, REAL *entry, REAL h, const REAL *seed,
                           REAL *out[2], uint64_t base, struct quotient *ret)
{
    REAL x = *entry;
    bool smooth = true;
    size_t n = 0;
    for (int side = 0; side < 2; side++) {
        *entry = side ? x - h : x + h;
        TAPE(forward)(t);
        n = TAPE(outputs)(t, out[side]);
        smooth = TAPE(signature)(t) == base && smooth;
    }
    double width = (double)(x + h) - (double)(x - h), sum = 0, size = 0;
    for (size_t i = 0; i < n; i++) {
        sum += (double)seed[i] * ((double)out[0][i] - (double)out[1][i]);
        size += fabs((double)seed[i] * (double)out[0][i]);
    }
    *entry = x;
    *ret = (struct quotient){sum / width, EPSILON * size / width};
    return smooth;
}

/* Compares the gradient of one value with the quotients of `draws` entries, or of all if it has
 * no more. */
static void TAPE(compare)(struct TAPE(tape) * t, uint32_t v, REAL h, const REAL *seed,
                          REAL *out[2], size_t draws, struct fn_rng *r, struct verdict *sum)
{
    size_t n = TAPE(count)(t, v);
    double largest = 0;
    REAL *g = malloc(n * sizeof *g); /* signatures use the gradients of the tape */
    assert_non_null(g);
    TAPE(forward)(t);
    TAPE(backward)(t, seed);
    for (size_t i = 0; i < n; i++) {
        g[i] = t->grad[v][TAPE(at)(t, v, i)];
        largest = fmax(largest, fabs((double)g[i]));
    }
    uint64_t base = TAPE(signature)(t);
    for (size_t k = 0; k < (n < draws ? n : draws); k++) {
        size_t i = n <= draws ? k : fn_rng_below(r, n);
        double a = (double)g[i];
        struct quotient q;
        sum->tried++;
        if (!TAPE(quotient)(t, &t->value[v][TAPE(at)(t, v, i)], h, seed, out, base, &q)) {
            sum->dropped++;
            continue;
        }
        double scale = fmax(fmax(fabs(a), fabs(q.value)), 1e-2 * largest);
        double error = fabs(a - q.value);
        sum->difference += error * error;
        error = scale > 0 ? error / scale : 0;
        if (!(q.rounding > 1e-6 * scale && error > 0))
            sum->worst = error > sum->worst || isnan(error) ? error : sum->worst;
        else
            sum->lost++;
        sum->norm += a * a;
    }
    free(g);
}

/* All inputs and weights of the graph. */
static struct verdict TAPE(check)(struct TAPE(tape) * t, REAL h, size_t draws, uint64_t seed)
{
    struct verdict sum = {0};
    struct fn_rng r = fn_rng_init(seed, 9);
    TAPE(forward)(t);
    size_t n = TAPE(outputs)(t, NULL);
    REAL *out[2] = {malloc(n * sizeof(REAL)), malloc(n * sizeof(REAL))};
    REAL *weights = malloc(n * sizeof *weights);
    assert_true(out[0] && out[1] && weights);
    for (size_t i = 0; i < n; i++)
        weights[i] = (REAL)(2 * fn_rng_uniform(&r) - 1);
    for (uint32_t v = 0; v < t->g->n_values; v++)
        if (t->g->values[v].kind != FN_VALUE_ACTIVATION)
            TAPE(compare)(t, v, h, weights, out, draws, &r, &sum);
    free(out[0]);
    free(out[1]);
    free(weights);
    TAPE(check_gaps)(t);
    return sum;
}
