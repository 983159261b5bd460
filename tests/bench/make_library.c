/* SPDX-License-Identifier: MIT */
/* A seeded library of 12-megapixel photos for measurements: given pictures, scaled, on canvases
 * of gradients and noise as from a sensor. The same seed yields the same files with one build
 * of libjpeg-turbo. No measurement depends on the content of the pictures, except on the number
 * of faces per photo. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <dirent.h>

#include "engine/base/file.h"
#include "engine/base/options.h"
#include "engine/base/paths.h"
#include "engine/base/rng.h"
#include "engine/image/decode.h"
#include "engine/draw/draw.h"
#include "engine/image/resample.h"

enum { WIDTH = 4000, HEIGHT = 3000, PICTURES_MAX = 4096, QUALITY = 90, NOISE = 12 };

struct library {
    char *names[PICTURES_MAX];
    size_t n;
};

static int by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static void list(struct library *l, const char *dir)
{
    DIR *d = opendir(dir);
    struct dirent *e;
    while (d && (e = readdir(d)) && l->n < PICTURES_MAX) {
        char path[FN_PATH_MAX];
        struct stat st;
        if (e->d_name[0] == '.' || fn_path_join(path, sizeof path, dir, e->d_name) ||
            stat(path, &st))
            continue;
        if (S_ISDIR(st.st_mode))
            list(l, path);
        else if (S_ISREG(st.st_mode) && l->n < PICTURES_MAX && (l->names[l->n] = strdup(path)))
            l->n++;
    }
    if (d)
        (void)closedir(d);
}

/* Two colours across the canvas, and noise in every pixel. The JPEG has about the size of a
 * photo of a camera. */
static void paint(struct fn_image *m, struct fn_rng *r)
{
    uint64_t c = fn_rng_u64(r);
    for (uint32_t y = 0; y < m->height; y++) {
        uint8_t *row = m->data + y * m->stride;
        for (uint32_t x = 0; x < m->width; x++) {
            uint64_t noise = fn_rng_u64(r);
            for (unsigned k = 0; k < 3; k++) {
                int from = (int)(c >> (8 * k) & 255), to = (int)(c >> (8 * k + 24) & 255);
                int base = from + (to - from) * (int)(x + y) / (WIDTH + HEIGHT);
                int v = base + (int)(noise >> (8 * k) & 255) % NOISE - NOISE / 2;
                row[3 * x + k] = (uint8_t)(v < 0 ? 0 : v > 255 ? 255 : v);
            }
        }
    }
}

static int load(const char *path, uint32_t long_side, struct fn_image *ret)
{
    const struct fn_decode_limits lim = {100u << 20, (size_t)1 << 30};
    struct fn_error err = {0};
    struct stat st;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &st)) {
        if (fd >= 0)
            (void)close(fd);
        return -1;
    }
    struct fn_source src = {fd, (uint64_t)st.st_size};
    struct fn_image_info info;
    struct fn_image m = {0};
    uint32_t denom;
    bool truncated;
    int rc = fn_image_probe(&src, &lim, &info, &err);
    if (!rc)
        rc = fn_image_decode(&src, &info, 0, &lim, &m, &denom, &truncated, &err);
    (void)close(fd);
    if (rc)
        return rc;
    uint32_t longer = m.width > m.height ? m.width : m.height;
    uint32_t w = (uint32_t)((uint64_t)m.width * long_side / longer),
             h = (uint32_t)((uint64_t)m.height * long_side / longer);
    rc = fn_resize_u8(&m, w ? w : 1, h ? h : 1, ret);
    fn_image_destroy(&m);
    return rc;
}

/* One to four pictures, each within its quarter of the canvas, or one over most of it. */
static void compose(struct fn_image *m, const struct library *l, struct fn_rng *r)
{
    bool single = fn_rng_below(r, 4) == 0;
    size_t n = single ? 1 : 1 + fn_rng_below(r, 4);
    for (size_t i = 0; i < n; i++) {
        struct fn_image p = {0};
        uint32_t side = single ? 2800 : (uint32_t)(700 + fn_rng_below(r, 800));
        if (load(l->names[fn_rng_below(r, l->n)], side, &p))
            continue;
        int room_x = (single ? WIDTH : WIDTH / 2) - (int)p.width,
            room_y = (single ? HEIGHT : HEIGHT / 2) - (int)p.height;
        int x = (int)(i & 1) * WIDTH / 2 +
                (room_x > 0 ? (int)fn_rng_below(r, (uint64_t)room_x) : 0);
        int y = (int)(i >> 1) * HEIGHT / 2 +
                (room_y > 0 ? (int)fn_rng_below(r, (uint64_t)room_y) : 0);
        fn_draw_blit(m, x, y, &p);
        fn_image_destroy(&p);
    }
}

static int write_photo(const char *dir, uint64_t i, const struct fn_image *m)
{
    char path[FN_PATH_MAX];
    struct fn_error err = {0};
    (void)snprintf(path, sizeof path, "%s/IMG_%05llu.jpg", dir, (unsigned long long)i);
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    int rc = fd < 0 ? -1 : fn_image_write_jpeg_fd(fd, m, QUALITY, &err);
    if (fd >= 0 && close(fd))
        rc = -1;
    if (rc)
        fprintf(stderr, "%s: cannot write. %s\n", path, err.text);
    return rc;
}

int main(int argc, char **argv)
{
    uint64_t photos = 40, seed = 1;
    const struct fn_opt table[] = {{"photos", 0, FN_OPT_U64, &photos, "N", "how many"},
                                   {"seed", 0, FN_OPT_U64, &seed, "N", "which ones"},
                                   {0}};
    const struct fn_opt *const tables[] = {table};
    static struct library l;
    struct fn_error err = {0};
    size_t n = 0;
    struct fn_image m = {0};
    if (fn_options_parse(argc, argv, tables, 1, &n, &err) || n != 2) {
        fprintf(stderr,
                "usage: fn_make_library PICTURES_DIR OUT_DIR [--photos N] [--seed N]\n%s\n",
                err.text);
        return 2;
    }
    list(&l, argv[1]);
    qsort(l.names, l.n, sizeof *l.names, by_name);
    if (!l.n || fn_mkdirs(argv[2], 0755, &err) || fn_image_create(WIDTH, HEIGHT, &m)) {
        fprintf(stderr, "%s: no pictures, or no place for them. %s\n", argv[1], err.text);
        return 1;
    }
    int rc = 0;
    for (uint64_t i = 0; i < photos && !rc; i++) {
        struct fn_rng rng = fn_rng_init(seed, i);
        paint(&m, &rng);
        compose(&m, &l, &rng);
        rc = write_photo(argv[2], i, &m);
    }
    fn_image_destroy(&m);
    for (size_t i = 0; i < l.n; i++)
        free(l.names[i]);
    return rc ? 1 : 0;
}
