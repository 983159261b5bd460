/* SPDX-License-Identifier: MIT */
/* Where an index is: the chosen folder, the default one, that of the system, and those of
 * earlier versions. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/base/file.h"
#include "index/store/places.h"

static char root[] = "/tmp/fn-places-XXXXXX";
static struct fn_places p;
static struct fn_error err;

/* One of two buffers, alternately. */
static const char *below(const char *name)
{
    static char path[2][FN_PATH_MAX];
    static int i;
    i = !i;
    (void)snprintf(path[i], sizeof path[i], "%s/%s", root, name);
    return path[i];
}

static void put_index(const char *folder)
{
    char data[FN_PATH_MAX];
    assert_int_equal(fn_mkdirs(below(folder), 0700, &err), 0);
    assert_int_equal(fn_path_join(data, sizeof data, below(folder), "data.mdb"), 0);
    int fd = open(data, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
    assert_true(fd >= 0);
    (void)close(fd);
}

static const char *const folders[] = {"data/facenetd/index", "data/facenetd/earlier",
                                      "data/facenetd", "data", "var"};

static int clear(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++) {
        char data[FN_PATH_MAX];
        if (!fn_path_join(data, sizeof data, below(folders[i]), "data.mdb"))
            (void)unlink(data);
        (void)rmdir(below(folders[i]));
    }
    return 0;
}

static int begin(void **state)
{
    return clear(state) || setenv("XDG_DATA_HOME", below("data"), 1) ||
           setenv("XDG_RUNTIME_DIR", below("run"), 1);
}

static int create_root(void **state)
{
    (void)state;
    return !mkdtemp(root);
}

static int remove_root(void **state)
{
    return clear(state) || rmdir(root);
}

/* What the command of a message does; tests/integration/cli-places.sh runs the command. */
static void move_index(const char *from, const char *to)
{
    char old[FN_PATH_MAX], new[FN_PATH_MAX];
    assert_int_equal(fn_mkdirs(below(to), 0700, &err), 0);
    assert_int_equal(fn_path_join(old, sizeof old, below(from), "data.mdb"), 0);
    assert_int_equal(fn_path_join(new, sizeof new, below(to), "data.mdb"), 0);
    assert_int_equal(rename(old, new), 0);
}

static void expect(const char *chosen, const char *system_index, const char *index,
                   const char *log, const char *sock)
{
    memset(&err, 0, sizeof err);
    assert_int_equal(fn_places_find(chosen, system_index, &p, &err), 0);
    assert_string_equal(p.index_dir, below(index));
    assert_string_equal(p.labels_log, below(log));
    assert_string_equal(p.socket, below(sock));
}

static void expect_default(const char *chosen)
{
    expect(chosen, below("var"), "data/facenetd/index", "data/facenetd/labels.log",
           "run/facenetd/sock");
    assert_false(p.system);
}

static void the_default_is_one_place(void **state)
{
    (void)state;
    expect_default(NULL);
    /* The same folder by name is the same index, not one with a label log of its own. */
    expect_default(below("data/facenetd/index"));
    expect_default(below("data/facenetd/index/"));
    put_index("data/facenetd/index");
    expect_default(NULL);
    assert_int_equal(chdir(below("data/facenetd")), 0);
    expect_default("index");
    expect_default("./index");
    assert_int_equal(chdir("/"), 0);
}

static void a_chosen_index_has_everything_inside(void **state)
{
    (void)state;
    expect(below("x"), below("var"), "x", "x/labels.log", "x/sock");
    put_index("var");
    expect(below("var"), NULL, "var", "var/labels.log", "var/sock");
    assert_false(p.system);
}

static void the_system_index_is_for_those_without_one(void **state)
{
    (void)state;
    put_index("var");
    expect(NULL, below("var"), "var", "var/labels.log", "var/sock");
    assert_true(p.system);
    assert_int_equal(unsetenv("XDG_DATA_HOME"), 0);
    assert_int_equal(unsetenv("HOME"), 0);
    expect(NULL, below("var"), "var", "var/labels.log", "var/sock");
    assert_int_equal(setenv("XDG_DATA_HOME", below("data"), 1), 0);
    expect(NULL, NULL, "data/facenetd/index", "data/facenetd/labels.log", "run/facenetd/sock");
    put_index("data/facenetd/index");
    expect_default(NULL);
}

static void expect_refused(const char *chosen, const char *part)
{
    memset(&err, 0, sizeof err);
    assert_int_equal(fn_places_find(chosen, below("var"), &p, &err), FN_EREFUSED);
    assert_non_null(strstr(err.text, part));
}

static void an_earlier_index_is_reported(void **state)
{
    char command[FN_PATH_MAX + 100];
    (void)state;
    put_index("var");
    put_index("data/facenetd");
    (void)snprintf(command, sizeof command, "cd %s && mkdir -p index && mv *.mdb index/",
                   below("data/facenetd"));
    expect_refused(NULL, command);
    expect_refused(below("data/facenetd/index"), command);
    /* as long as nothing shares its label log, it can be used by name */
    expect(below("data/facenetd"), NULL, "data/facenetd", "data/facenetd/labels.log",
           "data/facenetd/sock");
    move_index("data/facenetd", "data/facenetd/index");
    expect_default(NULL);
}

static void two_indexes_never_share_a_log(void **state)
{
    char command[FN_PATH_MAX + 100];
    (void)state;
    put_index("data/facenetd");
    put_index("data/facenetd/index");
    (void)snprintf(command, sizeof command, "cd %s && mkdir earlier && mv *.mdb earlier/",
                   below("data/facenetd"));
    expect_refused(NULL, command);
    expect_refused(below("data/facenetd"), command);
    move_index("data/facenetd", "data/facenetd/earlier");
    expect_default(NULL);
    expect(below("data/facenetd/earlier"), NULL, "data/facenetd/earlier",
           "data/facenetd/earlier/labels.log", "data/facenetd/earlier/sock");
    /* and none is begun where the label log of the default index is */
    expect_refused(below("data/facenetd"), "without --index");
}

static void without_a_home(void **state)
{
    (void)state;
    assert_int_equal(unsetenv("XDG_DATA_HOME"), 0);
    assert_int_equal(unsetenv("HOME"), 0);
    expect(below("x"), NULL, "x", "x/labels.log", "x/sock");
    assert_int_equal(fn_places_find(NULL, NULL, &p, &err), -ENOENT);
    assert_non_null(strstr(err.text, "HOME is not set"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(the_default_is_one_place, begin),
        cmocka_unit_test_setup(a_chosen_index_has_everything_inside, begin),
        cmocka_unit_test_setup(the_system_index_is_for_those_without_one, begin),
        cmocka_unit_test_setup(an_earlier_index_is_reported, begin),
        cmocka_unit_test_setup(two_indexes_never_share_a_log, begin),
        cmocka_unit_test_setup(without_a_home, begin),
    };
    return cmocka_run_group_tests(tests, create_root, remove_root);
}
