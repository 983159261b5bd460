/* SPDX-License-Identifier: MIT */
/* fn_import_models PACKAGES OUT: makes the model directory of the tests from unpacked npm
 * packages (a node_modules directory). It does the same as `fnq model import`, without fnq. */
#include <stdio.h>

#include "engine/model/import.h"

static void say(const char *what, void *ctx)
{
    (void)ctx;
    printf("%s\n", what);
}

int main(int argc, char **argv)
{
    struct fn_error err = {0};
    if (argc != 3) {
        fprintf(stderr, "usage: fn_import_models PACKAGES OUT\n");
        return 2;
    }
    if (fn_import_profiles(argv[1], argv[2], NULL, 0, say, NULL, &err)) {
        fprintf(stderr, "fn_import_models: %s\n", err.text);
        return 1;
    }
    return 0;
}
