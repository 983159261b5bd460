/* SPDX-License-Identifier: MIT */
/* facenetd.conf: one row per setting (config_keys.c) with its name, type, built-in value,
 * bounds and help. The parser, `fnq config`, `facenetd --print-config` and the check of the
 * manual page all use that table.
 *
 * Format: "[section]" lines, "key = value", comments from ';' or '#' at the start of a word.
 * Repeating library.root adds a root. Later sources override earlier ones: built-in, file,
 * conf.d/x.conf (sorted), FACENETD_SECTION_KEY in the environment, command line. An unknown key
 * or bad value is FN_EUSAGE with file and line. */
#ifndef FN_ENGINE_BASE_CONFIG_H
#define FN_ENGINE_BASE_CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "engine/base/buf.h"
#include "engine/base/error.h"

#define FN_CONFIG_LIST_MAX 64

enum fn_effort { FN_EFFORT_FAST = 0, FN_EFFORT_NORMAL = 1, FN_EFFORT_THOROUGH = 2 };
enum fn_priority { FN_PRIORITY_IDLE = 0, FN_PRIORITY_LOW = 1, FN_PRIORITY_NORMAL = 2 };
enum fn_rotate { FN_ROTATE_NEVER = 0, FN_ROTATE_IF_NONE = 1 };
enum fn_watch_mode { FN_WATCH_AUTO = 0, FN_WATCH_INOTIFY = 1, FN_WATCH_POLL = 2 };

struct fn_config_list {
    char *items[FN_CONFIG_LIST_MAX];
    size_t n;
};

/* The values. Strings are owned by the struct. */
struct fn_config {
    struct fn_config_list root; /* library.root */
    /* library.exclude: globs on the path below the root, ** crosses / */
    struct fn_config_list exclude;
    struct fn_config_list ignore_markers; /* library.ignore_markers */
    bool follow_symlinks, one_filesystem;
    uint64_t settle_ms;
    int watch_mode;       /* enum fn_watch_mode */
    uint64_t max_watches; /* 0: half of the free ones */
    uint64_t poll_interval_s, full_rescan_s, away_grace_s;
    double vanish_brake; /* share 0..1 */
    int effort, rotate;  /* enum fn_effort, enum fn_rotate */
    double min_score;    /* 0: that of the profile */
    uint64_t min_face_px, max_faces;
    char *profile;         /* models.profile: name */
    char *models_dir;      /* models.dir or NULL */
    uint64_t min_photos;   /* people.min_photos */
    uint64_t workers;      /* 0: one per allowed core */
    uint64_t memory_bytes; /* of one worker */
    uint64_t max_pixels, max_file_bytes, min_free_bytes;
    uint64_t photo_timeout_s;
    int priority; /* enum fn_priority */
    int log_level;
    bool log_paths; /* false: hashed */
};

enum fn_config_origin {
    FN_ORIGIN_DEFAULT,
    FN_ORIGIN_FILE,
    FN_ORIGIN_ENV,
    FN_ORIGIN_COMMAND_LINE
};

struct fn_config_file; /* values with their origins */

FN_NODISCARD int fn_config_create(struct fn_config_file **ret,
                                  struct fn_error *err); /* built-in values */
/* Reads path, then conf.d in the directory of path, then the environment. A missing path is an
 * error only if must_exist. */
FN_NODISCARD int fn_config_load(struct fn_config_file *f, const char *path, bool must_exist,
                                struct fn_error *err);
/* key: "section.name". A value of a list replaces the values of lower sources; more values of
 * the same source are added. */
FN_NODISCARD int fn_config_set(struct fn_config_file *f, const char *key, const char *value,
                               enum fn_config_origin origin, struct fn_error *err);
const struct fn_config *fn_config_values(const struct fn_config_file *f);
/* The folder of models in effect: given (from a command line, may be NULL), else models.dir.
 * NULL: the usual places (fn_path_each_model_dir). Points into one of the two. */
const char *fn_config_models_dir(const struct fn_config *c, const char *given);
/* The text of one value, or FN_ENOTFOUND. */
FN_NODISCARD int fn_config_get_text(const struct fn_config_file *f, const char *key,
                                    struct fn_buf *out, struct fn_error *err);
/* Visits every key in order. origin is "built-in", "FILE:LINE", "FACENETD_X" or "command
 * line". */
void fn_config_each(const struct fn_config_file *f,
                    void (*visit)(const char *key, const char *value, const char *origin,
                                  const char *help, void *ctx),
                    void *ctx);
/* Visits the values that key can have, when they are few ("yes" and "no", names): none for
 * numbers and text, and for a key that does not exist. */
void fn_config_each_choice(const char *key, void (*visit)(const char *value, void *ctx),
                           void *ctx);
/* Prints a complete file, with comments, that has the values in effect. */
void fn_config_print(const struct fn_config_file *f, struct fn_buf *out);
/* Edits path in place (atomically): sets key to value, after checking the value. Comments and
 * the order of lines stay. */
FN_NODISCARD int fn_config_edit(const char *path, const char *key, const char *value,
                                struct fn_error *err);
void fn_config_destroy(struct fn_config_file *f);

#endif
