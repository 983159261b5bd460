/* SPDX-License-Identifier: MIT */
/* Faces cut out of their photos, and photos with names drawn, as JPEG files. */
#ifndef FN_CLI_LIBRARY_FACE_PICTURES_H
#define FN_CLI_LIBRARY_FACE_PICTURES_H

#include "cli/library/look.h"
#include "engine/draw/draw_text.h"

enum { FNL_CROP_PX = 256 };

/* Writes the face to DIR/FACE.jpg, a square of px (0: FNL_CROP_PX) pixels. what: a face as
 * fnl_face_find takes it. ret: the path of the file. No transaction is open afterwards. */
FN_NODISCARD int fnl_crop_face(struct fn_library *lib, const char *what, const char *dir,
                               uint32_t px, char *ret, size_t size, struct fn_error *err);
/* The same for all faces of a file. */
FN_NODISCARD int fnl_crop_look(struct fn_library *lib, const struct fnl_look *l,
                               const char *dir, uint32_t px, struct fn_error *err);
/* What to write at a face: text, or instead if a letter of it has no font. */
struct fnl_face_label {
    const char *text, *instead;
};
/* Writes the picture with a box and a label for each of its faces. t: the fonts. path: a file,
 * or a folder, which then gets a file of the picture's name; FN_EREFUSED if that is the picture
 * itself. px: longer side of the result; 0: that of the picture. */
FN_NODISCARD int fnl_draw_look(struct fn_library *lib, struct fn_text *t,
                               const struct fnl_look *l, const struct fnl_face_label *labels,
                               uint32_t px, const char *path, struct fn_error *err);
/* Is it a folder? Several pictures can only be drawn into one. */
bool fnl_is_folder(const char *path);

#endif
