/* SPDX-License-Identifier: MIT */
/* The command table: dispatch, --help, the shell completions and the check of fnq(1) all read
 * it. */
#include "cli/commands.h"

#include <string.h>

const struct fn_opt fnq_global_options[] = {
    {"help", 'h', FN_OPT_FLAG, FNQ_AT(help), NULL, "show this help"},
    {"version", 0, FN_OPT_FLAG, FNQ_AT(version), NULL, "show the version"},
    {"index", 0, FN_OPT_STRING, FNQ_AT(index), "DIR", "the index (its folder)"},
    {"config", 0, FN_OPT_STRING, FNQ_AT(config), "FILE", "another facenetd.conf"},
    {"models", 0, FN_OPT_STRING, FNQ_AT(models), "DIR", "where the model files are"},
    {"json", 0, FN_OPT_FLAG, FNQ_AT(json), NULL, "one JSON object"},
    {"jsonl", 0, FN_OPT_FLAG, FNQ_AT(jsonl), NULL, "a JSON object per line"},
    {"csv", 0, FN_OPT_FLAG, FNQ_AT(csv), NULL, "comma-separated values with a heading"},
    {"null", '0', FN_OPT_FLAG, FNQ_AT(nul), NULL, "end lines with a NUL, names untouched"},
    {"schema", 0, FN_OPT_U64, FNQ_AT(schema), "N", "ask for this version of the JSON schema"},
    {"color", 0, FN_OPT_STRING, FNQ_AT(color), "WHEN", "auto, always or never"},
    {"no-daemon", 0, FN_OPT_FLAG, FNQ_AT(no_daemon), NULL, "do not talk to facenetd"},
    {"dry-run", 'n', FN_OPT_FLAG, FNQ_AT(dry_run), NULL,
     "say what would change, change nothing"},
    {"yes", 'y', FN_OPT_FLAG, FNQ_AT(yes), NULL, "do not ask before many faces are touched"},
    {"quiet", 'q', FN_OPT_FLAG, FNQ_AT(quiet), NULL, "no notes on standard error"},
    {"verbose", 'v', FN_OPT_FLAG, FNQ_AT(verbose), NULL, "more notes on standard error"},
    FNQ_OPT_END,
};

void fnq_opts_init(struct fnq_opts *o)
{
    *o = (struct fnq_opts){.color = "auto", .output = "files", .eval_every = 100};
}

void fnq_options_bind(const struct fn_opt *table, struct fnq_opts *o,
                      struct fn_opt out[FNQ_OPTIONS_MAX])
{
    size_t i = 0;
    for (; table[i].name && i + 1 < FNQ_OPTIONS_MAX; i++) {
        out[i] = table[i];
        out[i].target = (char *)o + (size_t)table[i].target;
    }
    out[i] = (struct fn_opt)FNQ_OPT_END;
}

#define BATCH                                                                                  \
    "FACE is a face id, FILE:N (the N-th face of a file, as fnq who numbers them), PHOTO:N, "  \
    "or a query of fnq find.\n"                                                                \
    "With --batch acts are read from standard input, one per line:\n"                          \
    "  +NAME -- FACE...   -NAME -- FACE...   !face -- FACE...   (NAME percent-encoded; "       \
    "query:\"...\" is a FACE)"

/* clang-format off */
const struct fnq_command fnq_commands[] = {
    {"who", "FILE... | -", "say who is in these files, indexed or not",
     "A dash reads file names from standard input, one per line (with -0: NUL-ended).\n"
     "Exit code 1 when nobody is recognised.",
     fnq_options_who, fnq_run_who, FNQ_COMPLETE_FILES, false},
    {"find", "QUERY", "find photos by who is in them",
     "and (default) or not ( ); a name or id; only:anna,tom; with:unknown; faces:=2; faces:>=3;\n"
     "date:2019-06..2020; path:trips/**; state:confirmed; quality>=0.5; size>=80px; p>=0.9; missing:yes",
     fnq_options_find, fnq_run_find, FNQ_COMPLETE_PEOPLE, false},
    {"like", "FACE | FILE", "list the nearest faces", NULL, fnq_options_like, fnq_run_like, FNQ_COMPLETE_FILES, false},
    {"why", "FACE [FACE]", "explain a match or a non-match", NULL, NULL, fnq_run_why, FNQ_COMPLETE_FILES, false},
    {"people list", "", "list people", NULL, fnq_options_people_list, fnq_run_people_list, FNQ_COMPLETE_NONE, false},
    {"people show", "PERSON...", "show one person", NULL, fnq_options_people_show, fnq_run_people_show, FNQ_COMPLETE_PEOPLE, false},
    {"people name", "PERSON NAME", "name a person, or rename", NULL, fnq_options_people_name, fnq_run_people_name, FNQ_COMPLETE_PEOPLE, false},
    {"people merge", "PERSON INTO", "make two people one", NULL, fnq_options_people_merge, fnq_run_people_merge, FNQ_COMPLETE_PEOPLE, false},
    {"people split", "PERSON [FACE...]", "take faces out of a person",
     "Without --take it shows the parts a person falls into. Faces given by id are taken as they are.",
     fnq_options_people_split, fnq_run_people_split, FNQ_COMPLETE_PEOPLE, false},
    {"people hide", "PERSON...", "leave people out of lists", NULL, fnq_options_people_hide, fnq_run_people_hide, FNQ_COMPLETE_PEOPLE, false},
    {"people unhide", "PERSON...", "show hidden people again", NULL, NULL, fnq_run_people_unhide, FNQ_COMPLETE_PEOPLE, false},
    {"faces list", "", "list faces", NULL, fnq_options_faces_list, fnq_run_faces_list, FNQ_COMPLETE_NONE, false},
    {"faces show", "FACE...", "show all that is known of a face", NULL, NULL, fnq_run_faces_show, FNQ_COMPLETE_FILES, false},
    {"faces crop", "FACE...", "write faces as pictures", NULL, fnq_options_faces_crop, fnq_run_faces_crop, FNQ_COMPLETE_FILES, false},
    {"files", "--bad | --missing", "list files with something wrong", NULL, fnq_options_files, fnq_run_files, FNQ_COMPLETE_NONE, false},
    {"label", "FACE... NAME", "say who a face is", BATCH, fnq_options_label, fnq_run_label, FNQ_COMPLETE_FILES, false},
    {"confirm", "FACE...", "say that a face is who it is taken for", BATCH, fnq_options_confirm, fnq_run_confirm, FNQ_COMPLETE_FILES, false},
    {"reject", "FACE...", "say that a face is not who it is taken for", BATCH, fnq_options_reject, fnq_run_reject, FNQ_COMPLETE_FILES, false},
    {"notface", "FACE...", "say that something is no face", BATCH, fnq_options_notface, fnq_run_notface, FNQ_COMPLETE_FILES, false},
    {"log", "", "list what was said, newest first", NULL, fnq_options_log, fnq_run_log, FNQ_COMPLETE_NONE, false},
    {"undo", "[ACT]", "take an act back (the last one, or L12)", NULL, NULL, fnq_run_undo, FNQ_COMPLETE_NONE, false},
    {"redo", "[ACT]", "put an undone act in force again", NULL, NULL, fnq_run_redo, FNQ_COMPLETE_NONE, false},
    {"status", "", "show what facenetd does and what the index holds", NULL, fnq_options_status, fnq_run_status, FNQ_COMPLETE_NONE, false},
    {"watch list", "", "list the folders that are indexed", NULL, NULL, fnq_run_watch_list, FNQ_COMPLETE_NONE, false},
    {"watch add", "DIR...", "index a folder", NULL, NULL, fnq_run_watch_add, FNQ_COMPLETE_DIRS, false},
    {"watch remove", "DIR...", "stop indexing a folder", NULL, NULL, fnq_run_watch_remove, FNQ_COMPLETE_DIRS, false},
    {"scan", "[PATH]", "look at the folders again now", NULL, fnq_options_scan, fnq_run_scan, FNQ_COMPLETE_DIRS, false},
    {"pause", "", "stop indexing for now", NULL, fnq_options_pause, fnq_run_pause, FNQ_COMPLETE_NONE, false},
    {"resume", "", "go on indexing", NULL, NULL, fnq_run_resume, FNQ_COMPLETE_NONE, false},
    {"doctor", "", "check the index, the labels and the machine", NULL, fnq_options_doctor, fnq_run_doctor, FNQ_COMPLETE_NONE, false},
    {"config list", "", "list every setting", NULL, fnq_options_config_list, fnq_run_config_list, FNQ_COMPLETE_NONE, false},
    {"config get", "KEY", "show one setting", NULL, NULL, fnq_run_config_get, FNQ_COMPLETE_NONE, false},
    {"config set", "KEY VALUE", "change a setting in the configuration file", NULL, NULL, fnq_run_config_set, FNQ_COMPLETE_NONE, false},
    {"config path", "", "show where the configuration file is", NULL, NULL, fnq_run_config_path, FNQ_COMPLETE_NONE, false},
    {"model import", "packages DIR | onnx FILE | tflite FILE | tfjs MANIFEST", "make model files from other formats",
     "packages: DIR is a node_modules with the pinned packages; writes the profiles default and dlib.\n"
     "A file does not say how its network is fed and read: --profile does, for use by fnq model install.",
     fnq_options_model_import, fnq_run_model_import, FNQ_COMPLETE_FILES, false},
    {"model list", "", "list models and profiles", NULL, NULL, fnq_run_model_list, FNQ_COMPLETE_NONE, false},
    {"model show", "MODEL | ARCHITECTURE", "show a network's card and layers",
     "Architectures are built in: nn1, nn2, nn3, nn4 (FaceNet's), nns1-like, nns2-like.", fnq_options_model_show, fnq_run_model_show, FNQ_COMPLETE_FILES, false},
    {"model install", "MODEL --name NAME", "make a profile of an embedder or detector, for facenetd",
     "The profile has the model's own thresholds where it carries them. MODEL may be a train.ckpt.",
     fnq_options_model_install, fnq_run_model_install, FNQ_COMPLETE_FILES, false},
    {"model export", "MODEL FILE.onnx | FILE.fnm", "write a model as ONNX, or the network of a train.ckpt as a model", NULL, NULL, fnq_run_model_export, FNQ_COMPLETE_FILES, false},
    {"export labels", "", "write what was said, as text", NULL, fnq_options_export_labels, fnq_run_export_labels, FNQ_COMPLETE_NONE, false},
    {"import labels", "[FILE]", "replay exported labels into this index", NULL, NULL, fnq_run_import_labels, FNQ_COMPLETE_FILES, false},
    {"embed", "FILE...", "print faces and embeddings of files (plumbing)",
     "Needs no index. A file that fails has \"faces\":[] and an error; the exit code is 3 then.",
     NULL, fnq_run_embed, FNQ_COMPLETE_FILES, false},
    {"train", "NETWORK [DATA]", "train a network, or fine-tune a model",
     "NETWORK is built in (nn1, nn2, nn3, nn4, nns1-like, nns2-like), a model file or an installed model. DATA is a folder with a\n"
     "folder per person, or a list of pictures; with --labels it is the index. Interrupted (Ctrl-C), the run is saved;\n"
     "--resume goes on with the same bits.",
     fnq_options_train, fnq_run_train, FNQ_COMPLETE_DIRS, false},
    {"plot runs", "DIR...", "draw several training runs in one chart",
     "What each reached on the people held out, with as many pictures; and, when they differ in it, with how many people.",
     fnq_options_plot_runs, fnq_run_plot_runs, FNQ_COMPLETE_DIRS, false},
    {"plot train", "DIR", "draw the curves of a training run", NULL, NULL, fnq_run_plot_train, FNQ_COMPLETE_DIRS, false},
    {"eval lfw", "DIR", "judge verification by the protocol of Labeled Faces in the Wild",
     "DIR has a folder of pictures per person. Ten folds; the threshold of each comes from the other nine.\n"
     "A missed face is replaced by the fixed square, and counted.",
     fnq_options_eval_lfw, fnq_run_eval_lfw, FNQ_COMPLETE_DIRS, false},
    {"eval ytf", "DIR", "judge verification of videos, as YouTube Faces does",
     "DIR/PERSON/VIDEO are folders of frames.",
     fnq_options_eval_ytf, fnq_run_eval_ytf, FNQ_COMPLETE_DIRS, false},
    {"eval pairs", "FILE", "judge verification of listed pairs",
     "Lines PATH,PATH,SAME[,FOLD]; SAME is 1 or 0. A missed face is an error.",
     fnq_options_eval_pairs, fnq_run_eval_pairs, FNQ_COMPLETE_FILES, false},
    {"eval identities", "DIR", "judge all pairs of known people, and whose is the nearest",
     "TAR at FAR 1e-3 and 1e-4 over all impostor pairs, with the spread over resampled people; rank 1.",
     fnq_options_eval_identities, fnq_run_eval_identities, FNQ_COMPLETE_DIRS, false},
    {"eval clusters", "DIR", "judge how faces fall into people",
     "All faces of the pictures are grouped as in an index; the central one of each is judged.",
     fnq_options_eval_clusters, fnq_run_eval_clusters, FNQ_COMPLETE_DIRS, false},
    {"eval calibrate", "MODEL DIR", "measure a model's thresholds and write them into it",
     "DIR has a folder of pictures per person: people it was not trained on, 45 pictures at least, more for lower FAR.",
     fnq_options_eval_calibrate, fnq_run_eval_calibrate, FNQ_COMPLETE_FILES, false},
    {"eval sensitivity", "DIR", "judge verification with worse pictures and shorter vectors",
     "JPEG quality 10 to 90; the face's box scaled to 1,600 to 65,536 pixels; vectors cut after 8 to 128 principal axes.",
     fnq_options_eval_sensitivity, fnq_run_eval_sensitivity, FNQ_COMPLETE_DIRS, false},
    {"eval baselines", "DIR", "judge verification by raw pixels and by eigenfaces",
     "What a network has to beat: aligned grey chips of 64 x 64 pixels, and their first 128 principal axes.",
     fnq_options_eval_baselines, fnq_run_eval_baselines, FNQ_COMPLETE_DIRS, false},
    {"eval compare", "DIR A B", "tell whether model B is better than model A",
     "A and B are profiles' names or embedders (.fnm). Same pictures, same pairs; the differences with their own errors, and a verdict.",
     fnq_options_eval_compare, fnq_run_eval_compare, FNQ_COMPLETE_FILES, false},
    {"help", "[COMMAND]", "show help", NULL, NULL, fnq_run_help, FNQ_COMPLETE_NONE, false},
    {"completions", "bash | zsh | fish", "write a completion script", NULL, NULL, fnq_run_completions, FNQ_COMPLETE_NONE, true},
    {NULL, NULL, NULL, NULL, NULL, NULL, FNQ_COMPLETE_NONE, false},
};
/* clang-format on */
