/* SPDX-License-Identifier: MIT */
#include "daemon/watching/fs_kind.h"

#include <stdio.h>
#include <string.h>
#include <sys/sysmacros.h>

#include "engine/base/config.h"
#include "engine/base/hash.h"

enum { FUSE_MAGIC = 0x65735546 };

uint64_t fnd_fsid(const struct statfs *fs)
{
    uint64_t v[3] = {(uint64_t)fs->f_type, 0, 0};
    memcpy(&v[1], &fs->f_fsid, sizeof fs->f_fsid < 16 ? sizeof fs->f_fsid : 16);
    uint64_t h = fn_hash64(v, sizeof v);
    return h ? h : 1;
}

/* Reads the type of a mount from mountinfo. Type and source follow " - " (proc(5)); the third
 * field is major:minor. */
static void fuse_kind(uint64_t dev, char *out, size_t size)
{
    char line[4096], want[32];
    (void)snprintf(want, sizeof want, " %u:%u ", major(dev), minor(dev));
    FILE *m = fopen("/proc/self/mountinfo", "re");
    while (m && fgets(line, sizeof line, m)) {
        char *dash = strstr(line, " - ");
        if (!strstr(line, want) || !dash)
            continue;
        dash += 3;
        (void)snprintf(out, size, "%.*s", (int)strcspn(dash, " "), dash);
        break;
    }
    if (m)
        (void)fclose(m);
}

const char *fnd_poll_kind(const struct statfs *fs, uint64_t dev, char *out, size_t size)
{
    static const struct {
        uint32_t magic; /* statfs(2), linux/magic.h */
        const char *name;
    } kinds[] = {{0x6969, "nfs"},      {0xff534d42, "cifs"},    {0xfe534d42, "smb2"},
                 {0x517b, "smb"},      {0x01021997, "9p"},      {0x00c36400, "ceph"},
                 {0x5346414f, "afs"},  {0x73757245, "coda"},    {0x0bd00bd0, "lustre"},
                 {0x786f4256, "vbox"}, {0x6a656a63, "virtiofs"}};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if ((uint32_t)fs->f_type == kinds[i].magic)
            return kinds[i].name;
    if ((uint32_t)fs->f_type != FUSE_MAGIC)
        return NULL;
    out[0] = '\0';
    fuse_kind(dev, out, size);
    return strncmp(out, "fuse.", 5) == 0 ? out : NULL; /* "fuseblk" is a local disk */
}

int fnd_choose_mode(int wanted, const struct statfs *fs, uint64_t dev, char *reason,
                    size_t size)
{
    char memory[64];
    const char *kind = fnd_poll_kind(fs, dev, memory, sizeof memory);
    reason[0] = '\0';
    if (wanted == FN_WATCH_POLL)
        return FN_WATCH_POLL;
    if (wanted == FN_WATCH_INOTIFY || !kind)
        return FN_WATCH_INOTIFY;
    (void)snprintf(reason, size, "%s", kind);
    return FN_WATCH_POLL;
}
