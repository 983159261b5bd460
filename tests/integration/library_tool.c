/* SPDX-License-Identifier: MIT */
/* A program other than fnq that uses cli/library only:
 *
 *   library_tool INDEX MODELS folder DIR    indexes a folder; prints the counts
 *   library_tool INDEX MODELS file FILE     indexes one file; prints the result
 *   library_tool INDEX MODELS all DIR FILE NAME   in one process: indexes a folder twice,
 *                       labels the first face of a file as NAME, prints the people in the file
 *
 * For every file that failed it prints a line "bad: PATH: REASON". Exit 1: a call failed. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cli/library/indexing.h"
#include "cli/library/label_faces.h"
#include "cli/library/look.h"

static const char *const end_name[] = {
    [FNL_FILE_NEW] = "new", [FNL_FILE_KNOWN] = "known",   [FNL_FILE_UNCHANGED] = "unchanged",
    [FNL_FILE_BAD] = "bad", [FNL_FILE_UNREAD] = "unread", [FNL_FILE_OTHER] = "other"};

static int on_file(const struct fnl_indexed_file *f, void *arg)
{
    (void)arg;
    if (f->end == FNL_FILE_BAD || f->end == FNL_FILE_UNREAD)
        (void)printf("%s: %s: %s\n", end_name[f->end], f->path, f->reason);
    return 0;
}

static int index_folder(struct fn_library *lib, const char *folder)
{
    struct fnl_indexed n;
    struct fn_error err = {0};
    int rc = fnl_index_folder(lib, folder, on_file, NULL, &n, &err);
    for (int i = FNL_FILE_NEW; i <= FNL_FILE_OTHER; i++)
        (void)printf("%s=%" PRIu64 " ", end_name[i], n.n[i]);
    (void)printf("faces=%" PRIu64 " unread_folders=%" PRIu64 " pending=%" PRIu64 "\n", n.faces,
                 n.unread_folders, n.pending);
    if (rc)
        (void)fprintf(stderr, "library_tool: %s\n", err.text);
    return rc != 0;
}

static int index_file(struct fn_library *lib, const char *file)
{
    struct fnl_indexed_file f;
    struct fn_error err = {0};
    int rc = fnl_index_file(lib, file, &f, &err);
    (void)printf("%s faces=%u\n", end_name[f.end], f.n_faces);
    if (rc)
        (void)fprintf(stderr, "library_tool: %s\n", err.text);
    return rc != 0;
}

static int complain(const struct fn_error *err)
{
    (void)fprintf(stderr, "library_tool: %s\n", err->text);
    return 1;
}

static int label(struct fn_library *lib, const char *file, const char *name)
{
    char what[FN_PATH_MAX + 8];
    fn_face_id face = 0;
    struct fn_error err = {0};
    struct fnl_labelling l = {.kind = FN_ASSERT_IS, .who = name, .faces = &face, .n = 1};
    struct fnl_act_result done;
    (void)snprintf(what, sizeof what, "%s:1", file);
    int rc = fnl_read_begin(lib, &err);
    rc = rc ? rc : fnl_face_find(lib, what, &face, &err);
    rc = rc ? rc : fnl_label_faces(lib, FNL_KEEP, &l, &done, &err);
    if (rc)
        return complain(&err);
    (void)printf("changed=%zu conflicts=%zu new_person=%d\n", done.n_changed, done.n_conflicts,
                 done.new_person);
    return 0;
}

static int ask(struct fn_library *lib, const char *file)
{
    struct fnl_look l;
    struct fn_error err = {0};
    int rc = fnl_look(lib, file, 0, &l, &err);
    if (rc || l.code) {
        fnl_look_finish(&l);
        return complain(rc ? &err : &l.err);
    }
    for (size_t i = 0; i < l.n; i++)
        (void)printf("%zu: %s\n", i + 1,
                     l.faces[i].fact.person.name[0] ? l.faces[i].fact.person.name : "?");
    fnl_look_finish(&l);
    return 0;
}

/* Two handles, one after the other. The first leaves no state behind. */
static int all(const struct fnl_choice *choice, char **argv)
{
    struct fn_library *first = NULL, *second = NULL;
    struct fn_error err = {0};
    if (fnl_create(choice, &first, &err))
        return complain(&err);
    int code = index_folder(first, argv[0]);
    fnl_destroy(first);
    if (code || fnl_create(choice, &second, &err))
        return 1;
    code = index_folder(second, argv[0]);
    code = code ? code : label(second, argv[1], argv[2]);
    code = code ? code : ask(second, argv[1]);
    fnl_destroy(second);
    return code;
}

int main(int argc, char **argv)
{
    struct fn_error err = {0};
    struct fn_library *lib = NULL;
    if (argc < 5)
        return 2;
    struct fnl_choice choice = {.index = argv[1], .models = argv[2]};
    if (strcmp(argv[3], "all") == 0)
        return argc == 7 ? all(&choice, argv + 4) : 2;
    if (fnl_create(&choice, &lib, &err))
        return complain(&err);
    int code =
        strcmp(argv[3], "file") == 0 ? index_file(lib, argv[4]) : index_folder(lib, argv[4]);
    fnl_destroy(lib);
    return code;
}
