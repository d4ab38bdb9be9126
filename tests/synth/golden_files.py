"""The golden configurations: `make goldens` rewrites them, and the diff is reviewed.

They are what a policy with every key becomes, and what the other side of sharing does: Terraform's
JSON without CDKTF's comments, and with texts of several lines as lists of lines.
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path
from typing import Any

from tests.synth.apps import POLICIES, stacks, synthesize, write_app

GOLDENS = Path(__file__).parent / "goldens"
NAMES = ("everything", "reader")


def configurations(folder: Path) -> dict[str, str]:
    """The text of each golden file, by its name, from a synthesis in this folder."""
    policies = {name: (POLICIES / f"{name}.yaml").read_text(encoding="utf-8") for name in NAMES}
    output = synthesize(write_app(folder, policies))
    return {
        f"{stack}.json": json.dumps(_readable(configuration), indent=1, ensure_ascii=False) + "\n"
        for stack, configuration in stacks(output).items()
    }


def _readable(value: Any) -> Any:
    match value:
        case {"source_code_hash": _}:
            # Any edit of the function changes it; its tests are elsewhere.
            return {k: _readable(v) for k, v in value.items() if k != "source_code_hash"}
        case dict():
            return {key: _readable(item) for key, item in value.items()}
        case list():
            return [_readable(item) for item in value]
        case str() if "\n" in value:
            return value.split("\n")
    return value


def main() -> None:
    """Rewrite the golden files."""
    with tempfile.TemporaryDirectory() as folder:
        texts = configurations(Path(folder, "app"))
    GOLDENS.mkdir(exist_ok=True)
    for path in GOLDENS.glob("*.json"):
        if path.name not in texts:
            path.unlink()
    for name, text in texts.items():
        GOLDENS.joinpath(name).write_text(text, encoding="utf-8")
    sys.stdout.write(f"{len(texts)} golden files in {GOLDENS}; review them with git diff\n")


if __name__ == "__main__":
    main()
