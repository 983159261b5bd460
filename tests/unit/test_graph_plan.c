/* SPDX-License-Identifier: MIT */
/* The memory plan and the layouts of compiled random networks.
 *
 * The plan is checked by running the program on a shadow of the arena that holds, in place of
 * numbers, the identity of each float. Every step checks that everything it reads is still
 * there, and writes its results. So every harmful overlap, wrong lifetime or unsafe sharing is
 * found, whatever the cause. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "engine/graph/program.h"
#include "engine/kernels/cpu.h"
#include "random_net.h"

struct shadow {
    struct fn_program p;
    uint64_t *arena;    /* content of each float */
    uint64_t **content; /* [slot][element]: the expected content */
};

/* The offset of element e of a slot, in floats. Elements in NHWC order. */
static size_t address(const struct fn_program *p, uint32_t slot, size_t e)
{
    const struct fn_slot *s = &p->slots[slot];
    size_t base = p->slots[s->home].offset / sizeof(float) + s->channel;
    return base + e / s->dims[1] * fn_slot_stride(p, slot) + e % s->dims[1];
}

static void write_slot(struct shadow *s, uint32_t slot)
{
    for (size_t e = 0; e < fn_slot_elements(&s->p.slots[slot]); e++) {
        size_t at = address(&s->p, slot, e);
        assert_true(at < s->p.arena_bytes / sizeof(float));
        s->arena[at] = s->content[slot][e];
    }
}

static void read_slot(const struct shadow *s, uint32_t slot, uint64_t seed)
{
    for (size_t e = 0; e < fn_slot_elements(&s->p.slots[slot]); e++)
        if (s->arena[address(&s->p, slot, e)] != s->content[slot][e])
            fail_msg("seed %llu: slot %u was overwritten", (unsigned long long)seed, slot);
}

/* The floats of a concatenation are those of its parts. Everything else is new. */
static void make_content(struct shadow *s, const struct fn_step *step)
{
    const struct fn_slot *out = &s->p.slots[step->out];
    for (size_t e = 0; e < fn_slot_elements(out); e++) {
        uint64_t c = fn_mix64((uint64_t)step->out << 32 | e);
        size_t channel = e % out->dims[1], pixel = e / out->dims[1];
        for (uint32_t i = 0; step->op == FN_OP_CONCAT && i < step->n_in; i++) {
            size_t width = s->p.slots[step->in[i]].dims[1];
            if (channel < width) {
                c = s->content[step->in[i]][pixel * width + channel];
                break;
            }
            channel -= width;
        }
        s->content[step->out][e] = c;
    }
}

static void run_shadow(struct shadow *s, uint64_t seed)
{
    for (uint32_t i = 0; i < s->p.n_steps; i++) {
        const struct fn_step *step = &s->p.steps[i];
        for (uint32_t k = 0; k < step->n_in; k++)
            read_slot(s, step->in[k], seed);
        if (step->res != FN_NONE)
            read_slot(s, step->res, seed);
        make_content(s, step);
        write_slot(s, step->out);
        /* A step that overwrites its input may only do so where it reads the same element. */
        for (uint32_t k = 0; step->op == FN_OP_CONV && k < step->n_in; k++)
            read_slot(s, step->in[k], seed);
    }
    for (uint32_t i = 0; i < s->p.graph->n_outputs; i++)
        read_slot(s, s->p.outputs[i], seed);
    for (uint32_t i = 0; i < s->p.graph->n_inputs; i++)
        read_slot(s, s->p.inputs[i], seed);
}

static void check_plan(const struct fn_graph *g, const struct fn_exec_opts *o, uint64_t seed)
{
    struct shadow s;
    struct fn_error err = {0};
    assert_int_equal(fn_program_init(&s.p, g, o, fn_registry_default(), &err), 0);
    s.arena = calloc(s.p.arena_bytes / sizeof(float) + 1, sizeof *s.arena);
    s.content = calloc(s.p.n_slots, sizeof *s.content);
    assert_true(s.arena && s.content);
    for (uint32_t i = 0; i < s.p.n_slots; i++) {
        size_t n = fn_slot_elements(&s.p.slots[i]);
        s.content[i] = malloc(n * sizeof **s.content);
        assert_non_null(s.content[i]);
        for (size_t e = 0; e < n; e++)
            s.content[i][e] = fn_mix64((uint64_t)i << 32 | e);
    }
    for (uint32_t i = 0; i < g->n_inputs; i++)
        write_slot(&s, s.p.inputs[i]);
    run_shadow(&s, seed);
    for (uint32_t i = 0; i < s.p.n_slots; i++)
        free(s.content[i]);
    free(s.content);
    free(s.arena);
    fn_program_finish(&s.p);
}

static void test_plan(void **state)
{
    (void)state;
    uint64_t n = getenv("FN_TEST_FULL") ? 5000 : 400;
    for (uint64_t seed = 0; seed < n; seed++) {
        struct fn_graph g;
        struct fn_graph_builder *b = random_net(seed, &g);
        check_plan(&g, &(struct fn_exec_opts){.n = 1 + (seed & 1), .cpu_flags = FN_CPU_DETECT},
                   seed);
        check_plan(&g, &(struct fn_exec_opts){.keep_all = true}, seed);
        fn_graph_builder_destroy(b);
    }
}

/* Memory is shared: a chain of ten equal tensors fits into far fewer. */
static void test_reuse(void **state)
{
    (void)state;
    struct fn_graph_builder *b = fn_graph_builder_create();
    float w[9 * 8] = {0};
    uint32_t x = fn_graph_add_input(b, "x", 8, 16, 16);
    uint32_t weight = fn_graph_add_weight(b, "w", (uint32_t[]){8, 3, 3, 1}, w);
    struct fn_attr a = {.kh = 3, .kw = 3, .groups = 8, .pad_mode = FN_PAD_SAME};
    for (char name[] = "a"; name[0] < 'k'; name[0]++)
        x = fn_graph_add_node(b, name, FN_OP_CONV, (uint32_t[]){x, weight}, 2, &a);
    fn_graph_mark_output(b, x);
    struct fn_graph g;
    struct fn_program p;
    assert_int_equal(fn_graph_builder_finish(b, &g, NULL), 0);
    assert_int_equal(
        fn_program_init(&p, &g, &(struct fn_exec_opts){0}, fn_registry_default(), NULL), 0);
    assert_int_equal(p.arena_bytes,
                     3 * 16 * 16 * 8 * sizeof(float)); /* input, and two used alternately */
    fn_program_finish(&p);
    fn_graph_builder_destroy(b);
}

/* ---- layouts: kernels that need NCHW, put before the default ones ---- */

static void run_act_nchw(const struct fn_step *s)
{
    size_t n = (size_t)s->out_view.n * s->out_view.c * s->out_view.h * s->out_view.w;
    for (size_t i = 0; i < n; i++)
        s->out_view.data[i] = s->in_view[0].data[i] < 0 ? 0 : s->in_view[0].data[i];
}

static void run_add_nchw(const struct fn_step *s)
{
    size_t n = (size_t)s->out_view.n * s->out_view.c * s->out_view.h * s->out_view.w;
    for (size_t i = 0; i < n; i++)
        s->out_view.data[i] = s->in_view[0].data[i] + s->in_view[1].data[i];
}

static bool fits_relu(const struct fn_program *p, const struct fn_step *s)
{
    (void)p;
    return s->act == FN_ACT_RELU;
}

static bool fits_plain(const struct fn_program *p, const struct fn_step *s)
{
    (void)p;
    return s->act == FN_ACT_NONE;
}

static const struct fn_step_kernel act_nchw = {.name = "act nchw",
                                               .op = FN_OP_ACT,
                                               .in = FN_LAYOUT_NCHW,
                                               .out = FN_LAYOUT_NCHW,
                                               .fits = fits_relu,
                                               .run = run_act_nchw};
static const struct fn_step_kernel add_nchw = {.name = "add nchw",
                                               .op = FN_OP_ADD,
                                               .in = FN_LAYOUT_NCHW,
                                               .out = FN_LAYOUT_NCHW,
                                               .fits = fits_plain,
                                               .run = run_add_nchw};

static void count_nchw(const char *name, const char *kernel, const uint32_t d[4], uint64_t macs,
                       uint64_t ns, void *ctx)
{
    (void)name;
    (void)d;
    (void)macs;
    (void)ns;
    *(unsigned *)ctx += strstr(kernel, "nchw") != NULL;
}

static size_t volume(const uint32_t d[4])
{
    return (size_t)d[0] * d[1] * d[2] * d[3];
}

static void check_layouts(const struct fn_graph *g, const struct fn_registry *reg,
                          uint64_t seed, unsigned *used)
{
    struct fn_exec *ref = NULL, *x = NULL;
    uint32_t d[4];
    assert_int_equal(
        fn_exec_create(g, &(struct fn_exec_opts){.n = 2, .reference = true}, &ref, NULL), 0);
    assert_int_equal(fn_exec_create_with(g, &(struct fn_exec_opts){.n = 2}, reg, &x, NULL), 0);
    struct fn_rng r = fn_rng_init(seed, 6);
    float *in = fn_exec_input(ref, 0, d);
    random_floats(&r, in, volume(d));
    memcpy(fn_exec_input(x, 0, NULL), in, volume(d) * sizeof *in);
    assert_int_equal(fn_exec_run(ref), 0);
    assert_int_equal(fn_exec_run(x), 0);
    for (uint32_t i = 0; i < g->n_outputs; i++) {
        const float *a = fn_exec_output(ref, i, d), *b = fn_exec_output(x, i, d);
        for (size_t k = 0; k < volume(d); k++)
            if (!(fabsf(a[k] - b[k]) < 2e-5f * (1 + fabsf(a[k]))))
                fail_msg("seed %llu output %u", (unsigned long long)seed, i);
    }
    fn_exec_each_step(x, count_nchw, used);
    fn_exec_destroy(ref);
    fn_exec_destroy(x);
}

static void test_layouts(void **state)
{
    (void)state;
    const struct fn_registry *def = fn_registry_default();
    const struct fn_step_kernel **kernels = calloc(def->n + 2, sizeof *kernels);
    assert_non_null(kernels);
    kernels[0] = &act_nchw;
    kernels[1] = &add_nchw;
    for (size_t i = 0; i < def->n; i++)
        kernels[i + 2] = def->kernels[i];
    struct fn_registry reg = {kernels, def->n + 2};
    unsigned used = 0;
    for (uint64_t seed = 500; seed < 700; seed++) {
        struct fn_graph g;
        struct fn_graph_builder *b = random_net(seed, &g);
        check_layouts(&g, &reg, seed, &used);
        fn_graph_builder_destroy(b);
    }
    assert_true(used > 50); /* such steps and the reorders around them occurred */
    free(kernels);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_plan),
        cmocka_unit_test(test_reuse),
        cmocka_unit_test(test_layouts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
