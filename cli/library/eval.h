/* SPDX-License-Identifier: MIT */
/* How good a model is: faces and vectors of pictures, made by the model that is judged.
 *
 * A caller makes a list of pictures (engine/eval/protocols.h), asks for the vector of each and
 * has them judged (engine/eval/judge.h); the protocols that need more than that are in
 * eval_protocols.h. Pictures are decoded and faces found in sandboxed workers; what comes back
 * is kept in a cache by content, so that a second evaluation touches no network. Several
 * workers look at pictures ahead of the caller (eval_lanes.c), which then goes through them in
 * order: what it gets does not depend on how many there were.
 */
#ifndef FN_CLI_LIBRARY_EVAL_H
#define FN_CLI_LIBRARY_EVAL_H

#include "cli/library/library.h"
#include "engine/base/hash.h"
#include "engine/eval/eval_vectors.h"
#include "engine/face/face.h"

/* ---- the model that is judged (eval_open.c) ---- */

struct fnl_eval_choice {
    const char *profile; /* NULL: the configured one */
    const char *model;   /* an embedder's file in place of the profile's; NULL: none */
    bool flip;           /* embed the mirrored face too, and take the mean */
    double crop;         /* side of the fixed square, in shorter sides of the picture; 0: .5 */
    uint64_t threads;    /* workers at once; 0: one per core */
};

struct fnl_eval_progress {
    size_t done, n, workers;
    double seconds;
    bool last; /* it is over; only after another one */
};
/* What a caller may want to know meanwhile; each function may be NULL. */
struct fnl_eval_events {
    /* A picture failed: said once, in the caller's turn. */
    void (*failed)(void *arg, const char *path, const struct fn_error *err);
    /* Several times a second while workers look ahead; by any thread, one at a time. */
    void (*progress)(void *arg, const struct fnl_eval_progress *p);
    void *arg;
};

enum fnl_eval_mode {
    FNL_EVAL_DETECT, /* detector, landmarks, aligned chip; the face nearest to the centre of the
                        picture */
    FNL_EVAL_CENTRE, /* a fixed square in the middle is the chip */
};

struct fnl_eval_face {
    float box[4], points[5][2]; /* fractions of the upright picture */
    float quality, eyes_px, yaw_deg;
    int16_t x[FN_DIM]; /* as an index stores it */
};
struct fnl_eval_faces {
    uint32_t width, height, n;
    const struct fnl_eval_face *v; /* largest first */
};
enum { FNL_EVAL_FACES_MAX = 512 };
/* As the cache keeps them: the faces there are, no more. */
struct fnl_eval_kept_faces {
    uint32_t width, height;
    struct fnl_eval_face v[FNL_EVAL_FACES_MAX];
};

struct fnl_cache;
struct fnl_eval_centre;
struct fnl_eval_lanes;
struct fnl_eval_failure;
struct fnl_eval {
    struct fn_library *lib;
    struct fnl_eval_choice choice;
    struct fnl_eval_events events;
    struct fn_profile *profile;   /* with the embedder of the choice, when there is one */
    char models_dir[FN_PATH_MAX]; /* made for another embedder, "": none */
    bool calibrated;              /* thresholds are those that the chosen embedder carries */
    bool other_flip;   /* it carries some, of vectors that are made otherwise: not used */
    char name[64];     /* of the profile, as it was asked for */
    char embedder[64]; /* name, for reports */
    struct fnl_cache *faces, *centre_cache;
    struct fnl_eval_centre *centre;     /* set up when first needed */
    float crop;                         /* side of the fixed square, in shorter sides */
    struct fnl_eval_kept_faces *buffer; /* of the last answer */
    size_t n_fresh, n_cached, n_failed; /* answers made, found in a cache, not to be had */
    size_t n_known;                     /* of those asked ahead: found in a cache */
    struct fnl_eval_failure *failures;  /* what went wrong ahead, to be said in order */
    size_t n_failures, failures_cap;
    struct fnl_eval_lanes
        *lanes; /* this is one of several that look ahead; NULL: the caller's own */
};
/* One at a time per handle: its worker runs the model meanwhile. events: NULL: none. */
FN_NODISCARD int fnl_eval_open(struct fn_library *lib, const struct fnl_eval_choice *choice,
                               const struct fnl_eval_events *events, struct fnl_eval *e,
                               struct fn_error *err);
void fnl_eval_close(struct fnl_eval *e); /* safe on zeroes */
/* The threshold for pairs that goes with the vectors; NAN with an embedder that it does not
 * belong to. */
double fnl_eval_fixed(const struct fnl_eval *e);

/* ---- faces and vectors of pictures (eval_source.c, eval_lanes.c) ---- */

/* What is asked of a picture: fnl_eval_vector or the like. 1 there is an answer, 0 there is
 * none, negative: going on is useless. */
typedef int (*fnl_eval_look_fn)(struct fnl_eval *e, const char *path, void *arg,
                                struct fn_error *err);
/* Asks it of all pictures by --threads workers at once, in any order; the answers are in the
 * caches afterwards. Nothing is said but progress: a picture that failed says so when it is
 * asked again. */
FN_NODISCARD int fnl_eval_ahead(struct fnl_eval *e, const char *const *paths, size_t n,
                                fnl_eval_look_fn look, void *arg, struct fn_error *err);
FN_NODISCARD int fnl_eval_ahead_set(struct fnl_eval *e, const struct fn_eval_set *s,
                                    fnl_eval_look_fn look, void *arg, struct fn_error *err);
/* For faces, when the command asks fnl_eval_faces itself. */
int fnl_eval_look_faces(struct fnl_eval *e, const char *path, void *arg, struct fn_error *err);
/* All faces of a picture; valid until the next call. A picture that fails has none, and is
 * counted and said. Negative only when going on is useless. */
FN_NODISCARD int fnl_eval_faces(struct fnl_eval *e, const char *path,
                                struct fnl_eval_faces *ret, struct fn_error *err);
/* The face that is judged: the one nearest to the centre. NULL: none. */
const struct fnl_eval_face *fnl_eval_central(const struct fnl_eval_faces *f);
/* The vector of a picture in a mode: 1 it is there, 0 no face, negative as above. */
FN_NODISCARD int fnl_eval_vector(struct fnl_eval *e, const char *path, enum fnl_eval_mode mode,
                                 float out[FN_DIM], struct fn_error *err);
/* The vectors of a whole set. fallback: a missed face is replaced by the fixed square, and
 * counted. */
FN_NODISCARD int fnl_eval_set_vectors(struct fnl_eval *e, const struct fn_eval_set *s,
                                      enum fnl_eval_mode mode, bool fallback,
                                      struct fn_eval_vectors *ret, struct fn_error *err);

/* ---- people (eval_group.c): groups as the index makes them ---- */

struct fnl_eval_group_face {
    const int16_t *x;
    size_t photo;
    bool poor; /* below the model's quality: founds no group */
};
/* group[i]: number of the face that stands for i's group. */
FN_NODISCARD int fnl_eval_group(const struct fnl_eval_group_face *f, size_t n,
                                const struct fn_profile_values *v, uint32_t *group,
                                struct fn_error *err);

#endif
