/* SPDX-License-Identifier: MIT */
/* Persons of the faces of one cluster: see people.h for the rule. A function of the cluster's
 * key, its faces and their labels; distances do not matter. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/array.h"
#include "engine/base/endian.h"
#include "index/people/people_priv.h"

struct vote {
    struct fn_person_id person;
    uint32_t n;
    bool hard; /* a confirmed face is among them */
};

static bool confirmed(const struct fn_naming *v)
{
    return v->say && v->say->confirmed;
}

static const struct fn_person_id *named(const struct fn_naming *v)
{
    const struct fn_face_say *s = v->say;
    if (confirmed(v))
        return &s->person;
    return s && s->member && !fn_face_rejects(s, &s->member_person) ? &s->member_person : NULL;
}

/* The person that most labels name, labels and cluster labels alike; ties go to one that is
 * confirmed, then to the one named first. One face confirmed as another person does not rename
 * a cluster that the user named before. FN_ENOTFOUND: no label names a person. */
static int most_named(struct fn_naming *const *g, size_t n, struct fn_person_id *ret)
{
    struct vote *votes = NULL;
    size_t k = 0, cap = 0, best = 0;
    for (size_t i = 0; i < n; i++) {
        const struct fn_person_id *p = named(g[i]);
        size_t j = 0;
        if (!p)
            continue;
        while (j < k && !fn_person_eq(&votes[j].person, p))
            j++;
        struct vote *w = fn_array_grow(votes, &cap, k + 1, sizeof *w);
        if (!w) {
            free(votes);
            return -ENOMEM;
        }
        votes = w;
        if (j == k)
            votes[k++] = (struct vote){.person = *p};
        votes[j].n++;
        votes[j].hard = votes[j].hard || confirmed(g[i]);
    }
    for (size_t j = 1; j < k; j++) {
        if (votes[j].n > votes[best].n ||
            (votes[j].n == votes[best].n && votes[j].hard && !votes[best].hard))
            best = j;
    }
    if (k)
        *ret = votes[best].person;
    free(votes);
    return k ? 0 : FN_ENOTFOUND;
}

/* For a face that is rejected even as the person derived from its key (that one was merged into
 * another): a person unknown to it. */
static void find_apart(const struct fn_naming *v, uint64_t key, struct fn_person_id *ret)
{
    uint8_t attempt = 0;
    do {
        fn_person_apart(key, attempt++, ret);
    } while (fn_face_rejects(v->say, ret) && attempt);
}

/* key stands for those that nobody named. */
static int choose(struct fn_txn *t, uint64_t key, struct fn_naming *const *g, size_t n,
                  struct fn_person_id *ret)
{
    struct fn_person_id p;
    int rc = most_named(g, n, ret);
    if (rc != FN_ENOTFOUND)
        return rc;
    fn_unnamed_person(key, &p);
    rc = fn_person_resolve(t, &p, ret);
    if (!rc && fn_face_rejects(g[0]->say, ret))
        find_apart(g[0], key, ret);
    return rc;
}

static int by_rank(const void *pa, const void *pb)
{
    const struct fn_naming *a = pa, *b = pb;
    if (a->poor != b->poor)
        return a->poor ? 1 : -1;
    return (a->ckey > b->ckey) - (a->ckey < b->ckey);
}

/* Each round gives a person to at least one face: that which named it, or the first. */
static int name_rounds(struct fn_txn *t, uint64_t key, struct fn_naming **g, size_t n,
                       struct fn_person_id *ret_person)
{
    for (bool first = true; n; first = false) {
        struct fn_person_id p;
        size_t left = 0;
        int rc = choose(t, key, g, n, &p);
        if (rc)
            return rc;
        if (first)
            *ret_person = p;
        for (size_t i = 0; i < n; i++) {
            if (!confirmed(g[i]) && fn_face_rejects(g[i]->say, &p)) {
                g[left++] = g[i];
                continue;
            }
            g[i]->by_user = confirmed(g[i]);
            g[i]->person = g[i]->by_user ? g[i]->say->person : p;
            g[i]->own = !fn_person_eq(&g[i]->person, ret_person);
        }
        if (left == n)
            return FN_ECORRUPT;
        n = left;
        key = n ? g[0]->ckey : 0;
    }
    return 0;
}

int fn_name_group(struct fn_txn *t, uint64_t group, struct fn_naming *v, size_t n,
                  struct fn_person_id *ret_person)
{
    struct fn_naming **g = malloc(n * sizeof *g);
    if (!g)
        return -ENOMEM;
    qsort(v, n, sizeof *v, by_rank);
    for (size_t i = 0; i < n; i++)
        g[i] = &v[i];
    int rc = name_rounds(t, group, g, n, ret_person);
    free(g);
    return rc;
}
