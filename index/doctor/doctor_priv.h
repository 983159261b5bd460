/* SPDX-License-Identifier: MIT */
/* Private to index/doctor: one check after the other over one snapshot. */
#ifndef FN_INDEX_DOCTOR_PRIV_H
#define FN_INDEX_DOCTOR_PRIV_H

#include "index/doctor/doctor.h"
#include "index/people/people.h"
#include "index/store/tables.h"

struct fn_doctor {
    struct fn_txn *t;
    bool deep;
    void (*report)(enum fn_finding_level level, const char *sentence, void *ctx);
    void *ctx;
    enum fn_finding_level worst;
    uint64_t n_bad;   /* of the check that runs */
    uint64_t n_faces; /* according to the photos */
    uint64_t n_good;  /* faces that take part and are good */
    uint16_t generation;
    uint64_t n_stale; /* faces that the generation has no vector of, as is known */
};

/* Says one sentence and remembers the worst level. */
void fn_doctor_say(struct fn_doctor *d, enum fn_finding_level level, const char *fmt, ...)
    FN_PRINTF(3, 4);
/* A record that is wrong; after the first few of a check they are only counted. */
void fn_doctor_bad(struct fn_doctor *d, const char *fmt, ...) FN_PRINTF(2, 3);
/* Calls each for all records of a table, then reports the result: "<n> <what>: consistent". */
FN_NODISCARD int fn_doctor_walk(struct fn_doctor *d, enum fn_table table, const char *what,
                                void (*each)(struct fn_doctor *d, struct fn_slice key,
                                             struct fn_slice val));
/* Two tables that must have the same number of records. */
void fn_doctor_same_count(struct fn_doctor *d, enum fn_table a, enum fn_table b);

FN_NODISCARD int fn_doctor_photos(struct fn_doctor *d); /* check_photos.c */
FN_NODISCARD int fn_doctor_faces(struct fn_doctor *d);  /* check_faces.c */
FN_NODISCARD int fn_doctor_people(struct fn_doctor *d); /* check_people.c */

#endif
