#!/bin/bash
# Makes the file system of a machine in fresh namespaces, and becomes its systemd. Its disk is this machine's,
# with all that it writes in memory. Arguments: a folder to mount on, the machine's name, the text of /etc/hosts,
# then for each folder that machines share FROM and TO.
set -euo pipefail
place=$1 name=$2 hosts=$3
shift 3

mount --make-rprivate /
mount -t tmpfs -o mode=755 disk "$place"
mkdir "$place/upper" "$place/work" "$place/root"
root=$place/root
mount -t overlay -o "lowerdir=/,upperdir=$place/upper,workdir=$place/work" machine "$root"
# Nothing that this machine starts or mounts by itself.
rm -rf "$root"/etc/systemd/system/* "$root/etc/fstab" "$root/var/log/journal"
# Nor anything of an Airside that this machine may have.
rm -rf "$root"/{opt,etc,var/lib,var/log}/airside
: >"$root/etc/machine-id"
# What is in /tmp stays: the tests may be there themselves.
mkdir -p "$root/etc/tmpfiles.d"
ln -sf /dev/null "$root/etc/tmpfiles.d/tmp.conf"
ln -s /dev/null "$root/etc/systemd/system/tmp.mount"
printf '%s\n' "$hosts" >"$root/etc/hosts"
printf '%s\n' "$name" >"$root/etc/hostname"
hostname "$name"

mount -t proc proc "$root/proc"
mount --bind "$root/proc/sys" "$root/proc/sys"
mount -o remount,bind,ro "$root/proc/sys"
mount -t sysfs -o ro sysfs "$root/sys"
mount -t cgroup2 cgroup2 "$root/sys/fs/cgroup"
mount -t tmpfs -o mode=755 run "$root/run"
mount -t tmpfs -o mode=755 dev "$root/dev"
for device in null zero full random urandom tty; do
  : >"$root/dev/$device"
  mount --bind "/dev/$device" "$root/dev/$device"
done
mkdir "$root/dev/pts" "$root/dev/shm" "$root/run/former"
mount -t devpts -o newinstance,ptmxmode=0666 devpts "$root/dev/pts"
mount -t tmpfs -o mode=1777 shm "$root/dev/shm"
ln -s pts/ptmx "$root/dev/ptmx"
ln -s /proc/self/fd "$root/dev/fd"
while [ $# -gt 0 ]; do
  mkdir -p "$1" "$root$2"
  mount --bind "$1" "$root$2"
  shift 2
done

read -r _ # until its cable is plugged in
ip link set lo up
cd "$root"
pivot_root . run/former
umount --lazy /run/former
exec env -i container=namespaces PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
  /lib/systemd/systemd --unit=multi-user.target --log-level=notice --log-target=journal-or-kmsg --show-status=0
