/* SPDX-License-Identifier: MIT */
/* An act in words. */
#ifndef FN_CLI_SAYING_ACT_WORDS_H
#define FN_CLI_SAYING_ACT_WORDS_H

#include "cli/library/act_log.h"

/* "is", "group": the kind as JSON has it; "" for 0. */
const char *fnq_kind_word(size_t kind);
/* "merge Tommy into Tom Okafor", "12 faces are Anna Berg". size >= 400: nothing is cut. */
void fnq_act_words(const struct fnl_act_summary *s, char *out, size_t size);

#endif
