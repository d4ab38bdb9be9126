"""State Manager in real time: runs what is due, while it is switched on.

Off by default: what associations do to nodes and roles would meet whoever deploys at any moment.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from modules.local_aws.state_manager.engine import run_until

if TYPE_CHECKING:
    from modules.local_aws.state import State

INTERVAL_SECONDS = 0.25


class Background:
    """A thread that looks a few times a second for what is due."""

    def __init__(self, state: State) -> None:
        self.state = state
        self.over = threading.Event()
        self.thread = threading.Thread(target=self._work, daemon=True, name="state-manager")

    def start(self) -> None:
        """Begin to look."""
        self.thread.start()

    def stop(self) -> None:
        """End, after the run that is under way."""
        self.over.set()
        self.thread.join()

    def _work(self) -> None:
        while not self.over.wait(INTERVAL_SECONDS):
            if self.state.switches.associations_run_by_themselves:
                run_until(self.state, self.state.now())
