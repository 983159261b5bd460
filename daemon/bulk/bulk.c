/* SPDX-License-Identifier: MIT */
/* facenetd-bulk: see bulk.h. It works in rounds: every rank opens and hashes BULK_SHARE photos,
 * the first rank checks which contents the index has, and each rank processes those that are
 * new. The results go to the first rank, which stores a round in one transaction. An
 * interrupted run is simply started again: the stored photos are then known. */
#include "daemon/bulk/bulk.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/buf.h"
#include "engine/base/exit_code.h"
#include "engine/base/file.h"
#include "engine/base/options.h"

static struct {
    const char *root, *index, *models, *config;
    bool help, version;
} opt;

static const struct fn_opt table[] = {
    {"root", 0, FN_OPT_STRING, &opt.root, "DIR", "the folder that all photos are below"},
    {"index", 0, FN_OPT_STRING, &opt.index, "DIR",
     "the index, on the first rank's machine; default: your index"},
    {"models", 0, FN_OPT_STRING, &opt.models, "DIR", "folder of the model files"},
    {"config", 'c', FN_OPT_STRING, &opt.config, "FILE", "configuration file"},
    {"version", 'V', FN_OPT_FLAG, &opt.version, NULL, "print the version and exit"},
    {"help", 'h', FN_OPT_FLAG, &opt.help, NULL, "print this help and exit"},
    {NULL, 0, FN_OPT_FLAG, NULL, NULL, NULL},
};

/* ---- the list: read by the first rank, sent to all ---- */

static const char *below(const struct bulk *b, const char *path)
{
    size_t n = strlen(b->root);
    if (path[0] != '/')
        return path;
    return strncmp(path, b->root, n) == 0 && path[n] == '/' ? path + n + 1 : NULL;
}

/* A path with ".." could be outside of the root. */
static bool climbs(const char *path)
{
    for (const char *p = path; p; p = strchr(p, '/')) {
        p += *p == '/';
        if (strncmp(p, "..", 2) == 0 && (p[2] == '/' || !p[2]))
            return true;
    }
    return false;
}

static int read_list(struct bulk *b, const char *file, struct fn_error *err)
{
    struct fn_buf text, list;
    fn_buf_init(&text, SIZE_MAX / 4);
    fn_buf_init(&list, SIZE_MAX / 4);
    int rc = fn_file_read(file, &text, err);
    char *save = NULL, *line = rc || !text.len ? NULL : text.data; /* ends in a NUL */
    for (line = line ? strtok_r(line, "\n", &save) : NULL; rc == 0 && line;
         line = strtok_r(NULL, "\n", &save)) {
        const char *path = below(b, line);
        if (!path || !*path || climbs(path) || strlen(path) >= FN_PATH_MAX)
            rc = fn_error_set(err, FN_EUSAGE, "'%s' is not below %s", line, b->root);
        else
            fn_buf_add(&list, path, strlen(path) + 1);
    }
    if (rc == 0 && (fn_buf_failed(&list) || fn_buf_failed(&text)))
        rc = fn_error_set(err, -ENOMEM, "out of memory");
    fn_buf_finish(&text);
    b->list = list.data;
    b->list_bytes = list.len;
    return rc;
}

static int share_list(struct bulk *b, struct fn_error *err)
{
    int rc = fn_comm_broadcast(b->comm, &b->list_bytes, sizeof b->list_bytes, 0, err);
    if (rc)
        return rc;
    if (b->comm->rank)
        b->list = malloc(b->list_bytes + 1);
    rc = fn_comm_agree(b->comm, b->list || !b->list_bytes ? 0 : -ENOMEM, err);
    if (rc == 0)
        rc = fn_comm_broadcast(b->comm, b->list, b->list_bytes, 0, err);
    for (uint64_t i = 0; rc == 0 && i < b->list_bytes; i++)
        b->n += !b->list[i];
    b->path = calloc(b->n + 1, sizeof *b->path);
    rc = rc ? rc : fn_comm_agree(b->comm, b->path ? 0 : -ENOMEM, err);
    const char *at = b->list;
    for (size_t i = 0; rc == 0 && i < b->n; at += strlen(at) + 1)
        b->path[i++] = at;
    return rc;
}

/* ---- rounds ---- */

/* The first rank gets all shares and determines which photos are known. */
static int find_known(struct bulk *b, struct bulk_photo *all, size_t *bytes,
                      struct fn_error *err)
{
    for (unsigned i = 0; i < b->comm->size; i++)
        bytes[i] = sizeof b->share;
    int rc = fn_comm_allgather(b->comm, b->share, all, bytes, err);
    size_t n = (size_t)b->comm->size * BULK_SHARE;
    if (rc == 0 && b->comm->rank == 0)
        bulk_mark_known(b, all, n);
    rc = rc ? rc : fn_comm_broadcast(b->comm, all, n * sizeof *all, 0, err);
    if (rc == 0)
        memcpy(b->share, all + (size_t)b->comm->rank * BULK_SHARE, sizeof b->share);
    return rc;
}

/* Sends what every rank found to the first one. bytes: room for three numbers per rank. */
static int collect(struct bulk *b, const struct fn_buf *own, struct fn_buf *all, size_t *bytes,
                   struct fn_error *err)
{
    unsigned size = b->comm->size;
    size_t *lengths = bytes, *out = bytes + size, *in = out + size, len = own->len, total = 0;
    for (unsigned i = 0; i < size; i++)
        in[i] = sizeof len;
    int rc = fn_comm_allgather(b->comm, &len, lengths, in, err);
    for (unsigned i = 0; rc == 0 && i < size; i++) {
        total += lengths[i];
        in[i] = b->comm->rank ? 0 : lengths[i];
        out[i] = i ? 0 : len;
    }
    fn_buf_reset(all);
    static const char zeros[4096];
    for (size_t i = 0; rc == 0 && b->comm->rank == 0 && i < total; i += sizeof zeros)
        fn_buf_add(all, zeros, total - i < sizeof zeros ? total - i : sizeof zeros);
    rc = rc ? rc : fn_comm_agree(b->comm, fn_buf_failed(all) ? -ENOMEM : 0, err);
    return rc ? rc : fn_comm_exchange(b->comm, own->data, out, all->data, in, err);
}

static int round_of(struct bulk *b, size_t first, struct bulk_photo *photos, size_t *bytes,
                    struct fn_buf *own, struct fn_buf *all, struct fn_error *err)
{
    for (size_t k = 0; k < BULK_SHARE; k++) {
        size_t i = first + (size_t)b->comm->rank * BULK_SHARE + k;
        b->share[k] = (struct bulk_photo){.state = BULK_NONE};
        if (i < b->n)
            bulk_open(b, i, k);
    }
    int rc = find_known(b, photos, bytes, err);
    fn_buf_reset(own);
    rc = rc ? rc : fn_comm_agree(b->comm, bulk_look(b, own, err), err);
    rc = rc ? rc : collect(b, own, all, bytes, err);
    if (rc == 0 && b->comm->rank == 0)
        rc = bulk_store(b, all->data, all->len, err);
    return fn_comm_agree(b->comm, rc, err);
}

static int rounds(struct bulk *b, struct fn_error *err)
{
    size_t step = (size_t)b->comm->size * BULK_SHARE;
    struct bulk_photo *photos = calloc(step, sizeof *photos);
    size_t *bytes = calloc(3 * (size_t)b->comm->size, sizeof *bytes);
    struct fn_buf own, all;
    fn_buf_init(&own, SIZE_MAX / 4);
    fn_buf_init(&all, SIZE_MAX / 4);
    int rc = fn_comm_agree(b->comm, photos && bytes ? 0 : -ENOMEM, err);
    for (size_t i = 0; rc == 0 && i < b->n; i += step)
        rc = round_of(b, i, photos, bytes, &own, &all, err);
    free(photos);
    free(bytes);
    fn_buf_finish(&own);
    fn_buf_finish(&all);
    return rc;
}

/* ---- the program ---- */

static int begin(struct bulk *b, const char *list, struct fn_config_file **config,
                 struct fn_error *err)
{
    int rc = fn_config_create(config, err);
    if (!rc && opt.config)
        rc = fn_config_load(*config, opt.config, true, err);
    if (!rc && opt.models)
        rc = fn_config_set(*config, "models.dir", opt.models, FN_ORIGIN_COMMAND_LINE, err);
    if (rc)
        return rc;
    b->cfg = fn_config_values(*config);
    b->models = opt.models;
    const char *dir = fn_config_models_dir(b->cfg, NULL);
    char *root = realpath(opt.root, NULL);
    if (!root || strlen(root) >= sizeof b->root)
        rc = fn_error_set(err, -ENOENT, "%s: no such folder", opt.root);
    else
        (void)snprintf(b->root, sizeof b->root, "%s", root);
    free(root);
    rc = rc ? rc : fn_places_find(opt.index, NULL, &b->places, err);
    rc = rc ? rc : fn_profile_read_values(dir, b->cfg->profile, &b->profile, err);
    if (rc == FN_ENOTFOUND) /* a missing input, not an empty result */
        rc = FN_EMODEL;
    if (rc || b->comm->rank)
        return rc;
    rc = read_list(b, list, err);
    return rc ? rc : bulk_index_open(b, err);
}

static int run(struct bulk *b, const char *list, struct fn_error *err)
{
    struct fn_config_file *config = NULL;
    int rc = fn_comm_agree(b->comm, begin(b, list, &config, err), err);
    rc = rc ? rc : share_list(b, err);
    rc = rc ? rc : rounds(b, err);
    if (rc == 0 && b->comm->rank == 0)
        rc = bulk_settle(b, err);
    bulk_worker_stop(b);
    rc = b->comm->lost ? rc : fn_comm_agree(b->comm, rc, err);
    fn_store_close(b->store);
    fn_config_destroy(config);
    free(b->list);
    free(b->path);
    return rc;
}

static int finish(struct bulk *b, int rc, const struct fn_error *err)
{
    int code = rc                              ? fn_exit_of(rc)
               : b->count.bad || b->count.gone ? FN_EXIT_PARTLY
                                               : FN_EXIT_OK;
    if (rc && (b->comm->rank == 0 || b->comm->lost))
        (void)fprintf(stderr, "facenetd-bulk: %s.\n", err->text);
    else if (b->comm->rank == 0)
        (void)printf("%" PRIu64 " photos, %" PRIu64 " faces; %" PRIu64 " known, %" PRIu64
                     " bad, %" PRIu64 " not readable\n",
                     b->count.photos, b->count.faces, b->count.known, b->count.bad,
                     b->count.gone);
    /* the exit code of mpirun is that of a rank with a non-zero code */
    bool first = b->comm->rank == 0;
    fn_comm_finish(b->comm);
    return rc || first ? code : FN_EXIT_OK;
}

static int print_help(void)
{
    struct fn_buf b;
    fn_buf_init(&b, 1 << 16);
    fn_buf_str(
        &b, "usage: [mpirun ...] facenetd-bulk LIST --root DIR [options]\n"
            "Adds a list of photos to an index, on one machine or on several. LIST is a file\n"
            "with a path per line. Under mpirun every process takes a share; the first one\n"
            "reads LIST and writes the index. At home, use facenetd.\n\n"
            "Example:\n  facenetd-bulk list.txt --root /srv/photos\n\nOptions:\n");
    fn_options_help(&b, table);
    (void)fputs(fn_buf_cstr(&b), stdout);
    fn_buf_finish(&b);
    return FN_EXIT_OK;
}

int main(int argc, char **argv)
{
    static struct bulk b;
    struct fn_error err = {0};
    const struct fn_opt *const tables[] = {table};
    size_t n;
    int rc = fn_options_parse(argc, argv, tables, 1, &n, &err);
    if (rc == 0 && opt.help)
        return print_help();
    if (rc == 0 && opt.version)
        return printf("facenetd-bulk %s\n", FN_VERSION) < 0;
    if (rc == 0 && (n != 1 || !opt.root))
        rc = fn_error_set(&err, FN_EUSAGE, "needs LIST and --root DIR");
    rc = rc ? rc : fn_comm_start(&b.comm, &err);
    if (rc) {
        (void)fprintf(stderr, "facenetd-bulk: %s.\n", err.text);
        return fn_exit_of(rc);
    }
    rc = run(&b, argv[1], &err);
    return finish(&b, rc, &err);
}
