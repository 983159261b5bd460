/* SPDX-License-Identifier: MIT */
#include "engine/base/status_line.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "engine/base/columns.h"
#include "engine/base/file.h"
#include "engine/base/log.h"
#include "engine/base/terminal.h"
#include "engine/base/utf8.h"

enum {
    REDRAW_MS = 250,
    DELAY_MS = 1000,
    PLAIN_FIRST_S = 10,
    PLAIN_EVERY_S = 30,
    JOURNAL_EVERY_S = 600,
};

static const char erase[] = "\r\033[K";
static struct {
    pthread_mutex_t lock;
    bool drawn;
} g = {.lock = PTHREAD_MUTEX_INITIALIZER};

static void write_out(const struct fn_buf *b)
{
    FN_IGNORE(fn_write_all(STDERR_FILENO, fn_buf_cstr(b), b->len));
}

void fn_status_draw(const char *text)
{
    struct fn_buf safe, b;
    if (isatty(STDERR_FILENO) != 1)
        return;
    fn_buf_init(&safe, 1 << 16);
    fn_buf_init(&b, 1 << 16);
    fn_utf8_printable(&safe, text, strlen(text));
    fn_buf_str(&b, "\r");
    fn_shorten(&b, fn_buf_cstr(&safe), fn_terminal_columns(STDERR_FILENO) - 1, "...");
    fn_buf_str(&b, "\033[K");
    pthread_mutex_lock(&g.lock);
    write_out(&b);
    g.drawn = true;
    pthread_mutex_unlock(&g.lock);
    fn_buf_finish(&safe);
    fn_buf_finish(&b);
}

void fn_status_clear(void)
{
    pthread_mutex_lock(&g.lock);
    if (g.drawn)
        FN_IGNORE(fn_write_all(STDERR_FILENO, erase, sizeof erase - 1));
    g.drawn = false;
    pthread_mutex_unlock(&g.lock);
}

/* Each line for itself: a line end is no control character here. */
static void print_folded(struct fn_buf *out, const char *text)
{
    struct fn_buf line;
    fn_buf_init(&line, 1 << 20);
    for (;;) {
        size_t n = strcspn(text, "\n");
        fn_utf8_printable(&line, text, n);
        fn_fold(out, fn_buf_cstr(&line), line.len, fn_terminal_columns(STDERR_FILENO));
        fn_buf_reset(&line);
        if (!text[n])
            break;
        fn_buf_char(out, '\n');
        text += n + 1;
    }
    fn_buf_finish(&line);
}

void fn_message(const char *text)
{
    struct fn_buf b;
    fn_buf_init(&b, 1 << 20);
    pthread_mutex_lock(&g.lock);
    if (g.drawn)
        fn_buf_str(&b, erase);
    g.drawn = false;
    if (isatty(STDERR_FILENO) == 1)
        print_folded(&b, text);
    else
        fn_buf_str(&b, text);
    fn_buf_char(&b, '\n');
    write_out(&b);
    pthread_mutex_unlock(&g.lock);
    fn_buf_finish(&b);
}

/* ---- progress ---- */

static uint64_t first_ms(const struct fn_progress *p)
{
    return p->tty ? DELAY_MS : PLAIN_FIRST_S * 1000;
}

static uint64_t every_ms(const struct fn_progress *p)
{
    return p->tty ? REDRAW_MS
                  : 1000 * (getenv("JOURNAL_STREAM") ? JOURNAL_EVERY_S : PLAIN_EVERY_S);
}

bool fn_progress_due(struct fn_progress *p, uint64_t now_ns)
{
    if (!p->next_ns) {
        p->tty = isatty(STDERR_FILENO) == 1;
        p->next_ns = now_ns + first_ms(p) * 1000000u;
    }
    return now_ns >= p->next_ns;
}

void fn_progress_show(struct fn_progress *p, uint64_t now_ns, const char *text)
{
    p->next_ns = now_ns + every_ms(p) * 1000000u;
    if (p->tty)
        fn_status_draw(text);
    else
        fn_log_always(FN_LOG_INFO, "%s", text);
}

void fn_progress_end(struct fn_progress *p)
{
    if (p->next_ns)
        fn_status_clear();
    p->next_ns = 0;
}

size_t fn_progress_columns(const struct fn_progress *p)
{
    return p->tty ? fn_terminal_columns(STDERR_FILENO) - 1 : SIZE_MAX;
}

/* The width of the parts up to this rank. */
static size_t width_to(const struct fn_progress_part *part, size_t n, unsigned rank)
{
    size_t w = 0;
    for (size_t i = 0; i < n; i++)
        if (part[i].text[0] && (i == 0 || part[i].rank <= rank))
            w += strlen(part[i].text) + (w ? 2 : 0);
    return w;
}

void fn_progress_join(char *out, size_t size, const struct fn_progress_part *part, size_t n,
                      size_t columns)
{
    unsigned rank = 0;
    size_t at = 0;
    while (rank < n && width_to(part, n, rank + 1) <= columns)
        rank++;
    out[0] = '\0';
    for (size_t i = 0; i < n; i++) {
        if (!part[i].text[0] || (i && part[i].rank > rank) || at >= size)
            continue;
        int w = snprintf(out + at, size - at, "%s%s", at ? ", " : "", part[i].text);
        at += w > 0 ? (size_t)w : 0;
    }
}
