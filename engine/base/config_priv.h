/* SPDX-License-Identifier: MIT */
/* The table of settings (config_keys.c) and their values (config_values.c), shared by reading
 * (config.c) and editing (config_edit.c). */
#ifndef FN_ENGINE_BASE_CONFIG_PRIV_H
#define FN_ENGINE_BASE_CONFIG_PRIV_H

#include "engine/base/config.h"

enum fn_key_type {
    FN_KEY_BOOL,
    FN_KEY_U64,
    FN_KEY_SIZE,     /* k M G T, 1024 */
    FN_KEY_DURATION, /* seconds; s m h d */
    FN_KEY_SHARE,    /* 0..1, or a percentage */
    FN_KEY_REAL,
    FN_KEY_STRING,
    FN_KEY_LIST,
    FN_KEY_CHOICE, /* int: index into choices */
};

struct fn_key {
    const char *name; /* section.key */
    enum fn_key_type type;
    size_t offset; /* into struct fn_config */
    const char *preset;
    double min, max;
    const char *const *choices;
    const char *help;
};

enum { FN_CONFIG_KEYS_MAX = 64 };
extern const struct fn_key fn_config_keys[];          /* ends with a row without a name */
const struct fn_key *fn_config_key(const char *name); /* NULL: unknown */
/* The error for a key that is unknown, with a similar one if there is one. Returns code. */
int fn_config_unknown(struct fn_error *err, int code, const char *key);
/* Checks value for k and stores it in c. A value of a list is added to it. */
int fn_config_store(const struct fn_key *k, const char *value, struct fn_config *c,
                    struct fn_error *err);
void fn_config_release(const struct fn_key *k, struct fn_config *c);

/* One line of a file, split in place. */
enum fn_line { FN_LINE_BLANK, FN_LINE_SECTION, FN_LINE_VALUE, FN_LINE_BAD };
enum fn_line fn_config_line(char *line, char **ret_name, char **ret_value);

#endif
