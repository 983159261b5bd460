/* SPDX-License-Identifier: MIT */
/* Private to query*.c: a query as a tree. */
#ifndef FN_INDEX_QUERY_PRIV_H
#define FN_INDEX_QUERY_PRIV_H

#include "index/query/query.h"

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
#endif
