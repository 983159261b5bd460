/* SPDX-License-Identifier: MIT */
/* The faces of the chosen people, before it is known which photos are shown. */
#ifndef FN_CLI_PAGE_PLAN_FACES_H
#define FN_CLI_PAGE_PLAN_FACES_H

#include "cli/page/people_plan.h"

struct fnp_ref {     /* a face of a chosen person */
    int64_t taken_s; /* INT64_MIN: unknown */
    uint64_t ckey;
    fn_photo_id photo;
    fn_face_id face;
    uint32_t person;
    uint8_t quality;
    bool shown;
};
struct fnp_refs {
    struct fnp_ref *r;
    size_t n, cap;
};
/* Adds the faces of a person, and marks as shown its cover and the best others. */
FN_NODISCARD int fnp_refs_add(struct fn_txn *t, const struct fn_person *p, uint32_t person,
                              struct fnp_refs *l);
void fnp_refs_by_photo(struct fnp_refs *l); /* sorts: photo, then person, then face */
/* The number of the elements from `at` that have its photo; l is sorted. */
size_t fnp_refs_of_photo(const struct fnp_refs *l, size_t at);
void fnp_refs_finish(struct fnp_refs *l);

/* Counts the photos that two people share; l is sorted. -ENOMEM. */
FN_NODISCARD int fnp_count_seen(const struct fnp_refs *l, struct fnp_person *people);

#endif
