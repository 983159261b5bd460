/* SPDX-License-Identifier: MIT */
/* Which mounts concern a folder. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "daemon/watching/mount_table.h"

#define ROOT "22 1 254:1 / / rw,relatime shared:1 - ext4 /dev/vda1 rw\n"
#define USB  "90 22 8:17 / /media/ann/My\\040Disk rw shared:9 - vfat /dev/sdb1 rw\n"
#define USB2 "91 22 8:33 / /media/ann/My\\040Disk rw shared:9 - vfat /dev/sdc1 rw\n"
#define NAS  "95 22 0:50 / /net/nas rw - nfs4 nas:/a rw\n"
#define AUTO "96 22 0:51 / /net rw - autofs systemd-1 rw\n"
#define FUSE "97 22 0:52 / /home/ann/phone rw - fuse.sshfs ann@phone: rw\n"

static uint64_t key(const char *text, const char *path)
{
    return fnd_mounts_of(text, path).key;
}

static void keys(void **state)
{
    (void)state;
    const char *disk = "/media/ann/My Disk";
    /* At, above and below the folder; nothing else. */
    assert_true(key(ROOT, disk) != key(ROOT USB, disk));
    assert_true(key(ROOT, "/media/ann/My Disk/a") != key(ROOT USB, "/media/ann/My Disk/a"));
    assert_true(key(ROOT, "/media") != key(ROOT USB, "/media"));
    assert_true(key(ROOT, "/") != key(ROOT USB, "/"));
    assert_true(key(ROOT, "/home/ann") == key(ROOT USB, "/home/ann"));
    assert_true(key(ROOT, "/media/ann/My Disk2") == key(ROOT USB, "/media/ann/My Disk2"));
    assert_true(key(ROOT, "/media/ann/My") == key(ROOT USB, "/media/ann/My"));
    /* Another drive at the same place; the order; an option. */
    assert_true(key(ROOT USB, disk) != key(ROOT USB2, disk));
    assert_true(key(ROOT USB, disk) == key(USB ROOT, disk));
    assert_true(key("90 22 8:17 / /mnt rw - vfat /dev/sdb1 rw\n", "/mnt") ==
                key("90 22 8:17 / /mnt ro - vfat /dev/sdb1 ro\n", "/mnt"));
    /* Lines that are none. */
    assert_true(key("", disk) == 0);
    assert_true(key("\n1\n1 2\n1 2 3 4\n1 2 3 4 5", disk) == 0);
    assert_true(key(ROOT, disk) == key("nonsense\n" ROOT, disk));
}

static void remote(void **state)
{
    (void)state;
    assert_false(fnd_mounts_of(ROOT USB, "/media/ann/My Disk").remote);
    assert_true(fnd_mounts_of(ROOT AUTO, "/net/nas/photos").remote);
    assert_true(fnd_mounts_of(ROOT AUTO NAS, "/net/nas/photos").remote);
    assert_true(fnd_mounts_of(ROOT FUSE, "/home/ann/phone").remote);
    assert_false(fnd_mounts_of(ROOT FUSE, "/home/ann").remote);
    assert_false(fnd_mounts_of("", "/home/ann").remote);
}

static void own(void **state)
{
    (void)state;
    assert_true(fnd_mounts_now("/").key != 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(keys), cmocka_unit_test(remote),
                                       cmocka_unit_test(own)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
