/* SPDX-License-Identifier: MIT */
/* The terms that have a key, as in "date:2019". */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/clock.h"
#include "engine/base/edit_distance.h"
#include "engine/base/text.h"
#include "index/query/query_priv.h"

/* ---- near misses ---- */

struct near {
    const char *to;
    size_t best;
    char name[24];
};

static void offer(struct near *n, const char *name)
{
    char *to = fn_text_key(n->to);
    size_t d = to ? fn_edit_distance(to, strlen(to), name, strlen(name)) : FN_EDIT_FAR;
    free(to);
    if (d < n->best) {
        n->best = d;
        (void)snprintf(n->name, sizeof n->name, "%s", name);
    }
}

/* ---- values ---- */

/* value: of the current word; at: its position in the query. */
typedef int term_reader(struct fn_query_parser *p, struct fn_query_node *n, const char *value,
                        size_t at);

/* The names of a list; each may have several words. */
static int read_only(struct fn_query_parser *p, struct fn_query_node *n, const char *value,
                     size_t at)
{
    (void)value;
    for (;;) {
        const char *wrong = fn_query_word_read(p->text, at, true, &p->word);
        if (wrong)
            return fn_query_wrong(p, p->word.start, "%s", wrong);
        if (fn_query_word_end(&p->word) || fn_query_word_is(&p->word, "(") ||
            fn_query_word_is(&p->word, ")"))
            return fn_query_wrong(
                p, p->word.start,
                "a name is expected here: only: has names with commas between, as in "
                "only:anna,tom");
        int rc = fn_query_add_person(p, n, true);
        at = p->word.end + strspn(p->text + p->word.end, " \t\r\n");
        if (rc || p->text[at] != ',')
            return rc;
        at++;
    }
}

static int read_with(struct fn_query_parser *p, struct fn_query_node *n, const char *value,
                     size_t at)
{
    (void)value;
    const char *wrong = fn_query_word_read(p->text, at, false, &p->word);
    if (wrong)
        return fn_query_wrong(p, p->word.start, "%s", wrong);
    if (fn_query_word_is(&p->word, "unknown"))
        return 0;
    n->kind = FN_Q_PERSON;
    return fn_query_add_person(p, n, false);
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

static int read_count(struct fn_query_parser *p, struct fn_query_node *n, const char *value,
                      size_t at)
{
    const char *s = read_op(value, &n->op);
    if (!read_number(s, "", &n->number) || strchr(s, '.'))
        return fn_query_wrong(p, at + (size_t)(s - value),
                              "faces: needs a number, as in faces:=2 or faces:>=3");
    return 0;
}

static int read_share(struct fn_query_parser *p, struct fn_query_node *n, const char *value,
                      size_t at)
{
    const char *s = read_op(value, &n->op);
    if (s == value)
        n->op = FN_OP_GE;
    if (!read_number(s, "", &n->number) || n->number > 1)
        return fn_query_wrong(p, at + (size_t)(s - value),
                              "a number from 0 to 1 is expected, as in >=0.5");
    return 0;
}

static int read_size(struct fn_query_parser *p, struct fn_query_node *n, const char *value,
                     size_t at)
{
    const char *s = read_op(value, &n->op);
    if (s == value)
        n->op = FN_OP_GE;
    if (!read_number(s, "px", &n->number))
        return fn_query_wrong(p, at + (size_t)(s - value),
                              "size needs pixels, as in size>=80px");
    return 0;
}

static int read_state(struct fn_query_parser *p, struct fn_query_node *n, const char *value,
                      size_t at)
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
        return fn_query_wrong(p, at, "no state '%.60s'; did you mean '%s'?", value, near.name);
    return fn_query_wrong(p, at, "state: is one of confirmed, suggested, unknown, rejected");
}

static int read_missing(struct fn_query_parser *p, struct fn_query_node *n, const char *value,
                        size_t at)
{
    n->yes = !strcasecmp(value, "yes");
    p->missing = true;
    return n->yes || !strcasecmp(value, "no") ? 0
                                              : fn_query_wrong(p, at, "missing: is yes or no");
}

static int read_path(struct fn_query_parser *p, struct fn_query_node *n, const char *value,
                     size_t at)
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

bool fn_query_is_date(const char *text)
{
    int64_t from, to;
    return read_day(text, strlen(text), &from, &to);
}

static int read_date(struct fn_query_parser *p, struct fn_query_node *n, const char *value,
                     size_t at)
{
    const char *dots = strstr(value, "..");
    size_t first = dots ? (size_t)(dots - value) : strlen(value);
    int64_t skip;
    static const char want[] = "date: needs YYYY, YYYY-MM, YYYY-MM-DD or a range FROM..TO";
    n->from_s = INT64_MIN;
    n->to_s = INT64_MAX;
    if ((first || !dots) && !read_day(value, first, &n->from_s, dots ? &skip : &n->to_s))
        return fn_query_wrong(p, at, "%s", want);
    if (dots && dots[2] && !read_day(dots + 2, strlen(dots + 2), &skip, &n->to_s))
        return fn_query_wrong(p, at + first + 2, "%s", want);
    if (dots && !first && !dots[2])
        return fn_query_wrong(p, at, "%s", want);
    if (n->from_s >= n->to_s)
        return fn_query_wrong(p, at, "a range of dates that ends before it begins");
    return 0;
}

static const struct {
    const char *key;
    enum fn_query_kind kind;
    term_reader *read;
    const char *example;
} keys[] = {
    {"only", FN_Q_ONLY, read_only, "only:anna,tom"},
    {"with", FN_Q_UNKNOWN, read_with, "with:unknown"},
    {"faces", FN_Q_FACES, read_count, "faces:>=3"},
    {"date", FN_Q_DATE, read_date, "date:2019-06"},
    {"path", FN_Q_PATH, read_path, "path:trips/**"},
    {"missing", FN_Q_MISSING, read_missing, "missing:yes"},
    {"state", FN_Q_STATE, read_state, "state:confirmed"},
    {"quality", FN_Q_QUALITY, read_share, "quality>=0.5"},
    {"size", FN_Q_SIZE, read_size, "size>=80px"},
    {"p", FN_Q_P, read_share, "p>=0.9"},
};

static int unknown_key(struct fn_query_parser *p, const char *key)
{
    struct near near = {.to = key, .best = 3};
    struct fn_shell_text operand;
    if (fn_query_is_name(p, p->word.text))
        return fn_query_wrong(
            p, p->word.start,
            "unknown key '%.60s'; for the person '%.60s' write %s, with both quotes", key,
            p->word.text, fn_query_name_operand(&operand, p->word.text));
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        offer(&near, keys[i].key);
    if (near.name[0])
        return fn_query_wrong(p, p->word.start, "unknown key '%.60s'; did you mean '%s'?", key,
                              near.name);
    return fn_query_wrong(p, p->word.start,
                          "unknown key '%.60s'; the keys are only, with, faces, date, path, "
                          "missing, state, quality, size, p",
                          key);
}

int fn_query_read_key(struct fn_query_parser *p, size_t key_n, struct fn_query_node **ret)
{
    char key[32];
    const char *value = p->word.text + key_n + (p->word.text[key_n] == ':');
    size_t at = p->word.start + (size_t)(value - p->word.text);
    (void)snprintf(key, sizeof key, "%.*s", (int)(key_n < 31 ? key_n : 31), p->word.text);
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        if (strcasecmp(keys[i].key, key))
            continue;
        if (!*value)
            return fn_query_wrong(p, at, "%s: needs a value directly after it, as in %s",
                                  keys[i].key, keys[i].example);
        struct fn_query_node *n = fn_query_node_new(p, keys[i].kind);
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
