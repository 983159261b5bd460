/* Where the vectors of an evaluation come from: the worker, by way of the cache. */
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/eval.h"
#include "cli/eval_source.h"
#include "engine/base/clock.h"
#include "engine/base/file.h"

enum { FACES_MAX = 512 };
static const uint64_t say_every_ns = 200000000;

/* ---- the profile ---- */

static int has_profile(const char *dir, void *arg)
{
    const char *name = ((const char **)arg)[0];
    char *out = ((char **)arg)[1], file[FN_PATH_MAX];
    if (snprintf(file, sizeof file, "%s/%s.profile", dir, name) >= (int)sizeof file ||
        !fn_file_exists(file))
        return 0;
    (void)snprintf(out, FN_PATH_MAX, "%s", dir);
    return 1;
}

static int link_file(const char *from_dir, const char *name, const char *to_dir)
{
    char from[FN_PATH_MAX], to[FN_PATH_MAX], *real;
    if (!name[0])
        return 0;
    int r = fn_path_join(from, sizeof from, from_dir, name);
    r = r ? r : fn_path_join(to, sizeof to, to_dir, name);
    if (r || !(real = realpath(from, NULL)))
        return r ? r : -errno;
    r = symlink(real, to) ? -errno : 0;
    free(real);
    return r;
}

/* A folder of models of its own: those of the profile, with another embedder. Nothing is copied. */
static int make_models(struct fnq_eval *e, const char *base, const char *profile,
                       struct fn_error *err)
{
    char dir[FN_PATH_MAX], path[FN_PATH_MAX], *model = NULL;
    char *found[2] = {NULL, dir};
    union {
        const char *c;
        char *p;
    } name = {.c = profile};
    struct fn_profile_values v;
    struct fn_buf text;
    found[0] = name.p;
    int r = fn_profile_read_values(base, profile, &v, err);
    if (r)
        return r;
    if (fn_path_each_model_dir(base, has_profile, found) != 1)
        return fn_error_set(err, FN_EMODEL, "cannot find the folder of profile '%s'", profile);
    if (!(model = realpath(e->ctx->o.model, NULL)))
        return fn_error_set(err, -errno, "%s: %s", e->ctx->o.model, fn_strerror(-errno));
    const char *tmp = getenv("TMPDIR");
    (void)snprintf(e->models_dir, sizeof e->models_dir, "%s/fnq-eval-XXXXXX",
                   tmp && tmp[0] == '/' ? tmp : "/tmp");
    if (!mkdtemp(e->models_dir)) {
        r = fn_error_set(err, -errno, "cannot make a folder for models: %s",
                         fn_strerror(-errno));
        e->models_dir[0] = '\0';
    }
    const char *slash = strrchr(model, '/');
    (void)snprintf(e->embedder, sizeof e->embedder, "%s", slash ? slash + 1 : model);
    (void)snprintf(v.embedder, sizeof v.embedder, "evaluated.fnm");
    v.flip = v.flip && e->ctx->o.flip;
    fn_buf_init(&text, 1 << 20);
    fn_profile_print(&v, &text);
    r = r ? r : link_file(dir, v.detector, e->models_dir);
    r = r ? r : link_file(dir, v.verifier, e->models_dir);
    r = r ? r : link_file(dir, v.landmarks, e->models_dir);
    r = r ? r : fn_path_join(path, sizeof path, e->models_dir, v.embedder);
    r = r ? r : symlink(model, path) ? -errno : 0;
    r = r ? r : fn_path_join(path, sizeof path, e->models_dir, "evaluated.profile");
    r = r ? r : fn_file_write_atomic(path, text.data, text.len, 0600, err);
    if (r && !err->code)
        (void)fn_error_set(err, r, "cannot put models together: %s", fn_strerror(r));
    fn_buf_finish(&text);
    free(model);
    return r;
}

static void remove_models(struct fnq_eval *e)
{
    char path[FN_PATH_MAX];
    const struct fn_profile_values *v = e->profile ? &e->profile->v : NULL;
    const char *names[] = {v ? v->detector : "", v ? v->verifier : "", v ? v->landmarks : "",
                           "evaluated.fnm", "evaluated.profile"};
    if (!e->models_dir[0])
        return;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (names[i][0] && !fn_path_join(path, sizeof path, e->models_dir, names[i]))
            (void)unlink(path);
    (void)rmdir(e->models_dir);
}

int fnq_eval_open(struct fnq_ctx *ctx, struct fnq_eval *e, struct fn_error *err)
{
    const struct fn_config *c = NULL;
    *e = (struct fnq_eval){.ctx = ctx,
                           .crop = ctx->o.crop_share > 0 ? (float)ctx->o.crop_share : .5f};
    int r = fnq_config(ctx, &c, err);
    if (r)
        return r;
    const char *profile = ctx->o.profile ? ctx->o.profile : c->profile;
    const char *dir = ctx->o.models                     ? ctx->o.models
                      : c->models_dir && *c->models_dir ? c->models_dir
                                                        : NULL;
    if (ctx->o.model) {
        r = make_models(e, dir, profile, err);
        dir = e->models_dir;
        profile = "evaluated";
        ctx->o.models = e->models_dir;
    }
    (void)snprintf(ctx->profile, sizeof ctx->profile, "%s", profile);
    r = r ? r : fn_profile_open(dir, profile, &e->profile, err);
    if (!r && !e->embedder[0])
        (void)snprintf(e->embedder, sizeof e->embedder, "%s", e->profile->v.embedder);
    e->buffer = calloc(FACES_MAX, sizeof *e->buffer);
    e->faces = r ? NULL : fnq_eval_cache(e, "faces");
    if (!r && (!e->buffer || !e->faces))
        r = fn_error_set(err, -ENOMEM, "out of memory");
    if (r)
        fnq_eval_close(e);
    return r;
}

void fnq_eval_close(struct fnq_eval *e)
{
    if (!e->ctx)
        return;
    if (e->said_ns && e->n_fresh)
        fnq_note(e->ctx, "%zu pictures looked at, %zu known from before", e->n_fresh,
                 e->n_cached);
    fnq_worker_stop(e->ctx);
    fnq_eval_centre_destroy(e->centre);
    fnq_cache_close(e->faces);
    fnq_cache_close(e->centre_cache);
    remove_models(e);
    fn_profile_destroy(e->profile);
    free(e->buffer);
    *e = (struct fnq_eval){.ctx = e->ctx};
}

static void add_id(struct fn_buf *b, const struct fn_model *m)
{
    char hex[FN_H128_HEX] = "-";
    if (m)
        fn_h128_hex(&m->id, hex);
    fn_buf_printf(b, " %s", hex);
}

/* All that an answer depends on besides the picture: networks, their thresholds, the settings of the search. */
struct fnq_cache *fnq_eval_cache(const struct fnq_eval *e, const char *kind)
{
    const struct fn_config *c = NULL;
    struct fn_error err;
    struct fn_profile_values v = e->profile->v;
    struct fn_buf b;
    fn_buf_init(&b, 1 << 20);
    memset(v.name, 0, sizeof v.name);
    fn_profile_print(&v, &b);
    add_id(&b, e->profile->detector);
    add_id(&b, e->profile->verifier);
    add_id(&b, e->profile->landmarks);
    add_id(&b, e->profile->embedder);
    if (fnq_config(e->ctx, &c, &err) == 0)
        fn_buf_printf(&b, " %d %d %.9g %llu %llu", (int)c->effort, (int)c->rotate,
                      (double)c->min_score, (unsigned long long)c->min_face_px,
                      (unsigned long long)c->max_faces);
    fn_buf_printf(&b, " %s", kind);
    struct fnq_cache *cache = fn_buf_failed(&b) ? NULL : fnq_cache_open(fn_buf_cstr(&b));
    fn_buf_finish(&b);
    return cache;
}

/* ---- pictures ---- */

int fnq_eval_open_picture(const char *path, int *ret_fd, struct fn_h128 *ret,
                          struct fn_error *err)
{
    struct stat st;
    uint64_t size;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    int r = fd < 0 || fstat(fd, &st) < 0 ? -errno : S_ISREG(st.st_mode) ? 0 : -EINVAL;
    r = r ? r : fn_hash_fd(fd, ret, &size);
    if (r) {
        if (fd >= 0)
            (void)close(fd);
        return fn_error_set(err, r, "%s", fn_strerror(r));
    }
    *ret_fd = fd;
    return 0;
}

int fnq_eval_ask(struct fnq_eval *e, struct fn_work_request *q, struct fn_work_reply *ret,
                 struct fn_error *err)
{
    if (fnq_worker_start(e->ctx, err)) {
        err->code = FN_EMODEL;
        return err->code;
    }
    return fnq_worker_ask(e->ctx, q, ret, err);
}

void fnq_eval_progress(struct fnq_eval *e)
{
    uint64_t now = fn_clock_mono_ns();
    if (e->ctx->o.quiet || !isatty(STDERR_FILENO) || now - e->said_ns < say_every_ns)
        return;
    e->said_ns = now;
    (void)fprintf(stderr, "\r%zu pictures looked at ", e->n_fresh);
}

int fnq_eval_failed(struct fnq_eval *e, const char *path, struct fn_error *err)
{
    if (err->code == FN_EMODEL)
        return err->code;
    e->n_failed++;
    FN_IGNORE(fnq_fail(e->ctx, err, path, NULL));
    *err = (struct fn_error){0};
    return 0;
}

static size_t keep_faces(struct fnq_eval *e, const struct fn_photo_faces *p)
{
    size_t n = p->n_faces < FACES_MAX ? p->n_faces : FACES_MAX;
    for (size_t i = 0; i < n; i++) {
        const struct fn_face *f = &p->faces[i];
        struct fnq_eval_face *to = &e->buffer[i];
        memcpy(to->box, f->box, sizeof to->box);
        memcpy(to->points, f->points, sizeof to->points);
        to->quality = f->quality;
        to->eyes_px = f->eyes_px;
        to->yaw_deg = f->yaw_deg;
        fn_q14_from_float(to->x, f->embedding);
    }
    return n;
}

/* width, height, then the faces as they are in memory. */
static int put_faces(struct fnq_eval *e, const struct fn_h128 *content, uint32_t width,
                     uint32_t height, size_t n)
{
    struct fn_buf b;
    fn_buf_init(&b, 1 << 20);
    fn_buf_add(&b, &width, sizeof width);
    fn_buf_add(&b, &height, sizeof height);
    fn_buf_add(&b, e->buffer, n * sizeof *e->buffer);
    int r = fn_buf_failed(&b) ? -ENOMEM : fnq_cache_put(e->faces, content, b.data, b.len);
    fn_buf_finish(&b);
    return r;
}

static int look(struct fnq_eval *e, int fd, const struct fn_h128 *content,
                struct fnq_eval_faces *ret, struct fn_error *err)
{
    struct fn_work_request q = {.kind = FN_WORK_INDEX, .fd = fd, .out_fd = -1};
    struct fn_work_reply reply = {0};
    int r = fnq_eval_ask(e, &q, &reply, err);
    if (r)
        return r;
    size_t n = keep_faces(e, &reply.photo);
    e->n_fresh++;
    fnq_eval_progress(e);
    *ret = (struct fnq_eval_faces){reply.photo.info.width, reply.photo.info.height, (uint32_t)n,
                                   e->buffer};
    return put_faces(e, content, ret->width, ret->height, n);
}

int fnq_eval_faces(struct fnq_eval *e, const char *path, struct fnq_eval_faces *ret,
                   struct fn_error *err)
{
    struct fn_h128 content;
    size_t size, head = 2 * sizeof(uint32_t);
    int fd = -1;
    *ret = (struct fnq_eval_faces){0};
    int r = fnq_eval_open_picture(path, &fd, &content, err);
    if (r)
        return fnq_eval_failed(e, path, err);
    const char *known = fnq_cache_get(e->faces, &content, &size);
    if (known && size >= head && (size - head) % sizeof *e->buffer == 0 &&
        (size - head) / sizeof *e->buffer <= FACES_MAX) {
        memcpy(&ret->width, known, sizeof ret->width);
        memcpy(&ret->height, known + sizeof ret->width, sizeof ret->height);
        memcpy(e->buffer, known + head, size - head);
        ret->n = (uint32_t)((size - head) / sizeof *e->buffer);
        ret->v = e->buffer;
        e->n_cached++;
    } else {
        r = look(e, fd, &content, ret, err);
        if (r)
            r = fnq_eval_failed(e, path, err);
    }
    (void)close(fd);
    return r;
}

const struct fnq_eval_face *fnq_eval_central(const struct fnq_eval_faces *f)
{
    const struct fnq_eval_face *best = NULL;
    float least = INFINITY;
    for (uint32_t i = 0; i < f->n; i++) {
        const float *b = f->v[i].box;
        float dx = (b[0] + b[2] / 2 - .5f) * (float)f->width,
              dy = (b[1] + b[3] / 2 - .5f) * (float)f->height;
        if (dx * dx + dy * dy < least) {
            least = dx * dx + dy * dy;
            best = &f->v[i];
        }
    }
    return best;
}

int fnq_eval_vector(struct fnq_eval *e, const char *path, enum fnq_eval_mode mode,
                    float out[FN_DIM], struct fn_error *err)
{
    struct fnq_eval_faces f;
    if (mode == FNQ_EVAL_CENTRE)
        return fnq_eval_centre_vector(e, path, out, err);
    int r = fnq_eval_faces(e, path, &f, err);
    const struct fnq_eval_face *face = r ? NULL : fnq_eval_central(&f);
    if (face)
        fn_q14_to_float(out, face->x);
    return r ? r : face != NULL;
}

int fnq_eval_vectors_init(struct fnq_eval_vectors *v, const struct fn_eval_set *s, size_t dim,
                          struct fn_error *err)
{
    *v = (struct fnq_eval_vectors){.n = s->n, .dim = dim};
    v->x = calloc(s->n + 1, dim * sizeof *v->x);
    v->found = calloc(s->n + 1, 1);
    v->person = calloc(s->n + 1, sizeof *v->person);
    if (!v->x || !v->found || !v->person) {
        fnq_eval_vectors_free(v);
        return fn_error_set(err, -ENOMEM, "no memory for %zu vectors", s->n);
    }
    for (size_t i = 0; i < s->n; i++)
        v->person[i] = s->pictures[i].person;
    return 0;
}

int fnq_eval_set_vectors(struct fnq_eval *e, const struct fn_eval_set *s,
                         enum fnq_eval_mode mode, bool fallback, struct fnq_eval_vectors *ret,
                         struct fn_error *err)
{
    struct fnq_eval_vectors v;
    int r = fnq_eval_vectors_init(&v, s, FN_DIM, err);
    for (size_t i = 0; r >= 0 && i < s->n; i++) {
        r = fnq_eval_vector(e, s->pictures[i].path, mode, v.x + i * FN_DIM, err);
        if (r == 0 && fallback && mode == FNQ_EVAL_DETECT) {
            r = fnq_eval_vector(e, s->pictures[i].path, FNQ_EVAL_CENTRE, v.x + i * FN_DIM, err);
            v.n_fallbacks += r == 1;
        }
        v.found[i] = r == 1;
        v.n_missed += r == 0;
    }
    if (r < 0) {
        fnq_eval_vectors_free(&v);
        return r;
    }
    *ret = v;
    return 0;
}

void fnq_eval_vectors_free(struct fnq_eval_vectors *v)
{
    free(v->x);
    free(v->found);
    free(v->person);
    *v = (struct fnq_eval_vectors){0};
}

double fnq_eval_d2(const float *a, const float *b, size_t dim)
{
    double sum = 0;
    if (!a || !b)
        return (double)NAN;
    for (size_t i = 0; i < dim; i++) {
        double d = (double)a[i] - (double)b[i];
        sum += d * d;
    }
    return sum;
}
