/* SPDX-License-Identifier: MIT */
/* bench_again MODELS PROFILE FILE...: the vectors and the time of FN_WORK_AGAIN against those
 * of FN_WORK_INDEX, by one real worker. Boxes and points go through the 16 bits of the index in
 * between. Prints, over all faces, the squared distance of the two vectors, and the differences
 * of yaw, roll and quality (median, 99 %, largest); the same without the faces that have a
 * point outside the picture, which the index stores at its edge; and the processor time of both
 * per photo that has faces (sum, and median of a photo). -v: a line for each face that is
 * further than .01 away. */
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "engine/work/work.h"

enum { WAIT_MS = 120000, FACES_MAX = 100000 };

struct list {
    double v[FACES_MAX];
    size_t n;
};

static struct list all, inside, yaw, roll, quality, index_ms, again_ms, ratio;
static struct fn_face kept[FN_WORK_BOXES_MAX];
static float boxes[FN_WORK_BOXES_MAX][4], points[FN_WORK_BOXES_MAX][5][2];
static size_t n_without;

static void add(struct list *l, double v)
{
    if (l->n < FACES_MAX)
        l->v[l->n++] = v;
}

static int by_value(const void *a, const void *b)
{
    double x, y;
    memcpy(&x, a, sizeof x);
    memcpy(&y, b, sizeof y);
    return (x > y) - (x < y);
}

static double at(const struct list *l, double share)
{
    return l->n ? l->v[(size_t)(share * (double)(l->n - 1))] : 0;
}

static void print(const char *what, struct list *l)
{
    double sum = 0;
    for (size_t i = 0; i < l->n; i++)
        sum += l->v[i];
    qsort(l->v, l->n, sizeof *l->v, by_value);
    printf("%-30s n %6zu  median %.6g  99 %% %.6g  most %.6g  sum %.6g\n", what, l->n,
           at(l, .5), at(l, .99), at(l, 1), sum);
}

static float stored(float v)
{
    return !(v > 0) ? 0 : v >= 1 ? 1 : roundf(v * 65535) / 65535;
}

static bool ask(struct fn_worker *w, struct fn_work_request *q, const char *path,
                struct fn_work_reply *ret)
{
    struct fn_error err = {0};
    if (fn_worker_call(w, q, WAIT_MS, ret, &err) < 0) {
        fprintf(stderr, "bench_again: %s: %s\n", path, err.text);
        exit(1);
    }
    if (ret->code)
        fprintf(stderr, "%s: %s\n", path, ret->text);
    return ret->code == 0;
}

static bool store(uint32_t i)
{
    bool in = true;
    for (int k = 0; k < 4; k++)
        boxes[i][k] = stored(kept[i].box[k]);
    for (int k = 0; k < 10; k++) {
        float v = kept[i].points[k / 2][k % 2];
        in = in && v >= 0 && v <= 1;
        points[i][k / 2][k % 2] = stored(v);
    }
    return in;
}

static void compare(const char *path, uint32_t i, const struct fn_face *b, bool in,
                    bool verbose)
{
    const struct fn_face *a = &kept[i];
    double d2 = 0;
    if (b->no_vector) {
        n_without++;
        printf("%s: face %u has no vector\n", path, i);
        return;
    }
    for (int k = 0; k < FN_DIM; k++)
        d2 += pow((double)a->embedding[k] - (double)b->embedding[k], 2);
    add(&all, d2);
    if (in)
        add(&inside, d2);
    add(&yaw, (double)fabsf(a->yaw_deg - b->yaw_deg));
    add(&roll, (double)fabsf(remainderf(a->roll_deg - b->roll_deg, 360)));
    add(&quality, (double)fabsf(a->quality - b->quality));
    if (verbose && d2 > .01)
        printf("%s: face %u, d2 %.4f, quality %.2f, yaw %.0f, roll %.0f, eyes %.0f px%s\n",
               path, i, d2, (double)a->quality, (double)a->yaw_deg, (double)a->roll_deg,
               (double)a->eyes_px, in ? "" : ", clipped");
}

static void photo(struct fn_worker *w, int fd, const char *path, bool verbose)
{
    struct fn_work_request q = {.kind = FN_WORK_INDEX, .fd = fd, .out_fd = -1};
    struct fn_work_reply r;
    bool in[FN_WORK_BOXES_MAX];
    if (!ask(w, &q, path, &r) || !r.photo.n_faces)
        return;
    double before = (double)r.cpu_ns / 1e6;
    uint32_t n = r.photo.n_faces;
    memcpy(kept, r.photo.faces, n * sizeof *kept);
    for (uint32_t i = 0; i < n; i++)
        in[i] = store(i);
    q.kind = FN_WORK_AGAIN;
    q.n_boxes = n;
    q.boxes = (const float(*)[4])boxes;
    q.points = (const float(*)[5][2])points;
    if (!ask(w, &q, path, &r))
        return;
    add(&index_ms, before);
    add(&again_ms, (double)r.cpu_ns / 1e6);
    add(&ratio, before / ((double)r.cpu_ns / 1e6));
    for (uint32_t i = 0; i < n; i++)
        compare(path, i, &r.photo.faces[i], in[i], verbose);
}

int main(int argc, char **argv)
{
    bool verbose = argc > 1 && !strcmp(argv[1], "-v");
    argv += verbose;
    argc -= verbose;
    if (argc < 4) {
        fprintf(stderr, "usage: bench_again [-v] MODELS PROFILE FILE...\n");
        return 2;
    }
    struct fn_config_file *c = NULL;
    struct fn_worker_opts o;
    struct fn_worker *w = NULL;
    struct fn_error err = {0};
    int rc = fn_config_create(&c, &err);
    if (!rc) {
        fn_worker_opts_of(fn_config_values(c), argv[1], argv[2], &o);
        rc = fn_worker_spawn(&o, &w, &err);
    }
    if (rc) {
        fprintf(stderr, "bench_again: %s\n", err.text);
        return 1;
    }
    for (int i = 3; i < argc; i++) {
        int fd = open(argv[i], O_RDONLY | O_CLOEXEC);
        if (fd < 0)
            continue;
        photo(w, fd, argv[i], verbose);
        (void)close(fd);
    }
    fn_worker_destroy(w, false);
    fn_config_destroy(c);
    print("squared distance", &all);
    print("squared distance, inside", &inside);
    print("yaw, degrees", &yaw);
    print("roll, degrees", &roll);
    print("quality", &quality);
    print("INDEX, ms of a photo", &index_ms);
    print("AGAIN, ms of a photo", &again_ms);
    print("INDEX / AGAIN", &ratio);
    printf("%zu faces without a vector\n", n_without);
    return 0;
}
