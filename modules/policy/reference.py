"""The policy file's key reference, written from its schema into the documentation.

`python -m modules.policy.reference` renews it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from modules.policy.problems import choices
from modules.policy.schema import policy_schema, resolve

PAGE = Path(__file__).parents[2] / "docs" / "policy-file.md"
BEGIN = "<!-- key reference: written by `python -m modules.policy.reference` -->"
END = "<!-- end of the key reference -->"

_TYPE_WORDS = {
    "string": "text",
    "integer": "number",
    "boolean": "`true` or `false`",
    "object": "mapping",
}

_NEEDS_QUOTES = re.compile(r"[?,:#{}\[\]]")  # inside { } and [ ]

Schema = Mapping[str, Any]


def render_page(page: str) -> str:
    """The page with the reference between its two marker lines renewed."""
    before, rest = page.split(BEGIN)
    _, after = rest.split(END)
    return f"{before}{BEGIN}\n\n{render_table()}\n{END}{after}"


def render_table() -> str:
    """All keys as a Markdown table, in the schema's order."""
    lines = ["| key | type | default | meaning | example |", "|---|---|---|---|---|"]
    lines += [f"| {' | '.join(row)} |" for row in _rows(policy_schema(), "")]
    return "\n".join(lines) + "\n"


def _rows(schema: Schema, prefix: str) -> Iterator[tuple[str, ...]]:
    required = schema.get("required", ())
    properties: Mapping[str, Schema] = schema.get("properties", {})
    if _is_map(properties):
        yield _map_row(properties, prefix)
        return
    for key, subschema in properties.items():
        definition = resolve(subschema)
        meaning, example = definition["description"], _code(definition["examples"][0])
        default = _default(definition, is_required=key in required)
        yield f"`{prefix}{key}`", _type(definition), default, meaning, example
        yield from _rows(definition, f"{prefix}{key}.")


def _is_map(properties: Mapping[str, Schema]) -> bool:
    """Whether the keys differ in nothing but their names, as operating systems do."""
    definitions = {subschema.get("$ref") for subschema in properties.values()}
    return len(properties) > 1 and len(definitions) == 1 and None not in definitions


def _map_row(properties: Mapping[str, Schema], prefix: str) -> tuple[str, ...]:
    definition = resolve(next(iter(properties.values())))
    names = choices((f"`{key}`" for key in properties), "and")
    default = _default(definition, is_required=False)
    example = _code(definition["examples"][0])
    return f"`{prefix}<OS>`", _type(definition), default, f"The keys are {names}.", example


def _type(definition: Schema) -> str:
    match definition:
        case {"enum": [bool(), *_]}:
            return "`true`"
        case {"enum": values}:
            return choices(f"`{value}`" for value in values)
        case {"type": "array", "items": items}:
            return f"list of {_type(resolve(items))}"
        case {"type": list(types)}:
            return choices(_TYPE_WORDS[name] for name in types)
    return _TYPE_WORDS[definition["type"]]


def _default(definition: Schema, *, is_required: bool) -> str:
    if is_required:
        return "**required**"
    if "x-default" in definition:
        return str(definition["x-default"])
    match definition.get("default"):
        case None:
            return "left out"
        case {} if "properties" in definition:
            return "its keys' defaults"
        case "" | {} | []:
            return "none"
        case value:
            return _code(value)


def _code(value: object) -> str:
    """A value as it stands in a policy file, on one line."""
    return f"`{value if isinstance(value, str) and not value.isdecimal() else _flow(value)}`"


def _flow(value: object) -> str:
    match value:
        case dict():
            return "{" + ", ".join(f"{key}: {_flow(item)}" for key, item in value.items()) + "}"
        case list():
            return "[" + ", ".join(map(_flow, value)) + "]"
        case str() if not value.isdecimal() and not _NEEDS_QUOTES.search(value):
            return value
    return json.dumps(value)


if __name__ == "__main__":
    PAGE.write_text(render_page(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
