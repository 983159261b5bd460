/* SPDX-License-Identifier: MIT */
/* Values of options, and operands. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/complete.h"
#include "cli/library/act_log.h"
#include "cli/library/library_roots.h"
#include "cli/saying/act_words.h"
#include "engine/base/array.h"
#include "index/people/people.h"

enum { ACTS_MAX = 50, UNNAMED_MAX = 50 };

/* ---- from the index ---- */

struct found {
    uint64_t n_photos;
    char text[FN_PERSON_NAME_MAX]; /* the name, or the id of a person without a name */
};

struct finding {
    const struct fnq_completing *c;
    bool with_unnamed;
    struct found *named, unnamed[UNNAMED_MAX]; /* unnamed: in order */
    size_t n_named, cap, n_unnamed;
};

static int by_photos(const void *a, const void *b)
{
    const struct found *f = a, *g = b;
    if (f->n_photos != g->n_photos)
        return f->n_photos > g->n_photos ? -1 : 1;
    return strcmp(f->text, g->text);
}

/* Keeps the largest: nearly all people of a large library have no name. */
static void offer_unnamed(struct finding *l, const struct fn_person *p)
{
    struct found one = {.n_photos = p->n_photos};
    size_t at = l->n_unnamed;
    if (at == UNNAMED_MAX && p->n_photos < l->unnamed[at - 1].n_photos)
        return;
    fn_person_text(&p->id, one.text);
    if (!fnq_is_candidate(l->c, one.text) ||
        (at == UNNAMED_MAX && by_photos(&one, &l->unnamed[--at]) > 0))
        return;
    for (; at && by_photos(&one, &l->unnamed[at - 1]) < 0; at--)
        l->unnamed[at] = l->unnamed[at - 1];
    l->unnamed[at] = one;
    l->n_unnamed += l->n_unnamed < UNNAMED_MAX;
}

static int find_person(const struct fn_person *p, void *arg)
{
    struct finding *l = arg;
    if (!p->name[0]) {
        if (l->with_unnamed)
            offer_unnamed(l, p);
        return 0;
    }
    if (!fnq_is_candidate(l->c, p->name))
        return 0;
    struct found *more = fn_array_grow(l->named, &l->cap, l->n_named + 1, sizeof *more);
    if (!more)
        return -ENOMEM;
    l->named = more;
    more += l->n_named++;
    more->n_photos = p->n_photos;
    (void)snprintf(more->text, sizeof more->text, "%s", p->name);
    return 0;
}

static void offer_all(struct fnq_completing *c, const char *what, const struct found *f,
                      size_t n)
{
    char note[64];
    for (size_t i = 0; i < n; i++) {
        (void)snprintf(note, sizeof note, "%s%llu %s", what, (unsigned long long)f[i].n_photos,
                       f[i].n_photos == 1 ? "photo" : "photos");
        fnq_candidate(c, f[i].text, note);
    }
}

/* Named people; then, with_unnamed, the ids of the largest clusters without a name. */
static void people(struct fnq_completing *c, bool with_unnamed)
{
    struct finding l = {.c = c, .with_unnamed = with_unnamed};
    struct fn_error err;
    if (fnl_read_begin(c->lib, &err))
        return;
    if (fn_person_each(fnl_txn(c->lib), find_person, &l) == 0 && l.n_named)
        qsort(l.named, l.n_named, sizeof *l.named, by_photos);
    fnl_read_end(c->lib);
    offer_all(c, "", l.named, l.n_named);
    offer_all(c, "unnamed, ", l.unnamed, l.n_unnamed);
    free(l.named);
}

static void roots(struct fnq_completing *c)
{
    struct fnl_roots l = {0};
    struct fn_error err;
    if (fnl_read_begin(c->lib, &err))
        return;
    if (fnl_roots_list(fnl_txn(c->lib), &l, &err) == 0)
        for (size_t i = 0; i < l.n; i++)
            fnq_candidate(c, l.r[i].path, fnl_root_state_name(&l.r[i]));
    fnl_roots_finish(&l);
    fnl_read_end(c->lib);
}

/* undone: acts that fnq redo can bring back, else those that fnq undo can undo. */
static void acts(struct fnq_completing *c, bool undone)
{
    struct fnl_log log = {0};
    struct fn_error err;
    char number[24], what[400];
    if (fnl_read_begin(c->lib, &err))
        return;
    if (fnl_log_read(fnl_txn(c->lib), 2 * ACTS_MAX, &log, &err) == 0)
        for (size_t i = 0; i < log.n; i++) {
            const struct fnl_act_summary *s = &log.a[i];
            if (s->undo_of || s->in_effect == undone)
                continue;
            (void)snprintf(number, sizeof number, "L%llu", (unsigned long long)s->act);
            fnq_act_words(s, what, sizeof what);
            fnq_candidate(c, number, what);
        }
    fnl_log_finish(&log);
    fnl_read_end(c->lib);
}

/* ---- settings ---- */

static void put_key(const char *key, const char *value, const char *origin, const char *help,
                    void *arg)
{
    (void)value;
    (void)origin;
    fnq_candidate(arg, key, help);
}

static void keys(struct fnq_completing *c)
{
    struct fn_config_file *f = NULL;
    struct fn_error err;
    if (fn_config_create(&f, &err) == 0)
        fn_config_each(f, put_key, c);
    fn_config_destroy(f);
}

static void profiles(struct fnq_completing *c)
{
    static const char *const built_in[] = {"default", "dlib"};
    for (size_t i = 0; i < sizeof built_in / sizeof *built_in; i++)
        fnq_candidate(c, built_in[i], NULL);
}

static void put_choice(const char *value, void *arg)
{
    fnq_candidate(arg, value, NULL);
}

static void setting(struct fnq_completing *c, const char *key)
{
    if (strcmp(key, "library.root") == 0 || strcmp(key, "models.dir") == 0)
        c->names = FNQ_NAMES_DIRS;
    else if (strcmp(key, "models.profile") == 0)
        profiles(c);
    else
        fn_config_each_choice(key, put_choice, c);
}

/* ---- of the program itself ---- */

static void short_forms(struct fnq_completing *c)
{
    char note[64];
    for (const struct fnq_alias *a = fnq_aliases; a->word; a++) {
        (void)snprintf(note, sizeof note, "short for %s", a->command);
        if (!fnq_is_group(a->word))
            fnq_candidate(c, a->word, note);
    }
}

void fnq_complete_command(struct fnq_completing *c, const char *group)
{
    size_t n = group ? strlen(group) : 0;
    for (const struct fnq_command *const *at = c->all; *at; at++) {
        const struct fnq_command *k = *at;
        char first[64];
        bool in_group = group && strncmp(k->name, group, n) == 0 && k->name[n] == ' ';
        if (k->hidden || (group && !in_group))
            continue;
        size_t len = strcspn(k->name, " ");
        (void)snprintf(first, sizeof first, "%.*s", (int)len, k->name);
        if (group)
            fnq_candidate(c, k->name + n + 1, k->summary);
        else if (at == c->all || strncmp(at[-1]->name, k->name, len + 1) != 0)
            fnq_candidate(c, first, k->name[len] ? fnq_word_saying(first) : k->summary);
    }
    if (!group)
        short_forms(c);
}

/* What can follow fnq help. */
static void help_pages(struct fnq_completing *c)
{
    fnq_complete_command(c, c->n_operands ? c->operands[0] : NULL);
    if (!c->n_operands)
        fnq_candidate(c, FNQ_TOPIC_OPTIONS, "options for every command");
}

static void words(struct fnq_completing *c, const char *const *list)
{
    for (; *list; list++)
        fnq_candidate(c, *list, NULL);
}

/* ---- which of them ---- */

/* Options whose values are few; a row without a command is for all. */
static const char *const *choices_of(const char *command, const char *option)
{
    static const char *const when[] = {"auto", "always", "never", NULL},
                             *const output[] = {"files", "faces",  "photos",
                                                "count", "people", NULL},
                             *const order[] = {"date", "newest", "path", "faces", NULL},
                             *const people_order[] = {"photos", "name", "first", "last", NULL},
                             *const by[] = {"appearance", "age", "appearance,age", NULL},
                             *const until[] = {"18:00", "90m", "2h", NULL};
    static const struct {
        const char *command, *option;
        const char *const *values;
    } table[] = {{NULL, "color", when},      {"find", "output", output},
                 {"find", "sort", order},    {"people list", "sort", people_order},
                 {"people split", "by", by}, {"pause", "until", until}};
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        if (strcmp(table[i].option, option) == 0 &&
            (!table[i].command || strcmp(table[i].command, command) == 0))
            return table[i].values;
    return NULL;
}

void fnq_complete_value(struct fnq_completing *c)
{
    const char *arg = c->opt->arg ? c->opt->arg : "";
    const char *const *few = choices_of(c->cmd ? c->cmd->name : "", c->opt->name);
    if (few)
        words(c, few);
    else if (strcmp(arg, "PERSON") == 0 || strcmp(c->opt->name, "as") == 0)
        people(c, false);
    else if (strcmp(c->opt->name, "profile") == 0)
        profiles(c);
    else if (strcmp(arg, "DIR") == 0)
        c->names = FNQ_NAMES_DIRS;
    else if (strcmp(arg, "FILE") == 0 || strchr(arg, '.'))
        c->names = FNQ_NAMES_FILES;
}

void fnq_complete_operand(struct fnq_completing *c)
{
    static const char *const shells[] = {"bash", "zsh", "fish", NULL};
    switch (c->cmd->operands) {
    case FNQ_COMPLETE_NONE:
        return;
    case FNQ_COMPLETE_FILES:
        c->names = FNQ_NAMES_FILES;
        return;
    case FNQ_COMPLETE_LABEL:
        c->names = FNQ_NAMES_FILES;
        if (c->n_operands)
            people(c, false);
        return;
    case FNQ_COMPLETE_DIRS:
        c->names = FNQ_NAMES_DIRS;
        return;
    case FNQ_COMPLETE_PEOPLE:
        people(c, *c->word);
        return;
    case FNQ_COMPLETE_ROOTS:
        roots(c);
        return;
    case FNQ_COMPLETE_ACTS:
    case FNQ_COMPLETE_UNDONE:
        if (!c->n_operands)
            acts(c, c->cmd->operands == FNQ_COMPLETE_UNDONE);
        return;
    case FNQ_COMPLETE_KEYS:
    case FNQ_COMPLETE_SETTINGS:
        if (!c->n_operands)
            keys(c);
        else if (c->n_operands == 1 && c->cmd->operands == FNQ_COMPLETE_SETTINGS)
            setting(c, c->operands[0]);
        return;
    case FNQ_COMPLETE_HELP:
        help_pages(c);
        return;
    case FNQ_COMPLETE_SHELLS:
        words(c, shells);
        return;
    }
}
