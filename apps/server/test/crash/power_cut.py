"""Runs a command on a disk that, when the command is killed, loses what was not synced.

    power_cut.py DIRECTORY COMMAND...

The directory is an ordinary one. The kernel hands every fsync and fdatasync of the command and its threads to this process first
(seccomp's user notification), SQLite's as well as Node's, so that it knows what would be on a disk: the content of each file as
of its last sync, the names in each directory as of its own. When the command was killed, by itself or by a SIGTERM to
this process, the directory is put into a state that a power cut could have left. Then this process dies of the same
signal; the exit code of a command which ends in another way is handed on.

Linux 5.5, x86_64 or aarch64; no rights are needed.
"""

import ctypes
import errno
import fcntl
import os
import platform
import random
import select
import shutil
import signal
import stat
import struct
import subprocess
import sys
import threading

BLOCK = 4096

# The numbers of system calls. io_uring is refused, as it would sync past us.
FSYNC, FDATASYNC, SECCOMP, IO_URING_SETUP = {
    "x86_64": (74, 75, 317, 425),
    "aarch64": (82, 83, 277, 425),
}[platform.machine()]

libc = ctypes.CDLL(None, use_errno=True)


class Disk:
    """What is on the disk of a directory, all of which is there at first."""

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
        """The tree of names to bytes, or to trees, that may be left."""
        # In every other case all is lost that can be.
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
    """A file that was synced as `then` and not as `now`: any of its blocks and its size may be old or new. What was synced and
    not written since stays, and where no block was written is whatever was on the disk."""
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


def notify_of_syncs():
    """Makes the kernel hand over the syncs of this thread and of what it starts. Returns the descriptor they are read from."""
    load, equal, answer = 0x20, 0x15, 0x06
    allow, notify, refuse = 0x7FFF0000, 0x7FC00000, 0x00050000 | errno.ENOSYS
    steps = [
        (load, 0, 0, 0),  # the number of the system call
        (equal, 3, 0, FSYNC),
        (equal, 2, 0, FDATASYNC),
        (equal, 2, 0, IO_URING_SETUP),
        (answer, 0, 0, allow),
        (answer, 0, 0, notify),
        (answer, 0, 0, refuse),
    ]
    instructions = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *step) for step in steps))
    program = ctypes.create_string_buffer(struct.pack("HP", len(steps), ctypes.addressof(instructions)))
    no_new_privileges, set_filter, new_listener = 38, 1, 8
    libc.prctl(no_new_privileges, 1, 0, 0, 0)
    descriptor = libc.syscall(SECCOMP, set_filter, new_listener, program)
    if descriptor < 0:
        raise OSError(ctypes.get_errno(), "cannot have system calls reported: seccomp")
    return descriptor


def run(command, on_sync):
    """Runs the command to its end, or to a SIGTERM, and calls `on_sync` with each path before it is synced. Returns its exit
    code."""
    started = threading.Event()
    ended, tell_end = os.pipe()
    child = listener = None

    def start():
        # The filter is this thread's alone.
        nonlocal child, listener
        try:
            listener = notify_of_syncs()
            death_signal = 1
            child = subprocess.Popen(command, preexec_fn=lambda: libc.prctl(death_signal, signal.SIGKILL))
        finally:
            started.set()
        child.wait()
        os.close(tell_end)

    threading.Thread(target=start, daemon=True).start()
    started.wait()
    signal.signal(signal.SIGTERM, lambda *_: child.kill())
    while select.select([listener, ended], [], [])[0] == [listener]:
        receive, send = 0xC0502100, 0xC0182101
        try:
            # https://man7.org/linux/man-pages/man2/seccomp_unotify.2.html
            request = fcntl.ioctl(listener, receive, bytes(80))
            id, thread, _flags, _number, _architecture, _address, descriptor, *_ = struct.unpack("QIIiIQ6Q", request)
            on_sync(f"/proc/{thread}/fd/{descriptor}")
            # It has succeeded: nothing here needs the real disk.
            fcntl.ioctl(listener, send, struct.pack("QqiI", id, 0, 0, 0))
        except OSError as error:
            if error.errno != errno.ENOENT:  # the thread is dead
                raise
    return child.returncode


def main():
    root, *command = sys.argv[1:]
    disk = Disk(root)
    code = run(command, disk.sync)
    if code != -signal.SIGKILL:
        sys.exit(code)
    left = disk.after_power_cut()
    shutil.rmtree(root)
    write_tree(root, left)
    os.kill(os.getpid(), signal.SIGKILL)


main()
