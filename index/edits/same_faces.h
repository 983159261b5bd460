/* SPDX-License-Identifier: MIT */
/* Which face of an edited picture is which face of the picture before. Faces are matched one to
 * one, by where they are and by how alike they are; both have to agree. A pure function. */
#ifndef FN_INDEX_EDITS_SAME_FACES_H
#define FN_INDEX_EDITS_SAME_FACES_H

#include "index/records/faces.h"

struct fn_picture {
    uint32_t width, height; /* upright, pixels */
    const struct fn_face_rec *faces;
    size_t n;
};

/* How alike faces have to be. Distances are squared, in the units of stored vectors. */
struct fn_same_rule {
    bool same_pixels;  /* the pictures are known to be the same: their places suffice */
    uint32_t alone;    /* of the only pair that fits */
    uint32_t together; /* of each pair, if two or more fit */
    double outside;    /* by how much of its longer side the new picture may show more than the
                          old one */
};
#define FN_D_UNKNOWN UINT32_MAX

/* d: was->n rows of now->n distances; FN_D_UNKNOWN fits only same pixels. to: for each face of
 * `was` its face of `now`, or FN_NO_FACE. -ENOMEM. */
#define FN_NO_FACE SIZE_MAX
FN_NODISCARD int fn_same_faces(const struct fn_picture *was, const struct fn_picture *now,
                               const uint32_t *d, const struct fn_same_rule *rule, size_t *to);

#endif
