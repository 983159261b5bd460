/* SPDX-License-Identifier: MIT */
/* Shared by the files that compute vectors for an evaluation. */
#ifndef FN_CLI_LIBRARY_EVAL_PRIV_H
#define FN_CLI_LIBRARY_EVAL_PRIV_H

#include "cli/library/eval.h"
#include "cli/library/eval_cache.h"
#include "cli/library/pictures.h"

/* A cache for results of another kind, for the same models. */
struct fnl_cache *fnl_eval_cache(const struct fnl_eval *e, const char *kind);
/* Opens a picture and hashes its content. -errno; the caller closes *ret_fd. */
FN_NODISCARD int fnl_eval_open_picture(const char *path, int *ret_fd, struct fn_h128 *ret,
                                       struct fn_error *err);
/* Like fnl_worker_ask. A worker that cannot be started is FN_EMODEL, which ends the evaluation;
 * it is not a failure of the picture. */
FN_NODISCARD int fnl_eval_ask(struct fnl_eval *e, struct fn_work_request *q,
                              struct fn_work_reply *ret, struct fn_error *err);
/* Handles the failure of a picture. Returns 0 to continue (it was counted and reported, and err
 * is cleared), or the code that ends the evaluation. */
int fnl_eval_failed(struct fnl_eval *e, const char *path, struct fn_error *err);

/* A kind of result: where it is cached and how it is computed. */
struct fnl_eval_question {
    struct fnl_cache *cache;
    /* fd: the picture. 0, or negative with err set. */
    int (*make)(struct fnl_eval *e, int fd, const void *arg, void *out, size_t *ret_size,
                struct fn_error *err);
    const void *arg;
    size_t cap; /* of out */
};
/* Takes the result from the cache, or computes and stores it. Returns 1; 0 when the picture
 * failed (fnl_eval_failed); or negative. */
FN_NODISCARD int fnl_eval_answer(struct fnl_eval *e, const char *path,
                                 const struct fnl_eval_question *q, void *out, size_t *ret_size,
                                 struct fn_error *err);
/* Remembers a failure: the picture is not tried again, and the failure is reported once, when
 * the command asks for the picture. */
void fnl_eval_remember_failure(struct fnl_eval *e, const struct fnl_cache *c,
                               const struct fn_h128 *content, const struct fn_error *err);
enum fnl_eval_known { FNL_EVAL_UNKNOWN, FNL_EVAL_UNSAID, FNL_EVAL_SAID };
enum fnl_eval_known fnl_eval_known_failure(struct fnl_eval *e, const struct fnl_cache *c,
                                           const struct fn_h128 *content, struct fn_error *ret);

/* rgb: a square of RGB bytes without alignment; its side is the longer one of the embedder's
 * input, of which the middle of the square is used. */
FN_NODISCARD int fnl_eval_embed_chip(struct fnl_eval *e, const uint8_t *rgb, float out[FN_DIM],
                                     struct fn_error *err);
/* n squares cut out of a picture by the worker, px x px RGB bytes each, one after the other. */
FN_NODISCARD int fnl_eval_crop(struct fnl_eval *e, int fd, const float box[4], float margin,
                               uint32_t px, uint8_t *rgb, struct fn_error *err);

/* Opens the cache of the fixed square, before lanes share it. */
FN_NODISCARD int fnl_eval_centre_open(struct fnl_eval *e, struct fn_error *err);
void fnl_eval_centre_destroy(struct fnl_eval_centre *c); /* NULL-safe */
int fnl_eval_centre_vector(struct fnl_eval *e, const char *path, float out[FN_DIM],
                           struct fn_error *err);

/* ---- the same pictures in other forms: degraded, or as grey values ---- */

/* A face is cut out with this share of its box added on each side: room for landmarks and chip.
 */
#define FNL_EVAL_MARGIN .5f

struct fnl_eval_variant {
    int quality;   /* of a JPEG; 0: PNG */
    uint32_t side; /* the face's box in pixels; 0: unchanged */
};
/* The caller frees ret, on failure too. */
FN_NODISCARD int fnl_eval_variant_vectors(struct fnl_eval *e, const struct fn_eval_set *s,
                                          const struct fnl_eval_variant *v,
                                          struct fn_eval_vectors *ret, struct fn_error *err);
/* Rows of FN_BASELINE_SIDE squared numbers, normalised, of at most max pictures, evenly chosen.
 * ret as above. */
FN_NODISCARD int fnl_eval_chips(struct fnl_eval *e, const struct fn_eval_set *s, size_t max,
                                struct fn_eval_vectors *ret, struct fn_error *err);

#endif
