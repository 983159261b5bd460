/* SPDX-License-Identifier: MIT */
/* Converts the text of a setting to its value. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/config_priv.h"

static void *field(const struct fn_key *k, struct fn_config *c)
{
    return (char *)c + k->offset;
}

static int bad(const struct fn_key *k, const char *value, const char *want,
               struct fn_error *err)
{
    return fn_error_set(err, FN_EUSAGE, "%s: '%s' is not %s", k->name, value, want);
}

static int store_number(const struct fn_key *k, const char *value, const char *units,
                        const double *scale, const char *want, uint64_t *ret,
                        struct fn_error *err)
{
    char *end;
    errno = 0;
    double v = strtod(value, &end);
    if (errno || end == value || !isfinite(v))
        return bad(k, value, want, err);
    if (*end) {
        const char *u = strchr(units, *end);
        if (!u || end[1])
            return bad(k, value, want, err);
        v *= scale[u - units];
    }
    if (v < k->min || v > k->max)
        return fn_error_set(err, FN_EUSAGE, "%s: %s is outside %.0f..%.0f", k->name, value,
                            k->min, k->max);
    *ret = (uint64_t)v;
    return 0;
}

static int store_real(const struct fn_key *k, const char *value, double *ret,
                      struct fn_error *err)
{
    char *end;
    double v = strtod(value, &end);
    if (end != value && *end == '%' && k->type == FN_KEY_SHARE) {
        v /= 100;
        end++;
    }
    if (end == value || *end || !(v >= k->min && v <= k->max))
        return bad(k, value,
                   k->type == FN_KEY_SHARE ? "a share such as 50%" : "a number in its range",
                   err);
    *ret = v;
    return 0;
}

static int no_choice(const struct fn_key *k, const char *value, struct fn_error *err)
{
    struct fn_buf all;
    fn_buf_init(&all, 256);
    for (const char *const *c = k->choices; *c; c++)
        if (**c)
            fn_buf_printf(&all, "%s%s", all.len ? ", " : "", *c);
    int rc = fn_error_set(err, FN_EUSAGE, "%s: '%s' is none of its values (%s)", k->name, value,
                          fn_buf_cstr(&all));
    fn_buf_finish(&all);
    return rc;
}

static int store_choice(const struct fn_key *k, const char *value, int *ret,
                        struct fn_error *err)
{
    for (int i = 0; k->choices[i]; i++)
        if (*value && strcmp(k->choices[i], value) == 0) {
            *ret = i;
            return 0;
        }
    return no_choice(k, value, err);
}

static int store_string(const char *value, char **ret, struct fn_error *err)
{
    char *s = strdup(value);
    if (!s)
        return fn_error_set(err, -ENOMEM, "out of memory");
    free(*ret);
    *ret = s;
    return 0;
}

/* Roots may contain spaces, so each value is one root. Patterns and markers are separated by
 * spaces. */
static int store_list(const struct fn_key *k, const char *value, struct fn_config_list *l,
                      struct fn_error *err)
{
    bool whole = strcmp(k->name, "library.root") == 0;
    while (*value) {
        size_t skip = whole ? 0 : strspn(value, " \t");
        value += skip;
        size_t n = whole ? strlen(value) : strcspn(value, " \t");
        if (!n)
            break;
        if (l->n == FN_CONFIG_LIST_MAX)
            return fn_error_set(err, FN_EUSAGE, "%s: more than %d values", k->name,
                                FN_CONFIG_LIST_MAX);
        l->items[l->n] = strndup(value, n);
        if (!l->items[l->n])
            return fn_error_set(err, -ENOMEM, "out of memory");
        l->n++;
        value += n;
    }
    return 0;
}

int fn_config_store(const struct fn_key *k, const char *value, struct fn_config *c,
                    struct fn_error *err)
{
    static const double size_scale[] = {1024, 1024, 1048576, 1073741824, 1099511627776.0};
    static const double time_scale[] = {1, 60, 3600, 86400};
    void *at = field(k, c);
    switch (k->type) {
    case FN_KEY_BOOL:
        if (strcmp(value, "yes") && strcmp(value, "no"))
            return bad(k, value, "yes or no", err);
        *(bool *)at = value[0] == 'y';
        return 0;
    case FN_KEY_U64:
        return store_number(k, value, "", time_scale, "a whole number", at, err);
    case FN_KEY_SIZE:
        return store_number(k, value, "kKMGT", size_scale, "a size such as 500M", at, err);
    case FN_KEY_DURATION:
        return store_number(k, value, "smhd", time_scale, "a time such as 10m", at, err);
    case FN_KEY_SHARE:
    case FN_KEY_REAL:
        return store_real(k, value, at, err);
    case FN_KEY_STRING:
        return store_string(value, at, err);
    case FN_KEY_LIST:
        return store_list(k, value, at, err);
    case FN_KEY_CHOICE:
        return store_choice(k, value, at, err);
    }
    return fn_error_set(err, FN_EUSAGE, "%s cannot be set", k->name);
}

void fn_config_release(const struct fn_key *k, struct fn_config *c)
{
    if (k->type == FN_KEY_STRING) {
        char **s = field(k, c);
        free(*s);
        *s = NULL;
    }
    if (k->type == FN_KEY_LIST) {
        struct fn_config_list *l = field(k, c);
        for (size_t i = 0; i < l->n; i++)
            free(l->items[i]);
        l->n = 0;
    }
}
