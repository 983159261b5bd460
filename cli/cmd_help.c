/* SPDX-License-Identifier: MIT */
/* The pages of help, from the command table; fnq help: of a command, of the commands with one
 * first word, or of a topic. */
#include <stdio.h>
#include <string.h>

#include "cli/commands.h"
#include "engine/base/columns.h"

/* A saying begins at this column. One that fits into the rest of 60 columns is never folded. */
enum { SAYING_AT = 17 };

const char *fnq_group_title(enum fnq_group g)
{
    static const char *const titles[FNQ_GROUPS] = {
        [FNQ_GROUP_EVERYDAY] = "Everyday",
        [FNQ_GROUP_PEOPLE] = "People and labels",
        [FNQ_GROUP_PHOTOS] = "Faces and photos",
        [FNQ_GROUP_RUNNING] = "Folders and the daemon",
        [FNQ_GROUP_SETTINGS] = "Settings and checks",
        [FNQ_GROUP_EXPERTS] = "Models and experts",
        [FNQ_GROUP_HELP] = "Help",
    };
    return g < FNQ_GROUPS ? titles[g] : NULL;
}

static void row(struct fn_buf *out, const char *name, const char *saying)
{
    size_t n = strlen(name) + 2;
    fn_buf_printf(out, "  %s%*s%s\n", name, n + 2 <= SAYING_AT ? (int)(SAYING_AT - n) : 2, "",
                  saying);
}

static bool has_word(const struct fnq_command *c, const char *word, size_t n)
{
    return strncmp(c->name, word, n) == 0 && c->name[n] == ' ';
}

/* ---- one command ---- */

static void write_examples(struct fn_buf *out, const char *lines)
{
    fn_buf_str(out, strchr(lines, '\n')[1] ? "\nExamples:\n" : "\nExample:\n");
    while (*lines) {
        size_t n = strcspn(lines, "\n");
        fn_buf_printf(out, "  %.*s\n", (int)n, lines);
        lines += n + (lines[n] == '\n');
    }
}

void fnq_help_command(struct fn_buf *out, const struct fnq_command *c)
{
    fn_buf_printf(out, "usage: fnq %s%s%s\n\n%c%s.\n", c->name, c->args[0] ? " " : "", c->args,
                  c->summary[0] - ('a' - 'A'), c->summary + 1);
    if (c->details)
        fn_buf_printf(out, "\n%s\n", c->details);
    if (c->options && c->options->name) {
        fn_buf_str(out, "\nOptions:\n");
        fn_options_help(out, c->options);
    }
    if (c->examples)
        write_examples(out, c->examples);
    fn_buf_str(out, "\nOptions for every command: fnq help options\n");
}

/* ---- the commands that begin with one word ---- */

void fnq_help_words(struct fn_buf *out, const char *word)
{
    FNQ_EACH_COMMAND(c)
    if (!c->hidden && has_word(c, word, strlen(word)))
        row(out, c->name, c->summary);
}

void fnq_help_word(struct fn_buf *out, const char *word)
{
    const struct fnq_command *first = NULL;
    FNQ_EACH_COMMAND(c)
    if (!first && has_word(c, word, strlen(word)))
        first = c;
    if (!first)
        return;
    const char *saying = fnq_word_saying(word);
    fn_buf_printf(out, "usage: fnq %s COMMAND\n\n%c%s. The commands:\n", word,
                  saying[0] - ('a' - 'A'), saying + 1);
    fnq_help_words(out, word);
    fn_buf_printf(out, "\nExample:\n  %.*s\n", (int)strcspn(first->examples, "\n"),
                  first->examples);
    fn_buf_printf(out, "\nOne command, with its options: fnq help %s\n", first->name);
    fn_buf_str(out, "Options for every command: fnq help options\n");
}

/* ---- topics ---- */

void fnq_help_options(struct fn_buf *out)
{
    fn_buf_str(out, "Options for every command, before or after it:\n");
    fn_options_help(out, fnq_global_options);
    fn_buf_str(out, "\nExamples:\n  fnq people list --json\n"
                    "  fnq --index ~/other-index people list\n");
}

/* ---- all of them ---- */

/* Commands for experts with two words are shown as "eval ...", once. */
static void write_group(struct fn_buf *out, enum fnq_group g)
{
    const char *last = "";
    fn_buf_printf(out, "\n%s\n", fnq_group_title(g));
    FNQ_EACH_COMMAND(c)
    {
        char name[64];
        size_t n = strcspn(c->name, " ");
        if (c->hidden || c->group != g)
            continue;
        if (g != FNQ_GROUP_EXPERTS || !c->name[n]) {
            row(out, c->name, c->summary);
        } else if (!has_word(c, last, strlen(last))) {
            last = fnq_first_word(c);
            (void)snprintf(name, sizeof name, "%s ...", last);
            row(out, name, fnq_word_saying(last));
        }
    }
}

const char *fnq_first_word(const struct fnq_command *c)
{
    for (const struct fnq_word *w = fnq_words; w->word; w++)
        if (has_word(c, w->word, strlen(w->word)))
            return w->word;
    return c->name;
}

void fnq_help_overview(struct fn_buf *out)
{
    fn_buf_str(out, "fnq: who is in your photos\n\nusage: fnq COMMAND [options] ...\n");
    for (unsigned g = FNQ_GROUP_EVERYDAY; g < FNQ_GROUPS; g++)
        write_group(out, (enum fnq_group)g);
    fn_buf_str(out, "\nShort forms: ");
    for (const struct fnq_alias *a = fnq_aliases; a->word; a++)
        fn_buf_printf(out, "%s is %s%s", a->word, a->command, a[1].word ? ", " : ".\n");
    fn_buf_str(out, "A command, with examples: fnq help find\n"
                    "Options for every command: fnq help options\n"
                    "The manual: man fnq\n");
}

/* ---- as wide as the terminal ---- */

void fnq_help_fold(struct fnq_out *o)
{
    enum { PIPE_COLUMNS = 80, COLUMNS_MAX = 100 }; /* longer lines are hard to read */
    size_t columns = o->columns ? o->columns : PIPE_COLUMNS;
    struct fn_buf folded;
    fn_buf_init(&folded, 1 << 20);
    columns = columns < COLUMNS_MAX ? columns : COLUMNS_MAX;
    for (const char *s = fn_buf_cstr(&o->buf); *s;) {
        size_t n = strcspn(s, "\n");
        if (*s == ' ')
            fn_fold(&folded, s, n, columns);
        else
            fn_fold_line(&folded, s, n, columns, 0, 0);
        fn_buf_char(&folded, '\n');
        s += n + (s[n] == '\n');
    }
    fn_buf_finish(&o->buf);
    o->buf = folded;
}

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
