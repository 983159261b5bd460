/* SPDX-License-Identifier: MIT */
/* People, faces and photos as JSON (docs/json.md). */
#ifndef FN_CLI_PRINT_INDEX_JSON_H
#define FN_CLI_PRINT_INDEX_JSON_H

#include "cli/library/persons.h"
#include "cli/print/output.h"

json_t *fnq_person_json(const struct fnl_match *m);    /* {"id":..., "name":...} or null */
json_t *fnq_runner_up_json(const struct fnl_match *m); /* with p and d2 */
/* {"face", "box", "state", "person"}: a face of a photo. */
json_t *fnq_face_json(const struct fnl_fact *f);
/* "2019-08-14T15:02:11+02:00", or null. */
json_t *fnq_taken_json(const struct fn_photo *p);
/* Adds "paths": [...] (and "paths_b64" when one is not UTF-8). */
FN_NODISCARD int fnq_set_paths(struct fn_txn *t, fn_photo_id photo, json_t *object);
/* {"code":"corrupt","text":...} */
json_t *fnq_error_json(const struct fn_error *err);

#endif
