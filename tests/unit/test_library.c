/* SPDX-License-Identifier: MIT */
/* A program other than fnq. It includes only headers of the library (lint.library). It opens
 * indexes, labels, names, queries, splits and undoes, all in one process. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/library/act_log.h"
#include "cli/library/label_faces.h"
#include "cli/library/name_person.h"
#include "cli/library/people_list.h"
#include "cli/library/review.h"
#include "cli/library/split_person.h"
#include "tests/unit/made_index.h"

static struct fn_error err;

static void must(int rc)
{
    if (rc)
        fail_msg("%d: %s", rc, err.text);
}

static struct fn_library *open_index(const struct made_index *m)
{
    const struct fnl_choice choice = {.index = m->index, .no_daemon = true};
    struct fn_library *lib = NULL;
    must(fnl_create(&choice, &lib, &err));
    return lib;
}

/* The facts about the one face that the query finds. */
static struct fnl_fact ask(struct fn_library *lib, const char *query)
{
    struct fnl_targets l = {0};
    struct fnl_fact f;
    must(fnl_read_begin(lib, &err));
    must(fnl_targets_add_query(lib, &l, query, &err));
    assert_int_equal(l.n, 1);
    must(fnl_fact_get(fnl_txn(lib), l.t[0].face, &f, &err));
    must(fnl_fact_judge(fnl_txn(lib), &f, &err));
    fnl_read_end(lib);
    fnl_targets_finish(&l);
    return f;
}

static uint64_t label(struct fn_library *lib, const char *query, const char *who)
{
    struct fnl_fact f = ask(lib, query);
    struct fnl_labelling l = {.kind = FN_ASSERT_IS, .who = who, .faces = &f.rec.id, .n = 1};
    struct fnl_act_result r;
    must(fnl_label_faces(lib, FNL_KEEP, &l, &r, &err));
    assert_int_equal(r.n_changed, 1);
    return r.act;
}

static uint64_t name(struct fn_library *lib, const char *who, const char *to)
{
    struct fnl_naming n = {.who = who, .name = to};
    struct fnl_act_result r;
    must(fnl_name_person(lib, FNL_KEEP, &n, &r, &err));
    return r.act;
}

static uint64_t undo(struct fn_library *lib, uint64_t act)
{
    struct fnl_undoing u = {.act = act};
    struct fnl_act_result r;
    must(fnl_undo(lib, FNL_KEEP, &u, &r, &err));
    return r.act;
}

static uint32_t faces_of(struct fn_library *lib, const char *who)
{
    struct fn_person p;
    must(fnl_read_begin(lib, &err));
    must(fnl_person_find(fnl_txn(lib), who, &p, &err));
    fnl_read_end(lib);
    return p.n_faces;
}

static size_t people_in(struct fn_library *lib)
{
    struct fnl_people l;
    must(fnl_read_begin(lib, &err));
    must(fnl_people_list(fnl_txn(lib), &(struct fnl_people_choice){.all = true}, &l, &err));
    fnl_read_end(lib);
    size_t n = l.n;
    fnl_people_finish(&l);
    return n;
}

static size_t log_of(struct fn_library *lib)
{
    struct fnl_log log;
    must(fnl_read_begin(lib, &err));
    must(fnl_log_read(fnl_txn(lib), 1, &log, &err));
    fnl_read_end(lib);
    size_t n = log.n_total;
    fnl_log_finish(&log);
    return n;
}

/* Names the first of the people to be named Ann. */
static void name_the_first(struct fn_library *lib)
{
    struct fnl_review_people people;
    char id[FN_PERSON_TEXT];
    must(fnl_read_begin(lib, &err));
    must(fnl_review_people(fnl_txn(lib), 1, 1, &people, &err));
    fnl_read_end(lib);
    assert_int_equal(people.n, 1);
    assert_int_equal(people.p[0].n_faces, 10);
    fnl_person_short(&people.p[0].id, id);
    fnl_review_people_finish(&people);
    (void)name(lib, id, "Ann");
}

static size_t doubtful_faces(struct fn_library *lib)
{
    struct fnl_review_faces faces;
    must(fnl_read_begin(lib, &err));
    must(fnl_review_faces(fnl_txn(lib), 3, 100, &faces, &err));
    fnl_read_end(lib);
    assert_int_equal(faces.n, 3);
    assert_string_equal(faces.f[0].person.name, "Ann");
    size_t n = faces.n_total;
    fnl_review_faces_finish(&faces);
    return n;
}

/* The photos of Ann are of 2000 (six), 2010 and unknown date (four). */
static uint64_t split_by_age(struct fn_library *lib)
{
    struct fnl_split s;
    struct fnl_taking k = {.as = "Ann's mother"};
    struct fnl_act_result r;
    bool taken[16];
    must(fnl_read_begin(lib, &err));
    must(fnl_split_load(fnl_txn(lib), "Ann", &s, &err));
    fnl_read_end(lib);
    assert_int_equal(s.n, 10);
    must(fnl_split_find(&s, FNL_SPLIT_AGE, &err));
    assert_int_equal(s.n_parts, 2);
    must(fnl_split_choose_part(&s, "B", taken, &err));
    must(fnl_split_take(lib, FNL_KEEP, &s, taken, &k, &r, &err));
    assert_true(r.new_person);
    assert_int_equal(r.n_changed, 4);
    fnl_split_finish(&s);
    return r.act;
}

static void a_round(void **state)
{
    struct made_index made;
    (void)state;
    made_index_open(&made);
    struct fn_library *lib = open_index(&made);
    size_t n_people = people_in(lib);
    name_the_first(lib);
    uint64_t tom = label(lib, "path:stranger.jpg", "Tom");
    fnl_destroy(lib);

    /* the second time in this process */
    lib = open_index(&made);
    struct fnl_fact f = ask(lib, "path:stranger.jpg");
    assert_int_equal(f.state, FNL_CONFIRMED);
    assert_string_equal(f.person.name, "Tom");
    f = ask(lib, "path:person-0/3.jpg");
    assert_int_equal(f.state, FNL_SUGGESTED);
    assert_string_equal(f.person.name, "Ann");
    assert_true(f.person.has_d && f.person.p > .8);
    assert_int_equal(doubtful_faces(lib), 10);
    uint64_t split = split_by_age(lib);
    assert_int_equal(faces_of(lib, "Ann"), 6);
    assert_int_equal(faces_of(lib, "Ann's mother"), 4);
    assert_int_equal(people_in(lib), n_people + 1);

    (void)undo(lib, split);
    assert_int_equal(faces_of(lib, "Ann"), 10);
    (void)undo(lib, tom);
    assert_int_equal(ask(lib, "path:stranger.jpg").state, FNL_UNKNOWN);
    assert_int_equal(people_in(lib), n_people);
    assert_int_equal(log_of(lib), 5);
    fnl_destroy(lib);
    made_index_remove(&made);
}

/* Handles are independent: two indexes are open at the same time. */
static void two_indexes(void **state)
{
    struct made_index made[2];
    struct fn_library *lib[2];
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        made_index_open(&made[i]);
        lib[i] = open_index(&made[i]);
    }
    (void)label(lib[0], "path:stranger.jpg", "Tom");
    (void)label(lib[1], "path:stranger.jpg", "Cleo");
    (void)label(lib[1], "path:person-1/1.jpg", "Tom");
    assert_string_equal(ask(lib[0], "path:stranger.jpg").person.name, "Tom");
    assert_string_equal(ask(lib[1], "path:stranger.jpg").person.name, "Cleo");
    assert_int_equal(log_of(lib[0]), 1);
    assert_int_equal(log_of(lib[1]), 2);

    /* An index may be open only once in a process. A second handle gets an error, and the first
     * continues to work. */
    struct fn_library *again = open_index(&made[0]);
    assert_true(fnl_read_begin(again, &err) < 0);
    assert_true(err.text[0] != '\0');
    fnl_destroy(again);
    assert_string_equal(ask(lib[0], "path:stranger.jpg").person.name, "Tom");
    for (size_t i = 0; i < 2; i++) {
        fnl_destroy(lib[i]);
        made_index_remove(&made[i]);
    }
}

/* If a handle does not find its index, the message names the path. */
static void no_index(void **state)
{
    struct made_index nowhere = {.index = "/nowhere/at/all"};
    struct fn_library *lib = open_index(&nowhere);
    (void)state;
    assert_true(fnl_read_begin(lib, &err) < 0);
    assert_non_null(strstr(err.text, "/nowhere/at/all"));
    struct fnl_naming n = {.who = "Ann", .name = "Bob"};
    struct fnl_act_result r;
    assert_true(fnl_name_person(lib, FNL_KEEP, &n, &r, &err) < 0);
    fnl_destroy(lib);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_round),
        cmocka_unit_test(two_indexes),
        cmocka_unit_test(no_index),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
