/* SPDX-License-Identifier: MIT */
/* labels.log, the text mirror of the log: the one file worth a backup. LMDB is authoritative;
 * the file follows it.
 *
 * Under a lock, the head and the end of the file are compared with the index; a torn last line
 * (from a crash or a full disk) is cut off; every missing assertion is appended; and the file
 * is synced, and its directory too if the file is new. The file of another index, or one that
 * differs from this one, is left alone and reported.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/base/endian.h"
#include "engine/base/file.h"
#include "engine/base/paths.h"
#include "index/labels/labels_priv.h"

enum { LINE_MAX_BYTES = 2048 + (FN_ASSERT_FACES_BYTES + 2) / 3 * 4, CHUNK = 1 << 20 };
#define TAIL_MAX ((size_t)2 * LINE_MAX_BYTES)
enum { TAIL_FIRST = 4096, TAIL_GROWTH = 16 };

static int format_seq(struct fn_txn *t, uint64_t seq, struct fn_buf *out)
{
    struct fn_assertion a;
    int rc = fn_assert_get(t, seq, &a);
    if (!rc)
        fn_assertion_format(&a, out);
    if (!rc)
        fn_buf_char(out, '\n');
    return rc ? rc : fn_buf_failed(out) ? -ENOMEM : 0;
}

/* The last complete line (with its newline) among the last n bytes of the file, and where it
 * ends; empty: there is none. FN_ELIMIT: it begins before them. */
static int last_line(int fd, uint64_t size, char *b, size_t n, struct fn_buf *line,
                     uint64_t *ret_end)
{
    uint64_t from = size > n ? size - n : 0;
    ssize_t got = fn_pread_all(fd, b, n, from);
    if (got < 0)
        return (int)got;
    size_t end = (size_t)got;
    while (end && b[end - 1] != '\n')
        end--;
    size_t start = end ? end - 1 : 0;
    while (start && b[start - 1] != '\n')
        start--;
    if (from && !start)
        return FN_ELIMIT;
    if (end - start >= LINE_MAX_BYTES || (size_t)got - end >= LINE_MAX_BYTES)
        return FN_ECORRUPT; /* no line of ours is that long */
    fn_buf_reset(line);
    fn_buf_add(line, b + start, end - start);
    *ret_end = from + end;
    return fn_buf_failed(line) ? -ENOMEM : 0;
}

/* Most lines are short and a few have megabytes, so the part of the file that is read grows
 * until it holds one. */
static int read_tail(int fd, uint64_t size, struct fn_buf *line, uint64_t *ret_end)
{
    int rc = FN_ELIMIT;
    for (size_t n = TAIL_FIRST; rc == FN_ELIMIT && n < TAIL_MAX * TAIL_GROWTH;
         n *= TAIL_GROWTH) {
        size_t part = n < TAIL_MAX ? n : TAIL_MAX;
        char *b = malloc(part);
        rc = b ? last_line(fd, size, b, part, line, ret_end) : -ENOMEM;
        free(b);
    }
    return rc == FN_ELIMIT ? FN_ECORRUPT : rc;
}

static int refuse(const char *path, uint64_t seq, struct fn_error *err)
{
    return fn_error_set(err, FN_EREFUSED, "'%s' holds another L%" PRIu64 " than this index",
                        path, seq);
}

/* Whether a line of the file is the index's assertion of its number. */
static int compare_line(struct fn_txn *t, struct fn_buf *line, const char *path,
                        uint64_t *ret_seq, struct fn_error *err)
{
    struct fn_assertion a;
    struct fn_buf want, faces;
    fn_buf_init(&faces, FN_ASSERT_FACES_BYTES);
    line->data[line->len - 1] = 0;
    int rc = fn_assertion_parse(line->data, &faces, &a, NULL);
    fn_buf_finish(&faces);
    if (rc)
        return fn_error_set(err, FN_EUNSUPPORTED, "'%s' is not a label log, by its last line",
                            path);
    line->data[line->len - 1] = '\n';
    fn_buf_init(&want, LINE_MAX_BYTES);
    rc = format_seq(t, a.seq, &want);
    if (rc == FN_ENOTFOUND || (!rc && strcmp(fn_buf_cstr(&want), line->data)))
        rc = refuse(path, a.seq, err);
    fn_buf_finish(&want);
    *ret_seq = a.seq;
    return rc;
}

/* How many assertions the file has, according to its last line, and where to continue. */
static int file_position(struct fn_txn *t, int fd, const char *path, uint64_t *ret_seq,
                         uint64_t *ret_end, struct fn_error *err)
{
    struct fn_buf line;
    struct stat st;
    char first[FN_LOG_HEAD_MAX] = "";
    if (fstat(fd, &st) < 0)
        return fn_error_set(err, -errno, "'%s': %s", path, strerror(errno));
    ssize_t got = fn_pread_all(fd, first, sizeof first, 0);
    int rc = got < 0 ? fn_error_set(err, (int)got, "cannot read '%s': %s", path,
                                    fn_strerror((int)got))
                     : fn_log_head_check(t, first, (size_t)got, path, err);
    if (rc)
        return rc;
    fn_buf_init(&line, LINE_MAX_BYTES);
    *ret_seq = 0;
    rc = read_tail(fd, (uint64_t)st.st_size, &line, ret_end);
    if (rc == FN_ECORRUPT)
        rc = fn_error_set(err, FN_EUNSUPPORTED, "'%s' is not a label log", path);
    else if (rc)
        rc = fn_error_set(err, rc, "cannot read '%s': %s", path, fn_strerror(rc));
    else if (line.len && !fn_log_is_head(line.data))
        rc = compare_line(t, &line, path, ret_seq, err);
    fn_buf_finish(&line);
    return rc;
}

static int append_missing(struct fn_txn *t, int fd, uint64_t seq, uint64_t end,
                          const char *path, struct fn_error *err)
{
    struct fn_buf b;
    uint64_t last = fn_assert_count(t);
    int rc = 0;
    if (seq >= last)
        return 0;
    if (ftruncate(fd, (off_t)end) < 0 || lseek(fd, (off_t)end, SEEK_SET) < 0)
        return fn_error_set(err, -errno, "cannot write '%s': %s", path, strerror(errno));
    fn_buf_init(&b, CHUNK + LINE_MAX_BYTES);
    if (end == 0)
        rc = fn_log_head(t, &b);
    while (!rc && seq < last) {
        rc = format_seq(t, ++seq, &b);
        if (!rc && (b.len >= CHUNK || seq == last)) {
            rc = fn_write_all(fd, b.data, b.len);
            fn_buf_reset(&b);
        }
    }
    fn_buf_finish(&b);
    if (rc)
        return fn_error_set(err, rc, "cannot write '%s': %s", path, fn_strerror(rc));
    if (fdatasync(fd) < 0)
        return fn_error_set(err, -errno, "cannot sync '%s': %s", path, strerror(errno));
    return 0;
}

/* Members of the group may label in an index whose directory is the group's, as in the store.
 * The umask of the one who begins the file must not shut out the others. */
static int open_log(const char *path, bool made, struct fn_error *err)
{
    char dir[FN_PATH_MAX];
    struct stat st;
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0)
        return fn_error_set(err, -errno, "cannot open '%s': %s", path, strerror(errno));
    if (made && (size_t)snprintf(dir, sizeof dir, "%s", path) < sizeof dir &&
        !stat(dirname(dir), &st) && (st.st_mode & S_IWGRP))
        FN_IGNORE(fchmod(fd, 0660));
    return fd;
}

int fn_labels_log_sync(struct fn_store *s, const char *log_path, struct fn_error *err)
{
    struct fn_txn *t = NULL;
    uint64_t seq = 0, end = 0;
    bool made = !fn_file_exists(log_path);
    int fd = open_log(log_path, made, err), rc;
    if (fd < 0)
        return fd;
    rc = fn_log_lock(fd, log_path, err);
    /* After the lock: another process may have committed and mirrored while this one waited. */
    if (!rc)
        rc = fn_txn_begin(s, false, 0, &t, err);
    if (!rc)
        rc = file_position(t, fd, log_path, &seq, &end, err);
    if (!rc)
        rc = append_missing(t, fd, seq, end, log_path, err);
    if (!rc && made)
        rc = fn_log_sync_folder(log_path, err);
    fn_txn_abort(t);
    close(fd);
    return rc;
}

struct check {
    struct fn_buf text;
    size_t at;
    uint64_t n;
    bool differs;
};

static int check_line(const struct fn_assertion *a, void *ctx)
{
    struct check *c = ctx;
    struct fn_buf want;
    if (c->at == c->text.len)
        return 1; /* the tail is missing: sync appends it */
    fn_buf_init(&want, LINE_MAX_BYTES);
    fn_assertion_format(a, &want);
    fn_buf_char(&want, '\n');
    bool failed = fn_buf_failed(&want);
    c->differs =
        c->text.len - c->at < want.len || memcmp(c->text.data + c->at, want.data, want.len);
    c->at += want.len;
    fn_buf_finish(&want);
    if (failed)
        return -ENOMEM;
    c->n += !c->differs;
    return c->differs;
}

int fn_labels_log_check(struct fn_store *s, const char *log_path, uint64_t *ret_in_file,
                        struct fn_error *err)
{
    struct fn_txn *t = NULL;
    struct check c = {.n = 0};
    fn_buf_init(&c.text, (size_t)1 << 32);
    int rc = fn_file_read(log_path, &c.text, err);
    if (rc == -ENOENT) {
        fn_buf_finish(&c.text);
        *ret_in_file = 0;
        return 0;
    }
    /* A last line that is cut off is written again by sync. */
    while (c.text.len && c.text.data[c.text.len - 1] != '\n')
        c.text.len--;
    if (!rc)
        rc = fn_txn_begin(s, false, 0, &t, err);
    if (!rc)
        rc = fn_log_head_check(t, c.text.data, c.text.len, log_path, err);
    if (!rc) {
        c.at = fn_log_head_bytes(c.text.data, c.text.len);
        rc = fn_assert_each(t, 1, check_line, &c);
        rc = rc > 0 ? 0 : rc;
        if (rc)
            fn_error_set(err, rc, "'%s' cannot be checked: %s", log_path, fn_strerror(rc));
    }
    if (!rc && (c.differs || c.at != c.text.len))
        rc = fn_error_set(err, FN_EREFUSED, "'%s' differs from the index after L%" PRIu64,
                          log_path, c.n);
    if (!rc)
        *ret_in_file = c.n;
    fn_txn_abort(t);
    fn_buf_finish(&c.text);
    return rc;
}

static int add_line(const struct fn_assertion *a, void *ctx)
{
    struct fn_buf *out = ctx;
    fn_assertion_format(a, out);
    fn_buf_char(out, '\n');
    return fn_buf_failed(out) ? -ENOMEM : 0;
}

int fn_labels_log_text(struct fn_txn *t, struct fn_buf *out)
{
    int rc = fn_log_head(t, out);
    return rc ? rc : fn_assert_each(t, 1, add_line, out);
}
