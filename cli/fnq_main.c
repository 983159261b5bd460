/* SPDX-License-Identifier: MIT */
/* fnq: finds the command, parses its options, runs it. */
#include <errno.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/commands.h"
#include "engine/base/log.h"
#include "engine/base/status_line.h"

/* Finds the words of argv that are not options, before the command (and so its options) is
 * known. Only global options can be before the command; if one has a value, the next word is
 * its value. */
static const struct fn_opt *global_named(const char *s, size_t n)
{
    const struct fn_opt *found = NULL;
    for (const struct fn_opt *o = fnq_global_options; o->name; o++) {
        if (strncmp(o->name, s, n) != 0)
            continue;
        if (o->name[n] == '\0')
            return o;
        found = found ? NULL : o;
    }
    return found;
}

static bool takes_next(const char *s)
{
    if (s[0] != '-' || s[1] != '-' || strchr(s, '='))
        return false;
    const struct fn_opt *o = global_named(s + 2, strlen(s + 2));
    return o && o->type != FN_OPT_FLAG;
}

static int next_word(int argc, char **argv, int from)
{
    for (int i = from; i < argc; i++) {
        if (strcmp(argv[i], "--") == 0)
            return argc;
        if (argv[i][0] != '-' || argv[i][1] == '\0')
            return i;
        if (takes_next(argv[i]))
            i++;
    }
    return argc;
}

static void drop_word(int *argc, char **argv, int at)
{
    memmove(argv + at, argv + at + 1, (size_t)(*argc - at) * sizeof *argv);
    --*argc;
}

/* Removes the one or two words of the command from argv. NULL: no word, or no such command
 * (*ret_word is the word then). */
static const struct fnq_command *take_command(int *argc, char **argv, const char **ret_word)
{
    char both[128];
    int first = next_word(*argc, argv, 1);
    *ret_word = NULL;
    if (first == *argc)
        return NULL;
    *ret_word = argv[first];
    const struct fnq_command *c = fnq_find_command(argv[first]);
    int second = next_word(*argc, argv, first + 1);
    if (!c && second < *argc && fnq_is_group(argv[first])) {
        (void)snprintf(both, sizeof both, "%.60s %.60s", argv[first], argv[second]);
        c = fnq_find_command(both);
        if (c)
            drop_word(argc, argv, second);
    }
    if (!c && (second < *argc || !fnq_is_group(argv[first])))
        c = fnq_find_alias(argv[first]);
    if (c)
        drop_word(argc, argv, first);
    return c;
}

static int choose_output(struct fnq_ctx *ctx)
{
    struct fnq_out *out = &ctx->out;
    const struct fnq_globals *o = &ctx->o;
    if (o->json + o->jsonl + o->csv + o->nul > 1 &&
        !(o->nul && !o->json && !o->jsonl && !o->csv))
        return fnq_usage(ctx, "choose one of --json, --jsonl, --csv and -0.");
    out->format = o->json    ? FNQ_JSON
                  : o->jsonl ? FNQ_JSONL
                  : o->csv   ? FNQ_CSV
                  : o->nul   ? FNQ_NUL
                  : out->tty ? FNQ_TEXT
                             : FNQ_TSV;
    out->ascii = out->ascii && out->format == FNQ_TEXT;
    const char *no_color = getenv("NO_COLOR"), *term = getenv("TERM");
    bool plain = (no_color && *no_color) || (term && strcmp(term, "dumb") == 0);
    if (strcmp(o->color, "always") == 0)
        out->color = true;
    else if (strcmp(o->color, "auto") == 0)
        out->color = out->tty && out->format == FNQ_TEXT && !plain;
    else if (strcmp(o->color, "never") != 0)
        return fnq_usage(ctx, "--color: '%s' is none of auto, always, never.", o->color);
    if (o->schema > 1)
        return fnq_say(FN_EXIT_SCHEMA,
                       "schema %llu is not available. This program writes schema 1.",
                       (unsigned long long)o->schema);
    return 0;
}

enum { OPTIONS_MAX = 32 };

/* Copies an option table with targets that point into options. */
static void bind_options(const struct fn_opt *table, void *options,
                         struct fn_opt out[OPTIONS_MAX])
{
    size_t i = 0;
    for (; table && table[i].name && i + 1 < OPTIONS_MAX; i++) {
        out[i] = table[i];
        out[i].target = (char *)options + (size_t)table[i].target;
    }
    out[i] = (struct fn_opt)OPT_END;
}

static int run_command(struct fnq_ctx *ctx, const void *options, int argc, char **argv)
{
    struct fn_error err = {0};
    const struct fnl_choice choice = {.index = ctx->o.index,
                                      .system_index = FN_SYSTEM_INDEX,
                                      .config = ctx->o.config,
                                      .models = ctx->o.models,
                                      .no_daemon = ctx->o.no_daemon};
    int code = choose_output(ctx);
    if (code)
        return code;
    if (fnl_create(&choice, &ctx->lib, &err))
        return fnq_fail(ctx, &err, NULL, NULL);
    code = ctx->cmd->run(ctx, options, argc, argv);
    if (fnl_uses_system_index(ctx->lib) && isatty(STDERR_FILENO))
        fnq_note(ctx, "fnq: you have no index; this is the system index, %s", FN_SYSTEM_INDEX);
    return code;
}

/* options: the struct that the command's table points into. */
static int parse_and_run(struct fnq_ctx *ctx, void *options, int argc, char **argv)
{
    struct fn_opt own[OPTIONS_MAX], global[OPTIONS_MAX];
    struct fn_error err = {0};
    size_t n = 0;
    bind_options(ctx->cmd ? ctx->cmd->options : NULL, options, own);
    bind_options(fnq_global_options, &ctx->o, global);
    const struct fn_opt *const tables[] = {own, global};
    if (fn_options_parse(argc, argv, tables, 2, &n, &err))
        return fnq_usage(ctx, "%s.", err.text);
    argv[1 + n] = NULL;
    if (ctx->o.version)
        fnq_text(&ctx->out, "fnq %s\n", FN_VERSION);
    else if (!ctx->cmd)
        fnq_help_overview(&ctx->out.buf);
    else if (ctx->o.help)
        fnq_help_command(&ctx->out.buf, ctx->cmd);
    else
        return run_command(ctx, options, (int)n, argv + 1);
    if (!ctx->o.version)
        fnq_help_fold(&ctx->out);
    return FN_EXIT_OK;
}

static int run(struct fnq_ctx *ctx, int argc, char **argv)
{
    const struct fnq_command *c = ctx->cmd;
    if (!c || !c->options_size)
        return parse_and_run(ctx, &ctx->o, argc, argv);
    void *options = calloc(1, c->options_size);
    if (!options)
        return fnq_say(FN_EXIT_SYSTEM, "out of memory.");
    if (c->defaults)
        memcpy(options, c->defaults, c->options_size);
    int code = parse_and_run(ctx, options, argc, argv);
    free(options);
    return code;
}

static bool wants_help(int argc, char **argv)
{
    for (int i = 1; i < argc; i++)
        if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0)
            return true;
    return false;
}

/* A group without a second word lists its commands. A file instead of a command: who is in it.
 */
static int unknown_command(struct fnq_ctx *ctx, const char *word, int argc, char **argv)
{
    int second = next_word(argc, argv, next_word(argc, argv, 1) + 1);
    if (fnq_is_group(word) && wants_help(argc, argv)) {
        fnq_help_word(&ctx->out.buf, word);
        fnq_help_fold(&ctx->out);
        return FN_EXIT_OK;
    }
    if (!fnq_is_group(word) && access(word, F_OK) == 0)
        return fnq_say(FN_EXIT_USAGE,
                       "there is no command '%s', but a file. Who is in it: fnq who FILE",
                       word);
    if (!fnq_is_group(word) || second < argc)
        return fnq_no_command(word, second < argc ? argv[second] : NULL);
    struct fn_buf b;
    fn_buf_init(&b, 1 << 16);
    fn_buf_printf(&b, "fnq: %s: which of these?\n", word);
    fnq_help_words(&b, word);
    if (!fn_buf_failed(&b))
        b.data[b.len - 1] = '\0'; /* the last line end, which the message has itself */
    fn_message(fn_buf_cstr(&b));
    fn_buf_finish(&b);
    return FN_EXIT_USAGE;
}

/* An act that is in the log has not failed: a script must not repeat it. */
static int output_failed(const struct fnq_ctx *ctx, int code)
{
    const char *why = fn_strerror(ctx->out.error);
    if (!ctx->acted)
        return fnq_say(FN_EXIT_SYSTEM, "cannot write the output: %s.", why);
    if (!ctx->act)
        return fnq_say(code, "done; cannot write the output: %s.", why);
    return fnq_say(code, "done as L%llu; cannot write the output: %s.",
                   (unsigned long long)ctx->act, why);
}

int main(int argc, char **argv)
{
    /* A copy that may be rearranged, with room for the NULL. */
    static struct fnq_ctx ctx;
    const char *word = NULL;
    char **words = calloc((size_t)argc + 2, sizeof *words);
    if (!words)
        return FN_EXIT_SYSTEM;
    memcpy(words, argv, (size_t)argc * sizeof *words);
    ctx.o = (struct fnq_globals){.color = "auto"};
    ctx.argv = argv;
    fn_log_init("fnq", FN_LOG_INFO);
    fnq_out_init(&ctx.out, STDOUT_FILENO);
    if (isatty(STDOUT_FILENO))
        fnq_out_terminal(&ctx.out);
    ctx.cmd = take_command(&argc, words, &word);
    int code =
        word && !ctx.cmd ? unknown_command(&ctx, word, argc, words) : run(&ctx, argc, words);
    fnq_read_end(&ctx);
    fnq_json_close(&ctx.out);
    fnq_out_flush(&ctx.out);
    if (ctx.out.failed && ctx.out.error != -EPIPE)
        code = output_failed(&ctx, code);
    fnl_destroy(ctx.lib);
    fnq_out_finish(&ctx.out);
    free(words);
    return code;
}
