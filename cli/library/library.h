/* SPDX-License-Identifier: MIT */
/* fn_library: what a user or a scheduler does with an index, for any program.
 *
 * The library indexes photos, finds people, faces and photos, identifies the people in a
 * picture, writes acts, collects confirmed faces as training data, and sends requests to a
 * running facenetd. It takes and returns values. It never reads the command line, prints or
 * exits, and has no state outside of the handle. fnq is one program that uses it; a review page
 * or a scheduler could be another.
 *
 * A handle belongs to one thread at a time. It opens the configuration, the index and a worker
 * when they are first needed. Read inside one transaction (fnl_read_begin ... fnl_read_end);
 * functions that write or use a worker end the transaction first. */
#ifndef FN_CLI_LIBRARY_LIBRARY_H
#define FN_CLI_LIBRARY_LIBRARY_H

#include <stdbool.h>
#include <stdint.h>

#include "engine/base/config.h"
#include "engine/base/error.h"
#include "engine/base/paths.h"
#include "index/people/people.h"
#include "index/store/places.h"

struct fn_library;

/* What a program chooses; NULL: the default. The strings must outlive the handle. */
struct fnl_choice {
    const char *index; /* folder of the index; labels.log and the socket are in it, too */
    /* used when index is NULL and the user has none (FN_SYSTEM_INDEX); NULL: never */
    const char *system_index;
    const char *config; /* facenetd.conf */
    const char *models; /* folder of model files; NULL: that of the configuration */
    bool no_daemon;     /* do not talk to facenetd */
};

/* Opens nothing yet. -ENOMEM. */
FN_NODISCARD int fnl_create(const struct fnl_choice *choice, struct fn_library **ret,
                            struct fn_error *err);
/* Ends the transaction, stops the worker and closes everything. NULL-safe. */
void fnl_destroy(struct fn_library *lib);

const struct fnl_choice *fnl_choice_of(const struct fn_library *lib);
/* The paths of the index, whether it exists or not. *ret (may be NULL) is valid as long as the
 * handle. Errors: fn_places_find. */
FN_NODISCARD int fnl_places_get(struct fn_library *lib, const struct fn_places **ret,
                                struct fn_error *err);
/* Whether the system index is in use; false as long as nothing needed the index. */
bool fnl_uses_system_index(const struct fn_library *lib);
/* The path of the configuration file, whether it exists or not: the chosen one, else that of
 * the system with the system index, else that of the user. -ENOENT: HOME is not set;
 * -ENAMETOOLONG. */
FN_NODISCARD int fnl_config_path(struct fn_library *lib, char *out, size_t size,
                                 struct fn_error *err);
/* The configuration in effect: file, environment, defaults. Valid as long as the handle. */
FN_NODISCARD int fnl_config(struct fn_library *lib, const struct fn_config **ret,
                            struct fn_error *err);
/* The same with the origin of each value. */
FN_NODISCARD int fnl_config_file(struct fn_library *lib, struct fn_config_file **ret,
                                 struct fn_error *err);

/* Begins the one read transaction, or continues it. -ENXIO: there is no index. */
FN_NODISCARD int fnl_read_begin(struct fn_library *lib, struct fn_error *err);
void fnl_read_end(struct fn_library *lib);
/* The read transaction; NULL outside of one. */
struct fn_txn *fnl_txn(const struct fn_library *lib);
/* Opens the index with enum fn_store_flags; a handle that was open for reading is opened again
 * for writing. *ret (may be NULL) is valid until the next call that needs more flags. */
FN_NODISCARD int fnl_store_open(struct fn_library *lib, unsigned flags, struct fn_store **ret,
                                struct fn_error *err);

#endif
