/* SPDX-License-Identifier: MIT */
/* The model's pictures in a real index: what happens to files and what is said, done to both.
 */
#ifndef FN_TESTS_PROPERTY_EDIT_INDEX_H
#define FN_TESTS_PROPERTY_EDIT_INDEX_H

#include "index/labels/labels.h"
#include "tests/property/edit_model.h"

#define EI_MODEL "test.model"
enum { EI_KILLS = 64 };

struct ei {
    char dir[96];
    struct fn_store *store;
    fn_root_id root;
    struct em m;
    bool loud; /* prints every step */
    bool strict;
    bool stored; /* each transaction stores the model too, as EI_MODEL */
    /* After how many commits a process was killed; in a replay it ends itself there. */
    uint64_t kills[EI_KILLS], end_after;
    int n_kills;
    const char *doing;
};

/* Prints seed, step, text and how to see it again, and ends the program. */
__attribute__((format(printf, 2, 3), noreturn)) void ei_fail(const struct ei *e,
                                                             const char *format, ...);
__attribute__((format(printf, 2, 3))) void ei_say(const struct ei *e, const char *format, ...);
void ei_check(const struct ei *e, int rc, const struct fn_error *err);

void ei_create(struct ei *e, uint64_t seed); /* a new index, in a new directory */
void ei_open(struct ei *e);
void ei_close(struct ei *e);
void ei_delete(struct ei *e);
struct fn_txn *ei_begin(struct ei *e);
void ei_commit(struct ei *e, struct fn_txn *t);
void ei_end_if_due(const struct ei *e); /* kills this process, in a replay */

/* Each does it in the index, and then in the model. */
void ei_show(struct ei *e, struct fn_txn *t, const char *path, int picture);
void ei_remove(struct ei *e, struct fn_txn *t, const char *path);
void ei_rename(struct ei *e, struct fn_txn *t, const char *from, const char *to);
void ei_rename_folder(struct ei *e, struct fn_txn *t, const char *from, const char *to);
void ei_label(struct ei *e, struct fn_txn *t); /* something about a face of some file */
void ei_undo(struct ei *e, struct fn_txn *t);  /* an act, or an undo */

struct fn_person_id ei_person(uint8_t person);
/* The face of the index that is this face of the picture. False: it is not in the index. */
bool ei_face(struct ei *e, struct fn_txn *t, int picture, uint8_t number, fn_face_id *ret);
struct fn_h128 ei_hash(const struct ei *e, int picture);

#endif
