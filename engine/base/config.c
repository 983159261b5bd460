/* SPDX-License-Identifier: MIT */
#include "engine/base/config.h"

#include <dirent.h>
#include <errno.h>
#include <libgen.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/config_priv.h"
#include "engine/base/file.h"
#include "engine/base/paths.h"

extern char **environ;

enum { N_KEYS_MAX = 64, FILE_MAX = 1 << 20 };

static const char *const watch_modes[] = {"auto", "inotify", "poll", NULL};
static const char *const efforts[] = {"fast", "normal", "thorough", NULL};
static const char *const rotations[] = {"never", "if-none", NULL};
static const char *const priorities[] = {"idle", "low", "normal", NULL};
static const char *const levels[] = {"", "", "", "error", "warn", "", "info", "debug", NULL};

#define AT(field) offsetof(struct fn_config, field)
/* clang-format off */
const struct fn_key fn_config_keys[] = {
    {"library.root", FN_KEY_LIST, AT(root), "", 0, 0, NULL, "a folder of photos; repeat the key for more"},
    {"library.exclude", FN_KEY_LIST, AT(exclude), "**/.*/** **/@eaDir/** **/.thumbnails/** **/lost+found/** **/#recycle/**", 0, 0, NULL, "patterns below a root that are left out; ** crosses folders"},
    {"library.ignore_markers", FN_KEY_LIST, AT(ignore_markers), ".nomedia .noimage .facenet-ignore", 0, 0, NULL, "a folder holding a file of this name is left out"},
    {"library.follow_symlinks", FN_KEY_BOOL, AT(follow_symlinks), "no", 0, 0, NULL, "follow symbolic links to folders"},
    {"library.one_filesystem", FN_KEY_BOOL, AT(one_filesystem), "no", 0, 0, NULL, "stay on the file system of the root"},
    {"library.settle_ms", FN_KEY_U64, AT(settle_ms), "1500", 0, 600000, NULL, "wait after the last write to a file, in ms"},
    {"watch.mode", FN_KEY_CHOICE, AT(watch_mode), "auto", 0, 0, watch_modes, "auto, inotify or poll"},
    {"watch.max_watches", FN_KEY_U64, AT(max_watches), "0", 0, 1e9, NULL, "most inotify watches; 0: half of what is free"},
    {"watch.poll_interval", FN_KEY_DURATION, AT(poll_interval_s), "10m", 1, 1e9, NULL, "how often polled folders are looked at"},
    {"watch.full_rescan", FN_KEY_DURATION, AT(full_rescan_s), "7d", 60, 1e9, NULL, "how often everything is looked at"},
    {"watch.away_grace", FN_KEY_DURATION, AT(away_grace_s), "30d", 0, 1e10, NULL, "photos gone this long lose their vectors; labels never expire"},
    {"watch.vanish_brake", FN_KEY_SHARE, AT(vanish_brake), "50%", 0, 1, NULL, "a scan that loses more than this and 20 files waits for: fnq scan --accept"},
    {"detect.effort", FN_KEY_CHOICE, AT(effort), "normal", 0, 0, efforts, "fast, normal or thorough"},
    {"detect.rotate", FN_KEY_CHOICE, AT(rotate), "if-none", 0, 0, rotations, "never, or if-none: turn photos in which nothing is found"},
    {"detect.min_score", FN_KEY_REAL, AT(min_score), "0", 0, 1, NULL, "least probability of a face; 0: the profile's"},
    {"detect.min_face", FN_KEY_U64, AT(min_face_px), "16", 0, 100000, NULL, "least height of a face in pixels"},
    {"detect.max_faces", FN_KEY_U64, AT(max_faces), "500", 1, 500, NULL, "most faces kept per photo, largest first"},
    {"models.profile", FN_KEY_STRING, AT(profile), "default", 0, 0, NULL, "which networks: default, dlib or one of fnq model install"},
    {"models.dir", FN_KEY_STRING, AT(models_dir), "", 0, 0, NULL, "where model files are; empty: the usual places"},
    {"people.min_photos", FN_KEY_U64, AT(min_photos), "3", 1, 1e9, NULL, "photos an unnamed person needs to be listed"},
    {"limits.workers", FN_KEY_U64, AT(workers), "0", 0, 1024, NULL, "worker processes; 0: one per allowed core"},
    {"limits.memory", FN_KEY_SIZE, AT(memory_bytes), "1G", 64.0 * (1 << 20), 1e15, NULL, "most memory of one worker"},
    {"limits.max_pixels", FN_KEY_SIZE, AT(max_pixels), "500M", 1, 1e15, NULL, "larger pictures are listed as bad"},
    {"limits.max_file", FN_KEY_SIZE, AT(max_file_bytes), "2G", 1, 1e15, NULL, "larger files are listed as bad"},
    {"limits.min_free_space", FN_KEY_SIZE, AT(min_free_bytes), "1G", 0, 1e15, NULL, "indexing pauses when the index's disk has less"},
    {"limits.photo_timeout", FN_KEY_DURATION, AT(photo_timeout_s), "30s", 1, 3600, NULL, "a photo that takes longer is listed as bad"},
    {"schedule.priority", FN_KEY_CHOICE, AT(priority), "idle", 0, 0, priorities, "idle, low or normal"},
    {"log.level", FN_KEY_CHOICE, AT(log_level), "info", 0, 0, levels, "error, warn, info or debug"},
    {"log.paths", FN_KEY_BOOL, AT(log_paths), "yes", 0, 0, NULL, "no: file names are hashed in the log"},
    {NULL, FN_KEY_BOOL, 0, NULL, 0, 0, NULL, NULL},
};
/* clang-format on */
_Static_assert(sizeof fn_config_keys / sizeof *fn_config_keys <= N_KEYS_MAX,
               "room for origins");

struct fn_config_file {
    struct fn_config values;
    char *text[N_KEYS_MAX];   /* as written; lists joined by spaces */
    char *origin[N_KEYS_MAX]; /* "built-in", "FILE:LINE", ... */
    enum fn_config_origin from[N_KEYS_MAX];
};

const struct fn_key *fn_config_key(const char *name)
{
    for (const struct fn_key *k = fn_config_keys; k->name; k++)
        if (strcmp(k->name, name) == 0)
            return k;
    return NULL;
}

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

static int store_choice(const struct fn_key *k, const char *value, int *ret,
                        struct fn_error *err)
{
    for (int i = 0; k->choices[i]; i++)
        if (*value && strcmp(k->choices[i], value) == 0) {
            *ret = i;
            return 0;
        }
    return fn_error_set(err, FN_EUSAGE, "%s: '%s' is none of its values (%s)", k->name, value,
                        k->help);
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
        return fn_error_set(err, FN_EUSAGE, "unknown key '%s'", key);
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
    for (size_t i = 0; i < N_KEYS_MAX; i++) {
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
        return fn_error_set(err, FN_ENOTFOUND, "unknown key '%s'", key);
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
