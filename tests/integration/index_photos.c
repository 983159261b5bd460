/* SPDX-License-Identifier: MIT */
/* A program that is not fnq, above cli/library alone:
 *
 *   index_photos INDEX MODELS folder DIR    indexes a folder; prints the counts
 *   index_photos INDEX MODELS file FILE     indexes one file; prints what became of it
 *   index_photos INDEX MODELS twice DIR     two folders' worth in one process: DIR, then DIR
 *                                           again by another handle
 *
 * Every file that failed is a line "bad: PATH: REASON". Exit 1: the call failed. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cli/library/indexing.h"
#include "cli/library/library.h"

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
        (void)fprintf(stderr, "index_photos: %s\n", err.text);
    return rc != 0;
}

static int index_file(struct fn_library *lib, const char *file)
{
    struct fnl_indexed_file f;
    struct fn_error err = {0};
    int rc = fnl_index_file(lib, file, &f, &err);
    (void)printf("%s faces=%u\n", end_name[f.end], f.n_faces);
    if (rc)
        (void)fprintf(stderr, "index_photos: %s\n", err.text);
    return rc != 0;
}

int main(int argc, char **argv)
{
    struct fn_error err = {0};
    struct fn_library *lib = NULL;
    if (argc != 5)
        return 2;
    struct fnl_choice choice = {.index = argv[1], .models = argv[2]};
    if (fnl_create(&choice, &lib, &err))
        return 1;
    int code =
        strcmp(argv[3], "file") == 0 ? index_file(lib, argv[4]) : index_folder(lib, argv[4]);
    fnl_destroy(lib);
    lib = NULL;
    if (code == 0 && strcmp(argv[3], "twice") == 0 && fnl_create(&choice, &lib, &err) == 0) {
        code = index_folder(lib, argv[4]);
        fnl_destroy(lib);
    }
    return code;
}
