/* SPDX-License-Identifier: MIT */
/* The cache of face frames; see fn_dataset_frames_load. The key is the content, so that moved
 * files retain their frames. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/array.h"
#include "engine/base/buf.h"
#include "engine/base/file.h"
#include "engine/train/dataset.h"
#include "engine/train/lines.h"

#define HEAD "# facenetd frames 1\t"

/* A line of the file. */
struct frame {
    struct fn_h128 key;
    struct fn_similarity face;
    bool has_face;
};

struct frames {
    struct frame *frame;
    size_t n, cap;
};

static int add(struct frames *f, const struct frame *one)
{
    struct frame *grown = fn_array_grow(f->frame, &f->cap, f->n + 1, sizeof *grown);
    if (!grown)
        return -ENOMEM;
    f->frame = grown;
    f->frame[f->n++] = *one;
    return 0;
}

static int compare(const void *pa, const void *pb)
{
    const struct frame *a = pa, *b = pb;
    return fn_h128_cmp(&a->key, &b->key);
}

static int check_head(struct fn_lines *l, const char *source, struct fn_error *err)
{
    int more = fn_lines_next(l, err);
    if (more < 0)
        return more;
    if (!more || strncmp(l->text, HEAD, strlen(HEAD)) != 0)
        return fn_error_set(err, FN_EVERSION, "'%s' is not a cache of face frames", l->path);
    if (strcmp(l->text + strlen(HEAD), source) != 0)
        return fn_error_set(err, FN_EVERSION, "'%s' holds frames found by '%s', not by '%s'",
                            l->path, l->text + strlen(HEAD), source);
    return 0;
}

static int parse(const struct fn_lines *l, struct frame *ret, struct fn_error *err)
{
    char *field[6];
    struct frame f = {0};
    float *const number[4] = {&f.face.a, &f.face.b, &f.face.tx, &f.face.ty};
    size_t n = fn_lines_fields(l->text, '\t', field, 6);
    bool ok = !fn_h128_parse(field[0], &f.key);
    f.has_face = n == 5;
    for (size_t i = 0; ok && i < 4 && f.has_face; i++)
        ok = !fn_parse_float(field[i + 1], number[i]);
    if (f.has_face)
        ok = ok && (f.face.a != 0 || f.face.b != 0);
    else
        ok = ok && n == 2 && !strcmp(field[1], "-");
    if (!ok)
        return fn_lines_error(l, err, FN_ECORRUPT, "not the frame of a face");
    *ret = f;
    return 0;
}

static int read_frames(const char *file, const char *source, struct frames *f,
                       struct fn_error *err)
{
    struct fn_lines l = {0};
    struct frame one;
    int more = 0, rc = fn_lines_open(&l, file, err);
    if (!rc)
        rc = check_head(&l, source, err);
    while (!rc && (more = fn_lines_next(&l, err)) > 0) {
        rc = parse(&l, &one, err);
        if (!rc && add(f, &one))
            rc = fn_error_set(err, -ENOMEM, "out of memory for '%s'", file);
    }
    fn_lines_close(&l);
    return rc ? rc : more;
}

int fn_dataset_frames_load(struct fn_dataset *d, const char *file, const char *source,
                           size_t *ret_n, struct fn_error *err)
{
    struct frames f = {0};
    size_t found = 0;
    int rc = read_frames(file, source, &f, err);
    if (rc)
        goto out;
    if (f.n)
        qsort(f.frame, f.n, sizeof *f.frame, compare);
    for (size_t i = 0; i < d->n && f.n; i++) {
        struct fn_sample *s = &d->samples[i];
        struct frame want = {.key = s->key};
        const struct frame *hit = fn_h128_is_zero(&s->hash)
                                      ? NULL
                                      : bsearch(&want, f.frame, f.n, sizeof want, compare);
        if (!hit)
            continue;
        s->looked = true;
        if (hit->has_face || fn_h128_eq(&s->key, &s->hash)) { /* else the given box is valid */
            s->face = hit->face;
            s->has_face = hit->has_face;
        }
        found++;
    }
    rc = fn_dataset_refresh_id(d, err);
    if (!rc && ret_n)
        *ret_n = found;
out:
    free(f.frame);
    return rc;
}

static void print(struct fn_buf *b, const struct frame *f)
{
    char hex[FN_H128_HEX];
    fn_h128_hex(&f->key, hex);
    if (f->has_face) /* nine digits restore the same float */
        fn_buf_printf(b, "%s\t%.9g\t%.9g\t%.9g\t%.9g\n", hex, (double)f->face.a,
                      (double)f->face.b, (double)f->face.tx, (double)f->face.ty);
    else
        fn_buf_printf(b, "%s\t-\n", hex);
}

int fn_dataset_frames_save(const struct fn_dataset *d, const char *file, const char *source,
                           struct fn_error *err)
{
    struct frames f = {0};
    struct fn_buf b;
    int rc = 0;
    fn_buf_init(&b, SIZE_MAX / 4);
    if (strpbrk(source, "\r\n"))
        return fn_error_set(err, FN_EUSAGE, "the source of the frames is more than a line");
    for (size_t i = 0; !rc && i < d->n; i++) {
        const struct fn_sample *s = &d->samples[i];
        if (s->looked && !fn_h128_is_zero(&s->hash))
            rc = add(&f, &(struct frame){s->key, s->face, s->has_face});
    }
    if (f.n)
        qsort(f.frame, f.n, sizeof *f.frame, compare);
    fn_buf_printf(&b, HEAD "%s\n", source);
    for (size_t i = 0; i < f.n; i++) {
        if (!i || compare(&f.frame[i - 1], &f.frame[i]) != 0)
            print(&b, &f.frame[i]);
    }
    if (rc || fn_buf_failed(&b))
        rc = fn_error_set(err, -ENOMEM, "out of memory for '%s'", file);
    else
        rc = fn_file_write_atomic(file, b.data, b.len, 0600, err);
    fn_buf_finish(&b);
    free(f.frame);
    return rc;
}
