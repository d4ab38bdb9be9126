"""A process that ends as soon as its work is done."""

from __future__ import annotations

import atexit
import gc


def keep_everything() -> None:
    """Collect no garbage: the objects live to the end, and Python would look through all then."""
    gc.disable()
    atexit.register(gc.freeze)
