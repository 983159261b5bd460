/* SPDX-License-Identifier: MIT */
#include "daemon/talking/control.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "daemon/talking/control_socket.h"
#include "engine/base/hash.h"
#include "engine/base/log.h"
#include "index/protocol.h"

enum {
    CLIENTS_MAX = 64,
    EVENT_MS = 500,          /* subscribers are notified at most this often */
    BACKLOG_BYTES = 1 << 20, /* a subscriber that does not read is dropped */
};

struct peer {
    struct peer *next;
    struct fnd_control *control;
    uv_pipe_t pipe;
    bool subscribed, closing;
    uint64_t heard; /* hash of the last status sent */
    size_t n;
    char line[FN_PROTOCOL_LINE_MAX];
};

struct fnd_control {
    struct fnd_control_setup with;
    uv_pipe_t server;
    bool bound;
    struct peer *peers;
    size_t n_peers;
    uint64_t next_event_ns;
};

/* ---- sending ---- */

static void on_closed(uv_handle_t *h)
{
    struct peer *p = h->data, **at = &p->control->peers;
    while (*at != p)
        at = &(*at)->next;
    *at = p->next;
    p->control->n_peers--;
    free(p);
}

static void drop(struct peer *p)
{
    if (!p->closing)
        uv_close((uv_handle_t *)&p->pipe, on_closed);
    p->closing = true;
}

static void on_written(uv_write_t *w, int status)
{
    (void)status;
    free(w->data);
    free(w);
}

/* Takes the object's reference. */
static void send_json(struct peer *p, json_t *o)
{
    char *text = o ? json_dumps(o, JSON_COMPACT | JSON_REAL_PRECISION(9)) : NULL;
    uv_write_t *w = calloc(1, sizeof *w);
    size_t n = text ? strlen(text) : 0;
    json_decref(o);
    if (!text || !w || p->closing || n + 1 > FN_PROTOCOL_LINE_MAX ||
        p->pipe.write_queue_size > BACKLOG_BYTES) {
        free(text);
        free(w);
        drop(p);
        return;
    }
    text[n] = '\n'; /* replaces the NUL */
    w->data = text;
    uv_buf_t b = uv_buf_init(text, (unsigned)n + 1);
    if (uv_write(w, (uv_stream_t *)&p->pipe, &b, 1, on_written)) {
        free(text);
        free(w);
        drop(p);
    }
}

/* ---- connections ---- */

static void on_alloc(uv_handle_t *h, size_t wanted, uv_buf_t *b)
{
    struct peer *p = h->data;
    (void)wanted;
    *b = uv_buf_init(p->line + p->n, (unsigned)(sizeof p->line - p->n));
}

static void on_read(uv_stream_t *s, ssize_t got, const uv_buf_t *b)
{
    struct peer *p = s->data;
    const struct fnd_control_setup *with = &p->control->with;
    (void)b;
    if (got < 0) { /* the end, an error, or (UV_ENOBUFS) a line over the limit */
        drop(p);
        return;
    }
    p->n += (size_t)got;
    char *end;
    while (!p->closing && (end = memchr(p->line, '\n', p->n))) {
        size_t n = (size_t)(end - p->line);
        send_json(p, fnd_control_answer(with->calls, with->owner, p->line, n, &p->subscribed));
        p->n -= n + 1;
        memmove(p->line, end + 1, p->n);
    }
}

static void on_connection(uv_stream_t *server, int status)
{
    struct fnd_control *c = server->data;
    struct peer *p = status < 0 ? NULL : calloc(1, sizeof *p);
    uv_os_fd_t fd = -1;
    if (!p)
        return;
    p->control = c;
    if (uv_pipe_init(c->with.loop, &p->pipe, 0)) {
        free(p);
        return;
    }
    p->pipe.data = p;
    p->next = c->peers;
    c->peers = p;
    c->n_peers++;
    if (uv_accept(server, (uv_stream_t *)&p->pipe) ||
        uv_fileno((const uv_handle_t *)&p->pipe, &fd) ||
        !fnd_peer_allowed(fd, c->with.index_dir) || c->n_peers > CLIENTS_MAX ||
        uv_read_start((uv_stream_t *)&p->pipe, on_alloc, on_read))
        drop(p);
}

/* Returns 0 or a negative code. */
static int listen_at(struct fnd_control *c)
{
    int fd = fnd_control_socket(c->with.socket_path, c->with.index_dir);
    if (fd < 0)
        return fd;
    int rc = uv_pipe_init(c->with.loop, &c->server, 0);
    if (!rc) {
        c->bound = true;
        c->server.data = c;
        rc = uv_pipe_open(&c->server, fd);
    }
    if (rc)
        (void)close(fd);
    return rc ? rc : uv_listen((uv_stream_t *)&c->server, 16, on_connection);
}

struct fnd_control *fnd_control_create(const struct fnd_control_setup *setup)
{
    struct fnd_control *c = calloc(1, sizeof *c);
    if (c)
        c->with = *setup;
    int rc = c ? listen_at(c) : -ENOMEM;
    if (rc)
        fn_log(FN_LOG_WARN, "%s: cannot listen: %s, fnq cannot pause, resume or scan",
               setup->socket_path, fn_strerror(rc));
    return c;
}

/* ---- subscribers ---- */

/* The hash of the status, without the values that change constantly. */
static uint64_t status_hash(const json_t *status)
{
    json_t *copy = json_deep_copy(status);
    (void)json_object_del(json_object_get(copy, "daemon"), "uptime_s");
    char *text = copy ? json_dumps(copy, JSON_COMPACT | JSON_SORT_KEYS) : NULL;
    uint64_t h = text ? fn_hash64(text, strlen(text)) : 0;
    free(text);
    json_decref(copy);
    return h;
}

void fnd_control_tick(struct fnd_control *c, uint64_t now_ns)
{
    json_t *status = NULL;
    uint64_t hash = 0;
    if (!c || now_ns < c->next_event_ns)
        return;
    c->next_event_ns = now_ns + EVENT_MS * 1000000u;
    for (struct peer *p = c->peers; p; p = p->next) {
        if (!p->subscribed || p->closing)
            continue;
        if (!status) {
            status = c->with.calls->status(c->with.owner);
            hash = status_hash(status);
            (void)json_object_set_new(status, "v", json_integer(FN_PROTOCOL_VERSION));
            (void)json_object_set_new(status, "event", json_string("status"));
        }
        if (p->heard != hash)
            send_json(p, json_incref(status));
        p->heard = hash;
    }
    json_decref(status);
}

void fnd_control_stop(struct fnd_control *c)
{
    if (!c)
        return;
    for (struct peer *p = c->peers; p; p = p->next)
        drop(p);
    if (c->bound && !uv_is_closing((uv_handle_t *)&c->server)) {
        uv_close((uv_handle_t *)&c->server, NULL);
        (void)unlink(c->with.socket_path);
    }
}

void fnd_control_destroy(struct fnd_control *c)
{
    free(c);
}
