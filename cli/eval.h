/* SPDX-License-Identifier: MIT */
/* fnq eval: what its commands share.
 *
 * A command makes a list of pictures (engine/eval/protocols.h), asks for the vector of each,
 * computes figures (engine/eval/metrics.h) and hands them to a report, which prints them and
 * draws the charts. Pictures are decoded and faces found in sandboxed workers; what comes back
 * is kept in a cache by content, so that a second evaluation touches no network. Several
 * workers look at pictures ahead of the command (eval_lanes.c), which then goes through them in
 * order: what it says and computes does not depend on how many there were.
 */
#ifndef FN_CLI_EVAL_H
#define FN_CLI_EVAL_H

#include "cli/old_commands.h"
#include "engine/base/hash.h"
#include "engine/eval/metrics.h"
#include "engine/eval/protocols.h"
#include "engine/face/face.h"

/* ---- the cache (eval_cache.c): one file per way of making an answer, in it one answer per
 * content ---- */

struct fnq_cache;
/* what: everything that the answers depend on besides the content. NULL when out of memory; a
 * file that cannot be read is an empty cache. Nothing is read or written when there is no cache
 * directory. */
struct fnq_cache *fnq_cache_open(const char *what);
uint64_t fnq_cache_kind(const struct fnq_cache *c); /* differs for different what */
/* The answer for this content, when there is one of at most room bytes. */
bool fnq_cache_get(struct fnq_cache *c, const struct fn_h128 *content, void *out, size_t cap,
                   size_t *ret_size);
FN_NODISCARD int fnq_cache_put(struct fnq_cache *c, const struct fn_h128 *content,
                               const void *answer, size_t size);
void fnq_cache_close(struct fnq_cache *c); /* writes what is new; NULL-safe */

/* ---- the models that are judged (eval_open.c), vectors of pictures (eval_source.c,
 * eval_centre.c) ---- */

enum fnq_eval_mode {
    FNQ_EVAL_DETECT, /* detector, landmarks, aligned chip; the face nearest to the centre of the
                        picture */
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
enum { FNQ_EVAL_FACES_MAX = 512 };
/* As the cache keeps them: the faces there are, no more. */
struct fnq_eval_kept_faces {
    uint32_t width, height;
    struct fnq_eval_face v[FNQ_EVAL_FACES_MAX];
};

struct fnq_eval_centre;
struct fnq_eval_lanes;
struct fnq_eval_failure;
struct fnq_eval {
    struct fnq_ctx *ctx;
    struct fn_profile *profile;   /* with the embedder of --model, when there is one */
    char models_dir[FN_PATH_MAX]; /* made for --model, "": none */
    const char *user_models;      /* --models as it was given */
    bool calibrated;   /* thresholds are those that the embedder of --model carries */
    char name[64];     /* of the profile, as it was asked for */
    char embedder[64]; /* name, for the report */
    struct fnq_cache *faces, *centre_cache;
    struct fnq_eval_centre *centre; /* set up when first needed */
    float crop; /* side of the fixed square, in shorter sides of the picture */
    struct fnq_eval_kept_faces *buffer; /* of the last answer */
    size_t n_fresh, n_cached, n_failed; /* answers made, found in a cache, not to be had */
    size_t n_known;                     /* of those asked ahead: found in a cache */
    struct fnq_eval_failure *failures;  /* what went wrong ahead, to be said in order */
    size_t n_failures, failures_cap;
    struct fnq_eval_lanes
        *lanes; /* this is one of several that look ahead; NULL: the command's own */
};
FN_NODISCARD int fnq_eval_open(struct fnq_ctx *ctx, struct fnq_eval *e, struct fn_error *err);
void fnq_eval_close(struct fnq_eval *e);

/* What is asked of a picture: fnq_eval_vector or the like. 1 there is an answer, 0 there is
 * none, negative: going on is useless. */
typedef int (*fnq_eval_look_fn)(struct fnq_eval *e, const char *path, void *arg,
                                struct fn_error *err);
/* Asks it of all pictures by --threads workers at once, in any order; the answers are in the
 * caches afterwards. Nothing is said but progress: a picture that failed says so when it is
 * asked again. */
FN_NODISCARD int fnq_eval_ahead(struct fnq_eval *e, const char *const *paths, size_t n,
                                fnq_eval_look_fn look, void *arg, struct fn_error *err);
FN_NODISCARD int fnq_eval_ahead_set(struct fnq_eval *e, const struct fn_eval_set *s,
                                    fnq_eval_look_fn look, void *arg, struct fn_error *err);
/* For faces, when the command asks fnq_eval_faces itself. */
int fnq_eval_look_faces(struct fnq_eval *e, const char *path, void *arg, struct fn_error *err);
/* A cache of answers of another kind, for the same models. */
struct fnq_cache *fnq_eval_cache(const struct fnq_eval *e, const char *kind);
/* Opens a picture and hashes its content. -errno; the caller closes *ret_fd. */
FN_NODISCARD int fnq_eval_open_picture(const char *path, int *ret_fd, struct fn_h128 *ret,
                                       struct fn_error *err);

/* All faces of a picture; valid until the next call. A picture that fails has none, and is
 * counted and said. Negative only when going on is useless. */
FN_NODISCARD int fnq_eval_faces(struct fnq_eval *e, const char *path,
                                struct fnq_eval_faces *ret, struct fn_error *err);
/* The face that is judged: the one nearest to the centre. NULL: none. */
const struct fnq_eval_face *fnq_eval_central(const struct fnq_eval_faces *f);
/* The vector of a picture in a mode: 1 it is there, 0 no face, negative as above. */
FN_NODISCARD int fnq_eval_vector(struct fnq_eval *e, const char *path, enum fnq_eval_mode mode,
                                 float out[FN_DIM], struct fn_error *err);
/* The embedder on a square of RGB bytes as it is, unaligned: side = the longer one of its
 * input, of which it takes the middle. */
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
    bool poor; /* below the model's quality: founds no group */
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
    size_t n, cap;
    json_t *plots;     /* paths */
    json_t *folds;     /* [{accuracy, threshold}] or NULL */
    json_t *models;    /* of a comparison */
    char verdict[200]; /* of a comparison, in one line */
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
/* What one of many models is known by: accuracy of the pairs, TAR at FAR 1e-3 over all pairs of
 * the pictures. */
struct fnq_eval_brief {
    struct fn_mean accuracy;
    struct fn_interval tar;
    struct fn_all_pairs all; /* the caller's to free */
};
/* Two rows of a report. */
FN_NODISCARD int fnq_report_brief(struct fnq_eval_report *r, const char *group,
                                  const struct fnq_eval_vectors *v, size_t n_people,
                                  const struct fn_eval_pairs *p, struct fnq_eval_brief *ret,
                                  struct fn_error *err);
/* One of the models of a comparison; else the one that is judged is named. */
void fnq_report_model(struct fnq_eval_report *r, const struct fnq_eval *e);
/* Prints everything; the exit code. */
FN_NODISCARD int fnq_report_print(struct fnq_eval *e, struct fnq_eval_report *r,
                                  const char *protocol, const char *what, const char *mode);

/* ---- charts (eval_charts.c, eval_charts_sweep.c): into --plot DIR, when it was given ---- */

/* r: the paths of what was written are added. */
struct fn_plot;
FN_NODISCARD int fnq_chart_save(struct fnq_eval *e, struct fnq_eval_report *r,
                                const struct fn_plot *p, const char *name,
                                struct fn_error *err);
/* ROC, rates by threshold, distances. */
FN_NODISCARD int fnq_chart_pairs(struct fnq_eval *e, struct fnq_eval_report *r,
                                 const struct fn_verification *v, const struct fn_dists *same,
                                 const struct fn_dists *different, double fixed,
                                 struct fn_error *err);
FN_NODISCARD int fnq_chart_identities(struct fnq_eval *e, struct fnq_eval_report *r,
                                      const struct fn_all_pairs *p, struct fn_error *err);
/* The ROC curves of several models over the same pictures. */
struct fnq_eval_named {
    const char *name;
    const struct fnq_eval_brief *found;
};
enum { FNQ_CHART_ROCS_MAX = 4 };
FN_NODISCARD int fnq_chart_rocs(struct fnq_eval *e, struct fnq_eval_report *r, const char *name,
                                const char *title, const struct fnq_eval_named *v, size_t n,
                                size_t n_people, struct fn_error *err);
/* Figures over a property that was made worse step by step. */
enum { FNQ_SWEEP_MAX = 16 };
struct fnq_eval_sweep {
    const char *name, *what, *x_title; /* of the file, of the title, of the axis */
    bool log;
    size_t n;
    double x[FNQ_SWEEP_MAX];
    struct fn_mean accuracy[FNQ_SWEEP_MAX];
    struct fn_interval tar[FNQ_SWEEP_MAX];
    double as_accuracy, as_tar; /* nothing made worse */
};
FN_NODISCARD int fnq_chart_sweep(struct fnq_eval *e, struct fnq_eval_report *r,
                                 const struct fnq_eval_sweep *s, size_t n_pictures,
                                 size_t n_pairs, struct fn_error *err);
/* How groups do over the threshold at which they are joined. */
enum { FNQ_JOINS_MAX = 64 };
struct fnq_eval_joins {
    size_t n;
    double t[FNQ_JOINS_MAX];
    struct fn_partition_score score[FNQ_JOINS_MAX];
    double used;
};
FN_NODISCARD int fnq_chart_joins(struct fnq_eval *e, struct fnq_eval_report *r,
                                 const struct fnq_eval_joins *j, struct fn_error *err);

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
