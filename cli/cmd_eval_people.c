/* SPDX-License-Identifier: MIT */
/* fnq eval clusters, fnq eval ytf: groups of faces, and videos. */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/eval.h"
#include "engine/base/file.h"

/* ---- clusters ---- */

struct cluster_job {
    struct fn_eval_set set;
    struct fnq_eval_group_face *faces; /* all that were found; x points into vectors */
    int16_t (*vectors)[FN_DIM];
    size_t n, cap;
    size_t *judged; /* per picture: the number of its face */
    uint32_t *person, *group;
};
#define JUDGED_NONE SIZE_MAX

static void cluster_job_free(struct cluster_job *j)
{
    fn_eval_set_free(&j->set);
    free(j->faces);
    free(j->vectors);
    free(j->judged);
    free(j->person);
    free(j->group);
}

static int add_face(struct cluster_job *j, const struct fnq_eval_face *f, size_t photo,
                    bool poor)
{
    if (j->n == j->cap) {
        size_t cap = j->cap ? 2 * j->cap : 1024;
        struct fnq_eval_group_face *faces = reallocarray(j->faces, cap, sizeof *faces);
        j->faces = faces ? faces : j->faces;
        int16_t(*vectors)[FN_DIM] = reallocarray(j->vectors, cap, sizeof *vectors);
        j->vectors = vectors ? vectors : j->vectors;
        if (!faces || !vectors)
            return -ENOMEM;
        j->cap = cap;
    }
    memcpy(j->vectors[j->n], f->x, sizeof *j->vectors);
    j->faces[j->n].poor = poor;
    j->faces[j->n++].photo = photo;
    return 0;
}

/* Every face takes part; the central one of each picture is judged. */
static int collect(struct fnq_eval *e, struct cluster_job *j, struct fn_error *err)
{
    float least = e->profile->v.min_quality;
    int rc = 0;
    j->judged = calloc(j->set.n + 1, sizeof *j->judged);
    j->person = calloc(j->set.n + 1, sizeof *j->person);
    if (!j->judged || !j->person)
        return fn_error_set(err, -ENOMEM, "out of memory");
    rc = fnq_eval_ahead_set(e, &j->set, fnq_eval_look_faces, NULL, err);
    for (size_t i = 0; !rc && i < j->set.n; i++) {
        struct fnq_eval_faces f;
        rc = fnq_eval_faces(e, j->set.pictures[i].path, &f, err);
        if (rc)
            return rc;
        const struct fnq_eval_face *central = fnq_eval_central(&f);
        j->person[i] = j->set.pictures[i].person;
        j->judged[i] = JUDGED_NONE;
        for (uint32_t k = 0; !rc && k < f.n; k++) {
            if (&f.v[k] == central)
                j->judged[i] = j->n;
            if ((rc = add_face(j, &f.v[k], i, f.v[k].quality < least)))
                (void)fn_error_set(err, rc, "out of memory");
        }
    }
    for (size_t k = 0; k < j->n; k++)
        j->faces[k].x = j->vectors[k];
    return rc;
}

static void scale_grouping(struct fn_profile_values *v, float k)
{
    v->single_d2 *= k;
    v->group_d2 *= k;
    v->net_d2 *= k;
    v->decade_d2 *= k;
}

/* With an embedder that has no thresholds of its own the profile's are scaled so that the one
 * for pairs has a false accept rate of 1e-3 on these faces. That is kind to the model: it is
 * chosen on what it is judged on. */
static int scale_thresholds(struct fnq_eval *e, const struct cluster_job *j,
                            struct fn_profile_values *v, struct fn_error *err)
{
    float *x = calloc(j->set.n + 1, FN_DIM * sizeof *x);
    uint8_t *found = calloc(j->set.n + 1, 1);
    struct fn_all_pairs all = {0};
    double t = (double)NAN;
    int rc = x && found ? 0 : fn_error_set(err, -ENOMEM, "out of memory");
    for (size_t i = 0; !rc && i < j->set.n; i++) {
        found[i] = j->judged[i] != JUDGED_NONE && !j->faces[j->judged[i]].poor;
        if (found[i])
            fn_q14_to_float(x + i * FN_DIM, j->vectors[j->judged[i]], FN_DIM);
    }
    const struct fn_vectors in = {x, j->set.n, FN_DIM, j->person, j->set.n_people, found};
    rc = rc ? rc : fn_all_pairs_run(&in, 8e-3, &all, err);
    if (!rc) {
        (void)fn_tar_at_far(&all, 1e-3, &t);
        if (isnan(t))
            rc = fn_error_set(err, FN_EUSAGE,
                              "too few pictures to choose thresholds for another embedder");
    }
    if (!rc) {
        float k = (float)t / v->pair_d2;
        scale_grouping(v, k);
        v->pair_d2 = (float)t;
        fnq_note(e->ctx,
                 "the model has no thresholds of its own: chosen on these pictures, which "
                 "flatters: pairs %.3f, groups %.3f",
                 t, (double)v->group_d2);
    }
    fn_all_pairs_free(&all);
    free(x);
    free(found);
    return rc;
}

/* The groups with these thresholds against the people. */
static int judge_groups(struct cluster_job *j, const struct fn_profile_values *v,
                        struct fn_partition_score *ret, struct fn_error *err)
{
    uint32_t *of_picture = calloc(j->set.n + 1, sizeof *of_picture);
    int rc = of_picture ? fnq_eval_group(j->faces, j->n, v, j->group, err)
                        : fn_error_set(err, -ENOMEM, "out of memory");
    for (size_t i = 0; !rc && i < j->set.n; i++)
        of_picture[i] = j->judged[i] == JUDGED_NONE ? FN_GROUP_MISSED : j->group[j->judged[i]];
    if (!rc && (rc = fn_partition_judge(j->person, of_picture, j->set.n, ret)))
        (void)fn_error_set(err, rc, "out of memory");
    free(of_picture);
    return rc;
}

/* Over the threshold for joining; the others of grouping go along. */
static int chart_joins(struct fnq_eval *e, struct cluster_job *j,
                       const struct fn_profile_values *used, struct fnq_eval_report *r,
                       struct fn_error *err)
{
    struct fnq_eval_joins all = {.used = (double)used->group_d2};
    int rc = 0;
    for (int i = 0; !rc && i <= 40; i++) {
        struct fn_profile_values v = *used;
        float k = .4f + .03f * (float)i;
        scale_grouping(&v, k);
        all.t[all.n] = (double)v.group_d2;
        rc = judge_groups(j, &v, &all.score[all.n++], err);
    }
    return rc ? rc : fnq_chart_joins(e, r, &all, err);
}

static int judge_clusters(struct fnq_eval *e, struct cluster_job *j, struct fnq_eval_report *r,
                          struct fn_error *err)
{
    const double none = (double)NAN;
    const char *g = "clusters";
    struct fn_profile_values v = e->profile->v;
    struct fn_partition_score s;
    int rc = collect(e, j, err);
    rc = rc || !e->ctx->o.model || e->calibrated ? rc : scale_thresholds(e, j, &v, err);
    if (rc)
        return rc;
    j->group = calloc(j->n + 1, sizeof *j->group);
    rc = j->group ? judge_groups(j, &v, &s, err) : fn_error_set(err, -ENOMEM, "out of memory");
    if (rc)
        return rc;
    fnq_report_count(r, g, "pictures", s.n, "pictures, one face of each judged");
    fnq_report_count(r, g, "missed", s.n_missed, "without a face");
    fnq_report_count(r, g, "people", s.n_people, "people");
    fnq_report_count(r, g, "groups", s.n_groups, "groups");
    fnq_report_count(r, g, "impure", s.n_impure, "groups of more than one person");
    fnq_report_add(r, g, "precision", s.precision, none, 5, "precision of pairs");
    fnq_report_add(r, g, "recall", s.recall, none, 5, "recall of pairs");
    fnq_report_add(r, g, "f", s.f, none, 5, "F of pairs");
    fnq_report_add(r, g, "b3_precision", s.b3_precision, none, 4, "BCubed precision");
    fnq_report_add(r, g, "b3_recall", s.b3_recall, none, 4, "BCubed recall");
    fnq_report_add(r, g, "b3_f", s.b3_f, none, 4, "BCubed F");
    fnq_report_add(r, g, "purity", s.purity, none, 4, "purity");
    return e->ctx->o.plot ? chart_joins(e, j, &v, r, err) : 0;
}

int fnq_run_eval_clusters(struct fnq_ctx *ctx, int argc, char **argv)
{
    struct fn_error err = {0};
    struct fnq_eval e = {0};
    struct fnq_eval_report report = {0};
    struct cluster_job j = {0};
    if (argc != 1)
        return fnq_usage(ctx, "eval clusters: which folder?");
    int rc = fn_eval_set_folders(&j.set, argv[0], ctx->o.people, &err);
    rc = rc ? rc : fnq_eval_open(ctx, &e, &err);
    rc = rc ? rc : judge_clusters(&e, &j, &report, &err);
    int exit_code = rc ? fnq_fail(ctx, &err, NULL, NULL)
                       : fnq_report_print(&e, &report, "clusters", argv[0], NULL);
    cluster_job_free(&j);
    fnq_report_finish(&report);
    fnq_eval_close(&e);
    return exit_code;
}

/* ---- videos ---- */

enum { MADE_FOLDS = 10, MADE_PER_FOLD = 250, FRAMES = 100 };

struct video_job {
    struct fn_eval_videos videos;
    struct fn_eval_pairs pairs;
    float *mean; /* n x FN_DIM */
    size_t *n_found;
    struct fn_pair_d2 *d;
    size_t n_frames;
};

static void video_job_free(struct video_job *j)
{
    fn_eval_videos_free(&j->videos);
    fn_eval_pairs_free(&j->pairs);
    free(j->mean);
    free(j->n_found);
    free(j->d);
}

static int read_videos(struct fnq_ctx *ctx, const char *dir, struct video_job *j,
                       struct fn_error *err)
{
    char path[FN_PATH_MAX];
    int rc = fn_eval_videos_read(&j->videos, dir, err);
    if (rc)
        return rc;
    bool there = snprintf(path, sizeof path, "%s/splits.txt", dir) < (int)sizeof path &&
                 fn_file_exists(path);
    if (ctx->o.pairs || there)
        return fn_eval_videos_splits(&j->videos, ctx->o.pairs ? ctx->o.pairs : path, &j->pairs,
                                     err);
    rc = fn_eval_videos_make(&j->videos, MADE_FOLDS, MADE_PER_FOLD, 1, &j->pairs, err);
    if (!rc)
        fnq_note(ctx, "no splits.txt: made %zu pairs of videos, %d folds", j->pairs.n,
                 MADE_FOLDS);
    return rc;
}

/* The mean vector of the first frames with a face; in order of their names. */
static int describe_video(struct fnq_eval *e, struct video_job *j, size_t i, size_t wanted,
                          struct fn_error *err)
{
    const struct fn_eval_video *v = &j->videos.v[i];
    float x[FN_DIM], *mean = j->mean + i * FN_DIM;
    size_t n = 0;
    for (size_t k = v->first; k < v->first + v->n && n < wanted; k++) {
        int rc = fnq_eval_vector(e, j->videos.set.pictures[k].path, FNQ_EVAL_DETECT, x, err);
        if (rc < 0)
            return rc;
        for (size_t c = 0; rc == 1 && c < FN_DIM; c++)
            mean[c] += x[c];
        n += rc == 1;
    }
    for (size_t c = 0; n && c < FN_DIM; c++)
        mean[c] /= (float)n;
    j->n_found[i] = n;
    j->n_frames += n;
    return 0;
}

/* The frames that are surely wanted; when some have no face, later ones are looked at one by
 * one. */
static int look_ahead(struct fnq_eval *e, const struct video_job *j, size_t wanted,
                      struct fn_error *err)
{
    const char **paths = calloc(j->videos.set.n + 1, sizeof *paths);
    size_t n = 0;
    if (!paths)
        return fn_error_set(err, -ENOMEM, "out of memory");
    for (size_t i = 0; i < j->videos.n; i++)
        for (size_t k = 0; k < j->videos.v[i].n && k < wanted; k++)
            paths[n++] = j->videos.set.pictures[j->videos.v[i].first + k].path;
    int rc = fnq_eval_ahead(e, paths, n, fnq_eval_look_faces, NULL, err);
    free(paths);
    return rc;
}

static int judge_videos(struct fnq_eval *e, struct video_job *j, struct fnq_eval_report *r,
                        struct fn_error *err)
{
    size_t n = j->videos.n, wanted = e->ctx->o.frames ? (size_t)e->ctx->o.frames : FRAMES;
    size_t n_empty = 0;
    struct fn_verification v;
    struct fn_dists same = {0}, different = {0};
    int rc = 0;
    j->mean = calloc(n + 1, FN_DIM * sizeof *j->mean);
    j->n_found = calloc(n + 1, sizeof *j->n_found);
    j->d = calloc(j->pairs.n + 1, sizeof *j->d);
    if (!j->mean || !j->n_found || !j->d)
        return fn_error_set(err, -ENOMEM, "out of memory");
    rc = look_ahead(e, j, wanted, err);
    for (size_t i = 0; !rc && i < n; i++) {
        rc = describe_video(e, j, i, wanted, err);
        n_empty += !rc && !j->n_found[i];
    }
    if (rc)
        return rc;
    for (size_t i = 0; i < j->pairs.n; i++) {
        const struct fn_eval_pair *p = &j->pairs.v[i];
        bool found = j->n_found[p->a] && j->n_found[p->b];
        double d2 = fn_eval_video_d2(j->mean + p->a * FN_DIM, j->mean + p->b * FN_DIM, FN_DIM);
        j->d[i] = (struct fn_pair_d2){found ? (float)d2 : NAN, p->fold, p->same};
    }
    fnq_report_count(r, "videos", "videos", n, "videos");
    fnq_report_count(r, "videos", "frames", j->n_frames, "frames with a face that were used");
    fnq_report_count(r, "videos", "empty", n_empty, "videos without a face");
    /* A mean over frames is larger than the distance of two pictures: no fixed threshold. */
    rc = fnq_report_pairs(r, "pairs", j->d, j->pairs.n, (double)NAN, &v, err);
    if (!rc && (rc = fn_pairs_split(j->d, j->pairs.n, &same, &different)))
        (void)fn_error_set(err, rc, "out of memory");
    rc = rc ? rc : fnq_chart_pairs(e, r, &v, &same, &different, (double)NAN, err);
    fn_dists_free(&same);
    fn_dists_free(&different);
    return rc;
}

int fnq_run_eval_ytf(struct fnq_ctx *ctx, int argc, char **argv)
{
    struct fn_error err = {0};
    struct fnq_eval e = {0};
    struct fnq_eval_report report = {0};
    struct video_job j = {0};
    if (argc != 1)
        return fnq_usage(ctx, "eval ytf: which folder?");
    int rc = read_videos(ctx, argv[0], &j, &err);
    rc = rc ? rc : fnq_eval_open(ctx, &e, &err);
    rc = rc ? rc : judge_videos(&e, &j, &report, &err);
    int exit_code = rc ? fnq_fail(ctx, &err, NULL, NULL)
                       : fnq_report_print(&e, &report, "ytf", argv[0], "detect");
    video_job_free(&j);
    fnq_report_finish(&report);
    fnq_eval_close(&e);
    return exit_code;
}
