/* SPDX-License-Identifier: MIT */
/* People by what a user types of their names. All texts are compared by their keys
 * (engine/base/text.h). */
#ifndef FN_INDEX_NAMES_H
#define FN_INDEX_NAMES_H

#include "index/labels/labels.h"

/* How much of a name a text is, from the weakest to the strongest. */
enum fn_name_match {
    FN_NAME_OTHER = 0, /* nothing of it */
    FN_NAME_BEGINS,    /* the name begins with the text: "ann b" of "Ann Berg" */
    FN_NAME_WORDS,     /* whole words of it, next to each other: "berg" */
    FN_NAME_WHOLE,     /* all of it */
};
/* Whether words of a name end here: at a space, and at ASCII punctuation other than an
 * apostrophe, as in "Anna-Lena" and "Berg, Ann". */
bool fn_name_gap(char c);
/* Both are keys. An empty text matches nothing. */
enum fn_name_match fn_name_compare(const char *name, const char *text);

struct fn_name {
    struct fn_person_id id;
    char *name, *key;
};
struct fn_names {
    struct fn_name *v;
    size_t n, cap;
};
/* Every person with a name, in order of id. -ENOMEM, and errors of the index; release *ret with
 * fn_names_finish in any case. */
FN_NODISCARD int fn_names_load(struct fn_txn *t, struct fn_names *ret);
void fn_names_finish(struct fn_names *names);

/* The people whose names match the text best: the first `max` of them in ret, their number in
 * *ret_n, which may be more. Returns how they match; FN_NAME_OTHER: none. key: of the text. */
enum fn_name_match fn_names_find(const struct fn_names *names, const char *key,
                                 struct fn_person_id *ret, size_t max, size_t *ret_n);
/* The same for one text. FN_ENOTFOUND; *ret_n is at most max. ret_how may be NULL. */
FN_NODISCARD int fn_person_by_name(struct fn_txn *t, const char *name, struct fn_person_id *ret,
                                   size_t max, size_t *ret_n, enum fn_name_match *ret_how);

/* Names that differ from the text by a slip of the keyboard, nearest first, for "did you mean":
 * "Ann Berg, Anna"; "" when there is none. A name is near if the text is near all of it or one
 * of its words. out: size bytes. */
void fn_names_near(const struct fn_names *names, const char *text, char *out, size_t size);

#endif
