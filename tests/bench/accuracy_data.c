/* SPDX-License-Identifier: MIT */
/* Photos and their faces; see accuracy_data.h. */
#include "accuracy_data.h"
#include "engine/image/decode.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/base/array.h"
#include "engine/image/sniff.h"

static void *grow(void *p, size_t *cap, size_t n, size_t item)
{
    void *q = fn_array_grow(p, cap, n + 1, item);
    if (!q)
        abort();
    return q;
}

struct photo *photo_add(struct photo_set *s, const char *path, uint32_t person)
{
    s->v = grow(s->v, &s->cap, s->n, sizeof *s->v);
    struct photo *p = &s->v[s->n++];
    *p = (struct photo){.person = person};
    snprintf(p->path, sizeof p->path, "%s", path);
    return p;
}

uint32_t person_add(struct photo_set *s, const char *name)
{
    for (size_t i = 0; i < s->n_people; i++) {
        if (!strcmp(s->people[i], name))
            return (uint32_t)i;
    }
    s->people = grow(s->people, &s->people_cap, s->n_people, sizeof *s->people);
    snprintf(s->people[s->n_people], sizeof *s->people, "%s", name);
    return (uint32_t)s->n_people++;
}

static int visible(const struct dirent *d)
{
    return d->d_name[0] != '.';
}

static int add_dir(struct photo_set *s, const char *data, const char *dir, uint32_t person)
{
    char full[1024], path[768];
    snprintf(full, sizeof full, "%s/%s", data, dir);
    struct dirent **list;
    int n = scandir(full, &list, visible, alphasort);
    if (n < 0)
        return -errno;
    for (int i = 0; i < n; i++) {
        snprintf(path, sizeof path, "%s/%s", dir, list[i]->d_name);
        if (fn_picture_name(path))
            photo_add(s, path, person);
        free(list[i]);
    }
    free(list);
    return 0;
}

int set_add_files(struct photo_set *s, const char *data, const char *dir)
{
    return add_dir(s, data, dir, UINT32_MAX);
}

int set_add_folders(struct photo_set *s, const char *data, const char *dir)
{
    char full[1024], path[768];
    snprintf(full, sizeof full, "%s/%s", data, dir);
    struct dirent **list;
    int n = scandir(full, &list, visible, alphasort), rc = 0;
    if (n < 0)
        return -errno;
    for (int i = 0; i < n; i++) {
        struct stat st;
        snprintf(path, sizeof path, "%s/%s/%s", data, dir, list[i]->d_name);
        if (!stat(path, &st) && S_ISDIR(st.st_mode)) {
            snprintf(path, sizeof path, "%s/%s", dir, list[i]->d_name);
            rc = rc ? rc : add_dir(s, data, path, person_add(s, list[i]->d_name));
        }
        free(list[i]);
    }
    free(list);
    return rc;
}

void set_free(struct photo_set *s)
{
    for (size_t i = 0; i < s->n; i++)
        free(s->v[i].faces);
    free(s->v);
    free(s->people);
    *s = (struct photo_set){0};
}

static void keep_faces(struct photo *p, const struct fn_photo_faces *r)
{
    float w = (float)r->info.width, h = (float)r->info.height;
    p->width = r->info.width;
    p->height = r->info.height;
    p->rotated = r->rotated;
    p->n_faces = r->n_faces;
    p->decode_ns = r->ns.decode;
    p->detect_ns = r->ns.detect;
    p->landmarks_ns = r->ns.landmarks;
    p->embed_ns = r->ns.embed;
    p->faces = calloc(r->n_faces ? r->n_faces : 1, sizeof *p->faces);
    if (!p->faces)
        abort();
    for (uint32_t i = 0; i < r->n_faces; i++) {
        const struct fn_face *f = &r->faces[i];
        struct found_face *g = &p->faces[i];
        *g = (struct found_face){{f->box[0] * w, f->box[1] * h, f->box[2] * w, f->box[3] * h},
                                 f->score,
                                 f->quality,
                                 f->eyes_px,
                                 f->sharpness,
                                 f->yaw_deg,
                                 f->roll_deg,
                                 {0}};
        fn_q14_from_float(g->x, f->embedding, FN_DIM);
    }
}

/* Rotates the picture about its centre. Corners become black. */
static int roll_image(struct fn_image *m, int degrees)
{
    struct fn_image out;
    float *px = malloc((size_t)m->width * m->height * 3 * sizeof *px);
    if (!px || fn_image_create(m->width, m->height, &out))
        abort();
    float t = (float)degrees * 3.14159265f / 180, c = cosf(t), s = sinf(t);
    float cx = (float)(m->width - 1) / 2, cy = (float)(m->height - 1) / 2;
    struct fn_similarity sim = {c, s, cx - c * cx + s * cy, cy - s * cx - c * cy};
    struct fn_imagef f = {px, m->width, m->height};
    fn_warp(m, sim, &f);
    for (uint32_t y = 0; y < m->height; y++) {
        for (size_t i = 0; i < (size_t)m->width * 3; i++)
            out.data[y * out.stride + i] = (uint8_t)(px[y * (size_t)m->width * 3 + i] + .5f);
    }
    free(px);
    fn_image_destroy(m);
    *m = out;
    return 0;
}

static int search_rolled(struct fn_face_engine *e, const struct fn_source *src, int degrees,
                         const struct fn_decode_limits *lim, struct fn_photo_faces *r,
                         struct fn_error *err)
{
    struct fn_image_info info;
    struct fn_image m = {0};
    uint32_t denom;
    bool truncated;
    int rc = fn_image_probe(src, lim, &info, err);
    if (!rc)
        rc = fn_image_decode(src, &info, 0, lim, &m, &denom, &truncated, err);
    if (!rc)
        rc = roll_image(&m, degrees);
    if (!rc)
        rc = fn_face_find_image(e, &m, r, err);
    fn_image_destroy(&m);
    return rc;
}

static void search_one(struct fn_face_engine *e, const char *data, const struct search_opts *o,
                       struct photo *p)
{
    char full[1024];
    struct fn_error err = {0};
    struct fn_photo_faces r;
    struct stat st;
    snprintf(full, sizeof full, "%s/%s", data, p->path);
    int fd = open(full, O_RDONLY | O_CLOEXEC), rc = -errno;
    if (fd >= 0 && !fstat(fd, &st)) {
        struct fn_source src = {fd, (uint64_t)st.st_size};
        rc = p->roll_deg ? search_rolled(e, &src, p->roll_deg, &o->face.limits, &r, &err)
                         : fn_face_find(e, &src, &r, &err);
    }
    if (fd >= 0)
        close(fd);
    p->failed = rc != 0;
    if (rc)
        snprintf(p->error, sizeof p->error, "%s", err.text[0] ? err.text : fn_strerror(rc));
    else
        keep_faces(p, &r);
}

struct team {
    struct photo_set *set;
    const char *data;
    const struct search_opts *opts;
    pthread_mutex_t lock;
    size_t next;
    struct fn_error err;
    int rc;
};

static void *worker(void *arg)
{
    struct team *t = arg;
    struct fn_face_engine *e;
    struct fn_error err = {0};
    int rc = fn_face_engine_create(t->opts->profile, &t->opts->face, &e, &err);
    pthread_mutex_lock(&t->lock);
    if (rc) {
        t->rc = rc;
        t->err = err;
    }
    while (!t->rc && t->next < t->set->n) {
        size_t i = t->next++;
        pthread_mutex_unlock(&t->lock);
        search_one(e, t->data, t->opts, &t->set->v[i]);
        pthread_mutex_lock(&t->lock);
        if (t->opts->progress && t->next % 50 == 0)
            fprintf(stderr, "\r%zu/%zu ", t->next, t->set->n);
    }
    pthread_mutex_unlock(&t->lock);
    if (!rc)
        fn_face_engine_destroy(e);
    return NULL;
}

int set_search(struct photo_set *s, const char *data, const struct search_opts *o,
               struct fn_error *err)
{
    struct team t = {.set = s, .data = data, .opts = o};
    pthread_t id[16];
    unsigned n = o->threads > 16 ? 16 : o->threads, started = 0;
    pthread_mutex_init(&t.lock, NULL);
    while (started < n && !pthread_create(&id[started], NULL, worker, &t))
        started++;
    if (!started)
        worker(&t);
    for (unsigned i = 0; i < started; i++)
        pthread_join(id[i], NULL);
    pthread_mutex_destroy(&t.lock);
    if (o->progress)
        fprintf(stderr, "\r                \r");
    if (t.rc && err)
        *err = t.err;
    return t.rc;
}

const struct found_face *central_face(const struct photo *p)
{
    const struct found_face *best = NULL;
    float least = INFINITY;
    for (uint32_t i = 0; i < p->n_faces; i++) {
        const float *b = p->faces[i].box;
        float dx = b[0] + b[2] / 2 - (float)p->width / 2,
              dy = b[1] + b[3] / 2 - (float)p->height / 2;
        if (dx * dx + dy * dy < least) {
            least = dx * dx + dy * dy;
            best = &p->faces[i];
        }
    }
    return best;
}

const struct found_face *largest_face(const struct photo *p)
{
    return p->n_faces ? &p->faces[0] : NULL;
}
