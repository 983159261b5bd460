/* SPDX-License-Identifier: MIT */
/* Which people the words of a query are: random words over random names, compared with the
 * rules of fnq(1) applied word by word. And every name, however odd, has a query that finds it.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "engine/base/rng.h"
#include "engine/base/text.h"
#include "index/ingest/update.h"
#include "index/query/query_priv.h"
#include "tests/unit/index_fixture.h"

enum { PERSONS = 5, NAME_WORDS = 3, WORDS = 6, QUERIES = 200, WORLDS = 12, SEARCH = 60 };

struct words {
    const char *w[WORDS];
    size_t n;
};
static const char *const vocabulary[] = {"an", "ann", "anna", "be", "berg", "bo", "tom", "zz"};
enum { VOCABULARY = sizeof vocabulary / sizeof *vocabulary };

static struct words some_words(struct fn_rng *r, size_t most, size_t choice)
{
    struct words s = {.n = 1 + fn_rng_below(r, (uint32_t)most)};
    for (size_t i = 0; i < s.n; i++)
        s.w[i] = vocabulary[fn_rng_below(r, (uint32_t)choice)];
    return s;
}

static void join(const struct words *s, char *out, size_t size)
{
    out[0] = '\0';
    for (size_t i = 0; i < s->n; i++)
        (void)snprintf(out + strlen(out), size - strlen(out), "%s%s", i ? " " : "", s->w[i]);
}

static void name_person(struct fn_txn *t, size_t i, const char *name)
{
    struct fn_error err = {0};
    struct fn_assertion a = {
        .kind = FN_ASSERT_NAME, .time_us = 1, .author = "test", .person = {{(uint8_t)(1 + i)}}};
    (void)snprintf(a.text, sizeof a.text, "%s", name);
    fx_check(fn_assert_append_flags(t, &a, 1, FN_ASSERT_SAME_NAME, NULL, &err), &err);
}

/* ---- the plain rules ---- */

enum { OTHER, BEGINS, SOME, WHOLE };

static bool same(const char *const *a, const char *const *b, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(a[i], b[i]) != 0)
            return false;
    return true;
}

static int how(const struct words *name, const char *const *q, size_t n)
{
    if (n == name->n && same(name->w, q, n))
        return WHOLE;
    for (size_t i = 0; i + n <= name->n; i++)
        if (same(name->w + i, q, n))
            return SOME;
    return n <= name->n && same(name->w, q, n - 1) &&
                   strncmp(name->w[n - 1], q[n - 1], strlen(q[n - 1])) == 0
               ? BEGINS
               : OTHER;
}

/* The best way in which these words are a name; *who: whose, -1 for several people. */
static int best(const struct words *names, const char *const *q, size_t n, int *who)
{
    int top = OTHER;
    for (int i = 0; i < PERSONS; i++) {
        int h = how(&names[i], q, n);
        if (h == OTHER || h < top)
            continue;
        *who = h > top ? i : -1;
        top = h;
    }
    return top;
}

static size_t length_of_name(const struct words *names, const char *const *q, size_t n)
{
    int who;
    for (size_t k = n; k > 1; k--)
        if (best(names, q, k, &who) >= SOME)
            return k;
    for (size_t k = n; k > 1; k--)
        if (best(names, q, k, &who) == BEGINS && best(names, q + k - 1, 1, &who) < SOME)
            return k;
    return 1;
}

/* The people of all words; false: *n is the word that is wrong. */
static bool expected(const struct words *names, const struct words *q, int *who, size_t *n)
{
    size_t people = 0;
    for (size_t i = 0; i < q->n;) {
        size_t k = length_of_name(names, q->w + i, q->n - i);
        if (best(names, q->w + i, k, &who[people]) == OTHER || who[people] < 0) {
            *n = i;
            return false;
        }
        people++;
        i += k;
    }
    *n = people;
    return true;
}

/* ---- both compared ---- */

static size_t column_of(const struct words *q, size_t word)
{
    size_t at = 1;
    for (size_t i = 0; i < word; i++)
        at += strlen(q->w[i]) + 1;
    return at;
}

static void check_tree(const char *text, const struct fn_query_node *root, const int *who,
                       size_t n)
{
    const struct fn_query_node *node = root->kind == FN_Q_AND ? root->child : root;
    for (size_t i = 0; i < n; i++, node = node->next) {
        if (!node || node->kind != FN_Q_PERSON || node->ids[0].b[0] != who[i] + 1)
            fail_msg("%s: person %zu is not %d", text, i, who[i]);
    }
    assert_null(node);
}

static bool check(struct fn_txn *t, const struct words *names, const struct words *q)
{
    char text[128];
    int who[WORDS];
    size_t n = 0, column = 0;
    struct fn_query *parsed = NULL;
    struct fn_error err = {0};
    join(q, text, sizeof text);
    bool good = expected(names, q, who, &n);
    int rc = fn_query_parse(t, text, &parsed, &column, &err);
    if (good != !rc || (rc && (rc != FN_EUSAGE || column != column_of(q, n))))
        fail_msg("%s: %d at %zu (%s), not at word %zu", text, rc, column, err.text, n);
    if (good)
        check_tree(text, parsed->root, who, n);
    fn_query_destroy(parsed);
    return good;
}

static void words_are_people(void **state)
{
    (void)state;
    size_t n_good = 0;
    for (uint64_t seed = 1; seed <= WORLDS; seed++) {
        struct fn_rng r = fn_rng_init(seed, 5);
        struct words names[PERSONS];
        struct fx f;
        fx_new(&f, FN_STORE_NOSYNC);
        struct fn_txn *t = fx_begin(&f, true);
        for (size_t i = 0; i < PERSONS; i++) {
            char name[64];
            names[i] = some_words(&r, NAME_WORDS, VOCABULARY - 1);
            join(&names[i], name, sizeof name);
            name_person(t, i, name);
        }
        for (int i = 0; i < QUERIES; i++) {
            struct words q = some_words(&r, WORDS, VOCABULARY);
            n_good += check(t, names, &q);
        }
        fx_commit(t);
        fx_remove(&f);
    }
    assert_in_range(n_good, WORLDS * QUERIES / 20, WORLDS * QUERIES * 19 / 20);
}

/* ---- odd names ---- */

static void odd_name(struct fn_rng *r, char *out, size_t size)
{
    static const char *const parts[] = {"a",  "bo",     " ",   " ",     "\"",  "\\",    "(",
                                        ")",  ":",      ",",   "<",     "and", " not ", "or",
                                        "\'", "\u00e9", "p7k", "date:", "=",   "\\\"",  "2019"};
    do {
        size_t n = 1 + fn_rng_below(r, 6);
        out[0] = '\0';
        for (size_t i = 0; i < n; i++) {
            const char *part = parts[fn_rng_below(r, sizeof parts / sizeof *parts)];
            (void)snprintf(out + strlen(out), size - strlen(out), "%s", part);
        }
    } while (fn_name_clean(out, out, size, NULL));
}

static void finds(struct fn_txn *t, const char *query, size_t person)
{
    struct fn_query *q = NULL;
    struct fn_error err = {0};
    size_t column = 0;
    if (fn_query_parse(t, query, &q, &column, &err))
        fail_msg("%s: %s at %zu", query, err.text, column);
    check_tree(query, q->root, &(int){(int)person}, 1);
    fn_query_destroy(q);
}

static void odd_names_are_found(void **state)
{
    (void)state;
    size_t n_plain = 0, n_quoted = 0;
    for (uint64_t seed = 1; seed <= SEARCH; seed++) {
        struct fn_rng r = fn_rng_init(seed, 6);
        char names[PERSONS][64];
        struct fn_buf text;
        struct fx f;
        fx_new(&f, FN_STORE_NOSYNC);
        struct fn_txn *t = fx_begin(&f, true);
        for (size_t i = 0; i < PERSONS; i++) {
            odd_name(&r, names[i], sizeof names[i]);
            name_person(t, i, names[i]);
        }
        fn_buf_init(&text, 4096);
        for (size_t i = 0; i < PERSONS; i++) {
            fn_buf_reset(&text);
            fn_query_write_person(t, &(struct fn_person_id){{(uint8_t)(1 + i)}}, names[i],
                                  &text);
            finds(t, fn_buf_cstr(&text), i);
            n_plain += strcmp(fn_buf_cstr(&text), names[i]) == 0;
            n_quoted += text.data[0] == '"';
        }
        fn_buf_finish(&text);
        fx_commit(t);
        fx_remove(&f);
    }
    assert_in_range(n_plain, SEARCH / 4, SEARCH * PERSONS);
    assert_in_range(n_quoted, SEARCH, SEARCH * PERSONS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(words_are_people),
                                       cmocka_unit_test(odd_names_are_found)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
