/* SPDX-License-Identifier: MIT */
#include "cli/print/index_json.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/utf8.h"

json_t *fnq_person_json(const struct fnl_match *m)
{
    char id[FN_PERSON_TEXT];
    if (!m->is)
        return json_null();
    fn_person_text(&m->id, id);
    json_t *o = json_object();
    fnq_set(o, "id", json_string(id));
    fnq_set(o, "name", fnq_json_text_or_null(m->name));
    return o;
}

json_t *fnq_runner_up_json(const struct fnl_match *m)
{
    json_t *o = fnq_person_json(m);
    if (m->is) {
        fnq_set(o, "p", fnq_json_real(m->p));
        fnq_set(o, "d2", fnq_json_real(m->d2));
    }
    return o;
}

json_t *fnq_face_json(const struct fnl_fact *f)
{
    json_t *o = json_object();
    fnq_set(o, "face", json_string(f->id));
    fnq_set(o, "box", fnq_json_box(f->box));
    fnq_set(o, "state", json_string(fnl_state_name(f->state)));
    fnq_set(o, "person", fnq_person_json(&f->person));
    return o;
}

json_t *fnq_taken_json(const struct fn_photo *p)
{
    char text[FN_RFC3339_MAX];
    if (p->taken_precision == 0)
        return json_null();
    fn_rfc3339(text, p->taken_s, p->zone_min);
    return json_string(text);
}

struct paths {
    json_t *text, *bytes;
    bool odd;
};

struct add_path_arg {
    struct fn_txn *t;
    struct paths *to;
};

static int add_path(const struct fn_path *p, void *arg)
{
    struct add_path_arg *a = arg;
    struct fn_root root;
    char full[FN_PATH_MAX];
    const char *path = p->path;
    if (fn_root_get(a->t, p->root, &root) == 0 &&
        fn_path_join(full, sizeof full, root.path, p->path) == 0)
        path = full;
    size_t n = strlen(path);
    struct fn_buf b;
    fn_buf_init(&b, 4 * FN_PATH_MAX);
    fn_base64(&b, path, n);
    a->to->odd = a->to->odd || !fn_utf8_valid(path, n);
    if (json_array_append_new(a->to->text, fnq_json_bytes(path)) < 0 ||
        json_array_append_new(a->to->bytes, json_string(fn_buf_cstr(&b))) < 0)
        abort();
    fn_buf_finish(&b);
    return 0;
}

int fnq_set_paths(struct fn_txn *t, fn_photo_id photo, json_t *object)
{
    struct paths to = {json_array(), json_array(), false};
    struct add_path_arg arg = {t, &to};
    int rc = fn_path_each_of_photo(t, photo, add_path, &arg);
    fnq_set(object, "paths", to.text);
    if (to.odd)
        fnq_set(object, "paths_b64", to.bytes);
    else
        json_decref(to.bytes);
    return rc == FN_ENOTFOUND ? 0 : rc;
}

json_t *fnq_error_json(const struct fn_error *err)
{
    const char *code = "unreadable";
    if (err->code == -ENOENT)
        code = "missing";
    else if (err->code == FN_EDECODE)
        code = "corrupt";
    else if (err->code == FN_EUNSUPPORTED)
        code = "unsupported";
    else if (err->code == FN_ELIMIT)
        code = "limit";
    else if (err->code == FN_EWORKER)
        code = "crash";
    return json_pack("{s:s,s:o}", "code", code, "text", fnq_json_bytes(err->text));
}
