/* SPDX-License-Identifier: MIT */
/* Evaluation of a model: faces and vectors of pictures, computed by this model.
 *
 * A caller makes a list of pictures (engine/eval/protocols.h), gets the vector of each, and
 * computes the metrics (engine/eval/judge.h). Protocols that need more are in eval_protocols.h.
 * Sandboxed workers decode the pictures and find faces. The results are cached by content, so
 * that a second evaluation runs no network. Several workers process pictures ahead of the
 * caller (eval_lanes.c), which then reads the results in order: they do not depend on the
 * number of workers. */
#ifndef FN_CLI_LIBRARY_EVAL_H
#define FN_CLI_LIBRARY_EVAL_H

#include "cli/library/library.h"
#include "engine/base/hash.h"
#include "engine/eval/eval_vectors.h"
#include "engine/face/face.h"

/* ---- the model that is evaluated (eval_open.c) ---- */

struct fnl_eval_choice {
    const char *profile; /* NULL: the configured one */
    const char *model;   /* file of an embedder that replaces the profile's; NULL: none */
    bool flip;           /* embed the mirrored face too, and take the mean */
    double crop; /* side of the fixed square, as a fraction of the shorter side of the picture;
                    0: .5 */
    uint64_t threads; /* workers in parallel; 0: one per core */
};

struct fnl_eval_progress {
    size_t done, n, workers;
    double seconds;
    bool last; /* the last report; it comes only after another one */
};
/* Reports during an evaluation; each function may be NULL. */
struct fnl_eval_events {
    /* A picture failed: reported once, when the caller asks for this picture. */
    void (*failed)(void *arg, const char *path, const struct fn_error *err);
    /* Called several times a second while workers process pictures ahead; from any thread, one
     * at a time. */
    void (*progress)(void *arg, const struct fnl_eval_progress *p);
    /* Pictures are processed ahead from now on, or no longer (begins is false). */
    void (*ahead)(void *arg, bool begins);
    /* Whether to stop processing ahead: the evaluation fails with -ECANCELED, and what is
     * computed is saved. From any thread. */
    bool (*stop)(void *arg);
    void *arg;
};

enum fnl_eval_mode {
    FNL_EVAL_DETECT, /* detector, landmarks, aligned chip; the face nearest to the centre of the
                        picture */
    FNL_EVAL_CENTRE, /* the chip is a fixed square in the middle */
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
/* The form stored in the cache: only the faces that exist are stored. */
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
    struct fn_profile *profile;   /* with the embedder of choice.model, when it is set */
    char models_dir[FN_PATH_MAX]; /* temporary folder with another embedder; "": none */
    bool calibrated;   /* the thresholds are those in the model file of the chosen embedder */
    bool other_flip;   /* its thresholds are for the other setting of flip: not used */
    char name[64];     /* of the profile, as requested */
    char embedder[64]; /* name, for reports */
    struct fnl_cache *faces, *centre_cache;
    struct fnl_eval_centre *centre; /* set up when first needed */
    float crop; /* side of the fixed square, as a fraction of the shorter side */
    struct fnl_eval_kept_faces *buffer; /* of the last result */
    size_t n_fresh, n_cached, n_failed; /* results: computed, found in a cache, failed */
    size_t n_known;                     /* of the pictures processed ahead: found in a cache */
    struct fnl_eval_failure
        *failures; /* failures of pictures processed ahead, to be reported in order */
    size_t n_failures, failures_cap;
    struct fnl_eval_lanes *lanes; /* set in a handle of a lane; NULL in the caller's own */
};
/* One evaluation at a time per handle: the handle's worker runs the model meanwhile. events may
 * be NULL. */
FN_NODISCARD int fnl_eval_open(struct fn_library *lib, const struct fnl_eval_choice *choice,
                               const struct fnl_eval_events *events, struct fnl_eval *e,
                               struct fn_error *err);
void fnl_eval_close(struct fnl_eval *e); /* safe on zeroes */
/* The threshold for pairs that belongs to the embedder of the vectors; NAN when there is none.
 */
double fnl_eval_fixed(const struct fnl_eval *e);

/* ---- faces and vectors of pictures (eval_source.c, eval_lanes.c) ---- */

/* A function that computes something from a picture, such as fnl_eval_vector. It returns 1 for
 * a result, 0 for none, negative when no picture can succeed. */
typedef int (*fnl_eval_look_fn)(struct fnl_eval *e, const char *path, void *arg,
                                struct fn_error *err);
/* Applies it to all pictures, by --threads workers in parallel, in any order; the results are
 * in the caches afterwards. Only progress is reported: the failure of a picture is reported
 * when the caller asks for it. */
FN_NODISCARD int fnl_eval_ahead(struct fnl_eval *e, const char *const *paths, size_t n,
                                fnl_eval_look_fn look, void *arg, struct fn_error *err);
FN_NODISCARD int fnl_eval_ahead_set(struct fnl_eval *e, const struct fn_eval_set *s,
                                    fnl_eval_look_fn look, void *arg, struct fn_error *err);
/* For the faces of a picture, when the command calls fnl_eval_faces itself. */
int fnl_eval_look_faces(struct fnl_eval *e, const char *path, void *arg, struct fn_error *err);
/* All faces of a picture; valid until the next call. A picture that fails has none; it is
 * counted and reported. Negative only when no picture can succeed. */
FN_NODISCARD int fnl_eval_faces(struct fnl_eval *e, const char *path,
                                struct fnl_eval_faces *ret, struct fn_error *err);
/* The face that is evaluated: the one nearest to the centre. NULL: none. */
const struct fnl_eval_face *fnl_eval_central(const struct fnl_eval_faces *f);
/* The vector of a picture in a mode. Returns 1 for a vector, 0 for no face, negative as above.
 */
FN_NODISCARD int fnl_eval_vector(struct fnl_eval *e, const char *path, enum fnl_eval_mode mode,
                                 float out[FN_DIM], struct fn_error *err);
/* The vectors of a whole set. fallback: a face that is not found is replaced by the fixed
 * square, and counted. */
FN_NODISCARD int fnl_eval_set_vectors(struct fnl_eval *e, const struct fn_eval_set *s,
                                      enum fnl_eval_mode mode, bool fallback,
                                      struct fn_eval_vectors *ret, struct fn_error *err);

/* ---- people (eval_group.c): clusters by the rule of the index ---- */

struct fnl_eval_group_face {
    const int16_t *x;
    size_t photo;
    bool poor; /* a low-quality face: starts no cluster */
};
/* group[i]: number of the face that represents the cluster of i. */
FN_NODISCARD int fnl_eval_group(const struct fnl_eval_group_face *f, size_t n,
                                const struct fn_profile_values *v, uint32_t *group,
                                struct fn_error *err);

#endif
