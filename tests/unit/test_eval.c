/* SPDX-License-Identifier: MIT */
/* Metrics of engine/eval compared with plain loops over the same definitions. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "engine/base/rng.h"
#include "engine/eval/baseline.h"
#include "engine/eval/metrics.h"

static void near(double got, double want, double within, int line)
{
    if (!(fabs(got - want) <= within))
        fail_msg("line %d: %.17g is not within %g of %.17g", line, got, within, want);
}
#define NEAR(got, want, within) near((double)(got), (double)(want), within, __LINE__)

/* Distances with few distinct values, so that ties are frequent. */
static float coarse(struct fn_rng *rng, double centre)
{
    double d = centre + fn_rng_uniform(rng) - .5;
    return (float)(floor(d * 40) / 40);
}

static struct fn_pair_d2 *random_pairs(size_t n, size_t folds, uint64_t seed)
{
    struct fn_pair_d2 *p = calloc(n, sizeof *p);
    struct fn_rng rng = fn_rng_init(seed, 1);
    assert_non_null(p);
    for (size_t i = 0; i < n; i++) {
        p[i].same = i % 2 == 0;
        p[i].fold = (uint32_t)(i * folds / n);
        p[i].d2 = coarse(&rng, p[i].same ? .9 : 1.4);
        if (fn_rng_below(&rng, 50) == 0)
            p[i].d2 = NAN;
    }
    return p;
}

/* ---- the protocol of Labeled Faces in the Wild, written directly ---- */

static double plain_accuracy(const struct fn_pair_d2 *p, size_t n, uint32_t fold, bool others,
                             double t)
{
    size_t right = 0, all = 0;
    for (size_t i = 0; i < n; i++) {
        if ((p[i].fold == fold) == others)
            continue;
        all++;
        right += !isnan(p[i].d2) && ((double)p[i].d2 < t) == p[i].same;
    }
    return (double)right / (double)all;
}

static double plain_rate(const struct fn_pair_d2 *p, size_t n, uint32_t fold, bool others,
                         bool same, double t)
{
    size_t below = 0, all = 0;
    for (size_t i = 0; i < n; i++) {
        if ((p[i].fold == fold) == others || p[i].same != same || (!same && isnan(p[i].d2)))
            continue;
        all++;
        below += !isnan(p[i].d2) && (double)p[i].d2 < t;
    }
    return (double)below / (double)all;
}

static double plain_threshold(const struct fn_pair_d2 *p, size_t n, uint32_t fold, double far)
{
    double before = 0;
    for (int i = 0; i <= 4000; i++) {
        double rate = plain_rate(p, n, fold, true, false, i / 1000.0);
        if (rate >= far)
            return i ? (i - 1) / 1000.0 + (far - before) / (rate - before) / 1000 : 0;
        before = rate;
    }
    return 0;
}

static void folds_follow_the_protocol(void **state)
{
    enum { N = 1200, FOLDS = 6 };
    (void)state;
    for (uint64_t seed = 0; seed < 3; seed++) {
        struct fn_pair_d2 *p = random_pairs(N, FOLDS, seed);
        struct fn_verification v;
        double sum = 0, squares = 0, val = 0;
        assert_int_equal(fn_verify(p, N, .01, &v, NULL), 0);
        assert_int_equal(v.n_folds, FOLDS);
        for (uint32_t f = 0; f < FOLDS; f++) {
            double best = -1, at = 0;
            for (int i = 0; i <= 400; i++) {
                double a = plain_accuracy(p, N, f, true, i / 100.0);
                if (a > best) {
                    best = a;
                    at = i / 100.0;
                }
            }
            double a = plain_accuracy(p, N, f, false, at);
            NEAR(v.fold_threshold[f], at, 1e-9);
            NEAR(v.fold_accuracy[f], a, 1e-9);
            sum += a;
            squares += a * a;
            val += plain_rate(p, N, f, false, true, plain_threshold(p, N, f, .01)) / FOLDS;
        }
        double mean = sum / FOLDS, variance = (squares - sum * mean) / (FOLDS - 1);
        NEAR(v.accuracy.mean, mean, 1e-9);
        NEAR(v.accuracy.error, sqrt(variance / FOLDS), 1e-7);
        NEAR(v.val.mean, val, 1e-9);
        NEAR(fn_pair_accuracy(p, N, v.best_threshold), v.best_accuracy, 1e-12);
        assert_true(v.best_accuracy >= fn_pair_accuracy(p, N, 1.15));
        free(p);
    }
}

static void one_fold_is_judged_on_itself(void **state)
{
    struct fn_pair_d2 p[] = {{.2f, 0, true}, {.4f, 0, true}, {1.5f, 0, false}, {NAN, 0, false}};
    struct fn_verification v;
    (void)state;
    assert_int_equal(fn_verify(p, 4, 1e-3, &v, NULL), 0);
    assert_int_equal(v.n_folds, 1);
    assert_int_equal(v.n_missed, 1);
    NEAR(v.accuracy.mean, .75, 1e-12); /* the missed impostor is wrong */
    NEAR(v.val.mean, 1, 1e-12);
    NEAR(v.auc, 1, 1e-12);
    p[0].fold = FN_FOLDS_MAX;
    assert_int_equal(fn_verify(p, 4, 1e-3, &v, NULL), FN_ELIMIT);
}

static void roc_figures_match_their_definitions(void **state)
{
    struct fn_dists same = {0}, different = {0};
    struct fn_pair_d2 *p = random_pairs(500, 1, 9);
    double wins = 0, t = 0, a, b;
    (void)state;
    assert_int_equal(fn_pairs_split(p, 500, &same, &different), 0);
    for (size_t i = 0; i < same.n; i++)
        for (size_t j = 0; j < different.n; j++)
            wins += same.v[i] < different.v[j] ? 1 : same.v[i] == different.v[j] ? .5 : 0;
    NEAR(fn_roc_auc(&same, &different), wins / (double)same.n / (double)different.n, 1e-12);
    double eer = fn_roc_eer(&same, &different, &t);
    double far = fn_dists_share(&different, t), frr = 1 - fn_dists_share(&same, t);
    assert_true(far >= frr);
    assert_true(fn_dists_share(&different, t - 1e-6) < 1 - fn_dists_share(&same, t - 1e-6));
    assert_true(eer <= fmax(far, frr) && eer >= fmin(far, frr) - .1);

    /* at the maximum of the likelihood, its gradient is zero */
    fn_fit_logistic(&same, &different, &a, &b);
    double g = 0, gx = 0;
    for (int kind = 0; kind < 2; kind++) {
        const struct fn_dists *d = kind ? &same : &different;
        for (size_t i = 0; i < d->n; i++) {
            double x = (double)d->v[i];
            if (!isfinite(x))
                continue;
            double q = kind - 1 / (1 + exp(b * x - a));
            g += q / (double)d->n;
            gx += q * x / (double)d->n;
        }
    }
    NEAR(g, 0, 1e-6);
    NEAR(gx, 0, 1e-6);
    assert_true(b > 0);
    fn_dists_free(&same);
    fn_dists_free(&different);
    free(p);
}

/* ---- sets of vectors ---- */

enum { PEOPLE = 90, MANY = 700, DIM = 24 };
struct world {
    float x[MANY * DIM];
    uint32_t person[MANY];
    uint8_t found[MANY];
    struct fn_vectors v;
};

static struct world *make_world(uint64_t seed, double spread)
{
    static float centre[PEOPLE][DIM];
    struct world *w = calloc(1, sizeof *w);
    struct fn_rng rng = fn_rng_init(seed, 2);
    assert_non_null(w);
    for (size_t p = 0; p < PEOPLE; p++)
        for (size_t c = 0; c < DIM; c++)
            centre[p][c] = (float)(fn_rng_uniform(&rng) - .5);
    for (size_t i = 0; i < MANY; i++) {
        w->person[i] = (uint32_t)fn_rng_below(&rng, PEOPLE);
        w->found[i] = fn_rng_below(&rng, 40) != 0;
        for (size_t c = 0; c < DIM; c++)
            w->x[i * DIM + c] =
                centre[w->person[i]][c] + (float)(spread * (fn_rng_uniform(&rng) - .5));
    }
    fn_baseline_normalise(w->x, MANY, DIM, false);
    w->v = (struct fn_vectors){w->x, MANY, DIM, w->person, PEOPLE, w->found};
    return w;
}

static double plain_d2(const struct world *w, size_t i, size_t j)
{
    double sum = 0;
    for (size_t c = 0; c < DIM; c++) {
        double d = (double)w->x[i * DIM + c] - (double)w->x[j * DIM + c];
        sum += d * d;
    }
    return sum;
}

static void all_pairs_are_counted_once(void **state)
{
    struct world *w = make_world(3, 1.1);
    struct fn_all_pairs p;
    struct fn_dists same = {0}, different = {0};
    (void)state;
    assert_int_equal(fn_all_pairs_run(&w->v, .05, &p, NULL), 0);
    for (size_t i = 0; i < MANY; i++)
        for (size_t j = 0; j < i; j++) {
            bool found = w->found[i] && w->found[j];
            if (w->person[i] == w->person[j])
                assert_int_equal(
                    fn_dists_add(&same, found ? plain_d2(w, i, j) : (double)INFINITY), 0);
            else if (found)
                assert_int_equal(fn_dists_add(&different, plain_d2(w, i, j)), 0);
        }
    fn_dists_sort(&same);
    fn_dists_sort(&different);
    assert_int_equal(p.same.n, same.n);
    assert_int_equal(p.n_different, different.n);
    for (size_t i = 0; i < same.n; i++)
        if (isfinite(same.v[i]))
            NEAR(p.same.v[i], same.v[i], 2e-6);
        else
            assert_true(isinf(p.same.v[i]));
    for (size_t i = 0; i < different.n / 20; i++)
        NEAR(p.tail[i].d2, different.v[i], 2e-6);
    static const double fars[] = {1e-2, 1e-3, 1e-4};
    for (int i = 0; i < 3; i++) {
        double t = 0, limit = fn_dists_quantile(&different, fars[i]);
        double tar = fn_tar_at_far(&p, fars[i], &t);
        NEAR(t, limit, 2e-6);
        NEAR(tar, fn_dists_share(&same, limit), 2.0 / (double)same.n);
    }
    assert_true(isnan(fn_tar_at_far(&p, 1e-7, NULL)));
    for (int i = 0; i < 3; i++) /* at known rates: the same distances */
        NEAR(fn_d2_at_far(&p, fars[i], 10), fn_dists_quantile(&different, fars[i]), 2e-6);
    /* fewer than 1,000 pairs below: on the line through those of 1,000 and 10,000 */
    double d = (double)different.v[1000], decade = (double)different.v[10000] - d;
    double all = (double)different.n;
    NEAR(fn_d2_at_far(&p, 1000 / all, 1000), d, 2e-6);
    NEAR(fn_d2_at_far(&p, 100 / all, 1000), d - decade, 1e-5);
    NEAR(fn_d2_at_far(&p, 1000 / all / sqrt(10), 1000), d - decade / 2, 1e-5);
    NEAR(fn_d2_at_far(&p, 1e-30, 1000), d / 2, 2e-6);
    assert_true(isnan(fn_d2_at_far(&p, .5, 10)));
    assert_true(isnan(fn_d2_at_far(&p, 1e-7, p.n_tail / 10 + 1)));
    fn_all_pairs_free(&p);
    fn_dists_free(&same);
    fn_dists_free(&different);
    free(w);
}

static void intervals_hold_the_value_and_repeat(void **state)
{
    struct world *w = make_world(4, 1.1);
    struct fn_all_pairs p;
    struct fn_interval a, b, c;
    (void)state;
    assert_int_equal(fn_all_pairs_run(&w->v, .05, &p, NULL), 0);
    assert_int_equal(fn_tar_interval(&p, &w->v, 1e-2, 300, 7, &a, NULL), 0);
    assert_int_equal(fn_tar_interval(&p, &w->v, 1e-2, 300, 7, &b, NULL), 0);
    assert_int_equal(fn_tar_interval(&p, &w->v, 1e-2, 300, 8, &c, NULL), 0);
    assert_memory_equal(&a, &b, sizeof a);
    assert_true(a.error != c.error);
    assert_true(a.low < a.value && a.value < a.high);
    assert_true(a.error > 0 && a.high - a.low > 2 * a.error);
    fn_all_pairs_free(&p);
    free(w);
}

struct heights {
    const double *v;
    size_t n;
};

/* The mean, and its difference to the mean with a constant added: exactly that constant, as for
 * paired differences. */
static void weighted_mean(const uint32_t *weight, void *ctx, double *out)
{
    const struct heights *h = ctx;
    double sum = 0, all = 0;
    for (size_t i = 0; i < h->n; i++) {
        sum += h->v[i] * weight[i];
        all += weight[i];
    }
    out[0] = sum / all;
    out[1] = (sum + .25 * all) / all - out[0];
}

static void the_bootstrap_knows_the_error_of_a_mean(void **state)
{
    double v[200], mean = 0, sum = 0;
    struct fn_rng rng = fn_rng_init(5, 5);
    struct fn_interval r[2];
    (void)state;
    for (int i = 0; i < 200; i++)
        mean += (v[i] = fn_rng_uniform(&rng)) / 200;
    for (int i = 0; i < 200; i++)
        sum += (v[i] - mean) * (v[i] - mean);
    struct heights h = {v, 200};
    assert_int_equal(fn_bootstrap(200, 2000, 1, weighted_mean, &h, 2, r, NULL), 0);
    double error = sqrt(sum / 200 / 200);
    NEAR(r[0].value, mean, 1e-12);
    NEAR(r[0].error, error, error * .08);
    NEAR(r[0].low, mean - 1.96 * error, error * .3);
    NEAR(r[0].high, mean + 1.96 * error, error * .3);
    NEAR(r[1].value, .25, 1e-12);
    assert_true(r[1].error < 1e-12);
    assert_int_equal(fn_bootstrap(0, 10, 1, weighted_mean, &h, 2, r, NULL), FN_EUSAGE);
}

static void ranks_match_a_plain_search(void **state)
{
    struct world *w = make_world(6, 1.1);
    struct fn_ranks r;
    size_t right = 0, probes = 0, first[PEOPLE];
    bool seen[PEOPLE] = {false};
    (void)state;
    assert_int_equal(fn_ranks_run(&w->v, &r, NULL), 0);
    for (size_t i = 0; i < MANY; i++) {
        if (!seen[w->person[i]])
            first[w->person[i]] = i;
        seen[w->person[i]] = true;
    }
    for (size_t i = 0; i < MANY; i++) {
        if (first[w->person[i]] == i)
            continue;
        double best = (double)INFINITY;
        uint32_t who = UINT32_MAX;
        probes++;
        for (uint32_t p = 0; p < PEOPLE && w->found[i]; p++)
            if (seen[p] && w->found[first[p]] && plain_d2(w, i, first[p]) < best) {
                best = plain_d2(w, i, first[p]);
                who = p;
            }
        right += who == w->person[i];
    }
    assert_int_equal(r.n_probes, probes);
    assert_int_equal(r.n_right, right);
    assert_true(right > probes / 4 &&
                right < probes); /* the world is neither hopeless nor easy */
    assert_true(r.open_rate > 0 && r.open_rate < 1);
    free(w);
}

/* ---- clusters ---- */

static void partitions_match_plain_loops(void **state)
{
    enum { N = 300 };
    uint32_t person[N], group[N];
    struct fn_rng rng = fn_rng_init(8, 8);
    struct fn_partition_score s;
    double together = 0, right = 0, same = 0, p = 0, r = 0;
    (void)state;
    for (size_t i = 0; i < N; i++) {
        person[i] = (uint32_t)fn_rng_below(&rng, 40);
        group[i] = fn_rng_below(&rng, 3) ? person[i] : 100 + (uint32_t)fn_rng_below(&rng, 60);
        if (fn_rng_below(&rng, 20) == 0)
            group[i] = FN_GROUP_MISSED;
    }
    assert_int_equal(fn_partition_judge(person, group, N, &s), 0);
    for (size_t i = 0; i < N; i++) {
        double in_group = 0, of_person = 0, both = 0;
        for (size_t j = 0; j < N; j++) {
            bool g = i == j || (group[i] != FN_GROUP_MISSED && group[i] == group[j]),
                 q = person[i] == person[j];
            in_group += g;
            of_person += q;
            both += g && q;
        }
        together += in_group - 1;
        right += both - 1;
        same += of_person - 1;
        if (group[i] != FN_GROUP_MISSED) {
            p += both / in_group / N;
            r += both / of_person / N;
        }
    }
    NEAR(s.precision, right / together, 1e-9);
    NEAR(s.recall, right / same, 1e-9);
    NEAR(s.b3_precision, p, 1e-9);
    NEAR(s.b3_recall, r, 1e-9);
    NEAR(s.b3_f, 2 * p * r / (p + r), 1e-9);
}

static void partitions_know_purity(void **state)
{
    const uint32_t person[] = {1, 1, 1, 2, 2, 3, 3},
                   group[] = {7, 7, 7, 7, 8, 9, FN_GROUP_MISSED};
    struct fn_partition_score s;
    (void)state;
    assert_int_equal(fn_partition_judge(person, group, 7, &s), 0);
    assert_int_equal(s.n_groups, 3);
    assert_int_equal(s.n_impure, 1);
    assert_int_equal(s.n_people, 3);
    assert_int_equal(s.n_missed, 1);
    NEAR(s.purity, 5.0 / 6, 1e-12);
}

/* ---- axes ---- */

/* Data with variances 1, 1/4, 1/9 .. along a random orthonormal basis. wide: fewer rows than
 * columns. */
static void check_axes(size_t n, size_t dim, size_t k)
{
    struct fn_axes a;
    struct fn_rng rng = fn_rng_init(n, dim);
    float *x = calloc(n * dim, sizeof *x), *y = calloc(n * k, sizeof *y);
    assert_non_null(x);
    assert_non_null(y);
    for (size_t i = 0; i < n * dim; i++) {
        double scale = 1.0 / (double)(1 + i % dim);
        x[i] = (float)(scale * (fn_rng_uniform(&rng) - .5) + .3);
    }
    assert_int_equal(fn_axes_fit(x, n, dim, k, true, 1, &a, NULL), 0);
    for (size_t i = 0; i < k; i++) {
        const float *u = a.axes + i * dim;
        double along = 0;
        for (size_t j = 0; j <= i; j++) {
            double dot = 0;
            for (size_t c = 0; c < dim; c++)
                dot += (double)u[c] * (double)a.axes[j * dim + c];
            NEAR(dot, i == j, 1e-5);
        }
        for (size_t r = 0; r < n; r++) {
            double dot = 0;
            for (size_t c = 0; c < dim; c++)
                dot += (double)u[c] * (double)(x[r * dim + c] - a.mean[c]);
            along += dot * dot / (double)n;
        }
        NEAR(along, a.variance[i], 1e-4 * a.variance[0]);
        assert_true(i == 0 || a.variance[i] <= a.variance[i - 1] * 1.0001);
    }
    assert_int_equal(fn_axes_project(&a, x, n, k, y), 0);
    for (size_t r = 0; r < n; r++) {
        double sum = 0;
        for (size_t c = 0; c < k; c++)
            sum += (double)y[r * k + c] * (double)y[r * k + c];
        NEAR(sum, 1, 1e-5);
    }
    fn_axes_free(&a);
    free(x);
    free(y);
}

static void axes_are_principal(void **state)
{
    (void)state;
    check_axes(200, 12, 5);
    check_axes(200, 12, 12);
    check_axes(40, 300, 10);
    struct fn_axes a;
    const float x[6] = {1, 2, 3, 4, 5, 6};
    assert_int_equal(fn_axes_fit(x, 2, 3, 3, true, 1, &a, NULL), FN_EUSAGE);
}

/* All axes, not centred: a rotation, which does not change any distance. */
static void a_full_rotation_keeps_distances(void **state)
{
    struct world *w = make_world(11, 1);
    struct fn_axes a;
    float *y = calloc(MANY * DIM, sizeof *y);
    (void)state;
    assert_non_null(y);
    assert_int_equal(fn_axes_fit(w->x, MANY, DIM, DIM, false, 1, &a, NULL), 0);
    assert_int_equal(fn_axes_project(&a, w->x, MANY, DIM, y), 0);
    for (size_t i = 1; i < MANY; i++) {
        double d = 0;
        for (size_t c = 0; c < DIM; c++) {
            double e = (double)y[i * DIM + c] - (double)y[(i - 1) * DIM + c];
            d += e * e;
        }
        NEAR(d, plain_d2(w, i, i - 1), 1e-5);
    }
    fn_axes_free(&a);
    free(y);
    free(w);
}

/* ---- two models ---- */

/* The difference of a fold is that of its two accuracies. The pairs that moved are those that
 * the two models decide differently. */
static void pairs_are_compared_one_by_one(void **state)
{
    enum { N = 600, FOLDS = 10 };
    struct fn_pair_d2 *a = random_pairs(N, FOLDS, 3), *b = random_pairs(N, FOLDS, 4);
    struct fn_verification va, vb;
    struct fn_paired p;
    double d[FOLDS], mean = 0, sum = 0;
    size_t gained = 0, lost = 0;
    (void)state;
    assert_int_equal(fn_verify(a, N, 1e-3, &va, NULL), 0);
    assert_int_equal(fn_verify(b, N, 1e-3, &vb, NULL), 0);
    assert_int_equal(fn_paired_accuracy(a, b, N, &va, &vb, &p), 0);
    for (uint32_t f = 0; f < FOLDS; f++) {
        d[f] = plain_accuracy(b, N, f, false, vb.fold_threshold[f]) -
               plain_accuracy(a, N, f, false, va.fold_threshold[f]);
        mean += d[f] / FOLDS;
    }
    for (uint32_t f = 0; f < FOLDS; f++)
        sum += (d[f] - mean) * (d[f] - mean);
    NEAR(p.accuracy.mean, mean, 1e-12);
    NEAR(p.accuracy.error, sqrt(sum / (FOLDS - 1) / FOLDS), 1e-12);
    for (size_t i = 0; i < N; i++) {
        bool x =
            !isnan(a[i].d2) && ((double)a[i].d2 < va.fold_threshold[a[i].fold]) == a[i].same;
        bool y =
            !isnan(b[i].d2) && ((double)b[i].d2 < vb.fold_threshold[b[i].fold]) == b[i].same;
        gained += y && !x;
        lost += x && !y;
    }
    assert_true(gained > 0 && lost > 0);
    assert_int_equal(p.n_gained, gained);
    assert_int_equal(p.n_lost, lost);
    NEAR((double)gained - (double)lost, N * mean, 1e-6);
    assert_int_equal(fn_paired_accuracy(a, a, N, &va, &va, &p), 0);
    assert_true(p.accuracy.mean == 0 && p.accuracy.error == 0 && !p.n_gained && !p.n_lost);
    b[5].same = !b[5].same;
    assert_int_equal(fn_paired_accuracy(a, b, N, &va, &vb, &p), FN_EUSAGE);
    free(a);
    free(b);
}

/* A model does not differ from itself in any resample. A blurred copy differs by less than the
 * two errors would if they were independent. */
static void tar_differences_are_paired(void **state)
{
    struct world *w = make_world(5, 1.1), *z = make_world(5, 1.1);
    struct fn_rng rng = fn_rng_init(17, 1);
    struct fn_all_pairs pw, pz;
    struct fn_interval d, iw, iz;
    (void)state;
    for (size_t i = 0; i < MANY; i++) {
        double sum = 0;
        for (size_t c = 0; c < DIM; c++) {
            z->x[i * DIM + c] += (float)(.02 * (fn_rng_uniform(&rng) - .5));
            sum += (double)z->x[i * DIM + c] * (double)z->x[i * DIM + c];
        }
        for (size_t c = 0; c < DIM; c++)
            z->x[i * DIM + c] /= (float)sqrt(sum);
    }
    const struct fn_vectors vw = w->v, vz = z->v;
    assert_int_equal(fn_all_pairs_run(&vw, .3, &pw, NULL), 0);
    assert_int_equal(fn_all_pairs_run(&vz, .3, &pz, NULL), 0);
    const struct fn_all_pairs *const same[2] = {&pw, &pw}, *const both[2] = {&pw, &pz};
    const struct fn_vectors *const vsame[2] = {&vw, &vw}, *const vboth[2] = {&vw, &vz};
    assert_int_equal(fn_tar_difference(same, vsame, .02, 200, 1, &d, NULL), 0);
    assert_true(d.value == 0 && d.low == 0 && d.high == 0 && d.error == 0);
    assert_int_equal(fn_tar_difference(both, vboth, .02, 200, 1, &d, NULL), 0);
    assert_int_equal(fn_tar_interval(&pw, &vw, .02, 200, 1, &iw, NULL), 0);
    assert_int_equal(fn_tar_interval(&pz, &vz, .02, 200, 1, &iz, NULL), 0);
    NEAR(d.value, iz.value - iw.value, 1e-12);
    assert_true(d.error > 0 && d.error < .5 * hypot(iw.error, iz.error));
    fn_all_pairs_free(&pw);
    fn_all_pairs_free(&pz);
    free(w);
    free(z);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(folds_follow_the_protocol),
        cmocka_unit_test(one_fold_is_judged_on_itself),
        cmocka_unit_test(roc_figures_match_their_definitions),
        cmocka_unit_test(all_pairs_are_counted_once),
        cmocka_unit_test(intervals_hold_the_value_and_repeat),
        cmocka_unit_test(the_bootstrap_knows_the_error_of_a_mean),
        cmocka_unit_test(pairs_are_compared_one_by_one),
        cmocka_unit_test(tar_differences_are_paired),
        cmocka_unit_test(ranks_match_a_plain_search),
        cmocka_unit_test(partitions_match_plain_loops),
        cmocka_unit_test(partitions_know_purity),
        cmocka_unit_test(axes_are_principal),
        cmocka_unit_test(a_full_rotation_keeps_distances),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
