/* SPDX-License-Identifier: MIT */
/* A projection: the matrix that brings the numbers of several embedders to one vector, with the
 * lengths of their outputs. Read from text (docs/format-model.md, "Projections"). */
#ifndef FN_ENGINE_MODEL_PROJECTION_H
#define FN_ENGINE_MODEL_PROJECTION_H

#include "engine/base/buf.h"
#include "engine/base/error.h"

enum { FN_PROJECTION_PARTS = 4, FN_PROJECTION_ROWS_MAX = 1024, FN_PROJECTION_UNIT = 32767 };

struct fn_projection {
    uint32_t n_parts;
    struct fn_projection_part {
        uint32_t numbers; /* that it contributes */
        float weight;     /* how much it counts: its length in the concatenation */
        float length;     /* mean length of the embedder's output, before it is scaled */
    } part[FN_PROJECTION_PARTS];
    uint32_t in, out; /* numbers of all parts; numbers of the vector */
    int16_t *m;       /* in x out, row by row: number / FN_PROJECTION_UNIT; owned */
};

/* size bytes of text. The caller frees ret, on failure too. FN_EMODEL with the line. */
FN_NODISCARD int fn_projection_parse(const char *text, size_t size, struct fn_projection *ret,
                                     struct fn_error *err);
/* note: a line of words about its sources, or NULL. */
void fn_projection_print(const struct fn_projection *p, const char *note, struct fn_buf *out);
void fn_projection_free(struct fn_projection *p); /* safe on zeroes */

/* What a part is multiplied by: weight / length. */
double fn_projection_scale(const struct fn_projection *p, uint32_t part);

/* The text of the projection that the program brings: joint.projection. */
extern const unsigned char fn_joint_projection[];
extern const size_t fn_joint_projection_size;

#endif
