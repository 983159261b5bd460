/* SPDX-License-Identifier: MIT */
/* What fnq why prints for people. */
#ifndef FN_CLI_ASKING_WHY_TEXT_H
#define FN_CLI_ASKING_WHY_TEXT_H

#include "cli/library/why.h"
#include "cli/print/output.h"

void fnq_why_text(struct fnq_out *o, const struct fnl_why *w);
void fnq_why_pair_text(struct fnq_out *o, const struct fnl_pair *p);

#endif
