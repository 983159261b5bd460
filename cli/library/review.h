/* SPDX-License-Identifier: MIT */
/* What a user should review next: people to name, and faces that are most likely assigned to
 * the wrong person. Both lists are bounded, sorted, and the same for the same index. */
#ifndef FN_CLI_LIBRARY_REVIEW_H
#define FN_CLI_LIBRARY_REVIEW_H

#include "cli/library/facts.h"

/* Unnamed people, those in most photos first, then those with most faces, then by id. Hidden
 * people are left out. */
struct fnl_review_people {
    struct fn_person *p;
    size_t n;
    size_t n_total; /* in at least min_photos photos */
};
/* Lists at most max of them. FN_EUSAGE: max is 0. Finish *ret even on failure. */
FN_NODISCARD int fnl_review_people(struct fn_txn *t, uint64_t min_photos, size_t max,
                                   struct fnl_review_people *ret, struct fn_error *err);
void fnl_review_people_finish(struct fnl_review_people *r);

/* Suggested faces of people that are not hidden, those with the least probable person first.
 * fact has the person with its probability and distance, and the runner-up as `other`. If none
 * of its nearest faces is of its person (fact.person.has_d is false), the probability counts as
 * 0 and the face comes first. Ties: the more probable runner-up first, then by content key. */
struct fnl_review_faces {
    struct fnl_fact *f;
    size_t n;
    size_t n_total;  /* suggested faces */
    size_t n_judged; /* the number of them that were compared with all other faces */
};
/* Lists at most max of them. Each comparison is a search of the whole index, so at most
 * max_judged faces are compared: those of lowest quality, ties by content key. FN_EUSAGE: max
 * or max_judged is 0. Finish *ret even on failure. */
FN_NODISCARD int fnl_review_faces(struct fn_txn *t, size_t max, size_t max_judged,
                                  struct fnl_review_faces *ret, struct fn_error *err);
void fnl_review_faces_finish(struct fnl_review_faces *r);

#endif
