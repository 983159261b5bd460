/* SPDX-License-Identifier: MIT */
/* Sets one key in a file that users edit by hand. All other bytes stay as they are. */
#include <errno.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/config_priv.h"
#include "engine/base/file.h"
#include "engine/base/paths.h"

enum { FILE_MAX = 1 << 20, LINE_MAX_ = 4096 };

struct edit {
    const char *section, *name, *value;
    size_t section_len;
    bool in_section, done;
};

static void write_value(struct edit *e, struct fn_buf *out)
{
    fn_buf_printf(out, "%s = %s\n", e->name, e->value);
    e->done = true;
}

static void edit_line(struct edit *e, const char *line, size_t n, struct fn_buf *out)
{
    char copy[LINE_MAX_], *name = NULL, *value = NULL;
    bool fits = n < sizeof copy;
    memcpy(copy, line, fits ? n : 0);
    copy[fits ? n : 0] = '\0';
    enum fn_line kind = fn_config_line(copy, &name, &value);
    if (kind == FN_LINE_SECTION) {
        if (e->in_section && !e->done)
            write_value(e, out);
        e->in_section =
            strlen(name) == e->section_len && strncmp(name, e->section, e->section_len) == 0;
    } else if (kind == FN_LINE_VALUE && e->in_section && strcmp(name, e->name) == 0) {
        /* Later repeats of the key are dropped, so that it occurs once. */
        if (!e->done)
            write_value(e, out);
        return;
    }
    fn_buf_add(out, line, n);
    fn_buf_char(out, '\n');
}

static void edit_text(struct edit *e, const char *text, size_t n, struct fn_buf *out)
{
    const char *end = text + n;
    while (text < end) {
        const char *stop = memchr(text, '\n', (size_t)(end - text));
        stop = stop ? stop : end;
        edit_line(e, text, (size_t)(stop - text), out);
        text = stop + 1;
    }
    if (e->done)
        return;
    if (!e->in_section)
        fn_buf_printf(out, "%s[%.*s]\n", out->len ? "\n" : "", (int)e->section_len, e->section);
    write_value(e, out);
}

static int check_value(const struct fn_key *k, const char *value, struct fn_error *err)
{
    struct fn_config c = {0};
    int rc = strpbrk(value, "\r\n")
                 ? fn_error_set(err, FN_EUSAGE, "%s: a value is one line", k->name)
                 : fn_config_store(k, value, &c, err);
    fn_config_release(k, &c);
    return rc;
}

int fn_config_edit(const char *path, const char *key, const char *value, struct fn_error *err)
{
    const struct fn_key *k = fn_config_key(key);
    if (!k)
        return fn_config_unknown(err, FN_ENOTFOUND, key);
    int rc = check_value(k, value, err);
    if (rc)
        return rc;
    const char *dot = strchr(k->name, '.');
    struct edit e = {.section = k->name,
                     .section_len = (size_t)(dot - k->name),
                     .name = dot + 1,
                     .value = value};
    struct fn_buf in, out;
    char dir[FN_PATH_MAX];
    fn_buf_init(&in, FILE_MAX);
    fn_buf_init(&out, FILE_MAX + LINE_MAX_);
    if (fn_file_exists(path)) {
        rc = fn_file_read(path, &in, err);
    } else {
        (void)snprintf(dir, sizeof dir, "%s", path);
        rc = fn_mkdirs(dirname(dir), 0700, err);
    }
    if (!rc) {
        edit_text(&e, fn_buf_cstr(&in), in.len, &out);
        rc = fn_buf_failed(&out) ? fn_error_set(err, -ENOMEM, "out of memory")
                                 : fn_file_write_atomic(path, out.data, out.len, 0600, err);
    }
    fn_buf_finish(&in);
    fn_buf_finish(&out);
    return rc;
}
