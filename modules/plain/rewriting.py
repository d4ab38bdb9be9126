"""Changes strings in Terraform's JSON: addresses, names of which a local holds the value, tags."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from modules.plain.drawing import EACH_ID, TAGS
from modules.provider.expressions import reference
from modules.provider.hcl import render_expression


@dataclass(frozen=True)
class Substitution:
    """`expression` for a template, whether it is a whole string or a part of one."""

    template: str
    expression: str

    def apply(self, text: str) -> str:
        """The text with it; in expressions within the text, quotes around the whole go."""
        if text == self.template:
            return reference(self.expression)
        text = text.replace(self._quoted, self.expression)
        return text.replace(self._quoted[1:-1], reference(self.expression))

    @cached_property
    def _quoted(self) -> str:
        return render_expression(self.template)


def map_strings(value: Any, change: Callable[[str], str]) -> Any:
    """The same structure with every string changed, keys excepted."""
    match value:
        case str():
            return change(value)
        case Mapping():
            return {key: map_strings(item, change) for key, item in value.items()}
        case list():
            return [map_strings(item, change) for item in value]
    return value


def spread(value: Any, list_reference: str) -> Any:
    """A list whose one item stands for a list becomes that list."""
    bare = list_reference[2:-1]
    if value == [list_reference]:
        return list_reference
    match value:
        case str():
            return value.replace(f"[{bare}]", bare)
        case Mapping():
            return {key: spread(item, list_reference) for key, item in value.items()}
        case list():
            return [spread(item, list_reference) for item in value]
    return value


def with_tags(element: Mapping[str, Any], tags: str, configuration_ids: str) -> dict[str, Any]:
    """The element with those of a variable among its tags; the arguments are expressions."""
    changed = dict(element)
    if TAGS not in changed.get("tags", {}):
        return changed
    own = {key: value for key, value in changed["tags"].items() if key != TAGS}
    if not own:
        changed["tags"] = reference(tags)
    elif any(EACH_ID in key for key in own):
        ((key, value),) = own.items()
        each_key, each_value = (text.replace(EACH_ID, "${id}") for text in (key, value))
        pairs = f"{render_expression(each_key)} => {render_expression(each_value)}"
        loop = f"{{ for id in {configuration_ids} : {pairs} }}"
        changed["tags"] = reference(f"merge({tags}, {loop})")
    else:
        changed["tags"] = reference(f"merge({tags}, {render_expression(own)})")
    return changed


def renamed(addresses: Mapping[str, str], counted: frozenset[str]) -> Callable[[str], str]:
    """Changes drawn addresses into those of the module; attributes of `counted` ones get `[0]`."""
    pattern = re.compile(
        r"\b(" + "|".join(sorted(map(re.escape, addresses), key=len, reverse=True)) + r")\b(\.)?"
    )

    def change(match: re.Match[str]) -> str:
        address = addresses[match[1]]
        index = "[0]" if match[2] and address in counted else ""
        return f"{address}{index}{match[2] or ''}"

    return lambda text: pattern.sub(change, text)
