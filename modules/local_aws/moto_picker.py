"""The names by which moto's serializer looks for a member of an answer, found once.

For each member moto tries the API's name, the Python one, and both without a prefix. Which names
these are depends on the member's shape and on the class of the object that is answered with. They
are kept with the shape: what moto makes for one answer alone goes with it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

from moto.core.model import Shape
from moto.core.serialize import (
    AttributePickerContext,
    DefaultAttributePicker,
    ResponseSerializer,
    XFormedAttributePicker,
)
from moto.core.utils import get_value

Names = dict[tuple[type, str], tuple[str, ...]]
_KEPT_AS = "embedded_aws_names"
_GET_VALUE = ResponseSerializer.get_value
_MISSING = object()


class QuickPicker(XFormedAttributePicker):
    """Picks what moto's own picks.

    Threads share the shapes: at worst two of them find the same names at the same time.
    """

    def pick(self, owner: Any, key: str, shape: Shape, path: Sequence[str]) -> Any:
        """A member's value, or None; the path leads to its owner."""
        value = first(get_value, owner, self._names(owner, key, shape))
        return self._transformed(value, key, path)

    def plain_names(self, owner: Any, key: str, shape: Shape) -> tuple[str, ...]:
        """The names; none where one is a path, or what is found may be transformed."""
        names = self._names(owner, key, shape)
        is_path = any("." in name for name in names)
        return () if is_path or _that_may_end(tuple(self.response_transformers), key) else names

    def _names(self, owner: Any, key: str, shape: Shape) -> tuple[str, ...]:
        """The names, in moto's order."""
        kept: Names = vars(shape).setdefault(_KEPT_AS, {})
        about = type(owner), key
        names = kept.get(about)
        if names is None:
            context = AttributePickerContext(obj=owner, key=key, shape=shape)
            names = kept[about] = tuple(dict.fromkeys(self.get_possible_keys(context)))
        return names

    def _transformed(self, value: Any, key: str, path: Sequence[str]) -> Any:
        """The value as the first transformer makes it whose path the member's path ends with."""
        for ending in _that_may_end(tuple(self.response_transformers), key):
            if ".".join((*path, key)).endswith(ending):
                return self.response_transformers[ending](value)
        return value


def first(find: Callable[[Any, str, object], Any], owner: Any, names: Sequence[str]) -> Any:
    """What an owner has under the first of the names that it knows, or None."""
    for name in names:
        found = find(owner, name, _MISSING)
        if found is not _MISSING:
            return found
    return None


def finder(owner: Any) -> Callable[[Any, str, object], Any]:
    """What finds a name in an owner as moto does: an item, or an attribute if it has no items.

    The quick way to what `get_value` finds, for names that are no paths.
    """
    if type(owner) is dict:  # and none that makes up what it lacks
        return dict.get
    return get_value if hasattr(owner, "__getitem__") else getattr


def value_of(self: ResponseSerializer, value: Any, key: str, shape: Shape) -> Any:
    """In the place of `ResponseSerializer.get_value`, which makes a context for each member."""
    picker = self._value_picker  # this is a method
    if type(picker) is QuickPicker:
        return picker.pick(value, key, shape, self.path)
    if type(picker) is DefaultAttributePicker:
        return get_value(value, key, None)
    return _GET_VALUE(self, value, key, shape)


@cache
def _that_may_end(paths: tuple[str, ...], key: str) -> tuple[str, ...]:
    """Those of the paths with which a longer path that ends with a key may end."""
    return tuple(path for path in paths if path.endswith(key) or key.endswith(path))
