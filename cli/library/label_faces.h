/* SPDX-License-Identifier: MIT */
/* One label for several faces: for the acts confirm, reject and "not a face", and for a line of
 * a batch. */
#ifndef FN_CLI_LIBRARY_LABEL_FACES_H
#define FN_CLI_LIBRARY_LABEL_FACES_H

#include "cli/library/act.h"
#include "cli/library/targets.h"

/* How the labels in effect of a face relate to a new label. */
enum fnl_standing {
    FNL_STANDS_FREE,      /* they do not concern it */
    FNL_STANDS_SO,        /* the face has this label */
    FNL_STANDS_CONFIRMED, /* IS: confirmed as another person. NOT: confirmed as this one.
                      NOTFACE: confirmed as a person */
    FNL_STANDS_REJECTED,  /* IS: rejected as this person */
    FNL_STANDS_NOTFACE,   /* IS: labelled as not a face */
    FNL_STANDINGS,
};
/* kind: IS, NOT or NOTFACE. person: of IS and NOT, after merges. A label that contradicts takes
 * precedence over one that is the same; one that refuses the act over both. */
enum fnl_standing fnl_standing_of(const struct fn_face_labels *l, enum fn_assert_kind kind,
                                  const struct fn_person_id *person);
/* An act on a face with this standing is a conflict. */
bool fnl_is_conflict(enum fnl_standing s);

struct fnl_labelling {
    enum fn_assert_kind kind; /* IS, NOT, NOTFACE */
    /* A person or a name. NULL: the person that each face is assigned to (IS: confirm, NOT:
     * reject). IS with a name that no person has makes a new person; IS with the beginning of
     * one is FN_EAMBIGUOUS. */
    const char *who;
    bool fresh;        /* IS: a new person, even if another one has this name */
    bool known;        /* who is a person, so the beginning of a name will do */
    fn_face_id *faces; /* the caller's */
    size_t n;
    /* the result */
    struct fn_person_id id;
    char name[FN_PERSON_NAME_MAX];
    bool one_person; /* all faces concern id */
    bool is_new;     /* the act makes the person */
    bool counted;    /* standing is complete: it is, unless reading the labels failed */
    size_t standing[FNL_STANDINGS]; /* faces, by their labels before the act */
};
size_t fnl_labelling_conflicts(const struct fnl_labelling *l);

/* Appends the assertions to an act, inside its transaction (fnl_fill). FN_EREFUSED,
 * FN_EAMBIGUOUS, FN_ENOTFOUND: nothing of it should be stored. */
FN_NODISCARD int fnl_labelling_fill(struct fn_txn *t, struct fnl_act *act,
                                    struct fnl_labelling *l, struct fn_error *err);
/* The whole act. FN_EREFUSED when labels of a face refuse it: nothing has changed, and l has
 * counted the conflicts of all faces. */
FN_NODISCARD int fnl_label_faces(struct fn_library *lib, enum fnl_mode mode,
                                 struct fnl_labelling *l, struct fnl_act_result *ret,
                                 struct fn_error *err);

#endif
