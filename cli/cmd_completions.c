/* SPDX-License-Identifier: MIT */
/* fnq completions: scripts for shells. They pass the words of the command line to the fnq that
 * is being typed (cmd_complete.c), and show what it lists. */
#include <string.h>

#include "cli/commands.h"

/* In a quoted word, readline replaces what follows the quote; otherwise the whole word. The
 * descriptions are shown in the list only. */
static const char bash[] =
    "# bash completion for fnq; made by its command completions bash\n"
    "_fnq()\n{\n"
    "    local cur=${COMP_WORDS[COMP_CWORD]} program=${COMP_WORDS[0]/#\\~/$HOME} kind line "
    "word i\n"
    "    local -a lines\n"
    "    mapfile -t lines < <(\"$program\" complete --quoted -- "
    "\"${COMP_WORDS[@]:1:COMP_CWORD}\" "
    "2>/dev/null)\n"
    "    kind=${lines[0]}\n"
    "    COMPREPLY=()\n"
    "    for ((i = 1; i < ${#lines[@]}; i++)); do\n"
    "        line=${lines[i]} word=${lines[i]%%$'\\t'*}\n"
    "        if [[ $COMP_TYPE == 63 && $line == *$'\\t'* && ${#lines[@]} -gt 2 ]]; then\n"
    "            word=\"$word  (${line#*$'\\t'})\"\n"
    "        elif [[ $cur == \\\"* ]]; then\n"
    "            word=${word//\\\\/\\\\\\\\} word=${word//\\\"/\\\\\\\"} "
    "word=${word//\\$/\\\\\\$} "
    "word=${word//\\`/\\\\\\`}\n"
    "        elif [[ $cur != \\'* ]]; then\n"
    "            printf -v word %q \"$word\"\n"
    "        fi\n"
    "        COMPREPLY+=(\"$word\")\n"
    "    done\n"
    "    compopt -o nosort 2>/dev/null\n"
    "    case $kind in\n"
    "    files) compopt -o default 2>/dev/null ;;\n"
    "    dirs) compopt -o dirnames 2>/dev/null ;;\n"
    "    esac\n"
    "}\n"
    "complete -F _fnq fnq\n";

static const char zsh[] =
    "#compdef fnq\n"
    "# zsh completion for fnq; made by its command completions zsh\n"
    "_fnq()\n{\n"
    "    local program=${~words[1]} kind line\n"
    "    local -a lines values shown\n"
    "    lines=(\"${(@f)$($program complete -- \"${(@Q)words[2,CURRENT]}\" 2>/dev/null)}\")\n"
    "    kind=$lines[1]\n"
    "    for line in $lines[2,-1]; do\n"
    "        values+=(\"${line%%$'\\t'*}\")\n"
    "        shown+=(\"${line/$'\\t'/  -- }\")\n"
    "    done\n"
    "    (($#values)) && compadd -V fnq -l -d shown -M 'm:{a-zA-Z}={A-Za-z}' -a values\n"
    "    case $kind in\n"
    "    files) _files ;;\n"
    "    dirs) _files -/ ;;\n"
    "    esac\n"
    "}\n"
    "if [ \"$funcstack[1]\" = _fnq ]; then\n"
    "    _fnq \"$@\"\n"
    "else\n"
    "    compdef _fnq fnq\n"
    "fi\n";

static const char fish[] = "# fish completion for fnq; made by its command completions fish\n"
                           "function __fnq_complete\n"
                           "    set -l words (commandline -opc)\n"
                           "    set -l current (commandline -ct)\n"
                           "    set -l lines ($words[1] complete -- $words[2..-1] (string "
                           "unescape -- \"$current\"; or "
                           "echo -- \"$current\") 2>/dev/null)\n"
                           "    printf '%s\\n' $lines[2..-1]\n"
                           "    switch \"$lines[1]\"\n"
                           "        case files\n"
                           "            __fish_complete_path \"$current\"\n"
                           "        case dirs\n"
                           "            __fish_complete_directories \"$current\"\n"
                           "    end\n"
                           "end\n"
                           "complete -c fnq -f -k -a '(__fnq_complete)'\n";

static int run(struct fnq_ctx *ctx, int argc, char **argv)
{
    static const struct {
        const char *shell, *script;
    } shells[] = {{"bash", bash}, {"zsh", zsh}, {"fish", fish}};
    for (size_t i = 0; argc == 1 && i < sizeof shells / sizeof *shells; i++)
        if (strcmp(argv[0], shells[i].shell) == 0) {
            fn_buf_str(&ctx->out.buf, shells[i].script);
            return FN_EXIT_OK;
        }
    return fnq_usage(ctx, "completions: bash, zsh or fish.");
}

FNQ_PLAIN_COMMAND(completions) = {
    .name = "completions",
    .args = "bash | zsh | fish",
    .group = FNQ_GROUP_HELP,
    .summary = "write completions for your shell",
    .examples = "source <(fnq completions bash)\n",
    .run = fnq_run_completions,
    .operands = FNQ_COMPLETE_SHELLS,
};
