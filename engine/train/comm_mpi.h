/* SPDX-License-Identifier: MIT */
/* Ranks over MPI; only in builds with FACENETD_MPI=ON. Called by fn_comm_start alone. */
#ifndef FN_ENGINE_TRAIN_COMM_MPI_H
#define FN_ENGINE_TRAIN_COMM_MPI_H

#include "engine/train/comm.h"

/* Waits at most FACENETD_MPI_TIMEOUT seconds (1800) for the other ranks. After that they are
 * lost. */
FN_NODISCARD int fn_comm_mpi_start(struct fn_comm **ret, struct fn_error *err);

#endif
