/* SPDX-License-Identifier: MIT */
/* The generations of an index. A generation is a model, its values, the vectors that it made of
 * all faces, and the people that its distances make of them. One is active and answers. The
 * next one is built beside it (index/store/sides.h), in steps of any size that go on where a
 * process stopped, and takes its place in one transaction. Names, rejections, hidden people and
 * the log are of the index, and the same before and after.
 *
 * A build: fn_next_begin; then vectors, by fn_next_project or fn_next_put and fn_next_miss;
 * then people, by fn_settler_create_other (index/people/settle.h); then fn_next_switch. What
 * comes, goes or is labelled meanwhile is followed by both generations (index/ingest/update.h);
 * the vectors of faces that came are asked for again by fn_next_todo. */
#ifndef FN_INDEX_GENERATIONS_H
#define FN_INDEX_GENERATIONS_H

#include "index/people/people.h"
#include "index/records/faces.h"
#include "index/store/sides.h"

enum fn_next_way {
    FN_WAY_FEATURES = 1, /* from the stored features, which stay */
    FN_WAY_PHOTOS = 2,   /* from the photos, with new features */
};

struct fn_next {
    enum fn_other_side state; /* KEPT: it was active before, and may be again */
    enum fn_next_way way;
    struct fn_index_model model;
    int64_t started_s;
    uint64_t faces, vectors; /* of the index; that have a vector of this generation */
    uint64_t stale;          /* that cannot have one now: their photos are away or gone */
    bool grouped;            /* its people are complete, but for `waiting` faces */
    uint64_t people_done, people_total, waiting;
};
/* FN_ENOTFOUND: there is no other generation. Counts read a page per thousand faces. */
FN_NODISCARD int fn_next_get(struct fn_txn *t, struct fn_next *ret);

/* Begins the generation of a model, or goes on with it. m->generation is given here. What is
 * kept of that model is used again; what is kept of another one is deleted. m->min_quality is
 * ignored: quality does not depend on the embedder, and that of the index stays. FN_EREFUSED:
 * another one is being built, the model is the active one, or WAY_FEATURES and features of
 * another width. */
FN_NODISCARD int fn_next_begin(struct fn_txn *t, const struct fn_index_model *m,
                               enum fn_next_way way, struct fn_error *err);
/* Stops a build and deletes what it made. FN_ENOTFOUND. */
FN_NODISCARD int fn_next_cancel(struct fn_txn *t, struct fn_error *err);

/* WAY_FEATURES. Vectors of at most max_blocks blocks of 1,000 faces, by a function of features.
 * *ret_left: faces that have none yet. */
struct fn_projection {
    /* n rows of width fp16 values to n unit vectors in q14. 0 or an error code. */
    int (*project)(void *ctx, const uint16_t *features, size_t n, uint32_t width, int16_t *ret);
    void *ctx;
};
FN_NODISCARD int fn_next_project(struct fn_txn *t, const struct fn_projection *p,
                                 size_t max_blocks, uint64_t *ret_left, struct fn_error *err);

/* WAY_PHOTOS. The next photos from `from` on with a face that has no vector yet: at most max.
 * retry: also those whose faces are known to be stale. *ret_n 0: none is left. */
FN_NODISCARD int fn_next_todo(struct fn_txn *t, fn_photo_id from, bool retry, fn_photo_id *ret,
                              size_t max, size_t *ret_n);
/* The vector of one face; one that has it already keeps it. feature: width of the model. */
FN_NODISCARD int fn_next_put(struct fn_txn *t, fn_face_id face, const int16_t x[FN_DIM],
                             const uint16_t *feature, struct fn_error *err);
/* The faces of a photo that cannot be read now. They keep the vectors that they have (table
 * stale), and their labels. */
FN_NODISCARD int fn_next_miss(struct fn_txn *t, fn_photo_id photo, struct fn_error *err);

/* The active generation becomes the kept one, and the act is logged. Refused (FN_EREFUSED) if a
 * face has neither a vector nor is stale, or people are not made. Commit with fn_index_commit.
 * Takes a page per thousand faces. */
FN_NODISCARD int fn_next_switch(struct fn_txn *t, const char *author, struct fn_error *err);

#endif
