/* SPDX-License-Identifier: MIT */
/* Contact sheets: faces are collected while the index is read; then each photo is opened once
 * and the worker cuts its faces out; the sheet has the faces in the order of collection. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/library/pictures.h"
#include "engine/base/array.h"

static struct fnl_sheet_face *add(struct fnl_sheet *s)
{
    struct fnl_sheet_face *all = fn_array_grow(s->faces, &s->cap, s->n + 1, sizeof *all);
    if (!all) {
        s->failed = true;
        return NULL;
    }
    s->faces = all;
    struct fnl_sheet_face *f = &s->faces[s->n++];
    *f = (struct fnl_sheet_face){0};
    return f;
}

void fnl_sheet_heading(struct fnl_sheet *s, const char *text)
{
    struct fnl_sheet_face *f = add(s);
    if (f)
        (void)snprintf(f->line1, sizeof f->line1, "%s", text);
}

void fnl_sheet_add(struct fnl_sheet *s, const char *path, const float box[4], const char *line1,
                   const char *line2)
{
    struct fnl_sheet_face *f = s->n < FNL_SHEET_MAX ? add(s) : NULL;
    if (!f)
        return;
    f->path = strdup(path);
    s->failed = s->failed || !f->path;
    memcpy(f->box, box, sizeof f->box);
    (void)snprintf(f->line1, sizeof f->line1, "%s", line1);
    (void)snprintf(f->line2, sizeof f->line2, "%s", line2 ? line2 : "");
}

void fnl_sheet_finish(struct fnl_sheet *s)
{
    for (size_t i = 0; i < s->n; i++) {
        free(s->faces[i].path);
        fn_image_destroy(&s->faces[i].thumb);
    }
    free(s->faces);
    *s = (struct fnl_sheet){0};
}

static int by_path(const void *a, const void *b, void *faces)
{
    const struct fnl_sheet_face *f = faces;
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
    int fd = open(s->faces[order[0]].path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    for (size_t i = 0; i < n; i++)
        memcpy(boxes[i], s->faces[order[i]].box, sizeof boxes[i]);
    if (thumbs && fd >= 0 &&
        fnl_crops(lib, fd, (const float(*)[4])boxes, n, FNL_SHEET_CELL, .25f, thumbs, &err) ==
            0)
        for (size_t i = 0; i < n; i++)
            s->faces[order[i]].thumb = thumbs[i];
    if (fd >= 0)
        (void)close(fd);
    free(thumbs);
}

static int cut_all(struct fn_library *lib, struct fnl_sheet *s, struct fn_error *err)
{
    size_t *order = calloc(s->n + 1, sizeof *order), n = 0;
    if (!order)
        return fn_error_set(err, -ENOMEM, "out of memory");
    for (size_t i = 0; i < s->n; i++)
        if (s->faces[i].path)
            order[n++] = i;
    qsort_r(order, n, sizeof *order, by_path, s->faces);
    for (size_t i = 0, k; i < n; i = k) {
        for (k = i + 1; k < n && k - i < FN_WORK_BOXES_MAX; k++)
            if (strcmp(s->faces[order[i]].path, s->faces[order[k]].path) != 0)
                break;
        cut_photo(lib, s, order + i, k - i);
    }
    free(order);
    return 0;
}

int fnl_sheet_write(struct fn_library *lib, struct fnl_sheet *s, const char *title,
                    const char *path, size_t *ret_lost, struct fn_error *err)
{
    struct fn_image picture = {0};
    struct fn_sheet *sheet = NULL;
    size_t lost = 0;
    int rc = s->failed ? fn_error_set(err, -ENOMEM, "out of memory") : cut_all(lib, s, err);
    if (!rc && !(sheet = fn_sheet_create(title, FNL_SHEET_CELL, FNL_SHEET_COLUMNS)))
        rc = fn_error_set(err, -ENOMEM, "out of memory");
    for (size_t i = 0; !rc && i < s->n; i++) {
        const struct fnl_sheet_face *f = &s->faces[i];
        if (!f->path)
            rc = fn_sheet_heading(sheet, f->line1);
        else if (f->thumb.data)
            rc = fn_sheet_add(sheet, &f->thumb, f->line1, f->line2);
        else
            lost++;
        if (rc)
            (void)fn_error_set(err, rc, "the sheet does not fit: %s", fn_strerror(rc));
    }
    if (!rc && (rc = fn_sheet_render(sheet, &picture)))
        (void)fn_error_set(err, rc, "the sheet cannot be laid out: %s", fn_strerror(rc));
    rc = rc ? rc : fnl_save_jpeg(path, &picture, err);
    if (!rc && ret_lost)
        *ret_lost = lost;
    fn_image_destroy(&picture);
    fn_sheet_destroy(sheet);
    return rc;
}
