/* SPDX-License-Identifier: MIT */
/* From a photo to a chip; see chip.h. */
#include "engine/train/chip.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static struct fn_chip_cut cut_of(const struct fn_loader_opts *o,
                                 const struct fn_augment_plan *p)
{
    return (struct fn_chip_cut){.width = o->width,
                                .height = o->height,
                                .margin = o->margin > 0 ? o->margin : 1,
                                .move = fn_augment_move(p),
                                .need_face = o->need_face,
                                .centre_share = o->centre_share};
}

struct fn_similarity fn_loader_cut(const struct fn_loader_opts *o, struct fn_similarity face,
                                   const struct fn_augment_plan *p)
{
    struct fn_chip_cut cut = cut_of(o, p);
    return fn_chip_cut_centres(&cut, face);
}

int fn_lane_init(struct fn_lane *l, const struct fn_loader_opts *o)
{
    *l = (struct fn_lane){.o = o};
    int rc = fn_augment_work_init(&l->work, o->width, o->height);
    if (rc)
        return rc;
    l->chip = calloc((size_t)o->width * o->height, 3 * sizeof *l->chip);
    if (!l->chip) {
        fn_lane_finish(l);
        return -ENOMEM;
    }
    return 0;
}

void fn_lane_finish(struct fn_lane *l)
{
    fn_augment_work_finish(&l->work);
    free(l->chip);
    *l = (struct fn_lane){0};
}

/* Opens the photo, which must be a regular file: a FIFO would wait forever. */
static int open_photo(const char *path, int *ret, struct fn_error *err)
{
    struct stat st;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    if (fd < 0)
        return fn_error_set(err, -errno, "cannot open: %s", fn_strerror(-errno));
    if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode)) {
        (void)close(fd);
        return fn_error_set(err, -EINVAL, "not a regular file");
    }
    *ret = fd;
    return 0;
}

int fn_lane_run(struct fn_lane *l, uint64_t step, uint32_t sample, uint8_t *out,
                bool *ret_truncated, struct fn_error *err)
{
    const struct fn_sample *s = &l->o->dataset->samples[sample];
    const struct fn_picture_source *pictures = l->o->pictures;
    struct fn_augment_plan p = fn_augment_draw(&l->o->augment, l->o->seed, step, sample);
    struct fn_chip_cut cut = cut_of(l->o, &p);
    bool truncated = false;
    int fd = -1, rc = open_photo(s->path, &fd, err);
    if (rc)
        return rc;
    cut.has_face = s->has_face;
    cut.face = s->face;
    rc = pictures->chip(pictures->arg, fd, &cut, l->chip, &truncated, err);
    (void)close(fd);
    if (!rc)
        rc = fn_augment_chip(&p, &l->work, l->chip, out, err);
    if (!rc)
        *ret_truncated = truncated;
    return rc;
}
