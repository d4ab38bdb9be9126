"""Every branch of the runbooks' scripts is run by a test of theirs."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_every_branch_of_every_script_is_run(tmp_path: Path) -> None:
    """In a process of its own, as coverage has to see the first line."""
    tests = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/unit/documents"]
    measured = ["--cov=ssm_documents", "--cov-branch", "--cov-report=term-missing"]
    done = subprocess.run(
        [*tests, *measured, "--cov-fail-under=100"],
        cwd=ROOT,
        env={**os.environ, "COVERAGE_FILE": str(tmp_path / "coverage")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    assert "complete_role.py" in done.stdout
