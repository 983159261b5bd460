/* SPDX-License-Identifier: MIT */
#include "tests/unit/made_index.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

static void run(char *const argv[])
{
    int status = -1;
    pid_t child;
    if (posix_spawnp(&child, argv[0], NULL, NULL, argv, environ) ||
        waitpid(child, &status, 0) < 0 || status != 0)
        fail_msg("%s failed", argv[0]);
}

void made_index_folders(struct made_index *m)
{
    (void)snprintf(m->dir, sizeof m->dir, "/tmp/fn-library-XXXXXX");
    assert_non_null(mkdtemp(m->dir));
    (void)snprintf(m->index, sizeof m->index, "%s/index", m->dir);
    (void)snprintf(m->photos, sizeof m->photos, "%s/photos", m->dir);
    assert_int_equal(mkdir(m->photos, 0700), 0);
}

void made_index_open(struct made_index *m)
{
    char *tool = getenv("MAKE_INDEX");
    if (!tool)
        fail_msg("MAKE_INDEX is not set");
    made_index_folders(m);
    run((char *[]){tool, m->index, m->photos, NULL});
}

void made_index_remove(struct made_index *m)
{
    run((char *[]){(char[]){"rm"}, (char[]){"-rf"}, m->dir, NULL});
}
