/* SPDX-License-Identifier: MIT */
/* Protocols of engine/eval: reading folders and lists, generated lists, and slices. */
#include <errno.h>
#include <ftw.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "engine/base/file.h"
#include "engine/base/rng.h"
#include "engine/eval/protocols.h"
#include "engine/eval/slices.h"

static void near(double got, double want, double within, int line)
{
    if (!(fabs(got - want) <= within))
        fail_msg("line %d: %.17g is not within %g of %.17g", line, got, within, want);
}
#define NEAR(got, want, within) near((double)(got), (double)(want), within, __LINE__)

static char root[64];

static void put(const char *name, const char *text)
{
    char path[256];
    (void)snprintf(path, sizeof path, "%s/%s", root, name);
    char *slash = strrchr(path, '/');
    *slash = '\0';
    assert_int_equal(fn_mkdirs(path, 0755, NULL), 0);
    *slash = '/';
    assert_int_equal(fn_file_write_atomic(path, text, strlen(text), 0644, NULL), 0);
}

static const char *at(const char *name)
{
    static char path[256];
    (void)snprintf(path, sizeof path, "%s/%s", root, name);
    return path;
}

static int make_root(void **state)
{
    (void)state;
    (void)snprintf(root, sizeof root, "/tmp/fn-eval-XXXXXX");
    if (!mkdtemp(root))
        return -1;
    char name[64];
    for (int p = 0; p < 12; p++)
        for (int i = 1; i <= 5; i++) {
            (void)snprintf(name, sizeof name, "faces/P%02d/P%02d_%04d.jpg", p, p, i);
            put(name, "x");
        }
    put("faces/P00/notes.txt", "no picture");
    put("faces/.hidden/a.jpg", "x");
    return 0;
}

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *where)
{
    (void)st;
    (void)kind;
    (void)where;
    return remove(path);
}

static int remove_root(void **state)
{
    (void)state;
    return nftw(root, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

static void folders_are_people(void **state)
{
    struct fn_eval_set s = {0};
    struct fn_error err = {0};
    size_t n;
    (void)state;
    assert_int_equal(fn_eval_set_folders(&s, at("faces"), NULL, &err), 0);
    assert_int_equal(s.n, 60);
    assert_int_equal(s.n_people, 12);
    assert_string_equal(s.people[3], "P03");
    assert_non_null(strstr(s.pictures[7].path, "/P01/P01_0003.jpg"));
    assert_int_equal(fn_eval_picture(&s, s.pictures[7].path, 0, &n), 0);
    assert_int_equal(n, 7); /* known: not added again */
    assert_int_equal(s.n, 60);
    fn_eval_set_free(&s);

    put("some.txt", "P05\n# a remark\n\nP02\n");
    char list[256];
    (void)snprintf(list, sizeof list, "%s", at("some.txt"));
    assert_int_equal(fn_eval_set_folders(&s, at("faces"), list, &err), 0);
    assert_int_equal(s.n_people, 2);
    assert_string_equal(s.people[0], "P05");
    fn_eval_set_free(&s);
    assert_int_equal(fn_eval_set_folders(&s, at("faces/.hidden/none"), NULL, &err), -ENOENT);
    fn_eval_set_free(&s);
}

static int read_lfw(const char *text, struct fn_eval_set *s, struct fn_eval_pairs *p,
                    struct fn_error *err)
{
    char list[256];
    put("pairs.txt", text);
    (void)snprintf(list, sizeof list, "%s", at("pairs.txt"));
    *s = (struct fn_eval_set){0};
    *p = (struct fn_eval_pairs){0};
    return fn_eval_pairs_lfw(s, at("faces"), list, p, err);
}

static void lfw_lists_have_folds(void **state)
{
    struct fn_eval_set s;
    struct fn_eval_pairs p;
    struct fn_error err = {0};
    (void)state;
    assert_int_equal(
        read_lfw("2\t1\nP00\t1\t2\nP00\t1\tP01\t4\nP02\t3\t5\nP03\t1\tP04\t1\n", &s, &p, &err),
        0);
    assert_int_equal(p.n, 4);
    assert_int_equal(p.n_folds, 2);
    assert_true(p.v[0].same && !p.v[1].same && p.v[2].same && !p.v[3].same);
    assert_int_equal(p.v[1].fold, 0);
    assert_int_equal(p.v[2].fold, 1);
    assert_int_equal(p.v[0].a, p.v[1].a); /* one picture has one number */
    assert_non_null(strstr(s.pictures[p.v[1].b].path, "P01/P01_0004.jpg"));
    fn_eval_set_free(&s);
    fn_eval_pairs_free(&p);

    assert_int_equal(read_lfw("2\nP00\t1\t2\nP00\t1\t3\nP00\t1\tP01\t4\n", &s, &p, &err), 0);
    assert_int_equal(p.n_folds, 1);
    fn_eval_set_free(&s);
    fn_eval_pairs_free(&p);

    static const struct {
        const char *text;
        int code;
        const char *says;
    } bad[] = {{"2\t1\nP00\tone\t2\n", FN_EUSAGE, "line 2"},
               {"ten folds\n", FN_EUSAGE, "line 1"},
               {"0\n", FN_EUSAGE, "line 1"},
               {"1\t1\n../faces/P00\t1\t2\n", FN_EUSAGE, "line 2"},
               {"1\t1\nP00\t1\t9\n", -ENOENT, "P00_0009"},
               {"1\t1\n", FN_EUSAGE, "no pairs"}};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        err = (struct fn_error){0};
        assert_int_equal(read_lfw(bad[i].text, &s, &p, &err), bad[i].code);
        assert_non_null(strstr(err.text, bad[i].says));
        fn_eval_set_free(&s);
        fn_eval_pairs_free(&p);
    }
}

static void lists_of_paths(void **state)
{
    struct fn_eval_set s = {0};
    struct fn_eval_pairs p = {0};
    struct fn_error err = {0};
    char list[256];
    (void)state;
    put("list.csv",
        "first,second,same,fold\nfaces/P00/P00_0001.jpg, faces/P00/P00_0002.jpg,1,7\n"
        "faces/P00/P00_0001.jpg,faces/P01/P01_0002.jpg,0,3\n");
    (void)snprintf(list, sizeof list, "%s", at("list.csv"));
    assert_int_equal(fn_eval_pairs_list(&s, list, &p, &err), 0);
    assert_int_equal(p.n, 2);
    assert_int_equal(s.n, 3);
    /* empty folds do not count */
    assert_int_equal(p.n_folds, 2);
    assert_int_equal(p.v[0].fold, 1);
    assert_int_equal(p.v[1].fold, 0);
    assert_true(p.v[0].same && !p.v[1].same);
    fn_eval_set_free(&s);
    fn_eval_pairs_free(&p);
    put("list.csv", "faces/P00/P00_0001.jpg,faces/P00/P00_0002.jpg,1\nwhat,is,this\n");
    assert_int_equal(fn_eval_pairs_list(&s, list, &p, &err), FN_EUSAGE);
    assert_non_null(strstr(err.text, "line 2"));
    fn_eval_set_free(&s);
    fn_eval_pairs_free(&p);
}

static void made_pairs_keep_people_apart(void **state)
{
    struct fn_eval_set s = {0};
    struct fn_eval_pairs p = {0}, q = {0};
    uint32_t fold[12];
    size_t same = 0, pair_of[60][60] = {{0}};
    (void)state;
    assert_int_equal(fn_eval_set_folders(&s, at("faces"), NULL, NULL), 0);
    assert_int_equal(fn_eval_pairs_make(&s, 4, 1000, 5, &p, NULL), 0);
    assert_int_equal(fn_eval_pairs_make(&s, 4, 1000, 5, &q, NULL), 0);
    assert_int_equal(p.n, q.n);
    for (size_t i = 0; i < p.n; i++)
        assert_true(p.v[i].a == q.v[i].a && p.v[i].b == q.v[i].b && p.v[i].fold == q.v[i].fold);
    memset(fold, 0xff, sizeof fold);
    for (size_t i = 0; i < p.n; i++) {
        const struct fn_eval_pair *v = &p.v[i];
        uint32_t who[2] = {s.pictures[v->a].person, s.pictures[v->b].person};
        assert_int_equal(v->same, who[0] == who[1]);
        assert_int_not_equal(v->a, v->b);
        for (int k = 0; k < 2; k++) {
            assert_true(fold[who[k]] == UINT32_MAX || fold[who[k]] == v->fold);
            fold[who[k]] = v->fold;
        }
        same += v->same;
        pair_of[v->a][v->b] += v->same;
        assert_true(pair_of[v->a][v->b] <= 1);
    }
    assert_int_equal(same, 12 * 10); /* all that exist */
    assert_int_equal(p.n, 2 * same);
    fn_eval_pairs_free(&p);
    fn_eval_pairs_free(&q);
    assert_int_equal(fn_eval_pairs_make(&s, 4, 7, 5, &p, NULL), 0);
    assert_int_equal(p.n, 4 * 2 * 7); /* sampled */
    fn_eval_pairs_free(&p);
    fn_eval_set_free(&s);
}

static void videos_are_runs_of_frames(void **state)
{
    struct fn_eval_videos v = {0};
    struct fn_eval_pairs p = {0};
    struct fn_error err = {0};
    char name[64], list[256];
    (void)state;
    for (int person = 0; person < 3; person++)
        for (int i = 0; i < 8; i++) {
            (void)snprintf(name, sizeof name, "films/Q%d/%d/%d.jpg", person, i / 4, i);
            put(name, "x");
        }
    assert_int_equal(fn_eval_videos_read(&v, at("films"), &err), 0);
    assert_int_equal(v.n, 6);
    assert_int_equal(v.set.n_people, 3);
    assert_string_equal(v.v[3].name, "Q1/1");
    assert_int_equal(v.v[3].n, 4);
    assert_int_equal(v.v[3].first, 12);
    put("films/splits.txt",
        "split, first, second, same\n1, Q0/0, Q0/1, 1\n2, Q1/0, Q2/1, x, 0\n");
    (void)snprintf(list, sizeof list, "%s", at("films/splits.txt"));
    assert_int_equal(fn_eval_videos_splits(&v, list, &p, &err), 0);
    assert_int_equal(p.n, 2);
    assert_true(p.v[0].same && !p.v[1].same && p.v[1].fold == 1 && p.v[1].b == 5);
    fn_eval_pairs_free(&p);
    put("films/splits.txt", "1, Q0/0, Q0/7, 1\n");
    assert_int_equal(fn_eval_videos_splits(&v, list, &p, &err), -ENOENT);
    fn_eval_pairs_free(&p);
    assert_int_equal(fn_eval_videos_make(&v, 1, 100, 1, &p, &err), 0);
    assert_int_equal(p.n, 6);
    fn_eval_pairs_free(&p);
    fn_eval_videos_free(&v);
}

static void video_distances_are_means(void **state)
{
    enum { A = 5, B = 3, DIM = 8 };
    float x[A + B][DIM], mean[2][DIM] = {{0}};
    struct fn_rng rng = fn_rng_init(1, 1);
    double sum = 0;
    (void)state;
    for (int i = 0; i < A + B; i++) {
        double length = 0;
        for (int c = 0; c < DIM; c++) {
            x[i][c] = (float)(fn_rng_uniform(&rng) - .4);
            length += (double)x[i][c] * (double)x[i][c];
        }
        for (int c = 0; c < DIM; c++) {
            x[i][c] /= (float)sqrt(length);
            mean[i >= A][c] += x[i][c] / (i < A ? A : B);
        }
    }
    for (int i = 0; i < A; i++)
        for (int j = A; j < A + B; j++)
            for (int c = 0; c < DIM; c++) {
                double d = (double)x[i][c] - (double)x[j][c];
                sum += d * d / (A * B);
            }
    NEAR(fn_eval_video_d2(mean[0], mean[1], DIM), sum, 1e-5);
}

struct seen {
    char names[32][128];
    size_t counts[32], n;
};

static int remember(const char *name, const size_t *pairs, size_t n, void *ctx)
{
    struct seen *s = ctx;
    (void)pairs;
    assert_true(s->n < 32);
    (void)snprintf(s->names[s->n], sizeof s->names[0], "%s", name);
    s->counts[s->n++] = n;
    return 0;
}

static size_t count_of(const struct seen *s, const char *name)
{
    for (size_t i = 0; i < s->n; i++)
        if (strcmp(s->names[i], name) == 0)
            return s->counts[i];
    return 0;
}

static void slices_by_numbers_and_words(void **state)
{
    struct fn_eval_set s = {0};
    struct fn_eval_pairs p = {0};
    struct fn_attributes a;
    struct seen seen = {.n = 0};
    struct fn_error err = {0};
    static char csv[8192];
    char list[256];
    size_t n = (size_t)snprintf(csv, sizeof csv, "file,age,pose\n");
    (void)state;
    /* ages 20, 30 .. 60 by picture; in the first two pictures of each person the face looks
     * ahead */
    for (int person = 0; person < 12; person++)
        for (int i = 1; i <= 5; i++)
            n += (size_t)snprintf(csv + n, sizeof csv - n, "P%02d/P%02d_%04d.jpg,%d,%s\n",
                                  person, person, i, 10 + 10 * i, i <= 2 ? "front" : "side");
    put("attributes.csv", csv);
    (void)snprintf(list, sizeof list, "%s", at("attributes.csv"));
    assert_int_equal(fn_eval_set_folders(&s, at("faces"), NULL, NULL), 0);
    /* genuine pairs only, all of them: 12 people x 10 */
    assert_int_equal(fn_eval_pairs_make(&s, 1, 1000, 5, &p, NULL), 0);
    p.n /= 2;
    assert_int_equal(fn_attributes_read(&a, &s, list, &err), 0);
    assert_int_equal(a.n_unknown, 0);
    assert_true(a.columns[0].numeric && !a.columns[1].numeric);
    assert_int_equal(fn_attributes_each_slice(&a, &p, remember, &seen, NULL), 0);
    /* differences: 10 (4 per person), 20 (3), 30 (2), 40 (1); equal values stay together */
    assert_int_equal(count_of(&seen, "age difference 10 to 10"), 48);
    assert_int_equal(count_of(&seen, "age difference 20 to 20"), 36);
    assert_int_equal(count_of(&seen, "pose both side"), 36);
    assert_int_equal(count_of(&seen, "pose not equal"), 72);
    assert_int_equal(count_of(&seen, "pose both front"), 0); /* 12 pairs are too few */
    fn_attributes_free(&a);
    put("attributes.csv", "file,age\nX/X_0001.jpg,5\n");
    assert_int_equal(fn_attributes_read(&a, &s, list, &err), FN_EUSAGE);
    fn_eval_pairs_free(&p);
    fn_eval_set_free(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(folders_are_people),
        cmocka_unit_test(lfw_lists_have_folds),
        cmocka_unit_test(lists_of_paths),
        cmocka_unit_test(made_pairs_keep_people_apart),
        cmocka_unit_test(videos_are_runs_of_frames),
        cmocka_unit_test(video_distances_are_means),
        cmocka_unit_test(slices_by_numbers_and_words),
    };
    return cmocka_run_group_tests(tests, make_root, remove_root);
}
