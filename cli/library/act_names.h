/* SPDX-License-Identifier: MIT */
/* The names that an act gives, found by name without a look at each: an import has thousands.
 */
#ifndef FN_CLI_LIBRARY_ACT_NAMES_H
#define FN_CLI_LIBRARY_ACT_NAMES_H

#include "cli/library/act.h"

/* *ret: the first NAME assertion of the act whose name is equal to `name` (fn_text_equal);
 * NULL: none. Its text must be complete. 0 or -ENOMEM. */
FN_NODISCARD int fnl_act_name_find(struct fnl_act *act, const char *name,
                                   const struct fn_assertion **ret);

#endif
