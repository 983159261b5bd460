/* SPDX-License-Identifier: MIT */
/* The members of the handle. */
#ifndef FN_CLI_LIBRARY_LIBRARY_PRIV_H
#define FN_CLI_LIBRARY_LIBRARY_PRIV_H

#include <signal.h>

#include "cli/library/library.h"

struct fn_steady_worker;

struct fn_library {
    struct fnl_choice choice;
    struct fn_places places; /* index_dir "": not computed yet */
    struct fn_config_file *config;
    struct fn_store *store;
    unsigned store_flags;            /* those that the store was opened with */
    struct fn_txn *read;             /* NULL outside of a transaction */
    struct fn_steady_worker *worker; /* NULL: not started yet */
    char profile[64];                /* of the worker; "": the configured one */
    const char *models_dir;          /* of the worker; NULL: as chosen */
    uint64_t request;                /* number of the last request */
    bool held;                       /* signals wait until an act is complete (act.c) */
    sigset_t signals;                /* those that waited before */
};

#endif
