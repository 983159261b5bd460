/* SPDX-License-Identifier: MIT */
/* Synthetic pictures that are edited. A picture is the size of its stored pixels, an
 * orientation tag, and faces with a box and five landmarks in stored pixels. All that is edited
 * from one picture is its lineage; a face keeps its number in the lineage through all edits. */
#ifndef FN_TESTS_PROPERTY_EDIT_PICTURES_H
#define FN_TESTS_PROPERTY_EDIT_PICTURES_H

#include <stdbool.h>
#include <stdint.h>

#include "engine/base/rng.h"
#include "index/ingest/ingest.h"

enum { EP_FACES = 5, EP_FEATURE = 4 };

struct ep_face {
    uint8_t number; /* in the lineage */
    bool seen;      /* the detector finds it */
    bool unlike;    /* its vector is nobody's, as of a face that was found on its side */
    float x, y, half_w, half_h;
    float points[5][2]; /* eyes, nose, corners of the mouth; left in the picture first */
};

struct ep_lineage {
    uint8_t n, identity[EP_FACES];
    int like; /* the lineage of the same burst, or -1 */
    int64_t taken_s;
};

struct ep_picture {
    int lineage, parent; /* parent: the picture that was edited, or -1 */
    uint32_t vectors;    /* pictures with the same pixels have the same number here */
    float w, h;          /* stored */
    float drift;         /* how far its embeddings are from those of the first version */
    uint8_t orientation, n;
    bool has_date;
    struct ep_face faces[EP_FACES];
};

enum ep_edit {
    EP_TAG,         /* pixels unchanged */
    EP_ORIENTATION, /* pixels unchanged, another orientation tag */
    EP_TURN,        /* one of the seven lossless turns and mirrors */
    EP_RESIZE,
    EP_COLOUR,
    EP_CROP, /* may cut faces away */
    EP_STRAIGHTEN,
    EP_EDITS
};

/* The first version: several faces in a row, or anywhere. */
void ep_new(struct ep_picture *p, struct ep_lineage *l, int lineage, int n_identities,
            struct fn_rng *r);
/* Another picture of the same people, taken seconds later: a lineage of its own. */
void ep_burst(struct ep_picture *p, struct ep_lineage *l, const struct ep_picture *of,
              const struct ep_lineage *of_lineage, int lineage, struct fn_rng *r);
void ep_edit(struct ep_picture *p, const struct ep_picture *of, int parent, enum ep_edit edit,
             uint32_t number, struct fn_rng *r);
/* Box of a face in parts of the upright picture. */
void ep_upright_box(const struct ep_picture *p, const struct ep_face *f, float box[4]);
void ep_upright_point(const struct ep_picture *p, float x, float y, float out[2]);
void ep_upright_size(const struct ep_picture *p, uint32_t *ret_w, uint32_t *ret_h);

#endif
