/* SPDX-License-Identifier: MIT */
/* Profile files as text: reading and printing.
 *
 * The text is "key = value" lines, '#' starts a comment. "profile = 2" is the version of the
 * format; an unknown key is an error, because a threshold that is silently ignored is worse
 * than a message. Version 1 had three distances of an earlier clustering algorithm instead of
 * the four: they are checked, and the four follow from pair_d2.
 */
#include "engine/model/profile.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/model/look_up.h"

enum { PROFILE_VERSION = 2 };
enum type { TEXT, FILE_NAME, FLOAT, BOOL, SCALES, DISTANCE_BEFORE };

#define AT(member) offsetof(struct fn_profile_values, member)
static const struct key {
    const char *name;
    enum type type;
    size_t at;
    double lo, hi; /* FLOAT: bounds; SCALES: lo is the effort */
    bool required;
    const char *help;
    unsigned version; /* 0: of all versions */
} keys[] = {
    {"name", TEXT, AT(name), 0, 0, true, NULL, 0},
    {"detector", FILE_NAME, AT(detector), 0, 0, true, "networks: file names in this directory",
     0},
    {"verifier", FILE_NAME, AT(verifier), 0, 0, false, NULL, 0},
    {"landmarks", FILE_NAME, AT(landmarks), 0, 0, true, NULL, 0},
    {"embedder", FILE_NAME, AT(embedder), 0, 0, true, NULL, 0},
    {"scales_fast", SCALES, 0, 0, 0, true, "detector input sizes by effort", 0},
    {"scales_normal", SCALES, 0, 1, 0, true, NULL, 0},
    {"scales_thorough", SCALES, 0, 2, 0, true, NULL, 0},
    {"candidate_score", FLOAT, AT(candidate_score), 0, 1, true, "detection", 0},
    {"verify_score", FLOAT, AT(verify_score), 0, 1, true, NULL, 0},
    {"nms_iou", FLOAT, AT(nms_iou), 0, 1, true, NULL, 0},
    {"merge_iou", FLOAT, AT(merge_iou), 0, 1, true, NULL, 0},
    {"merge_inside", FLOAT, AT(merge_inside), 0, 1, true, NULL, 0},
    {"max_side", FLOAT, AT(max_side), 0, 1, true, NULL, 0},
    {"flip", BOOL, AT(flip), 0, 0, true, "average the vectors of a chip and its mirror image",
     0},
    {"pair_d2", FLOAT, AT(pair_d2), 0, 4, true, "people: squared distances of unit vectors", 0},
    {"single_d2", FLOAT, AT(single_d2), 0, 4, true, NULL, 2},
    {"group_d2", FLOAT, AT(group_d2), 0, 4, true, NULL, 2},
    {"net_d2", FLOAT, AT(net_d2), 0, 4, true, NULL, 2},
    {"decade_d2", FLOAT, AT(decade_d2), 0, 4, true, NULL, 2},
    {"cluster_d2", DISTANCE_BEFORE, 0, 0, 4, true, NULL, 1},
    {"neighbour_d2", DISTANCE_BEFORE, 0, 0, 4, true, NULL, 1},
    {"strict_d2", DISTANCE_BEFORE, 0, 0, 4, true, NULL, 1},
    {"min_quality", FLOAT, AT(min_quality), 0, 1, true, NULL, 0},
    {"logistic_a", FLOAT, AT(logistic_a), -1e4, 1e4, true,
     "p(same) = 1 / (1 + exp(-(a - b d2)))", 0},
    {"logistic_b", FLOAT, AT(logistic_b), -1e4, 1e4, true, NULL, 0},
};
enum { N_KEYS = sizeof keys / sizeof *keys };

static bool parse_float(const char *s, double lo, double hi, float *out)
{
    char *end;
    double d = strtod(s, &end);
    if (end == s || *end || !(d >= lo && d <= hi))
        return false;
    *out = (float)d;
    return true;
}

/* "320x240 640x480" */
static bool parse_scales(const char *s, struct fn_profile_values *v, unsigned effort)
{
    uint32_t n = 0;
    while (*s) {
        char *end;
        unsigned long w = strtoul(s, &end, 10),
                      h = *end == 'x' ? strtoul(end + 1, &end, 10) : 0;
        if (w < 16 || w > 16384 || h < 16 || h > 16384 || (*end && *end != ' ') ||
            n == FN_SCALES_MAX)
            return false;
        v->scale[effort][n].w = (uint32_t)w;
        v->scale[effort][n++].h = (uint32_t)h;
        s = end + strspn(end, " ");
    }
    v->n_scales[effort] = n;
    return n > 0;
}

static bool parse_value(const struct key *k, const char *s, struct fn_profile_values *v)
{
    char *to = (char *)v + k->at;
    switch (k->type) {
    case TEXT:
    case FILE_NAME:
        if (!fn_plain_name(s, sizeof v->name))
            return k->type == FILE_NAME && !k->required && !*s;
        memcpy(to, s, strlen(s) + 1);
        return true;
    case FLOAT:
        return parse_float(s, k->lo, k->hi, (float *)(void *)to);
    case BOOL:
        *(bool *)(void *)to = strcmp(s, "yes") == 0;
        return strcmp(s, "yes") == 0 || strcmp(s, "no") == 0;
    case SCALES:
        return parse_scales(s, v, (unsigned)k->lo);
    case DISTANCE_BEFORE: {
        float unused;
        return parse_float(s, k->lo, k->hi, &unused);
    }
    }
    return false;
}

static char *trim(char *s)
{
    s += strspn(s, " \t");
    size_t n = strlen(s);
    while (n && strchr(" \t\r", s[n - 1]))
        s[--n] = 0;
    return s;
}

struct parse {
    struct fn_profile_values v;
    bool seen[N_KEYS];
    unsigned version, line;
    struct fn_error *err;
};

static int parse_line(struct parse *p, char *line)
{
    line[strcspn(line, "#")] = 0;
    line = trim(line);
    if (!*line)
        return 0;
    char *eq = strchr(line, '=');
    if (!eq)
        return fn_error_set(p->err, FN_EMODEL, "line %u: no '='", p->line);
    *eq = 0;
    char *key = trim(line), *value = trim(eq + 1);
    if (strcmp(key, "profile") == 0) {
        p->version = (unsigned)strtoul(value, NULL, 10);
        if (p->version > PROFILE_VERSION)
            return fn_error_set(p->err, FN_EVERSION,
                                "profile version %u, this program reads %d", p->version,
                                PROFILE_VERSION);
        return 0;
    }
    for (size_t i = 0; i < N_KEYS; i++) {
        if (strcmp(keys[i].name, key) != 0)
            continue;
        if (p->seen[i] || !parse_value(&keys[i], value, &p->v))
            return fn_error_set(p->err, FN_EMODEL, "line %u: bad value for \"%s\"", p->line,
                                key);
        p->seen[i] = true;
        return 0;
    }
    return fn_error_set(p->err, FN_EMODEL, "line %u: unknown key \"%.40s\"", p->line, key);
}

int fn_profile_parse(char *text, struct fn_profile_values *ret, struct fn_error *err)
{
    struct parse p = {.err = err};
    int rc = 0;
    for (char *s = text, *next; rc == 0 && s; s = next) {
        next = strchr(s, '\n');
        if (next)
            *next++ = 0;
        p.line++;
        rc = parse_line(&p, s);
    }
    if (rc == 0 && !p.version)
        rc = fn_error_set(err, FN_EMODEL, "not a profile (no \"profile = %d\")",
                          PROFILE_VERSION);
    for (size_t i = 0; rc == 0 && i < N_KEYS; i++) {
        bool now = !keys[i].version || keys[i].version == p.version;
        if (now && keys[i].required && !p.seen[i])
            rc = fn_error_set(err, FN_EMODEL, "\"%s\" is missing", keys[i].name);
        else if (!now && p.seen[i])
            rc = fn_error_set(err, FN_EMODEL, "\"%s\" is a key of profiles of version %u",
                              keys[i].name, keys[i].version);
    }
    if (rc)
        return rc;
    if (p.version == 1)
        fn_profile_grouping_of_pair(p.v.pair_d2, &p.v.single_d2, &p.v.group_d2, &p.v.net_d2,
                                    &p.v.decade_d2);
    *ret = p.v;
    return rc;
}

static void print_scales(const struct fn_profile_values *v, unsigned effort, struct fn_buf *out)
{
    for (uint32_t i = 0; i < v->n_scales[effort]; i++)
        fn_buf_printf(out, " %ux%u", v->scale[effort][i].w, v->scale[effort][i].h);
}

static void print_value(const struct key *k, const struct fn_profile_values *v,
                        struct fn_buf *out)
{
    const char *from = (const char *)v + k->at;
    switch (k->type) {
    case TEXT:
    case FILE_NAME:
        fn_buf_printf(out, " %s", from);
        break;
    case FLOAT:
        fn_buf_printf(out, " %.6g", (double)*(const float *)(const void *)from);
        break;
    case BOOL:
        fn_buf_str(out, *(const bool *)(const void *)from ? " yes" : " no");
        break;
    case SCALES:
        print_scales(v, (unsigned)k->lo, out);
        break;
    case DISTANCE_BEFORE:
        break;
    }
}

void fn_profile_print(const struct fn_profile_values *v, struct fn_buf *out)
{
    fn_buf_printf(out, "profile = %d\n", PROFILE_VERSION);
    for (size_t i = 0; i < N_KEYS; i++) {
        if (keys[i].type == DISTANCE_BEFORE)
            continue;
        if (keys[i].help)
            fn_buf_printf(out, "\n# %s\n", keys[i].help);
        fn_buf_printf(out, "%s =", keys[i].name);
        print_value(&keys[i], v, out);
        fn_buf_char(out, '\n');
    }
}
