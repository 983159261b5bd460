/* SPDX-License-Identifier: MIT */
/* Cluster labels: each is one assertion with a set of faces. No index entry is written for a
 * face of a set; the sets are searched for a photo. A set is sorted, so a few photos are looked
 * up in each set. A transaction that looks up more of them (an import, a large cluster named)
 * first puts the faces of all sets into one list, sorted by photo. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/array.h"
#include "engine/base/endian.h"
#include "index/labels/labels_priv.h"

enum { PREFIX = 8, ASKED_MAX = 64 };

struct fn_face_ref fn_face_ref_of(const struct fn_face_key *k)
{
    struct fn_face_ref r;
    memcpy(r.b, k->photo.b, PREFIX);
    for (size_t i = 0; i < 4; i++)
        fn_put_le16(r.b + PREFIX + 2 * i, k->box[i]);
    return r;
}

static int by_bytes(const void *a, const void *b)
{
    return memcmp(a, b, sizeof(struct fn_face_ref));
}

size_t fn_face_refs_sort(struct fn_face_ref *v, size_t n)
{
    size_t kept = 0;
    if (n)
        qsort(v, n, sizeof *v, by_bytes);
    for (size_t i = 0; i < n; i++) {
        if (!kept || by_bytes(&v[kept - 1], &v[i]))
            v[kept++] = v[i];
    }
    return kept;
}

bool fn_face_refs_valid(const struct fn_face_ref *v, size_t n)
{
    for (size_t i = 1; i < n; i++) {
        if (by_bytes(&v[i - 1], &v[i]) >= 0)
            return false;
    }
    return n && n <= FN_ASSERT_FACES_MAX;
}

/* ---- by photo ---- */

struct entry {
    uint64_t photo; /* the first bytes of its hash, as a number that orders like them */
    struct fn_box_word word;
};

struct kept {
    unsigned asked;
    bool made; /* v holds the faces of all sets, by photo */
    struct entry *v;
    size_t n;
};

static void release(void *p)
{
    struct kept *k = p;
    free(k->v);
    free(k);
}

static struct kept *kept_of(struct fn_txn *t)
{
    struct kept *k = fn_txn_kept(t, FN_KEPT_LABELS);
    if (!k && (k = calloc(1, sizeof *k)))
        fn_txn_keep(t, FN_KEPT_LABELS, k, release);
    return k;
}

void fn_group_forget(struct fn_txn *t)
{
    fn_txn_keep(t, FN_KEPT_LABELS, NULL, NULL);
}

int fn_box_words_add(struct fn_box_words *w, uint64_t seq, const uint16_t box[4])
{
    struct fn_box_word *v = fn_array_grow(w->v, &w->cap, w->n + 1, sizeof *v);
    if (!v)
        return -ENOMEM;
    w->v = v;
    struct fn_box_word *word = &w->v[w->n++];
    word->seq = seq;
    memcpy(word->box, box, sizeof word->box);
    return 0;
}

static void get_box(const struct fn_face_ref *r, uint16_t box[4])
{
    for (size_t i = 0; i < 4; i++)
        box[i] = fn_get_le16(r->b + PREFIX + 2 * i);
}

typedef int set_visit(const struct fn_assertion *a, void *ctx);

static int each_set(struct fn_txn *t, set_visit *visit, void *ctx)
{
    const uint8_t kind = FN_ASSERT_GROUP;
    struct fn_assert_walk w;
    int rc = fn_assert_walk_open(t, FN_BY_KIND, &kind, 1, &w);
    while (!rc && !(rc = fn_assert_walk_next(&w))) {
        struct fn_assertion a;
        rc = fn_assert_get(t, w.seq, &a);
        if (!rc)
            rc = visit(&a, ctx);
    }
    fn_assert_walk_close(&w);
    return rc == FN_ENOTFOUND ? 0 : rc;
}

struct wanted {
    uint8_t photo[PREFIX];
    struct fn_box_words *words;
};

static int by_photo_prefix(const void *photo, const void *face)
{
    return memcmp(photo, ((const struct fn_face_ref *)face)->b, PREFIX);
}

static int search_set(const struct fn_assertion *a, void *ctx)
{
    struct wanted *x = ctx;
    size_t i =
        fn_lower_bound(x->photo, a->faces, a->n_faces, sizeof *a->faces, by_photo_prefix);
    int rc = 0;
    for (; !rc && i < a->n_faces && !memcmp(a->faces[i].b, x->photo, PREFIX); i++) {
        uint16_t box[4];
        get_box(&a->faces[i], box);
        rc = fn_box_words_add(x->words, a->seq, box);
    }
    return rc;
}

static int count_faces(const struct fn_assertion *a, void *ctx)
{
    *(size_t *)ctx += a->n_faces;
    return 0;
}

static int take_faces(const struct fn_assertion *a, void *ctx)
{
    struct kept *k = ctx;
    for (size_t i = 0; i < a->n_faces; i++) {
        struct entry *e = &k->v[k->n++];
        e->photo = fn_get_be64(a->faces[i].b);
        e->word.seq = a->seq;
        get_box(&a->faces[i], e->word.box);
    }
    return 0;
}

static int by_photo(const void *pa, const void *pb)
{
    uint64_t a = ((const struct entry *)pa)->photo, b = ((const struct entry *)pb)->photo;
    return (a > b) - (a < b);
}

static int make(struct fn_txn *t, struct kept *k)
{
    size_t n = 0;
    int rc = each_set(t, count_faces, &n);
    if (!rc && n && !(k->v = malloc(n * sizeof *k->v)))
        rc = -ENOMEM;
    if (!rc)
        rc = each_set(t, take_faces, k);
    if (!rc && n)
        qsort(k->v, k->n, sizeof *k->v, by_photo);
    k->made = !rc;
    if (rc) {
        free(k->v);
        k->v = NULL;
        k->n = 0;
    }
    return rc;
}

static int search_list(const struct kept *k, uint64_t photo, struct fn_box_words *words)
{
    struct entry key = {.photo = photo};
    size_t i = fn_lower_bound(&key, k->v, k->n, sizeof key, by_photo);
    int rc = 0;
    for (; !rc && i < k->n && k->v[i].photo == photo; i++)
        rc = fn_box_words_add(words, k->v[i].word.seq, k->v[i].word.box);
    return rc;
}

int fn_group_words(struct fn_txn *t, const struct fn_h128 *photo, struct fn_box_words *words)
{
    struct wanted x = {.words = words};
    struct kept *k = kept_of(t);
    int rc = k ? 0 : -ENOMEM;
    if (!rc && !k->made && k->asked++ >= ASKED_MAX)
        rc = make(t, k);
    if (rc)
        return rc;
    if (k->made)
        return search_list(k, fn_get_be64(photo->b), words);
    memcpy(x.photo, photo->b, PREFIX);
    return each_set(t, search_set, &x);
}

/* ---- which photos a set is about ---- */

/* Photos of the table whose key begins with `head` and then the first bytes of the hash. */
static int each_with_prefix(struct fn_txn *t, enum fn_table table, const uint8_t *key,
                            size_t head, int (*visit)(const struct fn_h128 *photo, void *ctx),
                            void *ctx)
{
    struct fn_cur c = {0};
    int rc = fn_cur_open(t, table, &c);
    if (!rc)
        rc = fn_cur_seek(&c, key, head + PREFIX);
    while (!rc && c.key.n >= head + 16 && !memcmp(c.key.p, key, head + PREFIX)) {
        struct fn_h128 h;
        memcpy(h.b, c.key.p + head, sizeof h.b);
        bool wanted =
            table == FN_T_PHOTO_HASH || (c.val.n == 2 && fn_assert_is_edit(c.val.p[1]));
        if (wanted)
            rc = visit(&h, ctx);
        if (!rc)
            rc = fn_cur_next(&c);
    }
    fn_cur_close(&c);
    return rc == FN_ENOTFOUND ? 0 : rc;
}

int fn_group_each_photo(struct fn_txn *t, const struct fn_assertion *a,
                        int (*visit)(const struct fn_h128 *photo, void *ctx), void *ctx)
{
    uint8_t key[1 + PREFIX] = {FN_BY_PHOTO};
    int rc = 0;
    for (size_t i = 0; !rc && i < a->n_faces; i++) {
        if (i && !memcmp(a->faces[i].b, a->faces[i - 1].b, PREFIX))
            continue;
        memcpy(key + 1, a->faces[i].b, PREFIX);
        rc = each_with_prefix(t, FN_T_PHOTO_HASH, key + 1, 0, visit, ctx);
        if (!rc)
            rc = each_with_prefix(t, FN_T_ASSERT_INDEX, key, 1, visit, ctx);
    }
    return rc;
}
