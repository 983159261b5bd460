/* SPDX-License-Identifier: MIT */
/* change_index DIR add NUMBER PEOPLE | DIR remove PATH: adds or removes one photo of an index
 * of make_index, and updates the clusters. Photo NUMBER is extra/NUMBER.jpg, with one to three
 * faces of the first PEOPLE people; it is a function of its number alone. PATH is below the
 * root. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/rng.h"
#include "index/ingest/ingest.h"
#include "index/ingest/update.h"
#include "index/people/people.h"
#include "tests/property/synth.h"

enum { WIDTH = 8, FACES_MAX = 3 };

static struct fn_error err;

static void must(int rc, const char *what)
{
    if (rc == 0)
        return;
    (void)fprintf(stderr, "change_index: %s: %s\n", what,
                  err.text[0] ? err.text : fn_strerror(rc));
    exit(1);
}

static int take_root(const struct fn_root *r, void *ctx)
{
    *(fn_root_id *)ctx = r->id;
    return 1;
}

static void add(struct fn_txn *t, fn_root_id root, uint32_t number, uint32_t people)
{
    static const uint16_t feature[WIDTH];
    static const struct synth synth = {.seed = 7, .within = .5};
    struct fn_rng r = fn_rng_init(number, 5);
    struct fn_ingest_face faces[FACES_MAX] = {{.score = 0}};
    struct fn_ingest in = {.faces = faces,
                           .n_faces = 1 + (uint32_t)fn_rng_below(&r, FACES_MAX),
                           .feature_width = WIDTH};
    fn_photo_id id;
    in.hash = fn_hash128(&number, sizeof number);
    in.profile_id = fn_hash128("generated", 9);
    for (uint32_t i = 0; i < in.n_faces; i++) {
        faces[i] = (struct fn_ingest_face){.box = {.05f + .3f * (float)i, .25f, .125f, .25f},
                                           .score = .99f,
                                           .quality = .8f,
                                           .sharpness = .9f,
                                           .eyes_px = 60,
                                           .feature = feature};
        synth_vector(&synth, (uint32_t)fn_rng_below(&r, people), 2000 + number * FACES_MAX + i,
                     faces[i].embedding);
    }
    in.path.root = root;
    (void)snprintf(in.path.path, sizeof in.path.path, "extra/%u.jpg", number);
    in.photo.width = 4000;
    in.photo.height = 3000;
    must(fn_ingest_photo(t, &in, &id, &err), in.path.path);
}

int main(int argc, char **argv)
{
    bool adds = argc == 5 && strcmp(argv[2], "add") == 0;
    if (!adds && (argc != 4 || strcmp(argv[2], "remove") != 0)) {
        (void)fprintf(stderr, "usage: change_index DIR add NUMBER PEOPLE | DIR remove PATH\n");
        return 2;
    }
    struct fn_store *store = NULL;
    struct fn_txn *t = NULL;
    fn_root_id root = 0;
    must(fn_store_open(argv[1], FN_STORE_WRITE | FN_STORE_NOSYNC, &store, &err), argv[1]);
    must(fn_txn_begin(store, true, 5000, &t, &err), "begin");
    must(fn_root_each(t, take_root, &root) < 0 || !root, "root");
    if (adds)
        add(t, root, (uint32_t)strtoul(argv[3], NULL, 10),
            (uint32_t)strtoul(argv[4], NULL, 10));
    else
        must(fn_path_delete(t, root, argv[3], &err), argv[3]);
    must(fn_people_settle(t, 0, NULL, &err), "settle");
    must(fn_index_commit(t, &err), "commit");
    fn_store_close(store);
    return 0;
}
