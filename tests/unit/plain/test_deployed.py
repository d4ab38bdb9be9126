"""What a deployment made is found in the JSON of its states, whichever form deployed it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from modules.plain.deployed import read_states
from modules.policy.problems import PolicyError

ARN = "arn:aws-us-gov:ssm:us-gov-west-1:123456789012:association/x"


def resource(address: str, **values: Any) -> dict[str, Any]:
    type_, name = address.split(".")
    return {"mode": "managed", "type": type_, "name": name, "values": values}


SCAN = resource(
    "aws_ssm_association.scan_for_patches",
    id="0f2c",
    arn=ARN,
    association_name="AWS-QuickSetup-PatchPolicy-ScanForPatches-LA-a1b2c",
)


def state(folder: Path, root: Mapping[str, Any]) -> Path:
    file = folder / "state.json"
    file.write_text(json.dumps({"values": {"root_module": root}}), encoding="utf-8")
    return file


def test_resources_of_a_stack_belong_to_its_policy_and_region(tmp_path: Path) -> None:
    role = resource("aws_iam_role.automation_role", id="AWS-QuickSetup-AutomationRole")
    [found_role, found_scan] = read_states([state(tmp_path, {"resources": [role, SCAN]})])
    assert (found_role.id, found_role.place.address) == (
        "AWS-QuickSetup-AutomationRole",
        "aws_iam_role.automation",
    )
    assert found_role.where == found_scan.where == ("a1b2c", "us-gov-west-1")
    assert found_scan.id == "0f2c"


def test_each_module_of_a_generated_root_is_a_region_of_its_own(tmp_path: Path) -> None:
    other = {**SCAN, "values": {**SCAN["values"], "arn": ARN.replace("west", "east")}}
    modules = [{"resources": [SCAN]}, {"child_modules": [{"resources": [other]}]}]
    found = read_states([state(tmp_path, {"child_modules": modules})])
    assert {each.where for each in found} == {
        ("a1b2c", "us-gov-west-1"),
        ("a1b2c", "us-gov-east-1"),
    }


def test_the_instance_role_is_nobodys(tmp_path: Path) -> None:
    attached = resource(
        "aws_iam_role_policy_attachment.instance_role_attach_baseline_access",
        id="made-up-by-terraform",
        role="Nodes",
        policy_arn="arn:aws:iam::123456789012:policy/p",
    )
    [found] = read_states([state(tmp_path, {"resources": [attached]})])
    assert (found.where, found.id) == (None, "Nodes/arn:aws:iam::123456789012:policy/p")


@pytest.mark.parametrize(
    "other",
    [
        resource("terraform_data.roles_settled", id="x"),
        resource("aws_lambda_invocation.baseline_store_fill", id="x"),
        resource("aws_iam_role.somebody_elses", id="x"),
        {**resource("aws_iam_role.automation_role", id="x"), "mode": "data"},
    ],
)
def test_what_cannot_be_imported_or_is_not_ours_is_left_out(
    other: dict[str, Any], tmp_path: Path
) -> None:
    found = read_states([state(tmp_path, {"resources": [other, SCAN]})])
    assert [each.id for each in found] == ["0f2c"]


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"values": null}'])
def test_rejects_what_is_no_state(text: str, tmp_path: Path) -> None:
    file = tmp_path / "state.json"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(PolicyError, match="expected what `terraform show -json` prints"):
        read_states([file])


def test_rejects_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(PolicyError, match="expected a file"):
        read_states([tmp_path / "none.json"])
