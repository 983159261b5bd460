/* SPDX-License-Identifier: MIT */
/* fnq complete: called by the completion scripts of the shells (cmd_completions.c). */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/complete.h"

struct options {
    bool quoted;
};
static const struct fn_opt table[] = {
    OPT_FLAG(quoted, "quoted", 0, "the words are as typed, with quotes and backslashes"),
    OPT_END,
};

/* Removes quotes and backslashes in place, as a shell does; a quote may be open at the end. */
static void dequote(char *s)
{
    char *to = s, quote = 0;
    for (; *s; s++) {
        if (*s == quote)
            quote = 0;
        else if (!quote && (*s == '"' || *s == '\''))
            quote = *s;
        else if (*s == '\\' && quote != '\'' && s[1] && (!quote || strchr("\"\\$`", s[1])))
            *to++ = *++s;
        else
            *to++ = *s;
    }
    *to = '\0';
}

/* bash splits --of=Ann into three words; joins them. */
static size_t join_equals(size_t n, char **w)
{
    size_t k = 0;
    for (size_t i = 0; i < n; i++) {
        bool value = k && strncmp(w[k - 1], "--", 2) == 0 && strcmp(w[i], "=") == 0;
        if (!value) {
            w[k++] = w[i];
            continue;
        }
        if (i + 1 < n)
            w[k++] = w[++i];
        else
            w[i] = w[k++] = w[i] + 1; /* nothing is typed after it */
    }
    return k;
}

static const struct fn_opt *named(const struct fn_opt *o, const char *name, size_t n)
{
    for (; o && o->name; o++)
        if (strncmp(o->name, name, n) == 0 && !o->name[n])
            return o;
    return NULL;
}

/* The option that a word names: "--of", "--of=x"; "-o" with a letter. */
static const struct fn_opt *option_of(const struct fnq_command *cmd, const char *w)
{
    const struct fn_opt *const tables[] = {cmd ? cmd->options : NULL, fnq_global_options};
    for (size_t i = 0; i < 2; i++) {
        const struct fn_opt *o = tables[i];
        if (w[0] == '-' && w[1] == '-' && (o = named(o, w + 2, strcspn(w + 2, "="))))
            return o;
        for (o = tables[i]; w[0] == '-' && w[1] && !w[2] && o && o->name; o++)
            if (o->letter == w[1])
                return o;
    }
    return NULL;
}

static void take_global(struct fnl_choice *choice, const struct fn_opt *o, const char *value)
{
    if (strcmp(o->name, "index") == 0)
        choice->index = value;
    else if (strcmp(o->name, "config") == 0)
        choice->config = value;
    else if (strcmp(o->name, "models") == 0)
        choice->models = value;
}

/* A word of the command, or an operand. */
static void take_word(struct fnq_completing *c, const char *w)
{
    char both[128];
    if (c->cmd) {
        c->operands[c->n_operands++] = w;
    } else if (c->group) {
        (void)snprintf(both, sizeof both, "%.60s %.60s", c->group, w);
        c->cmd = fnq_find_command(both);
    } else {
        c->cmd = fnq_find_command(w);
        c->group = c->cmd ? NULL : w; /* if it is no group, nothing can follow */
    }
}

/* Reads the words before the one at the cursor. */
static void read_words(struct fnq_completing *c, struct fnl_choice *choice, size_t n, char **w)
{
    bool only_operands = false;
    for (size_t i = 0; i < n; i++) {
        const struct fn_opt *o = only_operands ? NULL : option_of(c->cmd, w[i]);
        const char *equals = strchr(w[i], '=');
        bool has_value = o && o->type != FN_OPT_FLAG;
        if (has_value && w[i][1] == '-' && equals) {
            take_global(choice, o, equals + 1);
        } else if (has_value && i + 1 < n) {
            take_global(choice, o, w[++i]);
        } else if (has_value) {
            c->opt = o;
        } else if (!only_operands && strcmp(w[i], "--") == 0) {
            only_operands = true;
        } else if (only_operands || w[i][0] != '-') {
            take_word(c, w[i]);
        }
    }
}

static void options(struct fnq_completing *c, const struct fn_opt *o)
{
    char text[64];
    for (; o && o->name; o++) {
        (void)snprintf(text, sizeof text, "--%.60s", o->name);
        fnq_candidate(c, text, o->help);
    }
}

static void complete(struct fnq_completing *c)
{
    const struct fn_opt *o = option_of(c->cmd, c->word);
    const char *equals = strchr(c->word, '=');
    if (!c->opt && o && equals && o->type != FN_OPT_FLAG) { /* --of=x in one word */
        c->opt = o;
        c->prefix = c->word;
        c->prefix_n = (size_t)(equals + 1 - c->word);
        c->word = equals + 1;
    }
    if (c->opt) {
        fnq_complete_value(c);
    } else if (c->word[0] == '-') {
        options(c, c->cmd ? c->cmd->options : NULL);
        options(c, fnq_global_options);
    } else if (c->cmd) {
        fnq_complete_operand(c);
    } else { /* the first or second word of the command, */
        fnq_complete_command(c, c->group);
    }
}

static void write_out(struct fn_buf *out, const struct fnq_completing *c)
{
    static const char *const names[] = {"words", "files", "dirs"};
    fn_buf_printf(out, "%s\n", names[c->names]);
    fn_buf_add(out, c->out->data, c->out->len);
}

static int run(struct fnq_ctx *ctx, const struct options *o, int argc, char **argv)
{
    static char nothing[] = "";
    struct fnl_choice choice = *fnl_choice_of(ctx->lib);
    struct fnq_completing c = {.all = fnq_commands, .prefix = ""};
    struct fn_error err = {0};
    struct fn_buf found;
    size_t n = (size_t)argc;
    for (size_t i = 0; o->quoted && i < n; i++)
        dequote(argv[i]);
    n = join_equals(n, argv);
    fn_buf_init(&found, 16 << 20);
    c.out = &found;
    c.word = n ? argv[n - 1] : nothing;
    c.operands = calloc(n + 1, sizeof *c.operands);
    int rc = c.operands ? 0 : fn_error_set(&err, -ENOMEM, "out of memory");
    if (!rc)
        read_words(&c, &choice, n ? n - 1 : 0, argv);
    rc = rc ? rc : fnl_create(&choice, &c.lib, &err);
    if (!rc) {
        complete(&c);
        write_out(&ctx->out.buf, &c);
    }
    fnl_destroy(c.lib);
    free(c.operands);
    fn_buf_finish(&found);
    return rc ? fnq_fail(ctx, &err, NULL, NULL) : FN_EXIT_OK;
}

FNQ_COMMAND(complete) = {
    .name = "complete",
    .args = "-- WORD...",
    .summary = "list what can follow the words of a command line, for completion scripts",
    FNQ_TYPED(complete, table),
    .hidden = true,
};
