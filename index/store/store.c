/* SPDX-License-Identifier: MIT */
/* Opening and closing the environment.
 *
 * One map of 256 GiB of address space, of which only what is used exists on disk, makes growth
 * a corner case; where the address space is limited a smaller one is taken. Not WRITEMAP: a
 * stray write would damage the file. MDB_NOTLS, so that one thread may hold several readers. A
 * process-wide registry refuses a second open of the same directory: LMDB 0.9 lets it pass, and
 * closing one of the two would drop the POSIX locks of both. */
#include "index/store/store.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "engine/base/file.h"
#include "engine/base/paths.h"
#include "index/store/store_priv.h"

#define LOCK_BYTES (9 * 4096)

static pthread_mutex_t registry_mutex = PTHREAD_MUTEX_INITIALIZER;
static struct fn_store *registry;

/* Memory maps and locks of these are not coherent between machines. Magic numbers:
 * linux/magic.h and the file systems' own sources. */
static const char *network_fs_name(long type)
{
    switch ((unsigned long)type & 0xffffffffu) {
    case 0x6969u:
        return "nfs";
    case 0x517bu:
    case 0xff534d42u:
    case 0xfe534d42u:
        return "smb";
    case 0x01021997u:
        return "9p";
    case 0x5346414fu:
    case 0x6b414653u:
        return "afs";
    case 0x73757245u:
        return "coda";
    case 0x00c36400u:
        return "ceph";
    case 0x0bd00bd0u:
        return "lustre";
    case 0x47504653u:
        return "gpfs";
    default:
        return NULL;
    }
}

static int check_directory(const char *dir, unsigned flags, struct stat *ret,
                           struct fn_error *err)
{
    if (flags & FN_STORE_CREATE) {
        int rc = fn_mkdirs(dir, 0700, err);
        if (rc)
            return rc;
    }
    char data[FN_PATH_MAX];
    int rc = fn_path_join(data, sizeof data, dir, "data.mdb");
    if (rc)
        return fn_error_set(err, rc, "'%s': path too long", dir);
    if (stat(dir, ret) < 0 || (!(flags & FN_STORE_CREATE) && access(data, F_OK) < 0)) {
        if (errno == ENOENT || errno == ENOTDIR)
            return fn_error_set(err, FN_ENOTFOUND, "'%s': there is no index", dir);
        return fn_error_set(err, -errno, "'%s': %s", dir, strerror(errno));
    }
    struct statfs fs;
    if (statfs(dir, &fs) == 0) {
        const char *name = network_fs_name((long)fs.f_type);
        if (name)
            return fn_error_set(err, FN_EUNSUPPORTED,
                                "'%s': on a network file system (%s); LMDB needs a local disk",
                                dir, name);
    }
    return 0;
}

static int register_store(struct fn_store *s, struct fn_error *err)
{
    int rc = 0;
    pthread_mutex_lock(&registry_mutex);
    for (struct fn_store *o = registry; o; o = o->next)
        if (o->dev == s->dev && o->ino == s->ino)
            rc = -EALREADY;
    if (!rc) {
        s->next = registry;
        registry = s;
    }
    pthread_mutex_unlock(&registry_mutex);
    return rc ? fn_error_set(err, rc, "'%s': this process has the index open already", s->dir)
              : 0;
}

static void unregister_store(struct fn_store *s)
{
    pthread_mutex_lock(&registry_mutex);
    for (struct fn_store **p = &registry; *p; p = &(*p)->next) {
        if (*p == s) {
            *p = s->next;
            break;
        }
    }
    pthread_mutex_unlock(&registry_mutex);
}

/* LMDB maps the lock file and writes to reader slots through the map; on a full disk a slot in
 * a hole of the file would be a SIGBUS. So its blocks are reserved before LMDB opens it. (Not
 * after: closing a second descriptor of a file drops the process's POSIX locks on it.) A new
 * file may be larger than LMDB asks for: it then has more slots. */
static int reserve_lock_file(const char *dir, mode_t mode, struct fn_error *err)
{
    char path[FN_PATH_MAX];
    int rc = fn_path_join(path, sizeof path, dir, "lock.mdb");
    if (rc)
        return fn_error_set(err, rc, "'%s': path too long", dir);
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, mode);
    if (fd < 0)
        return fn_error_set(err, -errno, "cannot open '%s': %s", path, strerror(errno));
    struct stat st;
    rc = fstat(fd, &st) < 0 ? errno
                            : posix_fallocate(fd, 0, st.st_size ? st.st_size : LOCK_BYTES);
    close(fd);
    if (rc && rc != EOPNOTSUPP && rc != EINVAL)
        return fn_error_set(err, -rc, "cannot reserve '%s': %s", path, strerror(rc));
    return 0;
}

static void store_free(struct fn_store *s)
{
    if (s->env)
        mdb_env_close(s->env);
    if (s->lock_fd >= 0)
        close(s->lock_fd);
    pthread_mutex_destroy(&s->mutex);
    free(s->dir);
    free(s);
}

static struct fn_store *store_new(const char *dir, unsigned flags)
{
    struct fn_store *s = calloc(1, sizeof *s);
    if (!s)
        return NULL;
    s->dir = strdup(dir);
    s->flags = flags;
    s->lock_fd = -1;
    s->pid = getpid();
    if (!s->dir || pthread_mutex_init(&s->mutex, NULL)) {
        free(s->dir);
        free(s);
        return NULL;
    }
    return s;
}

static int open_as_it_is(const char *dir, unsigned flags, size_t map_bytes,
                         struct fn_store **ret, struct fn_error *err)
{
    struct stat st;
    int rc = check_directory(dir, flags, &st, err);
    if (rc)
        return rc;
    /* Members of the group may use an index whose directory is the group's. */
    mode_t mode = (st.st_mode & S_IWGRP) ? 0660 : 0600;
    struct fn_store *s = store_new(dir, flags);
    if (!s)
        return fn_error_set(err, -ENOMEM, "'%s': out of memory", dir);
    s->dev = st.st_dev;
    s->ino = st.st_ino;
    s->map_bytes = map_bytes;
    s->mode = mode;
    rc = register_store(s, err);
    if (rc) {
        store_free(s);
        return rc;
    }
    if (flags & FN_STORE_WRITE)
        rc = fn_writer_lock_open(dir, mode, &s->lock_fd, err);
    if (!rc && (flags & FN_STORE_WRITE))
        rc = reserve_lock_file(dir, mode, err);
    if (!rc)
        rc = fn_store_env_open(s, err);
    if (!rc)
        rc = fn_format_open(s, err);
    if (rc) {
        unregister_store(s);
        store_free(s);
        return rc;
    }
    fn_store_reader_check(s);
    *ret = s;
    return 0;
}

int fn_store_open_sized(const char *dir, unsigned flags, size_t map_bytes,
                        struct fn_store **ret, struct fn_error *err)
{
    struct fn_store *s;
    if (flags & FN_STORE_CREATE)
        flags |= FN_STORE_WRITE;
    int rc = open_as_it_is(dir, flags, map_bytes, ret, err);
    if (rc != FN_EVERSION || flags & FN_STORE_WRITE ||
        open_as_it_is(dir, FN_STORE_WRITE, map_bytes, &s, NULL))
        return rc;
    fn_store_close(s); /* it has been upgraded */
    return open_as_it_is(dir, flags, map_bytes, ret, err);
}

int fn_store_open(const char *dir, unsigned flags, struct fn_store **ret, struct fn_error *err)
{
    return fn_store_open_sized(dir, flags, 0, ret, err);
}

void fn_store_close(struct fn_store *s)
{
    if (!s)
        return;
    assert(s->live == 0 && "a transaction is still open");
    unregister_store(s);
    store_free(s);
}

const char *fn_store_dir(const struct fn_store *s)
{
    return s->dir;
}

int fn_store_sync(struct fn_store *s, struct fn_error *err)
{
    int rc = s->env ? mdb_env_sync(s->env, 1) : EIO;
    return rc ? fn_error_set(err, fn_lmdb_code(rc), "cannot sync the index '%s': %s", s->dir,
                             mdb_strerror(rc))
              : 0;
}

uint64_t fn_store_bytes(struct fn_store *s)
{
    MDB_envinfo info;
    MDB_stat st;
    if (mdb_env_info(s->env, &info) || mdb_env_stat(s->env, &st))
        return 0;
    return ((uint64_t)info.me_last_pgno + 1) * st.ms_psize;
}
