/* SPDX-License-Identifier: MIT */
/* The handle: where the index is, opening it, and the configuration. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

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

/* An index at a chosen path contains its label log and its socket. */
static int places_in(struct fnl_places *p, const char *index)
{
    int rc = fn_path_expand(p->index_dir, sizeof p->index_dir, index);
    rc =
        rc ? rc : fn_path_join(p->labels_log, sizeof p->labels_log, p->index_dir, "labels.log");
    return rc ? rc : fn_path_socket(p->socket, sizeof p->socket, p->index_dir);
}

static int usual_places(struct fnl_places *p)
{
    char data[FN_PATH_MAX];
    int rc = fn_path_data(data, sizeof data);
    rc = rc ? rc : fn_path_join(p->index_dir, sizeof p->index_dir, data, "index");
    rc = rc ? rc : fn_path_join(p->labels_log, sizeof p->labels_log, data, "labels.log");
    return rc ? rc : fn_path_socket(p->socket, sizeof p->socket, NULL);
}

int fnl_places_get(struct fn_library *lib, const struct fnl_places **ret, struct fn_error *err)
{
    int rc = 0;
    if (!lib->places.index_dir[0])
        rc = lib->choice.index ? places_in(&lib->places, lib->choice.index)
                               : usual_places(&lib->places);
    if (rc) {
        lib->places.index_dir[0] = '\0';
        return fn_error_set(err, rc, "cannot find the folder of the index: %s",
                            rc == -ENOENT ? "HOME is not set" : fn_strerror(rc));
    }
    if (ret)
        *ret = &lib->places;
    return 0;
}

int fnl_store_open(struct fn_library *lib, unsigned flags, struct fn_store **ret,
                   struct fn_error *err)
{
    const struct fnl_places *places = NULL;
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
        return fn_error_set(
            err, -ENXIO,
            "no index at %s. Start one: facenetd ~/Pictures   (or name it: --index PATH)",
            places->index_dir);
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

static int load_config(const char *chosen, struct fn_config_file **ret, struct fn_error *err)
{
    struct fn_config_file *f = NULL;
    char path[FN_PATH_MAX] = "";
    if (chosen)
        (void)snprintf(path, sizeof path, "%s", chosen);
    else if (fn_path_config(path, sizeof path))
        path[0] = '\0';
    int rc = fn_config_create(&f, err);
    if (!rc && path[0])
        rc = fn_config_load(f, path, chosen != NULL, err);
    if (rc)
        fn_config_destroy(f);
    else
        *ret = f;
    return rc;
}

int fnl_config_file(struct fn_library *lib, struct fn_config_file **ret, struct fn_error *err)
{
    int rc = lib->config ? 0 : load_config(lib->choice.config, &lib->config, err);
    if (!rc)
        *ret = lib->config;
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
