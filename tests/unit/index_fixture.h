/* SPDX-License-Identifier: MIT */
/* An index in a directory of its own, and photos whose content is a number. Faces, boxes,
 * vectors and features of content k are functions of k alone. */
#ifndef FN_TESTS_UNIT_INDEX_FIXTURE_H
#define FN_TESTS_UNIT_INDEX_FIXTURE_H

#include <stdbool.h>
#include <stdint.h>

#include "index/ingest/ingest.h"

enum { FX_WIDTH = 256, FX_FACES_MAX = 64 };

struct fx {
    char dir[128];
    struct fn_store *store;
    fn_root_id root; /* "/photos" */
};

void fx_check(int rc, const struct fn_error *err); /* fails the test with the message */
void fx_new(struct fx *f, unsigned flags);         /* empty index with a model and a root */
void fx_reopen(struct fx *f, unsigned flags);
void fx_remove(struct fx *f); /* closes, and removes the directory */
struct fn_txn *fx_begin(struct fx *f, bool write);
void fx_commit(struct fn_txn *t);
struct fn_index_model fx_model(void);

struct fn_h128 fx_hash(uint64_t content);
void fx_embedding(uint64_t content, uint32_t face, float out[FN_DIM]);
void fx_feature(uint64_t content, uint32_t face, uint16_t out[FX_WIDTH]);
void fx_box(uint32_t face, float out[4]);
/* Returns the result of fn_ingest_photo. *ret is set only on success. */
int fx_try_ingest(struct fx *f, struct fn_txn *t, const char *path, uint64_t content,
                  uint32_t n_faces, fn_photo_id *ret, struct fn_error *err);
fn_photo_id fx_ingest(struct fx *f, struct fn_txn *t, const char *path, uint64_t content,
                      uint32_t n_faces);

/* The worst level that the checker finds (deep). If print is set, prints everything that is not
 * OK. */
int fx_doctor(struct fx *f, bool print);
/* The path of this executable, for exec. The environment must not be used after fork. */
const char *fx_self(void);

#endif
