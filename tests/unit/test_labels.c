/* SPDX-License-Identifier: MIT */
/* Labels: text form, ids, what is refused and with which message, undo and redo, merges,
 * aliases, the mirror file. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/base/file.h"
#include "index/labels/names.h"
#include "tests/property/world.h"

static struct world w;

static int open_world(void **state)
{
    (void)state;
    world_open(&w, 6);
    struct fn_txn *t = world_begin(&w, true);
    for (uint32_t i = 0; i < w.n_photos; i++)
        world_add(&w, t, i);
    world_settled(t);
    world_commit(t);
    return 0;
}

static int close_world(void **state)
{
    (void)state;
    world_close(&w);
    return 0;
}

static struct fn_error err;

static int say(struct fn_txn *t, struct fn_assertion a, uint64_t *act)
{
    snprintf(a.author, sizeof a.author, "ann");
    a.time_us = w.clock_us++;
    memset(&err, 0, sizeof err);
    return fn_assert_append(t, &a, 1, act, &err);
}

static struct fn_assertion about(uint8_t kind, uint32_t photo, uint32_t who)
{
    return (struct fn_assertion){
        .kind = kind, .face = world_face_key(&w, photo, 0), .person = world_person(who)};
}

static struct fn_assertion named(uint32_t who, const char *name)
{
    struct fn_assertion a = {.kind = FN_ASSERT_NAME, .person = world_person(who)};
    snprintf(a.text, sizeof a.text, "%s", name);
    return a;
}

static struct fn_face_labels labels(struct fn_txn *t, uint32_t photo)
{
    struct fn_face_key k = world_face_key(&w, photo, 0);
    struct fn_face_labels l;
    fn_face_id face;
    assert_int_equal(fn_face_by_key(t, &k, &face), 0);
    assert_int_equal(fn_labels_of_face(t, face, &l), 0);
    return l;
}

static bool is(struct fn_person_id p, uint32_t who)
{
    struct fn_person_id q = world_person(who);
    return !memcmp(p.b, q.b, sizeof q.b);
}

static void ids_as_text(void **state)
{
    (void)state;
    struct fn_person_id a, b;
    char text[FN_PERSON_TEXT];
    unsigned bits;
    for (int i = 0; i < 100; i++) {
        assert_int_equal(fn_person_new_id(&a), 0);
        fn_person_text(&a, text);
        assert_int_equal(strlen(text), 27);
        assert_int_equal(fn_person_parse(text, &b, &bits), 0);
        assert_int_equal(bits, 128);
        assert_memory_equal(a.b, b.b, 16);
        text[9] = 0;
        assert_int_equal(fn_person_parse(text, &b, &bits), 0);
        assert_int_equal(bits, 40);
        assert_memory_equal(a.b, b.b, 5);
    }
    /* RFC 4648 section 10: "foobar" is MZXW6YTBOI */
    const struct fn_person_id foobar = {{'f', 'o', 'o', 'b', 'a', 'r'}};
    fn_person_text(&foobar, text);
    assert_memory_equal(text, "pmzxw6ytboi", 10);
    static const char *const bad[] = {"",
                                      "p",
                                      "q234",
                                      "p1",
                                      "p0",
                                      "p-",
                                      "paaaaaaaaaaaaaaaaaaaaaaaaaaa",
                                      "paaaaaaaaaaaaaaaaaaaaaaaaab"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_int_not_equal(fn_person_parse(bad[i], &b, &bits), 0);
}

static void lines_come_back(void **state)
{
    (void)state;
    static const struct fn_face_ref two_faces[] = {{{1, 255}}, {{2, 1, [15] = 255}}};
    struct fn_buf faces;
    fn_buf_init(&faces, FN_ASSERT_FACES_BYTES);
    for (uint8_t kind = 1; kind <= FN_ASSERT_GROUP; kind++) {
        struct fn_assertion b,
            a = {.seq = 7, .act = 5, .kind = kind, .time_us = 1763978400123456};
        struct fn_buf line;
        snprintf(a.author, sizeof a.author, "%s", kind % 2 ? "" : "-");
        if (kind == FN_ASSERT_UNDO)
            a.undo_of = 3;
        else if (kind == FN_ASSERT_NAME || kind == FN_ASSERT_SET)
            snprintf(a.text, sizeof a.text, "Zo\xc3\xab = \"x y\"%%");
        if (kind != FN_ASSERT_UNDO && kind != FN_ASSERT_SET && kind != FN_ASSERT_ALIAS)
            a.person.b[3] = 9;
        if (kind == FN_ASSERT_GROUP) {
            a.faces = two_faces;
            a.n_faces = 2;
        }
        if (kind == FN_ASSERT_MERGE)
            a.object.b[15] = 1;
        if (kind == FN_ASSERT_ALIAS)
            a.object_photo.b[0] = 4;
        if (kind != FN_ASSERT_NAME && kind != FN_ASSERT_SET && kind != FN_ASSERT_UNDO &&
            kind != FN_ASSERT_MERGE)
            a.face.photo.b[1] = 200;
        fn_buf_init(&line, 4096);
        fn_assertion_format(&a, &line);
        memset(&err, 0, sizeof err);
        if (fn_assertion_parse(fn_buf_cstr(&line), &faces, &b, &err))
            fail_msg("%s: %s", fn_buf_cstr(&line), err.text);
        struct fn_buf again;
        fn_buf_init(&again, 4096);
        fn_assertion_format(&b, &again);
        assert_string_equal(fn_buf_cstr(&line), fn_buf_cstr(&again));
        assert_string_equal(a.author, b.author);
        assert_string_equal(a.text, b.text);
        assert_int_equal(a.n_faces, b.n_faces);
        fn_buf_finish(&line);
        fn_buf_finish(&again);
    }
    fn_buf_finish(&faces);
}

static void times_as_text(void **state)
{
    (void)state;
    static const struct {
        int64_t us;
        const char *text;
    } cases[] = {
        {0, "1970-01-01T00:00:00.000000Z"},
        {1, "1970-01-01T00:00:00.000001Z"},
        {-1, "1969-12-31T23:59:59.999999Z"},
        {-1000000, "1969-12-31T23:59:59.000000Z"},
        {951782400000000, "2000-02-29T00:00:00.000000Z"},
        {253402300799999999, "9999-12-31T23:59:59.999999Z"},
        {253402300800000000, "@253402300800000000"},
        {-62167219200000000, "0000-01-01T00:00:00.000000Z"},
        {-62167219200000001, "@-62167219200000001"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct fn_assertion b, a = {.seq = 2, .act = 2, .kind = FN_ASSERT_UNDO};
        struct fn_buf line;
        char want[128];
        a.time_us = cases[i].us;
        a.undo_of = 1;
        fn_buf_init(&line, 4096);
        fn_assertion_format(&a, &line);
        (void)snprintf(want, sizeof want, "2 2 %s - undo of=1", cases[i].text);
        assert_string_equal(fn_buf_cstr(&line), want);
        assert_int_equal(fn_assertion_parse(want, NULL, &b, &err), 0);
        assert_true(b.time_us == cases[i].us);
        fn_buf_finish(&line);
    }
}

#define GROUP                                                                                  \
    "2 1 2026-11-24T10:00:00.000001Z ann group person=paaaaaaaaaaaaaaaaaaaaaaaaaa faces="

static void lines_that_are_not_taken(void **state)
{
    (void)state;
    static const char good[] = "2 1 2026-11-24T10:00:00.000001Z ann undo of=1";
    static const char *const bad[] = {
        "",
        "2",
        "0 0 2026-11-24T10:00:00.000001Z ann undo of=1",
        "1 2 2026-11-24T10:00:00.000001Z ann undo of=1",
        "02 1 2026-11-24T10:00:00.000001Z ann undo of=1",
        "2 1 2026-02-30T10:00:00.000001Z ann undo of=1",
        "2 1 2026-11-24T24:00:00.000001Z ann undo of=1",
        "2 1 2026-11-24T10:00:00.000001Z  undo of=1",
        "2 1 2026-11-24T10:00:00.000001Z a%2Gn undo of=1",
        "2 1 2026-11-24T10:00:00.000001Z a%00n undo of=1",
        "2 1 2026-11-24T10:00:00.000001Z ann undid of=1",
        "2 1 2026-11-24T10:00:00.000001Z ann undo of=",
        "2 1 2026-11-24T10:00:00.000001Z ann undo of=18446744073709551616",
        "2 1 2026-11-24T10:00:00.000001Z ann undo of=1 ",
        "2 1 2026-11-24T10:00:00.000001Z ann undo of=1 text=a",
        "2 1 2026-11-24T10:00:00.000001Z ann undo  of=1",
        "2 1 2026-11-24T10:00:00.000001Z ann hide person=p7k3",
        "2 1 2026-11-24T10:00:00.000001Z ann set text=%ff",
        "2 1 2026-11-24T10:00:00.000001Z ann notface photo=00000000000000000000000000000000 "
        "box=1,2,3",
        "2 1 2026-11-24T10:00:00.000001Z ann notface photo=00000000000000000000000000000000 "
        "box=1,2,3,65536",
        "2 1 2026-11-24T10:00:00.000001Z ann notface photo=0000000000000000000000000000000g "
        "box=1,2,3,4",
        "2 1 2026-11-24T10:00:00.000001Z ann notface box=1,2,3,4 "
        "photo=00000000000000000000000000000000",
        GROUP,                                                /* no faces */
        GROUP "AAAAAAAAAAAAAAAAAAAAAA",                       /* not padded */
        GROUP "AAAAAAAAAAAAAAAAAAAAAB==",                     /* excess bits */
        GROUP "AAAAAAAAAAAAAAAAAAAAAA== ",                    /* a space at the end */
        GROUP "AAAAAAAAAAAAAAAAAAAAAA== text=a",              /* a field too many */
        GROUP "AAAAAAAAAAAAAAAAAAAAAAA=",                     /* 17 bytes */
        GROUP "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", /* one face twice */
        GROUP "AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", /* not in order */
        GROUP "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA*AAAAAE=", /* not a digit */
        "2 1 2026-11-24T10:00:00.000001Z ann group faces=AAAAAAAAAAAAAAAAAAAAAA==",
    };
    struct fn_assertion a;
    struct fn_buf faces;
    fn_buf_init(&faces, FN_ASSERT_FACES_BYTES);
    assert_int_equal(fn_assertion_parse(good, &faces, &a, &err), 0);
    assert_int_equal(fn_assertion_parse(GROUP "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAE=",
                                        &faces, &a, &err),
                     0);
    assert_int_equal(a.n_faces, 2);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        if (fn_assertion_parse(bad[i], &faces, &a, &err) != FN_ECORRUPT)
            fail_msg("taken: %s", bad[i]);
    }
    fn_buf_finish(&faces);
}

static void contradictions_are_refused(void **state)
{
    (void)state;
    struct fn_txn *t = world_begin(&w, true);
    uint64_t act;
    assert_int_equal(say(t, named(0, "Anna Berg"), &act), 0);
    assert_int_equal(say(t, about(FN_ASSERT_NOT, 0, 0), &act), 0);
    assert_int_equal(say(t, about(FN_ASSERT_IS, 0, 0), NULL), FN_EREFUSED);
    assert_non_null(strstr(err.text, "was rejected as \"Anna Berg\" on 1970-01-01 (L2)"));
    assert_int_equal(fn_assert_undo(t, act, "ann", NULL, &err), 0);
    assert_int_equal(say(t, about(FN_ASSERT_IS, 0, 0), NULL), 0);
    assert_int_equal(say(t, about(FN_ASSERT_NOT, 0, 0), NULL), FN_EREFUSED);
    assert_non_null(strstr(err.text, "was confirmed as \"Anna Berg\""));
    assert_int_equal(say(t, about(FN_ASSERT_NOTFACE, 0, 0), NULL), FN_EREFUSED);
    assert_int_equal(say(t, about(FN_ASSERT_ISFACE, 0, 0), NULL), FN_EREFUSED);
    /* another IS replaces it */
    assert_int_equal(say(t, about(FN_ASSERT_IS, 0, 1), NULL), 0);
    assert_true(labels(t, 0).confirmed && is(labels(t, 0).person, 1));
    assert_int_equal(say(t, about(FN_ASSERT_NOTFACE, 1, 0), NULL), 0);
    assert_int_equal(say(t, about(FN_ASSERT_IS, 1, 0), NULL), FN_EREFUSED);
    assert_non_null(strstr(err.text, "was marked as no face"));
    world_settled(t);
    fn_txn_abort(t);
}

static void names_do_not_eat_each_other(void **state)
{
    (void)state;
    struct fn_txn *t = world_begin(&w, true);
    struct fn_assertion a = named(2, "tom OKAFOR");
    struct fn_person_id found[2];
    struct fn_person_id zero = world_person(0);
    char id[FN_PERSON_TEXT];
    uint64_t first, rename;
    size_t n;
    assert_int_equal(say(t, named(0, "Tom Okafor"), &first), 0);
    assert_int_equal(say(t, a, NULL), FN_EREFUSED);
    fn_person_text(&zero, id);
    id[9] = 0;
    assert_non_null(strstr(err.text, "\"Tom Okafor\" is already"));
    assert_non_null(strstr(err.text, id));
    assert_int_equal(fn_assert_append_flags(t, &a, 1, FN_ASSERT_SAME_NAME, NULL, &err), 0);
    assert_int_equal(fn_person_by_name(t, "tom okafor", found, 2, &n, NULL), 0);
    assert_int_equal(n, 2);
    fn_txn_abort(t);

    /* undoing a rename must not create two persons with one name either */
    t = world_begin(&w, true);
    assert_int_equal(say(t, named(0, "Tom"), &first), 0);
    assert_int_equal(say(t, named(0, "Tim"), &rename), 0);
    assert_int_equal(say(t, named(1, "Tom"), NULL), 0);
    assert_int_equal(fn_assert_undo(t, rename, "ann", NULL, &err), FN_EREFUSED);
    assert_non_null(strstr(err.text, "\"Tom\" would be two persons"));
    assert_int_equal(say(t, named(3, ""), NULL), FN_EUSAGE);
    assert_int_equal(say(t, named(3, "a\nb"), NULL), FN_EUSAGE);
    assert_int_equal(say(t, named(3, "\xff"), NULL), FN_EUSAGE);
    fn_txn_abort(t);
}

static void parts_of_names(void **state)
{
    (void)state;
    static const struct {
        const char *name, *text;
        enum fn_name_match how;
    } all[] = {
        {"ann berg", "ann berg", FN_NAME_WHOLE},
        {"ann berg", "berg", FN_NAME_WORDS},
        {"ann berg", "ann", FN_NAME_WORDS},
        {"ann berg", "ann b", FN_NAME_BEGINS},
        {"ann berg", "an", FN_NAME_BEGINS},
        {"ann berg", "ber", FN_NAME_OTHER},
        {"ann berg", "nn", FN_NAME_OTHER},
        {"ann berg", "", FN_NAME_OTHER},
        {"ann berg", "berg ann", FN_NAME_OTHER},
        {"ann berg", "ann berg li", FN_NAME_OTHER},
        {"anna van der berg", "van der", FN_NAME_WORDS},
        {"anna ann", "ann", FN_NAME_WORDS}, /* not at its first occurrence */
        {"anna-lena", "lena", FN_NAME_WORDS},
        {"berg, ann", "berg", FN_NAME_WORDS},
        {"bo \"bibi\" li", "bibi", FN_NAME_WORDS},
        {"o'neil", "neil", FN_NAME_OTHER},
        {"o'neil", "o", FN_NAME_BEGINS},
        {"jos\u00e9 mu", "jos", FN_NAME_BEGINS},
    };
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        if (fn_name_compare(all[i].name, all[i].text) != all[i].how)
            fail_msg("'%s' of '%s' is not %d", all[i].text, all[i].name, (int)all[i].how);
}

static void near_names(void **state)
{
    (void)state;
    struct fn_names names;
    char near[64];
    struct fn_txn *t = world_begin(&w, true);
    assert_int_equal(say(t, named(0, "Ann Berg"), NULL), 0);
    assert_int_equal(say(t, named(1, "Anna"), NULL), 0);
    assert_int_equal(say(t, named(2, "Tom"), NULL), 0);
    assert_int_equal(say(t, named(3, "Anne-Marie Li"), NULL), 0);
    assert_int_equal(fn_names_load(t, &names), 0);
    assert_int_equal(names.n, 4);
    fn_names_near(&names, "ANM", near, sizeof near); /* nearest first */
    assert_string_equal(near, "Ann Berg, Anna, Anne-Marie Li");
    fn_names_near(&names, "tmo", near, sizeof near);
    assert_string_equal(near, "Tom");
    fn_names_near(&names, "marei", near, sizeof near);
    assert_string_equal(near, "Anne-Marie Li");
    fn_names_near(&names, "x", near, sizeof near);
    assert_string_equal(near, "");
    char small[8];
    fn_names_near(&names, "anm", small, sizeof small);
    assert_string_equal(small, "Ann Ber");
    fn_names_finish(&names);
    fn_txn_abort(t);
}

static void finds(struct fn_txn *t, const char *name, uint32_t who)
{
    struct fn_person_id found[2];
    size_t n = 0;
    if (fn_person_by_name(t, name, found, 2, &n, NULL) || n != 1 || !is(found[0], who))
        fail_msg("'%s' does not find %u alone", name, who);
}

static void finds_nobody(struct fn_txn *t, const char *name)
{
    struct fn_person_id found[2];
    size_t n = 0;
    assert_int_equal(fn_person_by_name(t, name, found, 2, &n, NULL), FN_ENOTFOUND);
}

static void shown_as(struct fn_txn *t, uint32_t who, const char *name)
{
    struct fn_person_label l;
    struct fn_person_id id = world_person(who);
    assert_int_equal(fn_person_label_get(t, &id, &l), 0);
    assert_string_equal(l.name, name);
}

static void names_are_compared_as_people_read_them(void **state)
{
    static const struct {
        const char *said, *shown;
        const char *finds[4];
        const char *taken;
    } rows[] = {
        {"Jose\u0301  Mu\u00f1oz ",
         "Jos\u00e9 Mu\u00f1oz",
         {"jos\u00e9 mu\u00f1oz", "JOSE\u0301 MUN\u0303OZ", " Jos\u00e9   Mu\u00f1oz",
          "jos\u00e9 m"},
         "JOS\u00c9\u00a0MU\u00d1OZ"},
        {"\u0421\u0435\u0440\u0435\u043d\u0430",
         "\u0421\u0435\u0440\u0435\u043d\u0430",
         {"\u0441\u0435\u0440\u0435\u043d\u0430", "\u0421\u0415\u0420\u0415\u041d\u0410",
          "\u0441\u0435\u0440"},
         "\u0441\u0415\u0440\u0415\u043d\u0410"},
        {"Hans Stra\u00dfe",
         "Hans Stra\u00dfe",
         {"HANS STRASSE", "hans stra\u1e9ee", "hans stras", "hans"},
         "hans strasse"},
    };
    (void)state;
    struct fn_txn *t = world_begin(&w, true);
    for (uint32_t i = 0; i < 3; i++) {
        assert_int_equal(say(t, named(i, rows[i].said), NULL), 0);
        shown_as(t, i, rows[i].shown);
        for (size_t k = 0; k < 4 && rows[i].finds[k]; k++)
            finds(t, rows[i].finds[k], i);
        assert_int_equal(say(t, named(3, rows[i].taken), NULL), FN_EREFUSED);
        assert_non_null(strstr(err.text, rows[i].shown));
    }
    finds_nobody(t, "Jose Munoz"); /* an accent is a difference */
    assert_int_equal(say(t, named(3, "Hans"), NULL), 0);
    finds(t, "hans", 3); /* a complete name before a name that only begins so */
    finds(t, "hans s", 2);
    finds_nobody(t, " ");
    static const char *const bad[] = {" ", "\u3164", "Anna\u202eBerg", "Anna\u200b",
                                      "\ufeffAnna"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_int_equal(say(t, named(3, bad[i]), NULL), FN_EUSAGE);
    world_settled(t);
    fn_txn_abort(t);
}

/* Names that older programs accepted, in the mirror and in the index. Their bytes stay, and the
 * present rules find them. Nothing on disk has to be upgraded, because keys are not stored. */
static void names_of_old_programs_are_found(void **state)
{
    (void)state;
    struct fn_txn *t = world_begin(&w, true);
    struct fn_buf b;
    uint64_t n_new, n_skipped;
    static const char *const old[] = {
        "Jose\u0301  Mu\u00f1oz", " \u0421\u0435\u0440\u0435\u043d\u0430 ", "An\u200bna\u202e"};
    fn_buf_init(&b, 1 << 16);
    for (uint32_t i = 0; i < 3; i++) {
        struct fn_assertion a = named(i, old[i]);
        a.seq = a.act = i + 1;
        a.time_us = 1;
        (void)snprintf(a.author, sizeof a.author, "ann");
        fn_assertion_format(&a, &b);
        fn_buf_char(&b, '\n');
    }
    assert_false(fn_buf_failed(&b));
    assert_int_equal(fn_labels_import(t, fn_buf_cstr(&b), b.len, &n_new, &n_skipped, &err), 0);
    assert_int_equal(n_new, 3);
    fn_buf_finish(&b);
    for (uint32_t i = 0; i < 3; i++)
        shown_as(t, i, old[i]);
    finds(t, "Jos\u00e9 Mu\u00f1oz", 0);
    finds(t, "jose\u0301 mun\u0303oz", 0);
    finds(t, "\u0441\u0435\u0440\u0435\u043d\u0430", 1);
    finds(t, "anna", 2);
    assert_int_equal(say(t, named(3, "JOS\u00c9 MU\u00d1OZ"), NULL), FN_EREFUSED);
    world_settled(t);
    fn_txn_abort(t);
}

static struct fn_assertion merge(uint32_t from, uint32_t into)
{
    return (struct fn_assertion){
        .kind = FN_ASSERT_MERGE, .person = world_person(from), .object = world_person(into)};
}

static void merges_make_chains_but_no_circles(void **state)
{
    (void)state;
    struct fn_txn *t = world_begin(&w, true);
    struct fn_person_id zero = world_person(0), root;
    struct fn_person_label l;
    uint64_t first, second, third;
    assert_int_equal(say(t, named(0, "Anna"), NULL), 0);
    assert_int_equal(say(t, about(FN_ASSERT_IS, 0, 0), NULL), 0);
    assert_int_equal(say(t, merge(0, 1), &first), 0);
    assert_int_equal(say(t, merge(1, 2), &second), 0);
    assert_int_equal(fn_person_resolve(t, &zero, &root), 0);
    assert_true(is(root, 2));
    assert_true(is(labels(t, 0).person, 2));
    assert_int_equal(fn_person_label_get(t, &zero, &l), 0);
    assert_string_equal(l.name, "Anna"); /* no merge loses a name */
    assert_int_equal(say(t, merge(2, 0), NULL), FN_EREFUSED);
    assert_non_null(strstr(err.text, "both are \"Anna\" already"));
    world_settled(t);
    /* undone, the other way round, and then redone: that would be the cycle */
    assert_int_equal(fn_assert_undo(t, second, "ann", NULL, &err), 0);
    assert_true(is(labels(t, 0).person, 1));
    assert_int_equal(say(t, merge(2, 1), &third), 0);
    assert_int_equal(fn_assert_redo(t, second, "ann", NULL, &err), FN_EREFUSED);
    assert_non_null(strstr(err.text, "circle"));
    assert_int_equal(fn_assert_undo(t, third, "ann", NULL, &err), 0);
    assert_int_equal(fn_assert_redo(t, second, "ann", NULL, &err), 0);
    assert_true(is(labels(t, 0).person, 2));
    world_settled(t);
    fn_txn_abort(t);
}

static void names_of_the_merged_are_undone(void **state)
{
    (void)state;
    struct fn_txn *t = world_begin(&w, true);
    uint64_t again;
    assert_int_equal(say(t, named(0, "Anna"), NULL), 0);
    assert_int_equal(say(t, merge(0, 1), NULL), 0);
    assert_int_equal(say(t, named(0, "Anna"), &again), 0);
    assert_int_equal(fn_assert_undo(t, again, "ann", NULL, &err), 0);
    world_settled(t);
    fn_txn_abort(t);
}

static void a_merge_against_a_rejection_is_refused(void **state)
{
    (void)state;
    struct fn_txn *t = world_begin(&w, true);
    assert_int_equal(say(t, about(FN_ASSERT_IS, 0, 0), NULL), 0);
    assert_int_equal(say(t, about(FN_ASSERT_NOT, 0, 1), NULL), 0);
    assert_int_equal(say(t, merge(0, 1), NULL), FN_EREFUSED);
    assert_int_equal(say(t, merge(1, 0), NULL), FN_EREFUSED);
    assert_non_null(strstr(err.text, "rejected as"));
    fn_txn_abort(t);
}

static void undo_and_redo_by_number(void **state)
{
    (void)state;
    struct fn_txn *t = world_begin(&w, true);
    uint64_t a, b, last, undo;
    assert_int_equal(fn_assert_last(t, false, &last), FN_ENOTFOUND);
    assert_int_equal(say(t, about(FN_ASSERT_IS, 0, 0), &a), 0);
    assert_int_equal(say(t, about(FN_ASSERT_IS, 1, 1), &b), 0);
    assert_int_equal(fn_assert_undo(t, 99, "ann", NULL, &err), FN_ENOTFOUND);
    assert_int_equal(fn_assert_redo(t, a, "ann", NULL, &err), FN_EREFUSED);
    assert_int_equal(fn_assert_last(t, false, &last), 0);
    assert_int_equal(last, b);
    assert_int_equal(fn_assert_undo(t, b, "ann", &undo, &err), 0);
    assert_int_equal(fn_assert_undo(t, b, "ann", NULL, &err), FN_EREFUSED);
    assert_string_equal(err.text, "L2 is undone already (L3)");
    assert_false(fn_act_in_force(t, b));
    assert_false(labels(t, 1).confirmed);
    assert_int_equal(fn_assert_last(t, false, &last), 0);
    assert_int_equal(last, a);
    assert_int_equal(fn_assert_undo(t, a, "ann", NULL, &err), 0);
    /* undo, undo, redo, redo: back in reverse order, and then there is nothing to redo */
    for (int i = 0; i < 2; i++) {
        assert_int_equal(fn_assert_last(t, true, &last), 0);
        assert_int_equal(fn_assert_redo(t, last, "ann", NULL, &err), 0);
        assert_true(labels(t, 0).confirmed);
        assert_int_equal(labels(t, 1).confirmed, i == 1);
    }
    assert_int_equal(fn_assert_last(t, true, &last), FN_ENOTFOUND);
    fn_txn_abort(t);
}

static void labels_follow_an_edited_photo(void **state)
{
    (void)state;
    struct fn_txn *t = world_begin(&w, true);
    struct fn_assertion a = {.kind = FN_ASSERT_ALIAS,
                             .face.photo = world_face_key(&w, 0, 0).photo,
                             .object_photo = world_face_key(&w, 1, 0).photo};
    struct fn_assertion b = {.kind = FN_ASSERT_ALIAS,
                             .face.photo = a.object_photo,
                             .object_photo = world_face_key(&w, 2, 0).photo};
    uint64_t first;
    assert_int_equal(say(t, about(FN_ASSERT_IS, 0, 0), NULL), 0);
    assert_int_equal(say(t, a, &first), 0);
    assert_int_equal(say(t, b, NULL), 0);
    assert_true(labels(t, 1).confirmed && labels(t, 2).confirmed);
    assert_int_equal(say(t, about(FN_ASSERT_IS, 0, 3), NULL), 0); /* also later labels */
    assert_true(is(labels(t, 2).person, 3));
    assert_int_equal(fn_assert_undo(t, first, "ann", NULL, &err), 0);
    assert_false(labels(t, 1).confirmed || labels(t, 2).confirmed);
    world_settled(t);
    fn_txn_abort(t);
}

/* ---- names by cluster labels ---- */

struct group {
    fn_face_id faces[8];
    size_t n;
};

static int gather(fn_face_id face, void *ctx)
{
    struct group *g = ctx;
    if (g->n < 8)
        g->faces[g->n++] = face;
    return 0;
}

static int find_big(const struct fn_person *p, void *ctx)
{
    if (p->n_faces < 4)
        return 0;
    *(struct fn_person_id *)ctx = p->id;
    return 1;
}

static struct fn_person_id person_of(struct fn_txn *t, fn_face_id face)
{
    struct fn_member m;
    assert_int_equal(fn_member_get(t, face, &m), 0);
    return m.person;
}

static void one_word_does_not_rename_a_group(void **state)
{
    (void)state;
    struct fn_txn *t = world_begin(&w, true);
    struct fn_person_id big, p;
    struct fn_assertion a = {.kind = FN_ASSERT_MEMBER, .person = world_person(0)};
    struct group g = {.n = 0};
    assert_int_equal(fn_person_each(t, find_big, &big), 1);
    assert_int_equal(fn_person_each_face(t, &big, gather, &g), 0);
    for (size_t i = 0; i < g.n; i++) {
        assert_int_equal(fn_face_key_of(t, g.faces[i], &a.face), 0);
        assert_int_equal(say(t, a, NULL), 0);
    }
    world_settled(t);
    p = person_of(t, g.faces[0]);
    assert_true(is(p, 0));
    a.kind = FN_ASSERT_IS; /* the last face is another person */
    a.person = world_person(1);
    assert_int_equal(say(t, a, NULL), 0);
    world_settled(t);
    p = person_of(t, g.faces[g.n - 1]);
    assert_true(is(p, 1));
    p = person_of(t, g.faces[0]);
    assert_true(is(p, 0));
    a.kind = FN_ASSERT_NOT; /* and the first is not the person of the cluster */
    a.person = world_person(0);
    assert_int_equal(fn_face_key_of(t, g.faces[0], &a.face), 0);
    assert_int_equal(say(t, a, NULL), 0);
    world_settled(t);
    p = person_of(t, g.faces[0]);
    assert_false(is(p, 0));
    p = person_of(t, g.faces[1]);
    assert_true(is(p, 0));
    struct fn_person who;
    assert_int_equal(fn_person_get(t, &p, &who), 0);
    assert_int_equal(who.n_rejected, 1);
    fn_txn_abort(t);
}

/* ---- the mirror ---- */

static void write_log(const char *path, const char *text)
{
    assert_int_equal(fn_file_write_atomic(path, text, strlen(text), 0600, &err), 0);
}

static char *read_log(const char *path)
{
    struct fn_buf b;
    fn_buf_init(&b, 1 << 20);
    assert_int_equal(fn_file_read(path, &b, &err), 0);
    return fn_buf_detach(&b);
}

static void the_mirror_follows(void **state)
{
    (void)state;
    char path[128], *one, *two, *torn;
    uint64_t n = 99;
    snprintf(path, sizeof path, "%s/labels.log", w.dir);
    assert_int_equal(fn_labels_log_check(w.store, path, &n, &err), 0);
    assert_int_equal(n, 0);
    for (uint32_t i = 0; i < 3; i++) {
        struct fn_txn *t = world_begin(&w, true);
        assert_int_equal(say(t, about(FN_ASSERT_IS, i, 0), NULL), 0);
        world_commit(t);
        if (i != 1) /* a crash between commit and mirror */
            assert_int_equal(fn_labels_log_sync(w.store, path, &err), 0);
    }
    assert_int_equal(fn_labels_log_check(w.store, path, &n, &err), 0);
    assert_int_equal(n, 3);
    one = read_log(path);
    /* a torn last line is written again */
    torn = strdup(one);
    torn[strlen(torn) - 20] = 0;
    write_log(path, torn);
    assert_int_equal(fn_labels_log_sync(w.store, path, &err), 0);
    two = read_log(path);
    assert_string_equal(one, two);
    /* another log is left unchanged */
    char *other = strdup(one), *ann = strrchr(other, 'Z');
    memcpy(ann + 2, "eve", 3);
    write_log(path, other);
    assert_int_equal(fn_labels_log_sync(w.store, path, &err), FN_EREFUSED);
    assert_int_equal(fn_labels_log_check(w.store, path, &n, &err), FN_EREFUSED);
    free(two);
    two = read_log(path);
    assert_string_equal(two, other);
    /* so is a longer one, and a file that is not a log */
    write_log(path, "9 9 2026-11-24T10:00:00.000000Z ann undo of=1\n");
    assert_int_equal(fn_labels_log_sync(w.store, path, &err), FN_EREFUSED);
    write_log(path, "dear diary\n");
    assert_int_equal(fn_labels_log_sync(w.store, path, &err), FN_EUNSUPPORTED);
    free(one);
    free(two);
    free(torn);
    free(other);
    unlink(path);
}

/* As in an index that a group shares: the label log has no owner who shuts out the others. */
static void a_group_shares_the_mirror(void **state)
{
    char path[128];
    struct stat st;
    (void)state;
    snprintf(path, sizeof path, "%s/labels.log", w.dir);
    struct fn_txn *t = world_begin(&w, true);
    assert_int_equal(say(t, about(FN_ASSERT_IS, 0, 0), NULL), 0);
    world_commit(t);
    mode_t old = umask(022);
    for (int shared = 0; shared < 2; shared++) {
        assert_int_equal(chmod(w.dir, shared ? 0770 : 0700), 0);
        assert_int_equal(fn_labels_log_sync(w.store, path, &err), 0);
        assert_int_equal(stat(path, &st), 0);
        assert_int_equal(st.st_mode & 0777, shared ? 0660 : 0600);
        unlink(path);
    }
    umask(old);
}

static void an_import_is_not_taken_twice(void **state)
{
    (void)state;
    struct world v;
    struct fn_rng r = fn_rng_init(3, 3);
    struct fn_txn *t = world_begin(&w, true), *u;
    uint64_t n_new, n_skipped;
    size_t n, m;
    for (int i = 0; i < 30; i++)
        world_say(&w, t, &r);
    char *log = world_log(t, &n), *back;
    world_open(&v, w.seed);
    u = world_begin(&v, true);
    assert_int_equal(fn_labels_import(u, log, n, &n_new, &n_skipped, &err), 0);
    assert_int_equal(n_new, fn_assert_count(t));
    assert_int_equal(n_skipped, 0);
    back = world_log(u, &m);
    assert_string_equal(log, back); /* into an empty index: with the same act numbers */
    assert_int_equal(fn_labels_import(u, log, n, &n_new, &n_skipped, &err), 0);
    assert_int_equal(n_new, 0);
    assert_int_equal(n_skipped, fn_assert_count(t));
    assert_int_equal(fn_labels_import(u, "x\n", 2, &n_new, &n_skipped, &err), FN_EUNSUPPORTED);
    assert_non_null(strstr(err.text, "line 1: "));
    free(log);
    free(back);
    fn_txn_abort(t);
    world_commit(u);
    world_close(&v);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ids_as_text),
        cmocka_unit_test(lines_come_back),
        cmocka_unit_test(times_as_text),
        cmocka_unit_test(lines_that_are_not_taken),
        cmocka_unit_test(parts_of_names),
        cmocka_unit_test_setup_teardown(near_names, open_world, close_world),
        cmocka_unit_test_setup_teardown(contradictions_are_refused, open_world, close_world),
        cmocka_unit_test_setup_teardown(names_do_not_eat_each_other, open_world, close_world),
        cmocka_unit_test_setup_teardown(names_are_compared_as_people_read_them, open_world,
                                        close_world),
        cmocka_unit_test_setup_teardown(names_of_old_programs_are_found, open_world,
                                        close_world),
        cmocka_unit_test_setup_teardown(merges_make_chains_but_no_circles, open_world,
                                        close_world),
        cmocka_unit_test_setup_teardown(names_of_the_merged_are_undone, open_world,
                                        close_world),
        cmocka_unit_test_setup_teardown(a_merge_against_a_rejection_is_refused, open_world,
                                        close_world),
        cmocka_unit_test_setup_teardown(undo_and_redo_by_number, open_world, close_world),
        cmocka_unit_test_setup_teardown(labels_follow_an_edited_photo, open_world, close_world),
        cmocka_unit_test_setup_teardown(one_word_does_not_rename_a_group, open_world,
                                        close_world),
        cmocka_unit_test_setup_teardown(the_mirror_follows, open_world, close_world),
        cmocka_unit_test_setup_teardown(a_group_shares_the_mirror, open_world, close_world),
        cmocka_unit_test_setup_teardown(an_import_is_not_taken_twice, open_world, close_world),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
