/* SPDX-License-Identifier: MIT */
#include "cli/page/people_page.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "cli/page/page_writers.h"
#include "engine/base/shell_word.h"

enum { PAGE_MAX = 1 << 26 };

/* "fnq", and the folder of the index unless it is the usual one. */
static int command_of(struct fn_library *lib, struct fn_buf *b, struct fn_error *err)
{
    const struct fn_places *places = NULL;
    char real[FN_PATH_MAX];
    int rc = fnl_places_get(lib, &places, err);
    fn_buf_str(b, "fnq");
    if (!rc && fnl_choice_of(lib)->index) {
        fn_buf_str(b, " --index ");
        fn_shell_word(b, realpath(places->index_dir, real) ? real : places->index_dir);
    }
    return rc;
}

static int save(const struct fnp_site *s, const char *name, struct fn_buf *b,
                struct fn_error *err)
{
    if (s->events->stop && s->events->stop(s->events->arg))
        return fn_error_set(err, -ECANCELED,
                            "stopped: all pictures are made and kept, but not all pages. Run "
                            "the same command to continue");
    int rc = fn_buf_failed(b) ? fn_error_set(err, -ENOMEM, "out of memory")
                              : fnp_folder_write(s->folder, name, b->data, b->len, err);
    fn_buf_reset(b);
    return rc;
}

/* The list comes last: it leads to pages that are complete. */
static int write_pages(const struct fnp_site *s, struct fn_buf *b, struct fn_error *err)
{
    const struct fnp_plan *p = s->plan;
    char name[FNP_NAME_MAX];
    int rc = fnp_folder_write(s->folder, "style.css", fnp_style, fnp_style_size, err);
    for (size_t i = 0; !rc && i < p->n_photos; i++) {
        fnp_photo_name(&p->photos[i].hash, ".html", name);
        fnp_put_photo(b, s, &p->photos[i]);
        rc = save(s, name, b, err);
    }
    for (size_t i = 0; !rc && i < p->n_people; i++) {
        fnp_person_name(&p->people[i], name);
        fnp_put_person(b, s, &p->people[i]);
        rc = save(s, name, b, err);
    }
    for (size_t i = fnp_index_pages(p); !rc && i >= 1; i--) {
        fnp_index_name(i, name);
        fnp_put_index(b, s, i);
        rc = save(s, name, b, err);
    }
    return rc;
}

static int write_site(struct fnp_site *s, struct fn_library *lib, struct fn_error *err)
{
    struct fn_buf page, command;
    char made[64] = "";
    time_t now = time(NULL);
    struct tm tm;
    if (localtime_r(&now, &tm))
        (void)strftime(made, sizeof made, "%Y-%m-%d at %H:%M", &tm);
    fn_buf_init(&page, PAGE_MAX);
    fn_buf_init(&command, 1 << 16);
    int rc = command_of(lib, &command, err);
    s->made = made;
    s->command = fn_buf_cstr(&command);
    rc = rc ? rc : write_pages(s, &page, err);
    fn_buf_finish(&command);
    fn_buf_finish(&page);
    return rc;
}

static void fill_counts(const struct fnp_plan *p, struct fnp_people_page *r)
{
    r->people = p->n_people;
    r->photos = p->n_photos;
    r->shown = p->n_shown;
    r->faces = 0;
    for (size_t i = 0; i < p->n_people; i++)
        r->faces += p->people[i].n_all;
}

static int write_all(struct fn_library *lib, const struct fnp_people_choice *c,
                     struct fnp_plan *p, struct fnp_folder *folder,
                     const struct fnp_events *events, struct fnp_people_page *ret,
                     struct fn_error *err)
{
    struct fnp_people_page r = {0};
    size_t unreadable = 0;
    fill_counts(p, &r);
    struct fnp_site s = {.plan = p,
                         .folder = folder,
                         .events = events,
                         .version = c->version,
                         .n_photos = p->n_all_photos,
                         .n_faces = r.faces,
                         .n_small = c->people->n_small,
                         .n_hidden = c->people->n_hidden,
                         .min_photos = c->min_photos};
    int rc = fnp_views_make(lib, p, folder, events, &unreadable, err);
    rc = rc ? rc : write_site(&s, lib, err);
    rc = rc ? rc : fnp_folder_finish(folder, &r.files, err);
    if (rc)
        return rc;
    r.unreadable = unreadable;
    (void)snprintf(r.path, sizeof r.path, "%s/index.html", fnp_folder_path(folder));
    *ret = r;
    return 0;
}

int fnp_people_page_write(struct fn_library *lib, const struct fnp_people_choice *c,
                          const struct fnp_events *events, struct fnp_people_page *ret,
                          struct fn_error *err)
{
    struct fnp_folder *folder = NULL;
    struct fnp_plan plan = {0};
    int rc = fnp_folder_open(c->dir, &folder, err);
    rc = rc ? rc : fnp_plan_make(fnl_txn(lib), c->people->p, c->n, &plan, err);
    fnl_read_end(lib);
    rc = rc ? rc : write_all(lib, c, &plan, folder, events, ret, err);
    fnp_plan_finish(&plan);
    fnp_folder_close(folder);
    return rc;
}
