/* SPDX-License-Identifier: MIT */
/* An assertion as one line of labels.log (docs/format-labels.md):
 *
 *   seq act time author kind key=value...
 *
 * separated by single spaces; author, name and text are percent-encoded UTF-8 ("-" for an empty
 * one). Which keys a kind has is in one table, which drives both directions: what is written is
 * read back the same, and nothing else is taken. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/clock.h"
#include "engine/base/utf8.h"
#include "index/labels/labels_priv.h"

enum field {
    F_PHOTO = 1,
    F_BOX = 2,
    F_PERSON = 4,
    F_INTO = 8,
    F_NEW = 16,
    F_OF = 32,
    F_TEXT = 64,
    F_FACES = 128,
    F_NEWBOX = 256
};
enum { FACE = F_PHOTO | F_BOX, TOKEN_MAX = 3 * FN_PERSON_NAME_MAX + 8 };

static const uint16_t fields_of[] = {
    [FN_ASSERT_IS] = FACE | F_PERSON,
    [FN_ASSERT_NOT] = FACE | F_PERSON,
    [FN_ASSERT_NOTFACE] = FACE,
    [FN_ASSERT_NAME] = F_PERSON | F_TEXT,
    [FN_ASSERT_MEMBER] = FACE | F_PERSON,
    [FN_ASSERT_MERGE] = F_PERSON | F_INTO,
    [FN_ASSERT_HIDE] = F_PERSON,
    [FN_ASSERT_UNHIDE] = F_PERSON,
    [FN_ASSERT_ALIAS] = F_PHOTO | F_NEW,
    [FN_ASSERT_BOX] = FACE,
    [FN_ASSERT_UNDO] = F_OF,
    [FN_ASSERT_ISFACE] = FACE,
    [FN_ASSERT_SET] = F_TEXT,
    [FN_ASSERT_GROUP] = F_PERSON | F_FACES,
    [FN_ASSERT_SAME] = FACE | F_NEW | F_NEWBOX,
};

static const struct {
    enum field bit;
    const char *key;
} fields[] = {{F_PHOTO, "photo"}, {F_BOX, "box"},   {F_PERSON, "person"},
              {F_INTO, "into"},   {F_NEW, "new"},   {F_NEWBOX, "newbox"},
              {F_OF, "of"},       {F_TEXT, "text"}, {F_FACES, "faces"}};

/* ---- writing ---- */

static void put_word(struct fn_buf *out, const char *s, size_t max)
{
    size_t n = strnlen(s, max);
    if (!n)
        fn_buf_char(out, '-');
    else if (n == 1 && *s == '-')
        fn_buf_str(out, "%2D");
    else
        fn_percent_encode(out, s, n);
}

static void put_time(struct fn_buf *out, int64_t us)
{
    int64_t s = us / 1000000, rest = us % 1000000;
    if (rest < 0) {
        rest += 1000000;
        s--;
    }
    struct fn_civil c = fn_unix_to_civil(s);
    if (c.year < 0 || c.year > 9999)
        fn_buf_printf(out, "@%" PRId64, us);
    else
        fn_buf_printf(out, "%04d-%02d-%02dT%02d:%02d:%02d.%06dZ", c.year, c.month, c.day,
                      c.hour, c.minute, c.second, (int)rest);
}

static void put_person(struct fn_buf *out, const struct fn_person_id *p)
{
    char text[FN_PERSON_TEXT];
    fn_person_text(p, text);
    fn_buf_str(out, text);
}

static void put_hash(struct fn_buf *out, const struct fn_h128 *h)
{
    char hex[FN_H128_HEX];
    fn_h128_hex(h, hex);
    fn_buf_str(out, hex);
}

static void put_box(struct fn_buf *out, const uint16_t box[4])
{
    fn_buf_printf(out, "%u,%u,%u,%u", box[0], box[1], box[2], box[3]);
}

static void put_field(struct fn_buf *out, const struct fn_assertion *a, enum field f)
{
    switch (f) {
    case F_PHOTO:
        put_hash(out, &a->face.photo);
        break;
    case F_BOX:
        put_box(out, a->face.box);
        break;
    case F_NEWBOX:
        put_box(out, a->object_box);
        break;
    case F_PERSON:
        put_person(out, &a->person);
        break;
    case F_INTO:
        put_person(out, &a->object);
        break;
    case F_NEW:
        put_hash(out, &a->object_photo);
        break;
    case F_OF:
        fn_buf_printf(out, "%" PRIu64, a->undo_of);
        break;
    case F_TEXT:
        put_word(out, a->text, sizeof a->text);
        break;
    case F_FACES:
        fn_base64(out, a->faces, a->n_faces * sizeof *a->faces);
        break;
    }
}

void fn_assertion_format(const struct fn_assertion *a, struct fn_buf *out)
{
    const char *kind = fn_assert_kind_name(a->kind);
    fn_buf_printf(out, "%" PRIu64 " %" PRIu64 " ", a->seq, a->act);
    put_time(out, a->time_us);
    fn_buf_char(out, ' ');
    put_word(out, a->author, sizeof a->author);
    fn_buf_printf(out, " %s", kind ? kind : "?");
    for (size_t i = 0; kind && i < sizeof fields / sizeof *fields; i++) {
        if (!(fields_of[a->kind] & fields[i].bit))
            continue;
        fn_buf_printf(out, " %s=", fields[i].key);
        put_field(out, a, fields[i].bit);
    }
}

/* ---- reading ---- */

/* The next word into a buffer; false if there is none or it is too long. */
static bool next_word(const char **p, char out[TOKEN_MAX])
{
    const char *end = strchrnul(*p, ' ');
    size_t n = (size_t)(end - *p);
    if (!n || n >= TOKEN_MAX)
        return false;
    memcpy(out, *p, n);
    out[n] = 0;
    *p = *end ? end + 1 : end;
    return true;
}

/* Decimal digits only, without leading zeros. */
static bool get_number(const char *s, uint64_t max, uint64_t *ret)
{
    uint64_t v = 0;
    if (!*s || (s[0] == '0' && s[1]))
        return false;
    for (; *s; s++) {
        if (*s < '0' || *s > '9' || __builtin_mul_overflow(v, 10u, &v) ||
            __builtin_add_overflow(v, (uint64_t)(*s - '0'), &v) || v > max)
            return false;
    }
    *ret = v;
    return true;
}

static bool get_digits(const char *s, size_t n, int *ret)
{
    int v = 0;
    for (size_t i = 0; i < n; i++) {
        if (s[i] < '0' || s[i] > '9')
            return false;
        v = v * 10 + (s[i] - '0');
    }
    *ret = v;
    return true;
}

static bool get_time(const char *s, int64_t *ret)
{
    static const char shape[] = "dddd-dd-ddTdd:dd:dd.ddddddZ";
    int y, mo, d, h, mi, sec, us;
    uint64_t u;
    struct fn_buf back;
    if (*s == '@') {
        bool minus = s[1] == '-';
        if (!get_number(s + 1 + minus, INT64_MAX, &u) || (minus && !u))
            return false;
        *ret = minus ? -(int64_t)u : (int64_t)u;
    } else {
        if (strlen(s) != sizeof shape - 1)
            return false;
        for (size_t i = 0; shape[i]; i++) {
            if (shape[i] != 'd' && s[i] != shape[i])
                return false;
        }
        if (!get_digits(s, 4, &y) || !get_digits(s + 5, 2, &mo) || !get_digits(s + 8, 2, &d) ||
            !get_digits(s + 11, 2, &h) || !get_digits(s + 14, 2, &mi) ||
            !get_digits(s + 17, 2, &sec) || !get_digits(s + 20, 6, &us) || mo < 1 || mo > 12 ||
            d < 1 || d > 31 || h > 23 || mi > 59 || sec > 59)
            return false;
        *ret = fn_civil_to_unix(y, mo, d, h, mi, sec) * 1000000 + us;
    }
    /* 30 February and the like: only what is written is read. */
    fn_buf_init(&back, 64);
    put_time(&back, *ret);
    bool same = !strcmp(fn_buf_cstr(&back), s);
    fn_buf_finish(&back);
    return same;
}

static bool get_word(const char *s, char *out, size_t size)
{
    struct fn_buf b, back;
    memset(out, 0, size);
    if (!strcmp(s, "-"))
        return true;
    fn_buf_init(&b, size - 1);
    fn_buf_init(&back, TOKEN_MAX);
    bool ok =
        !fn_percent_decode(&b, s, strlen(s)) && !fn_buf_failed(&b) && b.len && b.len < size;
    if (ok) {
        memcpy(out, b.data, b.len);
        put_word(&back, out, size);
        ok = !strcmp(fn_buf_cstr(&back), s);
    }
    fn_buf_finish(&b);
    fn_buf_finish(&back);
    return ok;
}

static bool get_person(const char *s, struct fn_person_id *ret)
{
    char back[FN_PERSON_TEXT];
    unsigned bits;
    if (fn_person_parse(s, ret, &bits) || bits != 128)
        return false;
    fn_person_text(ret, back);
    return !strcmp(back, s);
}

static bool get_hash(const char *s, struct fn_h128 *ret)
{
    char back[FN_H128_HEX];
    if (fn_h128_parse(s, ret))
        return false;
    fn_h128_hex(ret, back);
    return !strcmp(back, s);
}

static bool get_box(const char *s, uint16_t box[4])
{
    for (size_t i = 0; i < 4; i++) {
        char part[8];
        uint64_t v;
        size_t n = strcspn(s, ",");
        if (!n || n >= sizeof part || (s[n] == ',') != (i < 3))
            return false;
        memcpy(part, s, n);
        part[n] = 0;
        if (!get_number(part, UINT16_MAX, &v))
            return false;
        box[i] = (uint16_t)v;
        s += n + (i < 3);
    }
    return true;
}

static bool get_field(const char *s, enum field f, struct fn_assertion *a)
{
    switch (f) {
    case F_PHOTO:
        return get_hash(s, &a->face.photo);
    case F_BOX:
        return get_box(s, a->face.box);
    case F_NEWBOX:
        return get_box(s, a->object_box);
    case F_PERSON:
        return get_person(s, &a->person);
    case F_INTO:
        return get_person(s, &a->object);
    case F_NEW:
        return get_hash(s, &a->object_photo);
    case F_OF:
        return get_number(s, UINT64_MAX, &a->undo_of) && a->undo_of;
    case F_TEXT:
        return get_word(s, a->text, sizeof a->text) && fn_utf8_valid(a->text, strlen(a->text));
    case F_FACES: /* too long for a word: get_faces */
        break;
    }
    return false;
}

/* The only field that may be long: read in place. */
static bool get_faces(const char **p, struct fn_buf *faces, struct fn_assertion *a)
{
    static const char key[] = "faces=";
    const char *s = *p + sizeof key - 1, *end = strchrnul(*p, ' ');
    if (strncmp(*p, key, sizeof key - 1) != 0)
        return false;
    fn_buf_reset(faces);
    if (fn_base64_decode(faces, s, (size_t)(end - s)) || fn_buf_failed(faces) ||
        faces->len % sizeof *a->faces)
        return false;
    a->faces = (const struct fn_face_ref *)(const void *)faces->data;
    a->n_faces = faces->len / sizeof *a->faces;
    *p = *end ? end + 1 : end;
    return fn_face_refs_valid(a->faces, a->n_faces);
}

static bool get_kind(const char *s, uint8_t *ret)
{
    for (size_t k = 1; k < sizeof fields_of / sizeof *fields_of; k++) {
        const char *name = fn_assert_kind_name((uint8_t)k);
        if (name && !strcmp(name, s)) {
            *ret = (uint8_t)k;
            return true;
        }
    }
    return false;
}

static const char *parse(const char *line, struct fn_buf *faces, struct fn_assertion *a)
{
    char w[TOKEN_MAX];
    const char *p = line;
    if (!next_word(&p, w) || !get_number(w, UINT64_MAX, &a->seq) || !a->seq)
        return "the sequence number";
    if (!next_word(&p, w) || !get_number(w, a->seq, &a->act) || !a->act)
        return "the act's number";
    if (!next_word(&p, w) || !get_time(w, &a->time_us))
        return "the time";
    if (!next_word(&p, w) || !get_word(w, a->author, sizeof a->author))
        return "the author";
    if (!next_word(&p, w) || !get_kind(w, &a->kind))
        return "the kind";
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
        size_t n = strlen(fields[i].key);
        if (!(fields_of[a->kind] & fields[i].bit))
            continue;
        if (fields[i].bit == F_FACES) {
            if (!get_faces(&p, faces, a))
                return fields[i].key;
            continue;
        }
        if (!next_word(&p, w) || strncmp(w, fields[i].key, n) || w[n] != '=' ||
            !get_field(w + n + 1, fields[i].bit, a))
            return fields[i].key;
    }
    return *p || p[-1] == ' ' ? "the end" : NULL;
}

int fn_assertion_parse(const char *line, struct fn_buf *faces, struct fn_assertion *ret,
                       struct fn_error *err)
{
    struct fn_assertion a = {0};
    const char *bad = parse(line, faces, &a);
    if (bad)
        return fn_error_set(err, FN_ECORRUPT,
                            "a line of the label log is not as it should be: %s", bad);
    *ret = a;
    return 0;
}
