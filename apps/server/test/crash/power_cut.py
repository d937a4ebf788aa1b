"""Runs a command on a disk that loses everything unsynced when the command is killed.

    power_cut.py DIRECTORY COMMAND...

The directory is an ordinary one. This process sees every fsync and fdatasync of the command and its threads first (system_calls.py), so it
knows what would be on a disk: the content of each file as of its last sync, and the names in each directory as of its last sync. When
the command is killed, by itself or by a SIGTERM to this process, the directory is put into a state that a power cut could have left.
Then this process dies of the same signal. If the command ends in another way, its exit code is passed on.
"""

import os
import random
import shutil
import signal
import stat
import sys

from system_calls import end_like, run

BLOCK = 4096


class Disk:
    """What is on the disk of a directory. At first everything in the directory is."""

    def __init__(self, root):
        self.root = root
        self.contents = {}  # of a file's inode: its bytes
        self.names = {}  # of a directory's inode: the inodes of its names
        self.open = {}  # of an inode: a descriptor, which keeps the number from being used again
        for directory, _, files in os.walk(root):
            for path in [directory, *(os.path.join(directory, name) for name in files)]:
                self.sync(path)

    def sync(self, path):
        inode = self.hold(path)
        if self.is_directory(inode):
            self.names[inode] = self.names_now(inode)
        else:
            self.contents[inode] = self.content_now(inode)

    def after_power_cut(self):
        """Returns what may be left: a tree of names with bytes or further trees."""
        # In half of the cases everything unsynced is lost.
        everything = random.random() < 0.5
        files = {}

        def survives():
            return not everything and random.random() < 0.5

        def tree(inode):
            now, then = self.names_now(inode), self.names.get(inode, {})
            names = {name: now.get(name) if survives() else then.get(name) for name in sorted({**now, **then})}
            return {name: left(inode) for name, inode in names.items() if inode is not None}

        def left(inode):
            if self.is_directory(inode):
                return tree(inode)
            if inode not in files:
                now, then = self.content_now(inode), self.contents.get(inode, b"")
                files[inode] = mixed(then, now) if now != then and survives() else then
            return files[inode]

        return tree(self.hold(self.root))

    def hold(self, path):
        descriptor = os.open(path, os.O_RDONLY)
        inode = os.fstat(descriptor).st_ino
        if self.open.setdefault(inode, descriptor) != descriptor:
            os.close(descriptor)
        return inode

    def is_directory(self, inode):
        return stat.S_ISDIR(os.fstat(self.open[inode]).st_mode)

    def names_now(self, inode):
        path = f"/proc/self/fd/{self.open[inode]}"
        names = {}
        for name in os.listdir(path):
            try:
                names[name] = self.hold(os.path.join(path, name))
            except FileNotFoundError:
                pass  # another thread has removed it meanwhile
        return names

    def content_now(self, inode):
        with open(f"/proc/self/fd/{self.open[inode]}", "rb") as file:
            return file.read()


def mixed(then, now):
    """Returns a file that was synced as `then` but not as `now`: its size and each of its blocks may be old or new. What was synced and
    not written since stays, and unwritten blocks hold whatever was on the disk."""
    size = random.choice([len(then), len(now), random.randint(*sorted([len(then), len(now)]))])
    junk = random.choice([bytes, random.randbytes])
    blocks = []
    for start in range(0, size, BLOCK):
        old, new = then[start : start + BLOCK], now[start : start + BLOCK]
        block = new if random.random() < 0.5 else old
        blocks.append(block + junk(BLOCK - len(block)))
    return b"".join(blocks)[:size]


def write_tree(path, tree):
    os.mkdir(path)
    for name, content in tree.items():
        if isinstance(content, dict):
            write_tree(os.path.join(path, name), content)
        else:
            with open(os.path.join(path, name), "xb") as file:
                file.write(content)


def main():
    root, *command = sys.argv[1:]
    disk = Disk(root)

    def sync(call):
        disk.sync(call.descriptor())
        # Report success: nothing here needs the real disk.
        return 0

    code = run(command, ["fsync", "fdatasync"], sync)
    if code == -signal.SIGKILL:
        left = disk.after_power_cut()
        shutil.rmtree(root)
        write_tree(root, left)
    end_like(code)


main()
