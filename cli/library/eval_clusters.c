/* SPDX-License-Identifier: MIT */
/* Clusters of the faces of a set, compared with its people; see eval_protocols.h. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli/library/eval_protocols.h"
#include "engine/base/array.h"

struct cluster_job {
    const struct fn_eval_set *set;
    struct fnl_eval_group_face *faces; /* all faces found; x points into vectors */
    int16_t (*vectors)[FN_DIM];
    size_t n, faces_cap, vectors_cap;
    size_t *judged; /* per picture: the number of its face */
    uint32_t *person, *group;
};
#define JUDGED_NONE SIZE_MAX

static void cluster_job_free(struct cluster_job *j)
{
    free(j->faces);
    free(j->vectors);
    free(j->judged);
    free(j->person);
    free(j->group);
}

static int add_face(struct cluster_job *j, const struct fnl_eval_face *f, size_t photo,
                    bool poor)
{
    struct fnl_eval_group_face *faces =
        fn_array_grow(j->faces, &j->faces_cap, j->n + 1, sizeof *faces);
    j->faces = faces ? faces : j->faces;
    int16_t(*vectors)[FN_DIM] =
        fn_array_grow(j->vectors, &j->vectors_cap, j->n + 1, sizeof *vectors);
    j->vectors = vectors ? vectors : j->vectors;
    if (!faces || !vectors)
        return -ENOMEM;
    memcpy(j->vectors[j->n], f->x, sizeof *j->vectors);
    j->faces[j->n].poor = poor;
    j->faces[j->n++].photo = photo;
    return 0;
}

/* Every face is clustered; the central one of each picture is evaluated. */
static int collect(struct fnl_eval *e, struct cluster_job *j, struct fn_error *err)
{
    float least = e->profile->v.min_quality;
    int rc = 0;
    j->judged = calloc(j->set->n + 1, sizeof *j->judged);
    j->person = calloc(j->set->n + 1, sizeof *j->person);
    if (!j->judged || !j->person)
        return fn_error_set(err, -ENOMEM, "out of memory");
    rc = fnl_eval_ahead_set(e, j->set, fnl_eval_look_faces, NULL, err);
    for (size_t i = 0; !rc && i < j->set->n; i++) {
        struct fnl_eval_faces f;
        rc = fnl_eval_faces(e, j->set->pictures[i].path, &f, err);
        if (rc)
            return rc;
        const struct fnl_eval_face *central = fnl_eval_central(&f);
        j->person[i] = j->set->pictures[i].person;
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

/* For an embedder without thresholds, those of the profile are scaled so that the one for pairs
 * has a false-accept rate of 1e-3 on these faces. The result is optimistic: the thresholds are
 * chosen on the faces that are evaluated. */
static int scale_thresholds(const struct cluster_job *j, struct fn_profile_values *v,
                            struct fn_error *err)
{
    float *x = calloc(j->set->n + 1, FN_DIM * sizeof *x);
    uint8_t *found = calloc(j->set->n + 1, 1);
    struct fn_all_pairs all = {0};
    double t = (double)NAN;
    int rc = x && found ? 0 : fn_error_set(err, -ENOMEM, "out of memory");
    for (size_t i = 0; !rc && i < j->set->n; i++) {
        found[i] = j->judged[i] != JUDGED_NONE && !j->faces[j->judged[i]].poor;
        if (found[i])
            fn_q14_to_float(x + i * FN_DIM, j->vectors[j->judged[i]], FN_DIM);
    }
    const struct fn_vectors in = {x, j->set->n, FN_DIM, j->person, j->set->n_people, found};
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
    }
    fn_all_pairs_free(&all);
    free(x);
    free(found);
    return rc;
}

/* Compares the clusters at these thresholds with the people. */
static int judge_groups(struct cluster_job *j, const struct fn_profile_values *v,
                        struct fn_partition_score *ret, struct fn_error *err)
{
    uint32_t *of_picture = calloc(j->set->n + 1, sizeof *of_picture);
    int rc = of_picture ? fnl_eval_group(j->faces, j->n, v, j->group, err)
                        : fn_error_set(err, -ENOMEM, "out of memory");
    for (size_t i = 0; !rc && i < j->set->n; i++)
        of_picture[i] = j->judged[i] == JUDGED_NONE ? FN_GROUP_MISSED : j->group[j->judged[i]];
    if (!rc && (rc = fn_partition_judge(j->person, of_picture, j->set->n, ret)))
        (void)fn_error_set(err, rc, "out of memory");
    free(of_picture);
    return rc;
}

/* Results over the threshold for joining; the other thresholds of clustering are scaled with
 * it. */
static int judge_joins(struct cluster_job *j, struct fnl_clusters *c, struct fn_error *err)
{
    int rc = 0;
    for (int i = 0; !rc && i <= 40; i++) {
        struct fn_profile_values v = c->used;
        float k = .4f + .03f * (float)i;
        scale_grouping(&v, k);
        c->t[c->n] = (double)v.group_d2;
        rc = judge_groups(j, &v, &c->at[c->n++], err);
    }
    return rc;
}

static int judge(struct fnl_eval *e, struct cluster_job *j, bool joins, struct fnl_clusters *c,
                 struct fn_error *err)
{
    c->used = e->profile->v;
    c->chosen = e->choice.model && !e->calibrated;
    int rc = collect(e, j, err);
    rc = rc || !c->chosen ? rc : scale_thresholds(j, &c->used, err);
    if (rc)
        return rc;
    j->group = calloc(j->n + 1, sizeof *j->group);
    rc = j->group ? judge_groups(j, &c->used, &c->score, err)
                  : fn_error_set(err, -ENOMEM, "out of memory");
    return rc || !joins ? rc : judge_joins(j, c, err);
}

int fnl_eval_clusters(struct fnl_eval *e, const struct fn_eval_set *set, bool joins,
                      struct fn_figures *f, struct fnl_clusters *ret, struct fn_error *err)
{
    struct cluster_job j = {.set = set};
    *ret = (struct fnl_clusters){0};
    int rc = judge(e, &j, joins, ret, err);
    if (!rc)
        fn_judge_partition(f, "clusters", &ret->score);
    cluster_job_free(&j);
    return rc;
}
