/* SPDX-License-Identifier: MIT */
#include "daemon/talking/control_command.h"

#include <errno.h>
#include <string.h>

#include "engine/base/clock.h"
#include "index/protocol.h"

struct command {
    const struct fnd_control_calls *calls;
    void *owner;
    const json_t *in;
    bool *subscribe;
    json_t *more; /* out: fields of a successful reply, or NULL */
};

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

/* more: fields of a successful reply, or NULL; its reference is taken. */
static json_t *answer(json_int_t id, int code, const char *text, json_t *more)
{
    json_t *o = json_pack("{s:i,s:I,s:b}", "v", FN_PROTOCOL_VERSION, "id", id, "ok", code == 0);
    if (code)
        (void)json_object_set_new(
            o, "error", json_pack("{s:s,s:s}", "code", code_name(code), "text", text));
    else if (more)
        (void)json_object_update_missing(o, more);
    json_decref(more);
    return o;
}

/* ---- the commands ---- */

static int status(struct command *c, struct fn_error *err)
{
    (void)err;
    c->more = c->calls->status(c->owner);
    return 0;
}

static int subscribe(struct command *c, struct fn_error *err)
{
    *c->subscribe = true;
    return status(c, err);
}

static int nudge(struct command *c, struct fn_error *err)
{
    (void)err;
    c->calls->nudge(c->owner);
    return 0;
}

static int pause_until(struct command *c, struct fn_error *err)
{
    const json_t *until = json_object_get(c->in, "until");
    json_int_t s = json_integer_value(until);
    if (until && !json_is_null(until) && (!json_is_integer(until) || s < fn_clock_wall_s()))
        return fn_error_set(err, FN_EUSAGE, "until: not a time to come");
    c->calls->pause(c->owner, s);
    return 0;
}

static int resume(struct command *c, struct fn_error *err)
{
    (void)err;
    c->calls->resume(c->owner);
    return 0;
}

static int scan(struct command *c, struct fn_error *err)
{
    const char *path = json_string_value(json_object_get(c->in, "path"));
    bool accept = json_is_true(json_object_get(c->in, "accept"));
    return c->calls->scan(c->owner, path && *path ? path : NULL, accept, err);
}

static int change_folder(struct command *c, bool add, struct fn_error *err)
{
    const char *path = json_string_value(json_object_get(c->in, "path"));
    if (!path || path[0] != '/')
        return fn_error_set(err, FN_EUSAGE, "path: an absolute path is needed");
    return c->calls->folder(c->owner, path, add, err);
}

static int watch_add(struct command *c, struct fn_error *err)
{
    return change_folder(c, true, err);
}

static int watch_remove(struct command *c, struct fn_error *err)
{
    return change_folder(c, false, err);
}

static int reload(struct command *c, struct fn_error *err)
{
    (void)err;
    c->calls->reload(c->owner);
    return 0;
}

static int execute(struct command *c, const char *name, struct fn_error *err)
{
    static const struct {
        const char *name;
        int (*run)(struct command *c, struct fn_error *err);
    } table[] = {
        {FN_CMD_STATUS, status},       {FN_CMD_SUBSCRIBE, subscribe},
        {FN_CMD_NUDGE, nudge},         {FN_CMD_PAUSE, pause_until},
        {FN_CMD_RESUME, resume},       {FN_CMD_SCAN, scan},
        {FN_CMD_WATCH_ADD, watch_add}, {FN_CMD_WATCH_REMOVE, watch_remove},
        {FN_CMD_RELOAD, reload},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        if (strcmp(table[i].name, name) == 0)
            return table[i].run(c, err);
    return fn_error_set(err, FN_EUSAGE, "unknown command '%.32s'", name);
}

json_t *fnd_control_answer(const struct fnd_control_calls *calls, void *owner, const char *line,
                           size_t n, bool *ret_subscribe)
{
    struct fn_error err = {0};
    json_t *in = json_loadb(line, n, JSON_REJECT_DUPLICATES, NULL);
    struct command c = {.calls = calls, .owner = owner, .in = in, .subscribe = ret_subscribe};
    json_int_t id = json_integer_value(json_object_get(in, "id"));
    const char *name = json_string_value(json_object_get(in, "cmd"));
    int rc;
    if (!json_is_object(in))
        rc = fn_error_set(&err, FN_EUSAGE, "not a JSON object");
    else if (json_integer_value(json_object_get(in, "v")) != FN_PROTOCOL_VERSION)
        rc = fn_error_set(&err, FN_EUNSUPPORTED, "protocol version %d is spoken here",
                          FN_PROTOCOL_VERSION);
    else if (!name)
        rc = fn_error_set(&err, FN_EUSAGE, "no command");
    else
        rc = execute(&c, name, &err);
    json_t *out = answer(id, rc, err.text, c.more);
    json_decref(in);
    return out;
}
