/* SPDX-License-Identifier: MIT */
#include "cli/library/ids.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/library/library_priv.h"

static bool all_hex(const char *s, size_t least, size_t most)
{
    size_t n = strspn(s, "0123456789abcdefABCDEF");
    return n >= least && n <= most && s[n] == '\0';
}

bool fnl_is_face_id(const char *what)
{
    return what[0] == 'f' && all_hex(what + 1, 1, 16);
}

bool fnl_split_numbered(const char *what, char *file, size_t size, unsigned *ret_n)
{
    const char *colon = strrchr(what, ':');
    if (!colon || colon == what || !isdigit((unsigned char)colon[1]))
        return false;
    char *end;
    errno = 0;
    unsigned long n = strtoul(colon + 1, &end, 10);
    size_t len = (size_t)(colon - what);
    if (errno || *end || n == 0 || n > 65535 || len >= size)
        return false;
    memcpy(file, what, len);
    file[len] = '\0';
    *ret_n = (unsigned)n;
    return true;
}

static const char *last_part(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash && slash[1] ? slash + 1 : path;
}

/* "face f9 is ambiguous: f9c2e41a (hike.jpg), f9d0022b (sea.jpg)" */
static int ambiguous_face(struct fn_txn *t, const char *what, const fn_face_id *ids, size_t n,
                          struct fn_error *err)
{
    char list[400] = "", path[FN_PATH_MAX], id[FN_FACE_HEX];
    size_t len = 0;
    for (size_t i = 0; i < n && i < 4 && len < sizeof list - 1; i++) {
        struct fn_face_rec f;
        if (fn_face_get(t, ids[i], &f))
            continue;
        fnl_face_short(t, f.ckey, id);
        bool has = fn_path_absolute(t, f.photo, path, sizeof path) == 0;
        int w = snprintf(list + len, sizeof list - len, "%s%s%s%.60s%s", len ? ", " : "", id,
                         has ? " (" : "", has ? last_part(path) : "", has ? ")" : "");
        len += w > 0 ? (size_t)w : 0;
    }
    return fn_error_set(err, FN_EAMBIGUOUS, "face %s is ambiguous: %s%s. Type one more letter",
                        what, list, n > 4 ? ", and others" : "");
}

/* The id of a face of an edited photo refers to the face in its newest version. */
static int newest_version(struct fn_txn *t, fn_face_id *face)
{
    struct fn_face_rec f;
    struct fn_face_key key;
    int rc = fn_face_get(t, *face, &f);
    if (rc || !(f.flags & FN_FACE_GONE))
        return rc;
    rc = fn_face_key_of(t, *face, &key);
    rc = rc ? rc : fn_face_successor(t, &key, face);
    return rc == FN_ENOTFOUND ? 0 : rc;
}

static int face_by_id(struct fn_txn *t, const char *what, fn_face_id *ret, struct fn_error *err)
{
    fn_face_id ids[5];
    size_t n = 0;
    int rc = fn_face_by_prefix(t, what, ids, sizeof ids / sizeof *ids, &n);
    if (rc && rc != FN_ENOTFOUND)
        return fn_error_set(err, rc, "face %s: %s", what, fn_strerror(rc));
    if (rc || n == 0)
        return fn_error_set(err, FN_ENOTFOUND, "face %s not found", what);
    if (n > 1)
        return ambiguous_face(t, what, ids, n, err);
    *ret = ids[0];
    rc = newest_version(t, ret);
    return rc ? fn_error_set(err, rc, "face %s: %s", what, fn_strerror(rc)) : 0;
}

int fnl_photo_of_fd(struct fn_txn *t, int fd, fn_photo_id *ret, struct fn_h128 *ret_hash,
                    struct fn_error *err)
{
    struct fn_h128 hash;
    uint64_t size;
    int rc = fn_hash_fd(fd, &hash, &size);
    if (rc)
        return fn_error_set(err, rc, "%s", fn_strerror(rc));
    if (ret_hash)
        *ret_hash = hash;
    rc = fn_photo_by_hash(t, &hash, ret);
    return rc ? fn_error_set(err, rc, rc == FN_ENOTFOUND ? "not in the index" : "%s",
                             fn_strerror(rc))
              : 0;
}

int fnl_photo_of_file(struct fn_txn *t, const char *path, fn_photo_id *ret,
                      struct fn_error *err)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    if (fd < 0)
        return fn_error_set(err, -errno, "%s: %s", path, fn_strerror(-errno));
    int rc = fnl_photo_of_fd(t, fd, ret, NULL, err);
    (void)close(fd);
    if (rc)
        (void)fn_error_prefix(err, "%s", path);
    return rc;
}

static int photo_by_id(struct fn_txn *t, const char *hex, fn_photo_id *ret,
                       struct fn_error *err)
{
    fn_photo_id ids[2];
    size_t n = 0;
    int rc = fn_photo_by_prefix(t, hex, ids, 2, &n);
    if (rc && rc != FN_ENOTFOUND)
        return fn_error_set(err, rc, "photo %s: %s", hex, fn_strerror(rc));
    if (rc || n == 0)
        return fn_error_set(err, FN_ENOTFOUND, "photo %s not found", hex);
    if (n > 1)
        return fn_error_set(err, FN_EAMBIGUOUS, "photo %s is ambiguous. Type one more letter",
                            hex);
    *ret = ids[0];
    return 0;
}

struct known_path {
    struct fn_txn *t;
    const char *path; /* absolute */
    fn_photo_id photo;
};

static int visit_root(const struct fn_root *root, void *arg)
{
    struct known_path *k = arg;
    struct fn_path p;
    size_t n = strlen(root->path);
    if (strncmp(k->path, root->path, n) != 0 || k->path[n] != '/' ||
        fn_path_get(k->t, root->id, k->path + n + 1, &p))
        return 0;
    k->photo = p.photo;
    return 1;
}

/* For files on roots that are away: only the path is available. */
static int photo_by_path(struct fn_txn *t, const char *path, fn_photo_id *ret,
                         struct fn_error *err)
{
    char folder[FN_PATH_MAX], whole[FN_PATH_MAX];
    struct known_path k = {.t = t, .path = path};
    if (path[0] != '/') {
        if (!getcwd(folder, sizeof folder) || fn_path_join(whole, sizeof whole, folder, path))
            whole[0] = '\0';
        k.path = whole;
    }
    int rc = fn_root_each(t, visit_root, &k);
    if (rc < 0)
        return fn_error_set(err, rc, "%s: %s", path, fn_strerror(rc));
    if (!k.photo)
        return fn_error_set(err, FN_ENOTFOUND, "%s: no file, and no photo of the index", path);
    *ret = k.photo;
    return 0;
}

int fnl_photo_find(struct fn_library *lib, const char *what, fn_photo_id *ret,
                   struct fn_error *err)
{
    if (access(what, F_OK) == 0)
        return fnl_photo_of_file(lib->read, what, ret, err);
    if (all_hex(what, 4, 32))
        return photo_by_id(lib->read, what, ret, err);
    return photo_by_path(lib->read, what, ret, err);
}

static int face_of_photo(struct fn_txn *t, const char *name, fn_photo_id photo, unsigned number,
                         fn_face_id *ret, struct fn_error *err)
{
    int rc;
    size_t n = 0, max = 512;
    struct fn_face_rec *faces = malloc(max * sizeof *faces);
    if (!faces)
        return fn_error_set(err, -ENOMEM, "out of memory");
    rc = fn_faces_of_photo(t, photo, faces, max, &n);
    if (rc && rc != FN_ENOTFOUND)
        (void)fn_error_set(err, rc, "%s: %s", name, fn_strerror(rc));
    else if (number > n)
        rc = fn_error_set(err, FN_ENOTFOUND,
                          n == 1 ? "%s has %zu face, no face %u"
                                 : "%s has %zu faces, no face %u",
                          name, n, number);
    else
        *ret = faces[number - 1].id;
    free(faces);
    return rc;
}

int fnl_face_find(struct fn_library *lib, const char *what, fn_face_id *ret,
                  struct fn_error *err)
{
    char file[FN_PATH_MAX];
    unsigned number = 0;
    fn_photo_id photo = 0;
    if (fnl_is_face_id(what))
        return face_by_id(lib->read, what, ret, err);
    if (!fnl_split_numbered(what, file, sizeof file, &number))
        return fn_error_set(err, FN_EUSAGE, "'%s' is neither a face id nor FILE:N", what);
    int rc;
    if (access(file, F_OK) != 0 && all_hex(file, 4, 32))
        rc = photo_by_id(lib->read, file, &photo, err);
    else
        rc = fnl_photo_of_file(lib->read, file, &photo, err);
    return rc ? rc : face_of_photo(lib->read, file, photo, number, ret, err);
}

void fnl_face_short(struct fn_txn *t, uint64_t ckey, char out[FN_FACE_HEX])
{
    char full[FN_FACE_HEX];
    fn_face_hex(ckey, full);
    for (size_t len = FNL_FACE_SHORT; len < FN_FACE_HEX - 1; len++) {
        fn_face_id ids[2];
        size_t n = 0;
        memcpy(out, full, len);
        out[len] = '\0';
        if (fn_face_by_prefix(t, out, ids, 2, &n) || n <= 1)
            return;
    }
    memcpy(out, full, FN_FACE_HEX);
}

void fnl_person_short(const struct fn_person_id *id, char out[FN_PERSON_TEXT])
{
    fn_person_text(id, out);
    out[FNL_PERSON_SHORT] = '\0';
}

void fnl_person_title(const struct fn_person_id *id, const char *name, char *out, size_t size)
{
    char text[FN_PERSON_TEXT];
    fnl_person_short(id, text);
    if (name && name[0])
        (void)snprintf(out, size, "%s", name);
    else
        (void)snprintf(out, size, "unnamed %s", text);
}

bool fnl_person_eq(const struct fn_person_id *a, const struct fn_person_id *b)
{
    return memcmp(a->b, b->b, sizeof a->b) == 0;
}
