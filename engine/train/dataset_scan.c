/* SPDX-License-Identifier: MIT */
/* Folders of people as a data set; see dataset.h for the layouts. The kind of a folder follows
 * from its content: a folder with pictures is a person, a folder with folders is a
 * collection. */
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/base/array.h"
#include "engine/base/paths.h"
#include "engine/image/sniff.h"
#include "engine/train/dataset_priv.h"

struct scan {
    struct fn_rows rows;
    struct fn_splits splits;
    bool has_splits;
    bool by_split; /* the folders at the top are splits */
    size_t root_len;
    struct fn_error *err;
};

/* The names in a folder by kind, sorted. */
struct listing {
    char **folder, **picture;
    size_t n_folders, n_pictures, n_other, folders_cap, pictures_cap;
};

static void free_names(char **name, size_t n)
{
    for (size_t i = 0; i < n; i++)
        free(name[i]);
    free(name);
}

static void free_listing(struct listing *l)
{
    free_names(l->folder, l->n_folders);
    free_names(l->picture, l->n_pictures);
    *l = (struct listing){0};
}

static int push(char ***names, size_t *n, size_t *cap, const char *name)
{
    char **grown = fn_array_grow(*names, cap, *n + 1, sizeof *grown);
    if (!grown)
        return -ENOMEM;
    *names = grown;
    (*names)[*n] = strdup(name);
    if (!(*names)[*n])
        return -ENOMEM;
    ++*n;
    return 0;
}

static int by_bytes(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* A link, or a name whose type readdir does not know, is examined with stat. */
static int sort_in(struct listing *l, DIR *dir, const struct dirent *e)
{
    struct stat st;
    bool folder = e->d_type == DT_DIR, file = e->d_type == DT_REG;
    if (!folder && !file) {
        if (fstatat(dirfd(dir), e->d_name, &st, 0) < 0)
            st.st_mode = 0;
        folder = S_ISDIR(st.st_mode);
        /* A dangling link to a picture is a picture that cannot be read, and is reported. */
        file = S_ISREG(st.st_mode) || e->d_type == DT_LNK;
    }
    if (folder)
        return push(&l->folder, &l->n_folders, &l->folders_cap, e->d_name);
    if (file && fn_picture_name(e->d_name))
        return push(&l->picture, &l->n_pictures, &l->pictures_cap, e->d_name);
    l->n_other++;
    return 0;
}

static int list(const char *path, struct listing *ret, struct fn_error *err)
{
    struct listing l = {0};
    int rc = 0;
    DIR *dir = opendir(path);
    if (!dir)
        return fn_error_set(err, -errno, "cannot read folder '%s': %s", path,
                            fn_strerror(-errno));
    for (;;) {
        errno = 0;
        const struct dirent *e = readdir(dir);
        if (!e) {
            rc = -errno;
            break;
        }
        if (e->d_name[0] == '.')
            continue;
        rc = sort_in(&l, dir, e);
        if (rc)
            break;
    }
    (void)closedir(dir);
    if (rc) {
        free_listing(&l);
        return fn_error_set(err, rc, "cannot read folder '%s': %s", path, fn_strerror(rc));
    }
    if (l.n_folders)
        qsort(l.folder, l.n_folders, sizeof *l.folder, by_bytes);
    if (l.n_pictures)
        qsort(l.picture, l.n_pictures, sizeof *l.picture, by_bytes);
    *ret = l;
    return 0;
}

static int join(char out[FN_PATH_MAX], const char *a, const char *b, struct fn_error *err)
{
    int rc = fn_path_join(out, FN_PATH_MAX, a, b);
    return rc ? fn_error_set(err, rc, "'%s/%s': the path is too long", a, b) : 0;
}

/* The split of a person, or -1 after an error: by the folder, by split.csv, else train. */
static int split_of(struct scan *s, const char *person, int folder_split)
{
    if (folder_split >= 0 || !s->has_splits)
        return folder_split >= 0 ? folder_split : FN_SPLIT_TRAIN;
    int split = fn_splits_find(&s->splits, person);
    if (split < 0)
        fn_error_set(s->err, FN_EUSAGE,
                     "'%s' has a folder but no line in split.csv: it must say where everyone "
                     "belongs",
                     person);
    return split;
}

/* A folder of pictures. folder_split: -1 if the layout has none. */
static int add_person(struct scan *s, const char *path, const struct listing *l,
                      const char *person, int folder_split)
{
    char file[FN_PATH_MAX];
    s->rows.n_ignored += l->n_other;
    if (l->n_folders)
        return fn_error_set(s->err, FN_EUSAGE,
                            "'%s' holds a folder, '%s', where pictures of one person belong",
                            path, l->folder[0]);
    if (!l->n_pictures) {
        s->rows.n_empty++;
        return 0;
    }
    int split = split_of(s, person, folder_split), rc = split < 0 ? FN_EUSAGE : 0;
    for (size_t i = 0; !rc && i < l->n_pictures; i++) {
        rc = join(file, path, l->picture[i], s->err);
        if (!rc)
            rc = fn_rows_add(&s->rows, file, s->root_len + 1, person, (unsigned)split, NULL,
                             s->err);
    }
    return rc;
}

static int add_collection(struct scan *s, const char *path, const struct listing *l,
                          const char *name)
{
    char below[FN_PATH_MAX], person[FN_PATH_MAX];
    int rc = 0;
    s->rows.n_ignored += l->n_other + l->n_pictures;
    for (size_t i = 0; !rc && i < l->n_folders; i++) {
        struct listing inner = {0};
        rc = join(below, path, l->folder[i], s->err);
        if (!rc)
            rc = join(person, name, l->folder[i], s->err);
        if (!rc)
            rc = list(below, &inner, s->err);
        if (!rc)
            rc = add_person(s, below, &inner, s->by_split ? l->folder[i] : person,
                            s->by_split ? fn_split_parse(name) : -1);
        free_listing(&inner);
    }
    return rc;
}

static int add_top(struct scan *s, const char *root, const char *name)
{
    char path[FN_PATH_MAX];
    struct listing l = {0};
    int rc = join(path, root, name, s->err);
    if (!rc)
        rc = list(path, &l, s->err);
    if (rc)
        return rc;
    if (l.n_folders && l.n_pictures)
        rc = fn_error_set(s->err, FN_EUSAGE,
                          "'%s' holds both pictures and folders: is it a person or a "
                          "collection of people?",
                          path);
    else if (l.n_folders || s->by_split)
        rc = add_collection(s, path, &l, name);
    else
        rc = add_person(s, path, &l, name, -1);
    free_listing(&l);
    return rc;
}

static bool all_splits(const struct listing *top)
{
    for (size_t i = 0; i < top->n_folders; i++) {
        if (fn_split_parse(top->folder[i]) < 0)
            return false;
    }
    return top->n_folders > 0;
}

static int read_splits(struct scan *s, const char *root)
{
    char path[FN_PATH_MAX];
    int rc = join(path, root, "split.csv", s->err);
    if (rc || (access(path, F_OK) < 0 && errno == ENOENT))
        return rc;
    rc = fn_splits_read(path, &s->splits, s->err);
    s->has_splits = !rc;
    return rc;
}

int fn_dataset_scan(const char *dir, struct fn_dataset **ret, struct fn_error *err)
{
    struct scan s = {.err = err};
    struct listing top = {0};
    char root[FN_PATH_MAX];
    size_t len = strlen(dir);
    while (len > 1 && dir[len - 1] == '/')
        len--;
    if (!len || len >= sizeof root)
        return fn_error_set(err, FN_EUSAGE, "'%s' is no folder of people", dir);
    memcpy(root, dir, len);
    root[len] = '\0';
    s.root_len = len == 1 && *root == '/' ? 0 : len;
    int rc = list(root, &top, err);
    if (!rc)
        rc = read_splits(&s, root);
    s.by_split = !s.has_splits && all_splits(&top);
    s.rows.n_ignored = top.n_pictures + top.n_other - s.has_splits;
    for (size_t i = 0; !rc && i < top.n_folders; i++)
        rc = add_top(&s, root, top.folder[i]);
    if (!rc && !top.n_folders)
        rc = fn_error_set(err, FN_EUSAGE, "'%s' holds no folders: each person needs one", root);
    if (!rc)
        rc = fn_rows_finish(&s.rows, root, ret, err);
    free_listing(&top);
    fn_rows_free(&s.rows);
    fn_splits_free(&s.splits);
    return rc;
}
