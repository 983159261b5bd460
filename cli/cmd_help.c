/* SPDX-License-Identifier: MIT */
/* fnq help: of a command, of the commands with one first word, or of a topic. */
#include <stdio.h>
#include <string.h>

#include "cli/commands.h"

const struct fnq_command *fnq_find_command(const char *name)
{
    FNQ_EACH_COMMAND(c)
    if (strcmp(c->name, name) == 0)
        return c;
    return NULL;
}

const struct fnq_command *fnq_find_alias(const char *word)
{
    for (const struct fnq_alias *a = fnq_aliases; a->word; a++)
        if (strcmp(a->word, word) == 0)
            return fnq_find_command(a->command);
    return NULL;
}

bool fnq_is_group(const char *word)
{
    size_t n = strlen(word);
    FNQ_EACH_COMMAND(c)
    if (strncmp(c->name, word, n) == 0 && c->name[n] == ' ')
        return true;
    return false;
}

int fnq_no_command(const char *first, const char *second)
{
    struct fn_buf near;
    int code;
    fn_buf_init(&near, 4096);
    fnq_near_commands(&near, fnq_commands, fnq_aliases, first, second);
    if (near.len)
        code = fnq_say(FN_EXIT_USAGE, "there is no command '%s%s%s'; did you mean %s?", first,
                       second ? " " : "", second ? second : "", fn_buf_cstr(&near));
    else
        code =
            fnq_say(FN_EXIT_USAGE, "there is no command '%s'. All of them: fnq --help", first);
    fn_buf_finish(&near);
    return code;
}

static int run(struct fnq_ctx *ctx, int argc, char **argv)
{
    char name[128] = "";
    struct fn_buf *out = &ctx->out.buf;
    if (argc)
        (void)snprintf(name, sizeof name, "%.60s%s%.60s", argv[0], argc > 1 ? " " : "",
                       argc > 1 ? argv[1] : "");
    const struct fnq_command *c = fnq_find_command(name);
    if (!c && argc == 1 && !fnq_is_group(name))
        c = fnq_find_alias(name);
    if (argc == 0)
        fnq_help_overview(out);
    else if (c)
        fnq_help_command(out, c);
    else if (argc == 1 && fnq_is_group(name))
        fnq_help_word(out, name);
    else if (strcmp(name, FNQ_TOPIC_OPTIONS) == 0)
        fnq_help_options(out);
    else
        return fnq_no_command(argv[0], argc > 1 ? argv[1] : NULL);
    fnq_help_fold(&ctx->out);
    return FN_EXIT_OK;
}

FNQ_PLAIN_COMMAND(help) = {
    .name = "help",
    .args = "[COMMAND | options]",
    .group = FNQ_GROUP_HELP,
    .summary = "show help on a command or a topic",
    .examples = "fnq help find\n"
                "fnq help people\n"
                "fnq help options\n",
    .run = fnq_run_help,
    .operands = FNQ_COMPLETE_HELP,
};
