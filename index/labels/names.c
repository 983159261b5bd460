/* SPDX-License-Identifier: MIT */
#include "index/labels/names.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/array.h"
#include "engine/base/text.h"

bool fn_name_gap(char c)
{
    return c == ' ' || (c && c != '\'' && strchr("!\"#$%&()*+,-./:;<=>?@[\\]^_`{|}~", c));
}

enum fn_name_match fn_name_compare(const char *name, const char *text)
{
    size_t n = strlen(text);
    if (n == 0)
        return FN_NAME_OTHER;
    if (strcmp(name, text) == 0)
        return FN_NAME_WHOLE;
    for (const char *at = name; (at = strstr(at, text)); at++)
        if ((at == name || fn_name_gap(at[-1])) && (!at[n] || fn_name_gap(at[n])))
            return FN_NAME_WORDS;
    return strncmp(name, text, n) == 0 ? FN_NAME_BEGINS : FN_NAME_OTHER;
}

static int add_name(const struct fn_person_label *l, void *ctx)
{
    struct fn_names *names = ctx;
    if (!l->name[0])
        return 0;
    struct fn_name *v = fn_array_grow(names->v, &names->cap, names->n + 1, sizeof *v);
    if (!v)
        return -ENOMEM;
    names->v = v;
    struct fn_name one = {.id = l->id, .name = strdup(l->name), .key = fn_text_key(l->name)};
    names->v[names->n++] = one;
    return one.name && one.key ? 0 : -ENOMEM;
}

int fn_names_load(struct fn_txn *t, struct fn_names *ret)
{
    *ret = (struct fn_names){0};
    return fn_person_label_each(t, add_name, ret);
}

void fn_names_finish(struct fn_names *names)
{
    for (size_t i = 0; i < names->n; i++) {
        free(names->v[i].name);
        free(names->v[i].key);
    }
    free(names->v);
    *names = (struct fn_names){0};
}

enum fn_name_match fn_names_find(const struct fn_names *names, const char *key,
                                 struct fn_person_id *ret, size_t max, size_t *ret_n)
{
    enum fn_name_match best = FN_NAME_OTHER;
    *ret_n = 0;
    for (size_t i = 0; i < names->n; i++) {
        enum fn_name_match m = fn_name_compare(names->v[i].key, key);
        if (m == FN_NAME_OTHER || m < best)
            continue;
        if (m > best)
            *ret_n = 0;
        best = m;
        if (*ret_n < max)
            ret[*ret_n] = names->v[i].id;
        ++*ret_n;
    }
    return best;
}

int fn_person_by_name(struct fn_txn *t, const char *name, struct fn_person_id *ret, size_t max,
                      size_t *ret_n, enum fn_name_match *ret_how)
{
    struct fn_names names = {0};
    char *key = fn_text_key(name);
    size_t n = 0;
    enum fn_name_match how = FN_NAME_OTHER;
    int rc = key ? fn_names_load(t, &names) : -ENOMEM;
    if (!rc)
        how = fn_names_find(&names, key, ret, max, &n);
    fn_names_finish(&names);
    free(key);
    if (rc || how == FN_NAME_OTHER)
        return rc ? rc : FN_ENOTFOUND;
    *ret_n = n < max ? n : max;
    if (ret_how)
        *ret_how = how;
    return 0;
}
