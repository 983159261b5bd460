/* SPDX-License-Identifier: MIT */
#include "engine/base/log.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "engine/base/clock.h"
#include "engine/base/file.h"
#include "engine/base/hash.h"
#include "engine/base/status_line.h"

enum { RECENT = 32, REPEAT_S = 600, LINE = 1024 };

static struct {
    pthread_mutex_t lock; /* guards everything below */
    char program[32];
    enum fn_log_level level;
    bool journal;
    struct {
        uint64_t hash;
        uint64_t since_ns;
        unsigned long again;
    } recent[RECENT];
    size_t next;
} g = {.lock = PTHREAD_MUTEX_INITIALIZER, .program = "facenetd", .level = FN_LOG_INFO};

void fn_log_init(const char *program, enum fn_log_level level)
{
    pthread_mutex_lock(&g.lock);
    (void)snprintf(g.program, sizeof g.program, "%s", program);
    g.level = level;
    g.journal = getenv("JOURNAL_STREAM") != NULL;
    pthread_mutex_unlock(&g.lock);
}

void fn_log_set_level(enum fn_log_level level)
{
    pthread_mutex_lock(&g.lock);
    g.level = level;
    pthread_mutex_unlock(&g.lock);
}

/* How often this line was suppressed since it was last printed. -1: suppress it now. */
static long repeats(const char *text)
{
    uint64_t hash = fn_hash64(text, strlen(text)), now = fn_clock_mono_ns();
    for (size_t i = 0; i < RECENT; i++) {
        if (g.recent[i].hash != hash)
            continue;
        if (now - g.recent[i].since_ns < (uint64_t)REPEAT_S * 1000000000u) {
            g.recent[i].again++;
            return -1;
        }
        long n = (long)g.recent[i].again;
        g.recent[i].again = 0;
        g.recent[i].since_ns = now;
        return n;
    }
    g.recent[g.next].hash = hash;
    g.recent[g.next].since_ns = now;
    g.recent[g.next].again = 0;
    g.next = (g.next + 1) % RECENT;
    return 0;
}

/* On a terminal: "15:02:07 text". */
static void print_terminal(const char *text, const char *again)
{
    char line[LINE + 128], when[16] = "";
    time_t now = (time_t)fn_clock_wall_s();
    struct tm tm;
    if (localtime_r(&now, &tm))
        (void)strftime(when, sizeof when, "%H:%M:%S", &tm);
    (void)snprintf(line, sizeof line, "%s %s%s", when, text, again);
    fn_message(line);
}

static void print_line(enum fn_log_level level, const char *text, long n)
{
    char line[LINE + 128], again[48] = "", when[FN_RFC3339_MAX];
    if (n > 0)
        (void)snprintf(again, sizeof again, " (%ld times more before)", n);
    if (!g.journal && isatty(STDERR_FILENO) == 1) {
        print_terminal(text, again);
        return;
    }
    fn_rfc3339(when, fn_clock_wall_s(), 0);
    int len = g.journal
                  ? snprintf(line, sizeof line, "<%d>%s%s\n", (int)level, text, again)
                  : snprintf(line, sizeof line, "%s %s: %s%s\n", when, g.program, text, again);
    if (len > 0)
        FN_IGNORE(fn_write_all(STDERR_FILENO, line,
                               (size_t)len < sizeof line ? (size_t)len : sizeof line - 1));
}

FN_PRINTF(3, 0)
static void log_text(enum fn_log_level level, bool always, const char *fmt, va_list ap)
{
    char text[LINE];
    (void)vsnprintf(text, sizeof text, fmt, ap);
    pthread_mutex_lock(&g.lock);
    long n = level > g.level ? -1 : always ? 0 : repeats(text);
    if (n >= 0)
        print_line(level, text, n);
    pthread_mutex_unlock(&g.lock);
}

void fn_log(enum fn_log_level level, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    log_text(level, false, fmt, ap);
    va_end(ap);
}

void fn_log_always(enum fn_log_level level, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    log_text(level, true, fmt, ap);
    va_end(ap);
}
