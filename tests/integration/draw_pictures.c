/* SPDX-License-Identifier: MIT */
/* train_pictures DIR PEOPLE FACES: draws a folder of pictures per artificial person, for tests
 * of training. A person is a pattern of waves. Faces differ in phase and noise. */
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/base/rng.h"
#include "engine/draw/draw.h"

enum { SIDE = 96 };

static void paint(struct fn_image *m, uint32_t person, uint32_t face)
{
    struct fn_rng r = fn_rng_init(person, face + 1);
    double phase = fn_rng_uniform(&r);
    for (uint32_t y = 0; y < SIDE; y++)
        for (uint32_t x = 0; x < SIDE; x++)
            for (uint32_t c = 0; c < 3; c++) {
                double wave = sin((person + 2) * .09 * (c == 1 ? y : x) + phase + c);
                double v =
                    128 + 60 * wave + 30 * ((person >> c) & 1) + 20 * (fn_rng_uniform(&r) - .5);
                m->data[y * m->stride + 3 * x + c] = (uint8_t)fmin(fmax(v, 0), 255);
            }
}

int main(int argc, char **argv)
{
    char path[4096];
    struct fn_image m;
    struct fn_error err;
    if (argc != 4 || fn_image_create(SIDE, SIDE, &m))
        return 2;
    (void)mkdir(argv[1], 0755);
    for (uint32_t p = 0; p < (uint32_t)strtoul(argv[2], NULL, 10); p++) {
        (void)snprintf(path, sizeof path, "%s/person%02u", argv[1], p);
        (void)mkdir(path, 0755);
        for (uint32_t f = 0; f < (uint32_t)strtoul(argv[3], NULL, 10); f++) {
            (void)snprintf(path, sizeof path, "%s/person%02u/%u.jpg", argv[1], p, f);
            paint(&m, p, f);
            int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644);
            if (fd < 0 || fn_image_write_jpeg_fd(fd, &m, 95, &err) || close(fd))
                return 1;
        }
    }
    fn_image_destroy(&m);
    return 0;
}
