"""The commands that are measured, each with a folder of its own below a scratch folder."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.measure import Command
from modules.provider.node import bundled_node

ROOT = Path(__file__).resolve().parents[1]
EXAMPLE = ROOT / "examples" / "patch_policy.yaml"
TOOLS = ROOT / ".tools"
REGIONS = ("ap-northeast-1", "eu-west-1", "us-east-1", "us-west-2")


@dataclass(frozen=True, kw_only=True)
class Workloads:
    """All commands share Node and the cache of jsii, so that only the apps differ."""

    scratch: Path

    def example(self) -> Command:
        """This app with the example policy."""
        return self._python("example", ROOT / "main.py", EXAMPLE)

    def generate(self) -> Command:
        """The example policy as plain Terraform, into a folder that is new each time."""
        script = (
            "import shutil, sys; shutil.rmtree('module', ignore_errors=True); "
            f"sys.path.insert(0, {str(ROOT)!r}); from modules.cli import main; "
            f"sys.exit(main(['generate', {str(EXAMPLE)!r}, '--output', 'module']))"
        )
        return self._command("generate", [sys.executable, "-c", script])

    def bare(self, resources: Path) -> Command:
        """The bare CDKTF app."""
        return self._python("bare", ROOT / "benchmarks" / "bare_app.py", resources)

    def prebuilt(self, resources: Path, python: Path) -> Command:
        """The app with the prebuilt bindings."""
        script = ROOT / "benchmarks" / "prebuilt_app.py"
        return self._command("prebuilt", [python, script, resources])

    def fleet(self, policies: int) -> Command:
        """This app with many policies in four regions each."""
        folder = self.folder(f"{policies}_policies")
        for number in range(policies):
            file = folder / f"{number:03}.yaml"
            file.write_text(_policy(f"p{number:03}x"), encoding="utf-8")
        files = sorted(folder.glob("*.yaml"))
        return self._python(folder.name, ROOT / "main.py", *files)

    def unit_tests(self) -> Command:
        """The tests that need neither Node nor Terraform."""
        options = ["-q", "-p", "no:cacheprovider", "--numprocesses", "2", "--dist", "loadfile"]
        line = [sys.executable, "-m", "pytest", *options, "tests/unit"]
        return Command(line=line, folder=ROOT, environment=_environment())

    def month(self) -> Command:
        """A month of State Manager over 2,000 nodes."""
        line = [sys.executable, "-m", "benchmarks.state_manager"]
        return Command(line=line, folder=ROOT, environment=_environment())

    def review(self, plan: Path) -> Command:
        """The review of a plan, as JSON into a file: the whole process, and all of its findings."""
        line = [sys.executable, "-m", "modules.cli", "review", str(plan)]
        options = ["--format", "json", "--output", str(plan.with_suffix(".review"))]
        return Command(line=[*line, *options], folder=ROOT, environment=_environment())

    def folder(self, name: str) -> Path:
        """The folder of a workload, with the `cdktf.json` that apps need."""
        folder = self.scratch / name
        folder.mkdir(exist_ok=True)
        (folder / "cdktf.json").write_bytes((ROOT / "cdktf.json").read_bytes())
        return folder

    def output(self, name: str) -> Path:
        """What a workload synthesized."""
        return self.scratch / name / "cdktf.out"

    def _python(self, name: str, *line: Path) -> Command:
        return self._command(name, [Path(sys.executable), *line])

    def _command(self, name: str, line: Sequence[Path | str]) -> Command:
        return Command(
            line=[str(part) for part in line],
            folder=self.folder(name),
            environment=_environment(),
        )


def _policy(configuration_id: str) -> str:
    """The example in more regions, under another configuration ID."""
    text = EXAMPLE.read_text(encoding="utf-8")
    regions = f"regions: [{', '.join(REGIONS)}]"
    return text.replace(
        "configuration_id: a1b2c", f"configuration_id: {configuration_id}\n{regions}"
    )


def _environment() -> dict[str, str]:
    inherited = {key: os.environ[key] for key in ("HOME", "PATH", "LANG") if key in os.environ}
    return {
        **inherited,
        "JSII_NODE": str(bundled_node() or "node"),
        "JSII_RUNTIME_PACKAGE_CACHE_ROOT": str(TOOLS / "jsii-cache"),
    }
