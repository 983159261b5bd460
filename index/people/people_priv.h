/* Private to people*.c and labels*.c: neighbour lists, the partition's own index, and the scope in which people are worked out.
 *
 * Tables: partition, blocks of one entry per face that takes part; nbr, a face's nearest good faces; member, person,
 * person_faces, the result; dirty, faces whose list or labels changed since; people_index, ways to find faces. */
#ifndef FN_INDEX_PEOPLE_PRIV_H
#define FN_INDEX_PEOPLE_PRIV_H

#include "index/people/cluster.h"
#include "index/labels/labels_priv.h"
#include "index/people/people.h"
#include "index/store/tables.h"

/* ---- people_index: tag, bytes, face (4 bytes, big-endian; not for sums) ---- */
enum fn_people_tag {
    FN_PX_HANG = 'H',  /* good face (4): poor faces whose nearest good face it is */
    FN_PX_GROUP = 'G', /* group (8): its faces */
    FN_PX_SUM =
        'S', /* group (8): sums of the vectors of its good faces, when there are two or more */
};
enum { FN_PEOPLE_KEY_MAX = 1 + FN_PERSON_BYTES + 4 };
size_t fn_people_key(uint8_t out[FN_PEOPLE_KEY_MAX], enum fn_people_tag tag, const void *bytes,
                     size_t n, fn_face_id face);
/* Faces under a key, gathered before anything is written. free(*ret). */
FN_NODISCARD int fn_people_index_faces(struct fn_txn *t, enum fn_people_tag tag,
                                       const void *bytes, size_t n, fn_face_id **ret,
                                       size_t *ret_n);

/* ---- people_neighbours.c ---- */
enum fn_part_kind { FN_PART_NONE = 0, FN_PART_GOOD = 1, FN_PART_POOR = 2 };
struct fn_part {
    uint32_t
        reach; /* a good face nearer than this, or as near with a lower ckey, enters the list */
    uint32_t photo;
    uint64_t ckey;
    uint8_t kind, quality;
};
/* Kind NONE for faces that take no part. */
FN_NODISCARD int fn_part_get(struct fn_txn *t, fn_face_id face, struct fn_part *ret);

/* A list keeps more than it shows, so that it need not be searched anew whenever one of its faces goes. */
enum { FN_LIST_KEPT = 48, FN_LIST_SHOWN = FN_NEIGHBOURS_MAX, FN_HANG_KEPT = 8 };
struct fn_near {
    fn_face_id face;
    uint32_t d;
    uint64_t ckey;
};
struct fn_list {
    uint32_t n;
    bool cut; /* there are farther ones within neighbour_d */
    struct fn_near v
        [FN_LIST_KEPT]; /* nearest first, ties by ckey; ckey is 0 in lists read from the table */
};
FN_NODISCARD int fn_list_get(struct fn_txn *t, fn_face_id face, struct fn_list *ret);
/* Puts faces into the partition, or takes one out: lists, reaches, hang entries, dirty marks. The face's own list too. */
FN_NODISCARD int fn_neighbours_add(struct fn_txn *t, const struct fn_index_model *m,
                                   const struct fn_face_rec *f, struct fn_error *err);
FN_NODISCARD int fn_neighbours_remove(struct fn_txn *t, const struct fn_index_model *m,
                                      fn_face_id face, struct fn_error *err);
/* Why a face is dirty. LABELS: something more was said of it than before, and nothing was taken back: if its group, as it is,
 * may stand, then so does every other (people_relabel.c), and only names can change. */
enum fn_dirty { FN_DIRTY_LABELS = 1, FN_DIRTY_ALL = 2 };
FN_NODISCARD int fn_dirty_mark(struct fn_txn *t, fn_face_id face, enum fn_dirty why,
                               struct fn_error *err);
FN_NODISCARD int fn_dirty_get(struct fn_txn *t, fn_face_id face,
                              enum fn_dirty *ret); /* FN_ENOTFOUND: it is clean */
FN_NODISCARD int fn_dirty_clear(struct fn_txn *t, fn_face_id face, struct fn_error *err);
FN_NODISCARD int fn_face_vector(struct fn_txn *t, fn_face_id face, int16_t ret[FN_DIM]);

/* All lists from scratch in memory, for rebuild and check. Faces in order of id. */
struct fn_everyone {
    size_t n;
    fn_face_id *faces;
    struct fn_part *parts;
    int16_t *x; /* n x FN_DIM */
    struct fn_list *lists;
};
FN_NODISCARD int fn_everyone_load(struct fn_txn *t, const struct fn_index_model *m,
                                  struct fn_everyone *ret, struct fn_error *err);
void fn_everyone_finish(struct fn_everyone *e);
FN_NODISCARD int fn_neighbours_write(struct fn_txn *t, const struct fn_index_model *m,
                                     fn_face_id face, const struct fn_part *part,
                                     const struct fn_list *list, struct fn_error *err);

/* ---- people_scope.c: people of a set of faces that is closed under edges ---- */
struct fn_node_labels { /* as struct fn_face_labels */
    bool confirmed, member;
    struct fn_person_id person, member_person;
    size_t n_rejected;
    struct fn_person_id rejected[];
};
struct fn_group_sum { /* of vectors */
    uint32_t n;
    uint64_t square; /* lengths */
    int64_t sum[FN_DIM];
};
struct fn_node {
    fn_face_id face;
    struct fn_part part;
    struct fn_near near[FN_LIST_SHOWN]; /* the list as shown */
    uint32_t n_near;
    uint32_t sorted[FN_LIST_SHOWN]; /* its faces, ascending */
    const int16_t *x;
    struct fn_node_labels *labels; /* owned; NULL: nothing was said */
    /* the result */
    bool assigned, by_user;
    uint32_t
        group; /* node of its good face with the least ckey; itself for a poor face alone */
    struct fn_group_sum
        *sum; /* owned, of the node that leads a group of two good faces or more */
    struct fn_person_id person;
};
struct fn_scope {
    struct fn_node *nodes;
    size_t n, size;
    uint32_t *slots; /* face -> node: open addressing */
    size_t n_slots;
};
void fn_node_set_list(struct fn_node *n, const struct fn_list *l);
/* True for a gated mutual edge of two good faces. */
bool fn_is_edge(const struct fn_node *a, const struct fn_node *b, uint32_t d,
                uint32_t strict_d);
FN_NODISCARD int fn_scope_add(struct fn_scope *s, fn_face_id face,
                              uint32_t *ret); /* index; new ones are zeroed */
uint32_t fn_scope_find(const struct fn_scope *s, fn_face_id face); /* UINT32_MAX: not there */
void fn_scope_finish(struct fn_scope *s);
/* Fills in the results. Nodes hold part, list, vector and labels. */
FN_NODISCARD int fn_scope_solve(struct fn_txn *t, struct fn_scope *s,
                                const struct fn_index_model *m);
/* Only the persons, of nodes whose groups are filled in. */
FN_NODISCARD int fn_scope_name(struct fn_txn *t, struct fn_scope *s);
void fn_unnamed_person(uint64_t ckey, struct fn_person_id *ret);

/* ---- people_store.c: the result in tables ---- */
FN_NODISCARD int fn_group_sum_get(struct fn_txn *t, uint64_t group,
                                  struct fn_group_sum *ret); /* FN_ENOTFOUND */
FN_NODISCARD int fn_group_sum_put(struct fn_txn *t, uint64_t group,
                                  const struct fn_group_sum *g,
                                  struct fn_error *err); /* n < 2: deleted */
/* Mean distance of x to the faces of the group but itself; in_group: x is one of them. */
uint32_t fn_group_mean(const struct fn_group_sum *g, const int16_t x[FN_DIM], bool in_group);
struct fn_member_rec {
    struct fn_person_id person;
    uint64_t group;
    uint8_t how;
};
FN_NODISCARD int fn_member_rec_get(struct fn_txn *t, fn_face_id face,
                                   struct fn_member_rec *ret);
FN_NODISCARD int fn_member_put(struct fn_txn *t, fn_face_id face, const struct fn_part *part,
                               const struct fn_member_rec *m, struct fn_error *err);
FN_NODISCARD int fn_member_del(struct fn_txn *t, fn_face_id face,
                               struct fn_error *err); /* absent: 0 */
/* Counts, times and cover of a person from its faces; drops the record when there are none. */
FN_NODISCARD int fn_person_recount(struct fn_txn *t, const struct fn_person_id *p,
                                   struct fn_error *err);

#endif
