/* SPDX-License-Identifier: MIT */
/* json_tool PATH < text: prints the value at PATH of every JSON value on standard input, one
 * per line, and strings without quotes. PATH is keys and array indices separated by dots
 * ("people.0.name"), "." for the whole value; "#" at its end counts an array. Exit 1 when the
 * input is not JSON (or has duplicate keys) or PATH does not exist. */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const json_t *walk(const json_t *v, char *path)
{
    char *save = NULL;
    for (char *part = strtok_r(path, ".", &save); v && part;
         part = strtok_r(NULL, ".", &save)) {
        if (json_is_array(v) && strcmp(part, "#") != 0)
            v = json_array_get(v, (size_t)strtoul(part, NULL, 10));
        else if (strcmp(part, "#") != 0)
            v = json_object_get(v, part);
        else
            return v;
    }
    return v;
}

static int print(const json_t *v, const char *path)
{
    char copy[256];
    size_t n = strlen(path);
    (void)snprintf(copy, sizeof copy, "%s", path);
    const json_t *found = walk(v, copy);
    if (!found)
        return 1;
    if (n && path[n - 1] == '#') {
        (void)printf("%zu\n", json_array_size(found));
        return 0;
    }
    if (json_is_string(found)) {
        (void)printf("%s\n", json_string_value(found));
        return 0;
    }
    char *text = json_dumps(found, JSON_COMPACT | JSON_ENCODE_ANY | JSON_REAL_PRECISION(9));
    (void)printf("%s\n", text ? text : "");
    free(text);
    return 0;
}

int main(int argc, char **argv)
{
    json_error_t e;
    int failed = 0, n = 0;
    for (;;) {
        int c = getchar();
        while (c == ' ' || c == '\n')
            c = getchar();
        if (c == EOF)
            break;
        (void)ungetc(c, stdin);
        json_t *v = json_loadf(
            stdin, JSON_REJECT_DUPLICATES | JSON_DISABLE_EOF_CHECK | JSON_DECODE_ANY, &e);
        if (!v) {
            (void)fprintf(stderr, "json_tool: %s at line %d\n", e.text, e.line);
            return 1;
        }
        failed |= print(v, argc > 1 ? argv[1] : ".");
        json_decref(v);
        n++;
    }
    return failed || n == 0;
}
