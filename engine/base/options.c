/* SPDX-License-Identifier: MIT */
#include "engine/base/options.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/edit_distance.h"

static int store_u64(const struct fn_opt *o, const char *text, struct fn_error *err)
{
    char *end;
    errno = 0;
    unsigned long long v = strtoull(text, &end, 10);
    unsigned shift = *end == 'k' || *end == 'K' ? 10 : *end == 'M' ? 20 : *end == 'G' ? 30 : 0;
    end += shift != 0;
    if (errno || end == text || *end || text[0] == '-' || (shift && v >> (64 - shift)))
        return fn_error_set(err, FN_EUSAGE, "--%s: '%s' is not a whole number", o->name, text);
    *(uint64_t *)o->target = (uint64_t)v << shift;
    return 0;
}

static int store_double(const struct fn_opt *o, const char *text, struct fn_error *err)
{
    char *end;
    errno = 0;
    double v = strtod(text, &end);
    if (errno || end == text || *end || v != v)
        return fn_error_set(err, FN_EUSAGE, "--%s: '%s' is not a number", o->name, text);
    *(double *)o->target = v;
    return 0;
}

static int store(const struct fn_opt *o, const char *text, struct fn_error *err)
{
    switch (o->type) {
    case FN_OPT_FLAG:
        *(bool *)o->target = true;
        return 0;
    case FN_OPT_STRING:
        *(const char **)o->target = text;
        return 0;
    case FN_OPT_U64:
        return store_u64(o, text, err);
    case FN_OPT_DOUBLE:
        return store_double(o, text, err);
    case FN_OPT_LIST: {
        struct fn_opt_list *l = o->target;
        if (l->n == sizeof l->items / sizeof *l->items)
            return fn_error_set(err, FN_EUSAGE, "--%s is given too often", o->name);
        l->items[l->n++] = text;
        return 0;
    }
    }
    return fn_error_set(err, FN_EUSAGE, "--%s cannot be set", o->name);
}

struct search {
    const struct fn_opt *found, *near;
    unsigned n_prefix;
    size_t near_distance;
    bool exact;
};

static void match(struct search *s, const struct fn_opt *o, const char *name, size_t n)
{
    size_t d = fn_edit_distance(name, n, o->name, strlen(o->name));
    if (d < s->near_distance) {
        s->near_distance = d;
        s->near = o;
    }
    if (s->exact || strncmp(o->name, name, n) != 0)
        return;
    if (o->name[n] == '\0') {
        s->exact = true;
        s->found = o;
        return;
    }
    /* The same option in two tables is not ambiguous. */
    if (!s->found || strcmp(s->found->name, o->name) != 0)
        s->n_prefix++;
    if (!s->found)
        s->found = o;
}

static int find_long(const struct fn_opt *const *tables, size_t n_tables, const char *name,
                     size_t n, const struct fn_opt **ret, struct fn_error *err)
{
    struct search s = {.near_distance = 3};
    for (size_t t = 0; t < n_tables; t++)
        for (const struct fn_opt *o = tables[t]; o->name; o++)
            match(&s, o, name, n);
    if (!s.exact && s.n_prefix > 1)
        return fn_error_set(err, FN_EUSAGE, "option --%.*s is ambiguous (--%s and others)",
                            (int)n, name, s.found->name);
    if (!s.found && s.near)
        return fn_error_set(err, FN_EUSAGE, "unknown option --%.*s, did you mean --%s?", (int)n,
                            name, s.near->name);
    if (!s.found)
        return fn_error_set(err, FN_EUSAGE, "unknown option --%.*s", (int)n, name);
    *ret = s.found;
    return 0;
}

static const struct fn_opt *find_letter(const struct fn_opt *const *tables, size_t n_tables,
                                        char c)
{
    for (size_t t = 0; t < n_tables; t++)
        for (const struct fn_opt *o = tables[t]; o->name; o++)
            if (o->letter == c)
                return o;
    return NULL;
}

struct args {
    int argc, at;
    char **argv;
};

static int take_value(struct args *a, const struct fn_opt *o, const char *inline_value,
                      struct fn_error *err)
{
    if (o->type == FN_OPT_FLAG) {
        if (inline_value)
            return fn_error_set(err, FN_EUSAGE, "--%s takes no value", o->name);
        return store(o, NULL, err);
    }
    if (inline_value)
        return store(o, inline_value, err);
    if (a->at + 1 >= a->argc)
        return fn_error_set(err, FN_EUSAGE, "--%s needs a value (%s)", o->name,
                            o->arg ? o->arg : "VALUE");
    return store(o, a->argv[++a->at], err);
}

static int parse_letters(struct args *a, const struct fn_opt *const *tables, size_t n_tables,
                         const char *s, struct fn_error *err)
{
    for (; *s; s++) {
        const struct fn_opt *o = find_letter(tables, n_tables, *s);
        if (!o)
            return fn_error_set(err, FN_EUSAGE, "unknown option -%c", *s);
        bool flag = o->type == FN_OPT_FLAG;
        int rc = take_value(a, o, flag || !s[1] ? NULL : s + 1, err);
        if (rc || !flag)
            return rc;
    }
    return 0;
}

int fn_options_parse(int argc, char **argv, const struct fn_opt *const *tables, size_t n_tables,
                     size_t *ret_n_operands, struct fn_error *err)
{
    struct args a = {.argc = argc, .at = 1, .argv = argv};
    size_t n = 0;
    bool only_operands = false;
    for (; a.at < argc; a.at++) {
        char *s = argv[a.at];
        int rc = 0;
        if (only_operands || s[0] != '-' || s[1] == '\0') {
            argv[1 + n++] = s;
        } else if (strcmp(s, "--") == 0) {
            only_operands = true;
        } else if (s[1] == '-') {
            const char *eq = strchr(s, '=');
            const struct fn_opt *o = NULL;
            size_t len = eq ? (size_t)(eq - s - 2) : strlen(s) - 2;
            rc = find_long(tables, n_tables, s + 2, len, &o, err);
            if (!rc)
                rc = take_value(&a, o, eq ? eq + 1 : NULL, err);
        } else {
            rc = parse_letters(&a, tables, n_tables, s + 1, err);
        }
        if (rc)
            return rc;
    }
    *ret_n_operands = n;
    return 0;
}

void fn_options_help(struct fn_buf *out, const struct fn_opt *table)
{
    for (const struct fn_opt *o = table; o->name; o++) {
        size_t start = out->len;
        if (o->letter)
            fn_buf_printf(out, "  -%c, --%s", o->letter, o->name);
        else
            fn_buf_printf(out, "      --%s", o->name);
        if (o->type != FN_OPT_FLAG)
            fn_buf_printf(out, " %s", o->arg ? o->arg : "VALUE");
        size_t width = out->len - start;
        fn_buf_printf(out, "%*s%s\n", width < 28 ? (int)(28 - width) : 2, "", o->help);
    }
}
