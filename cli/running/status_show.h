/* SPDX-License-Identifier: MIT */
/* A status as JSON (docs/json.md) and as text. */
#ifndef FN_CLI_RUNNING_STATUS_SHOW_H
#define FN_CLI_RUNNING_STATUS_SHOW_H

#include "cli/library/library_status.h"
#include "cli/print/output.h"

json_t *fnq_status_json(const struct fnl_status *s);
void fnq_status_text(struct fnq_out *o, const struct fnl_status *s);

#endif
