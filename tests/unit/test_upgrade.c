/* SPDX-License-Identifier: MIT */
/* Older formats. An index of format 1, as the last program that wrote it left it
 * (tests/golden/index-1.txt), is upgraded in place. All persons stay the same, all faces are
 * clustered again afterwards, and a process that is killed meanwhile leaves one format or the
 * other.
 *
 * The file has a line per record: table, key, value, in hex. In values, "xx*n," stands for n
 * times the byte xx. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include <lmdb.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "engine/base/endian.h"
#include "engine/base/hex.h"
#include "engine/base/rng.h"
#include "index/doctor/doctor.h"
#include "index/ingest/update.h"
#include "index/people/people.h"
#include "index/store/tables.h"
#include "tests/unit/index_fixture.h"

enum { MEMBERS_MAX = 64, VALUE_MAX = 1 << 12 };

struct old_member {
    fn_face_id face;
    struct fn_person_id person;
    uint64_t group;
};
static struct old_member members[MEMBERS_MAX];
static size_t n_members, n_said, n_asserts;

static size_t unhex(const char *s, uint8_t *out)
{
    size_t n = 0;
    while (*s && *s != '\n') {
        uint8_t b = 0;
        size_t times = 1;
        assert_int_equal(fn_hex_decode(&b, s, 1), 0);
        s += 2;
        if (*s == '*') {
            char *end;
            times = strtoul(s + 1, &end, 10);
            assert_true(*end == ',');
            s = end + 1;
        }
        assert_true(n + times <= VALUE_MAX);
        memset(out + n, b, times);
        n += times;
    }
    return n;
}

static void remember(const char *table, const uint8_t *key, const uint8_t *v)
{
    if (!strcmp(table, "member")) {
        struct old_member *m = &members[n_members++];
        assert_true(n_members <= MEMBERS_MAX);
        m->face = fn_get_be32(key);
        memcpy(m->person.b, v + 4, sizeof m->person.b);
        m->group = fn_get_le64(v + 20);
    }
    n_said += !strcmp(table, "people_index") && key[0] == 'L';
    n_asserts += !strcmp(table, "assert");
}

static void put(MDB_txn *t, char *line)
{
    static uint8_t key[512], v[VALUE_MAX];
    char *save = NULL, *table = strtok_r(line, " ", &save), *k = strtok_r(NULL, " ", &save),
         *value = strtok_r(NULL, " ", &save);
    MDB_dbi dbi;
    assert_non_null(value);
    MDB_val mk = {.mv_data = key, .mv_size = unhex(k, key)},
            mv = {.mv_data = v, .mv_size = unhex(value, v)};
    assert_int_equal(mdb_dbi_open(t, table, MDB_CREATE, &dbi), 0);
    assert_int_equal(mdb_put(t, dbi, &mk, &mv, 0), 0);
    remember(table, key, v);
}

/* The old index in a directory of its own. */
static void make(struct fx *f)
{
    char path[512], *line = NULL;
    size_t size = 0;
    const char *tmp = getenv("TMPDIR");
    MDB_env *env;
    MDB_txn *t;
    n_members = n_said = n_asserts = 0;
    snprintf(path, sizeof path, "%s/tests/golden/index-1.txt", getenv("FN_SOURCE_DIR"));
    FILE *in = fopen(path, "r");
    assert_non_null(in);
    *f = (struct fx){.root = 1};
    snprintf(f->dir, sizeof f->dir, "%s/fn-upgrade-XXXXXX", tmp ? tmp : "/tmp");
    assert_non_null(mkdtemp(f->dir));
    assert_int_equal(mdb_env_create(&env), 0);
    assert_int_equal(mdb_env_set_maxdbs(env, 64), 0);
    assert_int_equal(mdb_env_set_mapsize(env, 1 << 24), 0);
    assert_int_equal(mdb_env_open(env, f->dir, 0, 0600), 0);
    assert_int_equal(mdb_txn_begin(env, NULL, 0, &t), 0);
    while (getline(&line, &size, in) > 0)
        put(t, line);
    assert_int_equal(mdb_txn_commit(t), 0);
    mdb_env_close(env);
    free(line);
    assert_int_equal(fclose(in), 0);
    assert_true(n_members == 30 && n_said && n_asserts == 38);
}

static int count_faces(const struct fn_person *p, void *ctx)
{
    *(size_t *)ctx += p->n_faces;
    return 0;
}

static void everybody_is_who_they_were(struct fn_txn *t)
{
    size_t n = 0;
    for (size_t i = 0; i < n_members; i++) {
        struct fn_member m;
        fx_check(fn_member_get(t, members[i].face, &m), NULL);
        assert_memory_equal(m.person.b, members[i].person.b, sizeof m.person.b);
        assert_true(m.group == members[i].group);
    }
    fx_check(fn_person_each(t, count_faces, &n), NULL);
    assert_int_equal(n, n_members);
    assert_int_equal(fn_assert_count(t), n_asserts);
}

static void opened_for_reading(void **state)
{
    (void)state;
    struct fx f;
    struct fn_error err = {0};
    struct fn_people_wait w;
    struct fn_person p;
    uint64_t good;
    make(&f);
    fx_check(fn_store_open(f.dir, FN_STORE_READ, &f.store, &err), &err);
    struct fn_txn *t = fx_begin(&f, false);
    everybody_is_who_they_were(t);
    assert_int_equal(fn_tab_count(t, FN_T_SAID), n_said);
    fx_check(fn_people_waiting(t, &w), NULL);
    assert_true(w.regroup && w.total == 31);
    fx_check(fn_faces_good(t, &good), NULL);
    assert_int_equal(good, 30); /* one is labelled as not a face */
    fx_check(fn_person_find(t, "Anna", &p, &err), &err);
    assert_int_equal(p.n_rejected, 1);
    fn_txn_abort(t);
    assert_int_equal(fx_doctor(&f, true), FN_FIND_OK);
    fx_remove(&f);
}

static void grouped_anew(void **state)
{
    (void)state;
    struct fx f;
    struct fn_error err = {0};
    struct fn_assertion a = {.kind = FN_ASSERT_IS, .person = {{9}}, .time_us = 1};
    struct fn_people_wait w;
    struct fn_member m;
    size_t left = 1;
    uint64_t diff;
    make(&f);
    fx_check(fn_store_open(f.dir, FN_STORE_WRITE, &f.store, &err), &err);
    struct fn_txn *t = fx_begin(&f, true);
    everybody_is_who_they_were(t);
    /* labels made before the new clustering are in effect immediately */
    fx_check(fn_face_key_of(t, members[3].face, &a.face), NULL);
    fx_check(fn_assert_append(t, &a, 1, NULL, &err), &err);
    fx_check(fn_index_commit(t, &err), &err);
    t = fx_begin(&f, false);
    fx_check(fn_member_get(t, members[3].face, &m), NULL);
    assert_memory_equal(m.person.b, a.person.b, sizeof m.person.b);
    fn_txn_abort(t);
    for (size_t i = 0; left; i++) {
        assert_true(i < 200);
        t = fx_begin(&f, true);
        fx_check(fn_people_settle(t, 5, &left, &err), &err);
        fx_commit(t);
    }
    t = fx_begin(&f, false);
    fx_check(fn_people_waiting(t, &w), NULL);
    assert_true(!w.regroup && !w.faces);
    fx_check(fn_people_check(t, &diff, &err), &err);
    assert_int_equal(diff, 0);
    fx_check(fn_member_get(t, members[3].face, &m), NULL);
    assert_memory_equal(m.person.b, a.person.b, sizeof m.person.b);
    fn_txn_abort(t);
    assert_int_equal(fx_doctor(&f, true), FN_FIND_OK);
    fx_remove(&f);
}

static int open_and_leave(const char *dir)
{
    struct fn_store *s = NULL;
    if (fn_store_open(dir, FN_STORE_WRITE, &s, NULL))
        return 1;
    fn_store_close(s);
    return 0;
}

static void killed_meanwhile(void **state)
{
    (void)state;
    struct fn_rng r = fn_rng_init(4, 4);
    for (int i = 0; i < 12; i++) {
        struct fx f;
        struct fn_error err = {0};
        make(&f);
        pid_t pid = fork();
        assert_true(pid >= 0);
        if (pid == 0)
            _exit(open_and_leave(f.dir));
        const struct timespec ts = {0, (long)fn_rng_below(&r, 4000000)};
        nanosleep(&ts, NULL);
        kill(pid, SIGKILL);
        int status;
        assert_int_equal(waitpid(pid, &status, 0), pid);
        fx_check(fn_store_open(f.dir, FN_STORE_WRITE, &f.store, &err), &err);
        struct fn_txn *t = fx_begin(&f, false);
        everybody_is_who_they_were(t);
        fn_txn_abort(t);
        assert_int_equal(fx_doctor(&f, true), FN_FIND_OK);
        fx_remove(&f);
    }
}

/* ---- format 2 ---- */

static void clear(struct fn_txn *t, enum fn_table table)
{
    struct fn_cur c;
    int rc = fn_cur_open(t, table, &c);
    if (!rc)
        rc = fn_cur_seek(&c, NULL, 0);
    for (; !rc; rc = fn_cur_next(&c))
        fx_check(fn_cur_del(&c, NULL), NULL);
    fn_cur_close(&c);
}

/* One confirmed face, whose photo is gone: in format 2 it was nobody's. */
static fn_face_id make_gone(struct fx *f)
{
    static const enum fn_table people[] = {
        FN_T_MEMBER,       FN_T_GROUP,  FN_T_GROUP_FACES, FN_T_PERSON_GROUPS,
        FN_T_PERSON_FACES, FN_T_PERSON, FN_T_WAITING};
    struct fn_error err = {0};
    struct fn_assertion a = {.kind = FN_ASSERT_IS, .person = {{9}}, .time_us = 1};
    fn_face_id face;
    size_t n;
    fx_new(f, 0);
    struct fn_txn *t = fx_begin(f, true);
    fn_photo_id photo = fx_ingest(f, t, "a.jpg", 1, 1);
    fx_check(fn_face_ids_of_photo(t, photo, &face, 1, &n), NULL);
    fx_check(fn_face_key_of(t, face, &a.face), NULL);
    fx_check(fn_assert_append(t, &a, 1, NULL, &err), &err);
    fx_check(fn_path_delete(t, f->root, "a.jpg", &err), &err);
    fx_check(fn_people_settle(t, 0, NULL, &err), &err);
    for (size_t i = 0; i < sizeof people / sizeof *people; i++)
        clear(t, people[i]);
    fx_check(fn_meta_put_u64(t, "format", 2, &err), &err);
    fx_check(fn_meta_put_u64(t, "min_reader", 2, &err), &err);
    fx_commit(t);
    return face;
}

static void confirmed_faces_come_back(void **state)
{
    (void)state;
    struct fx f;
    struct fn_error err = {0};
    struct fn_member m;
    uint64_t format;
    fn_face_id face = make_gone(&f);
    fx_reopen(&f, FN_STORE_READ);
    struct fn_txn *t = fx_begin(&f, false);
    assert_int_equal(fn_member_get(t, face, &m), FN_ENOTFOUND);
    fn_txn_abort(t);
    fx_reopen(&f, FN_STORE_WRITE);
    t = fx_begin(&f, true);
    fx_check(fn_meta_get_u64(t, "min_reader", &format), NULL);
    assert_int_equal(format, FN_FORMAT_VERSION);
    fx_check(fn_people_settle(t, 0, NULL, &err), &err);
    fx_commit(t);
    t = fx_begin(&f, false);
    fx_check(fn_member_get(t, face, &m), NULL);
    assert_int_equal(m.person.b[0], 9);
    fn_txn_abort(t);
    assert_int_equal(fx_doctor(&f, true), FN_FIND_OK);
    fx_remove(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(opened_for_reading),
        cmocka_unit_test(grouped_anew),
        cmocka_unit_test(killed_meanwhile),
        cmocka_unit_test(confirmed_faces_come_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
