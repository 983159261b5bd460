/* labels.log, the text mirror of the log: the one file worth a backup. LMDB is the truth; the file is made to follow it.
 *
 * Under a lock: what the file ends with is compared with the index, a torn last line (a crash while it was written) is cut off,
 * every assertion that is missing is appended, and the file is synced; its directory too when it was made. A file that holds
 * something else than the index is left alone and reported. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/base/endian.h"
#include "engine/base/file.h"
#include "index/labels/labels_priv.h"

enum { LINE_MAX_BYTES = 2048, CHUNK = 1 << 20 };

static int lock_file(int fd, const char *path, struct fn_error *err)
{
    while (flock(fd, LOCK_EX) < 0) {
        if (errno != EINTR)
            return fn_error_set(err, -errno, "cannot lock '%s': %s", path, strerror(errno));
    }
    return 0;
}

static int sync_directory(const char *path, struct fn_error *err)
{
    char *dir = strdup(path);
    if (!dir)
        return fn_error_set(err, -ENOMEM, "out of memory");
    char *slash = strrchr(dir, '/');
    if (slash)
        slash[slash == dir] = 0;
    int fd = open(slash ? dir : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC), rc = 0;
    if (fd < 0 || fsync(fd) < 0)
        rc = fn_error_set(err, -errno, "cannot sync the directory of '%s': %s", path,
                          strerror(errno));
    if (fd >= 0)
        close(fd);
    free(dir);
    return rc;
}

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

/* The last whole line (with its newline) and where it ends; n 0: there is none. */
static int read_tail(int fd, uint64_t size, char *line, size_t *ret_n, uint64_t *ret_end)
{
    char b[2 * LINE_MAX_BYTES];
    uint64_t from = size > sizeof b ? size - sizeof b : 0;
    ssize_t got = fn_pread_all(fd, b, sizeof b, from);
    if (got < 0)
        return (int)got;
    size_t end = (size_t)got;
    while (end && b[end - 1] != '\n')
        end--;
    size_t start = end ? end - 1 : 0;
    while (start && b[start - 1] != '\n')
        start--;
    if (end - start >= LINE_MAX_BYTES || (from && !start) ||
        (!end && (size_t)got >= LINE_MAX_BYTES))
        return FN_ECORRUPT; /* no line of ours is that long */
    memcpy(line, b + start, end - start);
    line[end - start] = 0;
    *ret_n = end - start;
    *ret_end = from + end;
    return 0;
}

static int refuse(const char *path, uint64_t seq, struct fn_error *err)
{
    return fn_error_set(err, FN_EREFUSED,
                        "'%s' holds another L%" PRIu64
                        " than this index; import it or move it away",
                        path, seq);
}

/* How many assertions the file holds, judged by its last line, and where to go on. */
static int file_position(struct fn_txn *t, int fd, const char *path, uint64_t *ret_seq,
                         uint64_t *ret_end, struct fn_error *err)
{
    char line[LINE_MAX_BYTES];
    struct stat st;
    size_t n = 0;
    struct fn_assertion a;
    struct fn_buf want;
    if (fstat(fd, &st) < 0)
        return fn_error_set(err, -errno, "'%s': %s", path, strerror(errno));
    int rc = read_tail(fd, (uint64_t)st.st_size, line, &n, ret_end);
    if (rc == FN_ECORRUPT)
        return fn_error_set(err, FN_EREFUSED, "'%s' is not a label log; move it away", path);
    if (rc)
        return fn_error_set(err, rc, "cannot read '%s': %s", path, fn_strerror(rc));
    *ret_seq = 0;
    if (!n)
        return 0;
    line[n - 1] = 0;
    if (fn_assertion_parse(line, &a, NULL))
        return fn_error_set(err, FN_EREFUSED,
                            "'%s': the last line is no assertion; move the file away", path);
    fn_buf_init(&want, LINE_MAX_BYTES);
    rc = format_seq(t, a.seq, &want);
    line[n - 1] = '\n';
    if (rc == FN_ENOTFOUND || (!rc && strcmp(fn_buf_cstr(&want), line)))
        rc = refuse(path, a.seq, err);
    fn_buf_finish(&want);
    *ret_seq = a.seq;
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

int fn_labels_log_sync(struct fn_store *s, const char *log_path, struct fn_error *err)
{
    struct fn_txn *t = NULL;
    uint64_t seq = 0, end = 0;
    bool made = !fn_file_exists(log_path);
    int fd = open(log_path, O_RDWR | O_CREAT | O_CLOEXEC, 0600), rc;
    if (fd < 0)
        return fn_error_set(err, -errno, "cannot open '%s': %s", log_path, strerror(errno));
    rc = lock_file(fd, log_path, err);
    /* After the lock: another process may have committed and mirrored while this one waited. */
    if (!rc)
        rc = fn_txn_begin(s, false, 0, &t, err);
    if (!rc)
        rc = file_position(t, fd, log_path, &seq, &end, err);
    if (!rc)
        rc = append_missing(t, fd, seq, end, log_path, err);
    if (!rc && made)
        rc = sync_directory(log_path, err);
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
    if (!rc)
        rc = fn_txn_begin(s, false, 0, &t, err);
    if (!rc) {
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
