"""The generated tables in docs/proofs: `python -m tests.simulation.tables` writes them anew."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "proofs"
NOTICE = "<!-- Written by `python -m tests.simulation.tables`; not to be edited. -->"

Row = tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Table:
    """One page with one table; no cell of it may be empty."""

    name: str
    title: str
    text: str
    columns: Row
    rows: Sequence[Row]

    @property
    def path(self) -> Path:
        """Where it stands."""
        return FOLDER / f"{self.name}.md"

    @property
    def empty_cells(self) -> list[Row]:
        """The rows that say less than they have to."""
        return [row for row in self.rows if len(row) != len(self.columns) or not all(row)]

    def render(self) -> str:
        """The page."""
        lines = [self.columns, tuple("---" for _ in self.columns), *self.rows]
        table = "\n".join(f"| {' | '.join(line)} |" for line in lines)
        return f"{NOTICE}\n# {self.title}\n\n{self.text}\n\n{table}\n"

    def written_rows(self) -> list[Row]:
        """The rows of the page as it stands, none where there is no page."""
        text = self.path.read_text(encoding="utf-8") if self.path.exists() else ""
        lines = [line for line in text.splitlines() if line.startswith("| ")]
        return [tuple(line.strip("| ").split(" | ")) for line in lines[2:]]

    def write(self) -> None:
        """Write the page."""
        FOLDER.mkdir(parents=True, exist_ok=True)
        self.path.write_text(self.render(), encoding="utf-8")


def main() -> None:
    """Run all that the tables tell of, and write them."""
    from modules.local_aws import LocalAws  # noqa: PLC0415  # moto is slow to import
    from tests.simulation import branches, faults, permissions  # noqa: PLC0415  # they import it
    from tests.simulation.runs import finish_all  # noqa: PLC0415

    with LocalAws.start() as aws:
        for table in (branches.table(finish_all(aws)), faults.table(aws), permissions.table(aws)):
            table.write()


if __name__ == "__main__":
    main()
