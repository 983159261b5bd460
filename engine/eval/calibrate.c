/* SPDX-License-Identifier: MIT */
/* Thresholds from all pairs of known people (docs/decisions/thresholds.md). */
#include "engine/eval/calibrate.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "engine/model/profile.h"

/* False-accept rates for clustering (docs/decisions/thresholds.md), a decade between the first
 * two. */
static const double single_far = 3e-5, group_far = 3e-4, net_far = 1.5e-6;
/* Share of the impostor pairs that is stored to read distances from. With the smallest allowed
 * number of pairs, ten times the pairs that make a rate known are one tenth of all. */
static const double kept_share = .11;
enum { LOGISTIC_SAMPLE = 20000 };

/* The distance at which the share of accepted genuine pairs minus the share of accepted
 * impostor pairs is largest. Both kinds have the same weight. */
static double best_threshold(const struct fn_all_pairs *p)
{
    double best = -1, at = 0;
    uint64_t below = 0;
    for (size_t bin = 0; bin < FN_D2_BINS; bin++) {
        double t = ((double)bin + 1) * 4 / FN_D2_BINS;
        below += p->different_bins[bin];
        double gain = fn_dists_share(&p->same, t) - (double)below / (double)p->n_different;
        if (gain > best) {
            best = gain;
            at = t;
        }
    }
    return at;
}

/* Quantiles represent the impostor distances, of which there may be millions. */
static int impostor_sample(const struct fn_all_pairs *p, struct fn_dists *ret)
{
    size_t bin = 0;
    uint64_t below = 0;
    for (size_t i = 0; i < LOGISTIC_SAMPLE; i++) {
        double rank = ((double)i + .5) / LOGISTIC_SAMPLE * (double)p->n_different;
        while (bin + 1 < FN_D2_BINS && (double)(below + p->different_bins[bin]) < rank)
            below += p->different_bins[bin++];
        if (fn_dists_add(ret, ((double)bin + .5) * 4 / FN_D2_BINS))
            return -ENOMEM;
    }
    return 0;
}

static void set_facts(const struct fn_vectors *v, const struct fn_all_pairs *p,
                      struct fn_calibration *c)
{
    time_t now = time(NULL);
    struct tm tm;
    size_t found = 0;
    for (size_t i = 0; i < v->n; i++)
        found += !v->found || v->found[i];
    c->people = (uint32_t)v->n_people;
    c->pictures = (uint32_t)found;
    c->same_pairs = fn_dists_below(&p->same, 5); /* a missed face is at distance INFINITY */
    c->different_pairs = p->n_different;
    if (localtime_r(&now, &tm))
        (void)strftime(c->date, sizeof c->date, "%Y-%m-%d", &tm);
}

static int fit(const struct fn_all_pairs *p, struct fn_calibration *c, struct fn_error *err)
{
    struct fn_dists impostors = {0};
    double a = 0, b = 0;
    int rc = impostor_sample(p, &impostors);
    if (!rc)
        fn_fit_logistic(&p->same, &impostors, &a, &b);
    fn_dists_free(&impostors);
    if (rc)
        return fn_error_set(err, rc, "out of memory");
    if (!(b > 0 && b <= 1e4 && fabs(a) <= 1e4 && c->pair_d2 < 4))
        return fn_error_set(err, FN_EREFUSED,
                            "no thresholds: pairs of one person are not nearer than others");
    c->logistic_a = (float)a;
    c->logistic_b = (float)b;
    return 0;
}

static int enough(const struct fn_all_pairs *p, const struct fn_calibration *c,
                  struct fn_error *err)
{
    double least = FN_CALIBRATION_EVENTS / fn_calibration_fars[0];
    if ((double)p->n_different >= least && c->same_pairs >= FN_CALIBRATION_EVENTS)
        return 0;
    return fn_error_set(err, FN_EREFUSED,
                        "too few people for thresholds: %" PRIu64 " genuine and %" PRIu64
                        " impostor pairs, %d and %.0f are needed",
                        c->same_pairs, p->n_different, FN_CALIBRATION_EVENTS, least);
}

static int set_distances(const struct fn_all_pairs *p, struct fn_calibration *c,
                         struct fn_error *err)
{
    for (size_t i = 0; i < FN_CALIBRATION_FARS; i++) {
        double t = 0;
        if ((double)p->n_different * fn_calibration_fars[i] < FN_CALIBRATION_EVENTS)
            break;
        (void)fn_tar_at_far(p, fn_calibration_fars[i], &t);
        c->far_d2[i] = (float)t;
    }
    c->pair_d2 = (float)best_threshold(p);
    double single = fn_d2_at_far(p, single_far, FN_CALIBRATION_EVENTS);
    double group = fn_d2_at_far(p, group_far, FN_CALIBRATION_EVENTS);
    c->single_d2 = (float)single;
    c->group_d2 = (float)group;
    c->net_d2 = (float)fn_d2_at_far(p, net_far, FN_CALIBRATION_EVENTS);
    c->decade_d2 = (float)(group - single);
    if (c->net_d2 > 1e-6f && group >= single && c->pair_d2 > 1e-6f)
        return 0;
    return fn_error_set(err, FN_EREFUSED,
                        "no thresholds: pictures of different people have the same vector");
}

int fn_calibrate(const struct fn_vectors *v, bool flip, struct fn_calibration *ret,
                 struct fn_error *err)
{
    struct fn_calibration c = {.flip = flip};
    struct fn_all_pairs p = {0};
    int rc = fn_all_pairs_run(v, kept_share, &p, err);
    if (!rc)
        set_facts(v, &p, &c);
    rc = rc ? rc : enough(&p, &c, err);
    rc = rc ? rc : set_distances(&p, &c, err);
    rc = rc ? rc : fit(&p, &c, err);
    if (!rc)
        *ret = c;
    fn_all_pairs_free(&p);
    return rc;
}

void fn_calibration_text(const struct fn_calibration *c, char *out, size_t size)
{
    char far[FN_CALIBRATION_FARS][16];
    for (size_t i = 0; i < FN_CALIBRATION_FARS; i++)
        if (c->far_d2[i] > 0)
            (void)snprintf(far[i], sizeof far[i], "%.3f", (double)c->far_d2[i]);
        else
            (void)snprintf(far[i], sizeof far[i], "-");
    (void)snprintf(out, size,
                   "pairs %.3f, FAR 1e-2 %s, 1e-3 %s, 1e-4 %s, groups %.3f, single faces %.3f, "
                   "net %.3f, decade %.3f, logistic %.2f %.2f; %s, %u pictures of %u people, "
                   "%" PRIu64 " impostor pairs%s",
                   (double)c->pair_d2, far[0], far[1], far[2], (double)c->group_d2,
                   (double)c->single_d2, (double)c->net_d2, (double)c->decade_d2,
                   (double)c->logistic_a, (double)c->logistic_b, c->date, c->pictures,
                   c->people, c->different_pairs, c->flip ? ", with mirror images" : "");
}
