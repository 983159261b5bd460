/* SPDX-License-Identifier: MIT */
#include "cli/library/kinds.h"

#include <sys/stat.h>

#include "cli/library/ids.h"
#include "cli/library/library_priv.h"
#include "cli/library/persons.h"
#include "index/labels/names.h"

static bool is_face(struct fn_library *lib, const char *what)
{
    char file[FN_PATH_MAX];
    unsigned number;
    fn_face_id id;
    if (!fnl_is_face_id(what) && !fnl_split_numbered(what, file, sizeof file, &number))
        return false;
    int rc = fnl_face_find(lib, what, &id, NULL);
    return !rc || rc == FN_EAMBIGUOUS;
}

static bool is_photo(struct fn_library *lib, const char *what)
{
    fn_photo_id id;
    int rc = fnl_photo_find(lib, what, &id, NULL);
    return !rc || rc == FN_EAMBIGUOUS;
}

static bool is_person(struct fn_library *lib, const char *what)
{
    struct fn_person p;
    int rc = fnl_person_find(lib->read, what, &p, NULL);
    return !rc || rc == FN_EAMBIGUOUS;
}

int fnl_kind_of(struct fn_library *lib, const char *what, enum fnl_kind *ret,
                struct fn_error *err)
{
    struct fn_person_id any[1];
    enum fn_name_match how = FN_NAME_OTHER;
    size_t n;
    int rc = fn_person_by_name(lib->read, what, any, 1, &n, &how);
    if (rc && rc != FN_ENOTFOUND)
        return fn_error_set(err, rc, "people cannot be read: %s", fn_strerror(rc));
    struct stat st;
    bool file = stat(what, &st) == 0 && S_ISREG(st.st_mode);
    if (how >= FN_NAME_WORDS)
        *ret = FNL_KIND_PERSON;
    else if (is_face(lib, what))
        *ret = FNL_KIND_FACE;
    else if (!file && is_person(lib, what) && !is_photo(lib, what))
        *ret = FNL_KIND_PERSON;
    else if (is_photo(lib, what))
        *ret = FNL_KIND_PHOTO;
    else
        *ret = file ? FNL_KIND_FILE : FNL_KIND_NONE;
    return 0;
}
