/* SPDX-License-Identifier: MIT */
/* Which faces have an assertion about a person, by the person's id as written. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/array.h"
#include "engine/base/endian.h"
#include "index/labels/labels_priv.h"

enum { KEY = FN_PERSON_BYTES + 4, PREFIX = FN_PERSON_BYTES };

static void said_key(uint8_t key[KEY], const struct fn_person_id *p, fn_face_id face)
{
    memcpy(key, p->b, FN_PERSON_BYTES);
    fn_put_be32(key + PREFIX, face);
}

int fn_said_put(struct fn_txn *t, const struct fn_person_id *p, fn_face_id face,
                enum fn_said_how how, struct fn_error *err)
{
    uint8_t key[KEY], v = (uint8_t)how;
    said_key(key, p, face);
    return fn_tab_put(t, FN_T_SAID, key, sizeof key, &v, 1, err);
}

int fn_said_del(struct fn_txn *t, const struct fn_person_id *p, fn_face_id face,
                struct fn_error *err)
{
    uint8_t key[KEY];
    said_key(key, p, face);
    int rc = fn_tab_del(t, FN_T_SAID, key, sizeof key, err);
    return rc == FN_ENOTFOUND ? 0 : rc;
}

int fn_said_faces(struct fn_txn *t, const struct fn_person_id *p, struct fn_said_face **ret,
                  size_t *ret_n)
{
    uint8_t key[KEY];
    struct fn_said_face *v = NULL;
    size_t n = 0, cap = 0;
    struct fn_cur c = {0};
    said_key(key, p, 0);
    int rc = fn_cur_open(t, FN_T_SAID, &c);
    if (!rc)
        rc = fn_cur_seek(&c, key, PREFIX);
    for (; !rc && c.key.n == KEY && !memcmp(c.key.p, key, PREFIX); rc = fn_cur_next(&c)) {
        struct fn_said_face *w = fn_array_grow(v, &cap, n + 1, sizeof *w);
        if (!w) {
            rc = -ENOMEM;
            break;
        }
        v = w;
        if (c.val.n != 1) {
            rc = FN_ECORRUPT;
            break;
        }
        v[n++] = (struct fn_said_face){fn_get_be32(c.key.p + PREFIX), c.val.p[0]};
    }
    fn_cur_close(&c);
    if (rc && rc != FN_ENOTFOUND) {
        free(v);
        return rc;
    }
    *ret = v;
    *ret_n = n;
    return 0;
}
