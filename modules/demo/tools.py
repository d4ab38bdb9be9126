"""The real tools, run with their progress in sight and their full output in a file."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path

ANSI = re.compile(r"\x1b\[[0-9;]*m")
LINES_SHOWN = 25


class ToolError(Exception):
    """A tool failed; the message ends with the last lines of what it said."""


def run(
    command: list[str],
    folder: Path,
    environment: Mapping[str, str],
    *,
    log: Path,
    on_line: Callable[[str], None] = lambda line: None,
) -> None:
    """Run a command, and hand over each line of its output without colours.

    Raises ToolError where its status is not 0. When this process is interrupted, the command
    gets the signal as well, from the terminal, and is waited for.
    """
    lines: list[str] = []
    with (
        log.open("a", encoding="utf-8") as file,
        subprocess.Popen(
            command,
            cwd=folder,
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
        ) as process,
    ):
        for raw in process.stdout or ():
            line = ANSI.sub("", raw).rstrip()
            file.write(f"{line}\n")
            lines.append(line)
            on_line(line)
    if process.returncode != 0:
        last = "\n".join(line for line in lines if line)[-4000:].splitlines()[-LINES_SHOWN:]
        shown = "\n  ".join(last)
        raise ToolError(
            f"{' '.join(command)} ended with status {process.returncode}:\n  {shown}\n"
            f"Its whole output is in {log}."
        )
