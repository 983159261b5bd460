/* SPDX-License-Identifier: MIT */
/* fnq completions: scripts for shells, made from the command table. */
#include <stdio.h>
#include <string.h>

#include "cli/commands.h"

/* Calls visit once for the first word of each command, in order, and with whether a second word
 * follows. */
static void each_verb(struct fn_buf *b, void (*visit)(struct fn_buf *b, const char *verb,
                                                      size_t n, const struct fnq_command *c))
{
    const char *last = "";
    FNQ_EACH_COMMAND(c)
    {
        size_t n = strcspn(c->name, " ");
        if (c->hidden || (strncmp(last, c->name, n) == 0 && strcspn(last, " ") == n))
            continue;
        last = c->name;
        visit(b, c->name, n, c);
    }
}

static void options_words(struct fn_buf *b, const struct fn_opt *o)
{
    for (; o && o->name; o++) {
        fn_buf_printf(b, " --%s", o->name);
        if (o->letter)
            fn_buf_printf(b, " -%c", o->letter);
    }
}

static void word(struct fn_buf *b, const char *verb, size_t n, const struct fnq_command *c)
{
    (void)c;
    fn_buf_printf(b, " %.*s", (int)n, verb);
}

static void bash_group(struct fn_buf *b, const char *verb, size_t n,
                       const struct fnq_command *c)
{
    if (c->name[n] != ' ')
        return;
    fn_buf_printf(b, "        %.*s) subs='", (int)n, verb);
    FNQ_EACH_COMMAND(k)
    if (strncmp(k->name, verb, n) == 0 && k->name[n] == ' ')
        fn_buf_printf(b, "%s%s", b->data[b->len - 1] == '\'' ? "" : " ", k->name + n + 1);
    fn_buf_str(b, "' ;;\n");
}

static const char *const operand_kind[] = {"none", "files", "people", "dirs"};

static void bash(struct fn_buf *b)
{
    fn_buf_str(
        b,
        "# bash completion for fnq; made by: fnq completions bash\n"
        "_fnq()\n{\n"
        "    local cur=${COMP_WORDS[COMP_CWORD]} i w verb='' sub='' subs='' opts='' "
        "kind='none'\n"
        "    COMPREPLY=()\n"
        "    for ((i = 1; i < COMP_CWORD; i++)); do\n"
        "        w=${COMP_WORDS[i]}\n"
        "        case $w in\n"
        "        --index | --config | --models | --color | --schema) ((i++)) ;;\n"
        "        -*) ;;\n"
        "        *) if [[ -z $verb ]]; then verb=$w; elif [[ -z $sub ]]; then sub=$w; fi ;;\n"
        "        esac\n"
        "    done\n"
        "    if [[ -z $verb ]]; then\n"
        "        mapfile -t COMPREPLY < <(compgen -W '");
    size_t at = b->len;
    each_verb(b, word);
    if (b->len > at)
        memmove(b->data + at, b->data + at + 1, b->len - at), b->len--;
    options_words(b, fnq_global_options);
    fn_buf_str(b, "' -- \"$cur\")\n        return\n    fi\n    case $verb in\n");
    each_verb(b, bash_group);
    fn_buf_str(b, "    esac\n"
                  "    if [[ -n $subs && -z $sub && $cur != -* ]]; then\n"
                  "        mapfile -t COMPREPLY < <(compgen -W \"$subs\" -- \"$cur\")\n        "
                  "return\n    fi\n"
                  "    [[ -n $subs ]] && verb=\"$verb $sub\"\n"
                  "    case $verb in\n");
    FNQ_EACH_COMMAND(c)
    {
        if (c->hidden)
            continue;
        fn_buf_printf(b, "    '%s') kind=%s opts='", c->name, operand_kind[c->operands]);
        options_words(b, c->options);
        fn_buf_str(b, "' ;;\n");
    }
    fn_buf_str(b, "    esac\n    if [[ $cur == -* ]]; then\n        mapfile -t COMPREPLY < "
                  "<(compgen -W \"$opts");
    options_words(b, fnq_global_options);
    fn_buf_str(b, "\" -- \"$cur\")\n        return\n    fi\n"
                  "    case $kind in\n"
                  "    people)\n"
                  "        local IFS=$'\\n'\n"
                  "        mapfile -t COMPREPLY < <(compgen -W \"$(fnq people list --limit 500 "
                  "2>/dev/null | cut -f2)\" -- \"$cur\")\n"
                  "        ((${#COMPREPLY[@]})) && mapfile -t COMPREPLY < <(printf '%q\\n' "
                  "\"${COMPREPLY[@]}\")\n"
                  "        ;;\n"
                  "    dirs) compopt -o dirnames ;;\n"
                  "    files) compopt -o default ;;\n"
                  "    esac\n}\ncomplete -F _fnq fnq\n");
}

/* Writes text inside single quotes for zsh and fish, without the characters in drop, which are
 * special to _arguments. */
static void quoted(struct fn_buf *b, const char *s, const char *drop)
{
    for (; *s; s++) {
        if (*s == '\'')
            fn_buf_str(b, "’");
        else if (!strchr(drop, *s))
            fn_buf_char(b, *s);
    }
}

static void zsh_options(struct fn_buf *b, const struct fn_opt *o)
{
    for (; o && o->name; o++) {
        const char *files = o->arg && (strstr(o->arg, "jpg") || strcmp(o->arg, "FILE") == 0)
                                ? "_files"
                            : o->arg && strcmp(o->arg, "DIR") == 0 ? "_files -/"
                                                                   : " ";
        fn_buf_printf(b, "            '--%s%s[", o->name, o->type == FN_OPT_FLAG ? "" : "=");
        quoted(b, o->help, "[]:");
        fn_buf_char(b, ']');
        if (o->type != FN_OPT_FLAG)
            fn_buf_printf(b, ":%s:%s", o->arg ? o->arg : "VALUE", files);
        fn_buf_str(b, "' \\\n");
    }
}

static void zsh_verb(struct fn_buf *b, const char *verb, size_t n, const struct fnq_command *c)
{
    fn_buf_printf(b, "        '%.*s:", (int)n, verb);
    if (c->name[n] == ' ')
        fn_buf_printf(b, "%.*s commands", (int)n, verb);
    else
        quoted(b, c->summary, ":");
    fn_buf_str(b, "'\n");
}

static void zsh_group(struct fn_buf *b, const char *verb, size_t n, const struct fnq_command *c)
{
    if (c->name[n] != ' ')
        return;
    fn_buf_printf(b,
                  "    %.*s)\n        if ((CURRENT == 3)); then\n            local -a subs=(",
                  (int)n, verb);
    FNQ_EACH_COMMAND(k)
    if (strncmp(k->name, verb, n) == 0 && k->name[n] == ' ') {
        fn_buf_printf(b, " '%s:", k->name + n + 1);
        quoted(b, k->summary, ":");
        fn_buf_char(b, '\'');
    }
    fn_buf_str(b, ")\n            _describe command subs\n            return\n        fi\n     "
                  "   verb=\"$verb ${words[3]}\"\n        ;;\n");
}

static void zsh(struct fn_buf *b)
{
    static const char *const operands[] = {"", "'*:file:_files'", "'*:person:_fnq_people'",
                                           "'*:folder:_files -/'"};
    fn_buf_str(
        b,
        "#compdef fnq\n# zsh completion for fnq; made by: fnq completions zsh\n"
        "_fnq_people()\n{\n"
        "    local -a people=(${(f)\"$(fnq people list --limit 500 2>/dev/null | cut -f2)\"})\n"
        "    compadd -a people\n}\n"
        "_fnq()\n{\n    local verb=${words[2]}\n    local -a verbs=(\n");
    each_verb(b, zsh_verb);
    fn_buf_str(b, "    )\n    if ((CURRENT == 2)); then\n        _describe command verbs\n     "
                  "   return\n    fi\n    case $verb in\n");
    each_verb(b, zsh_group);
    fn_buf_str(b, "    esac\n    case $verb in\n");
    FNQ_EACH_COMMAND(c)
    {
        if (c->hidden)
            continue;
        fn_buf_printf(b, "    '%s')\n        _arguments -s \\\n", c->name);
        zsh_options(b, c->options);
        zsh_options(b, fnq_global_options);
        fn_buf_printf(b, "            %s\n        ;;\n", operands[c->operands]);
    }
    fn_buf_str(b, "    esac\n}\n_fnq \"$@\"\n");
}

static void fish_verb(struct fn_buf *b, const char *verb, size_t n, const struct fnq_command *c)
{
    fn_buf_printf(b, "complete -c fnq -n __fish_use_subcommand -a %.*s -d '", (int)n, verb);
    if (c->name[n] == ' ')
        fn_buf_printf(b, "%.*s commands", (int)n, verb);
    else
        quoted(b, c->summary, "\\");
    fn_buf_str(b, "'\n");
}

static void fish_options(struct fn_buf *b, const struct fn_opt *o, const char *condition)
{
    for (; o && o->name; o++) {
        fn_buf_printf(b, "complete -c fnq%s -l %s%s", condition, o->name,
                      o->type == FN_OPT_FLAG ? "" : " -r");
        if (o->letter)
            fn_buf_printf(b, " -s %c", o->letter);
        fn_buf_str(b, " -d '");
        quoted(b, o->help, "\\");
        fn_buf_str(b, "'\n");
    }
}

static void fish(struct fn_buf *b)
{
    char condition[256];
    fn_buf_str(b, "# fish completion for fnq; made by: fnq completions fish\n");
    each_verb(b, fish_verb);
    fish_options(b, fnq_global_options, "");
    FNQ_EACH_COMMAND(c)
    {
        size_t n = strcspn(c->name, " ");
        if (c->hidden)
            continue;
        const char *sub = c->name[n] ? c->name + n + 1 : NULL;
        if (sub) {
            fn_buf_printf(b,
                          "complete -c fnq -n '__fish_seen_subcommand_from %.*s; and not "
                          "__fish_seen_subcommand_from",
                          (int)n, c->name);
            FNQ_EACH_COMMAND(k)
            if (strncmp(k->name, c->name, n) == 0 && k->name[n] == ' ')
                fn_buf_printf(b, " %s", k->name + n + 1);
            fn_buf_printf(b, "' -f -a %s -d '", sub);
            quoted(b, c->summary, "\\");
            fn_buf_str(b, "'\n");
        }
        (void)snprintf(condition, sizeof condition,
                       " -n '__fish_seen_subcommand_from %.*s%s%s'", (int)n, c->name,
                       sub ? "; and __fish_seen_subcommand_from " : "", sub ? sub : "");
        fish_options(b, c->options, condition);
        if (c->operands == FNQ_COMPLETE_PEOPLE)
            fn_buf_printf(b,
                          "complete -c fnq%s -f -a '(fnq people list --limit 500 2>/dev/null | "
                          "cut -f2)'\n",
                          condition);
    }
}

static int run(struct fnq_ctx *ctx, int argc, char **argv)
{
    static const struct {
        const char *shell;
        void (*write)(struct fn_buf *b);
    } shells[] = {{"bash", bash}, {"zsh", zsh}, {"fish", fish}};
    for (size_t i = 0; argc == 1 && i < sizeof shells / sizeof *shells; i++)
        if (strcmp(argv[0], shells[i].shell) == 0) {
            shells[i].write(&ctx->out.buf);
            return FN_EXIT_OK;
        }
    return fnq_usage(ctx, "completions: bash, zsh or fish.");
}

FNQ_PLAIN_COMMAND(completions) = {
    .name = "completions",
    .args = "bash | zsh | fish",
    .summary = "write a completion script",
    .run = fnq_run_completions,
    .hidden = true,
};
