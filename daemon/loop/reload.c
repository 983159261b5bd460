/* SPDX-License-Identifier: MIT */
/* The configuration, at the start and in a reload. */
#include "daemon/loop/loop_priv.h"

#include <errno.h>

#include "index/intake/rules.h"
#include "daemon/talking/notify.h"
#include "engine/base/log.h"

int fnd_config_load(const struct fnd_setup *s, struct fn_config_file **ret,
                    struct fn_error *err)
{
    struct fn_config_file *c = NULL;
    int rc = fn_config_create(&c, err);
    if (!rc && s->config_path[0])
        rc = fn_config_load(c, s->config_path, s->config != NULL, err);
    if (!rc && s->profile)
        rc = fn_config_set(c, "models.profile", s->profile, FN_ORIGIN_COMMAND_LINE, err);
    if (!rc && s->models)
        rc = fn_config_set(c, "models.dir", s->models, FN_ORIGIN_COMMAND_LINE, err);
    if (rc)
        fn_config_destroy(c);
    else
        *ret = c;
    return rc;
}

static void use(struct fnd *f, struct fn_config_file *c, struct fn_rules *rules)
{
    fn_config_destroy(f->config);
    fn_rules_unref(f->settings.rules);
    f->config = c;
    f->settings.cfg = fn_config_values(c);
    f->settings.rules = rules;
    fn_log_set_level((enum fn_log_level)f->settings.cfg->log_level);
    fnd_watching_reload(f->watching);
    fnd_jobs_reload(f->jobs);
}

void fnd_reload(struct fnd *f)
{
    struct fn_config_file *c = NULL;
    struct fn_rules *rules = NULL;
    struct fn_error err;
    (void)fnd_notify("RELOADING=1");
    int rc = fnd_config_load(f->with, &c, &err);
    if (!rc && !(rules = fn_rules_create(fn_config_values(c))))
        rc = fn_error_set(&err, -ENOMEM, "out of memory");
    if (rc) {
        fn_log(FN_LOG_ERROR, "configuration not reloaded, the old one remains: %s", err.text);
        fn_config_destroy(c);
    } else {
        use(f, c, rules);
        fn_log(FN_LOG_INFO, "configuration reloaded");
    }
    (void)fnd_notify("READY=1");
}
