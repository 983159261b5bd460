/* SPDX-License-Identifier: MIT */
/* Faces whose people are known; see face_set.h. */
#include "tests/bench/face_set.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

static int allocate(struct face_set *s, size_t n, struct fn_error *err)
{
    *s = (struct face_set){.n = n};
    size_t cap = n ? n : 1;
    s->x = calloc(cap, FN_Q14_BYTES);
    s->person = calloc(cap, sizeof *s->person);
    s->photo = calloc(cap, sizeof *s->photo);
    s->quality = calloc(cap, sizeof *s->quality);
    if (s->x && s->person && s->photo && s->quality)
        return 0;
    face_set_free(s);
    return fn_error_set(err, -ENOMEM, "out of memory");
}

static int read_vectors(const char *path, struct face_set *s, struct fn_error *err)
{
    FILE *f = fopen(path, "rb");
    struct stat st;
    if (!f || fstat(fileno(f), &st)) {
        int e = errno;
        if (f)
            (void)fclose(f);
        return fn_error_set(err, -e, "%s: %s", path, fn_strerror(-e));
    }
    size_t row = FN_DIM * sizeof(float);
    int rc = (size_t)st.st_size % row
                 ? fn_error_set(err, FN_EUSAGE, "%s: not rows of %d floats", path, FN_DIM)
                 : allocate(s, (size_t)st.st_size / row, err);
    for (size_t i = 0; !rc && i < s->n; i++) {
        float e[FN_DIM];
        if (fread(e, row, 1, f) != 1)
            rc = fn_error_set(err, -EIO, "%s: cannot be read", path);
        else
            fn_q14_from_float(s->x + i * FN_DIM, e, FN_DIM);
    }
    (void)fclose(f);
    return rc;
}

static int read_labels(const char *path, struct face_set *s, struct fn_error *err)
{
    FILE *f = fopen(path, "r");
    char line[256];
    size_t n = 0;
    int rc = 0;
    if (!f)
        return fn_error_set(err, -errno, "%s: %s", path, fn_strerror(-errno));
    for (; !rc && fgets(line, sizeof line, f); n++) {
        char *at = line, *end;
        unsigned long person = strtoul(at, &end, 10);
        bool good = end != at && *end == '\t';
        unsigned long photo = strtoul(at = end, &end, 10);
        good = good && end != at && *end == '\t';
        (void)strtoul(at = end, &end, 10); /* the session */
        good = good && end != at && *end == '\t';
        double quality = strtod(at = end, &end);
        if (!good || end == at || n == s->n || person > UINT32_MAX || photo >= UINT32_MAX) {
            rc = fn_error_set(err, FN_EUSAGE, "%s: line %zu is no label of a row", path, n + 1);
            break;
        }
        s->person[n] = (uint32_t)person;
        s->photo[n] = (uint32_t)photo;
        s->quality[n] = (float)quality;
    }
    (void)fclose(f);
    if (!rc && n != s->n)
        rc = fn_error_set(err, FN_EUSAGE, "%s: %zu lines for %zu rows", path, n, s->n);
    return rc;
}

int face_set_read(const char *vectors, const char *labels, struct face_set *ret,
                  struct fn_error *err)
{
    *ret = (struct face_set){0};
    int rc = read_vectors(vectors, ret, err);
    rc = rc ? rc : read_labels(labels, ret, err);
    if (rc)
        face_set_free(ret);
    return rc;
}

static int deal(uint64_t seed, size_t n, size_t n_people, struct face_world *w,
                struct face_place **ret, size_t *ret_stranger, struct fn_error *err)
{
    face_world_init(w, seed, NULL);
    int rc = face_world_deal(w, n, n_people, ret, ret_stranger);
    return rc ? fn_error_set(err, rc, "faces cannot be dealt: %s", fn_strerror(rc)) : 0;
}

int face_set_generate(uint64_t seed, size_t n, size_t n_people, struct face_set *ret,
                      struct fn_error *err)
{
    struct face_world w;
    struct face_place *f = NULL;
    size_t stranger;
    *ret = (struct face_set){0};
    int rc = deal(seed, n, n_people, &w, &f, &stranger, err);
    rc = rc ? rc : allocate(ret, n, err);
    for (size_t i = 0; !rc && i < n; i++) {
        float e[FN_DIM];
        unsigned traits;
        face_world_row(&w, &f[i], e, &ret->quality[i], &traits);
        fn_q14_from_float(ret->x + i * FN_DIM, e, FN_DIM);
        ret->person[i] = f[i].person;
        ret->photo[i] = f[i].photo;
    }
    free(f);
    return rc;
}

static int write_rows(const struct face_world *w, const struct face_place *f, size_t n,
                      size_t stranger, FILE *vectors, FILE *labels)
{
    for (size_t i = 0; i < n; i++) {
        float e[FN_DIM], quality;
        unsigned traits;
        face_world_row(w, &f[i], e, &quality, &traits);
        traits |= f[i].person >= stranger ? FACE_STRANGER : 0;
        if (fwrite(e, sizeof e, 1, vectors) != 1 ||
            fprintf(labels, "%" PRIu32 "\t%" PRIu32 "\t%" PRIu32 "\t%.3f\t%u\n", f[i].person,
                    f[i].photo, f[i].session, (double)quality, traits) < 0)
            return -1;
    }
    return 0;
}

int face_set_write(uint64_t seed, size_t n, size_t n_people, const char *vectors,
                   const char *labels, struct fn_error *err)
{
    struct face_world w;
    struct face_place *f = NULL;
    size_t stranger;
    int rc = deal(seed, n, n_people, &w, &f, &stranger, err);
    if (rc)
        return rc;
    FILE *v = fopen(vectors, "wb"), *l = fopen(labels, "w");
    bool bad = !v || !l || write_rows(&w, f, n, stranger, v, l);
    bad |= v && fclose(v);
    bad |= l && fclose(l);
    free(f);
    return bad ? fn_error_set(err, -EIO, "%s and %s cannot be written", vectors, labels) : 0;
}

void face_set_free(struct face_set *s)
{
    free(s->x);
    free(s->person);
    free(s->photo);
    free(s->quality);
    *s = (struct face_set){0};
}
