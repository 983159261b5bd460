/* SPDX-License-Identifier: MIT */
/* Results of the engine by content, in files below $XDG_CACHE_HOME/facenetd/eval. One file has
 * the results of one set of models, settings and kind; its name is the hash of these.
 *
 * File: 8 bytes magic, then records: content hash (16), hash of the result (8), size of the
 * result (4), result. Numbers have the byte order of this machine; the cache is not portable.
 * The file ends at the first record with a wrong hash; what follows is computed again. Vectors
 * of faces are personal data, so only the owner can read the files. Several threads may use a
 * cache in parallel; the order of records depends on them, the results do not. */
#include "cli/library/eval_cache.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/file.h"
#include "engine/base/paths.h"

enum { ANSWER_MAX = 4 << 20, SAVE_EVERY = 1000 };
static const size_t file_max = (size_t)4 << 30;
static const char magic[8] = "fnevl01";

struct head {
    struct fn_h128 content;
    uint64_t check;
    uint32_t size;
};
enum { HEAD = 28 };

struct fnl_cache {
    pthread_mutex_t lock;
    uint64_t kind;
    char path[FN_PATH_MAX]; /* "": there is no cache directory */
    struct fn_buf file;     /* as on disk */
    size_t *slots;          /* offset of a record, 0: free */
    size_t n_slots, n, n_new;
};

static int cache_path(char *out, size_t size, const char *what)
{
    char base[FN_PATH_MAX], name[FN_H128_HEX + 40], hex[FN_H128_HEX];
    const char *xdg = getenv("XDG_CACHE_HOME");
    int rc = xdg && xdg[0] == '/' ? fn_path_join(base, sizeof base, xdg, "facenetd/eval")
                                  : fn_path_expand(base, sizeof base, "~/.cache/facenetd/eval");
    rc = rc ? rc : fn_mkdirs(base, 0700, NULL);
    struct fn_h128 h = fn_hash128(what, strlen(what));
    fn_h128_hex(&h, hex);
    (void)snprintf(name, sizeof name, "%s.answers", hex);
    return rc ? rc : fn_path_join(out, size, base, name);
}

static struct head head_at(const struct fnl_cache *c, size_t at)
{
    struct head h;
    memcpy(&h.content, c->file.data + at, sizeof h.content);
    memcpy(&h.check, c->file.data + at + 16, sizeof h.check);
    memcpy(&h.size, c->file.data + at + 24, sizeof h.size);
    return h;
}

static size_t *slot_of(const struct fnl_cache *c, const struct fn_h128 *content)
{
    uint64_t at;
    memcpy(&at, content->b, sizeof at);
    for (;; at++) {
        size_t *s = &c->slots[at & (c->n_slots - 1)];
        if (!*s || !memcmp(c->file.data + *s, content->b, sizeof content->b))
            return s;
    }
}

static int grow(struct fnl_cache *c)
{
    size_t n = c->n_slots ? 2 * c->n_slots : 4096, *old = c->slots, n_old = c->n_slots;
    size_t *slots = calloc(n, sizeof *slots);
    if (!slots)
        return -ENOMEM;
    c->slots = slots;
    c->n_slots = n;
    for (size_t i = 0; i < n_old; i++) {
        if (old[i]) {
            struct head h = head_at(c, old[i]);
            *slot_of(c, &h.content) = old[i];
        }
    }
    free(old);
    return 0;
}

static int note_record(struct fnl_cache *c, size_t at)
{
    struct head h = head_at(c, at);
    if (2 * (c->n + 1) > c->n_slots && grow(c))
        return -ENOMEM;
    size_t *s = slot_of(c, &h.content);
    c->n += !*s;
    *s = at;
    return 0;
}

/* Loads the records of the file up to the first one that is not valid. */
static int load(struct fnl_cache *c)
{
    size_t at = sizeof magic;
    if (!c->path[0] || fn_file_read(c->path, &c->file, NULL) || c->file.len < sizeof magic ||
        memcmp(c->file.data, magic, sizeof magic) != 0)
        fn_buf_reset(&c->file);
    if (!c->file.len)
        fn_buf_add(&c->file, magic, sizeof magic);
    while (at + HEAD <= c->file.len) {
        struct head h = head_at(c, at);
        if (h.size > ANSWER_MAX || h.size > c->file.len - at - HEAD ||
            fn_hash64(c->file.data + at + HEAD, h.size) != h.check)
            break;
        if (note_record(c, at))
            return -ENOMEM;
        at += HEAD + h.size;
    }
    c->file.len = at < c->file.len ? at : c->file.len;
    return fn_buf_failed(&c->file) ? -ENOMEM : 0;
}

static void destroy(struct fnl_cache *c)
{
    fn_buf_finish(&c->file);
    free(c->slots);
    (void)pthread_mutex_destroy(&c->lock);
    free(c);
}

struct fnl_cache *fnl_cache_open(const char *what)
{
    struct fnl_cache *c = calloc(1, sizeof *c);
    if (!c)
        return NULL;
    (void)pthread_mutex_init(&c->lock, NULL);
    c->kind = fn_hash64(what, strlen(what));
    fn_buf_init(&c->file, file_max);
    if (cache_path(c->path, sizeof c->path, what))
        c->path[0] = '\0';
    if (grow(c) || load(c)) {
        destroy(c);
        return NULL;
    }
    return c;
}

uint64_t fnl_cache_kind(const struct fnl_cache *c)
{
    return c->kind;
}

bool fnl_cache_get(struct fnl_cache *c, const struct fn_h128 *content, void *out, size_t cap,
                   size_t *ret_size)
{
    (void)pthread_mutex_lock(&c->lock);
    size_t at = *slot_of(c, content), size = at ? head_at(c, at).size : 0;
    bool known = at && size <= cap;
    if (known) {
        memcpy(out, c->file.data + at + HEAD, size);
        *ret_size = size;
    }
    (void)pthread_mutex_unlock(&c->lock);
    return known;
}

/* A cache that cannot be written is not an error. */
static void save(struct fnl_cache *c)
{
    if (c->path[0] && c->n_new && !fn_buf_failed(&c->file))
        FN_IGNORE(fn_file_write_atomic(c->path, c->file.data, c->file.len, 0600, NULL));
    c->n_new = 0;
}

static int put(struct fnl_cache *c, const struct fn_h128 *content, const void *answer,
               size_t size)
{
    uint64_t check = fn_hash64(answer, size);
    uint32_t size32 = (uint32_t)size;
    size_t at = c->file.len;
    fn_buf_add(&c->file, content->b, sizeof content->b);
    fn_buf_add(&c->file, &check, sizeof check);
    fn_buf_add(&c->file, &size32, sizeof size32);
    fn_buf_add(&c->file, answer, size);
    if (fn_buf_failed(&c->file) || note_record(c, at))
        return -ENOMEM;
    if (++c->n_new >= SAVE_EVERY)
        save(c);
    return 0;
}

int fnl_cache_put(struct fnl_cache *c, const struct fn_h128 *content, const void *answer,
                  size_t size)
{
    if (size > ANSWER_MAX)
        return 0;
    (void)pthread_mutex_lock(&c->lock);
    int rc = put(c, content, answer, size);
    (void)pthread_mutex_unlock(&c->lock);
    return rc;
}

void fnl_cache_close(struct fnl_cache *c)
{
    if (!c)
        return;
    save(c);
    destroy(c);
}
