"""GetInventory over what Systems Manager collects by itself: tags and instance information.

Source: API reference of GetInventory and InventoryFilter.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from modules.local_aws.call import Call, Operation, Result
from modules.local_aws.errors import AwsError
from modules.local_aws.managed_nodes import information, managed, node_tags
from modules.local_aws.paging import page

if TYPE_CHECKING:
    from modules.local_aws.state import State

_COMPARISONS: Mapping[str, Callable[[set[str], list[str]], bool]] = {
    "Equal": lambda given, wanted: not given.isdisjoint(wanted),
    "NotEqual": lambda given, wanted: given.isdisjoint(wanted),
    "BeginWith": lambda given, wanted: any(g.startswith(tuple(wanted)) for g in given),
    "Exists": lambda given, _wanted: bool(given),
}


def _get_inventory(state: State, call: Call) -> Result:
    """GetInventory over the types that Systems Manager collects by itself."""
    entities = []
    for machine in managed(state, call.place):
        tags = node_tags(state, call.place, machine)
        row = {
            k: str(v)
            for k, v in information(state, call.place, machine).items()
            if isinstance(v, str)
        }
        row["InstanceStatus"] = "Active" if row["PingStatus"] == "Online" else row["PingStatus"]
        if all(_inventory_passes(row, tags, f) for f in call.parameters.get("Filters", ())):
            entities.append(_entity(machine.id, row, state.now()))
    return page("Entities", entities, call.parameters)


def _inventory_passes(
    row: Mapping[str, str], tags: Mapping[str, str], asked: Mapping[str, Any]
) -> bool:
    kind, _, attribute = asked["Key"].rpartition(".")
    if kind == "AWS:Tag" and attribute in {"Key", "Value"}:
        given = set(tags if attribute == "Key" else tags.values())
    elif kind == "AWS:InstanceInformation":
        given = {row[attribute]} if attribute in row else set()
    else:
        raise AwsError("InvalidFilter", f"{asked['Key']} is not collected here.")
    compare = _COMPARISONS.get(asked.get("Type", "Equal"))
    if compare is None:
        raise AwsError("InvalidFilter", f"{asked['Type']} is not compared here.")
    return compare(given, asked["Values"])


def _entity(node_id: str, row: dict[str, str], captured: datetime) -> dict[str, Any]:
    name = "AWS:InstanceInformation"
    item = {
        "TypeName": name,
        "SchemaVersion": "1.0",
        "CaptureTime": f"{captured:%Y-%m-%dT%H:%M:%SZ}",
        "Content": [row],
    }
    return {"Id": node_id, "Data": {name: item}}


OPERATIONS: Mapping[str, Operation] = {"GetInventory": _get_inventory}
