/* SPDX-License-Identifier: MIT */
/* The evidence for and against the person of a face, and between two faces. Everything is read
 * from the index. */
#ifndef FN_CLI_LIBRARY_WHY_H
#define FN_CLI_LIBRARY_WHY_H

#include "cli/library/facts.h"

enum { FNL_EVIDENCE_MAX = 5, FNL_RULES_MAX = 8 };

struct fnl_evidence {
    char id[FN_FACE_HEX];
    double d2; /* squared distance to the face in question */
    int year;  /* when its photo was taken; 0: unknown */
    enum fnl_state state;
};

struct fnl_why {
    struct fnl_fact fact;
    uint32_t cluster_d; /* clusters join up to this distance, at the index's size class */
    struct fnl_evidence near[FNL_EVIDENCE_MAX]; /* of the same person, nearest first */
    size_t n_near;
    bool near_confirmed;                      /* near has confirmed faces only */
    struct fnl_match other;                   /* the nearest face of another person */
    struct fnl_match in_photo[FNL_RULES_MAX]; /* confirmed in the same photo */
    struct fnl_match rejected[FNL_RULES_MAX]; /* people that the face was rejected as, */
    uint64_t reject_act[FNL_RULES_MAX];       /* and by which acts */
    size_t n_in_photo, n_rejected;
    struct fn_member member; /* its cluster, if is_member */
    bool is_member;
    char photo_path[FN_PATH_MAX]; /* "": the photo has no file */
};

/* what: a face as fnl_face_find takes it. Inside the read transaction. FN_ENOTFOUND,
 * FN_EAMBIGUOUS, -ENOMEM. */
FN_NODISCARD int fnl_why(struct fn_library *lib, const char *what, struct fnl_why *ret,
                         struct fn_error *err);

struct fnl_pair {
    struct fnl_fact a, b;
    double d2, p;       /* squared distance; probability of one person by distance alone */
    uint32_t pair_d;    /* pairs of one person are nearer than this */
    uint32_t cluster_d; /* as in struct fnl_why */
    bool same_photo, same_person;
};

FN_NODISCARD int fnl_why_pair(struct fn_library *lib, const char *one, const char *two,
                              struct fnl_pair *ret, struct fn_error *err);

#endif
