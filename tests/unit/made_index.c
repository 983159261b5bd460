/* SPDX-License-Identifier: MIT */
#include "tests/unit/made_index.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>

static void run(const char *command)
{
    if (system(command) != 0)
        fail_msg("%s failed", command);
}

void made_index_open(struct made_index *m)
{
    char command[1024];
    const char *tool = getenv("MAKE_INDEX");
    if (!tool)
        fail_msg("MAKE_INDEX is not set");
    (void)snprintf(m->dir, sizeof m->dir, "/tmp/fn-library-XXXXXX");
    assert_non_null(mkdtemp(m->dir));
    (void)snprintf(m->index, sizeof m->index, "%s/index", m->dir);
    (void)snprintf(command, sizeof command, "'%s' '%s' '%s/photos'", tool, m->index, m->dir);
    run(command);
}

void made_index_remove(struct made_index *m)
{
    char command[128];
    (void)snprintf(command, sizeof command, "rm -rf '%s'", m->dir);
    run(command);
}
