/* SPDX-License-Identifier: MIT */
/* A writer of protobuf messages, the counterpart of protobuf.h. Nested messages are written in
 * place: their length takes five bytes and is filled in at the end (a varint may be longer than
 * necessary), so that the weights of a network are copied once. Failures are those of the
 * buffer. */
#ifndef FN_ENGINE_MODEL_PROTOBUF_WRITE_H
#define FN_ENGINE_MODEL_PROTOBUF_WRITE_H

#include <stddef.h>
#include <stdint.h>

#include "engine/base/buf.h"

void fn_pbw_varint(struct fn_buf *b, uint32_t field, uint64_t v);
void fn_pbw_float(struct fn_buf *b, uint32_t field, float v);
void fn_pbw_bytes(struct fn_buf *b, uint32_t field, const void *p, size_t n);
void fn_pbw_text(struct fn_buf *b, uint32_t field, const char *s);
/* Begins a nested message (or bytes of a length to be known later); give the result to end. A
 * message longer than 4 GiB marks the buffer failed. */
size_t fn_pbw_begin(struct fn_buf *b, uint32_t field);
void fn_pbw_end(struct fn_buf *b, size_t begun);

#endif
