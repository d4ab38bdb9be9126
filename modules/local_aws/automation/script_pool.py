"""Processes that run scripts, kept for the next run: what a script imports and makes takes time."""

from __future__ import annotations

import atexit
import contextlib
import os
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field

from modules.local_aws.automation.script_template import Template
from modules.local_aws.automation.script_worker import Worker

_KEPT = 10  # idle processes: of six scripts four run on targets, two of these at a time


@dataclass
class Pool:
    """Processes that wait for work, each for one script: `key` says which.

    They hold nothing of a run, so all embedded AWSs share them.
    """

    idle: list[tuple[str, Worker]] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)
    template: Template | None = None

    @contextlib.contextmanager
    def borrow(self, key: str) -> Iterator[Worker]:
        """A process for a run of a script; ended after it, unless all of that came to its end."""
        worker = self._take(key) or self._new()
        try:
            yield worker
        except BaseException:
            worker.forked.end()
            raise
        if worker.is_clean:
            self._give_back(key, worker)
        else:
            worker.forked.end()

    def _take(self, key: str) -> Worker | None:
        """One that is there for this script, and was not killed meanwhile."""
        while (worker := self._pop(key)) and worker.is_gone:
            worker.forked.end()
        return worker

    def _pop(self, key: str) -> Worker | None:
        with self.lock:
            for place in reversed(range(len(self.idle))):
                if self.idle[place][0] == key:
                    return self.idle.pop(place)[1]
        return None

    def _give_back(self, key: str, worker: Worker) -> None:
        """Keep it, and end the one that has waited longest where there are too many."""
        with self.lock:
            self.idle.append((key, worker))
            longest = self.idle.pop(0)[1] if len(self.idle) > _KEPT else None
        if longest:
            longest.forked.end()

    def _new(self) -> Worker:
        """A new process, of a new template where the last one is of no use any more."""
        with self.lock:
            if self.template:
                with contextlib.suppress(OSError):
                    return Worker(self.template.fork())
                self.template.close()
            self.template = Template()
            return Worker(self.template.fork())

    def close(self) -> None:
        """End all of them."""
        with self.lock:
            idle, self.idle = self.idle, []
            template, self.template = self.template, None
        for _, worker in idle:
            worker.forked.end()
        if template:
            template.close()

    def forget(self) -> None:
        """Leave all of them to the process that this one was forked off."""
        self.idle, self.template, self.lock = [], None, threading.Lock()


POOL = Pool()
atexit.register(POOL.close)
os.register_at_fork(after_in_child=POOL.forget)
