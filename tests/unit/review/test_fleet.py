"""With a fleet: nodes touched, waves, the longest duration, and who is left out and why."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from modules.cli import main
from modules.review.errors import ReviewError
from modules.review.fleet import SCHEMA_FILE, Fleet, Node, load_fleet
from modules.review.report import FleetAssociation, Report
from modules.review.review import review
from tests.unit.review.labelled import CLOCK
from tests.unit.review.plans_by_hand import SCAN, as_bytes, plan_of, resource

ROOT = Path(__file__).resolve().parents[3]
EMBEDDED = ROOT / "modules" / "local_aws" / "fleet.schema.json"
ROLE = "AmazonSSMRoleForInstancesQuickSetup"


def node(number: int, **members: Any) -> Node:
    given = {"tags": {"Env": "prod"}, "role": ROLE, "profile": ROLE, **members}
    return Node(id=f"i-{number:017x}", **given)


def reviewed(fleet: Fleet, *resources: Any) -> Report:
    changed = resources or (resource(None, SCAN, actions=("create",)),)
    return review(plan_of(*changed), CLOCK, "plan.json", {}, fleet)


def reach(report: Report) -> FleetAssociation:
    assert report.fleet is not None
    assert len(report.fleet) == 1
    return report.fleet[0]


def said(report: Report, rule: str) -> list[str]:
    return [each.message for each in report.findings if each.rule == rule]


@pytest.mark.parametrize(
    ("nodes", "limit", "concurrent", "waves"),
    [
        (4000, "10%", 400, 10),
        (14, "10%", 2, 7),
        (3, "1%", 1, 3),
        (14, "50", 14, 1),
        (14, "4", 4, 4),
        (14, None, 14, 1),
        (1, "100%", 1, 1),
    ],
)
def test_waves_follow_from_rate_control(
    nodes: int, limit: str | None, concurrent: int, waves: int
) -> None:
    fleet = Fleet(nodes=tuple(node(n) for n in range(nodes)))
    given = resource(None, {**SCAN, "max_concurrency": limit}, actions=("create",))
    found = reach(reviewed(fleet, given))
    assert (found.nodes, found.concurrent, found.waves) == (nodes, concurrent, waves)


def test_each_wave_takes_as_long_as_the_document_gives_a_node() -> None:
    fleet = Fleet(nodes=tuple(node(n) for n in range(14)))
    assert reach(reviewed(fleet)).hours_at_most == 7 * 3
    shorter = {"Operation": "Scan", "StepTimeoutSeconds": "1800"}
    given = resource(None, {**SCAN, "parameters": shorter}, actions=("create",))
    assert reach(reviewed(fleet, given)).hours_at_most == 3.5


@pytest.mark.parametrize(
    ("target", "ids"),
    [
        ({"key": "tag:Env", "values": ["prod"]}, {0, 3}),
        ({"key": "tag:Env", "values": ["prod", "dev"]}, {0, 1, 3}),
        ({"key": "tag-key", "values": ["Env"]}, {0, 1, 3}),
        ({"key": "InstanceIds", "values": ["*"]}, {0, 1, 2, 3}),
        ({"key": "InstanceIds", "values": ["i-00000000000000002"]}, {2}),
        ({"key": "resource-groups:Name", "values": ["web"]}, {2}),
        ({"key": "ResourceGroup", "values": ["web"]}, {2}),
    ],
)
def test_targets_find_the_nodes_that_fit(target: dict[str, Any], ids: set[int]) -> None:
    fleet = Fleet(
        nodes=(
            node(0),
            node(1, tags={"Env": "dev"}),
            node(2, tags={}, resource_groups=("web",)),
            node(3),
        )
    )
    found = reviewed(fleet, resource(None, {**SCAN, "targets": [target]}, actions=("create",)))
    assert reach(found).nodes == len(ids)


def test_all_keys_have_to_fit() -> None:
    fleet = Fleet(nodes=(node(0), node(1, tags={"Env": "prod", "Team": "web"})))
    targets = [{"key": "tag:Env", "values": ["prod"]}, {"key": "tag:Team", "values": ["web"]}]
    given = resource(None, {**SCAN, "targets": targets}, actions=("create",))
    assert reach(reviewed(fleet, given)).nodes == 1


def test_how_many_there_were_before_is_said() -> None:
    fleet = Fleet(nodes=(node(0), node(1, tags={})))
    everybody = {**SCAN, "targets": [{"key": "InstanceIds", "values": ["*"]}]}
    found = reach(reviewed(fleet, resource(SCAN, everybody)))
    assert (found.nodes_before, found.nodes) == (1, 2)


@pytest.mark.parametrize(
    ("members", "why"),
    [
        ({"is_running": False}, "it is stopped"),
        ({"agent": False}, "SSM Agent does not run on it"),
        ({"role": None, "profile": None}, "it has no instance profile"),
        ({"role": None, "profile": "Empty"}, "it has no role"),
        ({"role": None, "is_hybrid": True, "profile": None}, "it has no role"),
        ({"role": "Tagged"}, None),
        ({"role": "Untagged"}, "its role Untagged lacks the tag QSConfigId-a1b2c"),
        ({"role": "Foreign"}, "nobody says that its role Foreign has the tag QSConfigId-a1b2c"),
        ({}, None),
    ],
)
def test_who_is_left_out_and_why(members: dict[str, Any], why: str | None) -> None:
    roles = {"Tagged": {"QSConfigId-a1b2c": "a1b2c"}, "Untagged": {"QSConfigId-other": "other"}}
    found = reviewed(Fleet(nodes=(node(0, **members),), role_tags=roles))
    messages = said(found, "node-left-out")
    assert messages == [] if why is None else why in messages[0]


@pytest.mark.parametrize(
    ("allowed", "ending"), [("true", ", which the attach runbook will set"), ("false", "")]
)
@pytest.mark.parametrize("purpose", ["AttachIAMToEc2Instance", "AttachIAMToHybridInstance"])
def test_a_role_that_the_attach_runbook_completes_is_not_left_so(
    allowed: str, ending: str, purpose: str
) -> None:
    attach = {
        "association_name": f"AWS-QuickSetup-PatchPolicy-{purpose}-a1b2c",
        "name": "AWSQuickSetup-CreateAndAttachIAMToEc2Node-a1b2c",
        "parameters": {"IsPolicyAttachAllowed": allowed},
    }
    given = [resource(None, each, actions=("create",)) for each in (SCAN, attach)]
    (message,) = said(reviewed(Fleet(nodes=(node(0, role="Foreign"),)), *given), "node-left-out")
    assert message.endswith(f"has the tag QSConfigId-a1b2c{ending}.")


def test_the_roles_of_the_plan_are_looked_at() -> None:
    role = {"name": "Planned", "tags": {"QSConfigId-a1b2c": "a1b2c"}}
    given = (
        resource(None, SCAN, actions=("create",)),
        resource(None, role, type_="aws_iam_role", actions=("create",)),
    )
    assert said(reviewed(Fleet(nodes=(node(0, role="Planned"),)), *given), "node-left-out") == []


def test_a_node_whose_operating_system_has_no_baseline_is_left_out() -> None:
    event = {"ResourceProperties": {"PatchBaselines": {"UBUNTU": {"value": "pb-1", "label": "u"}}}}
    fill = {"function_name": "baseline-overrides-1234-a1b2c", "input": json.dumps(event)}
    given = (
        resource(None, SCAN, actions=("create",)),
        resource(None, fill, type_="aws_lambda_invocation", actions=("create",)),
    )
    fleet = Fleet(nodes=(node(0, operating_system="WINDOWS"), node(1, operating_system="UBUNTU")))
    message = "1 of 2 targeted nodes left out: the policy has no patch baseline for WINDOWS."
    assert said(reviewed(fleet, *given), "node-left-out") == [message]


def test_an_association_that_reaches_nobody_is_named() -> None:
    fleet = Fleet(nodes=(node(0, tags={}),))
    assert len(said(reviewed(fleet), "no-node-reached")) == 1


def test_nodes_of_another_region_are_not_reached() -> None:
    fleet = Fleet(nodes=(node(0, region="eu-west-1"), node(1, region="us-east-1")))
    given = resource(None, {**SCAN, "region": "us-east-1"}, actions=("create",))
    assert reach(reviewed(fleet, given)).nodes == 1


def test_policies_that_meet_on_a_node_are_found_by_their_tags() -> None:
    """Without the fleet, nobody can tell whether a node has both tags."""
    other = {
        **SCAN,
        "association_name": "AWS-QuickSetup-PatchPolicy-ScanForPatches-LA-other",
        "schedule_expression": "cron(0 9 * * ? *)",
        "targets": [{"key": "tag:Team", "values": ["web"]}],
    }
    given = (
        resource(None, SCAN, actions=("create",)),
        {
            **resource(None, other, actions=("create",)),
            "address": "aws_ssm_association.other",
        },
    )
    both = Fleet(nodes=(node(0, tags={"Env": "prod", "Team": "web"}),))
    apart = Fleet(nodes=(node(0), node(1, tags={"Team": "web"})))
    assert len(said(reviewed(both, *given), "policies-meet")) == 1
    assert said(reviewed(apart, *given), "policies-meet") == []


def test_the_fleet_of_the_embedded_aws_is_a_fleet(tmp_path: Path) -> None:
    fleet = load_fleet(ROOT / "examples" / "fleet.yaml")
    assert [each.id for each in fleet.nodes][:2] == ["web-1", "web-2"]


def test_nodes_have_one_form_here_and_in_the_embedded_aws() -> None:
    ours = json.loads(SCHEMA_FILE.read_text(encoding="utf-8"))["properties"]
    theirs = json.loads(EMBEDDED.read_text(encoding="utf-8"))["properties"]
    of_nodes = ours["nodes"]["items"]["properties"]
    for name, form in theirs["nodes"]["items"]["properties"].items():
        assert of_nodes[name] == form
    assert theirs.keys() <= ours.keys()


@pytest.mark.parametrize(
    ("document", "said"),
    [
        ("nodes: [{}]", r"\$\.nodes\[0\]"),
        ("nodes: [{id: x}]", "does not match"),
        ("node: []", r"Additional properties"),
        ("[]", "is not of type 'object'"),
        ("nodes: [", "found no YAML"),
        ("nodes: [{id: i-0123456789abcdef0, operating_system: BEOS}]", "is not one of"),
    ],
)
def test_rejects_what_is_no_fleet(document: str, said: str, tmp_path: Path) -> None:
    file = tmp_path / "fleet.yaml"
    file.write_text(document, encoding="utf-8")
    with pytest.raises(ReviewError, match=said):
        load_fleet(file)


def test_every_problem_of_a_fleet_is_named(tmp_path: Path) -> None:
    file = tmp_path / "fleet.yaml"
    file.write_text(f"nodes: [{', '.join('{id: x}' for _ in range(12))}]", encoding="utf-8")
    with pytest.raises(ReviewError) as refused:
        load_fleet(file)
    assert len(str(refused.value).splitlines()) == 12


def test_a_node_that_is_there_twice_is_named(tmp_path: Path) -> None:
    file = tmp_path / "fleet.yaml"
    file.write_text("nodes: [{id: i-00000001}, {id: i-00000001}]", encoding="utf-8")
    with pytest.raises(ReviewError, match="found i-00000001 twice"):
        load_fleet(file)


def test_a_missing_fleet_is_named_with_status_2(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    plan = tmp_path / "plan.json"
    plan.write_bytes(as_bytes(resource(None, SCAN, actions=("create",))))
    assert main(["review", str(plan), "--fleet", str(tmp_path / "no.yaml")]) == 2
    assert "no.yaml: cannot be read" in capsys.readouterr().err


def test_the_text_says_it_with_the_association(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    plan, fleet = tmp_path / "plan.json", tmp_path / "fleet.yaml"
    plan.write_bytes(as_bytes(resource(None, SCAN, actions=("create",))))
    nodes = [
        {"id": f"i-{n:017x}", "tags": {"Env": "prod"}, "profile": ROLE, "role": ROLE}
        for n in range(14)
    ]
    fleet.write_text(yaml.safe_dump({"nodes": nodes}), encoding="utf-8")
    assert main(["review", str(plan), "--fleet", str(fleet)]) == 0
    printed = capsys.readouterr().out
    assert "fleet: 14 nodes of the fleet, 2 at a time in 7 waves, 21 hours at most" in printed
