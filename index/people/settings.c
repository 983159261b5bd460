/* SPDX-License-Identifier: MIT */
#include "index/people/settings.h"

#include <string.h>

#include "engine/base/endian.h"
#include "index/store/sides.h"

enum {
    THRESHOLDS = 2 + 2 * FN_GROUPING_ROUNDS + FN_GROUPING_LADDER,
    N = 40 + 2 * 4 * THRESHOLDS
};
#define KEY "grouping"

static uint32_t *threshold(struct fn_grouping_thresholds *t, size_t i)
{
    if (i == 0)
        return &t->net;
    if (i <= FN_GROUPING_ROUNDS)
        return &t->level1[i - 1];
    if (i <= 2 * FN_GROUPING_ROUNDS)
        return &t->level2[i - 1 - FN_GROUPING_ROUNDS];
    i -= 1 + 2 * FN_GROUPING_ROUNDS;
    return i < FN_GROUPING_LADDER ? &t->attach[i] : &t->large;
}

bool fn_thresholds_eq(const struct fn_grouping_thresholds *a,
                      const struct fn_grouping_thresholds *b)
{
    return a->net == b->net && a->large == b->large &&
           !memcmp(a->attach, b->attach, sizeof a->attach) &&
           !memcmp(a->level1, b->level1, sizeof a->level1) &&
           !memcmp(a->level2, b->level2, sizeof a->level2);
}

int fn_settings_thresholds(struct fn_txn *t, unsigned size_class,
                           struct fn_grouping_thresholds *ret)
{
    struct fn_index_model m;
    int rc = fn_index_model_get(t, &m, NULL);
    if (rc)
        return rc;
    const struct fn_grouping_model g = {.single_d2 = (double)m.single_d / FN_Q14_ONE,
                                        .group_d2 = (double)m.group_d / FN_Q14_ONE,
                                        .net_d2 = (double)m.net_d / FN_Q14_ONE,
                                        .decade_d2 = (double)m.decade_d / FN_Q14_ONE};
    fn_grouping_thresholds_of(&g, size_class, ret);
    return 0;
}

/* Clusters without a state of clustering are of an older format: they answer until all faces
 * are clustered from scratch. */
static int first(struct fn_txn *t, struct fn_settings *s)
{
    *s = (struct fn_settings){.size_class = (uint8_t)fn_grouping_class(0, 0)};
    s->active = s->last = fn_tab_count(t, FN_T_GROUP) == 0;
    return fn_settings_thresholds(t, s->size_class, &s->t);
}

int fn_settings_get(struct fn_txn *t, struct fn_settings *ret)
{
    uint8_t b[N];
    struct fn_settings s = {0};
    char key[FN_SIDED_KEY];
    int rc = fn_meta_get(t, fn_sided_key(t, KEY, key), b, sizeof b);
    if (rc)
        return rc == FN_ENOTFOUND ? first(t, ret) : rc;
    s.active = fn_get_le16(b);
    s.building = fn_get_le16(b + 2);
    s.last = fn_get_le16(b + 4);
    s.size_class = b[6];
    s.next_class = b[7];
    s.version = fn_get_le64(b + 8);
    s.cursor = fn_get_le64(b + 16);
    s.done = fn_get_le64(b + 24);
    s.total = fn_get_le64(b + 32);
    for (size_t i = 0; i < THRESHOLDS; i++) {
        *threshold(&s.t, i) = fn_get_le32(b + 40 + 4 * i);
        *threshold(&s.next_t, i) = fn_get_le32(b + 40 + 4 * (THRESHOLDS + i));
    }
    *ret = s;
    return 0;
}

int fn_settings_put(struct fn_txn *t, const struct fn_settings *s, struct fn_error *err)
{
    uint8_t b[N] = {0};
    struct fn_settings c = *s;
    fn_put_le16(b, c.active);
    fn_put_le16(b + 2, c.building);
    fn_put_le16(b + 4, c.last);
    b[6] = c.size_class;
    b[7] = c.next_class;
    fn_put_le64(b + 8, c.version);
    fn_put_le64(b + 16, c.cursor);
    fn_put_le64(b + 24, c.done);
    fn_put_le64(b + 32, c.total);
    for (size_t i = 0; i < THRESHOLDS; i++) {
        fn_put_le32(b + 40 + 4 * i, *threshold(&c.t, i));
        fn_put_le32(b + 40 + 4 * (THRESHOLDS + i), *threshold(&c.next_t, i));
    }
    char key[FN_SIDED_KEY];
    return fn_meta_put(t, fn_sided_key(t, KEY, key), b, sizeof b, err);
}

int fn_people_thresholds(struct fn_txn *t, struct fn_grouping_thresholds *ret)
{
    struct fn_settings s;
    int rc = fn_settings_get(t, &s);
    if (!rc)
        *ret = s.active || !s.building ? s.t : s.next_t;
    return rc;
}

uint16_t fn_settings_fresh(const struct fn_settings *s)
{
    uint16_t g = s->last;
    do
        g++;
    while (!g || g == s->active || g == s->building);
    return g;
}
