/* SPDX-License-Identifier: MIT */
/* draw_people ROOT PEOPLE PHOTOS_EACH: draws the photos of an index that make_index made with
 * the same arguments: a cartoon of the person at the box of each face. Everything is a function
 * of the arguments. For tests of pictures, and for pictures in the documentation. */
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/base/rng.h"
#include "engine/draw/draw.h"

enum { WIDTH = 1200, HEIGHT = 900 };

struct look { /* of a person */
    struct fn_rgb skin, hair, shirt, eyes;
    unsigned style; /* of the hair */
    bool glasses, beard, earrings;
};

static const struct fn_rgb ink = {40, 30, 30}, white = {250, 250, 250};

static struct look look_of(uint32_t person)
{
    static const struct fn_rgb skins[] = {{246, 214, 189}, {150, 98, 66},   {224, 172, 125},
                                          {96, 61, 44},    {252, 226, 205}, {198, 140, 96}};
    static const struct fn_rgb hairs[] = {{62, 39, 26}, {22, 20, 22},  {201, 152, 62},
                                          {28, 24, 24}, {168, 72, 32}, {150, 150, 155},
                                          {92, 58, 36}};
    static const struct fn_rgb shirts[] = {
        {52, 110, 170}, {196, 70, 70}, {88, 140, 90}, {222, 160, 60}, {116, 88, 160}};
    return (struct look){.skin = skins[person % 6],
                         .hair = hairs[person % 7],
                         .shirt = shirts[person % 5],
                         .eyes = {60, (uint8_t)(70 + 20 * (person % 3)), 90},
                         .style = person % 4,
                         .glasses = person % 3 == 2,
                         .beard = person % 4 == 3,
                         .earrings = person % 4 == 1};
}

static void dot(struct fn_image *m, double x, double y, double d, struct fn_rgb c)
{
    fn_draw_line(m, x, y, x, y, d, c);
}

/* An arc under (x, y), of the given half width and depth. */
static void smile(struct fn_image *m, double x, double y, double half, double depth,
                  double thick, struct fn_rgb c)
{
    for (int i = 0; i < 12; i++) {
        double a = -1 + i / 6., b = -1 + (i + 1) / 6.;
        fn_draw_line(m, x + a * half, y + depth * (1 - a * a), x + b * half,
                     y + depth * (1 - b * b), thick, c);
    }
}

static void scene(struct fn_image *m, struct fn_rng *r)
{
    static const struct fn_rgb skies[] = {
        {168, 208, 240}, {250, 214, 170}, {206, 224, 214}, {190, 190, 222}, {235, 225, 205}};
    static const struct fn_rgb grounds[] = {
        {120, 160, 92}, {214, 190, 140}, {110, 130, 150}, {150, 120, 100}};
    struct fn_rgb sky = skies[fn_rng_below(r, 5)], ground = grounds[fn_rng_below(r, 4)];
    fn_draw_fill(m, 0, 0, WIDTH, HEIGHT, sky);
    dot(m, 150 + 900 * fn_rng_uniform(r), 120, 110, (struct fn_rgb){255, 240, 190});
    for (int i = 0; i < 4; i++)
        dot(m, 1300 * fn_rng_uniform(r), 1050, 700 + 300 * fn_rng_uniform(r),
            (struct fn_rgb){(uint8_t)(ground.r - 8 * i), (uint8_t)(ground.g - 8 * i),
                            (uint8_t)(ground.b - 8 * i)});
}

/* A box of w x h pixels with its middle at (x, y) gets the head. */
static void hair_behind(struct fn_image *m, const struct look *l, double x, double y, double w,
                        double h)
{
    double length = l->style == 1 ? .55 : l->style == 0 ? .1 : 0;
    if (l->style != 3)
        fn_draw_line(m, x, y - .2 * h, x, y + length * h, w * 1.22, l->hair);
}

static void eyes_and_mouth(struct fn_image *m, const struct look *l, double x, double y,
                           double w, double h, double mood)
{
    for (int side = -1; side <= 1; side += 2) {
        double ex = x + side * .2 * w, ey = y - .04 * h;
        dot(m, ex, ey, .15 * w, white);
        dot(m, ex + .01 * w, ey, .085 * w, l->eyes);
        fn_draw_line(m, ex - .08 * w, ey - .1 * h, ex + .08 * w, ey - .11 * h, .03 * w,
                     l->hair);
        if (l->glasses)
            smile(m, ex, ey - .01 * h, .15 * w, .08 * h, .025 * w, ink);
        if (l->glasses)
            smile(m, ex, ey - .01 * h, .15 * w, -.08 * h, .025 * w, ink);
        if (l->earrings)
            dot(m, x + side * .5 * w, y + .14 * h, .07 * w, (struct fn_rgb){240, 200, 60});
    }
    fn_draw_line(m, x, y + .02 * h, x + .03 * w, y + .12 * h, .03 * w,
                 (struct fn_rgb){(uint8_t)(l->skin.r * .8), (uint8_t)(l->skin.g * .75),
                                 (uint8_t)(l->skin.b * .7)});
    smile(m, x, y + .22 * h, .17 * w, mood * h, .04 * w, (struct fn_rgb){170, 60, 70});
}

static void head(struct fn_image *m, const struct look *l, double x, double y, double w,
                 double h, struct fn_rng *r)
{
    double mood = .02 + .06 * fn_rng_uniform(r);
    fn_draw_line(m, x, y + 1.05 * h, x, y + 2.2 * h, 2.1 * w, l->shirt);
    hair_behind(m, l, x, y, w, h);
    fn_draw_line(m, x, y + .3 * h, x, y + .62 * h, .42 * w, l->skin);
    if (l->beard)
        fn_draw_line(m, x, y, x, y + .2 * h, w * 1.02, l->hair);
    fn_draw_line(m, x, y - .14 * h, x, y + (l->beard ? .06 : .16) * h, w * .94, l->skin);
    if (l->style != 3)
        smile(m, x, y - .27 * h, .36 * w, -.12 * h, .22 * w, l->hair);
    eyes_and_mouth(m, l, x, y, w, h, mood);
}

/* The box of make_index, that begins at x. */
static void face_at(struct fn_image *m, uint32_t person, float x, struct fn_rng *r)
{
    struct look l = look_of(person);
    double w = .125 * WIDTH, h = .25 * HEIGHT;
    head(m, &l, (double)x * WIDTH + w / 2, .25 * HEIGHT + h / 2, w, h, r);
}

static int save(const struct fn_image *m, const char *root, const char *name)
{
    char path[4096];
    struct fn_error err;
    (void)snprintf(path, sizeof path, "%s/%s", root, name);
    for (char *s = path + strlen(root); (s = strchr(s, '/')); *s++ = '/') {
        *s = '\0';
        if (mkdir(path, 0755) && errno != EEXIST)
            return -1;
    }
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    return fd < 0 || fn_image_write_jpeg_fd(fd, m, 88, &err) || close(fd) ? -1 : 0;
}

static int draw(const char *root, const char *name, uint32_t person, uint32_t photo,
                uint32_t n_faces)
{
    struct fn_image m;
    struct fn_rng r = fn_rng_init(person, photo + 1);
    if (fn_image_create(WIDTH, HEIGHT, &m))
        return -1;
    scene(&m, &r);
    for (uint32_t i = 0; i < n_faces; i++)
        face_at(&m, person + i, n_faces > 1 ? .125f + .25f * (float)i : .25f, &r);
    int rc = save(&m, root, name);
    fn_image_destroy(&m);
    return rc;
}

int main(int argc, char **argv)
{
    static const char *const odd[] = {"odd/tab\tnewline\n\"quote, comma.jpg",
                                      "odd/escape\033[31mred.jpg", "odd/latin1-\xe4.jpg"};
    char name[64];
    if (argc != 4) {
        (void)fprintf(stderr, "usage: draw_people ROOT PEOPLE PHOTOS_EACH\n");
        return 2;
    }
    int rc = draw(argv[1], "group.jpg", 0, 1000, 3);
    for (uint32_t i = 0; i < 3; i++)
        rc |= draw(argv[1], odd[i], 0, 1001 + i, 1);
    for (uint32_t p = 0; p < (uint32_t)strtoul(argv[2], NULL, 10); p++)
        for (uint32_t k = 0; k < (uint32_t)strtoul(argv[3], NULL, 10); k++) {
            (void)snprintf(name, sizeof name, "person-%u/%u.jpg", p, k);
            rc |= draw(argv[1], name, p, k, 1);
        }
    if (rc)
        perror("draw_people");
    return rc != 0;
}
