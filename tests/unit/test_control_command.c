/* SPDX-License-Identifier: MIT */
/* Commands of the control socket and their replies, with an owner that only records what it is
 * asked to do. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "daemon/talking/control_command.h"

struct asked {
    char text[256];
    int scan_code;
};

static json_t *on_status(void *owner)
{
    (void)snprintf(((struct asked *)owner)->text, 256, "status");
    return json_pack("{s:i}", "photos", 9);
}

static int on_scan(void *owner, const char *path, bool accept, struct fn_error *err)
{
    struct asked *a = owner;
    (void)snprintf(a->text, sizeof a->text, "scan %s %d", path ? path : "all", accept);
    return a->scan_code ? fn_error_set(err, a->scan_code, "not there") : 0;
}

static int on_folder(void *owner, const char *path, bool add, struct fn_error *err)
{
    struct asked *a = owner;
    (void)err;
    (void)snprintf(a->text, sizeof a->text, "%s %s", add ? "add" : "remove", path);
    return 0;
}

static void on_pause(void *owner, int64_t until_s)
{
    struct asked *a = owner;
    (void)snprintf(a->text, sizeof a->text, "pause %lld", (long long)until_s);
}

static void on_resume(void *owner)
{
    (void)snprintf(((struct asked *)owner)->text, 256, "resume");
}

static void on_reload(void *owner)
{
    (void)snprintf(((struct asked *)owner)->text, 256, "reload");
}

static void on_nudge(void *owner)
{
    (void)snprintf(((struct asked *)owner)->text, 256, "nudge");
}

static const struct fnd_control_calls calls = {.status = on_status,
                                               .scan = on_scan,
                                               .folder = on_folder,
                                               .pause = on_pause,
                                               .resume = on_resume,
                                               .reload = on_reload,
                                               .nudge = on_nudge};

static void check(struct asked *a, const char *line, const char *want_asked, const char *want)
{
    bool subscribe = false;
    a->text[0] = '\0';
    json_t *o = fnd_control_answer(&calls, a, line, strlen(line), &subscribe);
    char *text = json_dumps(o, JSON_COMPACT);
    assert_string_equal(a->text, want_asked);
    assert_string_equal(text, want);
    assert_int_equal(subscribe, strstr(line, "subscribe") != NULL);
    free(text);
    json_decref(o);
}

static void commands(void **state)
{
    struct asked a = {.scan_code = 0};
    (void)state;
    check(&a, "{\"v\":1,\"id\":7,\"cmd\":\"status\"}", "status",
          "{\"v\":1,\"id\":7,\"ok\":true,\"photos\":9}");
    check(&a, "{\"v\":1,\"id\":8,\"cmd\":\"subscribe\"}", "status",
          "{\"v\":1,\"id\":8,\"ok\":true,\"photos\":9}");
    check(&a, "{\"v\":1,\"cmd\":\"scan\"}", "scan all 0", "{\"v\":1,\"id\":0,\"ok\":true}");
    check(&a, "{\"v\":1,\"cmd\":\"scan\",\"path\":\"/a\",\"accept\":true}", "scan /a 1",
          "{\"v\":1,\"id\":0,\"ok\":true}");
    check(&a, "{\"v\":1,\"cmd\":\"pause\"}", "pause 0", "{\"v\":1,\"id\":0,\"ok\":true}");
    check(&a, "{\"v\":1,\"cmd\":\"pause\",\"until\":99999999999}", "pause 99999999999",
          "{\"v\":1,\"id\":0,\"ok\":true}");
    check(&a, "{\"v\":1,\"cmd\":\"resume\"}", "resume", "{\"v\":1,\"id\":0,\"ok\":true}");
    check(&a, "{\"v\":1,\"cmd\":\"watch-add\",\"path\":\"/p\"}", "add /p",
          "{\"v\":1,\"id\":0,\"ok\":true}");
    check(&a, "{\"v\":1,\"cmd\":\"watch-remove\",\"path\":\"/p\"}", "remove /p",
          "{\"v\":1,\"id\":0,\"ok\":true}");
    check(&a, "{\"v\":1,\"cmd\":\"reload\"}", "reload", "{\"v\":1,\"id\":0,\"ok\":true}");
    check(&a, "{\"v\":1,\"cmd\":\"nudge\"}", "nudge", "{\"v\":1,\"id\":0,\"ok\":true}");
}

static void refusals(void **state)
{
    struct asked a = {.scan_code = FN_ENOTFOUND};
    (void)state;
    check(&a, "{\"v\":1,\"cmd\":\"scan\",\"path\":\"/x\"}", "scan /x 0",
          "{\"v\":1,\"id\":0,\"ok\":false,\"error\":{\"code\":\"not-found\",\"text\":\"not "
          "there\"}}");
    check(&a, "rubbish", "",
          "{\"v\":1,\"id\":0,\"ok\":false,\"error\":{\"code\":\"usage\",\"text\":\"not a JSON "
          "object\"}}");
    check(&a, "{\"v\":2,\"id\":1,\"cmd\":\"status\"}", "",
          "{\"v\":1,\"id\":1,\"ok\":false,\"error\":{\"code\":\"unsupported\",\"text\":"
          "\"protocol version 1 is spoken here\"}}");
    check(&a, "{\"v\":1,\"id\":1}", "",
          "{\"v\":1,\"id\":1,\"ok\":false,\"error\":{\"code\":\"usage\",\"text\":\"no "
          "command\"}}");
    check(&a, "{\"v\":1,\"cmd\":\"dance\"}", "",
          "{\"v\":1,\"id\":0,\"ok\":false,\"error\":{\"code\":\"usage\",\"text\":\"unknown "
          "command 'dance'\"}}");
    check(&a, "{\"v\":1,\"cmd\":\"watch-add\",\"path\":\"relative\"}", "",
          "{\"v\":1,\"id\":0,\"ok\":false,\"error\":{\"code\":\"usage\",\"text\":\"path: an "
          "absolute path is needed\"}}");
    check(&a, "{\"v\":1,\"cmd\":\"pause\",\"until\":1}", "",
          "{\"v\":1,\"id\":0,\"ok\":false,\"error\":{\"code\":\"usage\",\"text\":\"until: not "
          "a time to come\"}}");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(commands), cmocka_unit_test(refusals)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
