/* SPDX-License-Identifier: MIT */
/* The words of a name. A name in quotes is one word. Words without quotes next to each other
 * are one name if they can be: the longest run of them that is a name, or whole words of one;
 * else the longest run that a name begins with, unless its last word is itself a word of a
 * name; else the first word alone. So "ann berg" is Ann Berg if there is such a person, and Ann
 * and Berg if not. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/array.h"
#include "engine/base/text.h"
#include "index/query/query_priv.h"

enum { RUN_MAX = 8 };

struct run {
    char text[RUN_MAX * FN_PERSON_NAME_MAX + FN_QUERY_WORD_MAX];
    size_t n, from[RUN_MAX], len[RUN_MAX]; /* in text: where word i begins, and ends */
    size_t end[RUN_MAX];                   /* in the query: where word i ends */
};

static void add_word(struct run *r, const struct fn_query_word *w)
{
    size_t at = r->n ? r->len[r->n - 1] : 0;
    if (r->n)
        r->text[at++] = ' ';
    memcpy(r->text + at, w->text, w->n);
    r->from[r->n] = at;
    r->len[r->n] = at + w->n;
    r->end[r->n++] = w->end;
}

static void read_run(struct fn_query_parser *p, bool in_list, struct run *r)
{
    const struct fn_query_word *w = &p->ahead;
    r->n = 0;
    add_word(r, &p->word);
    while (!p->word.quoted && r->n < RUN_MAX) {
        size_t at = r->end[r->n - 1];
        if ((in_list && p->text[at] == ',') ||
            fn_query_word_read(p->text, at, in_list, &p->ahead) || !fn_query_word_plain(w) ||
            w->n >= FN_PERSON_NAME_MAX)
            return;
        add_word(r, w);
    }
}

/* How the words `first` to `last` of the run are a name. */
static int compare(const struct fn_query_parser *p, struct run *r, size_t first, size_t last,
                   enum fn_name_match *ret)
{
    struct fn_person_id any[1];
    size_t n, end = r->len[last];
    char after = r->text[end];
    r->text[end] = '\0';
    char *key = fn_text_key(r->text + r->from[first]);
    r->text[end] = after;
    if (!key)
        return -ENOMEM;
    *ret = fn_names_find(&p->names, key, any, 1, &n);
    free(key);
    return 0;
}

/* *ret: how many words of the run are the name. */
static int choose(const struct fn_query_parser *p, struct run *r, size_t *ret)
{
    enum fn_name_match all = FN_NAME_OTHER, last = FN_NAME_OTHER;
    size_t begins = 1;
    int rc = 0;
    for (size_t n = r->n; !rc && n > 1; n--) {
        rc = compare(p, r, 0, n - 1, &all);
        if (!rc && all >= FN_NAME_WORDS) {
            *ret = n;
            return 0;
        }
        if (rc || all != FN_NAME_BEGINS || begins > 1)
            continue;
        rc = compare(p, r, n - 1, n - 1, &last);
        if (last < FN_NAME_WORDS)
            begins = n;
    }
    *ret = begins;
    return rc;
}

static int find(struct fn_query_parser *p, const char *name, struct fn_person_id *ret)
{
    struct fn_person who;
    struct fn_error why = {0};
    int rc = fn_person_find_among(p->t, &p->names, name, &who, &why);
    if (!rc)
        *ret = who.id;
    else if (rc == FN_ENOTFOUND && fn_query_is_date(name))
        rc = fn_query_wrong(p, p->word.start,
                            "nobody is called '%s'; a date is written date:%s", name, name);
    else if (rc == FN_ENOTFOUND || rc == FN_EAMBIGUOUS)
        rc = fn_query_wrong(p, p->word.start, "%s", why.text);
    else if (p->err)
        *p->err = why;
    return rc;
}

int fn_query_add_person(struct fn_query_parser *p, struct fn_query_node *n, bool in_list)
{
    struct run r;
    size_t words = 1;
    struct fn_person_id *v = fn_array_grow(n->ids, &n->cap_ids, n->n_ids + 1, sizeof *v);
    if (!v)
        return -ENOMEM;
    n->ids = v;
    read_run(p, in_list, &r);
    int rc = choose(p, &r, &words);
    if (rc)
        return rc;
    r.text[r.len[words - 1]] = '\0';
    rc = find(p, r.text, &v[n->n_ids]);
    n->n_ids += !rc;
    p->word.end = r.end[words - 1];
    return rc;
}

bool fn_query_is_name(const struct fn_query_parser *p, const char *text)
{
    struct fn_person_id any[1];
    size_t n;
    char *key = fn_text_key(text);
    bool is = key && fn_names_find(&p->names, key, any, 1, &n) == FN_NAME_WHOLE;
    free(key);
    return is;
}
