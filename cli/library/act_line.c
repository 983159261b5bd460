/* SPDX-License-Identifier: MIT */
#include "cli/library/act_line.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/utf8.h"

void fnl_act_line_finish(struct fnl_act_line *l)
{
    for (size_t i = 0; i < l->n_targets; i++)
        free(l->target[i]);
    *l = (struct fnl_act_line){0};
}

static int decode(const char *s, size_t n, size_t most, char **ret, struct fn_error *err)
{
    struct fn_buf b;
    fn_buf_init(&b, most);
    if (fn_percent_decode(&b, s, n))
        fn_error_set(err, FN_EUSAGE, "'%.*s' is not percent-encoded text", (int)n, s);
    else if (fn_buf_failed(&b) || b.len == 0)
        fn_error_set(err, FN_EUSAGE, "a name or target is empty or too long");
    else if ((*ret = fn_buf_detach(&b)))
        return 0;
    fn_buf_finish(&b);
    return FN_EUSAGE;
}

/* Parses the quoted text at *s, which is moved past the closing quote. */
static int quoted(const char **s, char **ret, struct fn_error *err)
{
    struct fn_buf b;
    const char *p = *s + 7;
    fn_buf_init(&b, 1 << 16);
    for (; *p && *p != '"'; p++) {
        if (*p == '\\' && (p[1] == '"' || p[1] == '\\'))
            p++;
        fn_buf_char(&b, *p);
    }
    if (*p != '"' || !(*ret = fn_buf_detach(&b))) {
        fn_buf_finish(&b);
        return fn_error_set(err, FN_EUSAGE, "the query has no closing quote");
    }
    *s = p + 1;
    return 0;
}

static int one_target(struct fnl_act_line *l, const char **s, struct fn_error *err)
{
    char *target = NULL;
    int rc;
    if (l->n_targets == FNL_TARGETS_MAX)
        return fn_error_set(err, FN_EUSAGE, "more than %d targets in a line", FNL_TARGETS_MAX);
    bool query = strncmp(*s, "query:\"", 7) == 0;
    if (query) {
        rc = quoted(s, &target, err);
    } else {
        size_t n = strcspn(*s, " \t");
        rc = decode(*s, n, 1 << 16, &target, err);
        *s += n;
    }
    if (rc)
        return rc;
    l->is_query[l->n_targets] = query;
    l->target[l->n_targets++] = target;
    return 0;
}

static int verb(struct fnl_act_line *l, const char *s, size_t n, struct fn_error *err)
{
    char *name = NULL;
    if (n == 5 && strncmp(s, "!face", 5) == 0) {
        l->kind = FN_ASSERT_NOTFACE;
        return 0;
    }
    if (n < 2 || (s[0] != '+' && s[0] != '-'))
        return fn_error_set(err, FN_EUSAGE, "'%.*s' is none of +NAME, -NAME, !face", (int)n, s);
    l->kind = s[0] == '+' ? FN_ASSERT_IS : FN_ASSERT_NOT;
    int rc = decode(s + 1, n - 1, sizeof l->name - 1, &name, err);
    if (!rc)
        memcpy(l->name, name, strlen(name) + 1);
    free(name);
    return rc;
}

int fnl_act_line_parse(const char *line, struct fnl_act_line *ret, struct fn_error *err)
{
    struct fnl_act_line l = {0};
    const char *s = line + strspn(line, " \t");
    if (*s == '\0' || *s == '#')
        return 1;
    size_t n = strcspn(s, " \t");
    int rc = verb(&l, s, n, err);
    s += n;
    s += strspn(s, " \t");
    if (!rc && (strncmp(s, "--", 2) != 0 || !strchr(" \t", s[2]) || !s[2]))
        rc = fn_error_set(err, FN_EUSAGE, "there is no ' -- ' before the targets");
    s += rc ? 0 : 2;
    while (!rc && *(s += strspn(s, " \t")))
        rc = one_target(&l, &s, err);
    if (!rc && l.n_targets == 0)
        rc = fn_error_set(err, FN_EUSAGE, "there is no target");
    if (rc)
        fnl_act_line_finish(&l);
    else
        *ret = l;
    return rc;
}

void fnl_act_line_format(struct fn_buf *out, enum fn_assert_kind kind, const char *name,
                         const char *face)
{
    if (kind == FN_ASSERT_NOTFACE) {
        fn_buf_str(out, "!face");
    } else {
        fn_buf_char(out, kind == FN_ASSERT_IS ? '+' : '-');
        fn_percent_encode(out, name, strlen(name));
    }
    fn_buf_printf(out, " -- %s\n", face);
}
