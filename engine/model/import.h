/* SPDX-License-Identifier: MIT */
/* Importers: from other people's files to .fnm. Bounded readers; every input is untrusted.
 * Unsupported operators are refused: "operator X of node Y is not supported". */
#ifndef FN_ENGINE_MODEL_IMPORT_H
#define FN_ENGINE_MODEL_IMPORT_H

#include "engine/model/model.h"

#define FN_IMPORTER_VERSION 1u

/* Each fills m->graph through b (which must outlive m), nothing else. PReLU, softmax and batch
 * normalisation composed of smaller operators are recognised; batch normalisation is folded in
 * double. */
FN_NODISCARD int fn_import_onnx(const uint8_t *data, size_t size, struct fn_graph_builder *b,
                                struct fn_graph *ret, struct fn_error *err);
FN_NODISCARD int fn_import_tflite(const uint8_t *data, size_t size, struct fn_graph_builder *b,
                                  struct fn_graph *ret, struct fn_error *err);

/* The same for a part of the network: only what the named tensors depend on is read; the rest
 * (box decoding, for example) may contain anything. n_outputs 0: the outputs of the file.
 * FN_EMODEL if there is no such tensor. */
FN_NODISCARD int fn_import_onnx_part(const uint8_t *data, size_t size,
                                     const char *const *outputs, size_t n_outputs,
                                     struct fn_graph_builder *b, struct fn_graph *ret,
                                     struct fn_error *err);
FN_NODISCARD int fn_import_tflite_part(const uint8_t *data, size_t size,
                                       const char *const *outputs, size_t n_outputs,
                                       struct fn_graph_builder *b, struct fn_graph *ret,
                                       struct fn_error *err);

/* TF.js weight manifests have weights only; recipe names the architecture they belong to:
 * "face-api/ssd_mobilenetv1", "face-api/face_landmark_68", "face-api/face_landmark_68_tiny",
 * "face-api/face_recognition", "face-api/tiny_face_detector". */
FN_NODISCARD int fn_import_tfjs(const uint8_t *manifest, size_t manifest_size,
                                const uint8_t *bin, size_t bin_size, const char *recipe,
                                struct fn_graph_builder *b, struct fn_graph *ret,
                                struct fn_error *err);

/* projection: the text of another projection for the joint embedder (projection.h), in size
 * bytes, or NULL.
 * Imports every network and writes profile files for the pinned npm packages unpacked under
 * packages_dir (packages_dir/NAME/..., as npm lays them out in node_modules) into out_dir: the
 * profiles "default" and "dlib". progress may be NULL. */
FN_NODISCARD int fn_import_profiles(const char *packages_dir, const char *out_dir,
                                    const char *projection, size_t size,
                                    void (*progress)(const char *what, void *ctx), void *ctx,
                                    struct fn_error *err);

#endif
