/* SPDX-License-Identifier: MIT */
/* One request, from descriptor to reply. Photos are read by pread on the descriptor of the
 * request. Crops and pictures are written to the other one. */
#include "engine/image/decode.h"
#include "engine/work/serve.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/base/endian.h"
#include "engine/base/file.h"

enum { THUMB_MAX = 1024 };

static int open_source(int fd, struct fn_source *src, struct fn_error *err)
{
    struct stat st;
    if (fstat(fd, &st))
        return fn_error_set(err, -errno, "cannot read the file: %s", fn_strerror(-errno));
    if (!S_ISREG(st.st_mode))
        return fn_error_set(err, FN_EUNSUPPORTED, "not a regular file");
    *src = (struct fn_source){fd, (uint64_t)st.st_size};
    return 0;
}

static float within(float v, float lo, float hi)
{
    return v < lo ? lo : v > hi ? hi : v;
}

/* The square around a box with its margin, in pixels of a picture of the given size. It is
 * moved and made smaller as needed to be inside the picture. */
static void square_of(const float box[4], float margin, uint32_t width, uint32_t height,
                      float *cx, float *cy, float *side)
{
    float w = box[2] * (float)width, h = box[3] * (float)height;
    float most = (float)(width < height ? width : height);
    *side = within((w > h ? w : h) * (1 + 2 * margin), 1, most);
    *cx = within(box[0] * (float)width + w / 2, *side / 2, (float)width - *side / 2);
    *cy = within(box[1] * (float)height + h / 2, *side / 2, (float)height - *side / 2);
}

/* The longer side at which the smallest crop still has px pixels, and the whole picture its
 * size; `finest` at least. */
static uint32_t long_side_for(const struct fn_work_request *q, const struct fn_image_info *info)
{
    float need = (float)(q->finest > q->whole ? q->finest : q->whole),
          longer = (float)(info->width > info->height ? info->width : info->height);
    for (uint32_t i = 0; i < q->n_boxes; i++) {
        float cx, cy, side;
        square_of(q->boxes[i], q->margin, info->width, info->height, &cx, &cy, &side);
        float want = longer * (float)q->px / side;
        need = want > need ? want : need;
    }
    return need >= longer ? 0 : (uint32_t)ceilf(need);
}

static int write_thumb(int fd, const struct fn_imagef *m)
{
    size_t n = (size_t)m->width * m->height * 3;
    uint8_t row[4096];
    for (size_t i = 0; i < n;) {
        size_t k = n - i < sizeof row ? n - i : sizeof row;
        for (size_t j = 0; j < k; j++) {
            float v = m->data[i + j] + .5f;
            row[j] = (uint8_t)(v < 0 ? 0 : v > 255 ? 255 : v);
        }
        int rc = fn_write_all(fd, row, k);
        if (rc)
            return rc;
        i += k;
    }
    return 0;
}

static int write_whole(int fd, const struct fn_image *m, const struct fn_image_info *info,
                       uint32_t longer)
{
    struct fn_image small = {0};
    uint32_t w, h;
    fn_work_whole_size(info, longer, &w, &h);
    int rc = w ? fn_resize_u8(m, w, h, &small) : 0;
    for (uint32_t y = 0; !rc && y < h; y++)
        rc = fn_write_all(fd, small.data + y * small.stride, (size_t)w * 3);
    fn_image_destroy(&small);
    return rc;
}

static int write_thumbs(const struct fn_image *m, const struct fn_work_request *q)
{
    struct fn_imagef thumb = {calloc((size_t)q->px * q->px * 3 + 1, sizeof(float)), q->px,
                              q->px};
    int rc = thumb.data ? 0 : -ENOMEM;
    for (uint32_t i = 0; !rc && i < q->n_boxes; i++) {
        float cx, cy, side;
        square_of(q->boxes[i], q->margin, m->width, m->height, &cx, &cy, &side);
        fn_crop_square(m, cx, cy, side, &thumb);
        rc = write_thumb(q->out_fd, &thumb);
    }
    free(thumb.data);
    return rc;
}

static int crop(const struct fn_source *src, const struct fn_decode_limits *lim,
                const struct fn_work_request *q, struct fn_work_reply *ret,
                struct fn_error *err)
{
    struct fn_image_info info;
    struct fn_image m = {0};
    uint32_t denom, w, h;
    bool truncated;
    if (q->out_fd < 0 || (q->n_boxes && q->px == 0) || q->px > THUMB_MAX)
        return fn_error_set(err, -EINVAL, "a crop needs a place and a size up to %d",
                            THUMB_MAX);
    int rc = fn_image_probe(src, lim, &info, err);
    rc = rc ? rc
            : fn_image_decode(src, &info, long_side_for(q, &info), lim, &m, &denom, &truncated,
                              err);
    if (rc)
        return rc;
    rc = write_whole(q->out_fd, &m, &info, q->whole);
    rc = rc ? rc : write_thumbs(&m, q);
    if (rc) {
        (void)fn_error_set(err, rc, "cannot write a crop: %s", fn_strerror(rc));
    } else {
        fn_work_whole_size(&info, q->whole, &w, &h);
        ret->photo.info = info;
        ret->out_bytes = (uint64_t)w * h * 3 + (uint64_t)q->n_boxes * q->px * q->px * 3;
    }
    fn_image_destroy(&m);
    return rc;
}

/* Floats without rounding, so that results do not depend on which process decoded. */
static int chip(const struct fn_source *src, const struct fn_decode_limits *lim,
                const struct fn_work_request *q, struct fn_work_reply *ret,
                struct fn_error *err)
{
    size_t size = (size_t)q->cut.width * q->cut.height * 3 * sizeof(float);
    if (q->out_fd < 0)
        return fn_error_set(err, -EINVAL, "a chip needs a place");
    float *rgb = malloc(size);
    int rc = rgb ? 0 : fn_error_set(err, -ENOMEM, "out of memory");
    rc = rc ? rc
            : fn_image_decode_chip(src, &q->cut, lim, rgb, &ret->photo.info,
                                   &ret->photo.truncated, err);
    if (!rc && (rc = fn_write_all(q->out_fd, rgb, size)))
        rc = fn_error_set(err, rc, "cannot write a chip: %s", fn_strerror(rc));
    if (!rc)
        ret->out_bytes = size;
    free(rgb);
    return rc;
}

/* Decodes the picture, its longer side at most px pixels; 0: as large as it is. */
static int decode_up_to(const struct fn_source *src, const struct fn_decode_limits *lim,
                        uint32_t px, struct fn_image_info *info, struct fn_image *m,
                        struct fn_error *err)
{
    struct fn_image small = {0};
    uint32_t denom;
    bool truncated;
    int rc = fn_image_probe(src, lim, info, err);
    rc = rc ? rc : fn_image_decode(src, info, px, lim, m, &denom, &truncated, err);
    uint32_t longer = m->width > m->height ? m->width : m->height;
    if (rc || !px || longer <= px)
        return rc;
    uint32_t w = (uint32_t)((uint64_t)m->width * px / longer),
             h = (uint32_t)((uint64_t)m->height * px / longer);
    rc = fn_resize_u8(m, w ? w : 1, h ? h : 1, &small);
    if (rc)
        return fn_error_set(err, rc, "out of memory");
    fn_image_destroy(m);
    *m = small;
    return 0;
}

static int write_picture(int fd, const struct fn_image *m)
{
    uint8_t size[8];
    fn_put_le32(size, m->width);
    fn_put_le32(size + 4, m->height);
    int rc = fn_write_all(fd, size, sizeof size);
    for (uint32_t y = 0; !rc && y < m->height; y++)
        rc = fn_write_all(fd, m->data + y * m->stride, (size_t)m->width * 3);
    return rc;
}

static int picture(const struct fn_source *src, const struct fn_decode_limits *lim,
                   const struct fn_work_request *q, struct fn_work_reply *ret,
                   struct fn_error *err)
{
    struct fn_image m = {0};
    if (q->out_fd < 0)
        return fn_error_set(err, -EINVAL, "a picture needs a place");
    int rc = decode_up_to(src, lim, q->px, &ret->photo.info, &m, err);
    if (!rc && (rc = write_picture(q->out_fd, &m)))
        rc = fn_error_set(err, rc, "cannot write a picture: %s", fn_strerror(rc));
    if (!rc)
        ret->out_bytes = 8 + (uint64_t)m.width * m.height * 3;
    fn_image_destroy(&m);
    return rc;
}

static int embed_box(struct fn_face_engine *e, const struct fn_source *src,
                     const struct fn_decode_limits *lim, const struct fn_work_request *q,
                     struct fn_work_reply *ret, struct fn_error *err)
{
    static struct fn_face
        face; /* one worker has one thread; the reply points at it until the next request */
    if (q->n_boxes != 1)
        return fn_error_set(err, -EINVAL, "one box at a time");
    int rc = fn_image_probe(src, lim, &ret->photo.info, err);
    if (!rc)
        rc = fn_face_embed_box(e, src, q->boxes[0], &face, err);
    if (!rc) {
        ret->photo.faces = &face;
        ret->photo.n_faces = 1;
    }
    return rc;
}

static void add_pixel_key(const struct fn_source *src, struct fn_work_reply *ret)
{
    struct fn_h128 key;
    if (ret->photo.info.format == FN_FORMAT_JPEG && !fn_image_pixel_key(src, &key, NULL))
        ret->pixel_key = key;
}

static int index_photo(struct fn_face_engine *e, const struct fn_source *src,
                       struct fn_work_reply *ret, struct fn_error *err)
{
    int rc = fn_face_find(e, src, &ret->photo, err);
    if (!rc)
        add_pixel_key(src, ret);
    return rc;
}

static int embed_again(struct fn_face_engine *e, const struct fn_source *src,
                       const struct fn_work_request *q, struct fn_work_reply *ret,
                       struct fn_error *err)
{
    int rc = fn_face_embed_again(e, src, q->boxes, q->points, q->n_boxes, &ret->photo, err);
    if (!rc)
        add_pixel_key(src, ret);
    return rc;
}

static int no_networks(struct fn_error *err)
{
    return fn_error_set(err, -EINVAL, "this worker was started without networks");
}

void fn_serve(struct fn_face_engine *e, const struct fn_decode_limits *lim,
              const struct fn_work_request *q, struct fn_work_reply *ret)
{
    struct fn_error err = {0};
    struct fn_source src;
    int rc = open_source(q->fd, &src, &err);
    if (!rc) {
        switch (q->kind) {
        case FN_WORK_INDEX:
            rc = e ? index_photo(e, &src, ret, &err) : no_networks(&err);
            break;
        case FN_WORK_BOX:
            rc = e ? embed_box(e, &src, lim, q, ret, &err) : no_networks(&err);
            break;
        case FN_WORK_CROP:
            rc = crop(&src, lim, q, ret, &err);
            break;
        case FN_WORK_PICTURE:
            rc = picture(&src, lim, q, ret, &err);
            break;
        case FN_WORK_CHIP:
            rc = chip(&src, lim, q, ret, &err);
            break;
        case FN_WORK_PROBE:
            rc = fn_image_probe(&src, lim, &ret->photo.info, &err);
            break;
        case FN_WORK_AGAIN:
            rc = e ? embed_again(e, &src, q, ret, &err) : no_networks(&err);
            break;
        }
    }
    if (rc) {
        ret->photo.n_faces = 0;
        ret->code = rc;
        (void)snprintf(ret->text, sizeof ret->text, "%s",
                       err.text[0] ? err.text : fn_strerror(rc));
    }
}
