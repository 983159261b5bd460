/* SPDX-License-Identifier: MIT */
/* Rows of the commands that have no file of the new form yet. */
#include "cli/old_commands.h"

#define OLD(id)                                                                                \
    static int old_##id(struct fnq_ctx *ctx, const void *o, int argc, char **argv)             \
    {                                                                                          \
        (void)o;                                                                               \
        return fnq_run_##id(ctx, argc, argv);                                                  \
    }

#define BATCH                                                                                  \
    "FACE is a face id, FILE:N (the N-th face of a file, as fnq who numbers them), PHOTO:N, "  \
    "or a query of fnq find.\n"                                                                \
    "With --batch acts are read from standard input, one per line:\n"                          \
    "  +NAME -- FACE...   -NAME -- FACE...   !face -- FACE...   (NAME percent-encoded; "       \
    "query:\"...\" is a FACE)"

OLD(people_name)
const struct fnq_command fnq_command_people_name = {
    .name = "people name",
    .args = "PERSON NAME",
    .summary = "name a person, or rename",
    .options = fnq_options_people_name,
    .run = old_people_name,
    .operands = FNQ_COMPLETE_PEOPLE,
};
OLD(people_merge)
const struct fnq_command fnq_command_people_merge = {
    .name = "people merge",
    .args = "PERSON INTO",
    .summary = "make two people one",
    .options = fnq_options_people_merge,
    .run = old_people_merge,
    .operands = FNQ_COMPLETE_PEOPLE,
};
OLD(people_split)
const struct fnq_command fnq_command_people_split = {
    .name = "people split",
    .args = "PERSON [FACE...]",
    .summary = "take faces out of a person",
    .details = "Without --take it shows the parts a person falls into. Faces given by id are "
               "taken as they are.",
    .options = fnq_options_people_split,
    .run = old_people_split,
    .operands = FNQ_COMPLETE_PEOPLE,
};
OLD(people_hide)
const struct fnq_command fnq_command_people_hide = {
    .name = "people hide",
    .args = "PERSON...",
    .summary = "leave people out of lists",
    .options = fnq_options_people_hide,
    .run = old_people_hide,
    .operands = FNQ_COMPLETE_PEOPLE,
};
OLD(people_unhide)
const struct fnq_command fnq_command_people_unhide = {
    .name = "people unhide",
    .args = "PERSON...",
    .summary = "show hidden people again",
    .run = old_people_unhide,
    .operands = FNQ_COMPLETE_PEOPLE,
};
OLD(label)
const struct fnq_command fnq_command_label = {
    .name = "label",
    .args = "FACE... NAME",
    .summary = "say who a face is",
    .details = BATCH,
    .options = fnq_options_label,
    .run = old_label,
    .operands = FNQ_COMPLETE_FILES,
};
OLD(confirm)
const struct fnq_command fnq_command_confirm = {
    .name = "confirm",
    .args = "FACE...",
    .summary = "say that a face is who it is taken for",
    .details = BATCH,
    .options = fnq_options_confirm,
    .run = old_confirm,
    .operands = FNQ_COMPLETE_FILES,
};
OLD(reject)
const struct fnq_command fnq_command_reject = {
    .name = "reject",
    .args = "FACE...",
    .summary = "say that a face is not who it is taken for",
    .details = BATCH,
    .options = fnq_options_reject,
    .run = old_reject,
    .operands = FNQ_COMPLETE_FILES,
};
OLD(notface)
const struct fnq_command fnq_command_notface = {
    .name = "notface",
    .args = "FACE...",
    .summary = "say that something is no face",
    .details = BATCH,
    .options = fnq_options_notface,
    .run = old_notface,
    .operands = FNQ_COMPLETE_FILES,
};
OLD(log)
const struct fnq_command fnq_command_log = {
    .name = "log",
    .args = "",
    .summary = "list what was said, newest first",
    .options = fnq_options_log,
    .run = old_log,
};
OLD(undo)
const struct fnq_command fnq_command_undo = {
    .name = "undo",
    .args = "[ACT]",
    .summary = "take an act back (the last one, or L12)",
    .run = old_undo,
};
OLD(redo)
const struct fnq_command fnq_command_redo = {
    .name = "redo",
    .args = "[ACT]",
    .summary = "put an undone act in force again",
    .run = old_redo,
};
OLD(status)
const struct fnq_command fnq_command_status = {
    .name = "status",
    .args = "",
    .summary = "show what facenetd does and what the index holds",
    .options = fnq_options_status,
    .run = old_status,
};
OLD(watch_list)
const struct fnq_command fnq_command_watch_list = {
    .name = "watch list",
    .args = "",
    .summary = "list the folders that are indexed",
    .run = old_watch_list,
};
OLD(watch_add)
const struct fnq_command fnq_command_watch_add = {
    .name = "watch add",
    .args = "DIR...",
    .summary = "index a folder",
    .run = old_watch_add,
    .operands = FNQ_COMPLETE_DIRS,
};
OLD(watch_remove)
const struct fnq_command fnq_command_watch_remove = {
    .name = "watch remove",
    .args = "DIR...",
    .summary = "stop indexing a folder",
    .run = old_watch_remove,
    .operands = FNQ_COMPLETE_DIRS,
};
OLD(scan)
const struct fnq_command fnq_command_scan = {
    .name = "scan",
    .args = "[PATH]",
    .summary = "look at the folders again now",
    .options = fnq_options_scan,
    .run = old_scan,
    .operands = FNQ_COMPLETE_DIRS,
};
OLD(pause)
const struct fnq_command fnq_command_pause = {
    .name = "pause",
    .args = "",
    .summary = "stop indexing for now",
    .options = fnq_options_pause,
    .run = old_pause,
};
OLD(resume)
const struct fnq_command fnq_command_resume = {
    .name = "resume",
    .args = "",
    .summary = "go on indexing",
    .run = old_resume,
};
OLD(doctor)
const struct fnq_command fnq_command_doctor = {
    .name = "doctor",
    .args = "",
    .summary = "check the index, the labels and the machine",
    .options = fnq_options_doctor,
    .run = old_doctor,
};
OLD(config_list)
const struct fnq_command fnq_command_config_list = {
    .name = "config list",
    .args = "",
    .summary = "list every setting",
    .options = fnq_options_config_list,
    .run = old_config_list,
};
OLD(config_get)
const struct fnq_command fnq_command_config_get = {
    .name = "config get",
    .args = "KEY",
    .summary = "show one setting",
    .run = old_config_get,
};
OLD(config_set)
const struct fnq_command fnq_command_config_set = {
    .name = "config set",
    .args = "KEY VALUE",
    .summary = "change a setting in the configuration file",
    .run = old_config_set,
};
OLD(config_path)
const struct fnq_command fnq_command_config_path = {
    .name = "config path",
    .args = "",
    .summary = "show where the configuration file is",
    .run = old_config_path,
};
OLD(model_import)
const struct fnq_command fnq_command_model_import = {
    .name = "model import",
    .args = "packages DIR | onnx FILE | tflite FILE | tfjs MANIFEST",
    .summary = "make model files from other formats",
    .details = "packages: DIR is a node_modules with the pinned packages; writes the profiles "
               "default and dlib.\n"
               "A file does not say how its network is fed and read: --profile does, for use "
               "by fnq model install.",
    .options = fnq_options_model_import,
    .run = old_model_import,
    .operands = FNQ_COMPLETE_FILES,
};
OLD(model_list)
const struct fnq_command fnq_command_model_list = {
    .name = "model list",
    .args = "",
    .summary = "list models and profiles",
    .run = old_model_list,
};
OLD(model_show)
const struct fnq_command fnq_command_model_show = {
    .name = "model show",
    .args = "MODEL | ARCHITECTURE",
    .summary = "show a network's card and layers",
    .details =
        "Architectures are built in: nn1, nn2, nn3, nn4 (FaceNet's), nns1-like, nns2-like.",
    .options = fnq_options_model_show,
    .run = old_model_show,
    .operands = FNQ_COMPLETE_FILES,
};
OLD(model_install)
const struct fnq_command fnq_command_model_install = {
    .name = "model install",
    .args = "MODEL --name NAME",
    .summary = "make a profile of an embedder or detector, for facenetd",
    .details = "The profile has the model's own thresholds where it carries them. MODEL may be "
               "a train.ckpt.",
    .options = fnq_options_model_install,
    .run = old_model_install,
    .operands = FNQ_COMPLETE_FILES,
};
OLD(model_export)
const struct fnq_command fnq_command_model_export = {
    .name = "model export",
    .args = "MODEL FILE.onnx | FILE.fnm",
    .summary = "write a model as ONNX, or the network of a train.ckpt as a model",
    .run = old_model_export,
    .operands = FNQ_COMPLETE_FILES,
};
OLD(export_labels)
const struct fnq_command fnq_command_export_labels = {
    .name = "export labels",
    .args = "",
    .summary = "write what was said, as text",
    .options = fnq_options_export_labels,
    .run = old_export_labels,
};
OLD(import_labels)
const struct fnq_command fnq_command_import_labels = {
    .name = "import labels",
    .args = "[FILE]",
    .summary = "replay exported labels into this index",
    .run = old_import_labels,
    .operands = FNQ_COMPLETE_FILES,
};
OLD(embed)
const struct fnq_command fnq_command_embed = {
    .name = "embed",
    .args = "FILE...",
    .summary = "print faces and embeddings of files (plumbing)",
    .details = "Needs no index. A file that fails has \"faces\":[] and an error; the exit code "
               "is 3 then.",
    .run = old_embed,
    .operands = FNQ_COMPLETE_FILES,
};
OLD(train)
const struct fnq_command fnq_command_train = {
    .name = "train",
    .args = "NETWORK [DATA]",
    .summary = "train a network, or fine-tune a model",
    .details = "NETWORK is built in (nn1, nn2, nn3, nn4, nns1-like, nns2-like), a model file "
               "or an installed model. DATA is a folder with a\n"
               "folder per person, or a list of pictures; with --labels it is the index. "
               "Interrupted (Ctrl-C), the run is saved;\n"
               "--resume goes on with the same bits.",
    .options = fnq_options_train,
    .run = old_train,
    .operands = FNQ_COMPLETE_DIRS,
};
OLD(plot_runs)
const struct fnq_command fnq_command_plot_runs = {
    .name = "plot runs",
    .args = "DIR...",
    .summary = "draw several training runs in one chart",
    .details = "What each reached on the people held out, with as many pictures; and, when "
               "they differ in it, with how many people.",
    .options = fnq_options_plot_runs,
    .run = old_plot_runs,
    .operands = FNQ_COMPLETE_DIRS,
};
OLD(plot_train)
const struct fnq_command fnq_command_plot_train = {
    .name = "plot train",
    .args = "DIR",
    .summary = "draw the curves of a training run",
    .run = old_plot_train,
    .operands = FNQ_COMPLETE_DIRS,
};
OLD(eval_lfw)
const struct fnq_command fnq_command_eval_lfw = {
    .name = "eval lfw",
    .args = "DIR",
    .summary = "judge verification by the protocol of Labeled Faces in the Wild",
    .details = "DIR has a folder of pictures per person. Ten folds; the threshold of each "
               "comes from the other nine.\n"
               "A missed face is replaced by the fixed square, and counted.",
    .options = fnq_options_eval_lfw,
    .run = old_eval_lfw,
    .operands = FNQ_COMPLETE_DIRS,
};
OLD(eval_ytf)
const struct fnq_command fnq_command_eval_ytf = {
    .name = "eval ytf",
    .args = "DIR",
    .summary = "judge verification of videos, as YouTube Faces does",
    .details = "DIR/PERSON/VIDEO are folders of frames.",
    .options = fnq_options_eval_ytf,
    .run = old_eval_ytf,
    .operands = FNQ_COMPLETE_DIRS,
};
OLD(eval_pairs)
const struct fnq_command fnq_command_eval_pairs = {
    .name = "eval pairs",
    .args = "FILE",
    .summary = "judge verification of listed pairs",
    .details = "Lines PATH,PATH,SAME[,FOLD]; SAME is 1 or 0. A missed face is an error.",
    .options = fnq_options_eval_pairs,
    .run = old_eval_pairs,
    .operands = FNQ_COMPLETE_FILES,
};
OLD(eval_identities)
const struct fnq_command fnq_command_eval_identities = {
    .name = "eval identities",
    .args = "DIR",
    .summary = "judge all pairs of known people, and whose is the nearest",
    .details = "TAR at FAR 1e-3 and 1e-4 over all impostor pairs, with the spread over "
               "resampled people; rank 1.",
    .options = fnq_options_eval_identities,
    .run = old_eval_identities,
    .operands = FNQ_COMPLETE_DIRS,
};
OLD(eval_clusters)
const struct fnq_command fnq_command_eval_clusters = {
    .name = "eval clusters",
    .args = "DIR",
    .summary = "judge how faces fall into people",
    .details = "All faces of the pictures are grouped as in an index; the central one of each "
               "is judged.",
    .options = fnq_options_eval_clusters,
    .run = old_eval_clusters,
    .operands = FNQ_COMPLETE_DIRS,
};
OLD(eval_calibrate)
const struct fnq_command fnq_command_eval_calibrate = {
    .name = "eval calibrate",
    .args = "MODEL DIR",
    .summary = "measure a model's thresholds and write them into it",
    .details = "DIR has a folder of pictures per person: people it was not trained on, 45 "
               "pictures at least, more for lower FAR.",
    .options = fnq_options_eval_calibrate,
    .run = old_eval_calibrate,
    .operands = FNQ_COMPLETE_FILES,
};
OLD(eval_sensitivity)
const struct fnq_command fnq_command_eval_sensitivity = {
    .name = "eval sensitivity",
    .args = "DIR",
    .summary = "judge verification with worse pictures and shorter vectors",
    .details = "JPEG quality 10 to 90; the face's box scaled to 1,600 to 65,536 pixels; "
               "vectors cut after 8 to 128 principal axes.",
    .options = fnq_options_eval_sensitivity,
    .run = old_eval_sensitivity,
    .operands = FNQ_COMPLETE_DIRS,
};
OLD(eval_baselines)
const struct fnq_command fnq_command_eval_baselines = {
    .name = "eval baselines",
    .args = "DIR",
    .summary = "judge verification by raw pixels and by eigenfaces",
    .details = "What a network has to beat: aligned grey chips of 64 x 64 pixels, and their "
               "first 128 principal axes.",
    .options = fnq_options_eval_baselines,
    .run = old_eval_baselines,
    .operands = FNQ_COMPLETE_DIRS,
};
OLD(eval_compare)
const struct fnq_command fnq_command_eval_compare = {
    .name = "eval compare",
    .args = "DIR A B",
    .summary = "tell whether model B is better than model A",
    .details = "A and B are profiles' names or embedders (.fnm). Same pictures, same pairs; "
               "the differences with their own errors, and a verdict.",
    .options = fnq_options_eval_compare,
    .run = old_eval_compare,
    .operands = FNQ_COMPLETE_FILES,
};
