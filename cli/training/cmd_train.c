/* SPDX-License-Identifier: MIT */
/* fnq train: a network from random weights, or fine-tuned, by triplets or a margin softmax. */
#include <inttypes.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "cli/library/picture_pool.h"
#include "cli/library/training.h"
#include "cli/program/command.h"
#include "cli/program/confirmed_note.h"
#include "cli/program/eval_notes.h"
#include "cli/training/train_options.h"
#include "cli/training/train_says.h"
#include "engine/base/file.h"
#include "engine/base/shell_word.h"
#include "engine/kernels/cpu.h"
#include "engine/train/trained_model.h"

struct options {
    const char *out, *hold_out, *share, *mode;
    bool resume, labels;
    uint64_t dim, checkpoint_every, eval_every;
    struct fnq_train_words words;
};
static const struct options defaults = {.eval_every = 100};
enum { CHECKPOINT_EVERY = 100 };
static const struct fn_opt table[] = {
    OPT_TEXT(out, "out", 'o', "DIR", "folder of the run: train.ckpt, train.csv, model.fnm"),
    OPT_FLAG(resume, "resume", 0, "resume the run in --out"),
    OPT_FLAG(labels, "labels", 0,
             "train on the index: the faces you confirmed, of people with a name"),
    OPT_TEXT(hold_out, "hold-out", 0, "X",
             "evaluate on this share of the people, train on the others (with --labels 0.1, "
             "from 200 people on)"),
    OPT_NUMBER(words.steps, "steps", 0, "N", "steps of the whole run (default 1000)"),
    OPT_TEXT(words.batch, "batch", 0, "PxK[+N]",
             "people x faces of each, and N faces of others (default 45x8)"),
    OPT_TEXT(words.loss, "loss", 0, "NAME",
             "triplet (default), arc (ArcFace) or cos (CosFace)"),
    OPT_TEXT(words.select, "select", 0, "NAME", "semi-hard (default) or batch-hard"),
    OPT_TEXT(words.mining, "mining", 0, "NAME", "online (default), offline or both"),
    OPT_TEXT(words.margin, "margin", 0, "X",
             "of triplets (default 0.2), the angle (0.5) or the cosine (0.35)"),
    OPT_TEXT(words.optimizer, "optimizer", 0, "NAME", "adagrad (default), momentum or adamw"),
    OPT_TEXT(words.rate, "rate", 0, "X",
             "learning rate (default by optimizer: 0.003, 0.05, 0.001)"),
    OPT_TEXT(words.schedule, "schedule", 0, "NAME", "flat, steps or cosine (default)"),
    OPT_TEXT(words.freeze_before, "freeze-before", 0, "LAYER",
             "train only this layer and later layers"),
    OPT_TEXT(words.size, "size", 0, "WxH", "input size (default: the network's)"),
    OPT_NUMBER(dim, "dim", 0, "N", "dimensions of an embedding (default 128)"),
    OPT_TEXT(share, "share", 0, "X",
             "train on this share of the people, for a curve over the amount of data"),
    OPT_TEXT(mode, "mode", 0, "MODE",
             "detect (find faces and align; default) or centre (the middle of each picture)"),
    OPT_NUMBER(words.threads, "threads", 0, "N", "default: one per core"),
    OPT_NUMBER(words.seed, "seed", 0, "N", "seed of all random choices (default 1)"),
    OPT_LIST(words.set, "set", 0, "NAME=X",
             "any other option of a run, e.g. augment.flip_p=0; see fnq(1)"),
    OPT_NUMBER(checkpoint_every, "checkpoint-every", 0, "N", "steps (default 100)"),
    OPT_NUMBER(eval_every, "eval-every", 0, "N",
               "steps between evaluations on held-out people (default 100; 0: never)"),
    OPT_END};

static volatile sig_atomic_t stop_asked;

static void on_signal(int sig)
{
    (void)sig;
    stop_asked = 1;
}

static bool stop(void *arg)
{
    (void)arg;
    return stop_asked;
}

struct train {
    struct fnq_ctx *ctx;
    const struct options *o;
    struct fnq_train_which which;
    struct fn_comm *comm; /* the processes of this run; only rank 0 prints and writes */
    struct fn_run_places places;
    struct fnl_network network;
    struct fn_checkpoint resumed;
    const struct fn_model *model; /* of network or of resumed */
    struct fn_train_opts opts;
    struct fn_face_template face;
    struct fnl_pictures pictures;
    struct fn_dataset *data;
};

static int read_mode(const struct options *o, bool *ret_centre, struct fn_error *err)
{
    const char *mode = o->mode ? o->mode : "detect";
    *ret_centre = strcmp(mode, "centre") == 0;
    if (*ret_centre && o->labels)
        return fn_error_set(err, FN_EUSAGE,
                            "--mode centre is not for --labels: the index knows where the "
                            "faces are");
    return *ret_centre || strcmp(mode, "detect") == 0
               ? 0
               : fn_error_set(err, FN_EUSAGE, "--mode is detect or centre");
}

static int set_places(struct train *t, struct fn_error *err)
{
    int rc = fn_run_places_of(t->o->out, &t->places, err);
    if (rc == 0 && !t->o->resume && fn_file_exists(t->places.checkpoint))
        rc = fn_error_set(err, FN_EREFUSED,
                          "'%s' has a run already; resume it (--resume) or use another folder",
                          t->places.dir);
    return rc ? rc : fn_mkdirs(t->places.dir, 0755, err);
}

static int resume_from(struct train *t, struct fn_error *err)
{
    unsigned threads = t->opts.threads;
    int rc = fn_checkpoint_open(t->places.checkpoint, &t->resumed, err);
    if (rc)
        return rc;
    t->opts = t->resumed.opts;
    t->opts.threads = threads;
    t->opts.cpu_flags = FN_CPU_DETECT;
    t->model = t->resumed.model;
    const struct fnq_train_given given = {t->o->share, t->o->hold_out, t->o->mode};
    rc = fnq_train_which_resume(t->resumed.extra, &given, &t->which, err);
    if (rc)
        return rc;
    if (t->comm->rank == 0 && strcmp(t->resumed.kernels, fn_cpu_name(fn_cpu_flags())) != 0)
        fnq_note(t->ctx,
                 "started with %s kernels, resumed with %s: rounding differs from here on",
                 t->resumed.kernels, fn_cpu_name(fn_cpu_flags()));
    return 0;
}

static int open_network(struct train *t, const char *name, struct fn_error *err)
{
    int rc =
        fnl_training_network_open(t->ctx->lib, name, t->o->dim, t->opts.seed, &t->network, err);
    if (rc == 0 && t->network.opened && t->o->dim)
        rc = fn_error_set(err, FN_EUSAGE, "--dim is for built-in networks");
    t->model = t->network.model;
    return rc;
}

static int find_faces(struct train *t, struct fn_error *err)
{
    const struct fnl_eval_choice finder = {.threads = t->o->words.threads};
    struct fnl_eval e = {0};
    size_t looked = 0, without = 0;
    int rc = fnq_eval_open(t->ctx, &finder, &e, err);
    if (rc)
        return rc;
    rc = fnl_training_find_faces(&e, &t->face, t->data, &looked, &without, err);
    fnq_eval_close(t->ctx, &e);
    if (rc == 0 && without)
        fnq_note(t->ctx, "no face found in %zu of %zu pictures: their centres are used instead",
                 without, looked);
    return rc;
}

static int read_data(struct train *t, const char *path, struct fn_error *err)
{
    const struct fnl_training_choice c = {path, t->which.share, t->which.hold_out,
                                          t->opts.seed};
    struct fnl_training_data d = {0};
    int rc =
        fnl_training_read(t->ctx->lib, &c, &t->pictures.source, &t->face, t->comm, &d, err);
    t->data = d.data;
    if (rc)
        return rc;
    if (t->comm->rank == 0)
        fnq_labelled_note(t->ctx, d.n_missing, d.n_unnamed);
    if (t->data->n_shared && t->comm->rank == 0)
        fnq_note(t->ctx, "%zu pictures are also listed under another person",
                 t->data->n_shared);
    if (t->which.centre || !path)
        return 0;
    rc = fn_comm_agree(t->comm, t->comm->rank == 0 ? find_faces(t, err) : 0, err);
    return rc ? rc : fnl_training_share_faces(t->comm, t->data, err);
}

static int prepare(struct train *t, const char *network, const char *data, struct fn_error *err)
{
    const struct options *o = t->o;
    int rc = read_mode(o, &t->which.centre, err);
    rc = rc ? rc : fnq_train_read(&o->words, &t->opts, err);
    rc = rc ? rc
            : fnq_train_read_shares(o->share, o->hold_out, &t->which.share, &t->which.hold_out,
                                    err);
    rc = rc ? rc : set_places(t, err);
    if (rc == 0)
        rc = o->resume ? resume_from(t, err) : open_network(t, network, err);
    if (rc == 0)
        t->face = fn_face_template_of(t->model, t->opts.frame);
    /* Workers for the loader's threads, and for the one that waits for them and helps. */
    rc =
        rc ? rc : fnl_pictures_open(t->ctx->lib, t->opts.loader_threads + 1, &t->pictures, err);
    rc = fn_comm_agree(t->comm, rc, err);
    rc = rc ? rc : read_data(t, data, err);
    if (rc == 0 && !o->resume)
        fn_trained_provenance(t->network.model, t->network.opened, t->data);
    return rc;
}

static int train(struct train *t, struct fn_run_result *ret, struct fn_error *err)
{
    struct fnq_train_says says = {.ctx = t->ctx};
    struct fn_run_events events = fnq_train_events(&says);
    const struct sigaction act = {.sa_handler = on_signal, .sa_flags = (int)SA_RESETHAND};
    uint64_t every = t->o->checkpoint_every ? t->o->checkpoint_every : CHECKPOINT_EVERY;
    char kept[128];
    fnq_train_which_format(&t->which, kept, sizeof kept);
    const struct fn_run_settings settings = {.kept = kept,
                                             .places = &t->places,
                                             .model = t->model,
                                             .resumed = t->o->resume ? &t->resumed : NULL,
                                             .random_weights = !t->network.opened,
                                             .data = t->data,
                                             .pictures = &t->pictures.source,
                                             .opts = t->opts,
                                             .comm = t->comm,
                                             .checkpoint_every = every,
                                             .eval_every = t->o->eval_every};
    events.stop = stop;
    stop_asked = 0;
    (void)sigaction(SIGINT, &act, NULL);
    (void)sigaction(SIGTERM, &act, NULL);
    return fn_run(&settings, &events, ret, err);
}

static void finish(struct train *t)
{
    fn_checkpoint_close(&t->resumed);
    fnl_network_close(&t->network);
    fn_dataset_destroy(t->data);
    fnl_pictures_close(&t->pictures);
    fn_comm_finish(t->comm);
}

static void add_word(struct fn_buf *b, const char *option, const char *word)
{
    if (!word)
        return;
    fn_buf_str(b, option);
    fn_shell_word(b, word);
}

static void say_resume(const struct train *t, const struct fn_run_result *r, const char *data)
{
    const struct fnq_globals *g = &t->ctx->o;
    struct fn_buf b;
    fn_buf_init(&b, 1 << 16);
    fn_buf_str(&b, "fnq train --resume");
    add_word(&b, " --out ", t->places.dir);
    if (!data)
        add_word(&b, " --index ", g->index);
    add_word(&b, " --models ", g->models);
    add_word(&b, " --config ", g->config);
    if (t->o->eval_every != defaults.eval_every)
        fn_buf_printf(&b, " --eval-every %" PRIu64, t->o->eval_every);
    if (t->o->checkpoint_every)
        fn_buf_printf(&b, " --checkpoint-every %" PRIu64, t->o->checkpoint_every);
    fn_buf_str(&b, data ? " " : " --labels");
    add_word(&b, "", data);
    fnq_note(t->ctx, "stopped at step %" PRIu64 ", saved; to resume: %s", r->steps,
             fn_buf_cstr(&b));
    fn_buf_finish(&b);
}

static void say_end(const struct train *t, const struct fn_run_result *r, const char *data)
{
    const char *model = t->places.model;
    if (!r->has_thresholds)
        fnq_note(t->ctx,
                 "%s has no thresholds (%s); measure them: fnq eval "
                 "calibrate %s DIR",
                 model, r->judged ? r->held.why_none : "not measured at this step",
                 FN_SHELL(model));
    if (r->stopped)
        say_resume(t, r, data);
    else
        fnq_note(
            t->ctx,
            "%s is the network; evaluate it: fnq eval lfw DIR --model %s; index with it: fnq "
            "model install %s --name NAME",
            model, FN_SHELL(model), FN_SHELL(model));
}

static const char *what_is_missing(const struct options *o)
{
    if (!o->out)
        return "train: which folder for the run? --out DIR";
    if (o->resume)
        return "train: --resume takes only the data (with --labels, nothing); the network is "
               "in the run";
    return o->labels ? "train: which network? With --labels the data is the index"
                     : "train: which network, on which data?";
}

static int run(struct fnq_ctx *ctx, const struct options *o, int argc, char **argv)
{
    struct train t = {
        .ctx = ctx, .o = o, .which = {.share = 1, .hold_out = FNL_HOLD_OUT_USUAL}};
    struct fn_run_result r = {0};
    struct fn_error err = {0};
    const char *data = o->labels || !argc ? NULL : argv[argc - 1];
    if (argc != !o->resume + !o->labels || !o->out)
        return fnq_usage(ctx, "%s", what_is_missing(o));
    int rc = fn_comm_start(&t.comm, &err);
    if (rc)
        return fnq_fail(ctx, &err, NULL, NULL);
    rc = prepare(&t, argv[0], data, &err);
    rc = rc ? rc : train(&t, &r, &err);
    bool speaks = t.comm->rank == 0 || t.comm->lost;
    if (rc == 0 && t.comm->rank == 0)
        say_end(&t, &r, data);
    int code = rc && speaks ? fnq_fail(ctx, &err, NULL, NULL)
               : rc         ? fn_exit_of(rc)
               : r.stopped  ? FN_EXIT_INTERRUPTED
                            : FN_EXIT_OK;
    finish(&t);
    return code;
}

FNQ_COMMAND(train) = {
    .name = "train",
    .args = "NETWORK [DATA]",
    .group = FNQ_GROUP_EXPERTS,
    .summary = "train a network, or fine-tune a model",
    .details = "NETWORK is built in (nn1, nn2, nn3, nn4, nns1-like, nns2-like), a model file "
               "or an installed model. DATA is a folder with a "
               "folder per person, or a list of pictures; with --labels the data are from the "
               "index. Interrupted (Ctrl-C), the run is saved; "
               "--resume continues it bit-identically.",
    .examples = "fnq train nn4 --labels --out run\n"
                "fnq train --resume --out run --labels\n",
    .defaults = &defaults,
    .operands = FNQ_COMPLETE_DIRS,
    FNQ_TYPED(train, table),
};
