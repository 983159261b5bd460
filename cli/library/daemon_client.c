/* SPDX-License-Identifier: MIT */
#include "cli/library/daemon_client.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "cli/library/library_priv.h"
#include "engine/base/clock.h"
#include "index/protocol.h"

int fnl_client_open(struct fn_library *lib, struct fnl_client *ret, struct fn_error *err)
{
    struct sockaddr_un a = {.sun_family = AF_UNIX};
    const struct fn_places *places = NULL;
    int rc = fnl_places_get(lib, &places, err);
    if (rc)
        return rc;
    if (lib->choice.no_daemon || strlen(places->socket) >= sizeof a.sun_path)
        return fn_error_set(err, -ECONNREFUSED, "facenetd is not used");
    memcpy(a.sun_path, places->socket, strlen(places->socket) + 1);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return fn_error_set(err, -errno, "cannot make a socket: %s", fn_strerror(-errno));
    if (connect(fd, (const struct sockaddr *)&a, sizeof a) < 0) {
        (void)close(fd);
        return fn_error_set(err, -ECONNREFUSED, "facenetd is not running");
    }
    char *line = malloc(FN_PROTOCOL_LINE_MAX);
    if (!line) {
        (void)close(fd);
        return fn_error_set(err, -ENOMEM, "out of memory");
    }
    *ret = (struct fnl_client){.fd = fd, .line = line};
    return 0;
}

void fnl_client_close(struct fnl_client *c)
{
    if (c->line)
        (void)close(c->fd);
    free(c->line);
    *c = (struct fnl_client){.fd = -1};
}

int fnl_client_send(struct fnl_client *c, json_t *request, struct fn_error *err)
{
    char *text = json_dumps(request, JSON_COMPACT);
    int rc = text ? 0 : fn_error_set(err, -ENOMEM, "out of memory");
    size_t n = text ? strlen(text) : 0;
    if (text && n + 1 >= FN_PROTOCOL_LINE_MAX)
        rc = fn_error_set(err, FN_ELIMIT, "the request is too long");
    if (!rc)
        text[n++] = '\n'; /* replaces the NUL */
    for (size_t at = 0; !rc && at < n;) {
        ssize_t w = send(c->fd, text + at, n - at, MSG_NOSIGNAL);
        if (w < 0 && errno != EINTR)
            rc = fn_error_set(err, -ECONNREFUSED, "facenetd does not listen: %s",
                              fn_strerror(-errno));
        at += w > 0 ? (size_t)w : 0;
    }
    free(text);
    json_decref(request);
    return rc;
}

/* Takes a complete line from the bytes received. NULL: none yet. */
static json_t *take_line(struct fnl_client *c, bool *ret_bad)
{
    char *end = memchr(c->line, '\n', c->n);
    if (!end)
        return NULL;
    size_t len = (size_t)(end - c->line);
    json_t *v = json_loadb(c->line, len, JSON_REJECT_DUPLICATES, NULL);
    c->n -= len + 1;
    memmove(c->line, end + 1, c->n);
    *ret_bad = !json_is_object(v);
    return v;
}

int fnl_client_receive(struct fnl_client *c, int timeout_ms, json_t **ret, struct fn_error *err)
{
    uint64_t end = fn_clock_mono_ns() + (uint64_t)(timeout_ms < 0 ? 0 : timeout_ms) * 1000000u;
    for (;;) {
        bool bad = false;
        json_t *v = take_line(c, &bad);
        if (bad || c->n == FN_PROTOCOL_LINE_MAX) {
            json_decref(v);
            return fn_error_set(err, FN_ECORRUPT,
                                "facenetd sent a reply that is not a JSON line");
        }
        if (v) {
            *ret = v;
            return 0;
        }
        uint64_t now = fn_clock_mono_ns();
        int left = timeout_ms < 0 ? -1 : end > now ? (int)((end - now) / 1000000u) + 1 : 0;
        struct pollfd p = {.fd = c->fd, .events = POLLIN};
        int k = poll(&p, 1, left);
        if (k < 0 && errno == EINTR)
            continue;
        if (k == 0)
            return fn_error_set(err, -ETIMEDOUT, "facenetd does not reply");
        ssize_t got = read(c->fd, c->line + c->n, FN_PROTOCOL_LINE_MAX - c->n);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return fn_error_set(err, -ECONNREFUSED, "facenetd closed the connection");
        c->n += (size_t)got;
    }
}

static int code_of(const char *name)
{
    static const struct {
        const char *name;
        int code;
    } codes[] = {{"not-found", FN_ENOTFOUND},      {"usage", FN_EUSAGE},
                 {"refused", FN_EREFUSED},         {"busy", FN_EBUSY},
                 {"unsupported", FN_EUNSUPPORTED}, {"limit", FN_ELIMIT}};
    for (size_t i = 0; name && i < sizeof codes / sizeof *codes; i++)
        if (strcmp(codes[i].name, name) == 0)
            return codes[i].code;
    return -EIO;
}

int fnl_ask(struct fn_library *lib, const char *cmd, json_t *fields, json_t **ret,
            struct fn_error *err)
{
    struct fnl_client c = {.fd = -1};
    json_t *request = json_pack("{s:i,s:i,s:s}", "v", FN_PROTOCOL_VERSION, "id", 1, "cmd", cmd),
           *answer = NULL;
    if (fields)
        (void)json_object_update(request, fields);
    json_decref(fields);
    int rc = fnl_client_open(lib, &c, err);
    if (rc)
        json_decref(request);
    else
        rc = fnl_client_send(&c, request, err);
    if (!rc)
        rc = fnl_client_receive(&c, 10000, &answer, err);
    fnl_client_close(&c);
    if (!rc && !json_is_true(json_object_get(answer, "ok"))) {
        const json_t *e = json_object_get(answer, "error");
        const char *text = json_string_value(json_object_get(e, "text"));
        rc = fn_error_set(err, code_of(json_string_value(json_object_get(e, "code"))), "%s",
                          text ? text : "facenetd refused");
    }
    if (!rc && ret)
        *ret = answer;
    else
        json_decref(answer);
    return rc;
}

int fnl_nudge(struct fn_library *lib)
{
    struct fn_error err;
    return fnl_ask(lib, FN_CMD_NUDGE, NULL, NULL, &err);
}
