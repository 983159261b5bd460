/* SPDX-License-Identifier: MIT */
/* facenetd: options, configuration, and output that needs no start. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/loop/start_check.h"
#include "engine/base/buf.h"
#include "engine/base/exit_code.h"
#include "engine/base/log.h"
#include "engine/base/options.h"

static struct {
    bool once, foreground, check, print_config, no_progress, version, help;
    const char *config, *index, *models, *profile;
    uint64_t workers;
} opt;

static const struct fn_opt table[] = {
    {"once", 0, FN_OPT_FLAG, &opt.once, NULL, "index everything, print a summary and exit"},
    {"check", 0, FN_OPT_FLAG, &opt.check, NULL,
     "check configuration, models, worker and folders, and exit"},
    {"print-config", 0, FN_OPT_FLAG, &opt.print_config, NULL,
     "print the configuration in effect and exit"},
    {"config", 'c', FN_OPT_STRING, &opt.config, "FILE", "configuration file"},
    {"index", 0, FN_OPT_STRING, &opt.index, "DIR", "the index, with its labels.log and socket"},
    {"models", 0, FN_OPT_STRING, &opt.models, "DIR", "folder of the model files"},
    {"profile", 0, FN_OPT_STRING, &opt.profile, "NAME",
     "the profile: default, dlib or one created by fnq model install"},
    {"workers", 'j', FN_OPT_U64, &opt.workers, "N", "worker processes; 0: one per core"},
    {"foreground", 'f', FN_OPT_FLAG, &opt.foreground, NULL,
     "do nothing: it always stays in the foreground"},
    {"no-progress", 'q', FN_OPT_FLAG, &opt.no_progress, NULL, "print no progress lines"},
    {"version", 'V', FN_OPT_FLAG, &opt.version, NULL, "print the version and exit"},
    {"help", 'h', FN_OPT_FLAG, &opt.help, NULL, "print this help and exit"},
    {NULL, 0, FN_OPT_FLAG, NULL, NULL, NULL},
};

static int fail(int code, const char *text)
{
    (void)fprintf(stderr, "facenetd: %s.\n", text);
    return fn_exit_of(code);
}

static int print_help(void)
{
    struct fn_buf b;
    fn_buf_init(&b, 1 << 16);
    fn_buf_str(&b,
               "usage: facenetd [DIR...] [options]\n"
               "Finds the faces in the photos below DIR, sorts them by person, and keeps this\n"
               "index up to date until Ctrl-C. Without DIR: the folders that it was given\n"
               "before. It never changes a photo. Use fnq to query the index.\n\n"
               "Examples:\n"
               "  facenetd ~/Pictures\n"
               "  facenetd --once ~/Pictures\n\nOptions:\n");
    fn_options_help(&b, table);
    fn_buf_str(&b, "\nMore: man facenetd, man facenetd.conf, fnq --help\n");
    (void)fputs(fn_buf_cstr(&b), stdout);
    fn_buf_finish(&b);
    return FN_EXIT_OK;
}

static int find_places(struct fnd_setup *s, struct fn_error *err)
{
    if (opt.config)
        (void)snprintf(s->config_path, sizeof s->config_path, "%s", opt.config);
    else if (fn_path_config(s->config_path, sizeof s->config_path))
        s->config_path[0] = '\0';
    return fn_places_find(opt.index, NULL, &s->places, err);
}

static int print_config(const struct fn_config_file *config)
{
    struct fn_buf b;
    fn_buf_init(&b, 1 << 20);
    fn_config_print(config, &b);
    (void)fputs(fn_buf_cstr(&b), stdout);
    fn_buf_finish(&b);
    return FN_EXIT_OK;
}

/* Handles options that need no start; -1: start. */
static int before(struct fnd_setup *s, const struct fn_config_file *config)
{
    struct fn_error err = {0};
    const struct fn_config *cfg = fn_config_values(config);
    if (opt.print_config)
        return print_config(config);
    fn_log_init("facenetd", (enum fn_log_level)cfg->log_level);
    const char *dir = fn_config_models_dir(cfg, NULL);
    int rc = fn_profile_read_values(dir, cfg->profile, &s->values, &err);
    if (rc) /* a missing profile is a missing input */
        return fail(rc == FN_ENOTFOUND ? FN_EMODEL : rc, err.text);
    return opt.check ? fnd_start_check(s, cfg) : -1;
}

static int run(struct fnd_setup *s, struct fn_config_file *config)
{
    int code = before(s, config);
    if (code < 0)
        return fnd_run(s, config);
    fn_config_destroy(config);
    return code;
}

int main(int argc, char **argv)
{
    struct fnd_setup s = {.dirs = argv + 1};
    struct fn_config_file *config = NULL;
    struct fn_error err = {0};
    const struct fn_opt *const tables[] = {table};
    int rc = fn_options_parse(argc, argv, tables, 1, &s.n_dirs, &err);
    if (rc)
        return fail(rc, err.text);
    if (opt.help)
        return print_help();
    if (opt.version)
        return printf("facenetd %s\n", FN_VERSION) < 0;
    s.once = opt.once;
    s.no_progress = opt.no_progress;
    s.workers = opt.workers;
    s.config = opt.config;
    s.models = opt.models;
    s.profile = opt.profile;
    rc = find_places(&s, &err);
    if (!rc)
        rc = fnd_config_load(&s, &config, &err);
    return rc ? fail(rc, err.text) : run(&s, config);
}
