/* SPDX-License-Identifier: MIT */
/* Private to index/people: which states of clustering exist, and how they were computed. In
 * meta as "grouping". */
#ifndef FN_INDEX_SETTINGS_H
#define FN_INDEX_SETTINGS_H

#include "index/people/people_priv.h"

struct fn_settings {
    uint16_t active;   /* generation whose groups are shown; 0: they are of an older format */
    uint16_t building; /* generation that is being built; 0: none */
    uint16_t last;     /* generation given last */
    uint8_t size_class, next_class;
    uint64_t version;     /* counts what was written to the states */
    uint64_t cursor;      /* building: faces with this prio or a higher one are in it */
    uint64_t done, total; /* building: faces */
    struct fn_grouping_thresholds t, next_t;
};
/* FN_ENOTFOUND: the index has no model yet. */
FN_NODISCARD int fn_settings_get(struct fn_txn *t, struct fn_settings *ret);
FN_NODISCARD int fn_settings_put(struct fn_txn *t, const struct fn_settings *s,
                                 struct fn_error *err);
/* Thresholds of the current model for a size class. FN_ENOTFOUND. */
FN_NODISCARD int fn_settings_thresholds(struct fn_txn *t, unsigned size_class,
                                        struct fn_grouping_thresholds *ret);
bool fn_thresholds_eq(const struct fn_grouping_thresholds *a,
                      const struct fn_grouping_thresholds *b);
/* A number for a generation that is not in use. */
uint16_t fn_settings_fresh(const struct fn_settings *s);

#endif
