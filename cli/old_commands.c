/* SPDX-License-Identifier: MIT */
/* Rows of the commands that have no file of the new form yet. */
#include "cli/old_commands.h"

#define OLD(id)                                                                                \
    static int old_##id(struct fnq_ctx *ctx, const void *o, int argc, char **argv)             \
    {                                                                                          \
        (void)o;                                                                               \
        return fnq_run_##id(ctx, argc, argv);                                                  \
    }

OLD(who)
const struct fnq_command fnq_command_who = {
    .name = "who",
    .args = "FILE... | -",
    .summary = "say who is in these files, indexed or not",
    .details =
        "A dash reads file names from standard input, one per line (with -0: NUL-ended).\n"
        "Exit code 1 when nobody is recognised.",
    .options = fnq_options_who,
    .run = old_who,
    .operands = FNQ_COMPLETE_FILES,
};
OLD(find)
const struct fnq_command fnq_command_find = {
    .name = "find",
    .args = "QUERY",
    .summary = "find photos by who is in them",
    .details = "and (default) or not ( ); a name or id; only:anna,tom; with:unknown; faces:=2; "
               "faces:>=3;\n"
               "date:2019-06..2020; path:trips/**; state:confirmed; quality>=0.5; size>=80px; "
               "p>=0.9; missing:yes",
    .options = fnq_options_find,
    .run = old_find,
    .operands = FNQ_COMPLETE_PEOPLE,
};
OLD(like)
const struct fnq_command fnq_command_like = {
    .name = "like",
    .args = "FACE | FILE",
    .summary = "list the nearest faces",
    .options = fnq_options_like,
    .run = old_like,
    .operands = FNQ_COMPLETE_FILES,
};
OLD(why)
const struct fnq_command fnq_command_why = {
    .name = "why",
    .args = "FACE [FACE]",
    .summary = "explain a match or a non-match",
    .run = old_why,
    .operands = FNQ_COMPLETE_FILES,
};
OLD(people_show)
const struct fnq_command fnq_command_people_show = {
    .name = "people show",
    .args = "PERSON...",
    .summary = "show one person",
    .options = fnq_options_people_show,
    .run = old_people_show,
    .operands = FNQ_COMPLETE_PEOPLE,
};
OLD(faces_list)
const struct fnq_command fnq_command_faces_list = {
    .name = "faces list",
    .args = "",
    .summary = "list faces",
    .options = fnq_options_faces_list,
    .run = old_faces_list,
};
OLD(faces_show)
const struct fnq_command fnq_command_faces_show = {
    .name = "faces show",
    .args = "FACE...",
    .summary = "show all that is known of a face",
    .run = old_faces_show,
    .operands = FNQ_COMPLETE_FILES,
};
OLD(faces_crop)
const struct fnq_command fnq_command_faces_crop = {
    .name = "faces crop",
    .args = "FACE...",
    .summary = "write faces as pictures",
    .options = fnq_options_faces_crop,
    .run = old_faces_crop,
    .operands = FNQ_COMPLETE_FILES,
};
OLD(files)
const struct fnq_command fnq_command_files = {
    .name = "files",
    .args = "--bad | --missing",
    .summary = "list files with something wrong",
    .options = fnq_options_files,
    .run = old_files,
};
OLD(status)
const struct fnq_command fnq_command_status = {
    .name = "status",
    .args = "",
    .summary = "show what facenetd does and what the index holds",
    .options = fnq_options_status,
    .run = old_status,
};
