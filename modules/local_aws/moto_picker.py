"""How moto's serializer finds the value of a member, found once and not at each answer.

For each member of an answer moto tries some names that its object may have for it: the API's, the
Python one, those without a prefix. Which they are depends on the object's class and the member.
"""

from __future__ import annotations

from typing import Any

from moto.core.constants import MISSING
from moto.core.serialize import AttributePickerContext, XFormedAttributePicker

# By class, shape and key; None where a name is a path, which moto follows. botocore keeps the
# shapes of a model, each a member of one structure.
_known: dict[tuple[type, object, str], tuple[str, ...] | None] = {}


class QuickPicker(XFormedAttributePicker):
    """Picks what moto's own picks."""

    def __call__(self, context: AttributePickerContext) -> Any:
        """The value of a member, or None."""
        names = self._names(context)
        if names is None:
            return super().__call__(context)
        return self._transformed(context, _pick(context.obj, names))

    def _names(self, context: AttributePickerContext) -> tuple[str, ...] | None:
        key = (type(context.obj), context.shape, context.key)
        if key not in _known:
            found = tuple(dict.fromkeys(self.get_possible_keys(context)))
            _known[key] = None if any("." in name for name in found) else found
        return _known[key]

    def _transformed(self, context: AttributePickerContext, value: Any) -> Any:
        path = f"{context.key_path}.{context.key}"
        if path.endswith(tuple(self.response_transformers)):  # few do
            for ending, transform in self.response_transformers.items():
                if path.endswith(ending):
                    return transform(value)
        return value


def _pick(obj: Any, names: tuple[str, ...]) -> Any:
    """The first that is there: an item of what has items, otherwise an attribute."""
    if not hasattr(obj, "__getitem__"):
        for name in names:
            value = getattr(obj, name, MISSING)
            if value is not MISSING:
                return value
        return None
    for name in names:
        try:
            return obj[name]
        except (KeyError, IndexError, TypeError, AttributeError):
            continue
    return None
