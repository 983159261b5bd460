/* SPDX-License-Identifier: MIT */
/* A training run on drawn pictures, for tests under mpirun.
 *
 *   train_tool make DIR                       draws the pictures
 *   train_tool compare A B                    prints |a - b| / |a| of two files of weights
 *   train_tool run DIR STEPS [NAME=VALUE]...  trains
 *
 * When training, the first rank prints a line per step and the hash of the weights. NAME is an
 * option of fn_train_opts, or one of: weights=FILE (written at the end), save=FILE (a
 * checkpoint after every step), resume=FILE, kill=RANK@STEP, hang=RANK@STEP (the rank sends
 * itself SIGKILL or SIGSTOP before that step). */
#include <inttypes.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/unit/local_pictures.h"
#include "tests/unit/train_fixture.h"

struct plan {
    struct fn_train_opts o;
    const char *dir, *weights, *save, *resume;
    uint64_t steps;
    int signal;
    unsigned signal_rank;
    uint64_t signal_step;
};

static bool take(const char *arg, const char *name, const char **ret)
{
    size_t n = strlen(name);
    if (strncmp(arg, name, n) != 0 || arg[n] != '=')
        return false;
    *ret = arg + n + 1;
    return true;
}

static int read_option(struct plan *p, const char *arg, struct fn_error *err)
{
    const char *at, *value;
    if (take(arg, "weights", &p->weights) || take(arg, "save", &p->save) ||
        take(arg, "resume", &p->resume))
        return 0;
    if (take(arg, "kill", &at) || take(arg, "hang", &at)) {
        p->signal = arg[0] == 'k' ? SIGKILL : SIGSTOP;
        int n = sscanf(at, "%u@%" SCNu64, &p->signal_rank, &p->signal_step);
        return n == 2 ? 0 : fn_error_set(err, FN_EUSAGE, "'%s' is not RANK@STEP", at);
    }
    char name[64];
    value = strchr(arg, '=');
    if (!value)
        return fn_error_set(err, FN_EUSAGE, "'%s' is not NAME=VALUE", arg);
    (void)snprintf(name, sizeof name, "%.*s", (int)(value - arg), arg);
    return fn_train_opts_set(&p->o, name, value + 1, err);
}

static int write_weights(const struct fn_params *p, const char *path)
{
    FILE *f = fopen(path, "wb");
    bool ok = f && fwrite(p->w, sizeof *p->w, p->size, f) == p->size;
    return f && fclose(f) == 0 && ok ? 0 : -1;
}

static void say(const struct fn_trainer *t, const struct fn_train_report *r)
{
    char hex[FN_H128_HEX];
    struct fn_h128 h = fn_params_hash(fn_trainer_params(t));
    fn_h128_hex(&h, hex);
    (void)printf("step %" PRIu64 " loss %.17g pairs %zu selected %zu active %zu weights %s\n",
                 r->step, r->stats.loss, r->stats.pairs, r->stats.selected, r->stats.active,
                 hex);
    (void)fflush(stdout);
}

static int steps(struct fn_trainer *t, const struct plan *p, struct fn_error *err)
{
    unsigned rank = fn_trainer_comm(t)->rank;
    int rc = 0;
    while (rc == 0 && fn_trainer_steps(t) < p->steps) {
        struct fn_train_report report;
        if (p->signal && rank == p->signal_rank && fn_trainer_steps(t) == p->signal_step)
            (void)raise(p->signal);
        rc = fn_trainer_step(t, &report, err);
        if (rc == 0 && rank == 0)
            say(t, &report);
        if (rc == 0 && p->save)
            rc = fn_trainer_save(t, p->save, "", err);
    }
    if (rc == 0 && p->weights && rank == 0 && write_weights(fn_trainer_params(t), p->weights))
        rc = fn_error_set(err, -1, "'%s' cannot be written", p->weights);
    return rc;
}

static int train(struct plan *p, struct fn_comm *c, const struct fn_dataset *data,
                 struct fn_error *err)
{
    struct fn_model made = {0};
    struct fn_checkpoint from = {0};
    struct fn_trainer *t = NULL;
    struct fn_graph_builder *b = made_model(&made);
    int rc = p->resume ? fn_checkpoint_open(p->resume, &from, err) : 0;
    rc = fn_comm_agree(c, rc, err);
    if (rc == 0)
        rc = fn_trainer_create_with(p->resume ? from.model : &made, data, &local_pictures,
                                    p->resume ? &from.opts : &p->o, c, &t, err);
    if (rc == 0 && p->resume)
        rc = fn_trainer_resume(t, &from, err);
    if (rc == 0)
        rc = steps(t, p, err);
    fn_trainer_destroy(t);
    fn_checkpoint_close(&from);
    fn_graph_builder_destroy(b);
    return rc;
}

static int run(int argc, char **argv)
{
    struct fn_error err = {0};
    struct fn_comm *c = NULL;
    struct fn_dataset *data = NULL;
    struct plan p = {.o = fn_train_default()};
    p.o.people = 8;
    p.o.faces = 4;
    p.o.chunk = 3;
    p.o.optim = fn_optim_default(FN_OPTIM_ADAMW);
    p.o.rate = 3e-3;
    p.steps = strtoull(argv[3], NULL, 10);
    int rc = fn_comm_start(&c, &err);
    for (int i = 4; rc == 0 && i < argc; i++)
        rc = read_option(&p, argv[i], &err);
    if (rc == 0)
        rc = fn_comm_agree(c, fn_dataset_scan(argv[2], &data, &err), &err);
    if (rc == 0)
        rc = train(&p, c, data, &err);
    if (rc && (!c || c->rank == 0 || c->lost))
        (void)fprintf(stderr, "train_tool: %s\n", err.text);
    fn_dataset_destroy(data);
    fn_comm_finish(c);
    return rc ? 1 : 0;
}

static int compare(const char *a, const char *b)
{
    FILE *f[2] = {fopen(a, "rb"), fopen(b, "rb")};
    float x, y;
    double difference = 0, norm = 0;
    size_t n = 0;
    while (f[0] && f[1] && fread(&x, sizeof x, 1, f[0]) == 1 &&
           fread(&y, sizeof y, 1, f[1]) == 1) {
        difference += ((double)x - (double)y) * ((double)x - (double)y);
        norm += (double)x * (double)x;
        n++;
    }
    for (int i = 0; i < 2; i++)
        if (f[i])
            (void)fclose(f[i]);
    (void)printf("%zu weights, relative difference %g\n", n, sqrt(difference / norm));
    return n && difference <= 1e-12 * norm ? 0 : 1;
}

int main(int argc, char **argv)
{
    if (argc == 3 && strcmp(argv[1], "make") == 0) {
        made_people(argv[2], 8, 4);
        return 0;
    }
    if (argc == 4 && strcmp(argv[1], "compare") == 0)
        return compare(argv[2], argv[3]);
    if (argc >= 4 && strcmp(argv[1], "run") == 0)
        return run(argc, argv);
    (void)fprintf(stderr,
                  "train_tool make DIR | compare A B | run DIR STEPS [NAME=VALUE]...\n");
    return 2;
}
