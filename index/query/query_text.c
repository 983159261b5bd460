/* SPDX-License-Identifier: MIT */
/* Queries written by the program. */
#include <string.h>

#include "index/query/query_priv.h"

static bool finds(struct fn_txn *t, const char *text, const struct fn_person_id *id)
{
    struct fn_query *q = NULL;
    if (fn_query_parse(t, text, &q, NULL, NULL))
        return false;
    const struct fn_query_node *n = q->root;
    bool is = n && n->kind == FN_Q_PERSON && fn_person_eq(&n->ids[0], id);
    fn_query_destroy(q);
    return is;
}

void fn_query_write_person(struct fn_txn *t, const struct fn_person_id *id, const char *name,
                           struct fn_buf *out)
{
    enum { SHORT = 8 };
    char text[FN_PERSON_TEXT], part[FN_PERSON_TEXT];
    size_t at = out->len, n = SHORT;
    if (name[0] && finds(t, name, id)) {
        fn_buf_str(out, name);
        return;
    }
    if (name[0]) {
        fn_query_write_name(out, name);
        if (!fn_buf_failed(out) && finds(t, fn_buf_cstr(out) + at, id))
            return;
        out->len = at;
    }
    fn_person_text(id, text);
    do {
        memcpy(part, text, n);
        part[n] = '\0';
    } while (!finds(t, part, id) && text[n++]);
    fn_buf_str(out, part);
}
