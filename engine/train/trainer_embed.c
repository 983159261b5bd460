/* SPDX-License-Identifier: MIT */
/* Embeddings of pictures with the current weights, by all ranks together. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "engine/train/train_priv.h"

static int embed_some(struct fn_trainer *t, const uint32_t *idx, size_t n, uint8_t *chips,
                      float *f, uint8_t *ok, struct fn_error *err)
{
    int rc = fn_loader_start(t->plain_loader, 0, idx, n, chips, ok);
    if (rc)
        return fn_error_set(err, rc, "pictures cannot be loaded: %s", fn_strerror(rc));
    rc = fn_loader_wait(t->plain_loader, err);
    if (rc && rc != FN_EDECODE)
        return rc;
    fn_batch_embed(t->net, chips, n, f);
    for (size_t i = 0; i < n; i++)
        if (!ok[i])
            memset(f + i * t->info.dim, 0, t->info.dim * sizeof *f);
    return 0;
}

/* Embeds whole chunks, starting at a multiple of the chunk size, so that the results are
 * bit-identical whichever rank embeds a picture. */
static int embed_own(struct fn_trainer *t, const uint32_t *idx, size_t n, float *f, uint8_t *ok,
                     struct fn_error *err)
{
    size_t chunk = t->info.chunk;
    size_t at_once =
        chunk < FN_TRAIN_EMBED_AT_ONCE ? FN_TRAIN_EMBED_AT_ONCE / chunk * chunk : chunk;
    uint8_t *chips = malloc(at_once * t->info.width * t->info.height * 3);
    int rc = chips ? 0 : fn_error_set(err, -ENOMEM, "out of memory");
    for (size_t i = 0; rc == 0 && i < n; i += at_once) {
        size_t k = n - i < at_once ? n - i : at_once;
        rc = embed_some(t, idx + i, k, chips, f + i * t->info.dim, ok + i, err);
    }
    free(chips);
    return rc;
}

/* Returns the first row of a rank's share. */
static size_t embed_first(const struct fn_trainer *t, size_t n, unsigned rank)
{
    size_t chunk = t->info.chunk, chunks = (n + chunk - 1) / chunk;
    size_t row = fn_comm_leaf(chunks, t->comm->size, rank) * chunk;
    return row < n ? row : n;
}

static int gather_embedded(struct fn_trainer *t, const float *own_f, const uint8_t *own_ok,
                           size_t n, float *f, uint8_t *ok, struct fn_error *err)
{
    for (unsigned i = 0; i < t->comm->size; i++)
        t->bytes[i] = embed_first(t, n, i + 1) - embed_first(t, n, i);
    int rc = fn_comm_allgather(t->comm, own_ok, ok, t->bytes, err);
    for (unsigned i = 0; i < t->comm->size; i++)
        t->bytes[i] *= t->info.dim * sizeof *f;
    return rc ? rc : fn_comm_allgather(t->comm, own_f, f, t->bytes, err);
}

int fn_trainer_embed(struct fn_trainer *t, const uint32_t *idx, size_t n, float *f, uint8_t *ok,
                     struct fn_error *err)
{
    if (t->comm->size == 1)
        return embed_own(t, idx, n, f, ok, err);
    size_t first = embed_first(t, n, t->comm->rank);
    size_t own = embed_first(t, n, t->comm->rank + 1) - first;
    float *own_f = malloc((own * t->info.dim + 1) * sizeof *f);
    uint8_t *own_ok = malloc(own + 1);
    int rc = own_f && own_ok ? embed_own(t, idx + first, own, own_f, own_ok, err)
                             : fn_error_set(err, -ENOMEM, "out of memory");
    rc = fn_comm_agree(t->comm, rc, err);
    if (rc == 0)
        rc = gather_embedded(t, own_f, own_ok, n, f, ok, err);
    free(own_f);
    free(own_ok);
    return rc;
}
