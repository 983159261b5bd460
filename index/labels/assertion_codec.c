/* SPDX-License-Identifier: MIT */
/* Assertions as records of the index: a fixed head, then author, text and the faces of a set.
 * Little-endian; docs/format-labels.md. */
#include <errno.h>
#include <string.h>

#include "engine/base/endian.h"
#include "engine/base/hash.h"
#include "index/labels/labels_priv.h"

enum {
    VERSION = 1,
    AT_KIND = 2,
    AT_AUTHOR_N = 3,
    AT_TEXT_N = 4,
    AT_ACT = 8,
    AT_TIME = 16,
    AT_PHOTO = 24,
    AT_BOX = 40,
    AT_PERSON = 48,
    AT_OBJECT = 64,
    AT_OBJECT_PHOTO = 80,
    AT_UNDO_OF = 96,
    HEAD = 104,
};

static const char *const kind_names[] = {
    [FN_ASSERT_IS] = "is",     [FN_ASSERT_NOT] = "not",       [FN_ASSERT_NOTFACE] = "notface",
    [FN_ASSERT_NAME] = "name", [FN_ASSERT_MEMBER] = "member", [FN_ASSERT_MERGE] = "merge",
    [FN_ASSERT_HIDE] = "hide", [FN_ASSERT_UNHIDE] = "unhide", [FN_ASSERT_ALIAS] = "alias",
    [FN_ASSERT_BOX] = "box",   [FN_ASSERT_UNDO] = "undo",     [FN_ASSERT_ISFACE] = "isface",
    [FN_ASSERT_SET] = "set",   [FN_ASSERT_GROUP] = "group",   [FN_ASSERT_SAME] = "same",
};

const char *fn_assert_kind_name(uint8_t kind)
{
    return kind < sizeof kind_names / sizeof *kind_names ? kind_names[kind] : NULL;
}

bool fn_assert_is_face_kind(uint8_t kind)
{
    return kind == FN_ASSERT_IS || kind == FN_ASSERT_NOT || kind == FN_ASSERT_NOTFACE ||
           kind == FN_ASSERT_ISFACE || kind == FN_ASSERT_MEMBER;
}

static void put_box(uint8_t *p, const uint16_t box[4])
{
    for (size_t i = 0; i < 4; i++)
        fn_put_le16(p + 2 * i, box[i]);
}

static void get_box(const uint8_t *p, uint16_t box[4])
{
    for (size_t i = 0; i < 4; i++)
        box[i] = fn_get_le16(p + 2 * i);
}

bool fn_assert_is_edit(uint8_t kind)
{
    return kind == FN_ASSERT_ALIAS || kind == FN_ASSERT_SAME;
}

void fn_assertion_encode(const struct fn_assertion *a, struct fn_buf *out)
{
    uint8_t h[HEAD] = {VERSION};
    size_t author_n = strnlen(a->author, sizeof a->author - 1);
    size_t text_n = strnlen(a->text, sizeof a->text - 1);
    h[AT_KIND] = a->kind;
    h[AT_AUTHOR_N] = (uint8_t)author_n;
    fn_put_le16(h + AT_TEXT_N, (uint16_t)text_n);
    fn_put_le64(h + AT_ACT, a->act);
    fn_put_le64(h + AT_TIME, (uint64_t)a->time_us);
    memcpy(h + AT_PHOTO, a->face.photo.b, 16);
    put_box(h + AT_BOX, a->face.box);
    memcpy(h + AT_PERSON, a->person.b, 16);
    if (a->kind == FN_ASSERT_SAME)
        put_box(h + AT_OBJECT, a->object_box);
    else
        memcpy(h + AT_OBJECT, a->object.b, 16);
    memcpy(h + AT_OBJECT_PHOTO, a->object_photo.b, 16);
    fn_put_le64(h + AT_UNDO_OF, a->undo_of);
    fn_buf_add(out, h, sizeof h);
    fn_buf_add(out, a->author, author_n);
    fn_buf_add(out, a->text, text_n);
    fn_buf_add(out, a->faces, a->n_faces * sizeof *a->faces);
}

int fn_assertion_decode(uint64_t seq, struct fn_slice v, struct fn_assertion *ret)
{
    if (v.n < HEAD || v.p[0] != VERSION || !fn_assert_kind_name(v.p[AT_KIND]))
        return FN_ECORRUPT;
    struct fn_assertion a = {.seq = seq, .kind = v.p[AT_KIND]};
    size_t author_n = v.p[AT_AUTHOR_N], text_n = fn_get_le16(v.p + AT_TEXT_N);
    if (author_n >= sizeof a.author || text_n >= sizeof a.text ||
        v.n < HEAD + author_n + text_n)
        return FN_ECORRUPT;
    /* Their order is not checked here: it would slow down a walk over many sets, and a wrong
     * order only hides faces. */
    size_t faces_n = v.n - HEAD - author_n - text_n;
    if (faces_n % sizeof *a.faces || faces_n > FN_ASSERT_FACES_BYTES ||
        (faces_n != 0) != (a.kind == FN_ASSERT_GROUP))
        return FN_ECORRUPT;
    if (faces_n)
        a.faces = (const struct fn_face_ref *)(const void *)(v.p + HEAD + author_n + text_n);
    a.n_faces = faces_n / sizeof *a.faces;
    a.act = fn_get_le64(v.p + AT_ACT);
    a.time_us = (int64_t)fn_get_le64(v.p + AT_TIME);
    memcpy(a.face.photo.b, v.p + AT_PHOTO, 16);
    get_box(v.p + AT_BOX, a.face.box);
    memcpy(a.person.b, v.p + AT_PERSON, 16);
    if (a.kind == FN_ASSERT_SAME)
        get_box(v.p + AT_OBJECT, a.object_box);
    else
        memcpy(a.object.b, v.p + AT_OBJECT, 16);
    memcpy(a.object_photo.b, v.p + AT_OBJECT_PHOTO, 16);
    a.undo_of = fn_get_le64(v.p + AT_UNDO_OF);
    memcpy(a.author, v.p + HEAD, author_n);
    memcpy(a.text, v.p + HEAD + author_n, text_n);
    if (!a.act || a.act > seq || memchr(a.author, 0, author_n) || memchr(a.text, 0, text_n))
        return FN_ECORRUPT;
    *ret = a;
    return 0;
}

uint64_t fn_assertion_content(const struct fn_assertion *a)
{
    struct fn_assertion c = *a;
    struct fn_buf b;
    c.seq = c.act = 0;
    fn_buf_init(&b, FN_ASSERT_BYTES_MAX);
    fn_assertion_encode(&c, &b);
    /* Out of memory, the hash is that of nothing; fn_assertion_equal decides in any case. */
    uint64_t h = fn_hash64(fn_buf_cstr(&b), fn_buf_failed(&b) ? 0 : b.len);
    fn_buf_finish(&b);
    return h;
}

bool fn_assertion_equal(const struct fn_assertion *a, const struct fn_assertion *b)
{
    return a->kind == b->kind && a->time_us == b->time_us && a->undo_of == b->undo_of &&
           !memcmp(a->face.photo.b, b->face.photo.b, 16) &&
           !memcmp(a->face.box, b->face.box, sizeof a->face.box) &&
           !memcmp(a->person.b, b->person.b, 16) && !memcmp(a->object.b, b->object.b, 16) &&
           !memcmp(a->object_photo.b, b->object_photo.b, 16) &&
           !memcmp(a->object_box, b->object_box, sizeof a->object_box) &&
           !strcmp(a->author, b->author) && !strcmp(a->text, b->text) &&
           a->n_faces == b->n_faces &&
           (!a->n_faces || !memcmp(a->faces, b->faces, a->n_faces * sizeof *a->faces));
}
