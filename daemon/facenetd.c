/* SPDX-License-Identifier: MIT */
/* facenetd: options, configuration, and what can be said without starting. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "daemon/loop/daemon.h"

static struct fnd_options opt;

static const struct fn_opt table[] = {
    {"once", 0, FN_OPT_FLAG, &opt.once, NULL, "index everything, print a summary and end"},
    {"check", 0, FN_OPT_FLAG, &opt.check, NULL,
     "check configuration, models and folders, and end"},
    {"print-config", 0, FN_OPT_FLAG, &opt.print_config, NULL,
     "print the configuration in force and end"},
    {"config", 'c', FN_OPT_STRING, &opt.config, "FILE", "configuration file"},
    {"index", 0, FN_OPT_STRING, &opt.index, "DIR", "the index, with its labels.log and socket"},
    {"models", 0, FN_OPT_STRING, &opt.models, "DIR", "where the model files are"},
    {"profile", 0, FN_OPT_STRING, &opt.profile, "NAME",
     "which networks: default, dlib or one of fnq model install"},
    {"workers", 'j', FN_OPT_U64, &opt.workers, "N",
     "worker processes; 0: one per allowed core"},
    {"foreground", 'f', FN_OPT_FLAG, &opt.foreground, NULL,
     "stay in the foreground (it always does; for unit files)"},
    {"no-progress", 'q', FN_OPT_FLAG, &opt.no_progress, NULL, "no progress lines"},
    {"version", 'V', FN_OPT_FLAG, &opt.version, NULL, "print the version and end"},
    {"help", 'h', FN_OPT_FLAG, &opt.help, NULL, "print this and end"},
    {NULL, 0, FN_OPT_FLAG, NULL, NULL, NULL},
};

static int fail(int code, const char *text)
{
    (void)fprintf(stderr, "facenetd: %s.\n", text);
    return fnd_exit_of(code);
}

static int print_help(void)
{
    struct fn_buf b;
    fn_buf_init(&b, 1 << 16);
    fn_buf_str(&b,
               "usage: facenetd [DIR...] [options]\n"
               "Keeps an index of the faces in the photos below DIR (and the folders it was\n"
               "given before). Ask it with fnq.\n\n");
    fn_options_help(&b, table);
    fn_buf_str(&b, "\nSee facenetd(8), facenetd.conf(5), fnq(1).\n");
    (void)fputs(fn_buf_cstr(&b), stdout);
    fn_buf_finish(&b);
    return FND_OK;
}

/* An index of its own has its label log and its socket inside, so that several can live side by
 * side. */
static int find_places(struct fnd *f, struct fn_error *err)
{
    char data[FN_PATH_MAX];
    int rc = 0;
    if (opt.config)
        (void)snprintf(f->config_path, sizeof f->config_path, "%s", opt.config);
    else if (fn_path_config(f->config_path, sizeof f->config_path))
        f->config_path[0] = '\0';
    if (opt.index) {
        rc = fn_path_expand(f->index_dir, sizeof f->index_dir, opt.index);
        rc = rc ? rc
                : fn_path_join(f->labels_log, sizeof f->labels_log, f->index_dir, "labels.log");
        rc = rc ? rc : fn_path_socket(f->socket_path, sizeof f->socket_path, f->index_dir);
    } else {
        rc = fn_path_data(data, sizeof data);
        rc = rc ? rc : fn_path_join(f->index_dir, sizeof f->index_dir, data, "index");
        rc = rc ? rc : fn_path_join(f->labels_log, sizeof f->labels_log, data, "labels.log");
        rc = rc ? rc : fn_path_socket(f->socket_path, sizeof f->socket_path, NULL);
    }
    return rc ? fn_error_set(err, rc,
                             "cannot tell where the index is: %s. Name it: --index DIR",
                             rc == -ENOENT ? "HOME is not set" : fn_strerror(rc))
              : 0;
}

static int load(struct fnd *f, struct fn_error *err)
{
    int rc = fn_config_create(&f->config_file, err);
    if (!rc && f->config_path[0])
        rc = fn_config_load(f->config_file, f->config_path, opt.config != NULL, err);
    if (!rc && opt.profile)
        rc = fn_config_set(f->config_file, "models.profile", opt.profile,
                           FN_ORIGIN_COMMAND_LINE, err);
    if (!rc && opt.models)
        rc = fn_config_set(f->config_file, "models.dir", opt.models, FN_ORIGIN_COMMAND_LINE,
                           err);
    if (!rc)
        f->cfg = fn_config_values(f->config_file);
    return rc;
}

static int print_config(const struct fnd *f)
{
    struct fn_buf b;
    fn_buf_init(&b, 1 << 20);
    fn_config_print(f->config_file, &b);
    (void)fputs(fn_buf_cstr(&b), stdout);
    fn_buf_finish(&b);
    return FND_OK;
}

static int read_profile(struct fnd *f, struct fn_error *err)
{
    const char *dir = fn_config_models_dir(f->cfg, NULL);
    return fn_profile_read_values(dir, f->cfg->profile, &f->profile, err);
}

static int check_folders(const struct fnd *f)
{
    int bad = 0;
    for (size_t i = 0; i < opt.n_dirs + f->cfg->root.n; i++) {
        const char *dir = i < opt.n_dirs ? opt.dirs[i] : f->cfg->root.items[i - opt.n_dirs];
        char path[FN_PATH_MAX];
        struct stat st;
        if (!fn_path_expand(path, sizeof path, dir) && !stat(path, &st) && S_ISDIR(st.st_mode))
            continue;
        (void)fprintf(stderr, "facenetd: %s: no such folder. Check the name.\n", dir);
        bad++;
    }
    return bad ? FND_INPUT : FND_OK;
}

int main(int argc, char **argv)
{
    static struct fnd f;
    struct fn_error err = {0};
    const struct fn_opt *const tables[] = {table};
    int rc = fn_options_parse(argc, argv, tables, 1, &opt.n_dirs, &err);
    if (rc)
        return fail(rc, err.text);
    opt.dirs = argv + 1;
    if (opt.help)
        return print_help();
    if (opt.version)
        return printf("facenetd %s\n", FN_VERSION) < 0;
    rc = find_places(&f, &err);
    if (!rc)
        rc = load(&f, &err);
    if (rc)
        return fail(rc, err.text);
    if (opt.print_config)
        return print_config(&f);
    fn_log_init("facenetd", (enum fn_log_level)f.cfg->log_level);
    rc = read_profile(&f, &err);
    if (rc)
        return fail(rc, err.text);
    if (opt.check)
        return check_folders(&f);
    f.opt = opt;
    return fnd_run(&f);
}
