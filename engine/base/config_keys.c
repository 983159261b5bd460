/* SPDX-License-Identifier: MIT */
/* The settings: one row each, in the order in which they are printed. */
#include <string.h>

#include "engine/base/config_priv.h"
#include "engine/base/edit_distance.h"

static const char *const watch_modes[] = {"auto", "inotify", "poll", NULL};
static const char *const efforts[] = {"fast", "normal", "thorough", NULL};
static const char *const rotations[] = {"never", "if-none", NULL};
static const char *const priorities[] = {"idle", "low", "normal", NULL};
static const char *const levels[] = {"", "", "", "error", "warn", "", "info", "debug", NULL};

/* A row: section and key, the member of struct fn_config, the built-in value, the least and the
 * greatest value of numbers, and the help. */
#define ROW(type, name, member, preset, min, max, choices, help)                               \
    {                                                                                          \
        name, type, offsetof(struct fn_config, member), preset, min, max, choices, help        \
    }
#define LIST(name, member, preset, help)                                                       \
    ROW(FN_KEY_LIST, name, member, preset, 0, 0, NULL, help)
#define TEXT(name, member, preset, help)                                                       \
    ROW(FN_KEY_STRING, name, member, preset, 0, 0, NULL, help)
#define YES_NO(name, member, preset, help)                                                     \
    ROW(FN_KEY_BOOL, name, member, preset, 0, 0, NULL, help)
#define CHOICE(name, member, preset, choices, help)                                            \
    ROW(FN_KEY_CHOICE, name, member, preset, 0, 0, choices, help)
#define COUNT(name, member, preset, min, max, help)                                            \
    ROW(FN_KEY_U64, name, member, preset, min, max, NULL, help)
#define BYTES(name, member, preset, min, max, help)                                            \
    ROW(FN_KEY_SIZE, name, member, preset, min, max, NULL, help)
#define DURATION(name, member, preset, min, max, help)                                         \
    ROW(FN_KEY_DURATION, name, member, preset, min, max, NULL, help)
#define FRACTION(type, name, member, preset, help)                                             \
    ROW(type, name, member, preset, 0, 1, NULL, help)

const struct fn_key fn_config_keys[] = {
    LIST("library.root", root, "", "a root: a folder of photos; repeat the key for more"),
    LIST("library.exclude", exclude,
         "**/.*/** **/@eaDir/** **/.thumbnails/** **/lost+found/** **/#recycle/**",
         "patterns of paths below a root to leave out; ** matches any number of folders"),
    LIST("library.ignore_markers", ignore_markers, ".nomedia .noimage .facenet-ignore",
         "leave out folders that hold a file of this name"),
    YES_NO("library.follow_symlinks", follow_symlinks, "no",
           "follow symbolic links to folders"),
    YES_NO("library.one_filesystem", one_filesystem, "no",
           "stay on the file system of the root"),
    COUNT("library.settle_ms", settle_ms, "1500", 0, 600000,
          "how long a file must be unchanged before it is queued, in milliseconds"),

    CHOICE("watch.mode", watch_mode, "auto", watch_modes,
           "how to detect changes: auto, inotify or poll"),
    COUNT("watch.max_watches", max_watches, "0", 0, 1e9,
          "maximum number of inotify watches; 0: half of those available"),
    DURATION("watch.poll_interval", poll_interval_s, "10m", 1, 1e9,
             "how often polled folders are scanned"),
    DURATION("watch.full_rescan", full_rescan_s, "7d", 60, 1e9,
             "how often all roots are scanned completely"),
    DURATION("watch.away_grace", away_grace_s, "30d", 0, 1e10,
             "remove the embeddings of photos that have been gone for this long; labels never "
             "expire"),
    FRACTION(FN_KEY_SHARE, "watch.vanish_brake", vanish_brake, "50%",
             "hold a root if a scan finds more than this share of its files, and more than 20, "
             "gone; see fnq scan --accept"),

    CHOICE("detect.effort", effort, "normal", efforts,
           "effort to find faces: fast, normal or thorough"),
    CHOICE("detect.rotate", rotate, "if-none", rotations,
           "if-none: rotate photos in which no face is found; never: do not"),
    FRACTION(FN_KEY_REAL, "detect.min_score", min_score, "0",
             "minimum probability of a face; 0: the value of the profile"),
    COUNT("detect.min_face", min_face_px, "16", 0, 100000,
          "minimum height of a face in pixels"),
    COUNT("detect.max_faces", max_faces, "500", 1, 500,
          "maximum number of faces stored per photo, largest first"),

    TEXT("models.profile", profile, "default",
         "the profile: default, dlib or one created by fnq model install"),
    TEXT("models.dir", models_dir, "",
         "the folder of the model files; empty: the usual folders are searched"),

    COUNT("people.min_photos", min_photos, "3", 1, 1e9,
          "how many photos an unnamed person needs to be listed"),

    COUNT("limits.workers", workers, "0", 0, 1024,
          "number of workers; 0: one per allowed core"),
    BYTES("limits.memory", memory_bytes, "1G", 64.0 * (1 << 20), 1e15,
          "maximum memory of one worker"),
    BYTES("limits.max_pixels", max_pixels, "500M", 1, 1e15,
          "larger pictures are listed as bad"),
    BYTES("limits.max_file", max_file_bytes, "2G", 1, 1e15, "larger files are listed as bad"),
    BYTES("limits.min_free_space", min_free_bytes, "1G", 0, 1e15,
          "indexing pauses if the disk of the index has less free space"),
    DURATION("limits.photo_timeout", photo_timeout_s, "30s", 1, 3600,
             "photos that take longer are listed as bad"),

    CHOICE("schedule.priority", priority, "idle", priorities,
           "scheduling priority of the workers: idle, low or normal"),

    CHOICE("log.level", log_level, "info", levels,
           "lowest level that is logged: error, warn, info or debug"),
    YES_NO("log.paths", log_paths, "yes",
           "write file names to the log; no: write hashes of them"),
    {NULL, FN_KEY_BOOL, 0, NULL, 0, 0, NULL, NULL},
};
_Static_assert(sizeof fn_config_keys / sizeof *fn_config_keys <= FN_CONFIG_KEYS_MAX,
               "room for origins");

const struct fn_key *fn_config_key(const char *name)
{
    for (const struct fn_key *k = fn_config_keys; k->name; k++)
        if (strcmp(k->name, name) == 0)
            return k;
    return NULL;
}

int fn_config_unknown(struct fn_error *err, int code, const char *key)
{
    const char *near = NULL;
    size_t best = 4;
    for (const struct fn_key *k = fn_config_keys; k->name; k++) {
        const char *dot = strchr(k->name, '.') + 1;
        size_t d = fn_edit_distance(key, strlen(key), k->name, strlen(k->name));
        if (strcmp(dot, key) == 0) /* the section was left out */
            d = 0;
        if (d < best) {
            best = d;
            near = k->name;
        }
    }
    if (near)
        return fn_error_set(err, code, "unknown key '%s'; did you mean %s?", key, near);
    return fn_error_set(err, code, "unknown key '%s'. All of them: fnq config list", key);
}

void fn_config_each_choice(const char *key, void (*visit)(const char *value, void *ctx),
                           void *ctx)
{
    static const char *const yes_no[] = {"yes", "no", NULL};
    const struct fn_key *k = fn_config_key(key);
    const char *const *c = !k ? NULL : k->type == FN_KEY_BOOL ? yes_no : k->choices;
    for (; c && *c; c++)
        if (**c)
            visit(*c, ctx);
}
