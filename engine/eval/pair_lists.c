/* SPDX-License-Identifier: MIT */
/* Lists of pairs: published ones, those of users, and generated ones. */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/array.h"
#include "engine/base/file.h"
#include "engine/base/paths.h"
#include "engine/base/rng.h"
#include "engine/eval/pair_lists.h"

enum { LIST_BYTES_MAX = 64 << 20, FOLDS_MAX = 64 };

void fn_eval_pairs_free(struct fn_eval_pairs *p)
{
    if (!p)
        return;
    free(p->v);
    *p = (struct fn_eval_pairs){0};
}

int fn_eval_pairs_add(struct fn_eval_pairs *p, size_t a, size_t b, uint32_t fold, bool same)
{
    struct fn_eval_pair *v = fn_array_grow(p->v, &p->cap, p->n + 1, sizeof *v);
    if (!v)
        return -ENOMEM;
    p->v = v;
    p->v[p->n++] = (struct fn_eval_pair){a, b, fold, same};
    if (fold >= p->n_folds)
        p->n_folds = (size_t)fold + 1;
    return 0;
}

bool fn_eval_number(const char *s, uint32_t *ret)
{
    char *end;
    errno = 0;
    unsigned long v = strtoul(s, &end, 10);
    if (errno || end == s || *end || v > UINT32_MAX || !isdigit((unsigned char)*s))
        return false;
    *ret = (uint32_t)v;
    return true;
}

size_t fn_eval_fields(char *line, const char *separators, char **field, size_t max)
{
    size_t n = 0;
    line[strcspn(line, "\r\n")] = '\0';
    for (char *s = line; s && n < max; n++) {
        s += strspn(s, " ");
        field[n] = s;
        s = strpbrk(s, separators);
        if (s)
            *s++ = '\0';
        size_t len = strlen(field[n]);
        while (len && field[n][len - 1] == ' ')
            field[n][--len] = '\0';
    }
    return n;
}

int fn_eval_lines(const char *file, int (*visit)(char *line, size_t number, void *ctx),
                  void *ctx, struct fn_error *err)
{
    struct fn_buf text;
    fn_buf_init(&text, LIST_BYTES_MAX);
    int rc = fn_file_read(file, &text, err);
    size_t number = 1;
    for (char *line = rc ? NULL : text.data, *next; line && *line && !rc;
         line = next, number++) {
        next = strchr(line, '\n');
        if (next)
            *next++ = '\0';
        line[strcspn(line, "\r")] = '\0';
        if (*line)
            rc = visit(line, number, ctx);
    }
    fn_buf_finish(&text);
    return rc;
}

/* ---- Labeled Faces in the Wild ---- */

struct lfw {
    struct fn_eval_set *set;
    const char *dir, *file;
    struct fn_eval_pairs *out;
    size_t per_fold; /* of each kind */
    size_t n_lines;
    struct fn_error *err;
};

static int lfw_picture(struct lfw *l, const char *name, const char *number, size_t *ret)
{
    static const char *const ends[] = {"jpg", "png"};
    char path[FN_PATH_MAX];
    uint32_t i;
    if (strchr(name, '/') || name[0] == '.' || !fn_eval_number(number, &i))
        return FN_EUSAGE;
    for (size_t k = 0; k < 2; k++) {
        if (snprintf(path, sizeof path, "%s/%s/%s_%04u.%s", l->dir, name, name, i, ends[k]) >=
            (int)sizeof path)
            return -ENAMETOOLONG;
        if (fn_file_exists(path))
            break;
        if (k == 1)
            return fn_error_set(l->err, -ENOENT, "'%s' is named in '%s' but is not there", path,
                                l->file);
    }
    return fn_eval_picture(l->set, path, fn_eval_person(l->set, name), ret);
}

static int lfw_line(char *line, size_t number, void *ctx)
{
    struct lfw *l = ctx;
    char *f[5];
    uint32_t head[2] = {1, 0};
    size_t n = fn_eval_fields(line, "\t ", f, 5), a, b;
    int rc = FN_EUSAGE;
    if (l->err)
        *l->err = (struct fn_error){0};
    if (number == 1) {
        bool ok = n == 2 ? fn_eval_number(f[0], &head[0]) && fn_eval_number(f[1], &head[1])
                         : n == 1 && fn_eval_number(f[0], &head[1]);
        l->per_fold = head[1];
        rc = ok && head[0] && head[0] <= FOLDS_MAX && head[1] ? 0 : FN_EUSAGE;
    } else if (n == 3 || n == 4) {
        uint32_t fold = (uint32_t)(l->n_lines++ / (2 * l->per_fold));
        rc = fold < FOLDS_MAX ? lfw_picture(l, f[0], f[1], &a) : FN_EUSAGE;
        rc = rc ? rc : lfw_picture(l, n == 3 ? f[0] : f[2], f[n - 1], &b);
        rc = rc ? rc : fn_eval_pairs_add(l->out, a, b, fold, n == 3 || !strcmp(f[0], f[2]));
    }
    if (rc && (!l->err || !l->err->code))
        return fn_error_set(l->err, rc, "'%s' line %zu: not a list of pairs", l->file, number);
    return rc;
}

int fn_eval_pairs_lfw(struct fn_eval_set *s, const char *dir, const char *file,
                      struct fn_eval_pairs *ret, struct fn_error *err)
{
    struct fn_error own = {0};
    struct lfw l = {s, dir, file, ret, 0, 0, err ? err : &own};
    int rc = fn_eval_lines(file, lfw_line, &l, l.err);
    if (!rc && !ret->n)
        rc = fn_error_set(err, FN_EUSAGE, "'%s': no pairs", file);
    return rc;
}

/* ---- lists of paths ---- */

struct list {
    struct fn_eval_set *set;
    const char *file;
    int folder; /* length of the path of the folder of the list, with its slash */
    struct fn_eval_pairs *out;
    struct fn_error *err;
};

static int list_picture(struct list *l, const char *name, size_t *ret)
{
    char path[FN_PATH_MAX];
    if (snprintf(path, sizeof path, "%.*s%s", name[0] == '/' ? 0 : l->folder, l->file, name) >=
        (int)sizeof path)
        return fn_error_set(l->err, -ENAMETOOLONG, "'%.80s': too long", name);
    if (!fn_file_exists(path))
        return fn_error_set(l->err, -ENOENT, "'%s' is named in '%s' but is not there", path,
                            l->file);
    return fn_eval_picture(l->set, path, fn_eval_person(l->set, path), ret);
}

static int list_line(char *line, size_t number, void *ctx)
{
    struct list *l = ctx;
    char *f[5];
    uint32_t same, fold = 0;
    size_t n = fn_eval_fields(line, strchr(line, '\t') ? "\t" : ",", f, 5), a, b;
    bool ok = (n == 3 || n == 4) && fn_eval_number(f[2], &same) && same <= 1 &&
              (n == 3 || (fn_eval_number(f[3], &fold) && fold < FOLDS_MAX));
    if (!ok && number == 1)
        return 0;
    if (!ok)
        return fn_error_set(l->err, FN_EUSAGE, "'%s' line %zu: wanted PATH,PATH,0 or 1[,FOLD]",
                            l->file, number);
    int rc = list_picture(l, f[0], &a);
    rc = rc ? rc : list_picture(l, f[1], &b);
    return rc ? rc : fn_eval_pairs_add(l->out, a, b, fold, same == 1);
}

void fn_eval_pairs_renumber(struct fn_eval_pairs *p)
{
    uint32_t number[FOLDS_MAX] = {0}, n = 0;
    for (size_t i = 0; i < p->n; i++)
        number[p->v[i].fold] = 1;
    for (size_t f = 0; f < FOLDS_MAX; f++)
        number[f] = number[f] ? n++ : 0;
    for (size_t i = 0; i < p->n; i++)
        p->v[i].fold = number[p->v[i].fold];
    p->n_folds = n;
}

int fn_eval_pairs_list(struct fn_eval_set *s, const char *file, struct fn_eval_pairs *ret,
                       struct fn_error *err)
{
    const char *slash = strrchr(file, '/');
    struct list l = {s, file, slash ? (int)(slash - file + 1) : 0, ret, err};
    int rc = fn_eval_lines(file, list_line, &l, err);
    if (!rc && !ret->n)
        rc = fn_error_set(err, FN_EUSAGE, "'%s': no pairs", file);
    fn_eval_pairs_renumber(ret);
    return rc;
}

/* ---- generated pairs ---- */

struct maker {
    const uint32_t *person; /* of each item */
    size_t n;
    uint32_t *fold;  /* of each person */
    size_t *members; /* items of the current fold */
    size_t per_fold, n_same;
    struct fn_rng rng;
    struct fn_eval_pairs *out;
};

/* All genuine pairs of the fold, or a sample of them by the selection sampling of Knuth. */
static int make_same(struct maker *m, uint32_t f, size_t n_members)
{
    size_t all = 0, left, wanted;
    for (int pass = 0; pass < 2; pass++) {
        left = all;
        wanted = all < m->per_fold ? all : m->per_fold;
        m->n_same = wanted;
        for (size_t i = 0; i < n_members; i++)
            for (size_t j = i + 1; j < n_members; j++) {
                if (m->person[m->members[i]] != m->person[m->members[j]])
                    continue;
                if (pass == 0) {
                    all++;
                } else if (fn_rng_below(&m->rng, left--) < wanted) {
                    int rc = fn_eval_pairs_add(m->out, m->members[i], m->members[j], f, true);
                    if (rc)
                        return rc;
                    wanted--;
                }
            }
    }
    return 0;
}

static int make_different(struct maker *m, uint32_t f, size_t n_members)
{
    size_t made = 0;
    for (size_t tries = 0; made < m->n_same && tries < 100 * m->n_same; tries++) {
        size_t a = m->members[fn_rng_below(&m->rng, n_members)],
               b = m->members[fn_rng_below(&m->rng, n_members)];
        if (m->person[a] == m->person[b])
            continue;
        int rc = fn_eval_pairs_add(m->out, a, b, f, false);
        if (rc)
            return rc;
        made++;
    }
    return 0;
}

int fn_eval_pairs_deal(const uint32_t *person, size_t n, size_t n_people, size_t n_folds,
                       size_t per_fold, uint64_t seed, struct fn_eval_pairs *ret,
                       struct fn_error *err)
{
    struct maker m = {.person = person, .n = n, .per_fold = per_fold, .out = ret};
    m.rng = fn_rng_init(seed, 0);
    m.fold = calloc(n_people + 1, sizeof *m.fold);
    m.members = calloc(n + 1, sizeof *m.members);
    int rc = m.fold && m.members ? 0 : -ENOMEM;
    if (!rc && (!n_folds || n_folds > FOLDS_MAX))
        rc = FN_EUSAGE;
    for (size_t i = 0; !rc && i < n_people; i++)
        m.fold[i] = (uint32_t)(i % n_folds);
    for (size_t i = n_people; !rc && i > 1; i--) { /* Fisher and Yates */
        size_t j = (size_t)fn_rng_below(&m.rng, i);
        uint32_t f = m.fold[i - 1];
        m.fold[i - 1] = m.fold[j];
        m.fold[j] = f;
    }
    for (uint32_t f = 0; !rc && f < n_folds; f++) {
        size_t n_members = 0;
        for (size_t i = 0; i < n; i++)
            if (m.fold[person[i]] == f)
                m.members[n_members++] = i;
        rc = make_same(&m, f, n_members);
        rc = rc || !n_members ? rc : make_different(&m, f, n_members);
    }
    fn_eval_pairs_renumber(ret);
    free(m.fold);
    free(m.members);
    if (!rc && !ret->n)
        return fn_error_set(err, FN_EUSAGE, "nobody has two pictures: no pairs to make");
    return rc ? fn_error_set(err, rc, "cannot make pairs: %s", fn_strerror(rc)) : 0;
}

int fn_eval_pairs_make(const struct fn_eval_set *s, size_t n_folds, size_t per_fold,
                       uint64_t seed, struct fn_eval_pairs *ret, struct fn_error *err)
{
    uint32_t *person = calloc(s->n + 1, sizeof *person);
    if (!person)
        return fn_error_set(err, -ENOMEM, "out of memory");
    for (size_t i = 0; i < s->n; i++)
        person[i] = s->pictures[i].person;
    int rc = fn_eval_pairs_deal(person, s->n, s->n_people, n_folds, per_fold, seed, ret, err);
    free(person);
    return rc;
}
