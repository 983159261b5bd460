/* SPDX-License-Identifier: MIT */
/* An act as text. */
#ifndef FN_CLI_SAYING_ACT_WORDS_H
#define FN_CLI_SAYING_ACT_WORDS_H

#include "cli/library/act_log.h"

/* "is", "group": the kind of an assertion as in JSON; "" for 0. */
const char *fnq_kind_word(size_t kind);
/* "merge Tommy into Tom Okafor", "12 faces are Anna Berg". size >= 400: nothing is truncated.
 */
void fnq_act_words(const struct fnl_act_summary *s, char *out, size_t size);
/* The same for a list; with what was undone: "undo L7: hide 80 people". Inside the read
 * transaction t. */
void fnq_act_line(struct fn_txn *t, const struct fnl_act_summary *s, char *out, size_t size);

#endif
