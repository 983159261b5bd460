/* SPDX-License-Identifier: MIT */
/* .fnm files: what is written is read back, the version rule, and that no hostile file is
 * trusted. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "engine/base/endian.h"
#include "engine/model/container.h"
#include "engine/model/import.h"
#include "tests/unit/model_bytes.h"

enum { CAP = 1 << 20 };

static const float anchors[8] = {.1f, .2f, .3f, .4f, .5f, .6f, .7f, .8f};

/* The sample ONNX network, presented as a detector with everything set. */
static void make(struct fn_buf *out)
{
    struct fn_buf b;
    struct fn_error err = {0};
    struct fn_graph_builder *gb = fn_graph_builder_create();
    struct fn_model m = {.role = FN_ROLE_DETECTOR, .feature_output = 0, .feature_width = 5};
    fn_buf_init(&b, CAP);
    sample_onnx(&b);
    if (fn_import_onnx((const uint8_t *)b.data, b.len, gb, &m.graph, &err))
        fail_msg("%s", err.text);
    memset(m.id.b, 0xab, sizeof m.id.b);
    m.pre = (struct fn_preprocess){.mean = {1.5f, 2, 3},
                                   .scale = {.1f, .2f, .3f},
                                   .grey = {.299f, .587f, .114f},
                                   .colour = FN_COLOUR_GREY,
                                   .transposed = true,
                                   .fit = FN_FIT_CENTRE,
                                   .width = 4,
                                   .height = 4};
    m.decode = (struct fn_decode){.kind = FN_DECODE_ANCHORS_SIGMOID,
                                  .n_levels = 1,
                                  .var_centre = .1f,
                                  .var_size = .2f,
                                  .anchors = anchors,
                                  .n_anchors = 2,
                                  .nms_iou = .4f,
                                  .min_score = .5f,
                                  .face_class = 1,
                                  .n_classes = 3,
                                  .level = {{.n_anchors = 2, .side = {10, 16}}}};
    m.align = (struct fn_align){.chip = 112,
                                .n_points = 2,
                                .point = {{36, 41, 38.2946f, 51.6963f}, {30, 30, 1, 2}},
                                .crop_scale = 1.15f,
                                .second_pass = true,
                                .second_padding = .25f};
    m.calibration = (struct fn_calibration){.far_d2 = {1.25f, 1.125f, 0},
                                            .pair_d2 = 1.5f,
                                            .single_d2 = .75f,
                                            .group_d2 = 1.0625f,
                                            .net_d2 = .5f,
                                            .decade_d2 = .3125f,
                                            .logistic_a = 8.5f,
                                            .logistic_b = 6.5f,
                                            .flip = true,
                                            .people = 98,
                                            .pictures = 1845,
                                            .same_pairs = 17000,
                                            .different_pairs = UINT64_C(5000000000),
                                            .date = "2025-01-31"};
    m.card = (struct fn_card){
        .name = "sample", .licence = "none \xc3\xa9", .origin = "made by hand"};
    assert_int_equal(fn_model_encode(&m, out, &err), 0);
    fn_graph_builder_destroy(gb);
    fn_buf_finish(&b);
}

static void fix_checksum(struct fn_buf *b)
{
    fn_put_le64(b->data + FN_FNM_AT_SIZE, b->len);
    fn_put_le64(b->data + FN_FNM_AT_CHECKSUM,
                fn_hash64(b->data + FN_FNM_CHECKED_FROM, b->len - FN_FNM_CHECKED_FROM));
}

static int parse(const struct fn_buf *b, struct fn_model **m)
{
    struct fn_error err = {0};
    *m = NULL;
    int rc = fn_model_parse((const uint8_t *)b->data, b->len, m, &err);
    assert_true(rc == 0 || (err.text[0] && err.code == rc));
    return rc;
}

static void same_graph(const struct fn_graph *a, const struct fn_graph *b)
{
    assert_int_equal(a->n_values, b->n_values);
    assert_int_equal(a->n_nodes, b->n_nodes);
    for (uint32_t i = 0; i < a->n_values; i++) {
        const struct fn_value *x = &a->values[i], *y = &b->values[i];
        assert_string_equal(x->name, y->name);
        assert_memory_equal(x->dims, y->dims, sizeof x->dims);
        size_t n = (size_t)x->dims[0] * x->dims[1] * x->dims[2] * x->dims[3];
        if (x->kind == FN_VALUE_WEIGHT) {
            assert_memory_equal(x->data, y->data, n * sizeof(float));
            assert_int_equal((uintptr_t)y->data % 64, 0);
        }
    }
    for (uint32_t i = 0; i < a->n_nodes; i++)
        assert_memory_equal(&a->nodes[i].attr, &b->nodes[i].attr, sizeof a->nodes[i].attr);
}

static void test_round_trip(void **state)
{
    (void)state;
    struct fn_buf a, b;
    struct fn_model *m;
    struct fn_error err = {0};
    fn_buf_init(&a, CAP);
    fn_buf_init(&b, CAP);
    make(&a);
    assert_int_equal(parse(&a, &m), 0);
    assert_int_equal(m->role, FN_ROLE_DETECTOR);
    assert_int_equal(m->id.b[15], 0xab);
    assert_float_equal(m->pre.mean[0], 1.5f, 0);
    assert_true(m->pre.scale[2] == .3f && m->pre.grey[1] == .587f && m->pre.transposed);
    assert_int_equal(m->pre.fit, FN_FIT_CENTRE);
    assert_int_equal(m->decode.n_anchors, 2);
    assert_memory_equal(m->decode.anchors, anchors, sizeof anchors);
    assert_true(m->decode.level[0].side[1] == 16);
    assert_int_equal(m->align.n_points, 2);
    assert_true(m->align.point[0].x == 38.2946f && m->align.point[0].last == 41);
    assert_string_equal(m->card.licence, "none \xc3\xa9");
    assert_int_equal(m->feature_width, 5);
    const struct fn_calibration *c = &m->calibration;
    assert_true(c->far_d2[0] == 1.25f && c->far_d2[1] == 1.125f && c->far_d2[2] == 0);
    assert_true(c->pair_d2 == 1.5f && c->flip);
    assert_true(c->single_d2 == .75f && c->group_d2 == 1.0625f);
    assert_true(c->net_d2 == .5f && c->decade_d2 == .3125f);
    assert_true(c->logistic_a == 8.5f && c->logistic_b == 6.5f);
    assert_true(c->people == 98 && c->pictures == 1845 && c->same_pairs == 17000);
    assert_true(c->different_pairs == UINT64_C(5000000000));
    assert_string_equal(c->date, "2025-01-31");
    /* written again: the same bytes */
    assert_int_equal(fn_model_encode(m, &b, &err), 0);
    assert_int_equal(a.len, b.len);
    assert_memory_equal(a.data, b.data, a.len);
    struct fn_model *n;
    assert_int_equal(parse(&b, &n), 0);
    same_graph(&m->graph, &n->graph);
    fn_model_destroy(n);
    fn_model_destroy(m);
    fn_buf_finish(&a);
    fn_buf_finish(&b);
}

/* Attributes that were added in minor version 1. */
static void test_normalisations(void **state)
{
    (void)state;
    struct fn_graph_builder *gb = fn_graph_builder_create();
    struct fn_model made = {.role = FN_ROLE_OTHER,
                            .feature_output = FN_NONE,
                            .card = {.name = "norms"}},
                    *m;
    made.pre = (struct fn_preprocess){.scale = {1, 1, 1}, .width = 4, .height = 4};
    struct fn_error err = {0};
    struct fn_attr pool = {.kh = 3, .kw = 3, .pad_mode = FN_PAD_SAME, .eps = 1e-6f},
                   lrn = {.size = 5, .alpha = 1e-4f, .beta = .75f, .bias_k = 2},
                   maxout = {.size = 2}, norm = {.eps = 1e-10f};
    uint32_t x = fn_graph_add_input(gb, "x", 8, 4, 4);
    x = fn_graph_add_node(gb, "pool", FN_OP_L2POOL, &x, 1, &pool);
    x = fn_graph_add_node(gb, "lrn", FN_OP_LRN, &x, 1, &lrn);
    x = fn_graph_add_node(gb, "maxout", FN_OP_MAXOUT, &x, 1, &maxout);
    x = fn_graph_add_node(gb, "norm", FN_OP_L2NORM, &x, 1, &norm);
    fn_graph_mark_output(gb, x);
    assert_int_equal(fn_graph_builder_finish(gb, &made.graph, &err), 0);
    struct fn_buf b;
    fn_buf_init(&b, CAP);
    assert_int_equal(fn_model_encode(&made, &b, &err), 0);
    assert_int_equal(parse(&b, &m), 0);
    same_graph(&made.graph, &m->graph);
    assert_true(m->graph.nodes[1].attr.bias_k == 2 && m->graph.nodes[3].attr.eps == 1e-10f);
    fn_model_destroy(m);
    fn_buf_finish(&b);
    fn_graph_builder_destroy(gb);
}

/* The bytes of a file of minor version 0: node records without their last four attributes. */
static void as_version_0(const struct fn_buf *a, struct fn_buf *b)
{
    size_t graph = (size_t)fn_get_le64(a->data + FN_FNM_AT_GRAPH), at = graph;
    uint32_t c[6];
    for (int i = 0; i < 6; i++)
        c[i] = fn_get_le32(a->data + graph + 4 * (size_t)i);
    at += FN_FNM_COUNTS + 4 * ((size_t)c[2] + c[3]) + (size_t)c[0] * c[4];
    fn_buf_add(b, a->data, at);
    for (uint32_t i = 0; i < c[1]; i++, at += FN_FNM_NODE)
        fn_buf_add(b, a->data + at, FN_FNM_NODE_1_0);
    size_t meta = (size_t)fn_get_le64(a->data + FN_FNM_AT_META),
           weights = (size_t)fn_get_le64(a->data + FN_FNM_AT_WEIGHTS),
           size = (size_t)fn_get_le64(a->data + FN_FNM_AT_META + 8);
    fn_put_le64(b->data + FN_FNM_AT_GRAPH + 8, b->len - graph);
    fn_put_le64(b->data + FN_FNM_AT_META, b->len);
    fn_buf_add(b, a->data + meta, size);
    while (b->len % FN_FNM_ALIGN)
        fn_buf_add(b, "", 1);
    fn_put_le64(b->data + FN_FNM_AT_WEIGHTS, b->len);
    fn_buf_add(b, a->data + weights, a->len - weights);
    fn_put_le16(b->data + FN_FNM_AT_MINOR, 0);
    fn_put_le32(b->data + graph + 20, FN_FNM_NODE_1_0);
    fix_checksum(b);
}

static void test_version_0(void **state)
{
    (void)state;
    struct fn_buf a, b;
    struct fn_model *m, *n;
    fn_buf_init(&a, CAP);
    fn_buf_init(&b, CAP);
    make(&a);
    as_version_0(&a, &b);
    assert_true(b.len < a.len);
    assert_int_equal(parse(&a, &m), 0);
    assert_int_equal(parse(&b, &n), 0);
    same_graph(&m->graph, &n->graph);
    fn_model_destroy(m);
    fn_model_destroy(n);
    fn_buf_finish(&a);
    fn_buf_finish(&b);
}

/* A later minor version may have a longer header. A later major version is refused. */
static void test_versions(void **state)
{
    (void)state;
    struct fn_buf a, b;
    struct fn_model *m;
    fn_buf_init(&a, CAP);
    fn_buf_init(&b, CAP);
    make(&a);
    static const char more[64];
    fn_buf_add(&b, a.data, FN_FNM_HEADER);
    fn_buf_add(&b, more, sizeof more);
    fn_buf_add(&b, a.data + FN_FNM_HEADER, a.len - FN_FNM_HEADER);
    fn_put_le16(b.data + FN_FNM_AT_MINOR, 7);
    fn_put_le32(b.data + FN_FNM_AT_HEADER, FN_FNM_HEADER + sizeof more);
    static const size_t sections[] = {FN_FNM_AT_GRAPH, FN_FNM_AT_META, FN_FNM_AT_WEIGHTS};
    for (size_t i = 0; i < 3; i++)
        fn_put_le64(b.data + sections[i], fn_get_le64(b.data + sections[i]) + sizeof more);
    fix_checksum(&b);
    assert_int_equal(parse(&b, &m), 0);
    fn_model_destroy(m);
    fn_put_le16(b.data + FN_FNM_AT_MAJOR, FN_FNM_MAJOR + 1);
    assert_int_equal(parse(&b, &m), FN_EVERSION);
    assert_null(m);
    fn_buf_finish(&a);
    fn_buf_finish(&b);
}

static void test_damaged(void **state)
{
    (void)state;
    struct fn_buf a;
    struct fn_model *m;
    fn_buf_init(&a, CAP);
    make(&a);
    /* any byte that the checksum covers, and the header before it */
    for (size_t i = 0; i < a.len; i += i < 256 ? 1 : 37) {
        a.data[i] ^= 0x41;
        if (i != FN_FNM_AT_MINOR && i != FN_FNM_AT_MINOR + 1) {
            assert_int_not_equal(parse(&a, &m), 0);
            assert_null(m);
        }
        a.data[i] ^= 0x41;
    }
    size_t whole = a.len;
    for (a.len = 0; a.len < whole; a.len += a.len < 256 ? 1 : 53)
        assert_int_not_equal(parse(&a, &m), 0);
    a.len = whole;
    fn_buf_finish(&a);
}

/* Every number of header and graph replaced by extreme ones, with a correct checksum: an error,
 * or a graph that passes its checks, and never a crash (run with sanitizers). */
static void test_hostile(void **state)
{
    (void)state;
    static const uint32_t evil[] = {0, 1, 0x7fffffff, 0xffffffff, 65536};
    struct fn_buf a;
    struct fn_model *m;
    size_t refused = 0, tried = 0;
    fn_buf_init(&a, CAP);
    make(&a);
    size_t end = (size_t)(fn_get_le64(a.data + FN_FNM_AT_META) +
                          fn_get_le64(a.data + FN_FNM_AT_META + 8));
    for (size_t at = FN_FNM_AT_GRAPH; at + 4 <= end; at += 4)
        for (size_t k = 0; k < sizeof evil / sizeof *evil; k++) {
            uint32_t old = fn_get_le32(a.data + at);
            fn_put_le32(a.data + at, evil[k]);
            fix_checksum(&a);
            tried++;
            if (parse(&a, &m))
                refused++;
            else
                fn_model_destroy(m);
            fn_put_le32(a.data + at, old);
        }
    assert_true(refused > tried / 4);
    /* a weight that is not a number */
    size_t w = (size_t)fn_get_le64(a.data + FN_FNM_AT_WEIGHTS);
    fn_put_le32(a.data + w, 0x7fc00000);
    fix_checksum(&a);
    assert_int_equal(parse(&a, &m), FN_ECORRUPT);
    fn_buf_finish(&a);
}

static void replace(struct fn_buf *out, const struct fn_buf *a, const char *from,
                    const char *to)
{
    char *p = memmem(a->data, a->len, from, strlen(from));
    assert_non_null(p);
    assert_int_equal(strlen(from), strlen(to));
    fn_buf_reset(out);
    fn_buf_add(out, a->data, a->len);
    memcpy(out->data + (p - a->data), to, strlen(to));
    fix_checksum(out);
}

/* Makes each replacement alone. The replaced text has to be there. */
static void refuses(const struct fn_buf *a, const char *const (*bad)[2], size_t n)
{
    struct fn_buf b;
    struct fn_model *m;
    fn_buf_init(&b, CAP);
    for (size_t i = 0; i < n; i++) {
        replace(&b, a, bad[i][0], bad[i][1]);
        assert_int_not_equal(parse(&b, &m), 0);
    }
    fn_buf_finish(&b);
}

/* A file without thresholds has none. A file with thresholds out of range is refused. */
static void test_calibration(void **state)
{
    (void)state;
    struct fn_buf a, b;
    struct fn_model *m;
    fn_buf_init(&a, CAP);
    fn_buf_init(&b, CAP);
    make(&a);
    static const char *const bad[][2] = {
        {"\"pair_d2\":1.5", "\"pair_d2\":0.0"},
        {"\"pair_d2\":1.5", "\"pair_d2\":4.5"},
        {"\"group_d2\":1.0625", "\"group_d2\":-1.062"},
        {"\"group_d2\":1.0625", "\"group_d2\":\"text\""},
        {"\"single_d2\":0.75", "\"single_d2\":4.75"},
        {"\"net_d2\":0.5", "\"net_d2\":9.5"},
        {"\"decade_d2\"", "\"decadf_d2\""},
        {"[1.25,1.125,null]", "[1.25,1.125,5e5 ]"},
        {"[1.25,1.125,null]", "[1.25,1.125     ]"},
        {"[1.25,1.125,null]", "[1.25,1.125,true]"},
        {"\"logistic_b\":6.5", "\"logistic_b\":-.5"},
        {"\"logistic_b\":6.5", "\"logistic_b\":-65"},
        {"\"people\":98", "\"people\":-8"},
        {"\"flip\":true", "\"flip\":null"},
        {"\"same_pairs\":17000", "\"same_pairs\":-1700"},
        {"\"far_d2\":[", "\"fax_d2\":["},
    };
    refuses(&a, bad, sizeof bad / sizeof *bad);
    replace(&b, &a, "\"calibration\"", "\"unknown-key\"");
    assert_int_equal(parse(&b, &m), 0);
    assert_true(m->calibration.pair_d2 == 0);
    fn_model_destroy(m);
    fn_buf_finish(&a);
    fn_buf_finish(&b);
}

/* Files of minor versions before 3 have join_d2 instead of the distances for clustering, which
 * follow from the one for pairs. */
static void test_calibration_before(void **state)
{
    (void)state;
    struct fn_buf a, b;
    struct fn_model *m;
    fn_buf_init(&a, CAP);
    fn_buf_init(&b, CAP);
    make(&a);
    replace(&b, &a, "\"group_d2\"", "\"unknown1\"");
    assert_int_equal(parse(&b, &m), 0);
    const struct fn_calibration *c = &m->calibration;
    assert_float_equal(c->single_d2, 1.125f / 1.08f * .8f, 1e-6f); /* FAR 1e-3 is at 1.125 */
    assert_float_equal(c->group_d2, 1.125f / 1.08f * .95f, 1e-6f);
    assert_float_equal(c->net_d2, 1.125f / 1.08f * .6f, 1e-6f);
    assert_float_equal(c->decade_d2, 1.125f / 1.08f * .15f, 1e-6f);
    fn_model_destroy(m);
    static const char *const bad[][2] = {{"\"join_d2\":1.0625", "\"join_d2\":-1.062"},
                                         {"\"join_d2\"", "\"jain_d2\""}};
    refuses(&b, bad, sizeof bad / sizeof *bad);
    fn_buf_finish(&a);
    fn_buf_finish(&b);
}

static void test_description(void **state)
{
    (void)state;
    struct fn_buf a, b;
    struct fn_model *m;
    fn_buf_init(&a, CAP);
    fn_buf_init(&b, CAP);
    make(&a);
    static const char *const bad[][2] = {
        {"\"detector\"", "\"detektor\""},
        {"\"n_anchors\":2,\"n", "\"n_anchors\":9,\"n"},
        {"\"score_output\":0", "\"score_output\":7"},
        {"\"chip\":112", "\"chip\":-12"},
        {"\"first\":36", "\"first\":99"},
        {"\"nms_iou\":0.4", "\"nms_iou\":4.4"},
        {"{\"align\"", "[\"align\""},
        {"\"width\":4}", "\"width\":0}"},
    };
    refuses(&a, bad, sizeof bad / sizeof *bad);
    /* an unknown key is skipped */
    replace(&b, &a, "\"note\":", "\"nota\":");
    assert_int_equal(parse(&b, &m), 0);
    fn_model_destroy(m);
    fn_buf_finish(&a);
    fn_buf_finish(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_round_trip),  cmocka_unit_test(test_normalisations),
        cmocka_unit_test(test_version_0),   cmocka_unit_test(test_versions),
        cmocka_unit_test(test_damaged),     cmocka_unit_test(test_hostile),
        cmocka_unit_test(test_calibration), cmocka_unit_test(test_calibration_before),
        cmocka_unit_test(test_description),
    };
    return cmocka_run_group_tests_name("model file", tests, NULL, NULL);
}
