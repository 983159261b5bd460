/* SPDX-License-Identifier: MIT */
/* Private to index/query: a query as a tree, and the parser that makes it. */
#ifndef FN_INDEX_QUERY_PRIV_H
#define FN_INDEX_QUERY_PRIV_H

#include "engine/base/shell_word.h"
#include "index/labels/names.h"
#include "index/query/query.h"
#include "index/query/query_words.h"

enum fn_query_kind {
    FN_Q_AND,
    FN_Q_OR,
    FN_Q_NOT,
    FN_Q_PERSON,  /* a face of the person */
    FN_Q_ONLY,    /* a face of each of the persons, and no other */
    FN_Q_UNKNOWN, /* with:unknown */
    FN_Q_FACES,
    FN_Q_DATE,
    FN_Q_PATH,
    FN_Q_MISSING,
    /* from here on: terms about one face */
    FN_Q_STATE,
    FN_Q_QUALITY,
    FN_Q_SIZE,
    FN_Q_P,
};
enum fn_query_op { FN_OP_EQ, FN_OP_GE, FN_OP_LE, FN_OP_GT, FN_OP_LT };
enum fn_face_state {
    FN_STATE_UNKNOWN = 0,
    FN_STATE_SUGGESTED,
    FN_STATE_CONFIRMED,
    FN_STATE_REJECTED
};

#define FN_QUERY_DEPTH_MAX 16
#define FN_QUERY_NODES_MAX 512

struct fn_query_node {
    enum fn_query_kind kind;
    enum fn_query_op op;
    double number;        /* FACES, QUALITY, SIZE, P */
    int64_t from_s, to_s; /* DATE: [from, to) of local time */
    enum fn_face_state state;
    bool yes;                 /* MISSING */
    char *glob;               /* PATH: see glob.h, FN_GLOB_BELOW */
    struct fn_person_id *ids; /* PERSON: one; ONLY */
    size_t n_ids, cap_ids;
    struct fn_query_node *child, *next; /* operands, a list */
};

struct fn_query {
    struct fn_query_node *root; /* NULL: everything */
    bool missing;               /* has a missing: term */
};

void fn_query_node_free(struct fn_query_node *n);
bool fn_query_compare(enum fn_query_op op, double a, double b);

/* ---- the parser ---- */

struct fn_query_parser {
    struct fn_txn *t;
    const char *text;
    struct fn_query_word word;  /* the current one */
    struct fn_query_word ahead; /* scratch of query_people.c */
    struct fn_names names;
    size_t depth, n_nodes;
    bool missing;
    struct fn_error *err;
    size_t column; /* of the error, from 1 */
};

/* An error at the byte `at` of the text. Returns FN_EUSAGE. */
int fn_query_wrong(struct fn_query_parser *p, size_t at, const char *fmt, ...) FN_PRINTF(3, 4);
/* NULL, with an error: too many terms. */
struct fn_query_node *fn_query_node_new(struct fn_query_parser *p, enum fn_query_kind kind);
/* The next word becomes the current one; its end is where reading continues. */
FN_NODISCARD int fn_query_next(struct fn_query_parser *p);

/* Adds to n the person that the words from the current one on name, see query_people.c;
 * reading continues after them. */
FN_NODISCARD int fn_query_add_person(struct fn_query_parser *p, struct fn_query_node *n,
                                     bool in_list);
/* Whether a person has exactly this name: for the advice to write it in quotes. */
bool fn_query_is_name(const struct fn_query_parser *p, const char *text);

/* The operand of fnq find that means the person of this name: '"And"'. Returns ret->s. */
const char *fn_query_name_operand(struct fn_shell_text *ret, const char *name);

/* Whether this would be the value of date: */
bool fn_query_is_date(const char *text);
/* A term with a key, which begins with the current word: key_n is the length of its key.
 * Reading continues after it. */
FN_NODISCARD int fn_query_read_key(struct fn_query_parser *p, size_t key_n,
                                   struct fn_query_node **ret);

#endif
