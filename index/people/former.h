/* SPDX-License-Identifier: MIT */
/* Private to index/people: ids that no person has any more. */
#ifndef FN_INDEX_FORMER_H
#define FN_INDEX_FORMER_H

#include "index/people/people_priv.h"
#include "index/records/rows.h"

enum { FN_FORMER_MAX = 8 };

struct fn_former {
    struct fn_txn *t;
    struct fn_person_id prefix;
    unsigned bits;
    bool rare; /* searching ids that only a rejected face can have had */
    /* the result */
    bool known;             /* an id with this prefix was that of a person once: */
    struct fn_person_id id; /* this one, or one of several */
    struct fn_person_id now[FN_FORMER_MAX]; /* the persons who have its faces now */
    size_t n;                               /* 0: no face is left */
};
/* Reads the log, then all faces and all that left: some 100 ns each. bits: short prefixes match
 * by chance. */
FN_NODISCARD int fn_former_find(struct fn_txn *t, const struct fn_person_id *prefix,
                                unsigned bits, struct fn_former *ret);
/* The face leaves its cluster, and is in none afterwards: the ids that its key stands for
 * belong to those who stay. Called while it is listed still. m: its membership. */
FN_NODISCARD int fn_former_put(struct fn_txn *t, fn_face_id face, uint64_t ckey,
                               const struct fn_member_rec *m, struct fn_error *err);

/* Whether the id begins with the bits of p. */
bool fn_person_has_bits(const uint8_t *id, const struct fn_person_id *p, unsigned bits);

#endif
