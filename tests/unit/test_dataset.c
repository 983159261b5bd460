/* SPDX-License-Identifier: MIT */
/* Data sets: layouts, splits, lists, order, errors, frames. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/base/file.h"
#include "engine/base/paths.h"
#include "engine/train/dataset.h"
#include "tests/unit/local_pictures.h"
#include "tests/unit/made_picture.h"

static char root[64];

static int make_root(void **state)
{
    (void)state;
    snprintf(root, sizeof root, "/tmp/fn-dataset-XXXXXX");
    return mkdtemp(root) ? 0 : -1;
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
    (void)st;
    (void)type;
    (void)ftw;
    return remove(path);
}

static int remove_root(void **state)
{
    (void)state;
    return nftw(root, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

static const char *at(const char *rel)
{
    static char path[FN_PATH_MAX];
    snprintf(path, sizeof path, "%s/%s", root, rel);
    return path;
}

/* Writes a file and creates its folders. */
static void put(const char *rel, const void *p, size_t n)
{
    char path[FN_PATH_MAX];
    struct fn_error err = {0};
    snprintf(path, sizeof path, "%s", at(rel));
    char *slash = strrchr(path, '/');
    *slash = '\0';
    assert_int_equal(fn_mkdirs(path, 0700, &err), 0);
    *slash = '/';
    if (fn_file_write_atomic(path, p, n, 0600, &err))
        fail_msg("%s", err.text);
}

static void put_text(const char *rel, const char *text)
{
    put(rel, text, strlen(text));
}

static struct fn_dataset *scan(void)
{
    struct fn_dataset *d = NULL;
    struct fn_error err = {0};
    if (fn_dataset_scan(root, &d, &err))
        fail_msg("%s", err.text);
    return d;
}

/* The message without the root, which has another name each time. */
static const char *refusal(int code)
{
    static char text[512];
    struct fn_dataset *d = NULL;
    struct fn_error err = {0};
    assert_int_equal(fn_dataset_scan(root, &d, &err), code);
    assert_int_equal(err.code, code);
    assert_null(d);
    assert_null(strchr(err.text, '\n'));
    char *hit = strstr(err.text, root);
    snprintf(text, sizeof text, "%.*s%s", (int)(hit ? hit - err.text : 0), err.text,
             hit ? hit + strlen(root) : err.text);
    return text;
}

static const char *name(const struct fn_dataset *d, size_t i)
{
    return d->samples[i].path + d->samples[i].name_at;
}

static void test_folder_per_person(void **state)
{
    (void)state;
    put_text("Zoe_B/Zoe_B_0002.jpg", "z2");
    put_text("Zoe_B/Zoe_B_0001.JPG", "z1");
    put_text("Zoe_B/notes.txt", "no picture");
    put_text("Zoe_B/.hidden.jpg", "passed over");
    put_text("Al/1.png", "a");
    put_text("\xc3\x89mile/x.webp", "e");
    put_text("readme.md", "");
    assert_int_equal(mkdir(at("Nobody"), 0700), 0);
    struct fn_dataset *d = scan();
    assert_int_equal(d->n, 4);
    assert_int_equal(d->n_people, 3);
    assert_int_equal(d->n_empty, 1);
    assert_int_equal(d->n_ignored, 2);
    assert_int_equal(d->n_unreadable, 0);
    assert_string_equal(d->people[0], "Al");
    assert_string_equal(d->people[1], "Zoe_B");
    assert_string_equal(d->people[2], "\xc3\x89mile");
    assert_string_equal(name(d, 0), "Al/1.png");
    assert_string_equal(name(d, 1), "Zoe_B/Zoe_B_0001.JPG");
    assert_string_equal(name(d, 2), "Zoe_B/Zoe_B_0002.jpg");
    assert_int_equal(d->samples[2].person, 1);
    assert_int_equal(d->samples[3].split, FN_SPLIT_TRAIN);
    struct fn_h128 want = fn_hash128("z2", 2);
    assert_true(fn_h128_eq(&d->samples[2].hash, &want));
    fn_dataset_destroy(d);
}

static void test_collections_and_split(void **state)
{
    size_t people, samples;
    (void)state;
    put_text("one/001/a.jpg", "1");
    put_text("one/002/a.jpg", "2");
    put_text("two/001/a.jpg", "3");
    put_text("two/001/b.jpg", "4");
    put_text("split.csv", "set,identity,split\none,001,train\none,002,val\r\ntwo,001,test\n"
                          "gone,\"x \"\"y\"\", z\",train\n");
    struct fn_dataset *d = scan();
    assert_int_equal(d->n, 4);
    assert_int_equal(d->n_people, 3);
    assert_int_equal(d->n_ignored, 0);
    assert_string_equal(d->people[2], "two/001");
    assert_int_equal(d->people_split[0], FN_SPLIT_TRAIN);
    assert_int_equal(d->people_split[1], FN_SPLIT_VALIDATION);
    assert_int_equal(d->samples[3].split, FN_SPLIT_TEST);
    fn_dataset_count(d, FN_SPLIT_TEST, &people, &samples);
    assert_int_equal(people, 1);
    assert_int_equal(samples, 2);
    fn_dataset_destroy(d);
}

static void test_folders_named_after_splits(void **state)
{
    (void)state;
    put_text("train/ann/a.jpg", "1");
    put_text("val/bob/a.jpg", "2");
    struct fn_dataset *d = scan();
    assert_int_equal(d->n_people, 2);
    assert_string_equal(d->people[0], "ann");
    assert_int_equal(d->samples[1].split, FN_SPLIT_VALIDATION);
    assert_string_equal(name(d, 1), "val/bob/a.jpg");
    fn_dataset_destroy(d);
    put_text("val/ann/b.jpg", "3");
    assert_string_equal(refusal(FN_EUSAGE), "'': 'ann' is both in train and in validation");
}

static void test_refused_folders(void **state)
{
    (void)state;
    assert_string_equal(refusal(FN_EUSAGE), "'' holds no folders: each person needs one");
    put_text("loose.jpg", "x");
    assert_string_equal(refusal(FN_EUSAGE), "'' holds no folders: each person needs one");
    assert_int_equal(mkdir(at("ann"), 0700), 0);
    assert_string_equal(refusal(FN_EUSAGE), "'' has no people with pictures");
    put_text("set/ann/a.jpg", "x");
    put_text("set/ann/deeper/a.jpg", "x");
    assert_string_equal(refusal(FN_EUSAGE),
                        "'/set/ann' holds a folder, 'deeper', where pictures "
                        "of one person belong");
    put_text("mixed/a.jpg", "x");
    put_text("mixed/b/a.jpg", "x");
    assert_string_equal(refusal(FN_EUSAGE), "'/mixed' holds both pictures and folders: is it a "
                                            "person or a collection of people?");
}

static void test_no_folder(void **state)
{
    struct fn_dataset *d = NULL;
    struct fn_error err = {0};
    (void)state;
    assert_int_equal(fn_dataset_scan(at("none"), &d, &err), -ENOENT);
    assert_non_null(strstr(err.text, "cannot read folder '"));
    assert_int_equal(fn_dataset_scan("", &d, &err), FN_EUSAGE);
    if (geteuid() == 0) /* root may read everything */
        return;
    put_text("ann/a.jpg", "x");
    assert_int_equal(chmod(at("ann"), 0), 0);
    assert_int_equal(fn_dataset_scan(root, &d, &err), -EACCES);
    assert_int_equal(chmod(at("ann"), 0700), 0);
}

static void test_refused_splits(void **state)
{
    (void)state;
    put_text("ann/a.jpg", "x");
    put_text("bob/a.jpg", "y");
    put_text("split.csv", "identity,split\nann,train\n");
    assert_string_equal(refusal(FN_EUSAGE), "'bob' has a folder but no line in split.csv: it "
                                            "must say where everyone belongs");
    put_text("split.csv", "identity,split\nann,train\nbob,test\nann,val\n");
    assert_non_null(strstr(refusal(FN_EUSAGE), "'ann' is both in "));
    put_text("split.csv", "identity,split\nann,train\nbob,maybe\n");
    assert_string_equal(refusal(FN_EUSAGE),
                        "'/split.csv' line 3: 'maybe' is not train, val, validation or test");
    put_text("split.csv", "identity,split\nann,train\nbob\n");
    assert_string_equal(refusal(FN_EUSAGE),
                        "'/split.csv' line 3: not the 2 fields of the header");
    put_text("split.csv", "identity,split\n\"ann,train\n");
    assert_string_equal(refusal(FN_EUSAGE),
                        "'/split.csv' line 2: not the 2 fields of the header");
    put_text("split.csv", "");
    assert_non_null(strstr(refusal(FN_EUSAGE), "names the columns identity and split"));
    put("split.csv", "identity,split\nann\0,train\n", 25);
    assert_non_null(strstr(refusal(FN_EUSAGE), "NUL byte"));
}

static void test_missing_and_shared_files(void **state)
{
    (void)state;
    put_text("ann/a.jpg", "same");
    put_text("bob/a.jpg", "same");
    put_text("bob/b.jpg", "other");
    assert_int_equal(symlink("nowhere", at("bob/c.jpg")), 0);
    struct fn_dataset *d = scan();
    assert_int_equal(d->n, 4);
    assert_int_equal(d->n_unreadable, 1);
    assert_int_equal(d->n_shared, 2);
    assert_true(fn_h128_is_zero(&d->samples[3].hash));
    fn_dataset_destroy(d);
}

static struct fn_h128 id_of(void)
{
    struct fn_dataset *d = scan();
    struct fn_h128 id = d->id;
    fn_dataset_destroy(d);
    return id;
}

/* The id depends on names, contents and splits, and not on the location of the folder. */
static void test_id(void **state)
{
    char other[FN_PATH_MAX];
    struct fn_dataset *d = NULL;
    struct fn_error err = {0};
    (void)state;
    put_text("x/ann/a.jpg", "1");
    put_text("x/bob/a.jpg", "2");
    struct fn_h128 first = id_of(), again = id_of();
    assert_true(fn_h128_eq(&first, &again));
    put_text("x/bob/a.jpg", "3");
    again = id_of();
    assert_false(fn_h128_eq(&first, &again));
    put_text("x/bob/a.jpg", "2");
    put_text("split.csv", "set,identity,split\nx,ann,train\nx,bob,val\n");
    again = id_of();
    assert_false(fn_h128_eq(&first, &again));
    assert_int_equal(unlink(at("split.csv")), 0);
    snprintf(other, sizeof other, "%s", at("x"));
    assert_int_equal(fn_dataset_scan(other, &d, &err), 0);
    again = d->id;
    fn_dataset_destroy(d);
    assert_false(fn_h128_eq(&first, &again)); /* ann is another name than x/ann */
    put_text("moved/x/ann/a.jpg", "1");
    put_text("moved/x/bob/a.jpg", "2");
    snprintf(other, sizeof other, "%s//", at("moved"));
    assert_int_equal(fn_dataset_scan(other, &d, &err), 0);
    assert_true(fn_h128_eq(&first, &d->id));
    fn_dataset_destroy(d);
}

static void test_list(void **state)
{
    struct fn_image m = picture_pattern(200, 100);
    struct fn_source jpeg = picture_jpeg(&m, 90);
    uint8_t *bytes = picture_bytes(&jpeg);
    struct fn_dataset *d = NULL;
    struct fn_error err = {0};
    (void)state;
    put("p/one.jpg", bytes, jpeg.size);
    put_text("list.tsv", "# a comment\n"
                         "p/one.jpg\tbob\t\t0.5\t0.25\t0.1\t0.4\n"
                         "\n"
                         "p/one.jpg\tann\tval\t0.1\t0.2\t0.2\t0.2\r\n"
                         "p/one.jpg\tbob\t0.1\t0.2\t0.2\t0.2\n"
                         "p/gone.jpg\tcy\n"
                         "p/gone.jpg\tcy\ttrain\n");
    if (fn_dataset_from_list(at("list.tsv"), &local_pictures, &d, &err))
        fail_msg("%s", err.text);
    assert_int_equal(d->n, 4);
    assert_int_equal(d->n_people, 3);
    assert_int_equal(d->n_repeated, 1);
    assert_int_equal(d->n_unreadable, 1);
    assert_int_equal(d->n_shared, 2); /* one face, labelled ann and bob */
    assert_string_equal(name(d, 0), "p/one.jpg");
    assert_int_equal(d->samples[0].split, FN_SPLIT_VALIDATION);
    assert_true(d->samples[2].has_face);
    assert_false(d->samples[2].looked);
    /* .5 .25 .1 .4 of 200 x 100: 20 x 40 px at (100, 25); the square of 40 around (110, 45) */
    float x, y;
    fn_similarity_apply(d->samples[2].face, 0, 0, &x, &y);
    assert_float_equal(x, 90, 1e-4);
    assert_float_equal(y, 25, 1e-4);
    fn_similarity_apply(d->samples[2].face, 1, 1, &x, &y);
    assert_float_equal(x, 130, 1e-4);
    assert_float_equal(y, 65, 1e-4);
    assert_false(fn_h128_eq(&d->samples[1].key, &d->samples[2].key));
    assert_true(fn_h128_eq(&d->samples[1].hash, &d->samples[2].hash));
    assert_true(fn_h128_eq(&d->samples[0].key, &d->samples[1].key)); /* the same face */
    fn_dataset_destroy(d);
    free(bytes);
    close(jpeg.fd);
    fn_image_destroy(&m);
}

static void refuse_list(const char *text, const char *want)
{
    struct fn_dataset *d = NULL;
    struct fn_error err = {0};
    put_text("list.tsv", text);
    assert_int_equal(fn_dataset_from_list(at("list.tsv"), &local_pictures, &d, &err),
                     FN_EUSAGE);
    assert_null(d);
    if (!strstr(err.text, want))
        fail_msg("'%s' does not hold '%s'", err.text, want);
}

static void test_refused_lists(void **state)
{
    struct fn_dataset *d = NULL;
    struct fn_error err = {0};
    (void)state;
    refuse_list("", "has no people with pictures");
    refuse_list("a.jpg\n", "line 1: 1 fields");
    refuse_list("a.jpg\tann\n\tbob\n", "line 2: no path");
    refuse_list("a.jpg\t\n", "line 1: no person");
    refuse_list("a.jpg\tann\tsometimes\n", "'sometimes' is not train");
    refuse_list("a.jpg\tann\t0\t0\t1\n", "line 1: 5 fields");
    refuse_list("a.jpg\tann\t0\t0\t1\tx\n", "'x' is not a number of a box");
    refuse_list("a.jpg\tann\t0\t0\t1\tnan\n", "'nan' is not a number of a box");
    refuse_list("a.jpg\tann\t2\t0\t.1\t.1\n", "the box is not in the picture");
    refuse_list("a.jpg\tann\t0\t0\t0\t.1\n", "the box is not in the picture");
    refuse_list("a.jpg\tann\ttrain\nb.jpg\tann\tval\n",
                "'ann' is both in train and in validation");
    assert_int_equal(fn_dataset_from_list(at("none"), &local_pictures, &d, &err), -ENOENT);
}

static void test_frames(void **state)
{
    char file[FN_PATH_MAX];
    struct fn_error err = {0};
    size_t n = 99;
    (void)state;
    put_text("ann/a.jpg", "1");
    put_text("ann/b.jpg", "2");
    put_text("bob/a.jpg", "3");
    snprintf(file, sizeof file, "%s", at("frames"));
    struct fn_dataset *d = scan(), *e = scan();
    struct fn_h128 without = d->id;
    const struct fn_similarity face = {31.4159274f, -1.0f / 3, 1e-7f, 12345.678f};
    assert_int_equal(fn_dataset_frames_load(d, file, "det 1", &n, &err), -ENOENT);
    d->samples[0].face = face;
    d->samples[0].has_face = d->samples[0].looked = true;
    d->samples[2].looked = true;
    assert_int_equal(fn_dataset_refresh_id(d, &err), 0);
    assert_false(fn_h128_eq(&without, &d->id));
    assert_int_equal(fn_dataset_frames_save(d, file, "det 1", &err), 0);
    assert_int_equal(fn_dataset_frames_load(e, file, "det 2", &n, &err), FN_EVERSION);
    assert_int_equal(n, 99);
    if (fn_dataset_frames_load(e, file, "det 1", &n, &err))
        fail_msg("%s", err.text);
    assert_int_equal(n, 2);
    assert_true(e->samples[0].has_face);
    assert_memory_equal(&e->samples[0].face, &face, sizeof face);
    assert_false(e->samples[1].looked);
    assert_true(e->samples[2].looked);
    assert_false(e->samples[2].has_face);
    assert_true(fn_h128_eq(&d->id, &e->id));
    fn_dataset_destroy(d);
    fn_dataset_destroy(e);
}

static void test_broken_frames(void **state)
{
    static const char *const broken[] = {
        "00000000000000000000000000000000\n",
        "00000000000000000000000000000000\t+\n",
        "0000000000000000000000000000000\t-\n",
        "00000000000000000000000000000000\t1\t2\t3\n",
        "00000000000000000000000000000000\t1\t2\t3\tinf\n",
        "00000000000000000000000000000000\t0\t0\t3\t4\n",
        "00000000000000000000000000000000\t1\t2\t3\t4\t5\n",
    };
    struct fn_error err = {0};
    (void)state;
    put_text("ann/a.jpg", "1");
    struct fn_dataset *d = scan();
    for (size_t i = 0; i < sizeof broken / sizeof *broken; i++) {
        char text[256];
        snprintf(text, sizeof text, "# facenetd frames 1\tx\n%s", broken[i]);
        put_text("frames", text);
        assert_int_equal(fn_dataset_frames_load(d, at("frames"), "x", NULL, &err), FN_ECORRUPT);
        assert_non_null(strstr(err.text, "line 2: "));
    }
    put_text("frames", "");
    assert_int_equal(fn_dataset_frames_load(d, at("frames"), "x", NULL, &err), FN_EVERSION);
    assert_false(d->samples[0].looked);
    fn_dataset_destroy(d);
}

/* A box that the user gave is used even if the detector finds nothing in it. */
static void test_given_box_stays(void **state)
{
    struct fn_image m = picture_pattern(50, 50);
    struct fn_source png = picture_png(&m);
    uint8_t *bytes = picture_bytes(&png);
    struct fn_dataset *d = NULL;
    struct fn_error err = {0};
    char file[FN_PATH_MAX];
    (void)state;
    put("a.png", bytes, png.size);
    put_text("list", "a.png\tann\t0.2\t0.2\t0.5\t0.5\na.png\tbob\n");
    snprintf(file, sizeof file, "%s", at("frames"));
    assert_int_equal(fn_dataset_from_list(at("list"), &local_pictures, &d, &err), 0);
    for (size_t i = 0; i < 2; i++) {
        d->samples[i].looked = true;
        d->samples[i].has_face = false;
    }
    assert_int_equal(fn_dataset_frames_save(d, file, "x", &err), 0);
    fn_dataset_destroy(d);
    assert_int_equal(fn_dataset_from_list(at("list"), &local_pictures, &d, &err), 0);
    assert_int_equal(fn_dataset_frames_load(d, file, "x", NULL, &err), 0);
    assert_true(d->samples[0].looked && d->samples[0].has_face);
    assert_true(d->samples[1].looked && !d->samples[1].has_face);
    fn_dataset_destroy(d);
    free(bytes);
    close(png.fd);
    fn_image_destroy(&m);
}

static void test_hold_out(void **state)
{
    char rel[32];
    size_t people, rest;
    struct fn_error err = {0};
    uint8_t before[200];
    (void)state;
    for (int i = 0; i < 200; i++) {
        snprintf(rel, sizeof rel, "p%03d/a.jpg", i);
        put_text(rel, rel);
    }
    struct fn_dataset *d = scan();
    struct fn_h128 id = d->id;
    assert_int_equal(fn_dataset_hold_out(d, 0.15, 7, FN_SPLIT_VALIDATION, &err), 0);
    fn_dataset_count(d, FN_SPLIT_VALIDATION, &people, NULL);
    assert_in_range(people, 12, 50);
    assert_false(fn_h128_eq(&id, &d->id));
    memcpy(before, d->people_split, sizeof before);
    fn_dataset_destroy(d);
    /* A new person does not move the others. */
    put_text("a-newcomer/a.jpg", "x");
    d = scan();
    assert_int_equal(fn_dataset_hold_out(d, 0.15, 7, FN_SPLIT_VALIDATION, &err), 0);
    assert_memory_equal(before, d->people_split + 1, sizeof before);
    fn_dataset_count(d, FN_SPLIT_TRAIN, &rest, NULL);
    assert_in_range(rest, 150, 190);
    assert_int_equal(fn_dataset_hold_out(d, 1.0, 7, FN_SPLIT_VALIDATION, &err), FN_EUSAGE);
    fn_dataset_destroy(d);
}

static void test_development_data(void **state)
{
    const char *dir = picture_shared("data/train");
    struct fn_dataset *d = NULL;
    struct fn_error err = {0};
    size_t people, samples;
    (void)state;
    if (!dir) {
        print_message("skipped: no data/train in the shared folder\n");
        skip();
    }
    if (fn_dataset_scan(dir, &d, &err))
        fail_msg("%s", err.text);
    fn_dataset_count(d, FN_SPLIT_TRAIN, &people, &samples);
    assert_int_equal(people, 553);
    assert_int_equal(samples, 10259);
    fn_dataset_count(d, FN_SPLIT_VALIDATION, &people, &samples);
    assert_int_equal(people, 98);
    assert_int_equal(samples, 1845);
    assert_int_equal(d->n_unreadable, 0);
    assert_int_equal(d->n_shared, 0);
    fn_dataset_destroy(d);
}

/* Two faces of ann in one photo and one of bob, given with their frames. The id does not depend
 * on the folder. */
static void test_items(void **state)
{
    char path[FN_PATH_MAX], moved[FN_PATH_MAX];
    struct fn_dataset *d = NULL, *other = NULL;
    struct fn_error err = {0};
    (void)state;
    put_text("a/p/one.jpg", "1");
    put_text("b/p/one.jpg", "1");
    snprintf(path, sizeof path, "%s", at("a/p/one.jpg"));
    snprintf(moved, sizeof moved, "%s", at("b/p/one.jpg"));
    struct fn_dataset_item item[] = {
        {path, "bob", strlen(path) - 9, {.5f, .1f, .2f, .2f}, {50, 1, 60, 7}},
        {path, "ann", strlen(path) - 9, {.3f, .1f, .2f, .2f}, {40, 2, 30, 8}},
        {path, "ann", strlen(path) - 9, {.1f, .1f, .2f, .2f}, {30, 3, 10, 9}},
    };
    assert_int_equal(fn_dataset_from_items(item, 3, "index", &d, &err), 0);
    assert_int_equal(d->n, 3);
    assert_int_equal(d->n_people, 2);
    assert_int_equal(d->n_repeated, 0);
    assert_int_equal(d->n_shared, 0);
    assert_string_equal(name(d, 0), "p/one.jpg");
    for (size_t i = 0; i < 3; i++) { /* by person, then box: the last comes first */
        assert_true(d->samples[i].has_face && d->samples[i].looked);
        assert_memory_equal(&d->samples[i].face, &item[2 - i].frame, sizeof item[0].frame);
        item[i].path = moved;
    }
    assert_int_equal(fn_dataset_from_items(item, 3, "index", &other, &err), 0);
    assert_true(fn_h128_eq(&d->id, &other->id));
    fn_dataset_destroy(d);
    fn_dataset_destroy(other);
    assert_int_equal(fn_dataset_from_items(item, 0, "index", &d, &err), FN_EUSAGE);
}

int main(void)
{
#define IN_ROOT(f) cmocka_unit_test_setup_teardown(f, make_root, remove_root)
    const struct CMUnitTest tests[] = {
        IN_ROOT(test_folder_per_person),
        IN_ROOT(test_collections_and_split),
        IN_ROOT(test_folders_named_after_splits),
        IN_ROOT(test_refused_folders),
        IN_ROOT(test_no_folder),
        IN_ROOT(test_refused_splits),
        IN_ROOT(test_missing_and_shared_files),
        IN_ROOT(test_id),
        IN_ROOT(test_list),
        IN_ROOT(test_refused_lists),
        IN_ROOT(test_items),
        IN_ROOT(test_frames),
        IN_ROOT(test_broken_frames),
        IN_ROOT(test_given_box_stays),
        IN_ROOT(test_hold_out),
        cmocka_unit_test(test_development_data),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
