/* SPDX-License-Identifier: MIT */
/* Each photo is opened once and the worker cuts its faces out; the sheet has the faces in the
 * order of collection. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/library/page_files.h"
#include "cli/library/pictures.h"
#include "cli/library/sheet.h"
#include "engine/base/clock.h"
#include "engine/base/plural.h"
#include "engine/draw/contact_sheet.h"

/* ---- faces ---- */

static int by_path(const void *a, const void *b, void *items)
{
    const struct fnl_sheet_item *f = items;
    size_t i = *(const size_t *)a, k = *(const size_t *)b;
    int c = strcmp(f[i].path, f[k].path);
    return c ? c : i < k ? -1 : i > k;
}

/* order[0..n): faces of one photo. */
static void cut_photo(struct fn_library *lib, struct fnl_sheet *s, const size_t *order,
                      size_t n)
{
    float boxes[FN_WORK_BOXES_MAX][4];
    struct fn_image *thumbs = calloc(n, sizeof *thumbs);
    struct fn_error err;
    int fd = open(s->items[order[0]].path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    for (size_t i = 0; i < n; i++)
        memcpy(boxes[i], s->items[order[i]].box, sizeof boxes[i]);
    if (thumbs && fd >= 0 &&
        fnl_crops(lib, fd, (const float(*)[4])boxes, n, FNL_SHEET_CELL, .25f, thumbs, &err) ==
            0)
        for (size_t i = 0; i < n; i++)
            s->items[order[i]].thumb = thumbs[i];
    if (fd >= 0)
        (void)close(fd);
    free(thumbs);
}

static int check_stop(const struct fnl_sheet_events *e, struct fn_error *err)
{
    return e->stop(e->arg) ? fn_error_set(err, -ECANCELED, "stopped: no sheet is written") : 0;
}

/* The end of the faces of the same photo in order[i..n). */
static size_t photo_end(const struct fnl_sheet *s, const size_t *order, size_t i, size_t n)
{
    size_t k = i + 1;
    while (k < n && k - i < FN_WORK_BOXES_MAX &&
           strcmp(s->items[order[i]].path, s->items[order[k]].path) == 0)
        k++;
    return k;
}

static int cut_each(struct fn_library *lib, struct fnl_sheet *s, const size_t *order, size_t n,
                    const struct fnl_sheet_events *e, struct fn_error *err)
{
    struct fnl_sheet_progress p = {.done = 0};
    uint64_t began_ns = fn_clock_mono_ns();
    int rc = 0;
    for (size_t i = 0; i < n; i = photo_end(s, order, i, n))
        p.total++;
    for (size_t i = 0, k; !rc && i < n; i = k) {
        k = photo_end(s, order, i, n);
        cut_photo(lib, s, order + i, k - i);
        p.done++;
        p.seconds = (double)(fn_clock_mono_ns() - began_ns) / 1e9;
        e->progress(e->arg, &p);
        rc = check_stop(e, err);
    }
    p.last = true;
    e->progress(e->arg, &p);
    return rc;
}

static int cut_all(struct fn_library *lib, struct fnl_sheet *s,
                   const struct fnl_sheet_events *e, struct fn_error *err)
{
    size_t *order = calloc(s->n + 1, sizeof *order), n = 0;
    if (!order)
        return fn_error_set(err, -ENOMEM, "out of memory");
    for (size_t i = 0; i < s->n; i++)
        if (s->items[i].path)
            order[n++] = i;
    qsort_r(order, n, sizeof *order, by_path, s->items);
    int rc = cut_each(lib, s, order, n, e, err);
    free(order);
    return rc;
}

/* ---- pages ---- */

static int add_item(struct fn_sheet *sheet, const struct fnl_sheet_item *i,
                    struct fnl_sheet_done *done)
{
    switch (i->kind) {
    case FNL_SHEET_HEADING:
        return fn_sheet_heading(sheet, i->text[0], i->text[1], i->text[2]);
    case FNL_SHEET_MORE:
        return fn_sheet_more(sheet, i->text[0]);
    case FNL_SHEET_FACE:
        break;
    }
    if (i->thumb.data)
        return fn_sheet_add(sheet, &i->thumb, i->text[0], i->text[1], i->text[2]);
    done->n_lost++;
    return 0;
}

static int add_items(struct fn_sheet *sheet, const struct fnl_sheet *s,
                     struct fnl_sheet_done *done)
{
    char text[64], note[64];
    int rc = 0;
    for (size_t i = 0; !rc && i < s->n; i++)
        rc = add_item(sheet, &s->items[i], done);
    if (rc || !s->n_left_out)
        return rc;
    (void)snprintf(text, sizeof text, "and %zu more face%s", s->n_left_out,
                   fn_plural_s(s->n_left_out));
    (void)snprintf(note, sizeof note, "A sheet has at most %d faces.", FNL_SHEET_MAX);
    return fn_sheet_heading(sheet, text, NULL, note);
}

static int add_page(const struct fn_sheet *sheet, struct fn_text *t, uint32_t page,
                    struct fnl_page_files *files, struct fn_error *err)
{
    struct fn_image m;
    int rc = fn_sheet_render(sheet, t, page, &m);
    if (rc)
        return fn_error_set(err, rc, "the sheet cannot be drawn: %s", fn_strerror(rc));
    rc = fnl_page_add(files, &m, err);
    fn_image_destroy(&m);
    return rc;
}

static int write_pages(struct fn_sheet *sheet, const struct fnl_sheet *s, struct fn_text *t,
                       const char *path, const struct fnl_sheet_events *e,
                       struct fnl_sheet_done *done, struct fn_error *err)
{
    struct fnl_page_files files;
    uint32_t pages = 0;
    int rc = add_items(sheet, s, done);
    rc = rc ? rc : fn_sheet_pages(sheet, &pages);
    if (rc)
        return fn_error_set(err, rc, "out of memory");
    rc = fnl_pages_begin(&files, path, pages, err);
    for (size_t i = 0; !rc && i < s->n; i++)
        if (s->items[i].path)
            rc = fnl_pages_spare(&files, s->items[i].path, err);
    for (uint32_t page = 0; !rc && page < pages; page++) {
        rc = add_page(sheet, t, page, &files, err);
        rc = rc ? rc : check_stop(e, err);
    }
    rc = rc ? rc : fnl_pages_commit(&files, &done->files, &done->n_files, err);
    fnl_pages_finish(&files);
    return rc;
}

int fnl_sheet_write(struct fn_library *lib, struct fnl_sheet *s, const char *title,
                    const char *path, const struct fnl_sheet_events *events,
                    struct fnl_sheet_done *ret, struct fn_error *err)
{
    struct fn_text *t = NULL;
    struct fn_sheet *sheet = fn_sheet_create(title, FNL_SHEET_CELL, FNL_SHEET_COLUMNS);
    *ret = (struct fnl_sheet_done){0};
    int rc = s->failed || !sheet ? fn_error_set(err, -ENOMEM, "out of memory") : 0;
    rc = rc ? rc : fn_text_open(&t, err);
    rc = rc ? rc : cut_all(lib, s, events, err);
    rc = rc ? rc : write_pages(sheet, s, t, path, events, ret, err);
    if (t)
        (void)snprintf(ret->missing, sizeof ret->missing, "%s", fn_text_missing(t));
    fn_text_close(t);
    fn_sheet_destroy(sheet);
    return rc;
}

void fnl_sheet_done_finish(struct fnl_sheet_done *d)
{
    for (size_t i = 0; i < d->n_files; i++)
        free(d->files[i]);
    free(d->files);
    *d = (struct fnl_sheet_done){0};
}
