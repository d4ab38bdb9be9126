import os
import sys
from pathlib import Path

import pytest

from benchmarks.measure import Command, CommandFailedError, measure

linux = pytest.mark.skipif(sys.platform != "linux", reason="memory is read from Linux's /proc")
# Two processes that each hold 40 MiB long enough to be seen.
HOLD = "import sys, subprocess, time; held = bytearray(40 << 20); time.sleep(0.2)"
PARENT = f"{HOLD}; subprocess.run([sys.executable, '-c', {HOLD!r}], check=True)"


def command(code: str, folder: Path) -> Command:
    return Command(line=[sys.executable, "-c", code], folder=folder, environment=dict(os.environ))


@linux
def test_the_memory_of_child_processes_counts(tmp_path: Path) -> None:
    alone = measure(command(HOLD, tmp_path)).peak_mib
    assert 40 < alone < measure(command(PARENT, tmp_path)).peak_mib - 40


@linux
def test_a_command_that_fails_is_an_error_with_its_output(tmp_path: Path) -> None:
    with pytest.raises(CommandFailedError, match=r"(?s)failed \(3\).*told you so"):
        measure(command("print('told you so'); raise SystemExit(3)", tmp_path))
