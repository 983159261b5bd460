/* SPDX-License-Identifier: MIT */
/* The list of people, a card each. */
#include <stdbool.h>
#include <stdio.h>

#include "cli/page/page_writers.h"

enum { FEW_PAGES = 9 };

size_t fnp_index_pages(const struct fnp_plan *p)
{
    size_t n = (p->n_people + FNP_PEOPLE_PER_PAGE - 1) / FNP_PEOPLE_PER_PAGE;
    return n ? n : 1;
}

void fnp_index_name(size_t n, char out[FNP_NAME_MAX])
{
    if (n > 1)
        (void)snprintf(out, FNP_NAME_MAX, "index-%zu.html", n);
    else
        (void)snprintf(out, FNP_NAME_MAX, "index.html");
}

static void put_card(struct fn_buf *b, const struct fnp_plan *plan, const struct fnp_person *p)
{
    char name[FNP_NAME_MAX];
    fnp_person_name(p, name);
    fn_buf_printf(b, "<li><a class=\"card\" href=\"%s\">", name);
    fnp_face_image(b, p->cover == FNP_NOBODY ? NULL : &plan->faces[p->cover], "", "");
    fn_buf_str(b, "<span class=\"name\">");
    fnp_person_title(b, p);
    fn_buf_str(b, "</span> <span class=\"sub\">");
    fnp_count(b, p->p.n_photos, "photo", "photos");
    fn_buf_str(b, ", ");
    fnp_count(b, p->p.n_faces, "face", "faces");
    fn_buf_str(b, "</span> <span class=\"sub\">");
    fnp_years(b, &p->p);
    fn_buf_str(b, "</span></a></li>\n");
}

/* Of many pages, whether page n leads to page i: the ends, its neighbours, and half the way to
 * the ends, so that every page is a few steps away and the links fit a telephone. */
static bool leads_to(size_t n, size_t i, size_t pages)
{
    size_t apart = i > n ? i - n : n - i;
    return pages <= FEW_PAGES || i == 1 || i == pages || apart <= 2 || i == (1 + n) / 2 ||
           i == (n + pages) / 2;
}

static void put_pager(struct fn_buf *b, size_t n, size_t pages)
{
    char name[FNP_NAME_MAX];
    size_t last = 0;
    if (pages < 2)
        return;
    fn_buf_str(b, "<nav class=\"pager\" aria-label=\"More people\"><ul>\n");
    for (size_t i = 1; i <= pages; i++) {
        if (!leads_to(n, i, pages))
            continue;
        if (i > last + 1)
            fn_buf_str(b, "<li class=\"gap\">&#8230;</li>\n");
        last = i;
        fnp_index_name(i, name);
        fn_buf_printf(b, "<li><a href=\"%s\"%s>%zu</a></li>\n", name,
                      i == n ? " aria-current=\"page\"" : "", i);
    }
    fn_buf_str(b, "</ul></nav>\n");
}

static void put_left_out(struct fn_buf *b, const struct fnp_site *s)
{
    if (!s->n_small && !s->n_hidden)
        return;
    fn_buf_str(b, "<p class=\"note\">Not shown: ");
    if (s->n_small) {
        fnp_number(b, s->n_small);
        fn_buf_str(b, " unnamed in fewer than ");
        fnp_count(b, s->min_photos, "photo", "photos");
    }
    if (s->n_small && s->n_hidden)
        fn_buf_str(b, ", ");
    if (s->n_hidden) {
        fnp_number(b, s->n_hidden);
        fn_buf_str(b, " hidden");
    }
    fn_buf_str(b, ". The option <code>--all</code> shows them, too.</p>\n");
}

static void put_heading(struct fn_buf *b, const struct fnp_site *s)
{
    fn_buf_str(b, "<header class=\"top\">\n<h1>People</h1>\n<p class=\"facts\">");
    fnp_count(b, s->plan->n_people, "person", "people");
    fn_buf_str(b, " &#183; ");
    fnp_count(b, s->n_photos, "photo", "photos");
    fn_buf_str(b, " &#183; ");
    fnp_count(b, s->n_faces, "face", "faces");
    fn_buf_str(b, "</p>\n</header>\n");
}

void fnp_put_index(struct fn_buf *b, const struct fnp_site *s, size_t n)
{
    const struct fnp_plan *p = s->plan;
    size_t pages = fnp_index_pages(p), first = (n - 1) * FNP_PEOPLE_PER_PAGE;
    char title[64] = "People";
    if (n > 1)
        (void)snprintf(title, sizeof title, "People, page %zu of %zu", n, pages);
    fnp_frame_begin(b, title, "");
    put_heading(b, s);
    if (p->n_people == 0)
        fn_buf_str(b, "<p>There are no people to show yet.</p>\n");
    put_pager(b, n, pages);
    fn_buf_str(b, p->n_people ? "<ul class=\"cards\">\n" : "");
    for (size_t i = first; i < p->n_people && i < first + FNP_PEOPLE_PER_PAGE; i++)
        put_card(b, p, &p->people[i]);
    fn_buf_str(b, p->n_people ? "</ul>\n" : "");
    put_pager(b, n, pages);
    put_left_out(b, s);
    fnp_frame_end(b, s);
}
