/* SPDX-License-Identifier: MIT */
/* lock_tool DIR SECONDS: holds the writer lock of an index. DIR/held exists while it does. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "index/store/store.h"

int main(int argc, char **argv)
{
    struct fn_error err = {0};
    struct fn_store *s = NULL;
    struct fn_txn *t = NULL;
    char path[4096];
    if (argc != 3)
        return 2;
    (void)snprintf(path, sizeof path, "%s/held", argv[1]);
    if (fn_store_open(argv[1], FN_STORE_WRITE, &s, &err) ||
        fn_txn_begin(s, true, 5000, &t, &err)) {
        (void)fprintf(stderr, "lock_tool: %s\n", err.text);
        return 1;
    }
    FILE *f = fopen(path, "w");
    if (f)
        (void)fclose(f);
    (void)sleep((unsigned)strtoul(argv[2], NULL, 10));
    (void)unlink(path);
    fn_txn_abort(t);
    fn_store_close(s);
    return 0;
}
