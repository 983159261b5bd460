/* SPDX-License-Identifier: MIT */
#include "daemon/loop/loop_priv.h"

#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "engine/base/exit_code.h"

static void log_status(struct fnd *f)
{
    json_t *s = fnd_status_now(f);
    char *text = s ? json_dumps(s, JSON_COMPACT | JSON_REAL_PRECISION(9)) : NULL;
    if (text) /* may be longer than a log line */
        fnd_progress_line(f->progress, "%s", text);
    free(text);
    json_decref(s);
}

static void on_signal(uv_signal_t *s, int number)
{
    struct fnd *f = s->data;
    int code = f->settings.once ? FN_EXIT_INTERRUPTED : FN_EXIT_OK;
    switch (number) {
    case SIGHUP:
        fnd_reload(f);
        break;
    case SIGUSR1:
        log_status(f);
        break;
    case SIGCHLD:
        fnd_jobs_child(f->jobs);
        break;
    default:
        if (f->stopping)
            _exit(code); /* the index is consistent in any case */
        f->interrupted = true;
        fnd_stop(f, code);
    }
}

int fnd_signals_start(struct fnd *f)
{
    static const int numbers[FND_SIGNALS] = {SIGTERM, SIGINT, SIGHUP, SIGUSR1, SIGCHLD};
    int rc = 0;
    for (size_t i = 0; i < FND_SIGNALS && !rc; i++) {
        rc = uv_signal_init(&f->loop, &f->signals[i]);
        f->signals[i].data = f;
        if (!rc)
            rc = uv_signal_start(&f->signals[i], on_signal, numbers[i]);
    }
    (void)signal(SIGPIPE, SIG_IGN);
    return rc;
}
