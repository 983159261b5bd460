/* SPDX-License-Identifier: MIT */
/* Input conventions of imported models: the input size, chips that scale with it, and networks
 * that do not fit. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "engine/model/conventions.h"

/* One convolution over the whole map: channels x height x width to `outputs` numbers, or with a
 * stride to a map. */
static struct fn_graph_builder *network(uint32_t channels, uint32_t height, uint32_t width,
                                        uint32_t window, uint32_t outputs, struct fn_model *m)
{
    struct fn_error err = {0};
    struct fn_graph_builder *b = fn_graph_builder_create();
    const uint32_t shape[4] = {outputs, window, window, channels};
    const struct fn_attr attr = {.kh = window,
                                 .kw = window,
                                 .stride_h = window,
                                 .stride_w = window,
                                 .dil_h = 1,
                                 .dil_w = 1,
                                 .groups = 1};
    assert_non_null(b);
    uint32_t x = fn_graph_add_input(b, "in", channels, height, width),
             w = fn_graph_add_weight(b, "w", shape, NULL);
    fn_graph_mark_output(b,
                         fn_graph_add_conv(b, "c", x, w, FN_NONE, &attr, FN_ACT_NONE, FN_NONE));
    *m = (struct fn_model){.feature_output = FN_NONE};
    assert_int_equal(fn_graph_builder_finish(b, &m->graph, &err), 0);
    return b;
}

static void near(float a, double b)
{
    assert_true(fabs((double)a - b) < 1e-4);
}

static void chip_scales(void **state)
{
    static const uint32_t sides[] = {112, 160};
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct fn_model m;
        struct fn_error err = {0};
        struct fn_graph_builder *b = network(3, sides[i], sides[i], sides[i], 128, &m);
        assert_int_equal(fn_convention_apply(fn_convention_find("facenet"), &m, &err), 0);
        assert_int_equal(m.role, FN_ROLE_EMBEDDER);
        assert_int_equal(m.decode.kind, FN_DECODE_EMBEDDING);
        assert_int_equal(m.pre.width, sides[i]);
        assert_int_equal(m.pre.height, sides[i]);
        assert_int_equal(m.align.chip, sides[i]);
        assert_int_equal(m.align.n_points, 5);
        near(m.align.point[0].x, 38.2946 * sides[i] / 112);
        near(m.align.point[4].y, 92.2041 * sides[i] / 112);
        /* 0 and 255 become -127.5 / 128 and 127.5 / 128 */
        near((255 - m.pre.mean[0]) * m.pre.scale[0], 127.5 / 128);
        fn_graph_builder_destroy(b);
    }
}

static void families_differ(void **state)
{
    struct fn_model m = {.feature_output = FN_NONE};
    (void)state;
    fn_convention_set(fn_convention_find("arcface"), &m, 112, 112);
    near((0 - m.pre.mean[1]) * m.pre.scale[1], -1);
    fn_convention_set(fn_convention_find("dlib"), &m, 150, 150);
    assert_int_equal(m.align.n_points, 33);
    /* the tip of the nose is in the middle third of the padded chip */
    assert_true(m.align.point[3].x > 50 && m.align.point[3].x < 100);
    fn_convention_set(fn_convention_find("ultra-light"), &m, 320, 240);
    assert_int_equal(m.align.n_points, 0);
    assert_int_equal(m.decode.n_levels, 4);
    assert_null(fn_convention_find("nosuch"));
}

static void what_does_not_fit(void **state)
{
    static const struct {
        const char *fed;
        uint32_t channels, height, width, window, outputs;
        const char *text;
    } cases[] = {
        {"arcface", 3, 112, 112, 112, 512,
         "output 0 has 512 numbers, not 128: an index takes vectors of 128 numbers"},
        {"arcface", 3, 112, 112, 56, 128, "output 0 is a map of 2 x 2, not one vector"},
        {"arcface", 1, 112, 112, 112, 128, "the input has 1 channels, arcface feeds 3"},
        {"facenet", 3, 112, 96, 96, 128, "the input is 96 x 112, facenet feeds squares"},
        {"landmarks-68", 3, 64, 64, 64, 136, "the input has 3 channels, landmarks-68 feeds 1"},
        {"mtcnn-onet", 3, 48, 48, 48, 2, "there is no output 1"},
        {"ultra-light", 3, 240, 320, 8, 6,
         "1 outputs, ultra-light reads scores and boxes of 4"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct fn_model m;
        struct fn_error err = {0};
        struct fn_graph_builder *b = network(cases[i].channels, cases[i].height, cases[i].width,
                                             cases[i].window, cases[i].outputs, &m);
        assert_int_equal(fn_convention_apply(fn_convention_find(cases[i].fed), &m, &err),
                         FN_EMODEL);
        if (!strstr(err.text, cases[i].text))
            fail_msg("%s: \"%s\" does not say \"%s\"", cases[i].fed, err.text, cases[i].text);
        assert_int_equal(m.role, FN_ROLE_OTHER);
        assert_int_equal(m.align.chip, 0);
        fn_graph_builder_destroy(b);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(chip_scales),
        cmocka_unit_test(families_differ),
        cmocka_unit_test(what_does_not_fit),
    };
    return cmocka_run_group_tests_name("conventions", tests, NULL, NULL);
}
