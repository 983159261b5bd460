/* SPDX-License-Identifier: MIT */
/* What the index knows about one face, collected so that the transaction can end before
 * anything is printed. */
#ifndef FN_CLI_FACTS_H
#define FN_CLI_FACTS_H

#include "cli/ids.h"

enum fnq_state { FNQ_UNKNOWN = 0, FNQ_SUGGESTED, FNQ_CONFIRMED, FNQ_REJECTED };
const char *fnq_state_name(enum fnq_state s);

struct fnq_match {
    bool is; /* false: nobody */
    struct fn_person_id id;
    char name[FN_PERSON_NAME_MAX];
    bool has_d;
    double p, d2; /* probability; squared L2 to the nearest face of that person */
};

struct fnq_fact {
    struct fn_face_rec rec;
    struct fn_h128 photo;
    char id[FN_FACE_HEX];    /* whole */
    char shown[FN_FACE_HEX]; /* as text shows it */
    float box[4];
    enum fnq_state state;
    struct fnq_match person, other;
};

static inline double fnq_d2(uint32_t d)
{
    return d / (double)FN_Q14_ONE;
}

/* Face, state and person, without any search. */
FN_NODISCARD int fnq_fact_get(struct fn_txn *t, fn_face_id face, struct fnq_fact *ret,
                              struct fn_error *err);
/* Adds how sure that is: nearest face of the person, the nearest other person. */
FN_NODISCARD int fnq_fact_judge(struct fn_txn *t, struct fnq_fact *f, struct fn_error *err);
/* From a search alone, for a face that is in no index. */
FN_NODISCARD int fnq_fact_who(struct fn_txn *t, const int16_t x[FN_DIM], fn_face_id except,
                              struct fn_who *who, struct fnq_match *person,
                              struct fnq_match *other, struct fn_error *err);

json_t *fnq_person_json(const struct fnq_match *m);    /* {"id":..., "name":...} or null */
json_t *fnq_runner_up_json(const struct fnq_match *m); /* with p and d2 */
void fnq_photo_hex(const struct fn_h128 *h, char *out, size_t size);

/* "2019-08-14T15:02:11+02:00", or null. */
json_t *fnq_taken_json(const struct fn_photo *p);
/* "2019-08-14 15:02", "" when unknown. size >= 24. */
void fnq_taken_text(const struct fn_photo *p, char *out, size_t size);
/* "2019-08-14" of seconds; "" outside of years 0 to 9999. */
void fnq_date_text(int64_t s, char *out, size_t size);

/* Adds "paths": [...] (and "paths_b64" when one is not UTF-8). */
FN_NODISCARD int fnq_set_paths(struct fn_txn *t, fn_photo_id photo, json_t *object);
/* "left", "centre", "right" by the middle of the box. */
const char *fnq_side(const float box[4]);

#endif
