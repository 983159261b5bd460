/* Private to people*.c. */
#ifndef FN_INDEX_PEOPLE_SETTLE_H
#define FN_INDEX_PEOPLE_SETTLE_H

#include "index/people/people_priv.h"

/* What the user said of a node's face; NULL stays when that is nothing. */
FN_NODISCARD int fn_node_load_labels(struct fn_txn *t, struct fn_node *n,
                                     struct fn_face_fold *scratch);

/* people_write.c. old_groups: keys of groups that were stored for these faces (0: none), whose sums may go. Clears dirty marks. */
FN_NODISCARD int fn_scope_write(struct fn_txn *t, struct fn_scope *s,
                                const uint64_t *old_groups, size_t n, struct fn_error *err);
/* Members and persons only. */
FN_NODISCARD int fn_scope_write_persons(struct fn_txn *t, struct fn_scope *s,
                                        struct fn_error *err);

/* people_relabel.c. *ret_done false: the component has to be worked out anew. */
FN_NODISCARD int fn_people_relabel(struct fn_txn *t, fn_face_id face, bool *ret_done,
                                   struct fn_error *err);

#endif
