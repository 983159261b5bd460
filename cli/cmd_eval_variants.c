/* fnq eval sensitivity, fnq eval baselines: the same pairs with worse pictures, shorter vectors, and without a network. */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "cli/eval_source.h"
#include "engine/eval/baseline.h"

const struct fn_opt fnq_options_eval_sensitivity[] = {
    {"pairs", 0, FN_OPT_STRING, FNQ_AT(pairs), "FILE",
     "the list of pairs (default: pairs.txt beside or in DIR; else made)"},
    {"people", 0, FN_OPT_STRING, FNQ_AT(people), "FILE", "only the folders named in it"},
    {"profile", 0, FN_OPT_STRING, FNQ_AT(profile), "NAME", "the profile to judge"},
    {"model", 0, FN_OPT_STRING, FNQ_AT(model), "FILE",
     "an embedder (.fnm) in place of the profile's"},
    FNQ_OPT_END};
const struct fn_opt fnq_options_eval_baselines[] = {
    {"pairs", 0, FN_OPT_STRING, FNQ_AT(pairs), "FILE",
     "the list of pairs (default: pairs.txt beside or in DIR; else made)"},
    {"people", 0, FN_OPT_STRING, FNQ_AT(people), "FILE", "only the folders named in it"},
    {"train", 0, FN_OPT_STRING, FNQ_AT(train), "DIR",
     "pictures that the eigenfaces come from (default: those of DIR)"},
    {"profile", 0, FN_OPT_STRING, FNQ_AT(profile), "NAME",
     "the profile that finds and aligns the faces"},
    {"model", 0, FN_OPT_STRING, FNQ_AT(model), "FILE",
     "an embedder (.fnm) in place of the profile's"},
    FNQ_OPT_END};

/* A face is cut with this share of its box around it on each side: room for landmarks and chip. */
static const float margin = .5f;
enum { CUT_MAX = 1024 };

struct job {
    struct fn_eval_set set;
    struct fn_eval_pairs pairs;
    struct fnq_eval_vectors original;
};

static void job_free(struct job *j)
{
    fn_eval_set_free(&j->set);
    fn_eval_pairs_free(&j->pairs);
    fnq_eval_vectors_free(&j->original);
}

static int start(struct fnq_ctx *ctx, struct fnq_eval *e, struct job *j, const char *dir,
                 struct fnq_eval_report *r, struct fn_error *err)
{
    int rc = fnq_eval_read_pairs(ctx, dir, &j->set, &j->pairs, err);
    rc = rc ? rc : fnq_eval_open(ctx, e, err);
    rc = rc ? rc : fnq_eval_set_vectors(e, &j->set, FNQ_EVAL_DETECT, false, &j->original, err);
    if (rc)
        return rc;
    fnq_report_count(r, "pictures", "pictures", j->set.n, "pictures");
    fnq_report_count(r, "pictures", "pairs", j->pairs.n, "pairs");
    return fnq_report_brief(r, "as it is", &j->original, j->set.n_people, &j->pairs, err);
}

/* ---- worse pictures ---- */

struct variant {
    int quality;   /* of a JPEG; 0: PNG */
    uint32_t side; /* the face's box in pixels; 0: as it is */
};

/* A memory file with the cut as a picture. */
static int encode(uint8_t *rgb, uint32_t px, int quality, int *ret_fd, struct fn_error *err)
{
    const struct fn_image m = {rgb, px, px, (size_t)px * 3};
    int fd = memfd_create("variant", MFD_CLOEXEC);
    if (fd < 0)
        return fn_error_set(err, -errno, "cannot make a memory file: %s", fn_strerror(-errno));
    int r = quality ? fn_image_write_jpeg_fd(fd, &m, quality, err)
                    : fn_image_write_png_fd(fd, &m, err);
    if (r)
        (void)close(fd);
    else
        *ret_fd = fd;
    return r;
}

/* The face of a cut: its box is known, landmarks and embedding are made anew. */
static int embed_cut(struct fnq_eval *e, int fd, const struct fnq_eval_face *f, float w,
                     float h, int16_t x[FN_DIM], struct fn_error *err)
{
    float side = fmaxf(f->box[2] * w, f->box[3] * h) * (1 + 2 * margin);
    float bw = f->box[2] * w / side, bh = f->box[3] * h / side;
    const float box[1][4] = {{.5f - bw / 2, .5f - bh / 2, bw, bh}};
    struct fn_work_request q = {
        .kind = FN_WORK_BOX, .fd = fd, .out_fd = -1, .n_boxes = 1, .boxes = box};
    struct fn_work_reply reply = {0};
    int r = fnq_eval_ask(e, &q, &reply, err);
    if (!r)
        fn_q14_from_float(x, reply.photo.faces[0].embedding);
    return r;
}

static int make_variant(struct fnq_eval *e, int fd, const struct fnq_eval_faces *faces,
                        const struct fnq_eval_face *f, const struct variant *v,
                        int16_t x[FN_DIM], struct fn_error *err)
{
    float w = (float)faces->width, h = (float)faces->height;
    float box = fmaxf(f->box[2] * w, f->box[3] * h);
    float want = (v->side ? (float)v->side : box) * (1 + 2 * margin);
    uint32_t px = want < 16 ? 16 : want > CUT_MAX ? CUT_MAX : (uint32_t)lrintf(want);
    uint8_t *rgb = calloc((size_t)px * px, 3);
    int cut = -1;
    int r = rgb ? fnq_eval_crop(e, fd, f->box, margin, px, rgb, err)
                : fn_error_set(err, -ENOMEM, "out of memory");
    r = r ? r : encode(rgb, px, v->quality, &cut, err);
    r = r ? r : embed_cut(e, cut, f, w, h, x, err);
    if (cut >= 0)
        (void)close(cut);
    free(rgb);
    return r;
}

/* 1, 0 without a face, or negative. */
static int variant_vector(struct fnq_eval *e, struct fnq_cache *cache, const char *path,
                          const struct variant *v, float out[FN_DIM], struct fn_error *err)
{
    struct fnq_eval_faces faces;
    struct fn_h128 content;
    int16_t x[FN_DIM];
    size_t size;
    int fd = -1, r = fnq_eval_faces(e, path, &faces, err);
    const struct fnq_eval_face *f = r ? NULL : fnq_eval_central(&faces);
    if (!f)
        return r;
    r = fnq_eval_open_picture(path, &fd, &content, err);
    if (r)
        return fnq_eval_failed(e, path, err);
    const void *known = fnq_cache_get(cache, &content, &size);
    if (known && size == sizeof x) {
        memcpy(x, known, sizeof x);
    } else {
        r = make_variant(e, fd, &faces, f, v, x, err);
        r = r ? r : fnq_cache_put(cache, &content, x, sizeof x);
        e->n_fresh += !r;
        fnq_eval_progress(e);
    }
    (void)close(fd);
    if (r)
        return fnq_eval_failed(e, path, err);
    fn_q14_to_float(out, x);
    return 1;
}

static int judge_variant(struct fnq_eval *e, struct job *j, const char *group,
                         const struct variant *v, struct fnq_eval_report *report,
                         struct fn_error *err)
{
    char kind[64];
    struct fnq_eval_vectors x;
    (void)snprintf(kind, sizeof kind, "variant 1 %d %u", v->quality, v->side);
    struct fnq_cache *cache = fnq_eval_cache(e, kind);
    if (!cache)
        return fn_error_set(err, -ENOMEM, "out of memory");
    int r = fnq_eval_vectors_init(&x, &j->set, FN_DIM, err);
    for (size_t i = 0; r >= 0 && i < j->set.n; i++) {
        r = variant_vector(e, cache, j->set.pictures[i].path, v, x.x + i * FN_DIM, err);
        x.found[i] = r == 1;
        x.n_missed += r == 0;
    }
    r = r < 0 ? r : fnq_report_brief(report, group, &x, j->set.n_people, &j->pairs, err);
    fnq_cache_close(cache);
    fnq_eval_vectors_free(&x);
    return r;
}

static int judge_pictures(struct fnq_eval *e, struct job *j, struct fnq_eval_report *report,
                          struct fn_error *err)
{
    static const int qualities[] = {10, 20, 30, 50, 70, 90};
    static const uint32_t sides[] = {40, 80, 120, 160, 256};
    char group[48];
    int r = 0;
    for (size_t i = 0; !r && i < sizeof qualities / sizeof *qualities; i++) {
        const struct variant v = {qualities[i], 0};
        (void)snprintf(group, sizeof group, "jpeg quality %d", v.quality);
        r = judge_variant(e, j, group, &v, report, err);
    }
    for (size_t i = 0; !r && i < sizeof sides / sizeof *sides; i++) {
        const struct variant v = {0, sides[i]};
        (void)snprintf(group, sizeof group, "pixels of the face %u", v.side * v.side);
        r = judge_variant(e, j, group, &v, report, err);
    }
    return r;
}

/* ---- shorter vectors ---- */

/* The vectors turned to their principal axes, which loses nothing, then cut short. A network trained for fewer numbers would do better:
 * this is what an index can do afterwards. */
static int judge_dimensions(struct job *j, struct fnq_eval_report *report, struct fn_error *err)
{
    static const size_t dims[] = {8, 16, 32, 64, 96, 128};
    struct fnq_eval_vectors *o = &j->original;
    struct fn_axes axes = {0};
    char group[48];
    size_t n = 0;
    float *found = calloc(o->n + 1, o->dim * sizeof *found);
    int r = found ? 0 : fn_error_set(err, -ENOMEM, "out of memory");
    for (size_t i = 0; !r && i < o->n; i++)
        if (o->found[i])
            memcpy(found + n++ * o->dim, o->x + i * o->dim, o->dim * sizeof *found);
    r = r ? r : fn_axes_fit(found, n, o->dim, n < o->dim ? n : o->dim, false, 1, &axes, err);
    for (size_t i = 0; !r && i < sizeof dims / sizeof *dims && dims[i] <= axes.k; i++) {
        struct fnq_eval_vectors v;
        r = fnq_eval_vectors_init(&v, &j->set, dims[i], err);
        if (r)
            break;
        memcpy(v.found, o->found, o->n);
        v.n_missed = o->n_missed;
        if ((r = fn_axes_project(&axes, o->x, o->n, dims[i], v.x)))
            (void)fn_error_set(err, r, "out of memory");
        (void)snprintf(group, sizeof group, "first %zu principal axes", dims[i]);
        r = r ? r : fnq_report_brief(report, group, &v, j->set.n_people, &j->pairs, err);
        fnq_eval_vectors_free(&v);
    }
    fn_axes_free(&axes);
    free(found);
    return r;
}

int fnq_run_eval_sensitivity(struct fnq_ctx *ctx, int argc, char **argv)
{
    struct fn_error err = {0};
    struct fnq_eval e = {0};
    struct fnq_eval_report report = {0};
    struct job j = {0};
    if (argc != 1)
        return fnq_usage(ctx, "eval sensitivity: which folder?");
    int r = start(ctx, &e, &j, argv[0], &report, &err);
    r = r ? r : judge_pictures(&e, &j, &report, &err);
    r = r ? r : judge_dimensions(&j, &report, &err);
    int exit_code = r ? fnq_fail(ctx, &err, NULL, NULL)
                      : fnq_report_print(&e, &report, "sensitivity", argv[0], "detect");
    job_free(&j);
    fnq_report_finish(&report);
    fnq_eval_close(&e);
    return exit_code;
}

/* ---- without a network ---- */

enum { SIDE = FN_BASELINE_SIDE, PIXELS = SIDE * SIDE, CUT = 160, TRAIN_MAX = 2000 };

/* Aligned by the five points of the face: eyes, nose, corners of the mouth, where faces of frontal galleries have them (mean of the
 * 112-pixel template of InsightFace, scaled). rgb: the cut of CUT pixels around the box. */
static void align(uint8_t *rgb, const struct fnq_eval_faces *faces,
                  const struct fnq_eval_face *f, uint8_t out[PIXELS])
{
    static const float points[5][2] = {{38.2946f, 51.6963f},
                                       {73.5318f, 51.5014f},
                                       {56.0252f, 71.7366f},
                                       {41.5493f, 92.3655f},
                                       {70.7299f, 92.2041f}};
    static float chip[PIXELS * 3];
    float w = (float)faces->width, h = (float)faces->height, from[5][2], to[5][2];
    float side = fmaxf(f->box[2] * w, f->box[3] * h) * (1 + 2 * margin);
    float left = (f->box[0] + f->box[2] / 2) * w - side / 2,
          top = (f->box[1] + f->box[3] / 2) * h - side / 2;
    for (int i = 0; i < 5; i++) {
        from[i][0] = points[i][0] * SIDE / 112;
        from[i][1] = points[i][1] * SIDE / 112;
        to[i][0] = (f->points[i][0] * w - left) / side * CUT - .5f;
        to[i][1] = (f->points[i][1] * h - top) / side * CUT - .5f;
    }
    const struct fn_image m = {rgb, CUT, CUT, (size_t)CUT * 3};
    struct fn_imagef dst = {chip, SIDE, SIDE};
    fn_warp(&m, fn_similarity_fit((const float(*)[2])from, (const float(*)[2])to, 5), &dst);
    for (size_t i = 0; i < PIXELS; i++) {
        float grey = .299f * chip[3 * i] + .587f * chip[3 * i + 1] + .114f * chip[3 * i + 2];
        out[i] = (uint8_t)(grey < 0 ? 0 : grey > 255 ? 255 : grey + .5f);
    }
}

static int chip_of(struct fnq_eval *e, struct fnq_cache *cache, const char *path,
                   uint8_t out[PIXELS], struct fn_error *err)
{
    static uint8_t rgb[CUT * CUT * 3];
    struct fnq_eval_faces faces;
    struct fn_h128 content;
    size_t size;
    int fd = -1, r = fnq_eval_faces(e, path, &faces, err);
    const struct fnq_eval_face *f = r ? NULL : fnq_eval_central(&faces);
    if (!f)
        return r;
    r = fnq_eval_open_picture(path, &fd, &content, err);
    if (r)
        return fnq_eval_failed(e, path, err);
    const void *known = fnq_cache_get(cache, &content, &size);
    if (known && size == PIXELS) {
        memcpy(out, known, PIXELS);
    } else {
        r = fnq_eval_crop(e, fd, f->box, margin, CUT, rgb, err);
        if (!r) {
            align(rgb, &faces, f, out);
            r = fnq_cache_put(cache, &content, out, PIXELS);
            e->n_fresh++;
            fnq_eval_progress(e);
        }
    }
    (void)close(fd);
    return r ? fnq_eval_failed(e, path, err) : 1;
}

/* Chips of a set as rows of numbers, normalised; at most max of them, evenly taken. */
static int chips(struct fnq_eval *e, const struct fn_eval_set *s, size_t max,
                 struct fnq_eval_vectors *ret, struct fn_error *err)
{
    uint8_t chip[PIXELS];
    struct fnq_cache *cache = fnq_eval_cache(e, "chip 1 64");
    size_t step = s->n / max + (s->n % max != 0);
    int r = cache ? fnq_eval_vectors_init(ret, s, PIXELS, err)
                  : fn_error_set(err, -ENOMEM, "out of memory");
    for (size_t i = 0; r >= 0 && i < s->n; i += step ? step : 1) {
        r = chip_of(e, cache, s->pictures[i].path, chip, err);
        ret->found[i] = r == 1;
        ret->n_missed += r == 0;
        for (size_t k = 0; r == 1 && k < PIXELS; k++)
            ret->x[i * PIXELS + k] = chip[k];
    }
    if (r >= 0)
        fn_baseline_normalise(ret->x, ret->n, PIXELS, true);
    fnq_cache_close(cache);
    return r < 0 ? r : 0;
}

static int eigenfaces(struct fnq_eval *e, const struct fnq_eval_vectors *own,
                      struct fn_axes *ret, size_t *ret_n, struct fn_error *err)
{
    struct fn_eval_set set = {0};
    struct fnq_eval_vectors other = {0};
    const struct fnq_eval_vectors *from = own;
    int r = 0;
    if (e->ctx->o.train) {
        r = fn_eval_set_folders(&set, e->ctx->o.train, NULL, err);
        r = r ? r : chips(e, &set, TRAIN_MAX, &other, err);
        from = &other;
    }
    size_t n = 0, step = 1;
    float *x = r ? NULL : calloc(TRAIN_MAX, PIXELS * sizeof *x);
    if (!r && !x)
        r = fn_error_set(err, -ENOMEM, "out of memory");
    if (!r && !e->ctx->o.train)
        step = own->n / TRAIN_MAX + 1;
    for (size_t i = 0; !r && i < from->n && n < TRAIN_MAX; i += step)
        if (from->found[i])
            memcpy(x + n++ * PIXELS, from->x + i * PIXELS, PIXELS * sizeof *x);
    r = r ? r
          : fn_axes_fit(x, n, PIXELS, n < FN_BASELINE_AXES ? n : FN_BASELINE_AXES, true, 1, ret,
                        err);
    *ret_n = n;
    free(x);
    fnq_eval_vectors_free(&other);
    fn_eval_set_free(&set);
    return r;
}

static int judge_baselines(struct fnq_eval *e, struct job *j, struct fnq_eval_report *report,
                           struct fn_error *err)
{
    struct fnq_eval_vectors raw = {0}, faces = {0};
    struct fn_axes axes = {0};
    size_t n = 0;
    int r = chips(e, &j->set, SIZE_MAX, &raw, err);
    r = r ? r : fnq_report_brief(report, "raw pixels", &raw, j->set.n_people, &j->pairs, err);
    r = r ? r : eigenfaces(e, &raw, &axes, &n, err);
    r = r ? r : fnq_eval_vectors_init(&faces, &j->set, axes.k, err);
    if (!r) {
        memcpy(faces.found, raw.found, raw.n);
        faces.n_missed = raw.n_missed;
        if ((r = fn_axes_project(&axes, raw.x, raw.n, axes.k, faces.x)))
            (void)fn_error_set(err, r, "out of memory");
    }
    if (!r) {
        fnq_report_count(report, "eigenfaces", "axes", axes.k, "axes");
        fnq_report_count(report, "eigenfaces", "trained_on", n,
                         e->ctx->o.train ? "pictures they come from"
                                         : "pictures they come from, of those judged");
        r = fnq_report_brief(report, "eigenfaces", &faces, j->set.n_people, &j->pairs, err);
    }
    fn_axes_free(&axes);
    fnq_eval_vectors_free(&raw);
    fnq_eval_vectors_free(&faces);
    return r;
}

int fnq_run_eval_baselines(struct fnq_ctx *ctx, int argc, char **argv)
{
    struct fn_error err = {0};
    struct fnq_eval e = {0};
    struct fnq_eval_report report = {0};
    struct job j = {0};
    if (argc != 1)
        return fnq_usage(ctx, "eval baselines: which folder?");
    int r = start(ctx, &e, &j, argv[0], &report, &err);
    r = r ? r : judge_baselines(&e, &j, &report, &err);
    int exit_code = r ? fnq_fail(ctx, &err, NULL, NULL)
                      : fnq_report_print(&e, &report, "baselines", argv[0], "detect");
    job_free(&j);
    fnq_report_finish(&report);
    fnq_eval_close(&e);
    return exit_code;
}
