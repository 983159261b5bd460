/* The result of a scope into the tables: members whose person or group is another, sums of groups, the lines of persons that
 * gained or lost a face. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "index/people/people_settle.h"

struct write {
    struct fn_txn *t;
    struct fn_scope *scope;
    struct fn_error *err;
    struct fn_person_id *persons; /* whose line changes */
    size_t n_persons, size;
};

static int touch_person(struct write *w, const struct fn_person_id *p)
{
    if (w->n_persons && fn_person_eq(p, &w->persons[w->n_persons - 1]))
        return 0;
    if (w->n_persons == w->size) {
        size_t size = w->size ? w->size * 2 : 32;
        struct fn_person_id *v = realloc(w->persons, size * sizeof *v);
        if (!v)
            return -ENOMEM;
        w->persons = v;
        w->size = size;
    }
    w->persons[w->n_persons++] = *p;
    return 0;
}

static int write_node(struct write *w, const struct fn_node *n)
{
    struct fn_member_rec old, new;
    int rc = fn_member_rec_get(w->t, n->face, &old);
    bool had = !rc;
    if (rc && rc != FN_ENOTFOUND)
        return rc;
    if (n->assigned) {
        new.person = n->person;
        new.group = w->scope->nodes[n->group].part.ckey;
        new.how = n->by_user ? FN_HOW_USER : FN_HOW_CLUSTER;
        if (had && fn_person_eq(&old.person, &new.person) &&
            old.group == new.group &&old.how == new.how)
            return 0;
    } else if (!had) {
        return 0;
    }
    rc = had ? touch_person(w, &old.person) : 0;
    if (!rc && n->assigned) {
        rc = touch_person(w, &new.person);
        if (!rc)
            rc = fn_member_put(w->t, n->face, &n->part, &new, w->err);
    } else if (!rc) {
        rc = fn_member_del(w->t, n->face, w->err);
    }
    return rc;
}

static int by_u64(const void *pa, const void *pb)
{
    uint64_t a = *(const uint64_t *)pa, b = *(const uint64_t *)pb;
    return (a > b) - (a < b);
}

/* Sums of the groups there are; those of stored groups that are no more are dropped. */
static int write_sums(struct write *w, const uint64_t *old, size_t n_old)
{
    size_t n = 0;
    int rc = 0;
    uint64_t *now = malloc((w->scope->n + 1) * sizeof *now);
    if (!now)
        return -ENOMEM;
    for (size_t i = 0; !rc && i < w->scope->n; i++) {
        const struct fn_node *node = &w->scope->nodes[i];
        if (!node->sum)
            continue;
        now[n++] = node->part.ckey;
        rc = fn_group_sum_put(w->t, node->part.ckey, node->sum, w->err);
    }
    qsort(now, n, sizeof *now, by_u64);
    for (size_t i = 0; !rc && i < n_old; i++) {
        const struct fn_group_sum none = {.n = 0};
        if (old[i] && !(n && bsearch(&old[i], now, n, sizeof *now, by_u64)))
            rc = fn_group_sum_put(w->t, old[i], &none, w->err);
    }
    free(now);
    return rc;
}

static int recount(struct write *w)
{
    int rc = 0;
    if (w->n_persons)
        qsort(w->persons, w->n_persons, sizeof *w->persons, fn_person_cmp);
    for (size_t i = 0; !rc && i < w->n_persons; i++) {
        if (!i || !fn_person_eq(&w->persons[i], &w->persons[i - 1]))
            rc = fn_person_recount(w->t, &w->persons[i], w->err);
    }
    return rc;
}

static int write_nodes(struct write *w)
{
    int rc = 0;
    for (size_t i = 0; !rc && i < w->scope->n; i++)
        rc = write_node(w, &w->scope->nodes[i]);
    if (!rc)
        rc = recount(w);
    free(w->persons);
    return rc;
}

int fn_scope_write(struct fn_txn *t, struct fn_scope *s, const uint64_t *old_groups, size_t n,
                   struct fn_error *err)
{
    struct write w = {.t = t, .scope = s, .err = err};
    int rc = write_sums(&w, old_groups, n); /* before covers are chosen by distance */
    if (!rc)
        rc = write_nodes(&w);
    for (size_t i = 0; !rc && i < s->n; i++)
        rc = fn_dirty_clear(t, s->nodes[i].face, err);
    return rc;
}

int fn_scope_write_persons(struct fn_txn *t, struct fn_scope *s, struct fn_error *err)
{
    struct write w = {.t = t, .scope = s, .err = err};
    return write_nodes(&w);
}
