/* SPDX-License-Identifier: MIT */
/* The status as numbers, from the reply of facenetd and from an index. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli/library/status_reply.h"
#include "cli/running/status_show.h"
#include "engine/base/clock.h"
#include "tests/unit/index_fixture.h"

static struct fn_error err;

static void read_reply(const char *text, struct fnl_status *ret)
{
    json_t *o = json_loads(text, 0, NULL);
    assert_non_null(o);
    assert_int_equal(fnl_status_read(o, ret, &err), 0);
    json_decref(o);
}

static const char reply[] =
    "{\"daemon\":{\"running\":true,\"pid\":12,\"version\":\"0.1.0\",\"uptime_s\":90,"
    "\"paused\":\"until fnq resume\",\"workers\":2,\"busy\":1},"
    "\"roots\":[{\"path\":\"/a\",\"mode\":\"poll\",\"reason\":\"nfs4\",\"state\":\"online\","
    "\"since\":\"2026-11-30T17:15:02Z\",\"last_scan\":null,\"photos\":7,\"other_files\":3,"
    "\"folders\":4,\"polled_folders\":5,\"scanning\":true,\"interval_s\":600},"
    "{\"path\":\"/\xEF\xBF\xBD\",\"path_b64\":\"L/8=\",\"mode\":\"none\",\"state\":\"away\","
    "\"since\":\"2026-11-30T17:15:02Z\",\"photos\":1}],"
    "\"queue\":{\"done\":3,\"total\":10,\"rate_per_s\":2.5,\"eta_s\":2.8,\"eta_low_s\":2.0,"
    "\"eta_high_s\":4.0},"
    "\"people\":{\"named\":2,\"unnamed\":5},\"photos\":8,\"faces\":20,\"bad_files\":1,"
    "\"questions\":null,\"model\":\"fn-12345678\",\"index_bytes\":4096}";

static void what_facenetd_sends(void **state)
{
    struct fnl_status s;
    (void)state;
    read_reply(reply, &s);
    assert_true(s.daemon.running);
    assert_int_equal(s.daemon.pid, 12);
    assert_int_equal(s.daemon.uptime_s, 90);
    assert_int_equal(s.daemon.workers, 2);
    assert_int_equal(s.daemon.busy, 1);
    assert_string_equal(s.daemon.paused, "until fnq resume");
    assert_int_equal(s.n_roots, 2);
    assert_string_equal(s.roots[0].reason, "nfs4");
    assert_int_equal(s.roots[0].since_s, fn_civil_to_unix(2026, 11, 30, 17, 15, 2));
    assert_int_equal(s.roots[0].last_scan_s, 0);
    assert_int_equal(s.roots[0].photos, 7);
    assert_int_equal(s.roots[0].other_files, 3);
    assert_int_equal(s.roots[0].folders, 4);
    assert_int_equal(s.roots[0].polled_folders, 5);
    assert_true(s.roots[0].scanning);
    assert_true(s.roots[0].interval_s == 600);
    assert_string_equal(s.roots[1].path, "/\xff");
    assert_true(isnan(s.roots[1].interval_s));
    assert_int_equal(s.queue.done, 3);
    assert_int_equal(s.queue.total, 10);
    assert_true(s.queue.rate_per_s == 2.5 && s.queue.eta_s == 2.8);
    assert_true(s.queue.low_s == 2 && s.queue.high_s == 4);
    assert_true(s.counted);
    assert_int_equal(s.photos, 8);
    assert_int_equal(s.faces, 20);
    assert_int_equal(s.bad_files, 1);
    assert_int_equal(s.named, 2);
    assert_int_equal(s.unnamed, 5);
    assert_int_equal(s.index_bytes, 4096);
    assert_string_equal(s.model, "fn-12345678");
    fnl_status_finish(&s);
}

static void what_it_leaves_out(void **state)
{
    struct fnl_status s;
    (void)state;
    read_reply("{\"daemon\":{\"running\":true,\"paused\":null,\"pid\":-1},\"queue\":{\"eta_s\":"
               "null},\"roots\":7}",
               &s);
    assert_false(s.counted);
    assert_string_equal(s.daemon.paused, "");
    assert_int_equal(s.daemon.pid, 0);
    assert_int_equal(s.n_roots, 0);
    assert_true(isnan(s.queue.eta_s) && isnan(s.queue.rate_per_s));
    fnl_status_finish(&s);
}

/* The status is printed again as it was read, for any order of members. */
static void there_and_back(void **state)
{
    struct fnl_status s;
    (void)state;
    json_t *sent = json_loads(reply, 0, NULL);
    read_reply(reply, &s);
    json_t *printed = fnq_status_json(&s), *root;
    fnl_status_finish(&s);
    (void)json_object_del(printed, "index");
    (void)json_object_del(printed, "labels_log");
    (void)json_object_del(printed, "lost_labels");
    (void)json_object_del(printed, "kept_labels");
    (void)json_object_del(printed, "unsettled");
    (void)json_object_del(printed, "unsettled_since");
    (void)json_object_del(printed, "regroup");
    /* the second root has fewer members than facenetd sends */
    root = json_array_get(json_object_get(printed, "roots"), 1);
    assert_string_equal(json_string_value(json_object_get(root, "path_b64")), "L/8=");
    assert_int_equal(json_array_remove(json_object_get(printed, "roots"), 1), 0);
    assert_int_equal(json_array_remove(json_object_get(sent, "roots"), 1), 0);
    assert_true(json_equal(sent, printed));
    json_decref(sent);
    json_decref(printed);
}

static void as_text(void **state)
{
    struct fnl_status s;
    struct fnq_out o;
    (void)state;
    read_reply(reply, &s);
    s.pending = 1;
    s.pending_since_s = s.roots[0].since_s;
    fnq_out_init(&o, -1);
    fnq_status_text(&o, &s);
    assert_string_equal(
        fn_buf_cstr(&o.buf),
        "facenetd 0.1.0  running 2 min (pid 12)  paused: until fnq resume   model fn-12345678  "
        " "
        "index 0 MB\n"
        "  /a   7 photos   polling every 10 min (nfs4)\n"
        "  /\xff   1 photos   away since 2026-11-30: nothing is removed\n"
        "indexing 3 of 10   2.5 photos/s   about 3 s (2 s – 4 s)\n"
        "8 photos, 20 faces   people 2 named, 5 unnamed   bad files 1 (fnq files --bad)\n"
        "1 face is pending, since 2026-11-30T17:15:02 UTC\n");
    fnq_out_finish(&o);
    fnl_status_finish(&s);
}

/* ---- from an index ---- */

static int count_calls(const struct fnl_status *s, void *arg)
{
    assert_int_equal(s->photos, 2);
    return ++*(int *)arg == 1;
}

static void out_of_an_index(void **state)
{
    struct fx fx;
    struct fn_library *lib = NULL;
    struct fnl_status s;
    int calls = 0;
    (void)state;
    fx_new(&fx, 0);
    struct fn_txn *t = fx_begin(&fx, true);
    (void)fx_ingest(&fx, t, "a.jpg", 1, 2);
    (void)fx_ingest(&fx, t, "b.jpg", 2, 1);
    (void)fx_ingest(&fx, t, "copy.jpg", 2, 1);
    fx_commit(t);
    fn_store_close(fx.store);
    fx.store = NULL;
    struct fnl_choice choice = {.index = fx.dir, .no_daemon = true};
    assert_int_equal(fnl_create(&choice, &lib, &err), 0);
    assert_int_equal(fnl_status_get(lib, &s, &err), 0);
    assert_false(s.daemon.running);
    assert_int_equal(s.photos, 2);
    assert_int_equal(s.faces, 3);
    assert_int_equal(s.bad_files, 0);
    assert_int_equal(s.pending, 3);
    assert_int_equal(s.n_roots, 1);
    assert_string_equal(s.roots[0].path, "/photos");
    assert_string_equal(s.roots[0].state, "online");
    assert_int_equal(s.roots[0].photos, 3);
    assert_true(isnan(s.roots[0].interval_s) && isnan(s.queue.eta_s));
    assert_string_equal(s.model, "fn-07000000");
    assert_true(s.index_bytes > 0);
    fnl_status_finish(&s);
    assert_int_equal(fnl_status_watch(lib, count_calls, &calls, &err), 0);
    assert_int_equal(calls, 1);
    fnl_destroy(lib);
    fx_remove(&fx);
}

static void no_index(void **state)
{
    struct fn_library *lib = NULL;
    struct fnl_status s;
    struct fnl_choice choice = {.index = "/nowhere", .no_daemon = true};
    (void)state;
    assert_int_equal(fnl_create(&choice, &lib, &err), 0);
    assert_int_equal(fnl_status_get(lib, &s, &err), -ENXIO);
    fnl_destroy(lib);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_facenetd_sends), cmocka_unit_test(what_it_leaves_out),
        cmocka_unit_test(there_and_back),      cmocka_unit_test(as_text),
        cmocka_unit_test(out_of_an_index),     cmocka_unit_test(no_index),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
