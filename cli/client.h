/* SPDX-License-Identifier: MIT */
/* Talking to facenetd over its control socket (index/protocol.h). */
#ifndef FN_CLI_CLIENT_H
#define FN_CLI_CLIENT_H

#include "cli/fnq.h"

struct fnq_client {
    int fd;
    char *line; /* FN_PROTOCOL_LINE_MAX bytes */
    size_t n;
};

/* -ECONNREFUSED when no daemon listens there. */
FN_NODISCARD int fnq_client_open(struct fnq_ctx *ctx, struct fnq_client *ret,
                                 struct fn_error *err);
void fnq_client_close(struct fnq_client *c);
FN_NODISCARD int fnq_client_send(struct fnq_client *c, json_t *request,
                                 struct fn_error *err); /* takes the reference */
/* The next line as an object; -ETIMEDOUT. timeout_ms < 0: waits for ever. */
FN_NODISCARD int fnq_client_receive(struct fnq_client *c, int timeout_ms, json_t **ret,
                                    struct fn_error *err);

/* One request and its answer; "ok":false becomes an error. ret may be NULL. Takes the reference
 * of fields (or NULL). */
FN_NODISCARD int fnq_ask(struct fnq_ctx *ctx, const char *cmd, json_t *fields, json_t **ret,
                         struct fn_error *err);
/* Tells a running daemon that labels changed. 0 when one heard it. */
int fnq_nudge(struct fnq_ctx *ctx);
/* "facenetd is not running." and what to do; the exit code. */
FN_NODISCARD int fnq_no_daemon(struct fnq_ctx *ctx, const struct fn_error *err,
                               const char *todo);

#endif
