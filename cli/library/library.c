/* SPDX-License-Identifier: MIT */
/* The handle: where the index is, opening it, and the configuration. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "cli/library/library_priv.h"
#include "cli/library/pictures.h"

int fnl_create(const struct fnl_choice *choice, struct fn_library **ret, struct fn_error *err)
{
    struct fn_library *lib = calloc(1, sizeof *lib);
    if (!lib)
        return fn_error_set(err, -ENOMEM, "out of memory");
    lib->choice = *choice;
    *ret = lib;
    return 0;
}

void fnl_destroy(struct fn_library *lib)
{
    if (!lib)
        return;
    fnl_worker_stop(lib);
    fnl_read_end(lib);
    fn_store_close(lib->store);
    fn_config_destroy(lib->config);
    free(lib);
}

const struct fnl_choice *fnl_choice_of(const struct fn_library *lib)
{
    return &lib->choice;
}

int fnl_places_get(struct fn_library *lib, const struct fn_places **ret, struct fn_error *err)
{
    int rc = 0;
    if (!lib->places.index_dir[0])
        rc = fn_places_find(lib->choice.index, lib->choice.system_index, &lib->places, err);
    if (!rc && ret)
        *ret = &lib->places;
    return rc;
}

bool fnl_uses_system_index(const struct fn_library *lib)
{
    return lib->places.system;
}

/* Is there a system index that this user may not read? */
static bool is_shut_out(const struct fnl_choice *c)
{
    return !c->index && c->system_index && access(c->system_index, F_OK) == 0 &&
           access(c->system_index, X_OK) != 0;
}

static int no_index(const struct fn_library *lib, struct fn_error *err)
{
    if (is_shut_out(&lib->choice))
        return fn_error_set(
            err, -ENXIO,
            "no index at %s. Start one: facenetd ~/Pictures   (the system index, "
            "%s, is for members of the group facenet)",
            lib->places.index_dir, lib->choice.system_index);
    return fn_error_set(
        err, -ENXIO,
        "no index at %s. Start one: facenetd ~/Pictures   (or name it: --index PATH)",
        lib->places.index_dir);
}

int fnl_store_open(struct fn_library *lib, unsigned flags, struct fn_store **ret,
                   struct fn_error *err)
{
    const struct fn_places *places = NULL;
    int rc = fnl_places_get(lib, &places, err);
    if (!rc && lib->store && (flags & ~lib->store_flags)) {
        /* An index is often opened for reading first, then for writing: the second replaces the
         * first. */
        fnl_read_end(lib);
        fn_store_close(lib->store);
        lib->store = NULL;
    }
    if (!rc && !lib->store)
        rc = fn_store_open(places->index_dir, flags, &lib->store, err);
    if (rc == FN_ENOTFOUND)
        return no_index(lib, err);
    if (!rc)
        lib->store_flags |= flags;
    if (!rc && ret)
        *ret = lib->store;
    return rc;
}

int fnl_read_begin(struct fn_library *lib, struct fn_error *err)
{
    int rc = fnl_store_open(lib, FN_STORE_READ, NULL, err);
    if (!rc && !lib->read)
        rc = fn_txn_begin(lib->store, false, 0, &lib->read, err);
    return rc;
}

void fnl_read_end(struct fn_library *lib)
{
    fn_txn_abort(lib->read);
    lib->read = NULL;
}

struct fn_txn *fnl_txn(const struct fn_library *lib)
{
    return lib->read;
}

int fnl_config_path(struct fn_library *lib, char *out, size_t size, struct fn_error *err)
{
    const char *chosen = lib->choice.config;
    /* A command that needs no index must not fail because of one. */
    if (!chosen && !fnl_places_get(lib, NULL, NULL) && lib->places.system)
        chosen = FN_SYSCONFDIR "/facenetd.conf";
    int rc = chosen ? fn_path_expand(out, size, chosen) : fn_path_config(out, size);
    return rc ? fn_error_set(err, rc, "cannot find the folder of facenetd.conf: %s",
                             rc == -ENOENT ? "HOME is not set" : fn_strerror(rc))
              : 0;
}

int fnl_config_file(struct fn_library *lib, struct fn_config_file **ret, struct fn_error *err)
{
    struct fn_config_file *f = lib->config;
    char path[FN_PATH_MAX] = "";
    int rc = f ? 0 : fn_config_create(&f, err);
    if (!rc && !lib->config && !fnl_config_path(lib, path, sizeof path, NULL))
        rc = fn_config_load(f, path, lib->choice.config != NULL, err);
    if (!rc)
        *ret = lib->config = f;
    else
        fn_config_destroy(f);
    return rc;
}

int fnl_config(struct fn_library *lib, const struct fn_config **ret, struct fn_error *err)
{
    struct fn_config_file *f = NULL;
    int rc = fnl_config_file(lib, &f, err);
    if (!rc)
        *ret = fn_config_values(f);
    return rc;
}
