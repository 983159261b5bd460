/* SPDX-License-Identifier: MIT */
/* Talking to facenetd over its control socket (index/protocol.h). */
#ifndef FN_CLI_LIBRARY_DAEMON_CLIENT_H
#define FN_CLI_LIBRARY_DAEMON_CLIENT_H

#include <jansson.h>

#include "cli/library/library.h"

struct fnl_client {
    int fd;
    char *line; /* FN_PROTOCOL_LINE_MAX bytes */
    size_t n;
};

/* -ECONNREFUSED when no daemon listens there. */
FN_NODISCARD int fnl_client_open(struct fn_library *lib, struct fnl_client *ret,
                                 struct fn_error *err);
void fnl_client_close(struct fnl_client *c);
FN_NODISCARD int fnl_client_send(struct fnl_client *c, json_t *request,
                                 struct fn_error *err); /* takes the reference */
/* The next line as an object; -ETIMEDOUT. timeout_ms < 0: waits without a limit. */
FN_NODISCARD int fnl_client_receive(struct fnl_client *c, int timeout_ms, json_t **ret,
                                    struct fn_error *err);

/* Sends one request and receives its reply; "ok":false becomes an error. ret may be NULL. Takes
 * the reference of fields (or NULL). */
FN_NODISCARD int fnl_ask(struct fn_library *lib, const char *cmd, json_t *fields, json_t **ret,
                         struct fn_error *err);
/* Notifies a running daemon that labels changed. Returns 0 when a daemon received it. */
int fnl_nudge(struct fn_library *lib);
#endif
