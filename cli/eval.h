/* fnq eval: what its commands share.
 *
 * A command makes a list of pictures (engine/eval/protocols.h), asks for the vector of each, computes figures
 * (engine/eval/metrics.h) and hands them to a report, which prints them and draws the charts. Pictures are decoded and faces found
 * in the sandboxed worker; what comes back is kept in a cache by content, so that a second evaluation touches no network.
 */
#ifndef FN_CLI_EVAL_H
#define FN_CLI_EVAL_H

#include "cli/commands.h"
#include "engine/base/hash.h"
#include "engine/eval/metrics.h"
#include "engine/eval/protocols.h"
#include "engine/face/face.h"

/* ---- the cache (eval_cache.c): one file per way of making an answer, in it one answer per content ---- */

struct fnq_cache;
/* what: everything that the answers depend on besides the content. NULL when out of memory; a file that cannot be read is an empty
 * cache. Nothing is read or written when there is no cache directory. */
struct fnq_cache *fnq_cache_open(const char *what);
/* The answer for this content: NULL, or *ret_size bytes that stay where they are until the next put. */
const void *fnq_cache_get(const struct fnq_cache *c, const struct fn_h128 *content,
                          size_t *ret_size);
FN_NODISCARD int fnq_cache_put(struct fnq_cache *c, const struct fn_h128 *content,
                               const void *answer, size_t size);
void fnq_cache_close(struct fnq_cache *c); /* writes what is new; NULL-safe */

/* ---- vectors of pictures (eval_source.c, eval_centre.c) ---- */

enum fnq_eval_mode {
    FNQ_EVAL_DETECT, /* detector, landmarks, aligned chip; the face nearest to the centre of the picture */
    FNQ_EVAL_CENTRE, /* a fixed square in the middle is the chip */
};

struct fnq_eval_face {
    float box[4], points[5][2]; /* fractions of the upright picture */
    float quality, eyes_px, yaw_deg;
    int16_t x[FN_DIM]; /* as an index stores it */
};
struct fnq_eval_faces {
    uint32_t width, height, n;
    const struct fnq_eval_face *v; /* largest first */
};

struct fnq_eval_centre;
struct fnq_eval {
    struct fnq_ctx *ctx;
    struct fn_profile *profile;   /* with the embedder of --model, when there is one */
    char models_dir[FN_PATH_MAX]; /* made for --model, "": none */
    char embedder[64];            /* name, for the report */
    struct fnq_cache *faces, *centre_cache;
    struct fnq_eval_centre *centre; /* set up when first needed */
    float crop; /* side of the fixed square, in shorter sides of the picture */
    struct fnq_eval_face *buffer; /* of the last answer */
    size_t n_fresh, n_cached, n_failed;
    uint64_t said_ns; /* when progress was last said */
};
FN_NODISCARD int fnq_eval_open(struct fnq_ctx *ctx, struct fnq_eval *e, struct fn_error *err);
void fnq_eval_close(struct fnq_eval *e);
/* A cache of answers of another kind, for the same models. */
struct fnq_cache *fnq_eval_cache(const struct fnq_eval *e, const char *kind);
/* Opens a picture and hashes its content. -errno; the caller closes *ret_fd. */
FN_NODISCARD int fnq_eval_open_picture(const char *path, int *ret_fd, struct fn_h128 *ret,
                                       struct fn_error *err);

/* All faces of a picture; valid until the next call. A picture that fails has none, and is counted and said. Negative only when going
 * on is useless. */
FN_NODISCARD int fnq_eval_faces(struct fnq_eval *e, const char *path,
                                struct fnq_eval_faces *ret, struct fn_error *err);
/* The face that is judged: the one nearest to the centre. NULL: none. */
const struct fnq_eval_face *fnq_eval_central(const struct fnq_eval_faces *f);
/* The vector of a picture in a mode: 1 it is there, 0 no face, negative as above. */
FN_NODISCARD int fnq_eval_vector(struct fnq_eval *e, const char *path, enum fnq_eval_mode mode,
                                 float out[FN_DIM], struct fn_error *err);
/* The embedder on a square of RGB bytes as it is, unaligned: side = the longer one of its input, of which it takes the middle. */
FN_NODISCARD int fnq_eval_chip_side(struct fnq_eval *e, uint32_t *ret, struct fn_error *err);
FN_NODISCARD int fnq_eval_embed_chip(struct fnq_eval *e, const uint8_t *rgb, float out[FN_DIM],
                                     struct fn_error *err);
/* n squares cut out of a picture by the worker, px x px RGB bytes each, one after the other. */
FN_NODISCARD int fnq_eval_crop(struct fnq_eval *e, int fd, const float box[4], float margin,
                               uint32_t px, uint8_t *rgb, struct fn_error *err);

/* The vectors of a whole set. */
struct fnq_eval_vectors {
    float *x;         /* n x dim, unit length */
    uint8_t *found;   /* n */
    uint32_t *person; /* n */
    size_t n, dim, n_missed, n_fallbacks;
};
/* fallback: a missed face is replaced by the fixed square, and counted. */
FN_NODISCARD int fnq_eval_set_vectors(struct fnq_eval *e, const struct fn_eval_set *s,
                                      enum fnq_eval_mode mode, bool fallback,
                                      struct fnq_eval_vectors *ret, struct fn_error *err);
void fnq_eval_vectors_free(struct fnq_eval_vectors *v);
/* Room for n vectors, all of them missed. */
FN_NODISCARD int fnq_eval_vectors_init(struct fnq_eval_vectors *v, const struct fn_eval_set *s,
                                       size_t dim, struct fn_error *err);
/* NAN when either is NULL. */
double fnq_eval_d2(const float *a, const float *b, size_t dim);

/* ---- people (eval_people.c): groups as the index makes them ---- */

struct fnq_eval_group_face {
    const int16_t *x;
    size_t photo;
};
/* group[i]: number of the face that stands for i's group. */
FN_NODISCARD int fnq_eval_group(const struct fnq_eval_group_face *f, size_t n,
                                const struct fn_profile_values *v, uint32_t *group,
                                struct fn_error *err);

/* ---- reports (eval_report.c) ---- */

struct fnq_eval_report {
    struct fnq_fact_row {
        char group[48], key[48], label[80];
        double value, error; /* error: NAN when there is none */
        int digits;          /* after the point; 0: a count */
    } * v;
    size_t n, room;
    json_t *plots; /* paths */
    json_t *folds; /* [{accuracy, threshold}] or NULL */
    bool failed;
};
void fnq_report_finish(struct fnq_eval_report *r);
void fnq_report_count(struct fnq_eval_report *r, const char *group, const char *key,
                      size_t value, const char *label);
void fnq_report_add(struct fnq_eval_report *r, const char *group, const char *key, double value,
                    double error, int digits, const char *label);
/* Verification of pairs; fixed: the threshold of the profile, NAN: none. */
FN_NODISCARD int fnq_report_pairs(struct fnq_eval_report *r, const char *group,
                                  const struct fn_pair_d2 *p, size_t n, double fixed,
                                  struct fn_verification *ret, struct fn_error *err);
/* All pairs and ranks of a set. */
FN_NODISCARD int fnq_report_identities(struct fnq_eval_report *r, const struct fn_vectors *v,
                                       struct fn_all_pairs *ret, struct fn_error *err);
/* Two rows for a table of many models: accuracy of the pairs, TAR at FAR 1e-3 over all pairs of the pictures. */
FN_NODISCARD int fnq_report_brief(struct fnq_eval_report *r, const char *group,
                                  const struct fnq_eval_vectors *v, size_t n_people,
                                  const struct fn_eval_pairs *p, struct fn_error *err);
/* Prints everything; the exit code. */
FN_NODISCARD int fnq_report_print(struct fnq_eval *e, struct fnq_eval_report *r,
                                  const char *protocol, const char *what, const char *mode);

/* ---- charts (eval_charts.c): into --plot DIR, when it was given ---- */

/* r: the paths of what was written are added. */
FN_NODISCARD int fnq_chart_pairs(struct fnq_eval *e, struct fnq_eval_report *r,
                                 const struct fn_verification *v, const struct fn_dists *same,
                                 const struct fn_dists *different, double fixed,
                                 struct fn_error *err);
FN_NODISCARD int fnq_chart_identities(struct fnq_eval *e, struct fnq_eval_report *r,
                                      const struct fn_all_pairs *p, struct fn_error *err);

/* ---- lists of pairs (cmd_eval.c) ---- */

/* 0, or -1: --mode is neither. */
int fnq_eval_mode_of(const struct fnq_ctx *ctx, enum fnq_eval_mode *ret, const char **ret_name);
/* The profile's threshold for pairs; NAN with an embedder that it does not belong to. */
double fnq_eval_fixed(const struct fnq_eval *e);
FN_NODISCARD int fnq_eval_read_pairs(struct fnq_ctx *ctx, const char *dir,
                                     struct fn_eval_set *s, struct fn_eval_pairs *ret,
                                     struct fn_error *err);
/* Heap; missed faces give NAN. */
FN_NODISCARD int fnq_eval_pair_distances(const struct fnq_eval_vectors *v,
                                         const struct fn_eval_pairs *p,
                                         struct fn_pair_d2 **ret);

#endif
