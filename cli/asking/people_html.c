/* SPDX-License-Identifier: MIT */
#include "cli/asking/people_html.h"

#include "cli/page/people_page.h"
#include "cli/program/interrupt.h"
#include "cli/program/progress_text.h"

static void progress(void *arg, const struct fnp_progress *p)
{
    const struct fnq_steps steps = {p->done, p->total, "photos for the page", p->seconds,
                                    p->last};
    fnq_progress(arg, &steps);
}

static bool stop(void *arg)
{
    (void)arg;
    return fnq_interrupted();
}

static void put_json(struct fnq_out *o, const struct fnp_people_page *p)
{
    json_t *v = json_object();
    fnq_set_path(v, p->path);
    fnq_set(v, "people", json_integer((json_int_t)p->people));
    fnq_set(v, "faces", json_integer((json_int_t)p->faces));
    fnq_set(v, "faces_shown", json_integer((json_int_t)p->shown));
    fnq_set(v, "photos_shown", json_integer((json_int_t)p->photos));
    fnq_set(v, "unreadable", json_integer((json_int_t)p->unreadable));
    fnq_set(v, "written", json_integer((json_int_t)p->files.written));
    fnq_set(v, "reused", json_integer((json_int_t)p->files.reused));
    fnq_set(v, "removed", json_integer((json_int_t)p->files.removed));
    fnq_set(v, "bytes", json_integer((json_int_t)p->files.bytes));
    fnq_json_one(o, "fnq.page/1", v);
}

static void put_count(struct fnq_out *o, uint64_t n, const char *one, const char *many)
{
    char text[32];
    fnq_thousands(text, sizeof text, n);
    fnq_text(o, "%s %s", text, n == 1 ? one : many);
}

static void put_line(struct fnq_out *o, const struct fnp_people_page *p)
{
    fnq_text(o, "page: ");
    fnq_text_safe(o, p->path);
    fnq_text(o, "   ");
    put_count(o, p->people, "person", "people");
    fnq_text(o, ", ");
    put_count(o, p->faces, "face", "faces");
    fnq_text(o, "; ");
    if (p->unreadable) {
        put_count(o, p->unreadable, "photo", "photos");
        fnq_text(o, " could not be read; ");
    }
    fnq_text(o, "open it in a browser\n");
}

int fnq_write_people_html(struct fnq_ctx *ctx, const struct fnl_people *people,
                          uint64_t min_photos, const char *dir)
{
    const struct fnp_people_choice choice = {.dir = dir,
                                             .people = people,
                                             .n = people->n,
                                             .min_photos = min_photos,
                                             .version = FN_VERSION};
    const struct fnp_events events = {progress, stop, ctx};
    struct fnp_people_page page;
    struct fn_error err = {0};
    fnq_interrupt_begin();
    int rc = fnp_people_page_write(ctx->lib, &choice, &events, &page, &err);
    fnq_interrupt_end();
    if (rc)
        return fnq_fail(ctx, &err, NULL, NULL);
    if (fnq_out_is_json(&ctx->out))
        put_json(&ctx->out, &page);
    else
        put_line(&ctx->out, &page);
    return FN_EXIT_OK;
}
