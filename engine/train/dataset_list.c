/* SPDX-License-Identifier: MIT */
/* Lists as data sets; see fn_dataset_from_list. */
#include <errno.h>
#include <string.h>

#include "engine/base/paths.h"
#include "engine/train/dataset_priv.h"
#include "engine/train/lines.h"

static int read_box(const struct fn_lines *l, char *const *field, float box[4],
                    struct fn_error *err)
{
    for (int i = 0; i < 4; i++) {
        if (fn_parse_float(field[i], &box[i]))
            return fn_lines_error(l, err, FN_EUSAGE, "'%s' is not a number of a box", field[i]);
    }
    /* A face may extend over the edge of the picture, but must overlap it. */
    if (!(box[2] > 0 && box[3] > 0 && box[2] <= 2 && box[3] <= 2 && box[0] < 1 && box[1] < 1 &&
          box[0] + box[2] > 0 && box[1] + box[3] > 0))
        return fn_lines_error(l, err, FN_EUSAGE,
                              "the box is not in the picture (fractions: x y w h)");
    return 0;
}

/* The path to open, and the offset of the name as written in it. */
static int place(const char *dir, const char *name, char out[FN_PATH_MAX], size_t *ret_at)
{
    int rc = 0;
    *ret_at = 0;
    if (*name == '/' || !*dir) {
        if (strlen(name) >= FN_PATH_MAX)
            return -ENAMETOOLONG;
        memcpy(out, name, strlen(name) + 1);
    } else {
        rc = fn_path_join(out, FN_PATH_MAX, dir, name);
        *ret_at = rc ? 0 : strlen(out) - strlen(name);
    }
    return rc;
}

static int add_line(struct fn_rows *r, struct fn_lines *l, const char *dir,
                    struct fn_error *err)
{
    char *field[8], path[FN_PATH_MAX];
    float box[4];
    size_t at, n = fn_lines_fields(l->text, '\t', field, 8);
    bool has_box = n >= 6, has_split = n == 3 || n == 7;
    int split = FN_SPLIT_TRAIN;
    if (n < 2 || n == 4 || n == 5 || n > 7)
        return fn_lines_error(l, err, FN_EUSAGE,
                              "%zu fields; wanted: path, person, perhaps a split, perhaps the "
                              "four numbers of a box, with tabs between",
                              n);
    if (!*field[0] || !*field[1])
        return fn_lines_error(l, err, FN_EUSAGE, "no %s", *field[0] ? "person" : "path");
    if (has_split && *field[2])
        split = fn_split_parse(field[2]);
    if (split < 0)
        return fn_lines_error(l, err, FN_EUSAGE, "'%s' is not train, val, validation or test",
                              field[2]);
    int rc = has_box ? read_box(l, field + n - 4, box, err) : 0;
    if (rc)
        return rc;
    if (place(dir, field[0], path, &at))
        return fn_lines_error(l, err, FN_EUSAGE, "the path is too long");
    return fn_rows_add(r, path, at, field[1], (unsigned)split, has_box ? box : NULL, err);
}

int fn_dataset_from_list(const char *file, const struct fn_picture_source *pictures,
                         struct fn_dataset **ret, struct fn_error *err)
{
    struct fn_lines l = {0};
    struct fn_rows r = {.pictures = pictures};
    char dir[FN_PATH_MAX] = "";
    const char *slash = strrchr(file, '/');
    size_t len = slash ? (size_t)(slash - file) + 1 : 0;
    if (len >= sizeof dir)
        return fn_error_set(err, -ENAMETOOLONG, "'%s': the path is too long", file);
    memcpy(dir, file, len);
    dir[len] = '\0';
    int more = 0, rc = fn_lines_open(&l, file, err);
    while (!rc && (more = fn_lines_next(&l, err)) > 0) {
        if (*l.text && *l.text != '#')
            rc = add_line(&r, &l, dir, err);
    }
    if (!rc)
        rc = more;
    if (!rc)
        rc = fn_rows_finish(&r, file, ret, err);
    fn_rows_free(&r);
    fn_lines_close(&l);
    return rc;
}
