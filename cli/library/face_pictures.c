/* SPDX-License-Identifier: MIT */
#include "cli/library/face_pictures.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/base/file.h"
static const float crop_margin = .25f; /* around a face, as a fraction of its box */

bool fnl_is_folder(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

/* Makes the folder, too. */
static int crop_path(const char *dir, const char *face, char *out, size_t size,
                     struct fn_error *err)
{
    char file[FN_FACE_HEX + 8];
    (void)snprintf(file, sizeof file, "%s.jpg", face);
    int rc = fn_path_join(out, size, dir, file);
    return rc ? fn_error_set(err, rc, "%s: %s", dir, fn_strerror(rc))
              : fn_mkdirs(dir, 0755, err);
}

/* Finds the face and the file of its photo. */
static int find_face(struct fn_library *lib, const char *what, struct fnl_fact *f, char *path,
                     size_t size, struct fn_error *err)
{
    fn_face_id id = 0;
    int rc = fnl_read_begin(lib, err);
    rc = rc ? rc : fnl_face_find(lib, what, &id, err);
    rc = rc ? rc : fnl_fact_get(fnl_txn(lib), id, f, err);
    if (!rc && (rc = fn_path_absolute(fnl_txn(lib), f->rec.photo, path, size)))
        (void)fn_error_set(err, rc, "face %s: its photo has no file left", f->id);
    fnl_read_end(lib);
    return rc;
}

int fnl_crop_face(struct fn_library *lib, const char *what, const char *dir, uint32_t px,
                  char *ret, size_t size, struct fn_error *err)
{
    struct fnl_fact f;
    struct fn_image image = {0};
    char path[FN_PATH_MAX];
    float box[1][4];
    int rc = find_face(lib, what, &f, path, sizeof path, err);
    if (rc)
        return rc;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    if (fd < 0)
        return fn_error_set(err, -errno, "%s: %s", path, fn_strerror(-errno));
    memcpy(box[0], f.box, sizeof box[0]);
    rc = fnl_crops(lib, fd, (const float(*)[4])box, 1, px ? px : FNL_CROP_PX, crop_margin,
                   &image, err);
    (void)close(fd);
    rc = rc ? rc : crop_path(dir, f.id, ret, size, err);
    rc = rc ? rc : fnl_save_jpeg(ret, &image, err);
    fn_image_destroy(&image);
    return rc;
}

/* The boxes of a picture's faces; free() them. NULL when out of memory. */
static float (*boxes_of(const struct fnl_look *l))[4]
{
    float(*boxes)[4] = calloc(l->n + 1, sizeof *boxes);
    for (size_t i = 0; boxes && i < l->n; i++)
        memcpy(boxes[i], l->faces[i].fact.box, sizeof boxes[i]);
    return boxes;
}

int fnl_crop_look(struct fn_library *lib, const struct fnl_look *l, const char *dir,
                  uint32_t px, struct fn_error *err)
{
    char path[FN_PATH_MAX];
    float(*boxes)[4] = boxes_of(l);
    struct fn_image *images = calloc(l->n + 1, sizeof *images);
    int rc = boxes && images ? 0 : fn_error_set(err, -ENOMEM, "out of memory");
    rc = rc ? rc
            : fnl_crops(lib, l->fd, (const float(*)[4])boxes, l->n, px ? px : FNL_CROP_PX,
                        crop_margin, images, err);
    for (size_t i = 0; !rc && i < l->n; i++) {
        rc = crop_path(dir, l->faces[i].fact.id, path, sizeof path, err);
        rc = rc ? rc : fnl_save_jpeg(path, &images[i], err);
    }
    for (size_t i = 0; images && i < l->n; i++)
        fn_image_destroy(&images[i]);
    free(boxes);
    free(images);
    return rc;
}
