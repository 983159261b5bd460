/* SPDX-License-Identifier: MIT */
/* Findings about an index and its machine: what is wrong, and what is right. */
#ifndef FN_CLI_LIBRARY_HEALTH_H
#define FN_CLI_LIBRARY_HEALTH_H

#include "cli/library/library.h"
#include "index/doctor/doctor.h"

struct fnl_finding {
    enum fn_finding_level level;
    char *text; /* one sentence: what, where, what to do */
};

struct fnl_findings {
    struct fnl_finding *f;
    size_t n, cap;
    enum fn_finding_level worst;
};

/* Checks the index (index/doctor/doctor.h; deep: everything is computed again and compared),
 * then its environment: models, free space, inotify watches, the daemon. An index that cannot
 * be read is a finding; a missing index is an error (-ENXIO). Begins and ends its own
 * transactions. */
FN_NODISCARD int fnl_health(struct fn_library *lib, bool deep, struct fnl_findings *ret,
                            struct fn_error *err);
/* Rebuilds the counts of the index and the places of gone photos from its records. Other
 * processes may read and write it meanwhile. */
FN_NODISCARD int fnl_repair(struct fn_library *lib, struct fn_error *err);
void fnl_findings_finish(struct fnl_findings *l);
/* "ok", "warn", "fail" */
const char *fnl_level_name(enum fn_finding_level level);

#endif
