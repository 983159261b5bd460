/* SPDX-License-Identifier: MIT */
/* Folders of video frames. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/array.h"
#include "engine/eval/pair_lists.h"

void fn_eval_videos_free(struct fn_eval_videos *v)
{
    if (!v)
        return;
    for (size_t i = 0; i < v->n; i++)
        free(v->v[i].name);
    free(v->v);
    fn_eval_set_free(&v->set);
    *v = (struct fn_eval_videos){0};
}

static struct fn_eval_video *add_video(struct fn_eval_videos *v, const char *name)
{
    struct fn_eval_video *p = fn_array_grow(v->v, &v->cap, v->n + 1, sizeof *p);
    if (!p)
        return NULL;
    v->v = p;
    struct fn_eval_video *x = &v->v[v->n];
    *x = (struct fn_eval_video){.name = strdup(name)};
    if (!x->name)
        return NULL;
    v->n++;
    return x;
}

/* A set read from folders has a "person" per folder, that is per video. The real person is the
 * folder above. */
int fn_eval_videos_read(struct fn_eval_videos *v, const char *dir, struct fn_error *err)
{
    struct fn_eval_set folders = {0};
    int rc = fn_eval_set_folders(&folders, dir, NULL, err);
    for (size_t i = 0, end; !rc && i < folders.n; i = end) {
        uint32_t folder = folders.pictures[i].person;
        char *name = folders.people[folder], person[256];
        size_t len = strcspn(name, "/"), at;
        for (end = i + 1; end < folders.n && folders.pictures[end].person == folder;)
            end++;
        if (name[len] != '/' || len >= sizeof person)
            continue;
        memcpy(person, name, len);
        person[len] = '\0';
        struct fn_eval_video *x = add_video(v, name);
        if (!x) {
            rc = fn_error_set(err, -ENOMEM, "out of memory");
            break;
        }
        x->person = fn_eval_person(&v->set, person);
        x->first = v->set.n;
        x->n = end - i;
        for (size_t k = i; !rc && k < end; k++)
            if ((rc = fn_eval_picture(&v->set, folders.pictures[k].path, x->person, &at)))
                (void)fn_error_set(err, rc, "out of memory");
    }
    fn_eval_set_free(&folders);
    if (!rc && !v->n)
        rc = fn_error_set(err, -ENOENT, "'%s': no folders PERSON/VIDEO with frames", dir);
    return rc;
}

struct splits {
    const struct fn_eval_videos *videos;
    const char *file;
    struct fn_eval_pairs *out;
    struct fn_error *err;
};

static size_t find_video(const struct fn_eval_videos *v, const char *name)
{
    size_t i = 0;
    while (i < v->n && strcmp(v->v[i].name, name) != 0)
        i++;
    return i;
}

static int split_line(char *line, size_t number, void *ctx)
{
    struct splits *s = ctx;
    char *f[8];
    uint32_t fold, same;
    size_t n = fn_eval_fields(line, ",", f, 8);
    bool ok = n >= 4 && fn_eval_number(f[0], &fold) && fold >= 1 && fold <= 64 &&
              fn_eval_number(f[n - 1], &same) && same <= 1;
    if (!ok && number == 1)
        return 0;
    if (!ok)
        return fn_error_set(s->err, FN_EUSAGE, "'%s' line %zu: wanted FOLD, VIDEO, VIDEO, SAME",
                            s->file, number);
    size_t a = find_video(s->videos, f[1]), b = find_video(s->videos, f[2]);
    if (a == s->videos->n || b == s->videos->n)
        return fn_error_set(s->err, -ENOENT, "'%s' line %zu: there is no video '%s'", s->file,
                            number, a == s->videos->n ? f[1] : f[2]);
    return fn_eval_pairs_add(s->out, a, b, fold - 1, same == 1);
}

int fn_eval_videos_splits(const struct fn_eval_videos *v, const char *file,
                          struct fn_eval_pairs *ret, struct fn_error *err)
{
    struct splits s = {v, file, ret, err};
    int rc = fn_eval_lines(file, split_line, &s, err);
    if (!rc && !ret->n)
        rc = fn_error_set(err, FN_EUSAGE, "'%s': no pairs", file);
    fn_eval_pairs_renumber(ret);
    return rc;
}

int fn_eval_videos_make(const struct fn_eval_videos *v, size_t n_folds, size_t per_fold,
                        uint64_t seed, struct fn_eval_pairs *ret, struct fn_error *err)
{
    uint32_t *person = calloc(v->n + 1, sizeof *person);
    if (!person)
        return fn_error_set(err, -ENOMEM, "out of memory");
    for (size_t i = 0; i < v->n; i++)
        person[i] = v->v[i].person;
    int rc =
        fn_eval_pairs_deal(person, v->n, v->set.n_people, n_folds, per_fold, seed, ret, err);
    free(person);
    return rc;
}

double fn_eval_video_d2(const float *mean_a, const float *mean_b, size_t dim)
{
    double dot = 0;
    for (size_t i = 0; i < dim; i++)
        dot += (double)mean_a[i] * (double)mean_b[i];
    return 2 - 2 * dot;
}
