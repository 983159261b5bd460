/* SPDX-License-Identifier: MIT */
/* Names and hidden persons, from the log. A person's own name counts. A person without one
 * takes the newest name among those merged into it, so that no merge loses a name. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/endian.h"
#include "engine/base/text.h"
#include "index/labels/labels_priv.h"

enum { HIDDEN = 1, VALUE_HEAD = 12 };

struct folded {
    char name[FN_PERSON_NAME_MAX];
    uint64_t act;
    bool hidden;
};

static int fold_one(struct fn_txn *t, const struct fn_person_id *p, struct fn_suppose s,
                    struct folded *f)
{
    struct fn_assert_walk w;
    memset(f, 0, sizeof *f);
    int rc = fn_assert_walk_open(t, FN_BY_PERSON, p->b, sizeof p->b, &w);
    while (!rc && !(rc = fn_assert_walk_next(&w))) {
        struct fn_assertion a;
        if (w.kind != FN_ASSERT_NAME && w.kind != FN_ASSERT_HIDE && w.kind != FN_ASSERT_UNHIDE)
            continue;
        rc = fn_assert_get(t, w.seq, &a);
        if (rc || !fn_supposed_in_force(t, a.act, s))
            continue;
        if (a.kind == FN_ASSERT_NAME) {
            memcpy(f->name, a.text, sizeof f->name);
            f->act = a.act;
        } else {
            f->hidden = a.kind == FN_ASSERT_HIDE;
        }
    }
    fn_assert_walk_close(&w);
    return rc == FN_ENOTFOUND ? 0 : rc;
}

int fn_person_fold(struct fn_txn *t, const struct fn_person_id *p, struct fn_suppose s,
                   struct fn_person_label *ret, uint64_t *ret_act)
{
    struct fn_person_id *ids = NULL;
    size_t n = 0;
    struct folded f, g;
    int rc = fn_person_class(t, p, &ids, &n);
    if (rc)
        return rc;
    rc = fold_one(t, p, s, &f);
    bool inherits = !f.name[0] && fn_person_eq(p, &ids[0]);
    for (size_t i = 1; !rc && inherits && i < n; i++) {
        rc = fold_one(t, &ids[i], s, &g);
        if (!rc && g.name[0] && g.act > f.act) {
            f.act = g.act;
            memcpy(f.name, g.name, sizeof f.name);
        }
    }
    free(ids);
    if (rc)
        return rc;
    ret->id = *p;
    memcpy(ret->name, f.name, sizeof ret->name);
    ret->hidden = f.hidden;
    *ret_act = f.act;
    return 0;
}

static int update_one(struct fn_txn *t, const struct fn_person_id *p, struct fn_error *err)
{
    struct fn_person_label l;
    uint64_t act = 0;
    uint8_t v[VALUE_HEAD + FN_PERSON_NAME_MAX] = {1};
    int rc = fn_person_fold(t, p, (struct fn_suppose){0}, &l, &act);
    if (rc)
        return fn_error_set(err, rc, "labels of a person cannot be read: %s", fn_strerror(rc));
    if (!l.name[0] && !l.hidden) {
        rc = fn_tab_del(t, FN_T_PERSON_LABEL, p->b, sizeof p->b, err);
        return rc == FN_ENOTFOUND ? 0 : rc;
    }
    size_t n = strlen(l.name);
    v[1] = l.hidden ? HIDDEN : 0;
    fn_put_le16(v + 2, (uint16_t)n);
    fn_put_le64(v + 4, act);
    memcpy(v + VALUE_HEAD, l.name, n);
    return fn_tab_put(t, FN_T_PERSON_LABEL, p->b, sizeof p->b, v, VALUE_HEAD + n, err);
}

int fn_person_update(struct fn_txn *t, const struct fn_person_id *p, struct fn_error *err)
{
    struct fn_person_id root;
    int rc = fn_person_resolve(t, p, &root);
    if (!rc)
        rc = update_one(t, p, err);
    if (!rc && !fn_person_eq(p, &root))
        rc = update_one(t, &root, err);
    return rc;
}

static int decode(struct fn_slice key, struct fn_slice v, struct fn_person_label *ret)
{
    if (key.n != FN_PERSON_BYTES || v.n < VALUE_HEAD || v.p[0] != 1)
        return FN_ECORRUPT;
    size_t n = fn_get_le16(v.p + 2);
    if (n >= sizeof ret->name || v.n != VALUE_HEAD + n || memchr(v.p + VALUE_HEAD, 0, n))
        return FN_ECORRUPT;
    memcpy(ret->id.b, key.p, FN_PERSON_BYTES);
    memcpy(ret->name, v.p + VALUE_HEAD, n);
    ret->name[n] = 0;
    ret->hidden = v.p[1] & HIDDEN;
    return 0;
}

int fn_person_label_own(struct fn_txn *t, const struct fn_person_id *id,
                        struct fn_person_label *ret)
{
    struct fn_slice v, key = {id->b, sizeof id->b};
    int rc = fn_tab_get(t, FN_T_PERSON_LABEL, id->b, sizeof id->b, &v);
    if (rc == FN_ENOTFOUND) {
        *ret = (struct fn_person_label){.id = *id};
        return 0;
    }
    return rc ? rc : decode(key, v, ret);
}

int fn_person_label_get(struct fn_txn *t, const struct fn_person_id *id,
                        struct fn_person_label *ret)
{
    struct fn_person_id root;
    int rc = fn_person_resolve(t, id, &root);
    return rc ? rc : fn_person_label_own(t, &root, ret);
}

int fn_person_label_each(struct fn_txn *t,
                         int (*visit)(const struct fn_person_label *p, void *ctx), void *ctx)
{
    struct fn_cur c = {0};
    int rc = fn_cur_open(t, FN_T_PERSON_LABEL, &c);
    if (!rc)
        rc = fn_cur_seek(&c, NULL, 0);
    for (; !rc; rc = rc ? rc : fn_cur_next(&c)) {
        struct fn_person_label l;
        struct fn_person_id root;
        rc = decode(c.key, c.val, &l);
        if (!rc)
            rc = fn_person_resolve(t, &l.id, &root);
        if (!rc && fn_person_eq(&root, &l.id))
            rc = visit(&l, ctx);
    }
    fn_cur_close(&c);
    return rc == FN_ENOTFOUND ? 0 : rc;
}

struct taken {
    const char *key;
    const struct fn_person_id *other_than;
    struct fn_person_label *ret;
};

/* Names are stored as they are shown, so the key of each is computed when one is needed. */
static int is_taken(const struct fn_person_label *p, void *ctx)
{
    struct taken *k = ctx;
    char *key = fn_text_key(p->name);
    if (!key)
        return -ENOMEM;
    bool hit = strcmp(key, k->key) == 0 && !fn_person_eq(k->other_than, &p->id);
    free(key);
    if (hit)
        *k->ret = *p;
    return hit;
}

int fn_name_taken(struct fn_txn *t, const char *name, const struct fn_person_id *by_other_than,
                  struct fn_person_label *ret)
{
    char *key = fn_text_key(name);
    struct taken k = {.key = key, .other_than = by_other_than, .ret = ret};
    int rc = key ? fn_person_label_each(t, is_taken, &k) : -ENOMEM;
    free(key);
    if (rc < 0)
        return rc;
    return rc ? 0 : FN_ENOTFOUND;
}
