/* SPDX-License-Identifier: MIT */
/* The sandbox of a worker: after this call the process can compute, and read and write the
 * descriptors that it is given, and nothing else. */
#ifndef FN_ENGINE_WORK_SANDBOX_H
#define FN_ENGINE_WORK_SANDBOX_H

#include "engine/base/error.h"

/* memory_bytes: limit of address space above what is mapped now, 0: no limit (builds with
 * sanitizers never set one). Landlock is used if the kernel has it; seccomp is required. Call
 * it after all libraries are warmed up: the first call of OpenBLAS, for example, hangs under a
 * small RLIMIT_AS. */
FN_NODISCARD int fn_sandbox_enter(size_t memory_bytes, struct fn_error *err);

#endif
