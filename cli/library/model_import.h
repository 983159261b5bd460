/* SPDX-License-Identifier: MIT */
/* Importing files of other formats as model files. Such a file does not contain the input and
 * output conventions of its network; a convention (engine/model/conventions.h) adds them. */
#ifndef FN_CLI_LIBRARY_MODEL_IMPORT_H
#define FN_CLI_LIBRARY_MODEL_IMPORT_H

#include "cli/library/act.h"
#include "engine/model/conventions.h"

enum fnl_model_format { FNL_MODEL_ONNX, FNL_MODEL_TFLITE, FNL_MODEL_TFJS };

struct fnl_import {
    enum fnl_model_format format;
    const char *file;   /* TFJS: the weight manifest */
    const char *recipe; /* TFJS: the architecture, such as "face-api/face_recognition" */
    const struct fn_convention *convention; /* NULL: unknown */
    enum fn_role role;                      /* without a convention */
    const char *name;                       /* of the model; NULL: that of the file */
    const char *origin, *licence;           /* for the model card; NULL: "unknown" */
};

/* Imports one file as NAME.fnm in the folder for new models (fnl_model_target). An existing
 * file is replaced. ret_path: the path of the new file. FNL_TRY: everything except writing.
 * FN_EUSAGE: no name, no recipe; FN_EMODEL: the file is damaged, unsupported, or does not fit
 * the convention. */
FN_NODISCARD int fnl_model_import(struct fn_library *lib, enum fnl_mode mode,
                                  const struct fnl_import *in, char ret_path[FN_PATH_MAX],
                                  struct fn_error *err);
/* Imports the pinned packages below packages_dir and writes their profiles into the folder for
 * new models, ret_dir. projection: the file of another projection for the joint embedder, or
 * NULL. progress: called with the name of each network, or
 * NULL. */
FN_NODISCARD int fnl_packages_import(struct fn_library *lib, const char *packages_dir,
                                     const char *projection,
                                     void (*progress)(const char *what, void *arg), void *arg,
                                     char ret_dir[FN_PATH_MAX], struct fn_error *err);

#endif
