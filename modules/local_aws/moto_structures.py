"""Structures of an answer, serialized as moto does, but planned once.

moto finds out anew for each member of each answer under which names to look for it, how to convert
it, and what to call it. All of that depends on the structure's shape and on the class of the object
that is answered with. Plain values, which most are, need no more than that.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from moto.core.model import Shape, StructureShape
from moto.core.serialize import (
    DefaultAttributePicker,
    EC2Serializer,
    JSONSerializer,
    QuerySerializer,
    ResponseSerializer,
    Serialized,
)

from modules.local_aws.moto_picker import QuickPicker, finder, first

_KEPT_AS = "embedded_aws_plans"
MOTOS_OWN = ResponseSerializer._serialize_type_structure
_WITHOUT_HEADERS = frozenset({EC2Serializer, JSONSerializer, QuerySerializer})
# Values of these classes are written as they are.
_PLAIN: dict[str, type] = {"string": str, "integer": int, "long": int}
_PLAIN_IN_JSON = {**_PLAIN, "boolean": bool}


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A member of a structure.

    A value of the class `plain` is written under the name `written`. `names` are those under which
    an owner may have it; there are none where moto's own way has to be gone.
    """

    key: str
    shape: Shape
    names: tuple[str, ...]
    written: str
    plain: type | None


def structure(
    self: ResponseSerializer,
    serialized: Serialized,
    value: Any,
    shape: StructureShape,
    key: str,
) -> None:
    """In the place of `ResponseSerializer._serialize_type_structure`."""
    if type(self) not in _WITHOUT_HEADERS or value is None:
        MOTOS_OWN(self, serialized, value, shape, key)
        return
    wrapper: Serialized = self.MAP_TYPE() if key else serialized
    find = finder(value)
    for member in _members(self, value, shape):
        if member.names:
            found = first(find, value, member.names)
        else:
            found = self.get_value(value, member.key, member.shape)
        if type(found) is member.plain:
            wrapper[member.written] = found
        elif found is not None:
            self._serialize(wrapper, found, member.shape, member.key)
    if key:
        self._default_serialize(serialized, wrapper, shape, key)


def _members(serializer: ResponseSerializer, value: Any, shape: StructureShape) -> Sequence[Member]:
    """The plan for a structure. Threads share it: at worst two of them make the same one."""
    picker = serializer._value_picker
    transformed = tuple(getattr(picker, "response_transformers", ()))
    plans = vars(shape).setdefault(_KEPT_AS, {})
    about = type(serializer), type(picker), type(value), transformed
    plan: Sequence[Member] | None = plans.get(about)
    if plan is None:
        plan = plans[about] = _planned(serializer, value, shape)
    return plan


def _planned(serializer: ResponseSerializer, value: Any, shape: StructureShape) -> list[Member]:
    plan = []
    plain = _PLAIN_IN_JSON if isinstance(serializer, JSONSerializer) else _PLAIN
    for key, member in shape.members.items():
        vars(member)["parent"] = shape  # where moto looks for it
        plan.append(
            Member(
                key=key,
                shape=member,
                names=_names(serializer._value_picker, value, key, member),
                written=serializer.get_serialized_name(member, key),
                plain=plain.get(member.type_name),
            )
        )
    return plan


def _names(picker: object, value: Any, key: str, member: Shape) -> tuple[str, ...]:
    if type(picker) is QuickPicker:
        return picker.plain_names(value, key, member)
    return (key,) if type(picker) is DefaultAttributePicker else ()
