/* SPDX-License-Identifier: MIT */
/* --help from the command table. */
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

static void help_examples(struct fn_buf *out, const char *lines)
{
    fn_buf_str(out, "\nExamples:\n");
    while (*lines) {
        size_t n = strcspn(lines, "\n");
        fn_buf_printf(out, "  %.*s\n", (int)n, lines);
        lines += n + (lines[n] == '\n');
    }
}

void fnq_help_command(struct fn_buf *out, const struct fnq_command *c)
{
    fn_buf_printf(out, "usage: fnq %s%s%s\n\n%s.\n", c->name, c->args[0] ? " " : "", c->args,
                  c->summary);
    if (c->details)
        fn_buf_printf(out, "\n%s\n", c->details);
    if (c->examples)
        help_examples(out, c->examples);
    if (c->options && c->options->name) {
        fn_buf_str(out, "\nOptions:\n");
        fn_options_help(out, c->options);
    }
    fn_buf_str(out, "\nGlobal options:\n");
    fn_options_help(out, fnq_global_options);
}

static void list(struct fn_buf *out, const char *group)
{
    size_t n = group ? strlen(group) : 0;
    FNQ_EACH_COMMAND(c)
    {
        char line[128];
        if (c->hidden || (group && (strncmp(c->name, group, n) != 0 || c->name[n] != ' ')))
            continue;
        int w = snprintf(line, sizeof line, "%s%s%s", c->name, c->args[0] ? " " : "", c->args);
        fn_buf_printf(out, "  %s%*s%s\n", line, w < 38 ? 38 - w : 2, "", c->summary);
    }
}

void fnq_help_overview(struct fn_buf *out)
{
    fn_buf_str(out, "fnq: who is in your photos\n\nusage: fnq COMMAND [options] ...\n\n");
    list(out, NULL);
    fn_buf_str(out, "\nShort forms:\n");
    for (const struct fnq_alias *a = fnq_aliases; a->word; a++)
        fn_buf_printf(out, "  %-36s%s\n", a->word, a->command);
    fn_buf_str(out, "\nGlobal options (before or after the command):\n");
    fn_options_help(out, fnq_global_options);
    fn_buf_str(out, "\nMore: fnq COMMAND --help, man fnq\n");
}

void fnq_help_group(struct fn_buf *out, const char *group)
{
    list(out, group);
}

int fnq_no_command(const char *first, const char *second)
{
    struct fn_buf near;
    int code;
    fn_buf_init(&near, 4096);
    fnq_near_commands(&near, first, second);
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
    char name[128];
    if (argc == 0) {
        fnq_help_overview(&ctx->out.buf);
        return FN_EXIT_OK;
    }
    (void)snprintf(name, sizeof name, "%.60s%s%.60s", argv[0], argc > 1 ? " " : "",
                   argc > 1 ? argv[1] : "");
    const struct fnq_command *c = fnq_find_command(name);
    if (!c && argc == 1 && !fnq_is_group(name))
        c = fnq_find_alias(name);
    if (c)
        fnq_help_command(&ctx->out.buf, c);
    else if (argc == 1 && fnq_is_group(argv[0]))
        fnq_help_group(&ctx->out.buf, argv[0]);
    else
        return fnq_no_command(argv[0], argc > 1 ? argv[1] : NULL);
    return FN_EXIT_OK;
}

FNQ_PLAIN_COMMAND(help) = {
    .name = "help",
    .args = "[COMMAND]",
    .summary = "show help",
    .run = fnq_run_help,
};
