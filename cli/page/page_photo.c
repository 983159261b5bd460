/* SPDX-License-Identifier: MIT */
/* The page of a photo: a preview with boxes and names, the people in it, and the original. */
#include <string.h>

#include "cli/page/page_writers.h"
#include "cli/page/people_views.h"

static const struct fnp_face *faces_of(const struct fnp_site *s, const struct fnp_photo *p)
{
    return s->plan->faces + p->first_face;
}

static bool same_person_before(const struct fnp_face *f, uint32_t i)
{
    for (uint32_t k = 0; k < i; k++)
        if (f[k].person == f[i].person)
            return true;
    return false;
}

static void put_person_row(struct fn_buf *b, const struct fnp_site *s, const struct fnp_face *f)
{
    char name[FNP_NAME_MAX];
    const struct fnp_person *p = &s->plan->people[f->person];
    fnp_person_name(p, name);
    fn_buf_printf(b, "<li><a class=\"chip\" href=\"../%s\">", name);
    if (!f->cropped && p->cover != FNP_NOBODY)
        f = &s->plan->faces[p->cover];
    fnp_face_image(b, f, "../", "");
    fn_buf_str(b, "<span class=\"name\">");
    fnp_person_title(b, p);
    fn_buf_str(b, "</span></a></li>\n");
}

static void put_people(struct fn_buf *b, const struct fnp_site *s, const struct fnp_photo *p)
{
    const struct fnp_face *f = faces_of(s, p);
    uint64_t others = 0;
    fn_buf_str(b, "<section aria-labelledby=\"people\">\n<h2 id=\"people\">In this photo</h2>\n"
                  "<ul class=\"chips\">\n");
    for (uint32_t i = 0; i < p->n_faces; i++) {
        if (f[i].person == FNP_NOBODY)
            others++;
        else if (!same_person_before(f, i))
            put_person_row(b, s, &f[i]);
    }
    fn_buf_str(b, "</ul>\n");
    if (others) {
        fn_buf_str(b, "<p class=\"note\">And ");
        fnp_count(b, others, "face that is", "faces that are");
        fn_buf_str(b, " of nobody on these pages (dashed).</p>\n");
    }
    fn_buf_str(b, "</section>\n");
}

static void put_original(struct fn_buf *b, const struct fnp_site *s, const struct fnp_photo *p)
{
    char from[FN_PATH_MAX + 16];
    if (!p->path) {
        fn_buf_str(b, "<p class=\"note\">The file of this photo is gone.</p>\n");
        return;
    }
    fn_buf_str(b, "<p class=\"path\">");
    if (p->found &&
        fn_path_join(from, sizeof from, fnp_folder_path(s->folder), "photos") == 0) {
        fn_buf_str(b, "<a href=\"");
        fnp_relative(b, from, p->path);
        fn_buf_str(b, "\">Open the original</a> ");
    } else {
        fn_buf_str(b, "The original could not be read: ");
    }
    fn_buf_str(b, "<bdi>");
    fnp_text(b, p->path);
    fn_buf_str(b, "</bdi></p>\n");
}

static void put_facts(struct fn_buf *b, const struct fnp_photo *p)
{
    fn_buf_str(b, "<p class=\"facts\">");
    if (p->date[0]) {
        fnp_text(b, p->date);
        fn_buf_str(b, " &#183; ");
    }
    fn_buf_printf(b, "%u &#215; %u pixels</p>\n", p->width, p->height);
}

void fnp_put_photo(struct fn_buf *b, const struct fnp_site *s, const struct fnp_photo *p)
{
    fnp_frame_begin(b, fnp_base_name(p), "../");
    fn_buf_str(b, "<header class=\"top\">\n<h1 class=\"file\"><bdi>");
    fnp_text(b, fnp_base_name(p));
    fn_buf_str(b, "</bdi></h1>\n");
    put_facts(b, p);
    fn_buf_str(b, "</header>\n<div class=\"photo\">\n");
    fnp_put_preview(b, s, p, FNP_NOBODY, "../");
    fn_buf_str(b, "\n</div>\n");
    put_people(b, s, p);
    put_original(b, s, p);
    fnp_frame_end(b, s);
}
