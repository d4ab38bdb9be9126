"""Take every address out of the lock files: hashes and versions pin what any team's index serves.

`python -m tools.strip_lock_addresses` does it; `make lock` runs it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]


def strip_pipfile_lock(lock: Mapping[str, Any]) -> dict[str, Any]:
    """Without sources, and without the name of one at each package."""
    stripped = {section: _without(lock[section], "index") for section in ("default", "develop")}
    return {**lock, "_meta": {**lock["_meta"], "sources": []}, **stripped}


def strip_package_lock(lock: Mapping[str, Any]) -> dict[str, Any]:
    """Without download addresses, and without those of the packages' sponsors."""
    return {**lock, "packages": _without(lock["packages"], "funding", "resolved")}


def _without(packages: Mapping[str, Any], *keys: str) -> dict[str, Any]:
    return {
        name: {key: value for key, value in package.items() if key not in keys}
        for name, package in packages.items()
    }


def _rewrite(name: str, strip: Callable[[Mapping[str, Any]], Any], indent: int) -> None:
    path = ROOT / name
    lock = strip(json.loads(path.read_text(encoding="utf-8")))
    path.write_text(json.dumps(lock, indent=indent, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    _rewrite("Pipfile.lock", strip_pipfile_lock, 4)
    _rewrite("package-lock.json", strip_package_lock, 2)
