"""Tags on the Systems Manager resources that are kept here; documents and parameters are moto's."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from modules.local_aws.call import Call, Operation, Result
from modules.local_aws.errors import AwsError

if TYPE_CHECKING:
    from modules.local_aws.state import State

QUOTA = 50  # tags of a resource: AddTagsToResource raises TooManyTagsError beyond
Key = tuple[tuple[str, str], str, str]


@dataclass
class Tags:
    """Tags by place, resource type and resource ID."""

    by_resource: dict[Key, dict[str, str]] = field(default_factory=lambda: defaultdict(dict))

    def of(self, place: tuple[str, str], kind: str, resource_id: str) -> dict[str, str]:
        """A resource's tags, to read or to change."""
        return self.by_resource[place, kind, resource_id]

    def put(
        self, place: tuple[str, str], kind: str, resource_id: str, tags: Iterable[Mapping[str, str]]
    ) -> None:
        """Add tags, given as AWS does: `{"Key": ..., "Value": ...}`."""
        merged = self.of(place, kind, resource_id) | {t["Key"]: t["Value"] for t in tags}
        if len(merged) > QUOTA:
            raise AwsError("TooManyTagsError", f"A resource can have {QUOTA} tags at most.")
        self.by_resource[place, kind, resource_id] = merged

    def forget(self, place: tuple[str, str], kind: str, resource_id: str) -> None:
        """Drop the tags of a resource that is gone."""
        self.by_resource.pop((place, kind, resource_id), None)


def _resource(state: State, call: Call) -> str | None:
    """The ID of a resource that is kept here, None for moto's; InvalidResourceId."""
    kind, resource_id = call.parameters["ResourceType"], str(call.parameters["ResourceId"])
    holders: Mapping[str, Container[str]] = {
        "Association": state.associations.at(call.place),
        "Automation": state.automation.at(call.place),
        "ManagedInstance": state.nodes.at(call.place),
        "PatchBaseline": state.baselines.custom[call.place],
    }
    if kind not in holders:
        return None
    if resource_id not in holders[kind]:
        raise AwsError("InvalidResourceId", "The resource ID isn't valid. Verify the ID.")
    return resource_id


def _add(state: State, call: Call) -> Result | None:
    resource_id = _resource(state, call)
    if resource_id is None:
        return None
    state.tags.put(
        call.place, call.parameters["ResourceType"], resource_id, call.parameters["Tags"]
    )
    return {}


def _remove(state: State, call: Call) -> Result | None:
    resource_id = _resource(state, call)
    if resource_id is None:
        return None
    tags = state.tags.of(call.place, call.parameters["ResourceType"], resource_id)
    for key in call.parameters["TagKeys"]:
        tags.pop(key, None)
    return {}


def _list(state: State, call: Call) -> Result | None:
    resource_id = _resource(state, call)
    if resource_id is None:
        return None
    tags = state.tags.of(call.place, call.parameters["ResourceType"], resource_id)
    return {"TagList": [{"Key": key, "Value": value} for key, value in tags.items()]}


OPERATIONS: Mapping[str, Operation] = {
    "AddTagsToResource": _add,
    "ListTagsForResource": _list,
    "RemoveTagsFromResource": _remove,
}
