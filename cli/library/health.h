/* SPDX-License-Identifier: MIT */
/* What is wrong, or not, with an index and the machine it is on. */
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

/* The index (index/doctor/doctor.h; deep: everything is computed again and compared), then what
 * is around it: models, free space, inotify watches, the daemon. An index that cannot be read
 * is a finding; one that is not there is an error (-ENXIO). Begins and ends its own
 * transactions. */
FN_NODISCARD int fnl_health(struct fn_library *lib, bool deep, struct fnl_findings *ret,
                            struct fn_error *err);
/* Makes the counts of the index anew from its records, while others read and write it. */
FN_NODISCARD int fnl_repair(struct fn_library *lib, struct fn_error *err);
void fnl_findings_finish(struct fnl_findings *l);
/* "ok", "warn", "fail" */
const char *fnl_level_name(enum fn_finding_level level);

#endif
