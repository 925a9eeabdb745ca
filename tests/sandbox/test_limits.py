"""Claims about what a process cannot do any more once it is locked down."""

from __future__ import annotations

import subprocess
import sys

import pytest

# Modules that the attempts need must be there before: no file opens afterwards.
PREPARE = """
import ctypes, mmap, os, resource, socket, subprocess, threading, time
from shizi.sandbox.limits import MEMORY, end_with_parent, lock_down
"""


def run(code: str) -> str:
    """Return what a fresh process prints that runs some code."""
    done = subprocess.run(
        [sys.executable, "-c", PREPARE + code],
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.mark.parametrize(
    ("attempt", "error"),
    [
        ("open('/etc/passwd')", "OSError"),
        ("os.open('/tmp', os.O_RDONLY)", "OSError"),
        ("os.listdir('/')", "OSError"),
        ("os.unlink('/nowhere')", "OSError"),
        ("os.memfd_create('a')", "OSError"),
        ("os.pipe()", "OSError"),
        ("os.dup(1)", "OSError"),
        ("socket.socket()", "OSError"),
        ("socket.socketpair()", "OSError"),
        ("os.fork()", "OSError"),
        ("os.execv('/bin/true', ['true'])", "OSError"),
        ("subprocess.run(['/bin/true'])", "OSError"),
        ("threading.Thread(target=print).start()", "RuntimeError"),
        ("os.kill(os.getppid(), 0)", "OSError"),
        ("os.setuid(1)", "OSError"),
        ("os.mkdir('/tmp/x')", "OSError"),
        ("resource.setrlimit(resource.RLIMIT_NOFILE, (9, 9))", "ValueError"),
        ("bytearray(MEMORY)", "MemoryError"),
        ("mmap.mmap(-1, MEMORY)", "OSError"),
    ],
    ids=lambda value: value.partition("(")[0],
)
def test_it_is_refused(attempt: str, error: str) -> None:
    told = run(f"""
filtered = lock_down()
try:
    {attempt}
except {error}:
    os.write(1, b"refused" if filtered else b"refused without the filter")
else:
    os.write(1, b"done")
""")
    assert told == "refused"


def test_without_the_filter_no_file_opens_either() -> None:
    told = run("""
from shizi.sandbox import limits
limits._MACHINES = {}
filtered = lock_down()
try:
    open("/etc/passwd")
except OSError:
    os.write(1, b"%d refused" % filtered)
""")
    assert told == "0 refused"


def test_it_ends_with_the_one_that_started_it() -> None:
    told = run("""
ours, theirs = socket.socketpair()
if not (middle := os.fork()):
    if not os.fork():
        end_with_parent()
        theirs.send(b"up")
        time.sleep(60)
    time.sleep(60)
theirs.close()
ours.recv(2)
os.kill(middle, 9)
os.waitpid(middle, 0)
ours.settimeout(10)
print("ended" if ours.recv(1) == b"" else "lives")
""")
    assert told == "ended"
