/* SPDX-License-Identifier: MIT */
/* The plain model of labels on edited pictures: which file shows which picture, what was said
 * about whom, and what is not undone. It knows no index. The rule: what is said about a face
 * holds for this face in this picture and in what is made of it by edits, and for no other. */
#ifndef FN_TESTS_PROPERTY_EDIT_MODEL_H
#define FN_TESTS_PROPERTY_EDIT_MODEL_H

#include "tests/property/edit_pictures.h"

enum { EM_LINEAGES = 80, EM_PICTURES = 240, EM_FILES = 48, EM_ACTS = 240, EM_PATH = 48 };
enum em_kind { EM_IS, EM_NOT, EM_NOTFACE };

struct em_act {
    uint64_t act; /* its number in the log */
    int picture;  /* on which it was said */
    uint8_t number, kind, person;
    bool in_force;
};

struct em_file {
    char path[EM_PATH]; /* "": free */
    int picture;
};

struct em { /* no pointers: it is copied and stored as it is */
    uint64_t seed, step, commits;
    struct fn_rng rng;
    int64_t clock_us;
    int n_identities, n_lineages, n_pictures, n_acts;
    struct ep_lineage lineages[EM_LINEAGES];
    struct ep_picture pictures[EM_PICTURES];
    int born[EM_PICTURES]; /* acts that there were when the picture was made */
    struct em_file files[EM_FILES];
    struct em_act acts[EM_ACTS];
};

struct em_file *em_file_at(struct em *m, const char *path); /* NULL: no such file */
struct em_file *em_any_file(struct em *m);                  /* a random one; NULL: none */
bool em_is_shown(const struct em *m, int picture);          /* by any file */
void em_show(struct em *m, const char *path, int picture);
void em_remove(struct em *m, const char *path);
void em_rename(struct em *m, const char *from, const char *to);
void em_rename_folder(struct em *m, const char *from, const char *to);
/* A path in a random folder that no file has. */
void em_free_path(struct em *m, char out[EM_PATH]);

/* A new picture that is not shown by any file yet; -1: there are enough. */
int em_new_picture(struct em *m);
int em_new_burst(struct em *m, int of);
int em_new_edit(struct em *m, int of, enum ep_edit edit);

const struct ep_face *em_face(const struct em *m, int picture, uint8_t number);
bool em_is_version_of(const struct em *m, int picture, int older);
/* What may be said of a face of a picture. What was said on a version in which the face is like
 * nobody, or on the other side of one, cannot be followed for sure: then an older name may be
 * there. */
bool em_may_be(const struct em *m, int picture, uint8_t number, uint8_t person);
bool em_may_be_said(const struct em *m, int picture, uint8_t number, uint8_t kind,
                    int person /* -1: any */);
/* Whether the person is not the last one that was said, as far as that is known. */
bool em_is_older(const struct em *m, int picture, uint8_t number, uint8_t person);
/* An IS that was said about this face on this very picture, and that nothing later can have
 * taken away. */
bool em_must_be_confirmed(const struct em *m, int picture, uint8_t number);

#endif
