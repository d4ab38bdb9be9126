"""NameTagRemediation's script, over up to 50,000 tagged nodes."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.unit.documents.fakes import FakeRegion, error
from tests.unit.documents.running import run

KEY = "QSConfigName-a1b2c"
AUTOMATION_LIMIT_SECONDS = 600


def remediate(target_type: str, **target: str) -> dict[str, Any]:
    """Run the step as its association has it run."""
    payload = {
        "TargetType": target_type,
        "NameKey": KEY,
        "Targets": json.dumps(target),
        "Region": "eu-west-1",
    }
    return run("name_tag_remediation", "removeStaleNameTags", payload)


def tagged(region: FakeRegion) -> set[str]:
    """The nodes that carry the name tag."""
    nodes = region.instances | region.nodes
    return {name for name, tags in nodes.items() if KEY in tags}


def fill(region: FakeRegion, *, instances: int = 0, nodes: int = 0, every: int = 0) -> None:
    """Tagged nodes; every so-many-th of them is targeted by Env=prod."""
    for number in range(instances):
        region.instances[f"i-{number:017x}"] = {KEY: "linux"} | targeted(number, every)
    for number in range(nodes):
        region.nodes[f"mi-{number:017x}"] = {KEY: "linux"} | targeted(number, every)


def targeted(number: int, every: int) -> dict[str, str]:
    """The tag of a targeted node."""
    return {"Env": "prod"} if every and number % every == 0 else {}


@pytest.mark.parametrize(("instances", "nodes"), [(0, 0), (1, 0), (0, 1), (10_000, 10_000)])
def test_removes_the_tag_from_all_nodes_but_the_targeted(
    region: FakeRegion, instances: int, nodes: int
) -> None:
    fill(region, instances=instances, nodes=nodes, every=4)
    kept = {f"i-{n:017x}" for n in range(0, instances, 4)}
    kept |= {f"mi-{n:017x}" for n in range(0, nodes, 4)}
    counts = remediate("Tags", Key="Env", Value="prod")
    assert tagged(region) == kept
    removed = instances + nodes - len(kept)
    assert counts == {"Tagged": instances + nodes, "Removed": removed, "Remaining": 0}


def test_a_second_run_writes_nothing(region: FakeRegion) -> None:
    fill(region, instances=30, nodes=30, every=3)
    remediate("Tags", Key="Env", Value="prod")
    region.calls.clear()
    remediate("Tags", Key="Env", Value="prod")
    assert not region.calls.keys() & {"DeleteTags", "UntagResources", "RemoveTagsFromResource"}


def test_all_nodes_as_target_needs_no_call(region: FakeRegion) -> None:
    fill(region, instances=5, nodes=5)
    assert remediate("*", Key="*") == {"Tagged": 0, "Removed": 0, "Remaining": 0}
    assert not region.calls


def test_any_value_of_the_key_targets_a_node_where_none_is_given(region: FakeRegion) -> None:
    region.instances = {"i-1": {KEY: "a", "Env": "dev"}, "i-2": {KEY: "a"}}
    region.nodes = {"mi-1": {KEY: "a", "Env": ""}, "mi-2": {KEY: "a", "env": "prod"}}
    remediate("Tags", Key="Env")
    assert tagged(region) == {"i-1", "mi-1"}


@pytest.mark.parametrize("value", ["web*", "web?", "a\\b"])
def test_a_tag_value_with_a_wildcard_in_it_is_matched_literally(
    region: FakeRegion, value: str
) -> None:
    region.instances = {"i-1": {KEY: "a", "Env": value}, "i-2": {KEY: "a", "Env": "web1"}}
    remediate("Tags", Key="Env", Value=value)
    assert tagged(region) == {"i-1"}


def test_named_instances_keep_the_tag(region: FakeRegion) -> None:
    fill(region, instances=4, nodes=2)
    wanted = ["i-00000000000000001", "mi-00000000000000000"]
    remediate("InstanceIds", Key=",".join(wanted))
    assert tagged(region) == set(wanted)


def test_members_of_the_resource_group_keep_the_tag(region: FakeRegion) -> None:
    fill(region, instances=120, nodes=120)
    members = [*list(region.instances)[:75], *list(region.nodes)[:75]]
    region.groups = {"web": members}
    remediate("ResourceGroups", Key="web")
    assert tagged(region) == set(members)


def test_the_tag_goes_whatever_its_value_is(region: FakeRegion) -> None:
    """A policy that was renamed left its old name on nodes that it does not target any more."""
    region.instances = {"i-1": {KEY: "old name"}}
    region.nodes = {"mi-1": {KEY: "old name"}}
    remediate("InstanceIds", Key="i-9")
    assert tagged(region) == set()


@pytest.mark.parametrize(
    ("target_type", "operation"),
    [
        ("Tags", "DescribeTags"),
        ("Tags", "GetResources"),
        ("ResourceGroups", "ListGroupResources"),
    ],
)
def test_a_query_that_fails_removes_nothing(
    region: FakeRegion, target_type: str, operation: str
) -> None:
    fill(region, instances=1500, nodes=150)
    region.groups = {"web": list(region.instances)}
    region.fail_second_call_of = operation
    with pytest.raises(Exception, match="AccessDenied"):
        remediate(target_type, Key="web")
    assert len(tagged(region)) == 1650


def test_a_resource_group_that_is_not_there_removes_nothing(region: FakeRegion) -> None:
    fill(region, instances=3)
    with pytest.raises(Exception, match="NotFoundException"):
        remediate("ResourceGroups", Key="web")
    assert len(tagged(region)) == 3


@pytest.mark.parametrize("targets", ['{"Key":', "[]", '{"Value": "x"}'])
def test_targets_that_cannot_be_read_remove_nothing(region: FakeRegion, targets: str) -> None:
    fill(region, instances=3)
    payload = {"TargetType": "Tags", "NameKey": KEY, "Targets": targets, "Region": "eu-west-1"}
    with pytest.raises((ValueError, TypeError, KeyError)):
        run("name_tag_remediation", "removeStaleNameTags", payload)
    assert len(tagged(region)) == 3


def test_an_unknown_target_type_removes_nothing(region: FakeRegion) -> None:
    fill(region, instances=1)
    with pytest.raises(ValueError, match="'All'"):
        remediate("All", Key="x")
    assert len(tagged(region)) == 1


def test_instances_that_are_gone_do_not_hold_the_others_up(region: FakeRegion) -> None:
    fill(region, instances=1200)
    region.gone = {f"i-{number:017x}" for number in (0, 499, 1199)}
    counts = remediate("InstanceIds", Key="i-none")
    assert counts == {"Tagged": 1200, "Removed": 1200, "Remaining": 0}
    assert tagged(region) == region.gone


def test_a_node_that_the_tagging_api_refuses_is_asked_for_at_its_own_service(
    region: FakeRegion,
) -> None:
    fill(region, nodes=45)
    region.refuse_untagging = {f"mi-{number:017x}" for number in (3, 44)}
    region.gone = {f"mi-{7:017x}"}
    assert remediate("InstanceIds", Key="i-none")["Removed"] == 45
    assert tagged(region) == region.gone


def test_a_batch_of_instances_that_are_all_gone_is_done(region: FakeRegion) -> None:
    fill(region, instances=3)
    region.gone = set(region.instances)
    assert remediate("InstanceIds", Key="i-none")["Removed"] == 3
    assert region.calls["DeleteTags"] == 1


def test_a_hybrid_node_that_keeps_its_tag_fails_the_run_after_all_others_were_done(
    region: FakeRegion,
) -> None:
    fill(region, nodes=45)
    stubborn = f"mi-{3:017x}"
    region.refuse_untagging = {stubborn}
    denied = error("RemoveTagsFromResource", "AccessDeniedException")
    region.failures = {"RemoveTagsFromResource": [denied]}
    with pytest.raises(RuntimeError, match=rf"1 of 45 nodes, {stubborn} .*AccessDenied"):
        remediate("InstanceIds", Key="i-none")
    assert tagged(region) == {stubborn}


def test_a_batch_that_is_refused_fails_the_run_after_all_others_were_done(
    region: FakeRegion,
) -> None:
    fill(region, instances=1200)
    region.failures = {"DeleteTags": [error("DeleteTags", "UnauthorizedOperation")]}
    with pytest.raises(RuntimeError, match=r"500 of 1200 nodes, i-0+ .*UnauthorizedOperation"):
        remediate("InstanceIds", Key="i-none")
    assert len(tagged(region)) == 500


def test_50_000_instances_take_fewer_than_a_call_per_100(region: FakeRegion) -> None:
    fill(region, instances=50_000, every=2)
    start = region.now
    assert remediate("Tags", Key="Env", Value="prod")["Removed"] == 25_000
    assert region.calls.total() < 50_000 / 100
    assert region.now - start < AUTOMATION_LIMIT_SECONDS


def test_50_000_hybrid_nodes_take_a_call_per_20_to_untag_and_one_per_100_to_find(
    region: FakeRegion,
) -> None:
    fill(region, nodes=50_000)
    start = region.now
    assert remediate("Tags", Key="Env", Value="prod")["Removed"] == 50_000
    assert region.calls == {"DescribeTags": 2, "GetResources": 500, "UntagResources": 2500}
    assert region.now - start < AUTOMATION_LIMIT_SECONDS


def test_a_run_that_is_out_of_time_says_what_remains_and_the_next_one_goes_on(
    region: FakeRegion, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tests.unit.documents.fakes.SECONDS_PER_CALL", 30)
    fill(region, nodes=1000)
    start = region.now
    first = remediate("InstanceIds", Key="i-none")
    assert first["Removed"] == 140
    assert first["Remaining"] == 860
    assert region.now - start < AUTOMATION_LIMIT_SECONDS
    while remediate("InstanceIds", Key="i-none")["Remaining"]:
        pass
    assert tagged(region) == set()


def test_instances_are_left_for_the_next_run_too(
    region: FakeRegion, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tests.unit.documents.fakes.SECONDS_PER_CALL", 170)
    fill(region, instances=1200)
    first = remediate("InstanceIds", Key="i-none")
    assert (first["Removed"], first["Remaining"]) == (500, 700)
    while remediate("InstanceIds", Key="i-none")["Remaining"]:
        pass
    assert tagged(region) == set()


def test_a_listing_that_takes_too_long_removes_nothing(
    region: FakeRegion, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tests.unit.documents.fakes.SECONDS_PER_CALL", 100)
    fill(region, nodes=1000)
    with pytest.raises(TimeoutError, match="no tag was removed"):
        remediate("InstanceIds", Key="i-none")
    assert len(tagged(region)) == 1000
