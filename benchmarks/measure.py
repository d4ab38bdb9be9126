"""Wall time and peak memory of a command with all its children. Needs Linux's /proc."""

from __future__ import annotations

import re
import subprocess
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

SAMPLING_SECONDS = 0.01, 0.2  # at first, and at most: to look takes time of what is measured
_PEAK = re.compile(r"^VmHWM:\s+(\d+) kB$", re.MULTILINE)


class CommandFailedError(Exception):
    """A measured command failed, which leaves nothing to compare."""


@dataclass(frozen=True, kw_only=True)
class Command:
    """A command line, the folder that it runs in, and its whole environment."""

    line: Sequence[str]
    folder: Path
    environment: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class Measurement:
    """`peak_mib`: the sum of the peaks of resident memory of every process."""

    seconds: float
    peak_mib: float


@dataclass
class _Tree:
    """Follows a process and its children until `ended` is set."""

    root: int
    ended: threading.Event = field(default_factory=threading.Event)
    peaks_kib: dict[int, int] = field(default_factory=dict)

    def follow(self) -> None:
        pause, longest = SAMPLING_SECONDS
        while not self.ended.wait(pause):
            pause = min(pause * 1.01, longest)
            for pid in descendants(self.root):
                # The last value counts: the kernel keeps the maximum, and starts it anew at exec.
                if peak := _PEAK.search(_read(Path(f"/proc/{pid}/status"))):
                    self.peaks_kib[pid] = int(peak[1])


def measure(command: Command) -> Measurement:
    """Runs a command to its end. CommandFailedError: it failed; its output is in the message."""
    start = time.perf_counter()
    with subprocess.Popen(
        command.line,
        cwd=command.folder,
        env=command.environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        tree = _Tree(process.pid)
        follower = threading.Thread(target=tree.follow)
        follower.start()
        output, _ = process.communicate()
        seconds = time.perf_counter() - start
        tree.ended.set()
        follower.join()
    if process.returncode:
        shown = " ".join(command.line)
        raise CommandFailedError(f"{shown} failed ({process.returncode}):\n{output.strip()}")
    return Measurement(seconds=seconds, peak_mib=sum(tree.peaks_kib.values()) / 1024)


def descendants(pid: int) -> Iterator[int]:
    """The process, its children, and theirs."""
    yield pid
    for thread in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in _read(thread).split():
            yield from descendants(int(child))


def _read(path: Path) -> str:
    try:
        return path.read_text()
    except OSError:  # the process has ended
        return ""
