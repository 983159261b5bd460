/* SPDX-License-Identifier: MIT */
/* A store of clustering records in memory that is as strict as a store may be: a value is gone
 * with the next call, vectors include empty rows and faces that do not take part, and reads can
 * fail. */
#ifndef FN_TESTS_PROPERTY_GROUPING_MEMORY_STORE_H
#define FN_TESTS_PROPERTY_GROUPING_MEMORY_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "engine/base/rng.h"
#include "index/grouping/grouping.h"

struct gstore_record {
    uint8_t kind;
    uint32_t id;
    size_t n;
    uint8_t *v; /* NULL: nothing here, or it is deleted */
    bool taken;
};
struct gstore_face {
    uint32_t id, photo; /* id 0: an empty row */
    const int16_t *x;
};
struct gstore {
    uint32_t width;
    struct gstore_record *slots;
    size_t n_slots, n_taken, n_records;
    uint8_t *lent;                   /* the value of the last call */
    const struct gstore_face *faces; /* all of them, owned by the caller */
    size_t n_faces;
    uint64_t fail_in; /* after this many reads all fail with -EIO; 0: never */
};

void gstore_init(struct gstore *s, uint32_t width);
void gstore_free(struct gstore *s);
struct fn_grouping_store gstore_as_store(struct gstore *s);
/* For fn_grouping_records. arg is the gstore. */
int gstore_write(uint8_t kind, uint32_t id, const uint8_t *v, size_t n, void *arg);

/* Changes, cuts or removes one record. */
void gstore_damage(struct gstore *s, struct fn_rng *r);

#endif
