"""The page, the example fleet in it, and the example workflow are what the command takes."""

from __future__ import annotations

import argparse
import re
from pathlib import Path

import yaml

from modules.commands import review
from modules.review.fleet import load_fleet

ROOT = Path(__file__).resolve().parents[3]
PAGE = (ROOT / "docs" / "plan-review.md").read_text(encoding="utf-8")
WORKFLOW = ROOT / "examples" / "plan-review.yaml"


def options() -> set[str]:
    parser = argparse.ArgumentParser()
    review.add_arguments(parser)
    return {option for action in parser._actions for option in action.option_strings}


def test_every_option_is_documented_and_no_other() -> None:
    table = PAGE[: PAGE.index("Exit statuses")].replace("|---", "")
    assert set(re.findall(r"--[a-z-]+", table)) == options() - {"--help", "-h"}


def test_the_fleet_of_the_page_can_be_loaded(tmp_path: Path) -> None:
    file = tmp_path / "fleet.yaml"
    (block,) = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
    file.write_text(block, encoding="utf-8")
    assert [node.region for node in load_fleet(file).nodes] == ["ap-northeast-1"]


def test_the_workflow_uses_what_there_is() -> None:
    text = WORKFLOW.read_text(encoding="utf-8")
    steps = yaml.safe_load(text)["jobs"]["review"]["steps"]
    (script,) = (step["run"] for step in steps if step.get("id") == "review")
    assert set(re.findall(r"--[a-z-]+", script)) <= options()
    assert set(yaml.safe_load(text)["permissions"]) == {"contents", "id-token", "pull-requests"}


def test_the_workflow_leaves_forks_alone_and_keeps_no_credentials() -> None:
    job = yaml.safe_load(WORKFLOW.read_text(encoding="utf-8"))["jobs"]["review"]
    assert "head.repo.full_name == github.repository" in job["if"]
    assert job["steps"][0]["with"] == {"persist-credentials": False}
