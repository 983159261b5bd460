/* SPDX-License-Identifier: MIT */
/* Identification. The nearest faces vote as an open set: the nearest face of each person gives
 * odds by the calibrated logistic, "none of them" has odds 1, and the shares are the
 * probabilities. A tie between two persons thus makes both improbable, and a result below the
 * limit is unknown. An unnamed cluster near a person is more often a part of the same person,
 * not joined yet, than another person: it takes no share from others. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "index/people/people_priv.h"
#include "index/search/search.h"

enum { NEAREST = 48, PERSONS_MAX = NEAREST };
#define KNOWN_P 0.8

double fn_people_probability(const struct fn_index_model *m, uint32_t d)
{
    return 1 / (1 + exp(-(m->logistic_a - m->logistic_b * ((double)d / FN_Q14_ONE))));
}

struct suspect {
    struct fn_person_id person;
    uint32_t d;
    fn_face_id nearest;
    bool named;
    double odds;
};

/* Hits are nearest first, so a person's first is its nearest. */
static int list_suspects(struct fn_txn *t, const struct fn_index_model *m,
                         const struct fn_hit *hits, size_t n, struct suspect *s, size_t *ret_n)
{
    size_t k = 0;
    for (size_t i = 0; i < n; i++) {
        struct fn_member r;
        struct fn_person_label l;
        size_t j = 0;
        int rc = fn_member_who(t, hits[i].face, &r);
        if (rc == FN_ENOTFOUND)
            continue;
        if (rc)
            return rc;
        while (j < k && !fn_person_eq(&s[j].person, &r.person))
            j++;
        if (j < k)
            continue;
        rc = fn_person_label_get(t, &r.person, &l);
        if (rc)
            return rc;
        double p = fn_people_probability(m, hits[i].d);
        s[k++] = (struct suspect){.person = r.person,
                                  .d = hits[i].d,
                                  .nearest = hits[i].face,
                                  .named = l.name[0],
                                  .odds = p < 1 ? p / (1 - p) : 1e300};
    }
    *ret_n = k;
    return 0;
}

static double share(const struct suspect *s, size_t n, size_t of)
{
    double sum = 1;
    for (size_t i = 0; i < n; i++) {
        if (i == of || s[i].named)
            sum += s[i].odds;
    }
    return s[of].odds / sum;
}

int fn_people_who(struct fn_txn *t, const int16_t x[FN_DIM], fn_face_id except,
                  struct fn_who *ret, struct fn_error *err)
{
    struct fn_index_model m;
    struct fn_hit hits[NEAREST];
    struct suspect s[PERSONS_MAX];
    struct fn_who w = {.known = false};
    size_t n = 0, k = 0;
    int rc = fn_index_model_get(t, &m, err);
    if (rc == FN_ENOTFOUND)
        return fn_error_set(err, rc, "the index has no faces yet");
    if (!rc)
        rc = fn_search_among(t, x, 4 * FN_Q14_ONE - 1, NEAREST, except, fn_face_takes_part,
                             hits, &n, err);
    if (!rc)
        rc = list_suspects(t, &m, hits, n, s, &k);
    if (rc)
        return rc;
    if (!k)
        return fn_error_set(err, FN_ENOTFOUND, "the index has no faces yet");
    w.person = s[0].person;
    w.d = s[0].d;
    w.nearest = s[0].nearest;
    w.p = share(s, k, 0);
    w.known = w.p >= KNOWN_P;
    if (k > 1) {
        w.has_runner_up = true;
        w.runner_up = s[1].person;
        w.runner_up_d = s[1].d;
        w.runner_up_p = share(s, k, 1);
    }
    *ret = w;
    return 0;
}
