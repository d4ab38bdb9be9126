"""Known names give Terraform no order, so every edge is explicit: here the graph is walked."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.synth.graph import Graph, graph_of

Configurations = dict[str, dict[str, Any]]


@pytest.fixture(scope="module")
def graphs(configurations: Configurations) -> dict[str, Graph]:
    return {name: graph_of(configuration) for name, configuration in configurations.items()}


def invocation(graph: Graph) -> str | None:
    found = [*graph.of_type("aws_lambda_invocation")]
    assert len(found) <= 1
    return found[0] if found else None


def stores(graphs: dict[str, Graph]) -> Iterator[tuple[Graph, str]]:
    found = [(graph, first) for graph in graphs.values() if (first := invocation(graph))]
    assert len(found) >= 8, "the varied policies have that many stores"
    yield from found


def associations(graph: Graph) -> dict[str, str]:
    """Address by purpose, such as `ScanForPatches-LA`."""
    names = {
        address: block["association_name"]
        for address, block in graph.of_type("aws_ssm_association").items()
    }
    return {
        name.removeprefix("AWS-QuickSetup-PatchPolicy-").rpartition("-")[0]: address
        for address, name in names.items()
    }


def role_name_of(graph: Graph, address: str) -> str:
    """The role that an association's runbook works as; the refresh has it in its document."""
    parameters = graph.blocks[address].get("parameters", {})
    arn = parameters.get("AutomationAssumeRole")
    if arn is None:
        (document,) = (
            block
            for block in graph.of_type("aws_ssm_document").values()
            if block["name"] == graph.blocks[address]["name"]
        )
        arn = re.search(r":role/[^\"]+", document["content"])
        assert arn
        arn = arn[0]
    return str(arn).rpartition("/")[2]


def role_parts(graph: Graph, role_name: str) -> set[str]:
    """A role and its inline policies."""
    (role,) = (a for a, b in graph.of_type("aws_iam_role").items() if b["name"] == role_name)
    policies = {
        address
        for address, block in graph.of_type("aws_iam_role_policy").items()
        if role in graph.edges[address]
    }
    assert policies
    return {role, *policies}


def test_the_first_copy_comes_after_the_bucket_with_all_its_settings(
    graphs: dict[str, Graph],
) -> None:
    for graph, first in stores(graphs):
        bucket_types = {a for a in graph.blocks if a.startswith("aws_s3_bucket")}
        logging = set(graph.of_type("aws_s3_bucket_logging"))
        assert len(logging) == 1
        # Of the access-log bucket, only what S3 needs to deliver is waited for.
        needed = {a for a in bucket_types if "access_log" not in a} | {
            a for a in bucket_types if a.endswith("access_log_policy")
        }
        assert len({a.partition(".")[0] for a in needed}) == 8
        assert needed <= graph.before(first)


def test_the_first_copy_comes_after_the_functions_policies_and_log_group(
    graphs: dict[str, Graph],
) -> None:
    for graph, first in stores(graphs):
        (function,) = graph.of_type("aws_lambda_function")
        (log_group,) = graph.of_type("aws_cloudwatch_log_group")
        roles = [b["name"] for b in graph.of_type("aws_iam_role").values()]
        (role,) = (name for name in roles if "LambdaRole" in name)
        assert {function, log_group, *role_parts(graph, role)} <= graph.before(first)


def test_the_function_itself_comes_after_what_it_needs(graphs: dict[str, Graph]) -> None:
    """The log group first, or Lambda's first call would find none and have no right to make it."""
    for graph, _ in stores(graphs):
        (function,) = graph.of_type("aws_lambda_function")
        assert set(graph.of_type("aws_cloudwatch_log_group")) <= graph.before(function)


def test_patching_and_refresh_come_after_the_first_copy(graphs: dict[str, Graph]) -> None:
    for graph, first in stores(graphs):
        purposes = associations(graph)
        patching = {"ScanForPatches-LA", "InstallPatches-LA"} & purposes.keys()
        for purpose in (*patching, "BaselineRemediation"):
            assert first in graph.before(purposes[purpose]), purpose


def test_runbooks_of_nodes_do_not_wait_for_the_store(graphs: dict[str, Graph]) -> None:
    """Roles and tags are ready sooner than S3 and Lambda are."""
    for graph, first in stores(graphs):
        for purpose in {"AttachIAMToEc2Instance", "AddRemoveNameTag"} & associations(graph).keys():
            assert first not in graph.before(associations(graph)[purpose])


def test_an_association_comes_after_its_document(graphs: dict[str, Graph]) -> None:
    checked = 0
    for graph in graphs.values():
        documents = {b["name"]: a for a, b in graph.of_type("aws_ssm_document").items()}
        for address, block in graph.of_type("aws_ssm_association").items():
            if block["name"] in documents:
                assert documents[block["name"]] in graph.before(address)
                checked += 1
            else:
                assert block["name"] in ("AWS-RunPatchBaseline", "AWS-EnableExplorer")
    assert checked > 40


def test_a_runbooks_association_comes_after_its_role_is_settled(graphs: dict[str, Graph]) -> None:
    for graph in graphs.values():
        settled = {
            address: block
            for address, block in graph.of_type("terraform_data").items()
            if "provisioner" in block
        }
        for address, block in graph.of_type("aws_ssm_association").items():
            if block["name"] == "AWS-RunPatchBaseline":
                continue
            parts = role_parts(graph, role_name_of(graph, address))
            assert parts <= graph.before(address), address
            assert any(
                pause in graph.before(address) and parts <= graph.before(pause) for pause in settled
            ), address


def test_the_pause_is_repeated_for_a_new_role_alone(graphs: dict[str, Graph]) -> None:
    for graph in graphs.values():
        for address, block in graph.of_type("terraform_data").items():
            if "provisioner" not in block:
                continue
            assert block["provisioner"] == [{"local-exec": {"command": "sleep 30"}}], address
            triggers = block["triggers_replace"]
            assert triggers
            assert all(re.fullmatch(r"\$\{aws_iam_role\.\w+\.unique_id\}", t) for t in triggers)


def test_nothing_waits_for_itself(graphs: dict[str, Graph]) -> None:
    for graph in graphs.values():
        assert [address for address in graph.blocks if address in graph.before(address)] == []


def test_stacks_follow_the_role_and_their_home_region(json_output: Path) -> None:
    manifest = json.loads((json_output / "manifest.json").read_text(encoding="utf-8"))
    found = {name: set(stack["dependencies"]) for name, stack in manifest["stacks"].items()}
    role = "patch-policy-instance-role"
    assert found.pop(role) == set()
    homes = {
        "elsew": "us-east-1",
        "tworg": "us-east-1",
    }
    assert len(found) == 14
    for name, dependencies in found.items():
        configuration_id = name.split("-")[2]
        home = f"patch-policy-{configuration_id}-{homes.get(configuration_id, '')}"
        follows = {home} if configuration_id in homes and home != name else set()
        assert dependencies == {role, *follows}, name
