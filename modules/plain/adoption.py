"""What is there already becomes the root module's: import blocks, which no other module may hold,
and moved blocks.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from modules.plain.calls import Call
from modules.plain.configuration import Configuration
from modules.plain.deployed import Deployed
from modules.plain.elements import Element
from modules.plain.module import Module
from modules.plain.topics import INSTANCE_ROLE
from modules.provider.expressions import literal, reference
from modules.quick_setup import names

_ROLE: Final = ("aws_iam_role", "aws_iam_instance_profile")
_POLICY: Final = "aws_iam_policy"
_ACCOUNT: Final = names.Place(
    account=reference("data.aws_caller_identity.adopted.account_id"),
    partition=reference("data.aws_partition.adopted.partition"),
    region="",
)


@dataclass(frozen=True, kw_only=True)
class Use:
    """A module as a root has it: as itself, where `prefix` is empty, or as `module.name.`."""

    module: Module
    prefix: str
    call: Call

    def addresses(self) -> Iterator[tuple[Element, str]]:
        """Each resource that it makes, and its address in the root."""
        for each in self.module.elements:
            if each.place.section in self.call.creates:
                index = "[0]" if self.module.shape.toggle(each.place.section) else ""
                yield each, f"{self.prefix}{each.place.address}{index}"


def taken_over(
    uses: Sequence[Use], deployed: Sequence[Deployed] = (), *, moved: bool
) -> dict[str, Configuration]:
    """The files `imports` and `moved` of a root, as far as it needs them."""
    found = {
        "imports": import_blocks(uses, deployed),
        # Every stack has the same addresses, so that it can be the state of one alone.
        "moved": moved_blocks(uses[0]) if moved else {},
    }
    return {name: configuration for name, configuration in found.items() if configuration}


def import_blocks(uses: Iterable[Use], deployed: Sequence[Deployed] = ()) -> Configuration:
    """The blocks for what a policy adopts and for what was deployed before; may be empty."""
    ids: dict[str, str] = {}
    for use in uses:
        ids |= {**dict(_adopted(use)), **dict(_deployed(use, deployed))}
    if not ids:
        return {}
    configuration: Configuration = {
        "import": _commented(
            "What is there already. This file may go once it is applied.",
            [{"to": address, "id": id_} for address, id_ in ids.items()],
        )
    }
    if not any("_identity.adopted" in id_ for id_ in ids.values()):
        return configuration
    sources: Configuration = {
        kind: {"adopted": {}} for kind in ("aws_caller_identity", "aws_partition")
    }
    return {"data": sources, **configuration}


def _adopted(use: Use) -> Iterator[tuple[str, str]]:
    roles = use.call.policy.instance_roles
    if INSTANCE_ROLE not in use.call.creates or not roles.adopt_default_role:
        return
    ids = dict.fromkeys(_ROLE, names.DEFAULT_ROLE)
    if roles.adopt_baseline_policy:
        ids[_POLICY] = names.baseline_policy_arn(_ACCOUNT)
    for element, address in use.addresses():
        if element.place.section == INSTANCE_ROLE and element.place.type in ids:
            yield address, ids[element.place.type]


def _deployed(use: Use, deployed: Sequence[Deployed]) -> Iterator[tuple[str, str]]:
    where = (use.call.policy.configuration_id, use.call.region)
    ids = {each.place: each.id for each in deployed if each.where in (where, None)}
    for element, address in use.addresses():
        if element.place in ids:
            yield address, literal(ids[element.place])


def moved_blocks(use: Use) -> Configuration:
    """From the addresses of CDKTF's stack, and of a root of one policy, to those of this root.

    Where both have to move on, the second block begins where the first one ends.
    """
    steps: list[tuple[str, str]] = []
    for element, address in use.addresses():
        stations = dict.fromkeys((element.drawn, element.place.address, address))
        steps += pairwise(stations)
    moved = [{"from": start, "to": end} for start, end in steps]
    return {"moved": _commented("From the addresses of an earlier form of this policy.", moved)}


def _commented(comment: str, blocks: Sequence[Configuration]) -> list[Configuration]:
    """The blocks, with a comment above the first."""
    first, *others = blocks
    return [{"//": comment, **first}, *others]
