/* SPDX-License-Identifier: MIT */
/* Lanes are threads that each take the next photo, have a worker decode it, and write its
 * pictures. A worker ends with the thread that started it, and any lane may use it: so each
 * lane lives until all photos are done. */
#include "cli/page/people_views.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/library/picture_pool.h"
#include "engine/base/clock.h"
#include "engine/base/file.h"
#include "engine/image/image.h"

enum { LANES_MAX = 64, QUALITY = 80 };
static const uint64_t report_every_ns = 200000000;

struct views {
    struct fnp_plan *plan;
    struct fnp_folder *folder;
    struct fn_worker_pool *pool;
    const struct fnp_events *events;
    pthread_mutex_t lock; /* guards the members below */
    pthread_cond_t idle;  /* no lane has a photo any more */
    size_t lanes;         /* that have one, or may get one */
    size_t next, done, unreadable;
    struct fn_error err; /* the one that ends the run */
    uint64_t began_ns, reported_ns;
};

struct lane {
    struct views *all;
    int file; /* in memory: a JPEG */
    struct fn_buf jpeg;
    float box[FN_WORK_BOXES_MAX][4];
    uint32_t face[FN_WORK_BOXES_MAX];
    struct fn_error err;
};

void fnp_crop_name(uint64_t ckey, char out[FNP_NAME_MAX])
{
    char hex[FN_FACE_HEX];
    fn_face_hex(ckey, hex);
    (void)snprintf(out, FNP_NAME_MAX, "faces/%s.jpg", hex);
}

void fnp_photo_name(const struct fn_h128 *hash, const char *end, char out[FNP_NAME_MAX])
{
    char hex[FN_H128_HEX];
    fn_h128_hex(hash, hex);
    (void)snprintf(out, FNP_NAME_MAX, "photos/%s%s", hex, end);
}

/* ---- one photo ---- */

static int encode(struct lane *l, const struct fn_image *m)
{
    struct stat st;
    fn_buf_reset(&l->jpeg);
    if (ftruncate(l->file, 0) < 0 || lseek(l->file, 0, SEEK_SET) < 0)
        return fn_error_set(&l->err, -errno, "memory file: %s", fn_strerror(-errno));
    int rc = fn_image_write_jpeg_fd(l->file, m, QUALITY, &l->err);
    if (!rc && fstat(l->file, &st) < 0)
        rc = fn_error_set(&l->err, -errno, "memory file: %s", fn_strerror(-errno));
    for (uint64_t at = 0; !rc && at < (uint64_t)st.st_size;) {
        char chunk[16384];
        ssize_t n = fn_pread_all(l->file, chunk, sizeof chunk, at);
        if (n <= 0)
            return fn_error_set(&l->err, -EIO, "memory file: it ends early");
        fn_buf_add(&l->jpeg, chunk, (size_t)n);
        at += (uint64_t)n;
    }
    return rc                        ? rc
           : fn_buf_failed(&l->jpeg) ? fn_error_set(&l->err, -ENOMEM, "out of memory")
                                     : 0;
}

static int save(struct lane *l, uint8_t *rgb, uint32_t w, uint32_t h, const char *name)
{
    const struct fn_image m = {rgb, w, h, (size_t)w * 3};
    int rc = encode(l, &m);
    return rc ? rc : fnp_folder_write(l->all->folder, name, l->jpeg.data, l->jpeg.len, &l->err);
}

/* The side of the square around a face, in pixels of the photo. */
static float side_around(const struct fnp_photo *p, const float box[4])
{
    const float margin = .3f;
    float width = (float)p->width, height = (float)p->height;
    float w = box[2] * width, h = box[3] * height, most = width < height ? width : height;
    float side = (w > h ? w : h) * (1 + 2 * margin);
    return side > most ? most : side;
}

/* The longer side at which a crop of every face of the photo is sharp enough, and the preview.
 * A JPEG that is decoded smaller has other pixels, so this must not depend on which pictures
 * are shown, or missing. One more pixel covers the rounding of the worker. */
static uint32_t finest_of(const struct fnp_plan *plan, const struct fnp_photo *p)
{
    const struct fnp_face *f = plan->faces + p->first_face;
    float longer = (float)(p->width > p->height ? p->width : p->height), need = FNP_PREVIEW_PX;
    for (uint32_t i = 0; i < p->n_faces; i++) {
        float side = side_around(p, f[i].box), want = longer * FNP_CROP_PX / side;
        if (side >= 1 && want > need)
            need = want;
    }
    return (uint32_t)ceilf(need < longer ? need : longer) + 1;
}

/* The square around a face, moved into the picture where it can be: no black bars. */
static void square_around(const struct fnp_photo *p, const float box[4], float ret[4])
{
    float width = (float)p->width, height = (float)p->height, side = side_around(p, box);
    float w = box[2] * width, h = box[3] * height;
    float x = box[0] * width + (w - side) / 2, y = box[1] * height + (h - side) / 2;
    x = x < 0 ? 0 : x > width - side ? width - side : x;
    y = y < 0 ? 0 : y > height - side ? height - side : y;
    ret[0] = x / width;
    ret[1] = y / height;
    ret[2] = side / width;
    ret[3] = side / height;
}

/* The faces whose crops are missing. */
static uint32_t missing_crops(struct lane *l, const struct fnp_photo *photo)
{
    struct fnp_face *f = l->all->plan->faces + photo->first_face;
    char name[FNP_NAME_MAX];
    uint32_t n = 0;
    for (uint32_t i = 0; i < photo->n_faces && n < FN_WORK_BOXES_MAX; i++) {
        if (!f[i].shown)
            continue;
        fnp_crop_name(f[i].ckey, name);
        f[i].cropped = fnp_folder_reuse(l->all->folder, name);
        if (f[i].cropped)
            continue;
        square_around(photo, f[i].box, l->box[n]);
        l->face[n++] = photo->first_face + i;
    }
    return n;
}

static int save_views(struct lane *l, struct fnp_photo *photo, uint32_t n, uint8_t *rgb,
                      uint32_t w, uint32_t h)
{
    char name[FNP_NAME_MAX];
    int rc = 0;
    if (w) {
        fnp_photo_name(&photo->hash, ".jpg", name);
        rc = save(l, rgb, w, h, name);
        photo->previewed = !rc;
        rgb += (size_t)w * h * 3;
    }
    for (uint32_t i = 0; !rc && i < n; i++) {
        struct fnp_face *f = &l->all->plan->faces[l->face[i]];
        fnp_crop_name(f->ckey, name);
        rc = save(l, rgb + (size_t)i * FNP_CROP_PX * FNP_CROP_PX * 3, FNP_CROP_PX, FNP_CROP_PX,
                  name);
        f->cropped = !rc;
    }
    return rc;
}

/* A photo that cannot be read leaves placeholders: only the other errors end the run. */
static int make_views(struct lane *l, struct fnp_photo *photo, int fd, uint32_t n)
{
    const struct fn_pool_views v = {.boxes = (const float(*)[4])l->box,
                                    .n = n,
                                    .px = FNP_CROP_PX,
                                    .longer = photo->previewed ? 0 : FNP_PREVIEW_PX,
                                    .finest = finest_of(l->all->plan, photo)};
    uint8_t *rgb = NULL;
    uint32_t w = 0, h = 0;
    int rc = fn_worker_pool_views(l->all->pool, fd, &v, &rgb, &w, &h, &l->err);
    if (rc)
        return rc == FN_EMODEL || rc == -ENOMEM ? rc : 0;
    rc = save_views(l, photo, n, rgb, w, h);
    free(rgb);
    return rc;
}

static int do_photo(struct lane *l, struct fnp_photo *photo)
{
    char name[FNP_NAME_MAX];
    uint32_t n = missing_crops(l, photo);
    fnp_photo_name(&photo->hash, ".jpg", name);
    photo->previewed = fnp_folder_reuse(l->all->folder, name);
    photo->found = photo->path && access(photo->path, R_OK) == 0;
    if (!photo->found || (photo->previewed && !n))
        return 0;
    int fd = open(photo->path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    if (fd < 0)
        return 0;
    int rc = make_views(l, photo, fd, n);
    (void)close(fd);
    return rc;
}

static bool is_complete(const struct fnp_plan *p, const struct fnp_photo *photo)
{
    const struct fnp_face *f = p->faces + photo->first_face;
    bool all = photo->previewed;
    for (uint32_t i = 0; i < photo->n_faces; i++)
        all &= f[i].cropped || !f[i].shown;
    return all;
}

/* ---- lanes ---- */

/* Called with the lock held, or after all lanes have ended. */
static void report(struct views *v, bool last)
{
    uint64_t now = fn_clock_mono_ns();
    if (!v->events->progress || (!last && now - v->reported_ns < report_every_ns))
        return;
    v->reported_ns = now;
    const struct fnp_progress p = {v->done, v->plan->n_photos,
                                   (double)(now - v->began_ns) / 1e9, last};
    v->events->progress(v->events->arg, &p);
}

/* Called with the lock held. */
static void check_stop(struct views *v)
{
    if (!v->err.code && v->next < v->plan->n_photos && v->events->stop &&
        v->events->stop(v->events->arg))
        (void)fn_error_set(&v->err, -ECANCELED,
                           "stopped: the pictures of %zu of %zu photos are made and kept. Run "
                           "the same command to continue",
                           v->done, v->plan->n_photos);
}

/* Records the result of the last photo and returns the next one; NULL: end. */
static struct fnp_photo *next_photo(struct views *v, const struct fnp_photo *last, int rc,
                                    const struct fn_error *err)
{
    (void)pthread_mutex_lock(&v->lock);
    if (rc && !v->err.code)
        v->err = *err;
    if (last) {
        v->done++;
        v->unreadable += !is_complete(v->plan, last);
    }
    check_stop(v);
    struct fnp_photo *next =
        v->next < v->plan->n_photos && !v->err.code ? &v->plan->photos[v->next++] : NULL;
    report(v, false);
    (void)pthread_mutex_unlock(&v->lock);
    return next;
}

/* Another lane may use the worker that this one started. */
static void wait_for_others(struct views *v)
{
    (void)pthread_mutex_lock(&v->lock);
    if (--v->lanes == 0)
        (void)pthread_cond_broadcast(&v->idle);
    while (v->lanes)
        (void)pthread_cond_wait(&v->idle, &v->lock);
    (void)pthread_mutex_unlock(&v->lock);
}

static void *run_lane(void *arg)
{
    struct views *v = arg;
    struct lane *l = calloc(1, sizeof *l);
    struct fn_error err = {0};
    int rc = l && (l->file = memfd_create("jpeg", MFD_CLOEXEC)) >= 0
                 ? 0
                 : fn_error_set(&err, -ENOMEM, "out of memory");
    if (!rc) {
        l->all = v;
        fn_buf_init(&l->jpeg, 1 << 28);
    }
    for (struct fnp_photo *p = NULL; (p = next_photo(v, p, rc, l ? &l->err : &err));)
        rc = do_photo(l, p);
    wait_for_others(v);
    if (l) {
        fn_buf_finish(&l->jpeg);
        (void)close(l->file);
    }
    free(l);
    return NULL;
}

static size_t lanes_for(size_t n)
{
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    size_t lanes = cores > 0 ? (size_t)cores : 1;
    lanes = lanes < LANES_MAX ? lanes : LANES_MAX;
    return n < lanes ? n : lanes;
}

static int run_lanes(struct views *v, size_t n, struct fn_error *err)
{
    pthread_t thread[LANES_MAX];
    size_t started = 0;
    (void)pthread_mutex_lock(&v->lock); /* no lane ends before all are counted */
    while (started < n && pthread_create(&thread[started], NULL, run_lane, v) == 0)
        started++;
    v->lanes = started;
    (void)pthread_mutex_unlock(&v->lock);
    for (size_t i = 0; i < started; i++)
        (void)pthread_join(thread[i], NULL);
    report(v, true);
    if (v->err.code) {
        *err = v->err;
        return err->code;
    }
    return started ? 0 : fn_error_set(err, -EAGAIN, "cannot start a thread");
}

int fnp_views_make(struct fn_library *lib, struct fnp_plan *p, struct fnp_folder *folder,
                   const struct fnp_events *events, size_t *ret_unreadable,
                   struct fn_error *err)
{
    struct views v = {.plan = p, .folder = folder, .events = events};
    struct fnl_pictures pictures = {0};
    size_t n = lanes_for(p->n_photos);
    *ret_unreadable = 0;
    if (!n)
        return 0;
    int rc = fnl_pictures_open(lib, (unsigned)n, &pictures, err);
    if (rc)
        return rc;
    v.pool = pictures.pool;
    v.began_ns = v.reported_ns = fn_clock_mono_ns();
    (void)pthread_mutex_init(&v.lock, NULL);
    (void)pthread_cond_init(&v.idle, NULL);
    rc = run_lanes(&v, n, err);
    (void)pthread_cond_destroy(&v.idle);
    (void)pthread_mutex_destroy(&v.lock);
    fnl_pictures_close(&pictures);
    if (!rc)
        *ret_unreadable = v.unreadable;
    return rc;
}
