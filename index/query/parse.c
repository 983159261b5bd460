/* SPDX-License-Identifier: MIT */
/* From text to a tree, by recursive descent:
 *
 *   query := or            or := and ("or" and)*        and := not (["and"] not)*
 *   not := "not" not | "(" or ")" | term
 *   term := key ":" [op] value | key op number | name
 *   op := ">=" | "<=" | ">" | "<" | "="
 *
 * Words end at spaces and parentheses; double quotes hold such within a word, and make "and" a
 * name. Every complaint carries the column (from 1) of what it is about, and a near miss when
 * there is one. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/array.h"
#include "engine/base/clock.h"
#include "engine/base/edit_distance.h"
#include "engine/base/text.h"
#include "index/query/query_priv.h"

enum { WORD_MAX = 1024 };

struct parser {
    struct fn_txn *t;
    const char *text;
    size_t at;    /* after the current word */
    size_t start; /* of the current word */
    char word[WORD_MAX];
    bool quoted; /* the word began with a quote */
    size_t depth, n_nodes;
    bool missing;
    struct fn_error *err;
    size_t column; /* of the complaint */
};

static int complain(struct parser *p, size_t at, const char *fmt, ...) FN_PRINTF(3, 4);

static int complain(struct parser *p, size_t at, const char *fmt, ...)
{
    char text[400];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    p->column = at + 1;
    return fn_error_set(p->err, FN_EUSAGE, "%s", text);
}

/* ---- words ---- */

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* The next word, without its quotes; "" at the end. A parenthesis is a word. */
static int next(struct parser *p)
{
    size_t n = 0;
    bool in = false;
    const char *s = p->text;
    while (is_space(s[p->at]))
        p->at++;
    p->start = p->at;
    p->quoted = s[p->at] == '"';
    if (s[p->at] == '(' || s[p->at] == ')')
        p->word[n++] = s[p->at++];
    else
        for (; s[p->at] && (in || (!is_space(s[p->at]) && s[p->at] != '(' && s[p->at] != ')'));
             p->at++) {
            if (s[p->at] == '"')
                in = !in;
            else if (n == WORD_MAX - 1)
                return complain(p, p->start, "a word of more than %d bytes", WORD_MAX - 1);
            else
                p->word[n++] = s[p->at];
        }
    p->word[n] = 0;
    if (in)
        return complain(p, p->start, "a quote that is not closed");
    if (!n && p->quoted)
        return complain(p, p->start, "an empty name");
    return 0;
}

static bool at_end(const struct parser *p)
{
    return !p->word[0] && !p->quoted;
}

static bool at_word(const struct parser *p, const char *word)
{
    return !p->quoted && !strcasecmp(p->word, word);
}

/* ---- near misses ---- */

struct near {
    const char *to;
    size_t best;
    char name[FN_PERSON_NAME_MAX];
};

/* Nothing is offered when memory is short: the complaint is the point. */
static void offer(struct near *n, const char *name)
{
    char *to = fn_text_key(n->to), *key = fn_text_key(name);
    size_t d = to && key ? fn_edit_distance(to, strlen(to), key, strlen(key)) : FN_EDIT_FAR;
    free(to);
    free(key);
    if (d < n->best) {
        n->best = d;
        snprintf(n->name, sizeof n->name, "%s", name);
    }
}

static int offer_person(const struct fn_person_label *l, void *ctx)
{
    if (l->name[0]) {
        char first[FN_PERSON_NAME_MAX];
        offer(ctx, l->name);
        snprintf(first, sizeof first, "%.*s", (int)strcspn(l->name, " "), l->name);
        offer(ctx, first); /* "ana" is near "Anna Berg" */
    }
    return 0;
}

/* ---- terms ---- */

static struct fn_query_node *new_node(struct parser *p, enum fn_query_kind kind)
{
    struct fn_query_node *n = p->n_nodes++ < FN_QUERY_NODES_MAX ? calloc(1, sizeof *n) : NULL;
    if (n)
        n->kind = kind;
    else
        complain(p, p->start, "a query of more than %d terms", FN_QUERY_NODES_MAX);
    return n;
}

static int find_person(struct parser *p, const char *name, size_t at, struct fn_person_id *ret)
{
    struct fn_person who;
    struct fn_error why = {0};
    struct near near = {.to = name, .best = 3};
    int rc = fn_person_find(p->t, name, &who, &why);
    if (!rc) {
        *ret = who.id;
        return 0;
    }
    if (rc == FN_EAMBIGUOUS)
        return complain(p, at, "%s; use an id or more of the name", why.text);
    if (rc != FN_ENOTFOUND) {
        if (p->err)
            *p->err = why;
        return rc;
    }
    rc = fn_person_label_each(p->t, offer_person, &near);
    if (rc)
        return rc;
    if (near.name[0])
        return complain(p, at, "no person \"%.100s\"; did you mean \"%.100s\"?", name,
                        near.name);
    return complain(p, at, "no person \"%.100s\"", name);
}

static int add_person(struct parser *p, struct fn_query_node *n, const char *name, size_t at)
{
    struct fn_person_id *v = fn_array_grow(n->ids, &n->cap_ids, n->n_ids + 1, sizeof *v);
    if (!v)
        return -ENOMEM;
    n->ids = v;
    int rc = find_person(p, name, at, &v[n->n_ids]);
    if (!rc)
        n->n_ids++;
    return rc;
}

typedef int term_reader(struct parser *p, struct fn_query_node *n, const char *value,
                        size_t at);

static int read_only(struct parser *p, struct fn_query_node *n, const char *value, size_t at)
{
    int rc = 0;
    while (!rc) {
        char name[WORD_MAX];
        size_t len = strcspn(value, ",");
        if (!len)
            return complain(p, at, "only: wants names with commas between");
        memcpy(name, value, len);
        name[len] = 0;
        rc = add_person(p, n, name, at);
        if (!value[len])
            break;
        value += len + 1;
        at += len + 1;
    }
    return rc;
}

static int read_with(struct parser *p, struct fn_query_node *n, const char *value, size_t at)
{
    if (!strcasecmp(value, "unknown"))
        return 0;
    n->kind = FN_Q_PERSON;
    return add_person(p, n, value, at);
}

static const char *read_op(const char *s, enum fn_query_op *op)
{
    static const struct {
        const char *text;
        enum fn_query_op op;
    } ops[] = {
        {">=", FN_OP_GE}, {"<=", FN_OP_LE}, {">", FN_OP_GT}, {"<", FN_OP_LT}, {"=", FN_OP_EQ}};
    for (size_t i = 0; i < sizeof ops / sizeof *ops; i++) {
        size_t n = strlen(ops[i].text);
        if (!strncmp(s, ops[i].text, n)) {
            *op = ops[i].op;
            return s + n;
        }
    }
    *op = FN_OP_EQ;
    return s;
}

/* Digits with at most one point, then exactly `unit` or nothing. */
static bool read_number(const char *s, const char *unit, double *ret)
{
    double v = 0, scale = 1;
    bool point = false, digits = false;
    for (; (*s >= '0' && *s <= '9') || (*s == '.' && !point); s++) {
        if (*s == '.') {
            point = true;
            continue;
        }
        digits = true;
        v = v * 10 + (*s - '0');
        scale *= point ? 10 : 1;
    }
    if (!digits || (*s && strcmp(s, unit)) || v > 1e15)
        return false;
    *ret = v / scale;
    return true;
}

static int read_count(struct parser *p, struct fn_query_node *n, const char *value, size_t at)
{
    const char *s = read_op(value, &n->op);
    if (!read_number(s, "", &n->number) || strchr(s, '.'))
        return complain(p, at + (size_t)(s - value),
                        "faces: wants a number, as in faces:=2 or faces:>=3");
    return 0;
}

static int read_share(struct parser *p, struct fn_query_node *n, const char *value, size_t at)
{
    const char *s = read_op(value, &n->op);
    if (s == value)
        n->op = FN_OP_GE;
    if (!read_number(s, "", &n->number) || n->number > 1)
        return complain(p, at + (size_t)(s - value),
                        "a number from 0 to 1 is wanted, as in >=0.5");
    return 0;
}

static int read_size(struct parser *p, struct fn_query_node *n, const char *value, size_t at)
{
    const char *s = read_op(value, &n->op);
    if (s == value)
        n->op = FN_OP_GE;
    if (!read_number(s, "px", &n->number))
        return complain(p, at + (size_t)(s - value), "size wants pixels, as in size>=80px");
    return 0;
}

static int read_state(struct parser *p, struct fn_query_node *n, const char *value, size_t at)
{
    static const char *const states[] = {[FN_STATE_UNKNOWN] = "unknown",
                                         [FN_STATE_SUGGESTED] = "suggested",
                                         [FN_STATE_CONFIRMED] = "confirmed",
                                         [FN_STATE_REJECTED] = "rejected"};
    struct near near = {.to = value, .best = 4};
    for (size_t i = 0; i < 4; i++) {
        offer(&near, states[i]);
        if (!strcasecmp(states[i], value)) {
            n->state = (enum fn_face_state)i;
            return 0;
        }
    }
    if (near.name[0])
        return complain(p, at, "no state \"%.60s\"; did you mean \"%.20s\"?", value, near.name);
    return complain(p, at, "state: is one of confirmed, suggested, unknown, rejected");
}

static int read_missing(struct parser *p, struct fn_query_node *n, const char *value, size_t at)
{
    n->yes = !strcasecmp(value, "yes");
    p->missing = true;
    return n->yes || !strcasecmp(value, "no") ? 0 : complain(p, at, "missing: is yes or no");
}

static int read_path(struct parser *p, struct fn_query_node *n, const char *value, size_t at)
{
    (void)at;
    (void)p;
    n->glob = strdup(value);
    return n->glob ? 0 : -ENOMEM;
}

/* YYYY, YYYY-MM or YYYY-MM-DD, the whole of s up to n: the first second of it and the first
 * after it. */
static bool read_day(const char *s, size_t n, int64_t *from, int64_t *to)
{
    int v[3] = {0, 1, 1};
    size_t part = 0, at = 0;
    static const size_t digits[] = {4, 2, 2};
    for (; part < 3; part++) {
        v[part] = 0;
        for (size_t k = 0; k < digits[part]; k++, at++) {
            if (at >= n || s[at] < '0' || s[at] > '9')
                return false;
            v[part] = v[part] * 10 + (s[at] - '0');
        }
        if (at == n)
            break;
        if (s[at++] != '-')
            return false;
    }
    if (part == 3 || v[1] < 1 || v[1] > 12 || v[2] < 1)
        return false;
    *from = fn_civil_to_unix(v[0], v[1], v[2], 0, 0, 0);
    struct fn_civil c = fn_unix_to_civil(*from);
    if (c.day != v[2] || c.month != v[1]) /* 30 February */
        return false;
    if (part == 2)
        *to = *from + 86400;
    else if (part == 1)
        *to = v[1] == 12 ? fn_civil_to_unix(v[0] + 1, 1, 1, 0, 0, 0)
                         : fn_civil_to_unix(v[0], v[1] + 1, 1, 0, 0, 0);
    else
        *to = fn_civil_to_unix(v[0] + 1, 1, 1, 0, 0, 0);
    return true;
}

static int read_date(struct parser *p, struct fn_query_node *n, const char *value, size_t at)
{
    const char *dots = strstr(value, "..");
    size_t first = dots ? (size_t)(dots - value) : strlen(value);
    int64_t skip;
    static const char want[] = "date: wants YYYY, YYYY-MM, YYYY-MM-DD or a range FROM..TO";
    n->from_s = INT64_MIN;
    n->to_s = INT64_MAX;
    if ((first || !dots) && !read_day(value, first, &n->from_s, dots ? &skip : &n->to_s))
        return complain(p, at, "%s", want);
    if (dots && dots[2] && !read_day(dots + 2, strlen(dots + 2), &skip, &n->to_s))
        return complain(p, at + first + 2, "%s", want);
    if (dots && !first && !dots[2])
        return complain(p, at, "%s", want);
    if (n->from_s >= n->to_s)
        return complain(p, at, "a range of dates that ends before it begins");
    return 0;
}

static const struct {
    const char *key;
    enum fn_query_kind kind;
    term_reader *read;
} keys[] = {
    {"only", FN_Q_ONLY, read_only},    {"with", FN_Q_UNKNOWN, read_with},
    {"faces", FN_Q_FACES, read_count}, {"date", FN_Q_DATE, read_date},
    {"path", FN_Q_PATH, read_path},    {"missing", FN_Q_MISSING, read_missing},
    {"state", FN_Q_STATE, read_state}, {"quality", FN_Q_QUALITY, read_share},
    {"size", FN_Q_SIZE, read_size},    {"p", FN_Q_P, read_share},
};

static int unknown_key(struct parser *p, const char *key)
{
    struct near near = {.to = key, .best = 3};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        offer(&near, keys[i].key);
    if (near.name[0])
        return complain(p, p->start, "unknown key \"%.60s\"; did you mean \"%.20s\"?", key,
                        near.name);
    return complain(p, p->start, "unknown key \"%.60s\"", key);
}

static int read_keyed(struct parser *p, size_t key_n, struct fn_query_node **ret)
{
    char key[32];
    const char *value = p->word + key_n + (p->word[key_n] == ':');
    size_t at = p->start + (size_t)(value - p->word);
    snprintf(key, sizeof key, "%.*s", (int)(key_n < 31 ? key_n : 31), p->word);
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        if (strcasecmp(keys[i].key, key))
            continue;
        if (!*value)
            return complain(p, at, "%s: wants a value", keys[i].key);
        struct fn_query_node *n = new_node(p, keys[i].kind);
        if (!n)
            return FN_EUSAGE;
        int rc = keys[i].read(p, n, value, at);
        if (rc)
            fn_query_node_free(n);
        else
            *ret = n;
        return rc;
    }
    return unknown_key(p, key);
}

static int read_term(struct parser *p, struct fn_query_node **ret)
{
    size_t key_n = strcspn(p->word, ":<>=");
    if (!p->quoted && p->word[key_n])
        return read_keyed(p, key_n, ret);
    struct fn_query_node *n = new_node(p, FN_Q_PERSON);
    if (!n)
        return FN_EUSAGE;
    int rc = add_person(p, n, p->word, p->start);
    if (rc)
        fn_query_node_free(n);
    else
        *ret = n;
    return rc;
}

/* ---- the grammar ---- */

static int read_or(struct parser *p, struct fn_query_node **ret);

static int read_not(struct parser *p, struct fn_query_node **ret)
{
    struct fn_query_node *n = NULL;
    int rc = 0;
    if (++p->depth > FN_QUERY_DEPTH_MAX)
        return complain(p, p->start, "parentheses and nots nested deeper than %d",
                        FN_QUERY_DEPTH_MAX);
    if (at_end(p) || at_word(p, ")") || at_word(p, "and") || at_word(p, "or"))
        return at_end(p) ? complain(p, p->start, "something is missing at the end")
                         : complain(p, p->start, "a term is missing before \"%s\"", p->word);
    if (at_word(p, "not")) {
        if (!(n = new_node(p, FN_Q_NOT)))
            return FN_EUSAGE;
        rc = next(p);
        if (!rc)
            rc = read_not(p, &n->child);
    } else if (at_word(p, "(")) {
        size_t open = p->start;
        rc = next(p);
        if (!rc)
            rc = read_or(p, &n);
        if (!rc && !at_word(p, ")"))
            rc = complain(p, open, "a parenthesis that is not closed");
        if (!rc)
            rc = next(p);
    } else {
        rc = read_term(p, &n);
        if (!rc)
            rc = next(p);
    }
    p->depth--;
    if (rc)
        fn_query_node_free(n);
    else
        *ret = n;
    return rc;
}

/* One level of operands: of AND, where the word may be omitted, or of OR. */
static int read_list(struct parser *p, bool and, struct fn_query_node **ret)
{
    struct fn_query_node *first = NULL, *list = NULL;
    int rc = and? read_not(p, &first) : read_list(p, true, &first);
    struct fn_query_node **tail = first ? &first->next : NULL;
    while (!rc && !at_end(p) && !at_word(p, ")") &&
           (and? !at_word(p, "or") : at_word(p, "or"))) {
        if (at_word(p, "and") || at_word(p, "or"))
            rc = next(p);
        if (!rc)
            rc = and? read_not(p, tail) : read_list(p, true, tail);
        if (!rc)
            tail = &(*tail)->next;
    }
    if (!rc && first->next) {
        if ((list = new_node(p, and? FN_Q_AND : FN_Q_OR)))
            list->child = first;
        else
            rc = FN_EUSAGE;
    }
    if (rc)
        fn_query_node_free(first);
    else
        *ret = list ? list : first;
    return rc;
}

static int read_or(struct parser *p, struct fn_query_node **ret)
{
    return read_list(p, false, ret);
}

void fn_query_node_free(struct fn_query_node *n)
{
    while (n) {
        struct fn_query_node *next_node = n->next;
        fn_query_node_free(n->child);
        free(n->glob);
        free(n->ids);
        free(n);
        n = next_node;
    }
}

void fn_query_destroy(struct fn_query *q)
{
    if (q)
        fn_query_node_free(q->root);
    free(q);
}

int fn_query_parse(struct fn_txn *t, const char *text, struct fn_query **ret,
                   size_t *ret_column, struct fn_error *err)
{
    struct parser *p = calloc(1, sizeof *p);
    struct fn_query *q = calloc(1, sizeof *q);
    int rc = -ENOMEM;
    if (!p || !q)
        goto out;
    p->t = t;
    p->text = text;
    p->err = err;
    rc = next(p);
    if (!rc && !at_end(p))
        rc = read_or(p, &q->root);
    if (!rc && !at_end(p))
        rc = complain(p, p->start, "a parenthesis that was not opened");
    q->missing = p->missing;
    if (!rc)
        *ret = q;
    else if (ret_column)
        *ret_column = p->column;
out:
    free(p);
    if (rc)
        fn_query_destroy(q);
    return rc;
}
