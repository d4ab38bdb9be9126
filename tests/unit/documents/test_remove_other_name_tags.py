"""The script that makes a node's name tag the only one of its kind."""

from __future__ import annotations

from typing import Any

import pytest

from tests.unit.documents.fakes import FakeRegion
from tests.unit.documents.running import run

OWN = "QSConfigName-a1b2c"
OTHERS = ["QSConfigName-00000", "QSConfigName-z9y8x"]
KEPT = {OWN: "linux", "Env": "prod", "QSConfigNameless": "x", "MyQSConfigName-1": "x"}


def make_exclusive(node: str) -> dict[str, Any]:
    """Run the step as its document does."""
    payload = {"InstanceId": node, "QSConfigurationId": "a1b2c"}
    return run("add_or_remove_tag", "removeOtherNameTags", payload)


@pytest.mark.parametrize(("node", "kind"), [("i-1", "instances"), ("mi-1", "nodes")])
def test_removes_the_tags_of_other_policies_alone(region: FakeRegion, node: str, kind: str) -> None:
    tags = KEPT | dict.fromkeys(OTHERS, "x")
    getattr(region, kind)[node] = tags
    assert make_exclusive(node) == {"RemovedKeys": OTHERS}
    assert tags == KEPT


@pytest.mark.parametrize(("node", "kind"), [("i-1", "instances"), ("mi-1", "nodes")])
def test_writes_nothing_where_there_is_no_other(region: FakeRegion, node: str, kind: str) -> None:
    getattr(region, kind)[node] = dict(KEPT)
    assert make_exclusive(node) == {"RemovedKeys": []}
    assert region.calls.total() == 1


def test_other_nodes_keep_theirs(region: FakeRegion) -> None:
    region.instances = {f"i-{number}": dict.fromkeys(OTHERS, "x") for number in range(10_000)}
    make_exclusive("i-0")
    assert [name for name, tags in region.instances.items() if not tags] == ["i-0"]
