"""What a process gives up for good: memory, files, processes, most system calls."""

from __future__ import annotations

import ctypes
import platform
import resource
import signal
import struct

# 1 GiB: 40 megapixels in the costliest form (WebP with its two canvases) take 0.9.
MEMORY = 1 << 30

# From <linux/prctl.h>, <linux/seccomp.h>, <linux/filter.h> and <linux/audit.h>.
_PR_SET_PDEATHSIG = 1
_PR_SET_SECCOMP = 22
_PR_SET_NO_NEW_PRIVS = 38
_SECCOMP_MODE_FILTER = 2
_ALLOW, _REFUSE = 0x7FFF0000, 0x00050001  # refused with EPERM
_LOAD, _JUMP_IF_EQUAL, _RETURN = 0x20, 0x15, 0x06
_NUMBER_AT, _ARCHITECTURE_AT = 0, 4

# What a decoder calls, for it reads and writes what it has and asks for memory: the
# numbers on x86_64 and on aarch64, from the kernel's tables; aarch64 has no poll. The
# calls of the x32 kind carry a bit that makes them equal none of these.
_CALLS = {
    "brk": (12, 214),
    "clock_gettime": (228, 113),
    "close": (3, 57),
    "exit": (60, 93),
    "exit_group": (231, 94),
    "fstat": (5, 80),
    "futex": (202, 98),
    "getpid": (39, 172),
    "getrandom": (318, 278),
    "lseek": (8, 62),
    "madvise": (28, 233),
    "mmap": (9, 222),
    "mprotect": (10, 226),
    "mremap": (25, 216),
    "munmap": (11, 215),
    "poll": (7, None),
    "ppoll": (271, 73),
    "read": (0, 63),
    "recvfrom": (45, 207),
    "restart_syscall": (219, 128),
    "rt_sigaction": (13, 134),
    "rt_sigprocmask": (14, 135),
    "rt_sigreturn": (15, 139),
    "sched_yield": (24, 124),
    "sendto": (44, 206),
    "sigaltstack": (131, 132),
    "write": (1, 64),
}
# By machine: the column of the table, and how the kernel calls the machine.
_MACHINES = {"x86_64": (0, 0xC000003E), "aarch64": (1, 0xC00000B7)}


def end_with_parent() -> None:
    """Have the kernel kill this process when the thread that started it ends."""
    _prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def lock_down() -> bool:
    """Give up for good what decoding does not need.

    No file can be opened, no process or program started, no connection made; memory is
    limited. Descriptors that are open stay usable.

    Returns:
        Whether the kernel filters system calls. Where it cannot, or for a machine that
        has no table here, the resource limits hold alone; they do not keep a superuser
        from starting processes.
    """
    for kind, most in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_NPROC, 0),
        (resource.RLIMIT_NOFILE, 0),
    ):
        resource.setrlimit(kind, (most, most))
    return platform.machine() in _MACHINES and _filter_calls()


def _filter_calls() -> bool:
    """Have the kernel refuse every system call that is not in the table."""
    column, architecture = _MACHINES[platform.machine()]
    numbers = [row[column] for row in _CALLS.values() if row[column] is not None]
    count = len(numbers)
    steps = [
        (_LOAD, 0, 0, _ARCHITECTURE_AT),
        (_JUMP_IF_EQUAL, 0, count + 1, architecture),
        (_LOAD, 0, 0, _NUMBER_AT),
        *(
            (_JUMP_IF_EQUAL, count - place, 0, number)
            for place, number in enumerate(numbers)
        ),
        (_RETURN, 0, 0, _REFUSE),
        (_RETURN, 0, 0, _ALLOW),
    ]
    code = ctypes.create_string_buffer(
        b"".join(struct.pack("=HBBI", *step) for step in steps)
    )
    program = ctypes.create_string_buffer(
        struct.pack("@HP", len(steps), ctypes.addressof(code))
    )
    return _prctl(_PR_SET_NO_NEW_PRIVS, 1) and _prctl(
        _PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, ctypes.addressof(program)
    )


def _prctl(option: int, *arguments: int) -> bool:
    """Ask the kernel; return whether it did as asked."""
    filled = (*arguments, 0, 0, 0, 0)[:4]
    ask = ctypes.CDLL(None).prctl
    return bool(ask(option, *map(ctypes.c_ulong, filled)) == 0)
