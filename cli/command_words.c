/* SPDX-License-Identifier: MIT */
/* Words that stand for commands or begin several: used by dispatch, help and completion. */
#include <string.h>

#include "cli/commands.h"

const struct fnq_alias fnq_aliases[] = {
    {"photos", "find"},
    {"rename", "people name"},
    {"merge", "people merge"},
    {NULL, NULL},
};

const struct fnq_word fnq_words[] = {
    {"people", "list, name and sort the people"},
    {"faces", "list, show and cut out faces"},
    {"photos", "show photos; alone, it is fnq find"},
    {"watch", "choose the folders that are kept indexed"},
    {"labels", "find labels whose face is not there now"},
    {"config", "show and change the settings"},
    {"model", "list, bring in and write out models"},
    {"export", "write labels to a file"},
    {"import", "read labels from a file"},
    {"plot", "draw charts of training runs"},
    {"eval", "measure how accurate a model is"},
    {NULL, NULL},
};

const char *fnq_word_saying(const char *word)
{
    for (const struct fnq_word *w = fnq_words; w->word; w++)
        if (strcmp(w->word, word) == 0)
            return w->saying;
    return "";
}

bool fnq_is_group(const char *word)
{
    return *fnq_word_saying(word);
}
