/* SPDX-License-Identifier: MIT */
/* A picture with a box and a label for each of its faces. */
#include <errno.h>
#include <string.h>

#include "cli/library/face_pictures.h"
#include "cli/library/page_files.h"
#include "engine/base/paths.h"

static const struct fn_rgb box_colour = {255, 214, 10}, ink = {0, 0, 0};

/* A face in pixels. */
struct place {
    int x, y, w, h;
};

static int within(int v, int lo, int hi)
{
    return v < lo ? lo : v > hi ? hi : v;
}

/* Letters are as large as the face allows, within what can be read at the size of the picture.
 */
static double letters_for(const struct fn_image *m, const struct place *p)
{
    int longer = (int)(m->width > m->height ? m->width : m->height);
    int least = longer / 90 > 13 ? longer / 90 : 13, most = longer / 45 > 16 ? longer / 45 : 16;
    return within(p->w / 5, least, most);
}

static void draw_label(struct fn_text *t, struct fn_image *m, const struct place *p,
                       const struct fnl_face_label *label)
{
    const struct fn_text_style s = {
        .px = letters_for(m, p), .colour = ink, .cut = FN_TEXT_MIDDLE, .side = FN_TEXT_CENTRE};
    int pad = (int)(s.px / 3), height = fn_text_height(s.px), width = (int)m->width;
    int most = 2 * p->w > 14 * (int)s.px ? 2 * p->w : 14 * (int)s.px;
    int w = within(fn_text_width(t, &s, label->text, label->instead) + 2 * pad, 1,
                   most < width ? most : width);
    int x = within(p->x + (p->w - w) / 2, 0, width - w);
    int y = p->y + p->h + height <= (int)m->height ? p->y + p->h : p->y - height;
    y = y < 0 ? 0 : y;
    fn_draw_fill(m, x, y, w, height, box_colour);
    fn_text_draw(t, m, x + pad, y, w - 2 * pad, &s, label->text, label->instead);
}

static void draw_face(struct fn_text *t, struct fn_image *m, const float box[4],
                      const struct fnl_face_label *label)
{
    int longer = (int)(m->width > m->height ? m->width : m->height);
    const struct place p = {(int)(box[0] * (float)m->width), (int)(box[1] * (float)m->height),
                            (int)(box[2] * (float)m->width), (int)(box[3] * (float)m->height)};
    fn_draw_rect(m, p.x, p.y, p.w, p.h, longer / 600 + 1, box_colour);
    if (label->text[0])
        draw_label(t, m, &p, label);
}

int fnl_draw_look(struct fn_library *lib, struct fn_text *t, const struct fnl_look *l,
                  const struct fnl_face_label *labels, uint32_t px, const char *path,
                  struct fn_error *err)
{
    char file[FN_PATH_MAX];
    struct fn_image m = {0};
    const char *slash = strrchr(l->path, '/');
    int rc = fnl_is_folder(path)
                 ? fn_path_join(file, sizeof file, path, slash ? slash + 1 : l->path)
                 : fn_path_expand(file, sizeof file, path);
    if (rc)
        return fn_error_set(err, rc, "%s: %s", path, fn_strerror(rc));
    rc = fnl_spare_photo(file, l->fd, NULL, err);
    rc = rc ? rc : fnl_picture(lib, l->fd, px, &m, err);
    for (size_t i = 0; !rc && i < l->n; i++)
        draw_face(t, &m, l->faces[i].fact.box, &labels[i]);
    if (!rc && fn_text_failed(t))
        rc = fn_error_set(err, -ENOMEM, "out of memory");
    rc = rc ? rc : fnl_save_jpeg(file, &m, err);
    fn_image_destroy(&m);
    return rc;
}
