/* SPDX-License-Identifier: MIT */
#include "cli/asking/person_photos.h"

#include <string.h>

#include "cli/library/find_photos.h"
#include "engine/base/paths.h"
#include "engine/base/shell_word.h"
#include "engine/base/utf8.h"
#include "index/query/query.h"

enum { SHOWN_MAX = 10, BEFORE_PATH = 16 /* columns */ };

static void print_path(struct fnq_out *o, const char *path)
{
    char shown[FN_PATH_MAX];
    fn_path_tilde(shown, sizeof shown, path);
    if (o->tty)
        fnq_text_fit(o, shown, BEFORE_PATH);
    else
        fn_utf8_printable(&o->buf, path, strlen(path)); /* one line each */
}

static void print_all(struct fnq_out *o, const struct fnl_finds *f, const char *query)
{
    struct fn_buf word;
    fnq_text(o, "  photos, newest first\n");
    for (size_t i = 0; i < f->n; i++) {
        char taken[32];
        fnl_taken_text(f->found[i].photo, taken, sizeof taken);
        fnq_text(o, "    %-10.10s  ", taken[0] ? taken : "no date");
        print_path(o, f->found[i].path ? f->found[i].path : "(no file)");
        fnq_text(o, "\n");
    }
    if (f->total == f->n)
        return;
    fn_buf_init(&word, 1 << 16);
    fn_shell_word(&word, query);
    fnq_text(o, "    and %zu more: fnq find ", f->total - f->n);
    fnq_text_safe(o, fn_buf_cstr(&word));
    fnq_text(o, " --sort newest\n");
    fn_buf_finish(&word);
}

int fnq_print_person_photos(struct fnq_ctx *ctx, const struct fn_person *p,
                            struct fn_error *err)
{
    struct fnl_finds f;
    struct fn_buf query;
    size_t column;
    fn_buf_init(&query, 1 << 16);
    fn_query_write_person(fnl_txn(ctx->lib), &p->id, p->name, &query);
    int rc = fnl_find_photos(ctx->lib, fn_buf_cstr(&query), FNL_BY_NEWEST, SHOWN_MAX, &f,
                             &column, err);
    if (!rc && f.n)
        print_all(&ctx->out, &f, fn_buf_cstr(&query));
    if (!rc)
        fnl_finds_finish(&f);
    fn_buf_finish(&query);
    return rc;
}
