/* SPDX-License-Identifier: MIT */
#include "engine/base/config.h"

#include <dirent.h>
#include <errno.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/config_priv.h"
#include "engine/base/file.h"
#include "engine/base/paths.h"

extern char **environ;

enum { FILE_MAX = 1 << 20 };

struct fn_config_file {
    struct fn_config values;
    char *text[FN_CONFIG_KEYS_MAX];   /* as written; lists joined by spaces */
    char *origin[FN_CONFIG_KEYS_MAX]; /* "built-in", "FILE:LINE", ... */
    enum fn_config_origin from[FN_CONFIG_KEYS_MAX];
};

static int set_text(struct fn_config_file *f, size_t i, const char *value, bool append)
{
    struct fn_buf b;
    fn_buf_init(&b, FILE_MAX);
    if (append && f->text[i] && *f->text[i])
        fn_buf_printf(&b, "%s ", f->text[i]);
    fn_buf_str(&b, value);
    char *s = fn_buf_detach(&b);
    if (!s)
        return -ENOMEM;
    free(f->text[i]);
    f->text[i] = s;
    return 0;
}

static int set_from(struct fn_config_file *f, const char *key, const char *value,
                    enum fn_config_origin origin, const char *origin_text, struct fn_error *err)
{
    const struct fn_key *k = fn_config_key(key);
    if (!k)
        return fn_config_unknown(err, FN_EUSAGE, key);
    size_t i = (size_t)(k - fn_config_keys);
    bool list = k->type == FN_KEY_LIST;
    /* A higher source replaces a list; the same source adds to it. */
    bool append = list && f->from[i] == origin && origin != FN_ORIGIN_DEFAULT;
    if (list && !append)
        fn_config_release(k, &f->values);
    int rc = fn_config_store(k, value, &f->values, err);
    if (rc)
        return rc;
    char *o = strdup(origin_text);
    if (!o || set_text(f, i, value, append)) {
        free(o);
        return fn_error_set(err, -ENOMEM, "out of memory");
    }
    free(f->origin[i]);
    f->origin[i] = o;
    f->from[i] = origin;
    return 0;
}

int fn_config_set(struct fn_config_file *f, const char *key, const char *value,
                  enum fn_config_origin origin, struct fn_error *err)
{
    static const char *const text[] = {"built-in", "file", "environment", "command line"};
    return set_from(f, key, value, origin, text[origin], err);
}

int fn_config_create(struct fn_config_file **ret, struct fn_error *err)
{
    struct fn_config_file *f = calloc(1, sizeof *f);
    if (!f)
        return fn_error_set(err, -ENOMEM, "out of memory");
    for (const struct fn_key *k = fn_config_keys; k->name; k++) {
        int rc = set_from(f, k->name, k->preset, FN_ORIGIN_DEFAULT, "built-in", err);
        if (rc) {
            fn_config_destroy(f);
            return rc;
        }
    }
    *ret = f;
    return 0;
}

void fn_config_destroy(struct fn_config_file *f)
{
    if (!f)
        return;
    for (const struct fn_key *k = fn_config_keys; k->name; k++)
        fn_config_release(k, &f->values);
    for (size_t i = 0; i < FN_CONFIG_KEYS_MAX; i++) {
        free(f->text[i]);
        free(f->origin[i]);
    }
    free(f);
}

static char *trim(char *s)
{
    s += strspn(s, " \t\r");
    size_t n = strlen(s);
    while (n && strchr(" \t\r\n", s[n - 1]))
        s[--n] = '\0';
    return s;
}

enum fn_line fn_config_line(char *line, char **ret_name, char **ret_value)
{
    char *s = trim(line);
    for (char *p = s; *p; p++)
        if ((*p == ';' || *p == '#') && (p == s || p[-1] == ' ' || p[-1] == '\t')) {
            *p = '\0';
            break;
        }
    s = trim(s);
    if (!*s)
        return FN_LINE_BLANK;
    if (*s == '[') {
        char *end = strchr(s, ']');
        if (!end || *trim(end + 1))
            return FN_LINE_BAD;
        *end = '\0';
        *ret_name = trim(s + 1);
        return FN_LINE_SECTION;
    }
    char *eq = strchr(s, '=');
    if (!eq)
        return FN_LINE_BAD;
    *eq = '\0';
    *ret_name = trim(s);
    *ret_value = trim(eq + 1);
    return FN_LINE_VALUE;
}

static int load_text(struct fn_config_file *f, const char *path, char *text,
                     struct fn_error *err)
{
    char section[64] = "", key[128], origin[FN_PATH_MAX];
    unsigned number = 0;
    char *next = text;
    while (next) {
        char *line = next, *name = NULL, *value = NULL;
        next = strchr(line, '\n');
        if (next)
            *next++ = '\0';
        number++;
        int rc = 0;
        switch (fn_config_line(line, &name, &value)) {
        case FN_LINE_BLANK:
            break;
        case FN_LINE_SECTION:
            (void)snprintf(section, sizeof section, "%s", name);
            break;
        case FN_LINE_VALUE:
            (void)snprintf(key, sizeof key, "%s.%s", section, name);
            (void)snprintf(origin, sizeof origin, "%s:%u", path, number);
            rc = set_from(f, key, value, FN_ORIGIN_FILE, origin, err);
            break;
        case FN_LINE_BAD:
            rc = fn_error_set(err, FN_EUSAGE, "neither [section] nor key = value");
            break;
        }
        if (rc) {
            (void)fn_error_prefix(err, "%s:%u", path, number);
            return rc;
        }
    }
    return 0;
}

static int load_file(struct fn_config_file *f, const char *path, bool must_exist,
                     struct fn_error *err)
{
    if (!must_exist && !fn_file_exists(path))
        return 0;
    struct fn_buf b;
    fn_buf_init(&b, FILE_MAX);
    int rc = fn_file_read(path, &b, err);
    if (!rc && b.data)
        rc = load_text(f, path, b.data, err);
    fn_buf_finish(&b);
    return rc;
}

static int is_conf(const struct dirent *d)
{
    size_t n = strlen(d->d_name);
    return n > 5 && strcmp(d->d_name + n - 5, ".conf") == 0 && d->d_name[0] != '.';
}

static int load_dir(struct fn_config_file *f, const char *path, struct fn_error *err)
{
    char copy[FN_PATH_MAX], dir[FN_PATH_MAX], file[FN_PATH_MAX];
    struct dirent **names = NULL;
    if ((size_t)snprintf(copy, sizeof copy, "%s", path) >= sizeof copy ||
        fn_path_join(dir, sizeof dir, dirname(copy), "conf.d"))
        return fn_error_set(err, -ENAMETOOLONG, "'%s': the name is too long", path);
    int n = scandir(dir, &names, is_conf, alphasort), rc = 0;
    for (int i = 0; i < n; i++) {
        if (!rc && !fn_path_join(file, sizeof file, dir, names[i]->d_name))
            rc = load_file(f, file, true, err);
        free(names[i]);
    }
    free(names);
    return rc;
}

/* FACENETD_DETECT_MIN_SCORE=.8 for detect.min_score. */
static int load_environment(struct fn_config_file *f, struct fn_error *err)
{
    for (const struct fn_key *k = fn_config_keys; k->name; k++) {
        char name[96] = "FACENETD_";
        size_t n = strlen(name);
        for (const char *p = k->name; *p && n + 1 < sizeof name; p++)
            name[n++] = *p == '.' ? '_' : (char)(*p >= 'a' && *p <= 'z' ? *p - 32 : *p);
        name[n] = '\0';
        const char *value = getenv(name);
        int rc = value ? set_from(f, k->name, value, FN_ORIGIN_ENV, name, err) : 0;
        if (rc)
            return rc;
    }
    return 0;
}

int fn_config_load(struct fn_config_file *f, const char *path, bool must_exist,
                   struct fn_error *err)
{
    int rc = load_file(f, path, must_exist, err);
    if (!rc)
        rc = load_dir(f, path, err);
    if (!rc)
        rc = load_environment(f, err);
    return rc;
}

const char *fn_config_models_dir(const struct fn_config *c, const char *given)
{
    if (given)
        return given;
    return c->models_dir && *c->models_dir ? c->models_dir : NULL;
}

const struct fn_config *fn_config_values(const struct fn_config_file *f)
{
    return &f->values;
}

int fn_config_get_text(const struct fn_config_file *f, const char *key, struct fn_buf *out,
                       struct fn_error *err)
{
    const struct fn_key *k = fn_config_key(key);
    if (!k)
        return fn_config_unknown(err, FN_ENOTFOUND, key);
    fn_buf_str(out, f->text[k - fn_config_keys]);
    return 0;
}

void fn_config_each(const struct fn_config_file *f,
                    void (*visit)(const char *key, const char *value, const char *origin,
                                  const char *help, void *ctx),
                    void *ctx)
{
    for (const struct fn_key *k = fn_config_keys; k->name; k++) {
        size_t i = (size_t)(k - fn_config_keys);
        visit(k->name, f->text[i], f->origin[i], k->help, ctx);
    }
}

void fn_config_print(const struct fn_config_file *f, struct fn_buf *out)
{
    const char *section = "";
    size_t section_len = 0;
    fn_buf_str(out,
               "# facenetd.conf: every key with the value in force. See facenetd.conf(5).\n");
    for (const struct fn_key *k = fn_config_keys; k->name; k++) {
        size_t i = (size_t)(k - fn_config_keys), n = (size_t)(strchr(k->name, '.') - k->name);
        if (n != section_len || strncmp(section, k->name, n) != 0) {
            section = k->name;
            section_len = n;
            fn_buf_printf(out, "\n[%.*s]\n", (int)n, section);
        }
        fn_buf_printf(out, "# %s\n%s = %s\n", k->help, k->name + n + 1, f->text[i]);
    }
}
