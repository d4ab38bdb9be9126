"""Where a construct stands below its stack, known in Python without a call to Node."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from modules.provider.engine import constructs, tf

if TYPE_CHECKING:
    from modules.provider.stack import Stack


@dataclass(frozen=True, slots=True)
class Location:
    """A stack, and the ids that lead from it to a construct."""

    stack: Stack
    ids: tuple[str, ...]

    def child(self, id_: str) -> Location:
        """The location of a construct within this one."""
        return Location(self.stack, (*self.ids, id_))

    @property
    def name(self) -> str:
        """The name in Terraform: `BaselineStore/AccessLog` -> `baseline_store_access_log`."""
        return terraform_name(self.ids)

    def __str__(self) -> str:
        return "/".join([self.stack.name, *self.ids])


def terraform_name(ids: tuple[str, ...]) -> str:
    """A readable name of `[a-z0-9_]`.

    Dropped are ids that repeat the one before, and `Default`, the id of what a construct mainly is.
    """
    words: list[str] = []
    for word in map(_snake_case, ids):
        if word not in ("", "default") and words[-1:] != [word]:
            words.append(word)
    name = "_".join(words)
    return f"_{name}" if name[:1].isdigit() else name


def _snake_case(id_: str) -> str:
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", id_)
    return re.sub(r"[^a-z0-9]+", "_", spaced.lower()).strip("_")


def location_of(construct: constructs.IConstruct) -> Location:
    """The location of any construct below one of our stacks. TypeError: it is in none."""
    known = getattr(construct, "location", None)
    if isinstance(known, Location):
        return known
    from modules.provider.stack import Stack  # noqa: PLC0415 - stacks are located by this module

    scopes = construct.node.scopes
    stacks = [scope for scope in scopes if isinstance(scope, Stack)]
    if not stacks:
        raise TypeError(f"{construct.node.path or 'the app'} stands in no provider.stack.Stack")
    below = scopes[scopes.index(stacks[-1]) + 1 :]
    return Location(stacks[-1], tuple(scope.node.id for scope in below))


class Construct(constructs.Construct):
    """A part of a stack, to derive from. A plain `constructs.Construct` will do as well."""

    def __init__(self, scope: constructs.Construct, id_: str) -> None:
        self.location = location_of(scope).child(id_)
        super().__init__(scope, id_)


def element_location(element: tf.TerraformElement | constructs.Node) -> Location | None:
    """The location of an element of ours; None for CDKTF's own, such as an output."""
    known = getattr(element, "location", None)
    return known if isinstance(known, Location) else None
