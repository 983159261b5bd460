/* SPDX-License-Identifier: MIT */
/* From what the user typed to faces, photos and people: ids (any unique prefix), FILE:N,
 * PHOTO:N, names. */
#ifndef FN_CLI_LIBRARY_IDS_H
#define FN_CLI_LIBRARY_IDS_H

#include "cli/library/library.h"

enum { FNL_FACE_SHORT = 9, FNL_PERSON_SHORT = 8, FNL_PHOTO_SHORT = 10 };

/* 'f' and 1 to 16 hexadecimal digits. */
bool fnl_is_face_id(const char *what);
/* "hike.jpg:2" -> "hike.jpg", 2. False when it does not end in a colon and a number from 1 to
 * 65535; file is untouched then. */
bool fnl_split_numbered(const char *what, char *file, size_t size, unsigned *ret_n);

/* The face that an id, FILE:N or PHOTO:N refers to (a prefix of at least four digits of the
 * photo's hash), inside lib's read transaction. FN_ENOTFOUND, FN_EAMBIGUOUS (the text lists
 * candidates), -errno when FILE cannot be read. */
FN_NODISCARD int fnl_face_find(struct fn_library *lib, const char *what, fn_face_id *ret,
                               struct fn_error *err);
/* The photo of the index that has the content of this open file. FN_ENOTFOUND. */
FN_NODISCARD int fnl_photo_of_fd(struct fn_txn *t, int fd, fn_photo_id *ret,
                                 struct fn_h128 *ret_hash, struct fn_error *err);
FN_NODISCARD int fnl_photo_of_file(struct fn_txn *t, const char *path, fn_photo_id *ret,
                                   struct fn_error *err);
/* The photo that what refers to: a file with its content, at least four digits of its hash, or
 * a path in the index where no file can be read; inside lib's read transaction. FN_ENOTFOUND,
 * FN_EAMBIGUOUS, -errno when the file cannot be read. */
FN_NODISCARD int fnl_photo_find(struct fn_library *lib, const char *what, fn_photo_id *ret,
                                struct fn_error *err);

/* Ids as text shows them: long enough to be unique in this index. */
void fnl_face_short(struct fn_txn *t, uint64_t ckey, char out[FN_FACE_HEX]);
void fnl_person_short(const struct fn_person_id *id, char out[FN_PERSON_TEXT]);
/* Name, or "unnamed p44d...". */
void fnl_person_title(const struct fn_person_id *id, const char *name, char *out, size_t size);
bool fnl_person_eq(const struct fn_person_id *a, const struct fn_person_id *b);

#endif
