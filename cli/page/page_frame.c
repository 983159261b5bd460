/* SPDX-License-Identifier: MIT */
#include "cli/page/page_frame.h"

#include <stdio.h>
#include <string.h>

#include "cli/page/people_views.h"

/* file: is for browsers in which a file has no 'self'. */
static const char policy[] = "default-src 'none'; img-src 'self' file:; style-src 'self' "
                             "file:; base-uri 'none'; form-action 'none'";

void fnp_frame_begin(struct fn_buf *b, const char *title, const char *up)
{
    fn_buf_str(b, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
    fn_buf_printf(b, "<meta http-equiv=\"Content-Security-Policy\" content=\"%s\">\n", policy);
    fn_buf_str(b, "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
                  "<meta name=\"color-scheme\" content=\"light dark\">\n"
                  "<meta name=\"referrer\" content=\"no-referrer\">\n<title>");
    fnp_text(b, title);
    fn_buf_printf(b, "</title>\n<link rel=\"stylesheet\" href=\"%sstyle.css\">\n</head>\n", up);
    fn_buf_str(b, "<body>\n<a class=\"skip\" href=\"#main\">Skip to the content</a>\n");
    if (*up)
        fn_buf_printf(b,
                      "<nav class=\"back\" aria-label=\"Back\"><a href=\"%sindex.html\">"
                      "<span aria-hidden=\"true\">&#8592;</span> All people</a></nav>\n",
                      up);
    fn_buf_str(b, "<main id=\"main\">\n");
}

void fnp_frame_end(struct fn_buf *b, const struct fnp_site *site)
{
    fn_buf_str(b, "</main>\n<footer>\n<p>Nothing left this computer: the faces were found and "
                  "compared here. These pages load nothing from the network and run no script."
                  "</p>\n<p>Made on ");
    fnp_text(b, site->made);
    fn_buf_str(b, " by fnq ");
    fnp_text(b, site->version);
    fn_buf_str(b, ".</p>\n</footer>\n</body>\n</html>\n");
}

void fnp_no_image(struct fn_buf *b, const char *class, const char *label)
{
    fn_buf_printf(b,
                  "<svg class=\"none %s\" viewBox=\"0 0 64 64\" role=\"img\" aria-label=\"%s\">"
                  "<circle cx=\"32\" cy=\"25\" r=\"11\"/><path d=\"M10 58a22 19 0 0 1 44 0z\"/>"
                  "</svg>",
                  class, label);
}

void fnp_face_image(struct fn_buf *b, const struct fnp_face *f, const char *up, const char *alt)
{
    char name[FNP_NAME_MAX];
    if (!f || !f->cropped) {
        fnp_no_image(b, "face", "No picture: the photo could not be read");
        return;
    }
    fnp_crop_name(f->ckey, name);
    fn_buf_printf(b,
                  "<img class=\"face\" src=\"%s%s\" width=\"%d\" height=\"%d\" loading=\"lazy\""
                  " alt=\"",
                  up, name, FNP_CROP_PX, FNP_CROP_PX);
    fnp_text(b, alt);
    fn_buf_str(b, "\">");
}

void fnp_person_name(const struct fnp_person *p, char out[FNP_NAME_MAX])
{
    char id[FN_PERSON_TEXT];
    fn_person_text(&p->p.id, id);
    (void)snprintf(out, FNP_NAME_MAX, "people/%s.html", id);
}

void fnp_person_title(struct fn_buf *b, const struct fnp_person *p)
{
    char id[FN_PERSON_TEXT];
    if (p->p.name[0]) {
        fn_buf_str(b, "<bdi>");
        fnp_text(b, p->p.name);
        fn_buf_str(b, "</bdi>");
        return;
    }
    fnl_person_short(&p->p.id, id);
    fn_buf_printf(b, "<span class=\"unnamed\">Unnamed <code>%s</code></span>", id);
}

void fnp_years(struct fn_buf *b, const struct fn_person *p)
{
    char first[24], last[24];
    fnl_date_text(p->first_s, first, sizeof first);
    fnl_date_text(p->last_s, last, sizeof last);
    if (!first[0] || !last[0])
        return;
    fn_buf_add(b, first, 4);
    if (memcmp(first, last, 4) != 0) {
        fn_buf_str(b, "&#8211;");
        fn_buf_add(b, last, 4);
    }
}

const char *fnp_base_name(const struct fnp_photo *p)
{
    const char *slash = p->path ? strrchr(p->path, '/') : NULL;
    return slash ? slash + 1 : p->path ? p->path : "(no file)";
}
