/* SPDX-License-Identifier: MIT */
/* What the index knows about one face, collected so that the transaction can end before
 * anything is printed. */
#ifndef FN_CLI_LIBRARY_FACTS_H
#define FN_CLI_LIBRARY_FACTS_H

#include "cli/library/ids.h"

enum fnl_state { FNL_UNKNOWN = 0, FNL_SUGGESTED, FNL_CONFIRMED, FNL_REJECTED };
const char *fnl_state_name(enum fnl_state s);

struct fnl_match {
    bool is; /* false: no person */
    struct fn_person_id id;
    char name[FN_PERSON_NAME_MAX];
    uint32_t n_photos; /* of a person without a name; 0: not known */
    bool has_d;
    double p, d2; /* probability; squared distance to the nearest face of that person */
};

struct fnl_fact {
    struct fn_face_rec rec;
    struct fn_h128 photo;
    char id[FN_FACE_HEX];    /* whole */
    char shown[FN_FACE_HEX]; /* shortened, for text */
    float box[4];
    enum fnl_state state;
    struct fnl_match person, other;
};

static inline double fnl_d2(uint32_t d)
{
    return d / (double)FN_Q14_ONE;
}

/* Face, state and person, without any search. */
FN_NODISCARD int fnl_fact_get(struct fn_txn *t, fn_face_id face, struct fnl_fact *ret,
                              struct fn_error *err);
/* Adds how certain the person is: the nearest face of the person, and the nearest other person.
 */
FN_NODISCARD int fnl_fact_judge(struct fn_txn *t, struct fnl_fact *f, struct fn_error *err);
/* The same from a search alone, for a face that is not in the index. */
FN_NODISCARD int fnl_fact_who(struct fn_txn *t, const int16_t x[FN_DIM], fn_face_id except,
                              struct fn_who *who, struct fnl_match *person,
                              struct fnl_match *other, struct fn_error *err);

void fnl_photo_hex(const struct fn_h128 *h, char *out, size_t size);

/* "2019-08-14 15:02", "" when unknown. size >= 24. */
void fnl_taken_text(const struct fn_photo *p, char *out, size_t size);
/* "2019-08-14" of seconds; "" outside of years 0 to 9999. */
void fnl_date_text(int64_t s, char *out, size_t size);

/* "left", "centre", "right" by the middle of the box. */
const char *fnl_side(const float box[4]);

#endif
