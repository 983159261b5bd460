/* SPDX-License-Identifier: MIT */
/* log_reader INDEX [hold]: prints the rows of the label log in an index, with LMDB alone:
 * number, act, kind and all bytes of each. hold: keeps the index open, as a running daemon
 * would, until standard input ends. Layout: docs/format-labels.md. */
#include <inttypes.h>
#include <lmdb.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

enum { KIND_AT = 2, ACT_AT = 8, LEAST = 16 };

static uint64_t number(const uint8_t *p, int big)
{
    uint64_t v = 0;
    for (int i = 0; i < 8; i++)
        v = v << 8 | p[big ? i : 7 - i];
    return v;
}

static void print(const MDB_val *k, const MDB_val *v)
{
    const uint8_t *p = v->mv_data;
    if (k->mv_size != 8 || v->mv_size < LEAST)
        return;
    (void)printf("%" PRIu64 " %" PRIu64 " %u ", number(k->mv_data, 1), number(p + ACT_AT, 0),
                 p[KIND_AT]);
    for (size_t i = 0; i < v->mv_size; i++)
        (void)printf("%02x", p[i]);
    (void)putchar('\n');
}

static int print_all(MDB_env *env)
{
    MDB_txn *t;
    MDB_dbi dbi;
    MDB_cursor *c;
    MDB_val k, v;
    int rc = mdb_txn_begin(env, NULL, MDB_RDONLY, &t);
    if (rc)
        return rc;
    rc = mdb_dbi_open(t, "assert", 0, &dbi);
    rc = rc ? rc : mdb_cursor_open(t, dbi, &c);
    while (!rc && !(rc = mdb_cursor_get(c, &k, &v, MDB_NEXT)))
        print(&k, &v);
    mdb_txn_abort(t);
    return rc == MDB_NOTFOUND ? 0 : rc;
}

int main(int argc, char **argv)
{
    enum { TABLES = 64 };
    MDB_env *env = NULL;
    int hold = argc == 3 && strcmp(argv[2], "hold") == 0;
    if (argc < 2)
        return 2;
    int rc = mdb_env_create(&env);
    rc = rc ? rc : mdb_env_set_maxdbs(env, TABLES);
    rc = rc ? rc : mdb_env_open(env, argv[1], MDB_RDONLY, 0600);
    if (!rc && !hold)
        rc = print_all(env);
    if (!rc && hold && puts("open") >= 0 && fflush(stdout) == 0)
        while (getchar() != EOF)
            ;
    if (rc)
        (void)fprintf(stderr, "log_reader: %s\n", mdb_strerror(rc));
    if (env)
        mdb_env_close(env);
    return rc != 0;
}
