/* SPDX-License-Identifier: MIT */
#include "cli/program/interrupt.h"

#include <signal.h>
#include <stddef.h>

static volatile sig_atomic_t asked;

static void on_signal(int sig)
{
    (void)sig;
    asked = 1;
}

static void set(void (*handler)(int), int flags)
{
    const struct sigaction act = {.sa_handler = handler, .sa_flags = flags};
    (void)sigaction(SIGINT, &act, NULL);
    (void)sigaction(SIGTERM, &act, NULL);
}

void fnq_interrupt_begin(void)
{
    set(on_signal, (int)SA_RESETHAND);
}

void fnq_interrupt_end(void)
{
    set(SIG_DFL, 0);
}

bool fnq_interrupted(void)
{
    return asked;
}
