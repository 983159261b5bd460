/* SPDX-License-Identifier: MIT */
/* The checker. It reads one snapshot, decodes every record of every table, and follows every
 * reference in both directions; it changes nothing. Derived data (members, people) can be
 * recomputed; other data (photos, vectors) is restored by indexing again. Labels survive both.
 */
#include "index/doctor/doctor.h"

#include <inttypes.h>

#include "engine/base/endian.h"
#include "index/doctor/doctor_priv.h"
#include "index/labels/labels.h"

/* A counter must not be lower than the greatest number in use, or numbers would be given twice.
 */
static void check_counter(struct fn_doctor *d, const char *counter, enum fn_table table,
                          size_t at, size_t bytes)
{
    struct fn_cur c;
    uint64_t last = 0, used = 0;
    int rc = fn_meta_get_u64(d->t, counter, &last);
    if (rc && rc != FN_ENOTFOUND) {
        fn_doctor_say(d, FN_FIND_FAIL, "counter '%s' is damaged", counter);
        return;
    }
    rc = fn_cur_open(d->t, table, &c);
    if (!rc)
        rc = fn_cur_last(&c);
    if (!rc && c.key.n == at + bytes)
        used = bytes == 2   ? fn_get_be16(c.key.p + at)
               : bytes == 4 ? fn_get_be32(c.key.p + at)
                            : fn_get_be64(c.key.p + at);
    fn_cur_close(&c);
    if (used > last)
        fn_doctor_say(d, FN_FIND_FAIL, "counter '%s' is %" PRIu64 ", but %" PRIu64 " is in use",
                      counter, last, used);
}

static void check_meta(struct fn_doctor *d)
{
    struct fn_index_model m;
    struct fn_error err;
    uint8_t uuid[16];
    uint64_t format, min_reader;
    if (fn_meta_get_u64(d->t, "format", &format) ||
        fn_meta_get_u64(d->t, "min_reader", &min_reader))
        fn_doctor_say(d, FN_FIND_FAIL, "the index does not say its format");
    if (fn_meta_get(d->t, "uuid", uuid, sizeof uuid))
        fn_doctor_say(d, FN_FIND_FAIL, "the index has no id");
    int rc = fn_index_model_get(d->t, &m, &err);
    if (rc && (rc != FN_ENOTFOUND || fn_tab_count(d->t, FN_T_FACE)))
        fn_doctor_say(d, FN_FIND_FAIL, "%s", err.text);
    check_counter(d, "next.photo", FN_T_PHOTO, 0, 4);
    check_counter(d, "next.face", FN_T_FACE, 0, 4);
    check_counter(d, "next.row", FN_T_VEC_TAIL, 0, 4);
    check_counter(d, "next.root", FN_T_ROOT, 0, 2);
    check_counter(d, "next.queue", FN_T_QUEUE, 1, 8);
}

static void check_log(struct fn_doctor *d, const char *labels_log)
{
    struct fn_error err = {0};
    uint64_t in_file = 0, count = fn_assert_count(d->t);
    int rc = fn_labels_log_check(fn_txn_store(d->t), labels_log, &in_file, &err);
    if (rc == FN_EREFUSED)
        fn_doctor_say(d, FN_FIND_FAIL,
                      "%s. To bring in what it has and begin a new one: fnq import labels FILE",
                      err.text);
    else if (rc)
        fn_doctor_say(d, FN_FIND_FAIL, "%s", err.text);
    else if (in_file < count)
        fn_doctor_say(d, FN_FIND_WARN,
                      "'%s' lacks the last %" PRIu64 " assertions; the next act appends them",
                      labels_log, count - in_file);
    else
        fn_doctor_say(d, FN_FIND_OK, "labels log: %" PRIu64 " assertions, as in the index",
                      in_file);
}

int fn_doctor_run(struct fn_store *s, const char *labels_log, bool deep,
                  void (*report)(enum fn_finding_level level, const char *sentence, void *ctx),
                  void *ctx, struct fn_error *err)
{
    struct fn_doctor d = {.deep = deep, .report = report, .ctx = ctx};
    int rc = fn_txn_begin(s, false, 0, &d.t, err);
    if (rc)
        return rc;
    check_meta(&d);
    rc = fn_doctor_photos(&d);
    if (!rc)
        rc = fn_doctor_faces(&d);
    if (!rc)
        rc = fn_doctor_people(&d);
    if (!rc && labels_log)
        check_log(&d, labels_log);
    fn_txn_abort(d.t);
    if (rc)
        return fn_error_set(err, rc, "cannot read the index '%s': %s", fn_store_dir(s),
                            fn_strerror(rc));
    return (int)d.worst;
}
