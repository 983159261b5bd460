/* SPDX-License-Identifier: MIT */
#include "cli/library/daemon_requests.h"

#include <errno.h>
#include <string.h>

#include "cli/library/daemon_client.h"
#include "engine/base/utf8.h"
#include "index/protocol.h"

/* {"path":...}; a path travels as JSON text, so it has to be UTF-8. */
static int path_fields(const char *path, json_t **ret, struct fn_error *err)
{
    if (!fn_utf8_valid(path, strlen(path)))
        return fn_error_set(err, FN_EUNSUPPORTED,
                            "%s: facenetd accepts only paths in UTF-8 over its socket", path);
    *ret = json_pack("{s:s}", "path", path);
    return *ret ? 0 : fn_error_set(err, -ENOMEM, "out of memory");
}

static int set(json_t *o, const char *key, json_t *value, struct fn_error *err)
{
    return o && json_object_set_new(o, key, value) == 0
               ? 0
               : fn_error_set(err, -ENOMEM, "out of memory");
}

int fnl_daemon_scan(struct fn_library *lib, const char *path, bool accept, struct fn_error *err)
{
    json_t *fields = path ? NULL : json_object();
    int rc = path ? path_fields(path, &fields, err) : 0;
    rc = rc ? rc : set(fields, "accept", json_boolean(accept), err);
    if (rc) {
        json_decref(fields);
        return rc;
    }
    return fnl_ask(lib, FN_CMD_SCAN, fields, NULL, err);
}

int fnl_daemon_pause(struct fn_library *lib, int64_t until_s, struct fn_error *err)
{
    json_t *fields = json_object();
    int rc = until_s ? set(fields, "until", json_integer((json_int_t)until_s), err) : 0;
    if (rc) {
        json_decref(fields);
        return rc;
    }
    return fnl_ask(lib, FN_CMD_PAUSE, fields, NULL, err);
}

int fnl_daemon_resume(struct fn_library *lib, struct fn_error *err)
{
    return fnl_ask(lib, FN_CMD_RESUME, NULL, NULL, err);
}

int fnl_daemon_reload(struct fn_library *lib, struct fn_error *err)
{
    return fnl_ask(lib, FN_CMD_RELOAD, NULL, NULL, err);
}

int fnl_daemon_root(struct fn_library *lib, const char *path, bool add, struct fn_error *err)
{
    json_t *fields = NULL;
    int rc = path_fields(path, &fields, err);
    return rc ? rc
              : fnl_ask(lib, add ? FN_CMD_WATCH_ADD : FN_CMD_WATCH_REMOVE, fields, NULL, err);
}
