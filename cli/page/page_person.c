/* SPDX-License-Identifier: MIT */
/* The page of a person: how to name it, who is in the same photos, its faces and photos. */
#include "cli/page/page_writers.h"
#include "cli/page/people_views.h"

static void put_photo_link(struct fn_buf *b, const struct fnp_photo *photo)
{
    char name[FNP_NAME_MAX];
    fnp_photo_name(&photo->hash, ".html", name);
    fn_buf_printf(b, "<a href=\"../%s\">", name);
}

/* The command is one click to select, and has no options that its reader must change but the
 * name. */
static void put_naming(struct fn_buf *b, const struct fnp_site *s, const struct fnp_person *p)
{
    char id[FN_PERSON_TEXT];
    if (p->p.name[0])
        return;
    fnl_person_short(&p->p.id, id);
    fn_buf_str(b, "<p class=\"ask\">Who is this? Copy this line into a terminal, with the name "
                  "in place of <q>A Name</q>:</p>\n<pre class=\"command\"><code>");
    fnp_text(b, s->command);
    fn_buf_printf(b, " people name %s &#34;A Name&#34;</code></pre>\n", id);
}

static void put_heading(struct fn_buf *b, const struct fnp_site *s, const struct fnp_person *p)
{
    struct fn_buf years;
    fn_buf_str(b, "<header class=\"who\">\n");
    fnp_face_image(b, p->cover == FNP_NOBODY ? NULL : &s->plan->faces[p->cover], "../", "");
    fn_buf_str(b, "\n<div>\n<h1>");
    fnp_person_title(b, p);
    fn_buf_str(b, "</h1>\n<p class=\"facts\">");
    fnp_count(b, p->p.n_photos, "photo", "photos");
    fn_buf_str(b, " &#183; ");
    fnp_count(b, p->p.n_faces, "face", "faces");
    fn_buf_init(&years, 64);
    fnp_years(&years, &p->p);
    if (years.len)
        fn_buf_printf(b, " &#183; %s", fn_buf_cstr(&years));
    fn_buf_finish(&years);
    fn_buf_str(b, p->p.hidden ? " &#183; hidden</p>\n" : "</p>\n");
    put_naming(b, s, p);
    fn_buf_str(b, "</div>\n</header>\n");
}

static void put_seen(struct fn_buf *b, const struct fnp_site *s, const struct fnp_person *p)
{
    char name[FNP_NAME_MAX];
    if (!p->n_seen)
        return;
    fn_buf_str(b, "<section aria-labelledby=\"seen\">\n<h2 id=\"seen\">Seen with</h2>\n"
                  "<ul class=\"chips\">\n");
    for (uint32_t i = 0; i < p->n_seen; i++) {
        const struct fnp_person *q = &s->plan->people[p->seen[i].person];
        fnp_person_name(q, name);
        fn_buf_printf(b, "<li><a class=\"chip\" href=\"../%s\">", name);
        fnp_face_image(b, q->cover == FNP_NOBODY ? NULL : &s->plan->faces[q->cover], "../", "");
        fn_buf_str(b, "<span class=\"name\">");
        fnp_person_title(b, q);
        fn_buf_str(b, "</span> <span class=\"sub\">");
        fnp_count(b, p->seen[i].n_photos, "photo", "photos");
        fn_buf_str(b, "</span></a></li>\n");
    }
    fn_buf_str(b, "</ul>\n</section>\n");
}

static void put_face(struct fn_buf *b, const struct fnp_site *s, const struct fnp_face *f)
{
    const struct fnp_photo *photo = &s->plan->photos[f->photo];
    const char *file = fnp_base_name(photo);
    fn_buf_str(b, "<li>");
    put_photo_link(b, photo);
    fnp_face_image(b, f, "../", "");
    fn_buf_str(b, "<span class=\"date\">");
    fnp_text_n(b, photo->date, *photo->date ? 10 : 0);
    fn_buf_str(b, "</span> <span class=\"file\" title=\"");
    fnp_text(b, file);
    fn_buf_str(b, "\"><bdi>");
    fnp_text(b, file);
    fn_buf_str(b, "</bdi></span></a></li>\n");
}

static void put_faces(struct fn_buf *b, const struct fnp_site *s, const struct fnp_person *p)
{
    fn_buf_str(b, "<section aria-labelledby=\"faces\">\n<h2 id=\"faces\">Faces</h2>\n");
    if (p->n_all > p->n_faces) {
        fn_buf_str(b, "<p class=\"note\">The clearest ");
        fnp_number(b, p->n_faces);
        fn_buf_str(b, ", oldest first, and ");
        fnp_number(b, p->n_all - p->n_faces);
        fn_buf_str(b, " more that are not shown.</p>\n");
    }
    fn_buf_str(b, "<ul class=\"faces\">\n");
    for (uint32_t i = 0; i < p->n_faces; i++)
        put_face(b, s, &s->plan->faces[p->faces[i]]);
    fn_buf_str(b, "</ul>\n</section>\n");
}

/* The photos of the faces that are shown, in their order. Two faces in one photo are
 * neighbours: they have one date. */
static void put_photos(struct fn_buf *b, const struct fnp_site *s, const struct fnp_person *p)
{
    uint32_t last = UINT32_MAX;
    fn_buf_str(b, "<section aria-labelledby=\"photos\">\n<h2 id=\"photos\">Photos</h2>\n"
                  "<ul class=\"photos\">\n");
    for (uint32_t i = 0; i < p->n_faces; i++) {
        const struct fnp_face *f = &s->plan->faces[p->faces[i]];
        const struct fnp_photo *photo = &s->plan->photos[f->photo];
        if (f->photo == last)
            continue;
        last = f->photo;
        fn_buf_str(b, "<li>");
        put_photo_link(b, photo);
        fnp_put_preview(b, s, photo, f->person, "../");
        fn_buf_str(b, "</a></li>\n");
    }
    fn_buf_str(b, "</ul>\n</section>\n");
}

void fnp_put_person(struct fn_buf *b, const struct fnp_site *s, const struct fnp_person *p)
{
    char title[FN_PERSON_NAME_MAX + 32];
    fnl_person_title(&p->p.id, p->p.name, title, sizeof title);
    fnp_frame_begin(b, title, "../");
    put_heading(b, s, p);
    put_seen(b, s, p);
    put_faces(b, s, p);
    put_photos(b, s, p);
    fnp_frame_end(b, s);
}
