"""Runs a command and decides its system calls on files: the kernel reports each of them to this process first (seccomp's user
notification), SQLite's as well as Node's.

Needs Linux 5.5 on x86_64 or aarch64, and no privileges.
"""

import ctypes
import errno
import fcntl
import os
import platform
import select
import signal
import struct
import subprocess
import sys
import threading

# The numbers of the system calls, for each of the two architectures.
NUMBERS = {
    "write": (1, 64),
    "pwrite64": (18, 68),
    "writev": (20, 66),
    "fsync": (74, 82),
    "fdatasync": (75, 83),
    "ftruncate": (77, 46),
    "rename": (82, None),
    "link": (86, None),
    "unlink": (87, None),
    "openat": (257, 56),
    "unlinkat": (263, 35),
    "renameat": (264, 38),
    "linkat": (265, 37),
    "fallocate": (285, 47),
    "pwritev": (296, 70),
    "renameat2": (316, 276),
    "seccomp": (317, 277),
    "io_uring_setup": (425, 425),
}
ARCHITECTURE = ("x86_64", "aarch64").index(platform.machine())

# The argument that names the file. For a rename or a link this is the new name.
PATH_ARGUMENT = {"link": 1, "linkat": 3, "rename": 1, "renameat": 3, "renameat2": 3, "unlink": 0, "unlinkat": 1, "openat": 1}

libc = ctypes.CDLL(None, use_errno=True)


def number_of(name):
    return NUMBERS[name][ARCHITECTURE]


class Call:
    """A system call that a thread of the command is waiting for."""

    def __init__(self, name, thread, arguments):
        self.name = name
        self.thread = thread
        self.arguments = arguments

    def path(self):
        """The path of the file: absolute for a descriptor, otherwise as the command gave it."""
        if self.name in PATH_ARGUMENT:
            return self.text(PATH_ARGUMENT[self.name])
        return os.readlink(self.descriptor())

    def descriptor(self):
        """A path that opens the file of the call's descriptor again."""
        return f"/proc/{self.thread}/fd/{self.arguments[0]}"

    def text(self, argument):
        """Reads a string from the command's memory, a page at a time, because the page after its end may not exist."""
        page, at, found = 4096, self.arguments[argument], b""
        while b"\0" not in found:
            found += self.memory(at + len(found), page - (at + len(found)) % page)
        return os.fsdecode(found[: found.index(b"\0")])

    def memory(self, at, length):
        with open(f"/proc/{self.thread}/mem", "rb", buffering=0) as memory:
            return os.pread(memory.fileno(), length, at)


def program_of(names):
    """Returns the filter that reports the calls of these names; of `openat`, only calls that may create a file."""
    load, equal, has_bits, answer = 0x20, 0x15, 0x45, 0x06
    allow, notify, refuse = 0x7FFF0000, 0x7FC00000, 0x00050000 | errno.ENOSYS
    flags_of_openat = 16 + 8 * 2
    # A step is an instruction, its two jumps (each to an answer or to the next step) and its value.
    steps = [(load, None, None, 0)]
    for name in names:
        if name != "openat" and number_of(name) is not None:
            steps.append((equal, notify, None, number_of(name)))
    # Refuse io_uring, which would write and sync without these calls.
    steps.append((equal, refuse, None, number_of("io_uring_setup")))
    if "openat" in names:
        steps.append((equal, None, allow, number_of("openat")))
        steps.append((load, None, None, flags_of_openat))
        steps.append((has_bits, notify, None, os.O_CREAT))
    answers = [allow, notify, refuse]

    def jump(i, target):
        return 0 if target is None else len(steps) + answers.index(target) - i - 1

    instructions = [struct.pack("HBBI", code, jump(i, then), jump(i, other), value) for i, (code, then, other, value) in enumerate(steps)]
    instructions += [struct.pack("HBBI", answer, 0, 0, value) for value in answers]
    return b"".join(instructions)


def report_calls(names):
    """Makes the kernel report the calls of this thread and of what it starts. Returns the descriptor to read them from."""
    instructions = program_of(names)
    buffer = ctypes.create_string_buffer(instructions)
    program = ctypes.create_string_buffer(struct.pack("HP", len(instructions) // 8, ctypes.addressof(buffer)))
    no_new_privileges, set_filter, new_listener = 38, 1, 8
    libc.prctl(no_new_privileges, 1, 0, 0, 0)
    descriptor = libc.syscall(number_of("seccomp"), set_filter, new_listener, program)
    if descriptor < 0:
        raise OSError(ctypes.get_errno(), "cannot have system calls reported: seccomp")
    return descriptor


def run(command, names, decide):
    """Runs the command to its end, and calls `decide` with each Call of these names before the call is done. The result decides the
    call: None lets it go on, 0 makes it succeed without effect, another number is the error that it fails with.

    SIGTERM to this process kills the command, SIGINT is passed on to it. Returns the command's exit code, as subprocess has it."""
    by_number = {number_of(name): name for name in names}
    reporting = threading.Event()
    ended, tell_end = os.pipe()
    child = listener = None

    def start():
        # The filter applies to this thread alone.
        nonlocal child, listener
        try:
            listener = report_calls(names)
            reporting.set()
            death_signal = 1
            child = subprocess.Popen(command, preexec_fn=lambda: libc.prctl(death_signal, signal.SIGKILL))
            child.wait()
        finally:
            reporting.set()
            os.close(tell_end)

    def hand_on(wanted, sent):
        signal.signal(wanted, lambda *_: child and child.send_signal(sent))

    hand_on(signal.SIGTERM, signal.SIGKILL)
    hand_on(signal.SIGINT, signal.SIGINT)
    threading.Thread(target=start, daemon=True).start()
    reporting.wait()
    while listener is not None and select.select([listener, ended], [], [])[0] == [listener]:
        receive, send, go_on = 0xC0502100, 0xC0182101, 1
        try:
            # https://man7.org/linux/man-pages/man2/seccomp_unotify.2.html
            request = fcntl.ioctl(listener, receive, bytes(80))
            id, thread, _flags, number, _architecture, _address, *arguments = struct.unpack("QIIiIQ6Q", request)
            decision = decision_of(decide, Call(by_number[number], thread, arguments))
            answer = (0, 0, go_on) if decision is None else (0, -decision, 0)
            fcntl.ioctl(listener, send, struct.pack("QqiI", id, *answer))
        except FileNotFoundError:
            pass  # the thread is dead, or a signal has interrupted its call
    return child.returncode if child else 1


def decision_of(decide, call):
    try:
        return decide(call)
    except (FileNotFoundError, ProcessLookupError):
        return None  # the thread is dead, or its descriptor is not open, which the system will say


def end_like(code):
    """Ends this process as the command ended."""
    if code >= 0:
        sys.exit(code)
    if -code != signal.SIGKILL:
        signal.signal(-code, signal.SIG_DFL)
    os.kill(os.getpid(), -code)
