"""Policies that a demonstration cannot show are refused; the fleet is where the policy is."""

from __future__ import annotations

from pathlib import Path

import pytest

from modules.cli import main
from modules.demo.stage import placed
from modules.local_aws import Fleet
from modules.local_aws.fleet import Node

HEAD = "name: web\nconfiguration_id: a1b2c\nhome_region: eu-west-1\ntargets: {all: true}\n"
NODE = Node(name="web-1", account="123456789012", region="eu-west-1")


@pytest.mark.parametrize(
    ("keys", "paths"),
    [
        ('baseline_store: {account: "111122223333"}', ["$.baseline_store"]),
        (
            "instance_roles: {manage_default_role: false}\nregions: [us-east-1]",
            ["$.instance_roles.manage_default_role", "$.regions"],
        ),
        ("instance_roles: {adopt_default_role: true}", ["$.instance_roles.adopt_default_role"]),
        ("access_logs: {bucket: my-logs}", ["$.access_logs.bucket"]),
    ],
)
def test_rejects_what_an_empty_aws_cannot_show(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], keys: str, paths: list[str]
) -> None:
    file = tmp_path / "policy.yaml"
    file.write_text(HEAD + keys, encoding="utf-8")
    assert main(["demo", str(file)]) == 2
    lines = capsys.readouterr().err.splitlines()
    assert [line.split(": ")[1] for line in lines] == paths
    assert all(line.startswith(f"{file}: ") and "; expected " in line for line in lines)


def test_a_fleet_without_a_node_in_the_home_region_moves_there() -> None:
    (moved,) = placed(Fleet(nodes=(NODE,)), "us-east-1").nodes
    assert (moved.name, moved.region) == ("web-1", "us-east-1")


def test_a_fleet_with_a_node_in_the_home_region_stays() -> None:
    fleet = Fleet(nodes=(NODE,))
    assert placed(fleet, "eu-west-1") is fleet
