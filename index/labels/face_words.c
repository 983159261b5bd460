/* SPDX-License-Identifier: MIT */
/* Which assertions are about which faces of a photo.
 *
 * An assertion refers to the face of its photo with the same box, otherwise to the one whose
 * box overlaps most (IoU >= .35), so that it finds its face again after a new detector or in a
 * new index. What was said of a face before its picture was edited is followed back through the
 * log, face by face (SAME), over any number of edits. ALIAS says only that the photo is an
 * edited one: there, boxes are compared as they are.
 *
 * A mention is a face of an older version as the log names it, and the face of the photo at
 * hand that it became. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/array.h"
#include "index/labels/labels_priv.h"
#include "index/records/rows.h"

enum { MENTIONS_MAX = 1 << 16 }; /* the oldest versions are left out */

struct mention {
    struct fn_h128 photo;
    uint16_t box[4];
    size_t face;    /* of the photo at hand */
    size_t version; /* while its photo is searched: which of that photo's faces it is */
};

struct search {
    struct fn_txn *t;
    struct mention *v;
    size_t n, cap, searched;
    struct fn_face_words *words;
};

/* One version of the photo: its faces, if the index still has it. */
struct version {
    struct fn_h128 photo;
    const struct fn_face_rec *faces;
    struct fn_face_rec *loaded;
    size_t n;
};

static int mention_add(struct search *s, const struct fn_h128 *photo, const uint16_t box[4],
                       size_t face)
{
    for (size_t i = 0; i < s->n; i++)
        if (s->v[i].face == face && !memcmp(s->v[i].box, box, sizeof s->v[i].box) &&
            fn_h128_eq(&s->v[i].photo, photo))
            return 0;
    if (s->n == MENTIONS_MAX)
        return 0;
    struct mention *v = fn_array_grow(s->v, &s->cap, s->n + 1, sizeof *v);
    if (!v)
        return -ENOMEM;
    s->v = v;
    struct mention *m = &s->v[s->n++];
    *m = (struct mention){.photo = *photo, .face = face};
    memcpy(m->box, box, sizeof m->box);
    return 0;
}

static int word_add(struct fn_face_words *w, uint64_t seq, size_t face)
{
    struct fn_face_word *v = fn_array_grow(w->v, &w->cap, w->n + 1, sizeof *v);
    if (!v)
        return -ENOMEM;
    w->v = v;
    w->v[w->n++] = (struct fn_face_word){seq, face};
    return 0;
}

/* Whether an assertion's box and a mention are one face of the version. */
static bool is_face(const struct version *x, const uint16_t box[4], size_t of_box,
                    const struct mention *m)
{
    if (!memcmp(box, m->box, sizeof m->box))
        return true;
    if (x->n)
        return of_box < x->n && of_box == m->version;
    return fn_stored_box_iou(box, m->box) >= FN_SAME_BOX_IOU;
}

/* ---- of one version: what was said there, and from where its faces came ---- */

static int photo_words(struct fn_txn *t, const struct fn_h128 *photo,
                       struct fn_box_words *words)
{
    struct fn_assert_walk w;
    int rc = fn_assert_walk_open(t, FN_BY_PHOTO, photo->b, sizeof photo->b, &w);
    while (!rc && !(rc = fn_assert_walk_next(&w))) {
        struct fn_assertion a;
        if (!fn_assert_is_face_kind(w.kind))
            continue;
        rc = fn_assert_get(t, w.seq, &a);
        if (!rc)
            rc = fn_box_words_add(words, w.seq, a.face.box);
    }
    fn_assert_walk_close(&w);
    return rc == FN_ENOTFOUND ? fn_group_words(t, photo, words) : rc;
}

static int add_words(struct search *s, const struct version *x, size_t first, size_t end)
{
    struct fn_box_words words = {0};
    int rc = photo_words(s->t, &x->photo, &words);
    for (size_t k = 0; !rc && k < words.n; k++) {
        const struct fn_box_word *w = &words.v[k];
        size_t of_box = fn_face_of_box(x->faces, x->n, w->box);
        for (size_t i = first; !rc && i < end; i++)
            if (is_face(x, w->box, of_box, &s->v[i]))
                rc = word_add(s->words, w->seq, s->v[i].face);
    }
    free(words.v);
    return rc;
}

static int add_older(struct search *s, const struct version *x, const struct fn_assertion *a,
                     size_t first, size_t end)
{
    size_t of_box = fn_face_of_box(x->faces, x->n, a->object_box);
    int rc = 0;
    for (size_t i = first; !rc && i < end; i++) {
        struct mention m = s->v[i]; /* a copy: the array may move */
        if (a->kind == FN_ASSERT_ALIAS)
            rc = mention_add(s, &a->face.photo, m.box, m.face);
        else if (is_face(x, a->object_box, of_box, &m))
            rc = mention_add(s, &a->face.photo, a->face.box, m.face);
    }
    return rc;
}

static int add_all_older(struct search *s, const struct version *x, size_t first, size_t end)
{
    struct fn_assert_walk w;
    int rc = fn_assert_walk_open(s->t, FN_BY_NEW, x->photo.b, sizeof x->photo.b, &w);
    while (!rc && !(rc = fn_assert_walk_next(&w))) {
        struct fn_assertion a;
        rc = fn_assert_get(s->t, w.seq, &a);
        if (!rc && fn_supposed_in_force(s->t, a.act, (struct fn_suppose){0}))
            rc = add_older(s, x, &a, first, end);
    }
    fn_assert_walk_close(&w);
    return rc == FN_ENOTFOUND ? 0 : rc;
}

static int version_load(struct fn_txn *t, struct version *x)
{
    struct fn_error err;
    fn_photo_id id;
    int rc = fn_photo_by_hash(t, &x->photo, &id);
    if (!rc)
        rc = fn_faces_of_photo_all(t, id, &x->loaded, &x->n, &err);
    x->faces = x->loaded;
    return rc == FN_ENOTFOUND ? 0 : rc;
}

/* The mentions from s->searched on are searched, those of one photo together. */
static int search_version(struct search *s, const struct fn_h128 *photo,
                          const struct fn_face_rec *faces, size_t n)
{
    struct version x = {.photo = s->v[s->searched].photo};
    size_t first = s->searched, end = s->n;
    int rc = 0;
    if (fn_h128_eq(&x.photo, photo)) {
        x.faces = faces;
        x.n = n;
    } else {
        rc = version_load(s->t, &x);
    }
    for (size_t i = first; i < end; i++) /* so that those of this photo come first */
        if (fn_h128_eq(&s->v[i].photo, &x.photo)) {
            struct mention m = s->v[i];
            s->v[i] = s->v[s->searched];
            m.version = fn_face_of_box(x.faces, x.n, m.box);
            s->v[s->searched++] = m;
        }
    end = s->searched;
    if (!rc)
        rc = add_words(s, &x, first, end);
    if (!rc)
        rc = add_all_older(s, &x, first, end);
    free(x.loaded);
    return rc;
}

static int by_seq(const void *pa, const void *pb)
{
    const struct fn_face_word *a = pa, *b = pb;
    if (a->seq != b->seq)
        return a->seq < b->seq ? -1 : 1;
    return (a->face > b->face) - (a->face < b->face);
}

static void sort_words(struct fn_face_words *w)
{
    size_t kept = 0;
    if (w->n)
        qsort(w->v, w->n, sizeof *w->v, by_seq);
    for (size_t i = 0; i < w->n; i++)
        if (!kept || by_seq(&w->v[kept - 1], &w->v[i]))
            w->v[kept++] = w->v[i];
    w->n = kept;
}

int fn_face_words(struct fn_txn *t, const struct fn_h128 *photo,
                  const struct fn_face_rec *faces, size_t n, struct fn_face_words *words)
{
    struct search s = {.t = t, .words = words};
    int rc = 0;
    for (size_t i = 0; !rc && i < n; i++)
        rc = mention_add(&s, photo, faces[i].box, i);
    while (!rc && s.searched < s.n)
        rc = search_version(&s, photo, faces, n);
    free(s.v);
    sort_words(words);
    return rc;
}
