/* SPDX-License-Identifier: MIT */
/* The query language: what it matches, in which faces, and the messages for bad queries. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/buf.h"
#include "index/query/query.h"
#include "index/query/query_priv.h"
#include "tests/property/world.h"
#include "tests/unit/index_fixture.h"

static struct world w;
static struct fn_txn *t;
static struct fn_error err;

static void say(uint8_t kind, uint32_t photo, uint32_t face, uint32_t who, const char *name)
{
    struct fn_assertion a = {
        .kind = kind, .person = world_person(who), .time_us = w.clock_us++};
    if (name)
        snprintf(a.text, sizeof a.text, "%s", name);
    else
        a.face = world_face_key(&w, photo, face);
    assert_int_equal(fn_assert_append(t, &a, 1, NULL, &err), 0);
}

static uint32_t photo_with(uint32_t faces, uint32_t after)
{
    uint32_t i = after;
    while (world_faces(&w, i) != faces)
        i++;
    return i;
}

static uint32_t a, b,
    c; /* Anna alone in two; Anna and Tom in two; Anna, Tom and Anna Olsen in three faces */

static int open_world(void **state)
{
    (void)state;
    world_open(&w, 9);
    t = world_begin(&w, true);
    a = photo_with(2, 1);
    b = photo_with(2, a + 1);
    c = photo_with(3, 1);
    world_add(&w, t, a);
    world_add(&w, t, b);
    world_add(&w, t, c);
    say(FN_ASSERT_NAME, 0, 0, 0, "Anna Berg");
    say(FN_ASSERT_NAME, 0, 0, 1, "Tom");
    say(FN_ASSERT_NAME, 0, 0, 2, "Anna Olsen");
    say(FN_ASSERT_NOT, a, 1, 0, NULL); /* the second face of a is none of them */
    say(FN_ASSERT_NOT, a, 1, 1, NULL);
    say(FN_ASSERT_NOT, a, 1, 2, NULL);
    say(FN_ASSERT_IS, a, 0, 0, NULL);
    say(FN_ASSERT_IS, b, 0, 0, NULL);
    say(FN_ASSERT_IS, b, 1, 1, NULL);
    say(FN_ASSERT_IS, c, 0, 0, NULL);
    say(FN_ASSERT_IS, c, 1, 1, NULL);
    say(FN_ASSERT_IS, c, 2, 2, NULL);
    world_settled(t);
    return 0;
}

static int close_world(void **state)
{
    (void)state;
    fn_txn_abort(t);
    world_close(&w);
    return 0;
}

static int add_match(const struct fn_photo *p, const fn_face_id *faces, size_t n, void *ctx)
{
    struct fn_h128 ha = world_face_key(&w, a, 0).photo, hb = world_face_key(&w, b, 0).photo;
    char name = fn_h128_eq(&p->hash, &ha) ? 'a' : fn_h128_eq(&p->hash, &hb) ? 'b' : 'c';
    for (size_t i = 0; i < n; i++)
        assert_true(faces[i]);
    fn_buf_printf(ctx, "%c%u ", name, (unsigned)n);
    return 0;
}

/* Matches as "a1 c2 ": photo and number of faces, sorted by letter. */
static char *run(const char *text)
{
    static char out[64];
    struct fn_query *q = NULL;
    struct fn_buf found;
    size_t column = 0;
    memset(&err, 0, sizeof err);
    if (fn_query_parse(t, text, &q, &column, &err))
        fail_msg("%s: %s at %zu", text, err.text, column);
    fn_buf_init(&found, 1000);
    assert_int_equal(fn_query_run(t, q, add_match, &found), 0);
    out[0] = 0;
    for (char name = 'a'; name <= 'c'; name++) {
        const char *p = strchr(fn_buf_cstr(&found), name);
        if (p)
            snprintf(out + strlen(out), sizeof out - strlen(out), "%.3s", p);
    }
    fn_buf_finish(&found);
    fn_query_destroy(q);
    return out;
}

static void terms_match(void **state)
{
    (void)state;
    char with_date[64], path[64], id[FN_PERSON_TEXT];
    struct fn_person_id tom = world_person(1);
    fn_person_text(&tom, id);
    assert_string_equal(run(""), "a2 b2 c3 ");
    assert_string_equal(run("tom"), "b1 c1 ");
    assert_string_equal(run(id), "b1 c1 ");
    assert_string_equal(run("\"anna berg\""), "a1 b1 c1 ");
    assert_string_equal(run("anna berg"), "a1 b1 c1 ");
    assert_string_equal(run("Berg"), "a1 b1 c1 ");
    assert_string_equal(run("anna b"), "a1 b1 c1 ");
    assert_string_equal(run("anna  berg tom"), "b2 c2 ");
    assert_string_equal(run("tom anna olsen anna berg"), "c3 ");
    assert_string_equal(run("anna berg not tom"), "a1 ");
    assert_string_equal(run("not anna berg"), "");
    assert_string_equal(run("anna\\ berg"), "a1 b1 c1 ");
    assert_string_equal(run("only:anna berg,tom"), "b2 ");
    assert_string_equal(run("only:tom , anna berg"), "b2 ");
    assert_string_equal(run("only:tom,anna berg date:..2100"),
                        run("only:tom,berg date:..2100"));
    assert_string_equal(run("with:anna olsen"), "c1 ");
    assert_string_equal(run("\"anna berg\" tom"), "b2 c2 ");
    assert_string_equal(run("\"anna berg\" and not tom"), "a1 ");
    assert_string_equal(run("tom or \"anna o\""), "b1 c2 ");
    assert_string_equal(run("not (tom or \"anna o\")"), "a2 ");
    assert_string_equal(run("only:\"anna berg\",tom"), "b2 ");
    assert_string_equal(run("only:tom"), "");
    assert_string_equal(run("with:unknown"), "a1 ");
    assert_string_equal(run("with:tom"), "b1 c1 ");
    assert_string_equal(run("faces:2"), "a2 b2 ");
    assert_string_equal(run("faces:=3"), "c3 ");
    assert_string_equal(run("faces:>=2"), "a2 b2 c3 ");
    assert_string_equal(run("faces>2"), "c3 ");
    assert_string_equal(run("state:confirmed"), "a1 b2 c3 ");
    assert_string_equal(run("state:unknown"), "a1 ");
    assert_string_equal(run("size>=100px"), "a2 b2 c3 ");
    assert_string_equal(run("size>195"), "a1 b1 c1 ");
    assert_string_equal(run("tom size>195"), "");
    assert_string_equal(run("not tom size>195"), "a1 ");
    assert_string_equal(run("p>=0.9 tom"), "b1 c1 ");
    assert_string_equal(run("quality>=0"), "a2 b2 c3 ");
    assert_string_equal(run("path:trip/*.jpg"), "a2 b2 c3 ");
    assert_string_equal(run("path:/photos/trip"), "a2 b2 c3 ");
    snprintf(path, sizeof path, "path:**/p%02u.*", b);
    assert_string_equal(run(path), "b2 ");
    assert_string_equal(run("path:*.jpg"), "");
    assert_string_equal(run("path:trip"), "a2 b2 c3 "); /* everything below it */
    assert_string_equal(run("path:tri"), "");
    assert_string_equal(run("path:[t]rip/*.jpg"), ""); /* no sets in queries */
    assert_string_equal(run("missing:yes"), "");
    world_remove(&w, t, a);
    assert_string_equal(run("missing:yes"), "a2 ");
    assert_string_equal(run("state:confirmed"), "b2 c3 ");
    world_add(&w, t, a);
    struct fn_civil day = fn_unix_to_civil(1000000000 + (int64_t)c * 86400);
    if (c % 5) {
        snprintf(with_date, sizeof with_date, "date:%04d-%02d-%02d tom", day.year, day.month,
                 day.day);
        assert_string_equal(run(with_date), "c1 ");
        assert_string_equal(run("date:..2001 tom"),
                            strchr(run("tom date:2001"), 'c') ? run("tom date:2001") : "");
        assert_string_equal(run("date:2002.. tom"), "");
    }
}

static void complaints_say_where(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        size_t column;
        const char *says;
    } bad[] = {
        {"tom pahts:x", 5, "unknown key 'pahts'; did you mean 'path'?"},
        {"qqqqq:x", 1, "unknown key 'qqqqq'; the keys are only, with,"},
        {"tmo", 1, "nobody is called 'tmo'; did you mean Tom?"},
        {"T\u00d6m", 1, "nobody is called 'T\u00d6m'; did you mean Tom?"}, /* one letter off */
        {"tom and olssen", 9, "nobody is called 'olssen'; did you mean Anna Olsen?"},
        {"tom xyzzy", 5, "nobody is called 'xyzzy'. All people: fnq people list"},
        {"tom 2019", 5, "a date is written date:2019"},
        {"tom 2019-06", 5, "a date is written date:2019-06"},
        {"anna", 1, "'anna' is ambiguous: Anna "},
        {"tom anna", 5, "'anna' is ambiguous: Anna "},
        {"tom and", 8, "something is missing at the end"},
        {"not", 4, "something is missing at the end"},
        {"(tom", 1, "not closed"},
        {"tom )", 5, "not opened"},
        {"tom or or", 8, "is missing before 'or'"},
        {"tom (and anna)", 6, "is missing before 'and'"},
        {"\"tom", 1, "a quote that is not closed"},
        {"tom \"\"", 5, "an empty name"},
        {"only:tom,", 10, "a name is expected here"},
        {"only:,tom", 6, "a name is expected here"},
        {"only:tom,(olsen)", 10, "a name is expected here"},
        {"only:tom, olssen", 11, "nobody is called 'olssen'"},
        {"with:olssen", 6, "nobody is called 'olssen'"},
        {"with:\"unknown\"", 6, "nobody is called 'unknown'"},
        {"faces:many", 7, "faces: needs a number"},
        {"faces:1.5", 7, "faces: needs a number"},
        {"date:2019-13", 6, "date: needs"},
        {"date:2019-02-30", 6, "date: needs"},
        {"date:2020..2019", 6, "ends before it begins"},
        {"date:..", 6, "date: needs"},
        {"date:2019..x", 12, "date: needs"},
        {"state:confirmd", 7, "did you mean 'confirmed'?"},
        {"quality>=2", 10, "from 0 to 1"},
        {"size>=80cm", 7, "pixels"},
        {"path:", 6, "path: needs a value directly after it, as in path:trips/**"},
        {"((((((((((((((((((((((((tom))))))))))))))))))))))))", 17, "nested deeper"},
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct fn_query *q = NULL;
        size_t column = 0;
        assert_int_equal(fn_query_parse(t, bad[i].text, &q, &column, &err), FN_EUSAGE);
        if (column != bad[i].column || !strstr(err.text, bad[i].says))
            fail_msg("%s: \"%s\" at %zu", bad[i].text, err.text, column);
    }
}

static int count_match(const struct fn_photo *p, const fn_face_id *faces, size_t n, void *ctx)
{
    (void)p;
    (void)faces;
    assert_int_equal(n, 0);
    ++*(unsigned *)ctx;
    return 0;
}

static unsigned matches(struct fn_txn *of, const char *text)
{
    struct fn_query *q = NULL;
    size_t column = 0;
    unsigned n = 0;
    fx_check(fn_query_parse(of, text, &q, &column, &err), &err);
    assert_int_equal(fn_query_run(of, q, count_match, &n), 0);
    fn_query_destroy(q);
    return n;
}

/* An index in which no photo has a face, as after the first photos of a landscape. */
static void photos_without_faces_match(void **state)
{
    (void)state;
    struct fx f;
    fx_new(&f, 0);
    struct fn_txn *of = fx_begin(&f, true);
    fx_ingest(&f, of, "sea.jpg", 1, 0);
    fx_ingest(&f, of, "hill.jpg", 2, 0);
    assert_int_equal(matches(of, ""), 2);
    assert_int_equal(matches(of, "faces:0"), 2);
    assert_int_equal(matches(of, "faces>0"), 0);
    assert_int_equal(matches(of, "with:unknown"), 0);
    assert_int_equal(matches(of, "not with:unknown"), 2);
    assert_int_equal(matches(of, "path:sea.jpg and not size>10"), 1);
    assert_int_equal(matches(of, "state:unknown or (faces:0 path:hill.jpg)"), 1);
    fx_commit(of);
    fx_remove(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(terms_match, open_world, close_world),
        cmocka_unit_test_setup_teardown(complaints_say_where, open_world, close_world),
        cmocka_unit_test(photos_without_faces_match),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
