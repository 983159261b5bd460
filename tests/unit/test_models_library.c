/* SPDX-License-Identifier: MIT */
/* The library functions for models, tested by values: importing, listing, finding, showing,
 * writing, and models that cannot become a profile. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/library/model_export.h"
#include "cli/library/model_import.h"
#include "cli/library/model_install.h"
#include "cli/library/model_list.h"
#include "cli/library/model_manifest.h"
#include "cli/library/model_places.h"
#include "cli/library/network_layers.h"
#include "engine/base/file.h"
#include "tests/unit/model_bytes.h"

static char dir[128], models[160], onnx[160];
static struct fn_library *lib;
static struct fn_error err;

static void write_file(const char *path, const void *data, size_t n)
{
    if (fn_file_write_atomic(path, data, n, 0600, &err))
        fail_msg("%s", err.text);
}

static int open_library(void **state)
{
    const char *tmp = getenv("TMPDIR");
    struct fnl_choice choice = {.index = dir, .models = models, .no_daemon = true};
    struct fn_buf b;
    (void)state;
    (void)snprintf(dir, sizeof dir, "%s/fn-models-XXXXXX", tmp ? tmp : "/tmp");
    assert_non_null(mkdtemp(dir));
    (void)snprintf(models, sizeof models, "%s/models", dir);
    (void)snprintf(onnx, sizeof onnx, "%s/sample.onnx", dir);
    fn_buf_init(&b, 1 << 20);
    sample_onnx(&b);
    write_file(onnx, b.data, b.len);
    fn_buf_finish(&b);
    assert_int_equal(setenv("XDG_CONFIG_HOME", dir, 1), 0);
    return fnl_create(&choice, &lib, &err);
}

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *at)
{
    (void)st;
    (void)kind;
    (void)at;
    return remove(path);
}

static int close_library(void **state)
{
    (void)state;
    fnl_destroy(lib);
    lib = NULL;
    return nftw(dir, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

static struct fnl_import sample(const char *name)
{
    return (struct fnl_import){.format = FNL_MODEL_ONNX,
                               .file = onnx,
                               .name = name,
                               .role = FN_ROLE_VERIFIER,
                               .licence = "MIT"};
}

static void import(const char *name)
{
    char path[FN_PATH_MAX];
    struct fnl_import in = sample(name);
    if (fnl_model_import(lib, FNL_KEEP, &in, path, &err))
        fail_msg("%s", err.text);
}

static void what_is_imported_is_listed(void **state)
{
    char path[FN_PATH_MAX], file[200];
    struct fnl_import in = sample(NULL);
    struct fnl_models l;
    (void)state;
    assert_int_equal(fnl_model_import(lib, FNL_TRY, &in, path, &err), 0);
    assert_false(fn_file_exists(path));
    assert_int_equal(fnl_models_list(lib, &l, &err), 0);
    assert_int_equal(l.n, 0);
    fnl_models_finish(&l);
    import(NULL);
    import("again");
    (void)snprintf(file, sizeof file, "%s/broken.profile", models);
    write_file(file, "nonsense\n", 9);
    assert_int_equal(fnl_models_list(lib, &l, &err), 0);
    assert_int_equal(l.n, 3);
    assert_string_equal(l.m[0].name, "again.fnm");
    assert_string_equal(l.m[1].name, "broken");
    assert_true(l.m[1].profile);
    assert_int_equal(strncmp(l.m[1].what, "damaged: ", 9), 0);
    assert_string_equal(l.m[2].name, "sample.fnm");
    assert_string_equal(l.m[2].path, path);
    assert_string_equal(l.m[2].what, "verifier");
    assert_string_equal(l.m[2].licence, "MIT");
    assert_true(l.m[2].parameters > 0);
    /* one network, whatever its name */
    assert_string_equal(l.m[0].id, l.m[2].id);
    fnl_models_finish(&l);
}

static void what_cannot_be_imported(void **state)
{
    char path[FN_PATH_MAX], bad[200];
    struct fnl_import in = sample("a/b");
    (void)state;
    assert_int_equal(fnl_model_import(lib, FNL_KEEP, &in, path, &err), FN_EUSAGE);
    in = sample("x");
    in.format = FNL_MODEL_TFJS;
    assert_int_equal(fnl_model_import(lib, FNL_KEEP, &in, path, &err), FN_EUSAGE);
    in = sample("x");
    in.convention = fn_convention_find("dlib");
    assert_int_equal(fnl_model_import(lib, FNL_KEEP, &in, path, &err), FN_EMODEL);
    assert_non_null(strstr(err.text, "does not fit"));
    (void)snprintf(bad, sizeof bad, "%s/bad.onnx", dir);
    write_file(bad, "nonsense", 8);
    in = sample("x");
    in.file = bad;
    assert_true(fnl_model_import(lib, FNL_KEEP, &in, path, &err) < 0);
    struct fnl_models l;
    assert_int_equal(fnl_models_list(lib, &l, &err), 0);
    assert_int_equal(l.n, 0);
    fnl_models_finish(&l);
}

static void weights_of_a_manifest(void **state)
{
    static const char good[] = "[{\"paths\":[\"a.bin\",\"b.bin\"]},{\"paths\":[\"a.bin\"]}]",
                      outside[] = "[{\"paths\":[\"../a.bin\"]}]", none[] = "{\"x\":1}";
    char manifest[200], file[200];
    struct fn_buf text, weights;
    (void)state;
    (void)snprintf(manifest, sizeof manifest, "%s/model.json", dir);
    (void)snprintf(file, sizeof file, "%s/a.bin", dir);
    write_file(file, "AA", 2);
    (void)snprintf(file, sizeof file, "%s/b.bin", dir);
    write_file(file, "b", 1);
    fn_buf_init(&text, 1 << 10);
    fn_buf_init(&weights, 1 << 10);
    fn_buf_str(&text, good);
    assert_int_equal(fnl_manifest_weights(manifest, &text, &weights, &err), 0);
    assert_string_equal(fn_buf_cstr(&weights), "AAbAA");
    fn_buf_reset(&text);
    fn_buf_str(&text, outside);
    assert_int_equal(fnl_manifest_weights(manifest, &text, &weights, &err), FN_EMODEL);
    fn_buf_reset(&text);
    fn_buf_str(&text, none);
    assert_int_equal(fnl_manifest_weights(manifest, &text, &weights, &err), FN_EMODEL);
    fn_buf_finish(&text);
    fn_buf_finish(&weights);
}

static void networks_are_shown(void **state)
{
    struct fnl_layers n;
    (void)state;
    import("mine");
    assert_int_equal(fnl_layers_open(lib, "mine", &n, &err), 0);
    assert_null(n.arch);
    assert_string_equal(n.model->card.name, "mine");
    assert_int_equal(n.height, 4);
    assert_int_equal(n.width, 4);
    assert_true(n.table.n_layers > 2);
    fnl_layers_finish(&n);
    assert_int_equal(fnl_layers_open(lib, "nn2", &n, &err), 0);
    assert_null(n.model);
    assert_string_equal(n.path, "");
    assert_int_equal(n.table.params, 7456304);
    fnl_layers_finish(&n);
    assert_int_equal(fnl_layers_open(lib, "nn9", &n, &err), FN_ENOTFOUND);
}

static void models_are_written(void **state)
{
    struct fnl_layers n;
    struct fn_model *back = NULL;
    char file[200];
    (void)state;
    import("mine");
    assert_int_equal(fnl_layers_open(lib, "mine", &n, &err), 0);
    (void)snprintf(file, sizeof file, "%s/out.fnm", dir);
    assert_int_equal(fnl_model_export(n.model, n.path, file, FNL_TRY, &err), 0);
    assert_false(fn_file_exists(file));
    assert_int_equal(fnl_model_export(n.model, n.path, file, FNL_KEEP, &err), 0);
    assert_int_equal(fn_model_open(file, &back, &err), 0);
    assert_true(fn_h128_eq(&back->id, &n.model->id));
    fn_model_destroy(back);
    assert_int_equal(fnl_model_export(n.model, n.path, "x.bin", FNL_KEEP, &err), FN_EUSAGE);
    assert_true(fnl_model_exports_to("x.onnx"));
    assert_false(fnl_model_exports_to(".onnx"));
    fnl_layers_finish(&n);
}

static void what_becomes_no_profile(void **state)
{
    struct fnl_layers n;
    char folder[FN_PATH_MAX];
    (void)state;
    import("mine");
    assert_int_equal(fnl_layers_open(lib, "mine", &n, &err), 0);
    struct fnl_install what = {n.model, n.path, "p", "default"};
    assert_int_equal(fnl_model_install(lib, FNL_KEEP, &what, folder, &err), FN_EUSAGE);
    assert_non_null(strstr(err.text, "verifier"));
    n.model->role = FN_ROLE_EMBEDDER;
    assert_int_equal(fnl_model_install(lib, FNL_KEEP, &what, folder, &err), FN_EMODEL);
    what.name = "p q";
    assert_int_equal(fnl_model_install(lib, FNL_KEEP, &what, folder, &err), FN_EUSAGE);
    fnl_layers_finish(&n);
    assert_true(fnl_profile_name_valid("A-b_9"));
    assert_false(fnl_profile_name_valid(""));
    assert_false(fnl_profile_name_valid("a.b"));
    char longest[64] = {0};
    memset(longest, 'a', 49);
    assert_true(fnl_profile_name_valid(longest));
    longest[49] = 'a';
    assert_false(fnl_profile_name_valid(longest));
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, open_library, close_library)
    const struct CMUnitTest tests[] = {
        TEST(what_is_imported_is_listed), TEST(what_cannot_be_imported),
        TEST(weights_of_a_manifest),      TEST(networks_are_shown),
        TEST(models_are_written),         TEST(what_becomes_no_profile),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
