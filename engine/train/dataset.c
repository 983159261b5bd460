/* SPDX-License-Identifier: MIT */
/* From collected rows to a data set; see dataset.h. */
#include "engine/train/dataset.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/base/array.h"
#include "engine/base/endian.h"
#include "engine/base/rng.h"
#include "engine/train/dataset_priv.h"

const char *fn_split_name(unsigned split)
{
    static const char *const name[FN_SPLITS] = {"train", "validation", "test"};
    return split < FN_SPLITS ? name[split] : "?";
}

int fn_split_parse(const char *s)
{
    if (!strcmp(s, "val"))
        return FN_SPLIT_VALIDATION;
    for (unsigned i = 0; i < FN_SPLITS; i++) {
        if (!strcmp(s, fn_split_name(i)))
            return (int)i;
    }
    return -1;
}

static int no_memory(struct fn_error *err)
{
    return fn_error_set(err, -ENOMEM, "out of memory for the data set");
}

int fn_rows_add(struct fn_rows *r, const char *path, size_t name_at, const char *person,
                unsigned split, const float *box, struct fn_error *err)
{
    if (r->n >= UINT32_MAX || name_at > UINT32_MAX)
        return fn_error_set(err, FN_ELIMIT, "more pictures than a data set may hold (2^32)");
    struct fn_row *grown = fn_array_grow(r->row, &r->cap, r->n + 1, sizeof *grown);
    if (!grown)
        return no_memory(err);
    r->row = grown;
    struct fn_row row = {.path = strdup(path),
                         .person = strdup(person),
                         .name_at = (uint32_t)name_at,
                         .split = (uint8_t)split,
                         .has_box = box != NULL};
    if (!row.path || !row.person) {
        free(row.path);
        free(row.person);
        return no_memory(err);
    }
    if (box)
        memcpy(row.box, box, sizeof row.box);
    r->row[r->n++] = row;
    return 0;
}

void fn_rows_free(struct fn_rows *r)
{
    for (size_t i = 0; i < r->n; i++) {
        free(r->row[i].path);
        free(r->row[i].person);
    }
    free(r->row);
    *r = (struct fn_rows){0};
}

static int compare_boxes(const struct fn_row *a, const struct fn_row *b)
{
    if (a->has_box != b->has_box)
        return a->has_box ? 1 : -1;
    for (int i = 0; i < 4 && a->has_box; i++) {
        if (a->box[i] < b->box[i] || a->box[i] > b->box[i])
            return a->box[i] < b->box[i] ? -1 : 1;
    }
    return 0;
}

/* strcmp compares bytes as unsigned, so the order is the same everywhere. */
static int compare_rows(const void *pa, const void *pb)
{
    const struct fn_row *a = pa, *b = pb;
    int c = strcmp(a->person, b->person);
    if (!c)
        c = strcmp(a->path + a->name_at, b->path + b->name_at);
    return c ? c : compare_boxes(a, b);
}

static int check_splits(const struct fn_rows *r, const char *where, struct fn_error *err)
{
    for (size_t i = 1; i < r->n; i++) {
        const struct fn_row *a = &r->row[i - 1], *b = &r->row[i];
        if (!strcmp(a->person, b->person) && a->split != b->split)
            return fn_error_set(err, FN_EUSAGE, "'%s': '%s' is both in %s and in %s", where,
                                a->person, fn_split_name(a->split), fn_split_name(b->split));
    }
    return 0;
}

/* The rows are sorted, so equal ones are neighbours. */
static size_t drop_repeated(struct fn_rows *r)
{
    size_t kept = 0, n = r->n;
    for (size_t i = 0; i < n; i++) {
        if (kept && !compare_rows(&r->row[kept - 1], &r->row[i])) {
            free(r->row[i].path);
            free(r->row[i].person);
        } else {
            r->row[kept++] = r->row[i];
        }
    }
    r->n = kept;
    return n - kept;
}

/* A picture that fails has no frame. The loader will report the reason. */
static int set_box(struct fn_sample *s, int fd, const struct fn_picture_source *pictures,
                   const struct fn_row *row, struct fn_error *err)
{
    uint32_t width, height;
    int rc = pictures->size(pictures->arg, fd, &width, &height, err);
    if (rc)
        return rc == FN_EMODEL ? rc : 0; /* pictures cannot be read at all */
    s->face = fn_frame_of_box(row->box, width, height);
    s->has_face = true;
    return 0;
}

static void set_key(struct fn_sample *s, const struct fn_row *row)
{
    uint8_t bytes[sizeof s->hash.b + 16];
    s->key = s->hash;
    if (!row->has_box)
        return;
    memcpy(bytes, s->hash.b, sizeof s->hash.b);
    for (size_t i = 0; i < 4; i++)
        fn_put_lef(bytes + sizeof s->hash.b + 4 * i, row->box[i]);
    s->key = fn_hash128(bytes, sizeof bytes);
}

/* Content hash, and the frame of a given box. If the file cannot be read (*ret_read), the
 * sample stays, so that the loader counts it and the manifest shows it. */
static int read_sample(struct fn_sample *s, const struct fn_rows *r, const struct fn_row *row,
                       bool *ret_read, struct fn_error *err)
{
    struct stat st;
    uint64_t size = 0;
    int rc = 0, fd = open(s->path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    *ret_read = fd >= 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode) &&
                fn_hash_fd(fd, &s->hash, &size) == 0;
    if (row->has_frame) {
        s->face = row->frame;
        s->has_face = s->looked = true;
    } else if (*ret_read && row->has_box) {
        rc = set_box(s, fd, r->pictures, row, err);
    }
    set_key(s, row);
    if (fd >= 0)
        (void)close(fd);
    return rc;
}

/* Takes over the strings of the rows. There is room for as many people as rows. */
static int take_rows(struct fn_dataset *d, struct fn_rows *r, struct fn_error *err)
{
    int rc = 0;
    for (size_t i = 0; i < r->n; i++) {
        struct fn_row *row = &r->row[i];
        if (!i || strcmp(d->people[d->n_people - 1], row->person) != 0) {
            d->people_split[d->n_people] = row->split;
            d->people[d->n_people++] = row->person;
        } else {
            free(row->person);
        }
        struct fn_sample *s = &d->samples[i];
        *s = (struct fn_sample){.path = row->path,
                                .name_at = row->name_at,
                                .person = (uint32_t)(d->n_people - 1),
                                .split = row->split};
        bool read = false;
        rc = rc ? rc : read_sample(s, r, row, &read, err);
        d->n_unreadable += !read;
    }
    d->n = r->n;
    r->n = 0; /* d owns the strings now */
    return rc;
}

static int compare_shared(const void *pa, const void *pb)
{
    const struct fn_sample *a = *(const struct fn_sample *const *)pa,
                           *b = *(const struct fn_sample *const *)pb;
    int c = fn_h128_cmp(&a->key, &b->key);
    return c ? c : (a->person > b->person) - (a->person < b->person);
}

static int count_shared(struct fn_dataset *d, struct fn_error *err)
{
    const struct fn_sample **by_key = malloc((d->n ? d->n : 1) * sizeof *by_key);
    if (!by_key)
        return no_memory(err);
    for (size_t i = 0; i < d->n; i++)
        by_key[i] = &d->samples[i];
    qsort(by_key, d->n, sizeof *by_key, compare_shared);
    for (size_t i = 0, end; i < d->n; i = end) {
        for (end = i + 1; end < d->n && fn_h128_eq(&by_key[i]->key, &by_key[end]->key);)
            end++;
        if (by_key[i]->person != by_key[end - 1]->person && !fn_h128_is_zero(&by_key[i]->hash))
            d->n_shared += end - i;
    }
    free(by_key);
    return 0;
}

int fn_rows_finish(struct fn_rows *r, const char *where, struct fn_dataset **ret,
                   struct fn_error *err)
{
    struct fn_dataset *d = NULL;
    int rc = 0;
    if (!r->n)
        return fn_error_set(err, FN_EUSAGE, "'%s' has no people with pictures", where);
    qsort(r->row, r->n, sizeof *r->row, compare_rows);
    rc = check_splits(r, where, err);
    if (rc)
        return rc;
    size_t repeated = drop_repeated(r);
    d = calloc(1, sizeof *d);
    if (!d)
        return no_memory(err);
    d->samples = calloc(r->n, sizeof *d->samples);
    d->people = calloc(r->n, sizeof *d->people);
    d->people_split = calloc(r->n, 1);
    if (!d->samples || !d->people || !d->people_split) {
        rc = no_memory(err);
        goto out;
    }
    d->n_repeated = repeated;
    d->n_empty = r->n_empty;
    d->n_ignored = r->n_ignored;
    rc = take_rows(d, r, err);
    rc = rc ? rc : count_shared(d, err);
    if (!rc)
        rc = fn_dataset_refresh_id(d, err);
out:
    if (rc)
        fn_dataset_destroy(d);
    else
        *ret = d;
    return rc;
}

void fn_dataset_destroy(struct fn_dataset *d)
{
    if (!d)
        return;
    for (size_t i = 0; i < d->n; i++)
        free(d->samples[i].path);
    for (size_t i = 0; i < d->n_people; i++)
        free(d->people[i]);
    free(d->samples);
    free(d->people);
    free(d->people_split);
    free(d);
}

static void hash_sample(struct fn_hasher *h, const struct fn_dataset *d,
                        const struct fn_sample *s)
{
    const char *name = s->path + s->name_at, *person = d->people[s->person];
    uint8_t frame[18] = {s->split, s->has_face};
    if (s->has_face) {
        fn_put_lef(frame + 2, s->face.a);
        fn_put_lef(frame + 6, s->face.b);
        fn_put_lef(frame + 10, s->face.tx);
        fn_put_lef(frame + 14, s->face.ty);
    }
    fn_hasher_add(h, name, strlen(name) + 1);
    fn_hasher_add(h, person, strlen(person) + 1);
    fn_hasher_add(h, s->key.b, sizeof s->key.b);
    fn_hasher_add(h, frame, sizeof frame);
}

int fn_dataset_refresh_id(struct fn_dataset *d, struct fn_error *err)
{
    static const char format[] = "facenetd data set 1";
    struct fn_hasher *h = fn_hasher_create();
    if (!h)
        return no_memory(err);
    fn_hasher_add(h, format, sizeof format);
    for (size_t i = 0; i < d->n; i++)
        hash_sample(h, d, &d->samples[i]);
    d->id = fn_hasher_digest(h);
    fn_hasher_destroy(h);
    return 0;
}

void fn_dataset_count(const struct fn_dataset *d, unsigned split, size_t *ret_people,
                      size_t *ret_samples)
{
    size_t people = 0, samples = 0;
    for (size_t i = 0; i < d->n_people; i++)
        people += d->people_split[i] == split;
    for (size_t i = 0; i < d->n; i++)
        samples += d->samples[i].split == split;
    if (ret_people)
        *ret_people = people;
    if (ret_samples)
        *ret_samples = samples;
}

int fn_dataset_hold_out(struct fn_dataset *d, double share, uint64_t seed, unsigned split,
                        struct fn_error *err)
{
    if (!(share >= 0 && share < 1) || (split != FN_SPLIT_VALIDATION && split != FN_SPLIT_TEST))
        return fn_error_set(err, FN_EUSAGE,
                            "the share of people to hold back must be 0 or more and below 1");
    for (size_t i = 0; i < d->n_people; i++) {
        struct fn_rng rng = fn_rng_init(seed, fn_hash64(d->people[i], strlen(d->people[i])));
        if (d->people_split[i] == FN_SPLIT_TRAIN && fn_rng_uniform(&rng) < share)
            d->people_split[i] = (uint8_t)split;
    }
    for (size_t i = 0; i < d->n; i++)
        d->samples[i].split = d->people_split[d->samples[i].person];
    return fn_dataset_refresh_id(d, err);
}
