"""Runs a command on a disk that fails, also for SQLite's own system calls.

    faults.py ORDER COMMAND...

As long as the file ORDER exists, it says as JSON which calls fail. Calls are counted from when the file appears or changes.

    calls    names of system calls, as in system_calls.py
    file     a regular expression that is searched for in the file's path
    error    EIO, ENOSPC, ...
    nth      the number of the call that fails, from 1 on; with `lasting` all later calls fail too
    chance   instead of nth: how likely each call is to fail, with `seed`
    done     how much of the call is done before it fails: "nothing", "half" (of a write), "all"

Each failure is a line in ORDER.faults. SIGTERM kills the command, SIGINT is passed on; then this process ends as the command did.
"""

import errno
import json
import os
import random
import re
import sys

from system_calls import end_like, run

CALLS = ["write", "pwrite64", "writev", "pwritev", "fsync", "fdatasync", "ftruncate", "fallocate", "rename", "renameat", "renameat2", "link", "linkat", "openat"]


class Order:
    """The content of ORDER."""

    def __init__(self, path):
        self.path = path
        self.version = self.order = None

    def decide(self, call):
        try:
            version = os.stat(self.path)
        except FileNotFoundError:
            return None
        if self.version != (version.st_ino, version.st_mtime_ns):
            self.version = (version.st_ino, version.st_mtime_ns)
            with open(self.path, encoding="utf-8") as file:
                self.order = json.load(file)
            self.random = random.Random(self.order.get("seed"))
            self.count = 0
        order = self.order
        if call.name not in order["calls"] or not re.search(order["file"], call.path()) or not self.is_due():
            return None
        done = order.get("done", "nothing")
        if done != "nothing":
            do(call, 0.5 if done == "half" else 1)
        with open(f"{self.path}.faults", "a", encoding="utf-8") as file:
            file.write(f"{call.name} {call.path()} {order['error']}, {done} done\n")
        return getattr(errno, order["error"])

    def is_due(self):
        if "chance" in self.order:
            return self.random.random() < self.order["chance"]
        self.count += 1
        nth = self.order["nth"]
        return self.count == nth or (self.count > nth and self.order.get("lasting", False))


def do(call, part):
    """Does the call, or this part of a write."""
    descriptor = os.open(call.descriptor(), os.O_RDONLY if "sync" in call.name else os.O_WRONLY)
    try:
        if call.name == "pwrite64":
            _, at, length, position, *_ = call.arguments
            os.pwrite(descriptor, call.memory(at, int(length * part)), position)
        elif call.name == "ftruncate":
            os.ftruncate(descriptor, call.arguments[1])
        elif "sync" in call.name:
            os.fsync(descriptor)
        else:
            raise ValueError(f"found done with {call.name}, expected pwrite64, ftruncate, fsync or fdatasync")
    finally:
        os.close(descriptor)


def main():
    order, *command = sys.argv[1:]
    end_like(run(command, CALLS, Order(order).decide))


main()
