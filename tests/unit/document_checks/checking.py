"""What the tests of the checker share."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from modules.document_checks.report import check_paths
from modules.policy.problems import Problem

SEEDED = Path(__file__).parent / "seeded"
CLEAN = sorted((SEEDED / "clean").iterdir())


@dataclass(frozen=True)
class Checker:
    """Checks texts, as files of a name in a folder of their own."""

    folder: Path

    def problems(self, text: str | bytes, name: str = "document.yaml") -> list[Problem]:
        """All that is wrong with the file."""
        file = self.folder / name
        file.write_bytes(text.encode() if isinstance(text, str) else text)
        return check_paths([file]).problems

    def rules(self, text: str | bytes, name: str = "document.yaml") -> list[tuple[str, str]]:
        """The rule and the place of each problem."""
        return [(problem.rule, problem.path) for problem in self.problems(text, name)]
