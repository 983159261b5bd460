/* SPDX-License-Identifier: MIT */
/* A program other than fnq that has only pictures. It indexes them, asks who is in them, and
 * labels. It includes only headers of the library (lint.library). Needs models and photos:
 * FACENETD_TEST_MODELS, FACENETD_TEST_PHOTOS. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/library/indexing.h"
#include "cli/library/label_faces.h"
#include "cli/library/look.h"
#include "cli/library/people_list.h"
#include "tests/unit/made_index.h"

static struct made_index made; /* only its folder */
static const char *models;
static char photos[256];
static struct fn_error err;

static void must(int rc)
{
    if (rc)
        fail_msg("%d: %s", rc, err.text);
}

static struct fn_library *open_index(void)
{
    const struct fnl_choice choice = {.index = made.index, .models = models, .no_daemon = true};
    struct fn_library *lib = NULL;
    must(fnl_create(&choice, &lib, &err));
    return lib;
}

/* The path of a file in the folder that is indexed. */
static const char *at(const char *name, char path[160])
{
    (void)snprintf(path, 160, "%s/%s", made.photos, name);
    return path;
}

static void copy(const char *from, const char *name)
{
    char path[160], part[4096];
    FILE *in = fopen(from, "rb"), *out = fopen(at(name, path), "wb");
    size_t n;
    if (!in || !out)
        fail_msg("%s cannot be copied to %s", from, path);
    while ((n = fread(part, 1, sizeof part, in)) > 0)
        assert_int_equal(fwrite(part, 1, n, out), n);
    (void)fclose(in);
    assert_int_equal(fclose(out), 0);
}

static void copy_sample(const char *sample, const char *name)
{
    char from[300];
    (void)snprintf(from, sizeof from, "%s/%s", photos, sample);
    copy(from, name);
}

static enum fnl_file_end index_file(struct fn_library *lib, const char *name, uint32_t *n_faces)
{
    struct fnl_indexed_file f;
    char path[160];
    must(fnl_index_file(lib, at(name, path), &f, &err));
    if (n_faces)
        *n_faces = f.n_faces;
    return f.end;
}

/* The people in this file. Release the result with fnl_look_finish. */
static void look(struct fn_library *lib, const char *name, struct fnl_look *ret)
{
    static char path[160];
    must(fnl_look(lib, at(name, path), 0, ret, &err));
    if (ret->code)
        fail_msg("%s: %s", name, ret->err.text);
}

static void label_first(struct fn_library *lib, const char *name, const char *who)
{
    struct fnl_look l;
    look(lib, name, &l);
    assert_true(l.indexed && l.n > 0);
    struct fnl_labelling act = {
        .kind = FN_ASSERT_IS, .who = who, .faces = &l.faces[0].fact.rec.id, .n = 1};
    struct fnl_act_result r;
    must(fnl_label_faces(lib, FNL_KEEP, &act, &r, &err));
    assert_true(r.new_person);
    fnl_look_finish(&l);
}

static void expect_first(struct fn_library *lib, const char *name, enum fnl_state state,
                         const char *who)
{
    struct fnl_look l;
    look(lib, name, &l);
    assert_true(l.n > 0);
    assert_int_equal(l.faces[0].fact.state, state);
    assert_string_equal(l.faces[0].fact.person.name, who);
    fnl_look_finish(&l);
}

static void pictures_become_an_index(void **state)
{
    struct fnl_look l;
    uint32_t n_faces = 0;
    (void)state;
    copy_sample("sample1.jpg", "a.jpg");
    copy_sample("sample1.jpg", "twin.jpg");
    copy_sample("sample2.jpg", "later.jpg");

    struct fn_library *lib = open_index();
    assert_int_equal(index_file(lib, "a.jpg", &n_faces), FNL_FILE_NEW);
    assert_true(n_faces > 0);
    assert_int_equal(index_file(lib, "a.jpg", NULL), FNL_FILE_UNCHANGED);
    look(lib, "a.jpg", &l);
    assert_true(l.indexed);
    assert_int_equal(l.n, n_faces);
    fnl_look_finish(&l);
    label_first(lib, "a.jpg", "Ann");
    expect_first(lib, "a.jpg", FNL_CONFIRMED, "Ann");
    fnl_destroy(lib);

    /* Opened again. A copy is the same photo; a worker processes any other picture. */
    lib = open_index();
    expect_first(lib, "a.jpg", FNL_CONFIRMED, "Ann");
    assert_int_equal(index_file(lib, "twin.jpg", NULL), FNL_FILE_KNOWN);
    expect_first(lib, "twin.jpg", FNL_CONFIRMED, "Ann");
    look(lib, "later.jpg", &l);
    assert_false(l.indexed);
    size_t n_later = l.n;
    assert_true(n_later > 0);
    fnl_look_finish(&l);
    assert_int_equal(index_file(lib, "later.jpg", &n_faces), FNL_FILE_NEW);
    assert_int_equal(n_faces, n_later);
    fnl_destroy(lib);
}

static void what_is_no_picture_is_said(void **state)
{
    struct fnl_indexed_file f;
    char path[160];
    (void)state;
    FILE *out = fopen(at("notes.txt", path), "w");
    assert_non_null(out);
    (void)fputs("no picture\n", out);
    assert_int_equal(fclose(out), 0);
    struct fn_library *lib = open_index();
    assert_int_equal(fnl_index_file(lib, path, &f, &err), FN_EUNSUPPORTED);
    assert_int_equal(f.end, FNL_FILE_OTHER);
    assert_true(fnl_index_file(lib, at("nowhere.jpg", path), &f, &err) < 0);
    fnl_destroy(lib);
}

static int make_folder(void **state)
{
    (void)state;
    made_index_folders(&made);
    return 0;
}

static int remove_folder(void **state)
{
    (void)state;
    made_index_remove(&made);
    return 0;
}

int main(void)
{
    const char *dir = getenv("FACENETD_TEST_PHOTOS");
    models = getenv("FACENETD_TEST_MODELS");
    (void)snprintf(photos, sizeof photos, "%s/sample1.jpg", dir ? dir : "");
    if (!models || !dir || access(photos, R_OK)) {
        (void)printf("skipped: models or photos are missing (FACENETD_TEST_MODELS, "
                     "FACENETD_TEST_PHOTOS with sample1.jpg)\n");
        return 77;
    }
    (void)snprintf(photos, sizeof photos, "%s", dir);
    (void)setenv("XDG_CONFIG_HOME", "/nowhere", 1); /* no configuration of this machine */
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(pictures_become_an_index, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(what_is_no_picture_is_said, make_folder, remove_folder),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
