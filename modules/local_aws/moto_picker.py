"""The names by which moto's serializer looks for a member of an answer, found once.

For each member moto tries the API's name, the Python one, and both without a prefix. Which names
these are depends on the member's shape and on the class of the object that is answered with. They
are kept with the shape: what moto makes for one answer alone goes with it.
"""

from __future__ import annotations

from collections.abc import Iterable

from moto.core.serialize import AttributePickerContext, XFormedAttributePicker

Names = dict[tuple[type, str], tuple[str, ...]]
_KEPT_AS = "embedded_aws_names"


class QuickPicker(XFormedAttributePicker):
    """Picks what moto's own picks.

    Threads share the shapes: at worst two of them find the same names at the same time.
    """

    def get_possible_keys(self, context: AttributePickerContext) -> Iterable[str]:  # type: ignore[override]  # moto's is a generator, and iterated over
        """The names, in moto's order."""
        kept: Names = vars(context.shape).setdefault(_KEPT_AS, {})
        about = type(context.obj), context.key
        names = kept.get(about)
        if names is None:
            names = kept[about] = tuple(dict.fromkeys(super().get_possible_keys(context)))
        return names
