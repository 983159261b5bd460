/* SPDX-License-Identifier: MIT */
#include "daemon/talking/control.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <jansson.h>
#include <pwd.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "daemon/watching/root_list.h"
#include "daemon/talking/status_json.h"
#include "daemon/writing/writer.h"
#include "engine/base/clock.h"
#include "engine/base/file.h"
#include "index/protocol.h"

enum {
    CLIENTS_MAX = 64,
    EVENT_MS = 500,          /* subscribers hear of changes at most this often */
    BACKLOG_BYTES = 1 << 20, /* a subscriber that does not read is dropped */
};

struct client {
    struct client *next;
    struct fnd *f;
    uv_pipe_t pipe;
    bool subscribed, closing;
    uint64_t heard; /* hash of the last status sent */
    size_t n;
    char line[FN_PROTOCOL_LINE_MAX];
};

struct fnd_control {
    uv_pipe_t server;
    bool listening, bound;
    struct client *clients;
    size_t n_clients;
    uint64_t next_event_ns;
};

/* ---- sending ---- */

static void on_closed(uv_handle_t *h)
{
    struct client *c = h->data, **at = &c->f->control->clients;
    while (*at != c)
        at = &(*at)->next;
    *at = c->next;
    c->f->control->n_clients--;
    free(c);
}

static void drop(struct client *c)
{
    if (!c->closing)
        uv_close((uv_handle_t *)&c->pipe, on_closed);
    c->closing = true;
}

static void on_written(uv_write_t *w, int status)
{
    (void)status;
    free(w->data);
    free(w);
}

/* Takes the object's reference. */
static void send_json(struct client *c, json_t *o)
{
    char *text = o ? json_dumps(o, JSON_COMPACT | JSON_REAL_PRECISION(9)) : NULL;
    uv_write_t *w = calloc(1, sizeof *w);
    size_t n = text ? strlen(text) : 0;
    json_decref(o);
    if (!text || !w || c->closing || n + 1 > FN_PROTOCOL_LINE_MAX ||
        c->pipe.write_queue_size > BACKLOG_BYTES) {
        free(text);
        free(w);
        drop(c);
        return;
    }
    text[n] = '\n'; /* the NUL's place */
    w->data = text;
    uv_buf_t b = uv_buf_init(text, (unsigned)n + 1);
    if (uv_write(w, (uv_stream_t *)&c->pipe, &b, 1, on_written)) {
        free(text);
        free(w);
        drop(c);
    }
}

static const char *code_name(int code)
{
    switch (code) {
    case FN_ENOTFOUND:
    case -ENOENT:
        return "not-found";
    case FN_EUSAGE:
    case -ENOTDIR:
        return "usage";
    case FN_EREFUSED:
        return "refused";
    case FN_EBUSY:
        return "busy";
    case FN_EUNSUPPORTED:
        return "unsupported";
    case FN_ELIMIT:
        return "limit";
    default:
        return "failed";
    }
}

/* more: fields of a good answer, or NULL; its reference is taken. */
static void answer(struct client *c, json_int_t id, int code, const char *text, json_t *more)
{
    json_t *o = json_pack("{s:i,s:I,s:b}", "v", FN_PROTOCOL_VERSION, "id", id, "ok", code == 0);
    if (code)
        (void)json_object_set_new(
            o, "error", json_pack("{s:s,s:s}", "code", code_name(code), "text", text));
    else if (more)
        (void)json_object_update_missing(o, more);
    json_decref(more);
    send_json(c, o);
}

/* ---- commands ---- */

static int scan_command(struct fnd *f, const json_t *in, struct fn_error *err)
{
    const char *path = json_string_value(json_object_get(in, "path"));
    bool accept = json_is_true(json_object_get(in, "accept"));
    if (!path || !*path) {
        for (struct fnd_root *r = f->roots; r; r = r->next)
            fnd_root_scan(f, r, "", accept);
        return 0;
    }
    struct fnd_root *r = fnd_root_of_path(f, path);
    if (!r)
        return fn_error_set(err, FN_ENOTFOUND,
                            "%s: not in a watched folder. Add it: fnq watch add %s", path,
                            path);
    const char *rel = path + strlen(r->rec.path);
    rel += strspn(rel, "/");
    /* What to do with a root that is away or held can only be told from all of it. */
    bool whole = accept || r->rec.state != FN_ROOT_ONLINE;
    fnd_root_scan(f, r, whole ? "" : rel, accept);
    return 0;
}

static int pause_command(struct fnd *f, const json_t *in, struct fn_error *err)
{
    const json_t *until = json_object_get(in, "until");
    json_int_t s = json_integer_value(until);
    if (until && !json_is_null(until) && (!json_is_integer(until) || s < fn_clock_wall_s()))
        return fn_error_set(err, FN_EUSAGE, "until: not a time to come");
    fnd_pause(f, s);
    return 0;
}

static int folder_command(struct fnd *f, const json_t *in, bool add, struct fn_error *err)
{
    const char *path = json_string_value(json_object_get(in, "path"));
    if (!path || path[0] != '/')
        return fn_error_set(err, FN_EUSAGE, "path: an absolute path is needed");
    return add ? fnd_root_add(f, path, err) : fnd_root_remove(f, path, err);
}

static int nudge_command(struct fnd *f)
{
    fnd_writer_settle(f);
    fnd_writer_sync_labels(f);
    return 0;
}

/* The command's effect; *ret_more: fields for the answer. */
static int execute(struct fnd *f, struct client *c, const char *cmd, const json_t *in,
                   json_t **ret_more, struct fn_error *err)
{
    if (strcmp(cmd, FN_CMD_STATUS) == 0 || strcmp(cmd, FN_CMD_SUBSCRIBE) == 0) {
        *ret_more = fnd_status_json(f);
        c->subscribed = c->subscribed || cmd[1] == 'u';
        return 0;
    }
    if (strcmp(cmd, FN_CMD_NUDGE) == 0)
        return nudge_command(f);
    if (strcmp(cmd, FN_CMD_PAUSE) == 0)
        return pause_command(f, in, err);
    if (strcmp(cmd, FN_CMD_RESUME) == 0) {
        fnd_resume(f);
        return 0;
    }
    if (strcmp(cmd, FN_CMD_SCAN) == 0)
        return scan_command(f, in, err);
    if (strcmp(cmd, FN_CMD_WATCH_ADD) == 0)
        return folder_command(f, in, true, err);
    if (strcmp(cmd, FN_CMD_WATCH_REMOVE) == 0)
        return folder_command(f, in, false, err);
    if (strcmp(cmd, FN_CMD_RELOAD) == 0) {
        fnd_reload(f);
        return 0;
    }
    return fn_error_set(err, FN_EUSAGE, "unknown command '%.32s'", cmd);
}

static void on_line(struct client *c, const char *line, size_t n)
{
    struct fn_error err = {0};
    json_t *in = json_loadb(line, n, JSON_REJECT_DUPLICATES, NULL), *more = NULL;
    json_int_t id = json_integer_value(json_object_get(in, "id"));
    const char *cmd = json_string_value(json_object_get(in, "cmd"));
    int r;
    if (!json_is_object(in))
        r = fn_error_set(&err, FN_EUSAGE, "not a JSON object");
    else if (json_integer_value(json_object_get(in, "v")) != FN_PROTOCOL_VERSION)
        r = fn_error_set(&err, FN_EUNSUPPORTED, "protocol version %d is spoken here",
                         FN_PROTOCOL_VERSION);
    else if (!cmd)
        r = fn_error_set(&err, FN_EUSAGE, "no command");
    else
        r = execute(c->f, c, cmd, in, &more, &err);
    answer(c, id, r, err.text, more);
    json_decref(in);
}

/* ---- connections ---- */

static void on_alloc(uv_handle_t *h, size_t wanted, uv_buf_t *b)
{
    struct client *c = h->data;
    (void)wanted;
    *b = uv_buf_init(c->line + c->n, (unsigned)(sizeof c->line - c->n));
}

static void on_read(uv_stream_t *s, ssize_t got, const uv_buf_t *b)
{
    struct client *c = s->data;
    (void)b;
    if (got < 0) { /* the end, an error, or (UV_ENOBUFS) a line over the limit */
        drop(c);
        return;
    }
    c->n += (size_t)got;
    char *end;
    while (!c->closing && (end = memchr(c->line, '\n', c->n))) {
        size_t n = (size_t)(end - c->line);
        on_line(c, c->line, n);
        c->n -= n + 1;
        memmove(c->line, end + 1, c->n);
    }
}

/* Primary group, or listed as a member; the names come from the system, not from the peer. */
static bool in_group(uid_t uid, gid_t gid, gid_t wanted)
{
    char memory[16384], group_memory[16384];
    struct passwd p, *user = NULL;
    struct group g, *group = NULL;
    if (gid == wanted)
        return true;
    if (getpwuid_r(uid, &p, memory, sizeof memory, &user) || !user ||
        getgrgid_r(wanted, &g, group_memory, sizeof group_memory, &group) || !group)
        return false;
    for (char **m = group->gr_mem; *m; m++)
        if (strcmp(*m, user->pw_name) == 0)
            return true;
    return false;
}

static bool allowed(const struct fnd *f, int fd)
{
    struct ucred peer;
    struct stat st;
    socklen_t n = sizeof peer;
    if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &n))
        return false;
    if (peer.uid == 0 || peer.uid == getuid())
        return true;
    return !stat(f->index_dir, &st) && (st.st_mode & S_IWGRP) &&
           in_group(peer.uid, peer.gid, st.st_gid);
}

static void on_connection(uv_stream_t *server, int status)
{
    struct fnd *f = server->data;
    struct client *c = status < 0 ? NULL : calloc(1, sizeof *c);
    uv_os_fd_t fd = -1;
    if (!c)
        return;
    c->f = f;
    if (uv_pipe_init(&f->loop, &c->pipe, 0)) {
        free(c);
        return;
    }
    c->pipe.data = c;
    c->next = f->control->clients;
    f->control->clients = c;
    f->control->n_clients++;
    if (uv_accept(server, (uv_stream_t *)&c->pipe) ||
        uv_fileno((const uv_handle_t *)&c->pipe, &fd) || !allowed(f, fd) ||
        f->control->n_clients > CLIENTS_MAX ||
        uv_read_start((uv_stream_t *)&c->pipe, on_alloc, on_read))
        drop(c);
}

/* A socket of our own making: libuv 1.44 cuts long names silently, and the mode has to be right
 * from the start. */
static int make_socket(struct fnd *f)
{
    struct sockaddr_un a = {.sun_family = AF_UNIX};
    char copy[FN_PATH_MAX];
    struct stat st;
    struct fn_error err;
    size_t n = strlen(f->socket_path);
    if (n >= sizeof a.sun_path)
        return -ENAMETOOLONG;
    memcpy(a.sun_path, f->socket_path, n + 1);
    memcpy(copy, f->socket_path, n + 1);
    *strrchr(copy, '/') = '\0';
    int rc = fn_mkdirs(copy, 0700, &err);
    if (rc)
        return rc;
    bool group = !stat(f->index_dir, &st) && (st.st_mode & S_IWGRP);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return -errno;
    (void)unlink(f->socket_path); /* left by a killed daemon: we hold the index's lock */
    mode_t old = umask(group ? 0117 : 0177);
    rc = bind(fd, (const struct sockaddr *)&a, sizeof a) ? -errno : 0;
    (void)umask(old);
    if (!rc && group && chown(f->socket_path, (uid_t)-1, st.st_gid))
        fn_log(FN_LOG_WARN, "%s: cannot be given to the index's group: %s", f->socket_path,
               fn_strerror(-errno));
    if (!rc)
        return fd;
    (void)close(fd);
    return rc;
}

void fnd_control_start(struct fnd *f)
{
    struct fnd_control *c = calloc(1, sizeof *c);
    int fd = c ? make_socket(f) : -ENOMEM, rc = fd < 0 ? fd : 0;
    f->control = c;
    if (!rc)
        rc = uv_pipe_init(&f->loop, &c->server, 0);
    if (!rc) {
        c->bound = true;
        c->server.data = f;
        rc = uv_pipe_open(&c->server, fd);
    }
    if (rc && fd >= 0)
        (void)close(fd);
    if (!rc)
        rc = uv_listen((uv_stream_t *)&c->server, 16, on_connection);
    if (c)
        c->listening = rc == 0;
    if (rc)
        fn_log(FN_LOG_WARN, "%s: cannot listen: %s, fnq cannot pause, resume or scan",
               f->socket_path, fn_strerror(rc));
}

/* The status without what changes by itself. */
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

void fnd_control_tick(struct fnd *f, uint64_t now_ns)
{
    struct fnd_control *c = f->control;
    json_t *status = NULL;
    uint64_t hash = 0;
    if (!c || now_ns < c->next_event_ns)
        return;
    c->next_event_ns = now_ns + EVENT_MS * 1000000u;
    for (struct client *k = c->clients; k; k = k->next) {
        if (!k->subscribed || k->closing)
            continue;
        if (!status) {
            status = fnd_status_json(f);
            hash = status_hash(status);
            (void)json_object_set_new(status, "v", json_integer(FN_PROTOCOL_VERSION));
            (void)json_object_set_new(status, "event", json_string("status"));
        }
        if (k->heard != hash)
            send_json(k, json_incref(status));
        k->heard = hash;
    }
    json_decref(status);
}

void fnd_control_stop(struct fnd *f)
{
    struct fnd_control *c = f->control;
    if (!c)
        return;
    for (struct client *k = c->clients; k; k = k->next)
        drop(k);
    if (c->bound && !uv_is_closing((uv_handle_t *)&c->server)) {
        uv_close((uv_handle_t *)&c->server, NULL);
        (void)unlink(f->socket_path);
    }
}

void fnd_control_free(struct fnd *f)
{
    free(f->control);
    f->control = NULL;
}
