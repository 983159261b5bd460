/* SPDX-License-Identifier: MIT */
/* Private to index/grouping/: the state of clustering in memory, loaded from its store as far
 * as needed.
 *
 * Errors are stored in g->rc: once it is set, look-ups find nothing, changes are lost, and the
 * update returns it. This keeps the algorithm readable: only loops that could run long check
 * it.
 *
 * Terms. Lead: the face whose key is the key of a cluster; it identifies the cluster among
 * those of a round. Node: a cluster with the round that created it (0: a micro-cluster, an
 * atom); it takes part in later rounds until a parent absorbs it. Item: what a level starts
 * from (micro-clusters; clusters of level 1 with two sketch faces or more).
 */
#ifndef FN_INDEX_GROUPING_STATE_H
#define FN_INDEX_GROUPING_STATE_H

#include "index/grouping/grouping.h"

enum { FNG_LEVELS = 2, FNG_LAST_ROUND = FNG_LEVELS * FN_GROUPING_ROUNDS };
#define FNG_WEIGHT_MAX 131071u /* sums of vectors stay within 32 bits */

/* ---- maps: u64 (not UINT64_MAX) -> pointer ---- */
struct fng_map {
    uint64_t *keys;
    void **vals;
    size_t n, size; /* size: a power of two, or 0 */
};
void *fng_map_get(const struct fng_map *m, uint64_t key);
FN_NODISCARD int fng_map_put(struct fng_map *m, uint64_t key, void *val);
void *fng_map_del(struct fng_map *m, uint64_t key); /* what was there */
void fng_map_finish(struct fng_map *m);

/* ---- growing arrays of numbers and of pointers ---- */
struct fng_ids {
    uint32_t *v;
    size_t n, size;
};
struct fng_ptrs {
    void **v;
    size_t n, size;
};

/* ---- records ---- */
/* Stored: the numbers never change. */
enum fng_kind {
    FNG_GOOD = 1,
    FNG_POOR = 2,
    FNG_NODE = 16,     /* + round */
    FNG_NEAR = 32,     /* face: centres within r, and how far */
    FNG_NEAR_OF = 33,  /* centre: faces within r */
    FNG_ADJACENT = 34, /* + level - 1; item: items within the threshold of the
                          level, and their mean */
    FNG_ATTACHED = 36, /* loose face: (host, mean), (taken, smallest mean of any other host) */
    FNG_ATTACHED_OF = 37, /* host: loose faces that chose it */
    FNG_POINTER = 48,     /* + round; cluster: (the cluster it points to, mean) */
    FNG_POINTED = 64,     /* + round; cluster: those that point to it */
    FNG_OUTSIDE = 96,     /* + round; joined cluster: items near one of its own, and a
                             bound of their mean; some may be in it or gone by now */
    FNG_OF_PHOTO = 80,    /* photo: faces; only of a state without a store */
};

struct fng_marks {
    uint64_t is;
    uint64_t *nots; /* ascending */
    struct fng_photo {
        uint32_t photo, confirmed;
    } * photos; /* ascending, several of one photo only when all are confirmed */
    uint32_t n_nots, n_photos;
};

struct fng_face {
    uint32_t id, photo;
    uint64_t key, prio, is;
    uint64_t *nots;
    int16_t *x; /* loaded when wanted */
    uint32_t n_nots;
    uint32_t centre, d; /* its centre (itself, when it is one), how far; 0: none yet */
    uint64_t tentative; /* cluster before step 7 (faces of one photo) */
    uint64_t group;     /* as it is shown; 0: none */
    uint64_t was_group; /* when changed is set: at the last flush */
    bool there, poor, apart;
    bool dirty, changed, given; /* given: one of the faces of this update */
    bool queued, look, touched, checked;
    bool unlinked; /* a new centre that faces outside the block do not know of yet */
    bool block;    /* one of the faces being put in */
    bool waits;    /* one of those put in after them: not in the net yet */
};

struct fng_node {
    uint32_t lead, w;
    uint8_t born, parent_round; /* parent_round 0: it is in no other cluster */
    uint32_t parent_lead;
    uint64_t key, square; /* key of the lead; Q */
    int32_t *sum;         /* S: width values */
    struct fng_marks marks;
    uint32_t n_children;
    struct fng_child {
        uint32_t lead, born;
    } * children;
    uint64_t group; /* atoms: key of the final cluster, as recorded in their faces */
    bool dirty, fresh, again;
    bool visited;    /* in a round */
    uint32_t place;  /* in a round's work */
    size_t dirty_at; /* place among those that are dirty */
};

struct fng_entry {
    uint32_t id, v;
};
struct fng_list {
    uint64_t name; /* kind << 32 | id */
    struct fng_entry *e;
    uint32_t n, size;
    bool dirty;
};

/* Vectors to be scanned: rounded means of sketches, with the mean square that rounding and
 * averaging removed. */
struct fng_set {
    uint32_t *leads;
    int32_t *spread;
    int16_t *rows;
    size_t n, size;
    struct fng_map at; /* lead -> place + 1 */
};

struct fng_gone { /* a cluster that has left a round */
    uint32_t lead, w, parent_lead;
    uint8_t parent_round;
};
struct fng_flow { /* what changed among the clusters that enter a round */
    struct fng_gone *gone;
    size_t n_gone, gone_cap;
    struct fng_ptrs came; /* struct fng_node */
};

struct fn_grouping {
    uint32_t width;
    struct fn_grouping_thresholds t;
    struct fn_grouping_store store;
    bool has_store, sets_loaded;
    bool fresh; /* the state began empty: `centres` is complete */
    int rc;
    uint32_t slack; /* of distances between rounded means */
    struct fng_map faces, nodes, lists;
    struct fng_set centres, items[FNG_LEVELS], hosts, loose;
    struct fng_set everyone; /* good faces of a state without a store */
    struct fng_list no_list;
    /* one update */
    /* faces to be decided again: a heap; the first is before all others */
    struct fng_ptrs queue;
    struct fng_ptrs look, check, new_centres, block; /* faces; block: being put in */
    struct fng_ids touched, photos;
    int16_t *block_rows;
    uint32_t *block_distances;
    struct fng_flow atoms;    /* changes of micro-clusters */
    struct fng_ids poor_gone; /* loose faces that were removed, or whose marks changed */
    struct fng_ptrs poor_came;
    /* since the last flush */
    struct fng_ptrs dirty_faces, dirty_nodes, dirty_lists;
    struct fng_ids changed;
    struct fng_map dropped_nodes; /* name -> any pointer: to be deleted in the store */
    struct fn_grouping_change *changes;
    size_t changes_cap;
    uint32_t *distances;  /* of mean_scan.c, for one tile */
    struct fng_news {     /* level.c's: items that joined clusters must learn of */
        uint64_t cluster; /* born << 32 | lead */
        struct fng_entry e;
    } * news;
    size_t n_news, news_cap;
    struct fn_grouping_stats stats;
};

/* ---- state.c ---- */
void fng_fail(struct fn_grouping *g, int rc); /* the first one stays */
bool fng_grow(struct fn_grouping *g, void *array_ptr, size_t *size, size_t n, size_t each);
void fng_ids_add(struct fn_grouping *g, struct fng_ids *a, uint32_t id);
void fng_ptrs_add(struct fn_grouping *g, struct fng_ptrs *a, void *p);

struct fng_face *fng_face(struct fn_grouping *g, uint32_t id); /* NULL: not there */
struct fng_face *fng_face_make(struct fn_grouping *g, const struct fn_grouping_face *f);
void fng_face_drop(struct fn_grouping *g, struct fng_face *f);
void fng_face_dirty(struct fn_grouping *g, struct fng_face *f);
const int16_t *fng_vector(struct fn_grouping *g,
                          struct fng_face *f); /* NULL when g->rc is set */
/* Whether a comes before b in the net. */
bool fng_before(const struct fng_face *a, const struct fng_face *b);

struct fng_node *fng_node(struct fn_grouping *g, uint8_t born, uint32_t lead);
/* Takes ownership. */
void fng_node_insert(struct fn_grouping *g, struct fng_node *n);
void fng_node_drop(struct fn_grouping *g, struct fng_node *n); /* frees it */
void fng_node_dirty(struct fn_grouping *g, struct fng_node *n);
void fng_node_free(struct fng_node *n);
/* The cluster that holds the micro-cluster `lead` after a round. */
struct fng_node *fng_cluster(struct fn_grouping *g, uint32_t lead, uint8_t round);

/* Lists: an empty one is as good as none. The pointer is good until another list is made. */
struct fng_list *fng_list(struct fn_grouping *g, uint8_t kind, uint32_t id);
void fng_list_add(struct fn_grouping *g, uint8_t kind, uint32_t id, struct fng_entry e);
void fng_list_remove(struct fn_grouping *g, uint8_t kind, uint32_t id, uint32_t entry);
void fng_list_clear(struct fn_grouping *g, uint8_t kind, uint32_t id);
void fng_list_dirty(struct fn_grouping *g, struct fng_list *l);

/* ---- grouping_codec.c ---- */
FN_NODISCARD int fng_face_decode(struct fn_grouping *g, uint32_t id, bool poor,
                                 const uint8_t *v, size_t n, struct fng_face **ret);
FN_NODISCARD int fng_node_decode(struct fn_grouping *g, uint8_t born, uint32_t lead,
                                 const uint8_t *v, size_t n, struct fng_node **ret);
FN_NODISCARD int fng_list_decode(const uint8_t *v, size_t n, struct fng_list *ret);

/* ---- sums.c ---- */
uint32_t fng_mean(const struct fn_grouping *g, const struct fng_node *a,
                  const struct fng_node *b);
bool fng_faces_forbidden(const struct fng_face *a, const struct fng_face *b);
bool fng_forbidden(const struct fng_marks *a, uint32_t wa, const struct fng_marks *b,
                   uint32_t wb);
FN_NODISCARD int fng_marks_unite(const struct fng_marks *a, const struct fng_marks *b,
                                 struct fng_marks *ret);
void fng_marks_finish(struct fng_marks *m);
/* Faces that may all be together, admitted one by one. */
struct fng_company {
    struct fn_grouping *g;
    uint64_t is;
    uint64_t *nots;
    size_t n_nots, nots_cap;
    struct fng_map photos; /* photo -> 1: all that are in are confirmed, 2: not all */
};
/* True: f is forbidden with none that is in; it is in now. */
bool fng_company_admit(struct fng_company *c, const struct fng_face *f);
void fng_company_finish(struct fng_company *c);
bool fng_nodes_equal(const struct fn_grouping *g, const struct fng_node *a,
                     const struct fng_node *b);
/* A node of one micro-cluster, or of one face for comparisons. NULL if g->rc is set. */
struct fng_node *fng_node_of_faces(struct fn_grouping *g, struct fng_face *lead,
                                   struct fng_face *const *kept, size_t n);

/* ---- mean_scan.c ---- */
void fng_set_put(struct fn_grouping *g, struct fng_set *s, const struct fng_node *n);
void fng_set_put_vector(struct fn_grouping *g, struct fng_set *s, uint32_t lead,
                        const int16_t *x);
void fng_set_remove(struct fng_set *s, uint32_t lead, uint32_t width);
void fng_set_finish(struct fng_set *s);
/* Loads the sets of both levels, hosts and loose faces, if they are not loaded. */
void fng_sets_load(struct fn_grouping *g);
/* hit(query number, lead, distance) for rows that may be within `most` of a query: true
 * distances if the set holds vectors of faces, otherwise bounds that must be computed exactly.
 */
typedef void fng_hit(struct fn_grouping *g, size_t query, uint32_t lead, uint32_t d, void *arg);
struct fng_query {
    const int16_t *rows;   /* n x width */
    const int32_t *spread; /* NULL: none */
    size_t n;
};
void fng_scan(struct fn_grouping *g, const struct fng_set *s, const struct fng_query *q,
              uint32_t most, fng_hit *hit, void *arg);
/* The same over all vectors of faces, wherever they are stored. */
void fng_scan_faces(struct fn_grouping *g, const struct fng_query *q, uint32_t most,
                    fng_hit *hit, void *arg);

/* ---- net.c, atoms.c, round.c, level.c, attach.c, result.c: the algorithm, in order ---- */
void fng_net_remove(struct fn_grouping *g, struct fng_face *f);
void fng_net_relabel(struct fn_grouping *g, struct fng_face *f);
/* Good faces, just made; their order is changed. */
void fng_net_put(struct fn_grouping *g, struct fng_ptrs *faces);
void fng_net_assign(struct fn_grouping *g); /* after all of these */
void fng_touch(struct fn_grouping *g, uint32_t centre);
void fng_check(struct fn_grouping *g, struct fng_face *f); /* its group may have changed */
void fng_atoms(struct fn_grouping *g); /* from touched micro-clusters to g->atoms */
void fng_atom_drop(struct fn_grouping *g, uint32_t lead);
/* The faces of a micro-cluster. */
void fng_atom_faces(struct fn_grouping *g, uint32_t lead, struct fng_ptrs *ret);
void fng_flow_gone(struct fn_grouping *g, struct fng_flow *f, const struct fng_node *n);
void fng_flow_finish(struct fng_flow *f);
/* in: changes of the clusters that enter the round; out: of those that leave it. */
void fng_round(struct fn_grouping *g, uint8_t round, const struct fng_flow *in,
               struct fng_flow *out);
/* in: changes of items. */
void fng_level(struct fn_grouping *g, unsigned level, const struct fng_flow *in,
               struct fng_flow *out);
void fng_atoms_of(struct fn_grouping *g, struct fng_node *n, struct fng_ptrs *ret);
/* Items of the level near those of a cluster that enters one of its rounds, or is made by one.
 */
struct fng_list *fng_near_of(struct fn_grouping *g, const struct fng_node *n, unsigned level);
void fng_attach(struct fn_grouping *g, const struct fng_flow *level1,
                const struct fng_flow *level2);
void fng_set_group(struct fn_grouping *g, struct fng_face *f, uint64_t group);
void fng_result(struct fn_grouping *g, const struct fng_flow *level1,
                const struct fng_flow *level2);

#endif
