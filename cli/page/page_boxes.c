/* SPDX-License-Identifier: MIT */
/* Boxes and names over a preview. They are SVG whose lengths are shares of the picture, so that
 * they fit at every size, need no style in the page, and the text keeps its size. */
#include "cli/page/page_writers.h"
#include "cli/page/people_views.h"
#include "engine/work/work.h"

static void put_rect(struct fn_buf *b, const struct fnp_face *f)
{
    fn_buf_printf(b,
                  "<rect x=\"%.2f%%\" y=\"%.2f%%\" width=\"%.2f%%\" height=\"%.2f%%\" "
                  "rx=\"4\"/>",
                  100 * (double)f->box[0], 100 * (double)f->box[1], 100 * (double)f->box[2],
                  100 * (double)f->box[3]);
}

/* Below the box, or above it at the lower edge of the picture; at the sides it stays inside. */
static void put_label(struct fn_buf *b, const struct fnp_face *f, const struct fnp_person *p)
{
    char title[FN_PERSON_NAME_MAX + 32];
    double left = (double)f->box[0], middle = left + (double)f->box[2] / 2,
           right = left + (double)f->box[2], bottom = (double)f->box[1] + (double)f->box[3];
    bool below = bottom < .92;
    const char *anchor = middle < .25 ? "start" : middle > .75 ? "end" : "middle";
    fn_buf_printf(b, "<text x=\"%.2f%%\" y=\"%.2f%%\" dy=\"%s\" text-anchor=\"%s\">",
                  100 * (middle < .25   ? left
                         : middle > .75 ? right
                                        : middle),
                  100 * (below ? bottom : (double)f->box[1]), below ? "1.15em" : "-.4em",
                  anchor);
    if (p->p.name[0]) {
        fnp_text(b, p->p.name);
    } else {
        fnl_person_short(&p->p.id, title);
        fn_buf_str(b, title);
    }
    fn_buf_str(b, "</text>");
}

static void put_link(struct fn_buf *b, const struct fnp_face *f, const struct fnp_person *p,
                     const char *up)
{
    char name[FNP_NAME_MAX];
    fnp_person_name(p, name);
    fn_buf_printf(b, "<a href=\"%s%s\">", up, name);
    put_rect(b, f);
    put_label(b, f, p);
    fn_buf_str(b, "</a>");
}

void fnp_put_boxes(struct fn_buf *b, const struct fnp_site *s, const struct fnp_photo *p,
                   uint32_t only, const char *up)
{
    const struct fnp_face *f = s->plan->faces + p->first_face;
    bool all = only == FNP_NOBODY;
    fn_buf_str(b, all ? "<svg class=\"boxes\" role=\"group\" aria-label=\"Faces\">"
                      : "<svg class=\"boxes\" aria-hidden=\"true\">");
    for (uint32_t i = 0; i < p->n_faces; i++) {
        if (all && f[i].person != FNP_NOBODY) {
            put_link(b, &f[i], &s->plan->people[f[i].person], up);
        } else if (all || f[i].person == only) {
            fn_buf_str(b, all ? "<g class=\"other\">" : "<g>");
            put_rect(b, &f[i]);
            fn_buf_str(b, "</g>");
        }
    }
    fn_buf_str(b, "</svg>");
}

void fnp_put_preview(struct fn_buf *b, const struct fnp_site *s, const struct fnp_photo *p,
                     uint32_t only, const char *up)
{
    const struct fn_image_info info = {.width = p->width, .height = p->height};
    char name[FNP_NAME_MAX];
    uint32_t w, h;
    if (!p->previewed) {
        fnp_no_image(b, "preview", "No picture: the photo could not be read");
        return;
    }
    fn_work_whole_size(&info, FNP_PREVIEW_PX, &w, &h);
    fnp_photo_name(&p->hash, ".jpg", name);
    fn_buf_printf(b,
                  "<span class=\"frame\"><img class=\"preview\" src=\"%s%s\" width=\"%u\" "
                  "height=\"%u\" loading=\"lazy\" alt=\"",
                  up, name, w, h);
    fnp_text(b, fnp_base_name(p));
    fn_buf_str(b, "\">");
    fnp_put_boxes(b, s, p, only, up);
    fn_buf_str(b, "</span>");
}
