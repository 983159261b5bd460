/* SPDX-License-Identifier: MIT */
/* The cage of a worker: after this call the process can compute, read and write descriptors it
 * is given, and nothing else. */
#ifndef FN_ENGINE_WORK_SANDBOX_H
#define FN_ENGINE_WORK_SANDBOX_H

#include "engine/base/error.h"

/* memory_bytes: address space allowed above what is mapped now, 0: no limit (sanitizer builds
 * never set one). Landlock is used where the kernel has it; seccomp must be there. Call after
 * every library was warmed up: OpenBLAS, for one, hangs in its first call under a small
 * RLIMIT_AS. */
FN_NODISCARD int fn_sandbox_enter(size_t memory_bytes, struct fn_error *err);

#endif
