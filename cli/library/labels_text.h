/* SPDX-License-Identifier: MIT */
/* Labels as text that outlives the index: the label log, the state in effect as acts
 * (act_line.h), and the list of confirmed faces that training reads (engine/train/dataset.h).
 */
#ifndef FN_CLI_LIBRARY_LABELS_TEXT_H
#define FN_CLI_LIBRARY_LABELS_TEXT_H

#include "cli/library/act.h"
#include "cli/library/confirmed.h"
#include "engine/base/buf.h"

/* The whole log, an assertion on each line. out: initialised, appended to. */
FN_NODISCARD int fnl_export_log(struct fn_txn *t, struct fn_buf *out, struct fn_error *err);
/* The labels in effect of each face, as acts. Confirmed faces come first, so that each name is
 * known when a face is rejected as it. People without a name are left out. */
FN_NODISCARD int fnl_export_acts(struct fn_txn *t, struct fn_buf *out, struct fn_error *err);
/* PATH TAB PERSON TAB X TAB Y TAB W TAB H. Returns the number of faces left out because the
 * path has a tab or a line end. */
size_t fnl_export_training(const struct fnl_labelled *l, struct fn_buf *out);

/* Is this text a list of acts (a line starts with + - or !) and not a log (lines start with a
 * number)? */
bool fnl_text_is_acts(const char *text);

struct fnl_import {
    const char *text; /* a log, n bytes long, with a NUL after them */
    size_t n;         /* afterwards: without a last line that is cut off */
    const char *path; /* of the log; NULL: not a file */
    /* the result: assertions */
    uint64_t n_new, n_skipped; /* skipped: already in the index */
    bool torn;                 /* the last line is cut off and was left out */
    /* If the log was at the place of the index's own labels.log: where it is now; else "". */
    char aside[FN_PATH_MAX];
    struct fnl_after after;
};
/* Replays a log. Creates the index when there is none. FN_EUNSUPPORTED: the text is not a label
 * log. */
FN_NODISCARD int fnl_import_log(struct fn_library *lib, enum fnl_mode mode,
                                struct fnl_import *i, struct fn_error *err);

#endif
