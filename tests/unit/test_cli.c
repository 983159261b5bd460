/* SPDX-License-Identifier: MIT */
/* Parts of fnq that need no index: the act grammar, FILE:N, output formats, options and
 * help. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "cli/library/act_line.h"
#include "cli/commands.h"
#include "cli/library/ids.h"
#include "cli/print/list.h"
#include "engine/base/rng.h"

/* ---- acts ---- */

static int parse(const char *line, struct fnl_act_line *l)
{
    struct fn_error err;
    return fnl_act_line_parse(line, l, &err);
}

static void acts_are_read(void **state)
{
    struct fnl_act_line l;
    (void)state;
    assert_int_equal(parse("+anna%20berg -- f9c2e41a", &l), 0);
    assert_int_equal(l.kind, FN_ASSERT_IS);
    assert_string_equal(l.name, "anna berg");
    assert_int_equal(l.n_targets, 1);
    assert_string_equal(l.target[0], "f9c2e41a");
    assert_false(l.is_query[0]);
    fnl_act_line_finish(&l);

    assert_int_equal(
        parse("-tom -- query:\"path:2009/** or \\\"x\\\\\" f1 hike%20day.jpg:2", &l), 0);
    assert_int_equal(l.kind, FN_ASSERT_NOT);
    assert_int_equal(l.n_targets, 3);
    assert_true(l.is_query[0]);
    assert_string_equal(l.target[0], "path:2009/** or \"x\\");
    assert_string_equal(l.target[1], "f1");
    assert_string_equal(l.target[2], "hike day.jpg:2");
    fnl_act_line_finish(&l);

    assert_int_equal(parse("  !face\t--\tfa1177e0 ", &l), 0);
    assert_int_equal(l.kind, FN_ASSERT_NOTFACE);
    fnl_act_line_finish(&l);
    assert_int_equal(parse("", &l), 1);
    assert_int_equal(parse("   # comment", &l), 1);
}

static void bad_acts_are_refused(void **state)
{
    static const char *const bad[] = {"anna -- f1", "+ -- f1",      "+anna f1",
                                      "+anna --",   "+anna -- ",    "!nose -- f1",
                                      "+a%2 -- f1", "+a%00b -- f1", "-x -- query:\"abc",
                                      "+a --f1",    "+a -- %zz",    "+%20%2 -- f1"};
    struct fnl_act_line l;
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        if (parse(bad[i], &l) != FN_EUSAGE)
            fail_msg("'%s' is accepted", bad[i]);
}

/* What is written can be read, for any name without NUL. */
static void acts_round_trip(void **state)
{
    struct fn_rng r = fn_rng_init(1, 2);
    (void)state;
    for (int i = 0; i < 500; i++) {
        char name[40];
        struct fn_buf b;
        struct fnl_act_line l;
        size_t n = 1 + fn_rng_below(&r, sizeof name - 1);
        for (size_t k = 0; k < n; k++)
            name[k] = (char)(1 + fn_rng_below(&r, 255));
        name[n < sizeof name ? n : sizeof name - 1] = '\0';
        fn_buf_init(&b, 1 << 12);
        fnl_act_line_format(&b, i % 2 ? FN_ASSERT_IS : FN_ASSERT_NOT, name,
                            "f0123456789abcdef");
        assert_int_equal(b.data[b.len - 1], '\n');
        b.data[b.len - 1] = '\0';
        assert_int_equal(parse(b.data, &l), 0);
        assert_string_equal(l.name, name);
        assert_int_equal(l.kind, i % 2 ? FN_ASSERT_IS : FN_ASSERT_NOT);
        assert_string_equal(l.target[0], "f0123456789abcdef");
        fnl_act_line_finish(&l);
        fn_buf_finish(&b);
    }
}

/* ---- ids ---- */

static void numbered_files(void **state)
{
    char file[64];
    unsigned n = 0;
    (void)state;
    assert_true(fnl_split_numbered("hike.jpg:2", file, sizeof file, &n));
    assert_string_equal(file, "hike.jpg");
    assert_int_equal(n, 2);
    assert_true(fnl_split_numbered("a:b:10", file, sizeof file, &n));
    assert_string_equal(file, "a:b");
    assert_int_equal(n, 10);
    static const char *const not [] = {"hike.jpg", "hike.jpg:", ":3",      "a:0",      "a:x",
                                       "a:1x",     "a:-1",      "a:70000", "faces:>=2"};
    for (size_t i = 0; i < sizeof not / sizeof *not ; i++)
        if (fnl_split_numbered(not [i], file, sizeof file, &n))
            fail_msg("'%s' is taken for FILE:N", not [i]);
    char longer[100];
    memset(longer, 'a', sizeof longer);
    memcpy(longer + 96, ":1", 3);
    assert_false(fnl_split_numbered(longer, file, sizeof file, &n));
}

static void face_ids(void **state)
{
    (void)state;
    assert_true(fnl_is_face_id("f9c2e41a"));
    assert_true(fnl_is_face_id("f0123456789abcdef"));
    assert_false(fnl_is_face_id("f"));
    assert_false(fnl_is_face_id("f0123456789abcdef0"));
    assert_false(fnl_is_face_id("face"
                                "s"));
    assert_false(fnl_is_face_id("9c2e41a"));
}

/* ---- output ---- */

static void table(enum fnq_format format, bool tty, const char *cell, struct fn_buf *out)
{
    static const struct fnq_column columns[] = {{.title = "ONE"},
                                                {.title = "TWO", .right = true}};
    struct fnq_out o;
    struct fnq_table t;
    fnq_out_init(&o, -1);
    o.format = format;
    o.tty = tty;
    fnq_table_begin(&t, &o, columns, 2, false);
    fnq_cell(&t, cell);
    fnq_cellf(&t, "%d", 7);
    fnq_row_end(&t);
    fnq_cell(&t, "b");
    fnq_row_end(&t);
    fnq_table_end(&t);
    fn_buf_init(out, 1 << 12);
    fn_buf_add(out, o.buf.data, o.buf.len);
    fnq_out_finish(&o);
}

static void tables(void **state)
{
    struct fn_buf b;
    (void)state;
    table(FNQ_TSV, false, "a\tb\nc\rd\\ \033", &b);
    assert_string_equal(b.data, "a\\tb\\nc\\rd\\ \033\t7\nb\t\n");
    fn_buf_finish(&b);
    table(FNQ_CSV, false, "say \"x\", y", &b);
    assert_string_equal(b.data, "one,two\r\n\"say \"\"x\"\", y\",7\r\nb,\r\n");
    fn_buf_finish(&b);
    table(FNQ_NUL, false, "a\nb", &b);
    assert_int_equal(b.len, 9);
    assert_memory_equal(b.data, "a\nb\t7\0b\t\0", 9);
    fn_buf_finish(&b);
    table(FNQ_TEXT, true, "\xc3\xa4\033[1m", &b);
    assert_string_equal(b.data, "ONE       TWO\n\xc3\xa4\\x1b[1m    7\nb\n");
    fn_buf_finish(&b);
}

static void json(void **state)
{
    struct fnq_out o;
    (void)state;
    fnq_out_init(&o, -1);
    o.format = FNQ_JSON;
    fnq_json_begin(&o, "fnq.x/1", "xs", "fnq.x1/1");
    fnq_json_item(&o, json_pack("{s:f,s:i}", "a", 1.0 / 3, "n", 1));
    json_t *item = json_object();
    fnq_set_path(item, "a\xff");
    fnq_set(item, "nan", fnq_json_real((double)NAN));
    fnq_set(item, "none", NULL);
    fnq_json_item(&o, item);
    fnq_json_end(&o, json_pack("{s:i}", "total", 2));
    assert_string_equal(
        o.buf.data,
        "{\"schema\":\"fnq.x/1\",\"xs\":[\n{\"a\":0.333333333,\"n\":1},\n"
        "{\"path\":\"a\xef\xbf\xbd\",\"path_b64\":\"Yf8=\",\"nan\":null,\"none\":null}],"
        "\"total\":2}\n");
    fnq_json_add(&o, "sheets", json_pack("[s]", "a.jpg"));
    assert_non_null(strstr(o.buf.data, "\"total\":2,\"sheets\":[\"a.jpg\"]}\n"));
    fn_buf_reset(&o.buf);
    o.format = FNQ_JSONL;
    fnq_json_begin(&o, "fnq.x/1", "xs", "fnq.x1/1");
    fnq_json_item(&o, json_pack("{s:i}", "n", 1));
    fnq_json_end(&o, json_pack("{s:i}", "total", 1));
    fnq_json_add(&o, "sheets", json_array());
    assert_string_equal(o.buf.data, "{\"schema\":\"fnq.x1/1\",\"n\":1}\n");
    fnq_out_finish(&o);
}

/* Columns in another order than members, a list in a list, and members that only some rows
 * have. */
static const struct fnq_field list_fields[] = {
    {.key = "path", .title = "FILE", .place = 2},
    {.key = "box", .title = "BOX", .place = 3},
    {.key = "names"},
    {.key = "n", .title = "N", .place = 1},
};

static const char *listed(enum fnq_format format, bool nested, enum fnq_layout layout,
                          struct fn_buf *out)
{
    static const float box[4] = {.5f, .25f, .125f, 1};
    const struct fnq_list_kind kind = {"fnq.x/1", "xs", "fnq.x1/1", list_fields, 4, layout};
    struct fnq_out o;
    struct fnq_list l;
    json_t *array = json_array();
    fnq_out_init(&o, -1);
    o.format = format;
    o.tty = format == FNQ_TEXT;
    fnq_list_begin(&l, &o, &kind);
    for (int i = 0; i < 2; i++) {
        fnq_put_path_or(&l, i ? NULL : "a", "(none)");
        fnq_put_box(&l, box);
        if (i)
            fnq_put_none(&l);
        else
            fnq_put_members(&l, json_pack("{s:s,s:s}", "first", "A", "last", "B"), NULL);
        fnq_put_count(&l, (uint64_t)(7 + i));
        if (nested)
            fnq_list_row_into(&l, array);
        else
            fnq_list_row(&l);
    }
    fnq_list_end(&l, json_pack("{s:O}", "nested", array));
    fn_buf_init(out, 1 << 12);
    fn_buf_str(out, fn_buf_cstr(&o.buf));
    fnq_out_finish(&o);
    json_decref(array);
    return fn_buf_cstr(out);
}

static void lists(void **state)
{
    static const struct {
        enum fnq_format format;
        bool nested;
        enum fnq_layout layout;
        const char *want;
    } cases[] = {
        {FNQ_TSV, false, FNQ_TABLE, "7\ta\t0.5,0.25,0.125,1\n8\t(none)\t0.5,0.25,0.125,1\n"},
        {FNQ_CSV, true, FNQ_TABLE,
         "n,file,box\r\n7,a,\"0.5,0.25,0.125,1\"\r\n8,(none),\"0.5,0.25,0.125,1\"\r\n"},
        {FNQ_TEXT, false, FNQ_TABLE,
         "N  FILE    BOX\n7  a       0.500,0.250,0.125,1.000\n"
         "8  (none)  0.500,0.250,0.125,1.000\n"},
        {FNQ_TEXT, false, FNQ_BARE,
         "7  a       0.500,0.250,0.125,1.000\n8  (none)  0.500,0.250,0.125,1.000\n"},
        {FNQ_TEXT, false, FNQ_RECORDS,
         "N     7\nFILE  a\nBOX   0.500,0.250,0.125,1.000\n"
         "\nN     8\nFILE  (none)\nBOX   0.500,0.250,0.125,1.000\n"},
        {FNQ_CSV, false, FNQ_RECORDS,
         "n,file,box\r\n7,a,\"0.5,0.25,0.125,1\"\r\n8,(none),\"0.5,0.25,0.125,1\"\r\n"},
        {FNQ_JSONL, false, FNQ_TABLE,
         "{\"schema\":\"fnq.x1/1\",\"path\":\"a\",\"box\":[0.5,0.25,0.125,1.0],"
         "\"first\":\"A\",\"last\":\"B\",\"n\":7}\n"
         "{\"schema\":\"fnq.x1/1\",\"path\":null,\"box\":[0.5,0.25,0.125,1.0],\"n\":8}\n"},
        {FNQ_JSON, true, FNQ_TABLE,
         "{\"schema\":\"fnq.x/1\",\"xs\":[],\"nested\":["
         "{\"path\":\"a\",\"box\":[0.5,0.25,0.125,1.0],\"first\":\"A\",\"last\":\"B\",\"n\":7},"
         "{\"path\":null,\"box\":[0.5,0.25,0.125,1.0],\"n\":8}]}\n"},
    };
    struct fn_buf b;
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_string_equal(listed(cases[i].format, cases[i].nested, cases[i].layout, &b),
                            cases[i].want);
        fn_buf_finish(&b);
    }
}

static void numbers(void **state)
{
    char out[32];
    (void)state;
    fnq_thousands(out, sizeof out, 0);
    assert_string_equal(out, "0");
    fnq_thousands(out, sizeof out, 999);
    assert_string_equal(out, "999");
    fnq_thousands(out, sizeof out, 1234567);
    assert_string_equal(out, "1,234,567");
    fnq_thousands(out, sizeof out, UINT64_MAX);
    assert_string_equal(out, "18,446,744,073,709,551,615");
}

static void write_errors_are_kept(void **state)
{
    struct fnq_out o;
    (void)state;
    fnq_out_init(&o, -1);
    fnq_text(&o, "x");
    fnq_out_flush(&o);
    assert_true(o.failed);
    assert_true(o.error < 0);
    fnq_out_finish(&o);
}

/* ---- the command table ---- */

static void every_option_has_its_own_place(void **state)
{
    (void)state;
    FNQ_EACH_COMMAND(c)
    {
        size_t size = c->options_size ? c->options_size : sizeof(struct fnq_globals);
        assert_non_null(c->run);
        assert_non_null(c->summary);
        assert_int_equal(c->summary[strlen(c->summary) - 1] == '.', 0);
        assert_ptr_equal(fnq_find_command(c->name), c);
        if (!c->options)
            continue;
        for (const struct fn_opt *o = c->options; o->name; o++) {
            assert_true((size_t)o->target < size);
            for (const struct fn_opt *k = c->options; k < o; k++)
                assert_ptr_not_equal(k->target, o->target);
            for (const struct fn_opt *g = fnq_global_options; g->name; g++) {
                assert_string_not_equal(g->name, o->name);
                assert_true(!o->letter || o->letter != g->letter);
            }
        }
    }
}

static void help_names_everything(void **state)
{
    struct fn_buf b;
    (void)state;
    fn_buf_init(&b, 1 << 20);
    fnq_help_overview(&b);
    FNQ_EACH_COMMAND(c)
    {
        char row[80];
        bool one = c->group == FNQ_GROUP_EXPERTS && strchr(c->name, ' ');
        (void)snprintf(row, sizeof row, "\n  %s%s ", one ? fnq_first_word(c) : c->name,
                       one ? " ..." : "");
        assert_int_equal(strstr(fn_buf_cstr(&b), row) == NULL, c->hidden);
    }
    fn_buf_reset(&b);
    fnq_help_command(&b, fnq_find_command("find"));
    assert_non_null(strstr(fn_buf_cstr(&b), "usage: fnq find QUERY"));
    assert_non_null(strstr(fn_buf_cstr(&b), "--output WHAT"));
    assert_null(strstr(fn_buf_cstr(&b), "--jsonl"));
    assert_non_null(strstr(fn_buf_cstr(&b), "fnq help options"));
    fn_buf_reset(&b);
    fnq_help_options(&b);
    assert_non_null(strstr(fn_buf_cstr(&b), "--jsonl"));
    fn_buf_finish(&b);
    assert_true(fnq_is_group("people"));
    assert_false(fnq_is_group("peopl"));
    assert_false(fnq_is_group("who"));
}

/* The longest line of a text. */
static size_t longest(const char *s)
{
    size_t most = 0;
    for (; *s; s += strcspn(s, "\n"), s += *s == '\n')
        most = strcspn(s, "\n") > most ? strcspn(s, "\n") : most;
    return most;
}

/* Every command has a group, a saying that needs no folding on 60 columns, and an example of
 * itself. So has every first word of several commands. */
static void help_is_complete(void **state)
{
    (void)state;
    FNQ_EACH_COMMAND(c)
    {
        char itself[80];
        (void)snprintf(itself, sizeof itself, "fnq %s", c->name);
        if (c->hidden)
            continue;
        assert_non_null(fnq_group_title(c->group));
        assert_true(strlen(c->summary) <= 43);
        assert_true(c->summary[0] >= 'a' && c->summary[0] <= 'z');
        assert_non_null(c->examples);
        assert_non_null(strstr(c->examples, itself));
        if (strchr(c->name, ' '))
            assert_string_not_equal(fnq_first_word(c), c->name);
    }
    for (const struct fnq_word *w = fnq_words; w->word; w++) {
        assert_true(fnq_is_group(w->word));
        assert_true(strlen(w->saying) <= 43);
    }
}

static void help_fits(void **state)
{
    static const struct {
        size_t columns, most;
    } cases[] = {{60, 60}, {80, 80}, {200, 100}, {0, 80}};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct fnq_out o;
        fnq_out_init(&o, -1);
        o.columns = cases[i].columns;
        fnq_help_command(&o.buf, fnq_find_command("find"));
        fnq_help_overview(&o.buf);
        fnq_help_fold(&o);
        assert_in_range(longest(fn_buf_cstr(&o.buf)), cases[i].most - 15, cases[i].most);
        assert_non_null(strstr(fn_buf_cstr(&o.buf), "\n  people list    list people\n"));
        fnq_out_finish(&o);
    }
}

static void exit_codes(void **state)
{
    (void)state;
    assert_int_equal(fn_exit_of(FN_EUSAGE), 2);
    assert_int_equal(fn_exit_of(FN_EBUSY), 4);
    assert_int_equal(fn_exit_of(FN_EREFUSED), 6);
    assert_int_equal(fn_exit_of(FN_ECORRUPT), 7);
    assert_int_equal(fn_exit_of(FN_EVERSION), 7);
    assert_int_equal(fn_exit_of(FN_EINTERNAL), 8);
    assert_int_equal(fn_exit_of(-28), 8);
    assert_int_equal(fn_exit_of(-2), 5);
    assert_int_equal(fn_exit_of(FN_EDECODE), 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(acts_are_read),
        cmocka_unit_test(bad_acts_are_refused),
        cmocka_unit_test(acts_round_trip),
        cmocka_unit_test(numbered_files),
        cmocka_unit_test(face_ids),
        cmocka_unit_test(tables),
        cmocka_unit_test(json),
        cmocka_unit_test(lists),
        cmocka_unit_test(numbers),
        cmocka_unit_test(write_errors_are_kept),
        cmocka_unit_test(every_option_has_its_own_place),
        cmocka_unit_test(help_names_everything),
        cmocka_unit_test(help_is_complete),
        cmocka_unit_test(help_fits),
        cmocka_unit_test(exit_codes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
