/* SPDX-License-Identifier: MIT */
/* Ctrl-C in a command that takes long: it is asked between two steps, so that files are whole
 * and the command can say what is kept. */
#ifndef FN_CLI_PROGRAM_INTERRUPT_H
#define FN_CLI_PROGRAM_INTERRUPT_H

#include <stdbool.h>

/* From here on, the first SIGINT or SIGTERM is only noted; a second one ends the program. */
void fnq_interrupt_begin(void);
/* The signals end the program again. */
void fnq_interrupt_end(void);
/* Was there one since the program began? Any thread. */
bool fnq_interrupted(void);

#endif
