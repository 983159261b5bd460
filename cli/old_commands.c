/* SPDX-License-Identifier: MIT */
/* Rows of the commands that have no file of the new form yet. */
#include "cli/old_commands.h"

#define OLD(id)                                                                                \
    static int old_##id(struct fnq_ctx *ctx, const void *o, int argc, char **argv)             \
    {                                                                                          \
        (void)o;                                                                               \
        return fnq_run_##id(ctx, argc, argv);                                                  \
    }

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
