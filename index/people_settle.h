/* Private to people*.c. */
#ifndef FN_INDEX_PEOPLE_SETTLE_H
#define FN_INDEX_PEOPLE_SETTLE_H

#include "index/people_priv.h"

/* What the user said of a node's face; NULL stays when that is nothing. */
FN_NODISCARD int fn_node_load_labels(struct fn_txn *t, struct fn_node *n,
                                     struct fn_face_fold *scratch);

#endif
