/* SPDX-License-Identifier: MIT */
/* The parts of indexing: a run (indexing.c), its walk over folders (index_walk.c), and the
 * photos that are written together (index_batch.c). */
#ifndef FN_CLI_LIBRARY_INDEXING_PRIV_H
#define FN_CLI_LIBRARY_INDEXING_PRIV_H

#include "cli/library/indexing.h"
#include "index/intake/admission.h"
#include "index/intake/found_photo.h"

enum { FNL_BATCH_FILES = 16 }; /* written in one transaction */

struct fnl_batch_file {
    enum fn_admit_end end; /* KNOWN: the path alone is written */
    struct fn_found_photo found;
    struct fnl_indexed_file told;
};

/* One run over files of one root. */
struct fnl_run {
    struct fn_library *lib;
    const struct fn_config *cfg;
    struct fn_rules *rules;
    struct fn_store *store;
    struct fn_root root;
    const char *rel; /* the folder in the root, "" for the root itself */
    struct fn_profile_values profile;
    fnl_indexed_visit visit;
    void *arg;
    struct fnl_indexed *count;
    struct fnl_batch_file *batch; /* FNL_BATCH_FILES */
    size_t n_batch;
};

/* Is root.path/rel, or a folder above it, excluded by a pattern or a marker? rel: a folder. */
bool fnl_run_leaves_out(const struct fnl_run *r, const char *rel);
/* Admits one file and sends it to a worker when it is new; writes when the batch is full. An
 * error means that the run cannot continue. */
FN_NODISCARD int fnl_run_file(struct fnl_run *r, const char *rel, struct fn_error *err);
/* Writes what is in the batch. */
FN_NODISCARD int fnl_run_flush(struct fnl_run *r, struct fn_error *err);
/* All files in and below root.path/rel, folder by folder in the order of names. */
FN_NODISCARD int fnl_run_walk(struct fnl_run *r, const char *rel, struct fn_error *err);

#endif
