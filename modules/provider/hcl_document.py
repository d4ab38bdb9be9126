"""Writes a configuration that is in Terraform's JSON form as HCL, formatted as by `terraform fmt`.

The JSON form does not tell a block from an attribute, nor an address from a text. Shapes do: those
of resources come from the provider's schema, those of Terraform's own blocks are listed here.
Nothing else is decided: both forms say the same. A text under the key `//`, which is how JSON has
comments, becomes a comment above its block; CDKTF's own metadata there is no text and is left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Final

from modules.provider.hcl import INDENT, Bare, escape, render_assignments
from modules.provider.schema import BlockSchema, Nesting, data_source_schema, resource_schema


@dataclass(frozen=True, kw_only=True)
class Shape:
    """Of a block: its nested blocks, how many labels it has, and which arguments are no templates
    but addresses, names or keywords.
    """

    labels: int = 0
    blocks: Mapping[str, Shape] = field(default_factory=dict)
    bare: frozenset[str] = frozenset()


_FIRST: Final = ("count", "for_each", "source", "providers")
_PLAIN: Final = Shape()
_LIFECYCLE: Final = Shape(
    blocks={"precondition": _PLAIN, "postcondition": _PLAIN},
    bare=frozenset({"ignore_changes", "replace_triggered_by"}),
)
_PROVISIONER: Final = Shape(labels=1, bare=frozenset({"when", "on_failure"}))
_ELEMENT_BARE: Final = frozenset({"depends_on", "provider"})
_TOP: Final[Mapping[str, Shape]] = {
    "terraform": Shape(
        blocks={
            "required_providers": _PLAIN,
            "backend": Shape(labels=1),
            "cloud": Shape(blocks={"workspaces": _PLAIN}),
        }
    ),
    "provider": Shape(
        labels=1,
        blocks=dict.fromkeys(("assume_role", "default_tags", "ignore_tags", "endpoints"), _PLAIN),
    ),
    "variable": Shape(labels=1, blocks={"validation": _PLAIN}, bare=frozenset({"type"})),
    "locals": _PLAIN,
    "output": Shape(labels=1, blocks={"precondition": _PLAIN}, bare=frozenset({"depends_on"})),
    "module": Shape(labels=1, bare=frozenset({"depends_on", "providers"})),
    "import": Shape(bare=frozenset({"to", "provider"})),
    "moved": Shape(bare=frozenset({"from", "to"})),
    "removed": Shape(blocks={"lifecycle": _PLAIN}, bare=frozenset({"from"})),
}


def render_document(configuration: Mapping[str, Any]) -> str:
    """The whole configuration. KeyError: a block or type whose shape is not known."""
    blocks = [
        "\n".join(lines)
        for kind, content in configuration.items()
        if kind != "//"
        for lines in _top_level(kind, content)
    ]
    return "\n\n".join(blocks) + "\n"


def _top_level(kind: str, content: Mapping[str, Any] | list[Any]) -> Iterator[list[str]]:
    if kind not in ("resource", "data"):
        yield from _blocks(kind, content, _TOP[kind], 0)
        return
    if isinstance(content, list):
        for item in content:
            yield from _top_level(kind, item)
        return
    for type_, elements in content.items():
        yield from _blocks(f'{kind} "{type_}"', elements, _element_shape(kind, type_), 0)


@cache
def _element_shape(kind: str, type_: str) -> Shape:
    schema = resource_schema(type_) if kind == "resource" else data_source_schema(type_)
    nested = {**_nested_shapes(schema), "provisioner": _PROVISIONER, "lifecycle": _LIFECYCLE}
    return Shape(labels=1, blocks=nested, bare=_ELEMENT_BARE)


def _nested_shapes(schema: BlockSchema) -> dict[str, Shape]:
    return {
        name: Shape(labels=int(nested.nesting is Nesting.MAP), blocks=_nested_shapes(nested.block))
        for name, nested in schema.blocks.items()
    }


def _blocks(
    header: str, content: Mapping[str, Any] | list[Any], shape: Shape, depth: int
) -> Iterator[list[str]]:
    """The blocks that a value stands for: a list means several, labels are keys."""
    if isinstance(content, list):
        for item in content:
            yield from _blocks(header, item, shape, depth)
    elif shape.labels:
        unlabelled = Shape(blocks=shape.blocks, bare=shape.bare)
        for label, item in content.items():
            yield from _blocks(f'{header} "{escape(label)}"', item, unlabelled, depth)
    else:
        body = _body(content, shape, depth + 1)
        pad = INDENT * depth
        comment = [f"{pad}# {line}".rstrip() for line in _comment(content)]
        block = [f"{pad}{header} {{", *body, f"{pad}}}"] if body else [f"{pad}{header} {{}}"]
        yield [*comment, *block]


def _comment(content: Mapping[str, Any]) -> list[str]:
    text = content.get("//")
    return text.splitlines() if isinstance(text, str) else []


def _body(content: Mapping[str, Any], shape: Shape, depth: int) -> list[str]:
    """How many there are, arguments, blocks, then `depends_on`; an empty line between them."""
    arguments = [
        (key, _bare(value) if key in shape.bare else value)
        for key, value in content.items()
        if key not in shape.blocks and key != "//"
    ]
    first = [argument for argument in arguments if argument[0] in _FIRST]
    middle = [argument for argument in arguments if argument[0] not in (*_FIRST, "depends_on")]
    last = [argument for argument in arguments if argument[0] == "depends_on"]
    groups = [
        render_assignments(first, depth),
        render_assignments(middle, depth),
        *(
            lines
            for key, nested in shape.blocks.items()
            if key in content
            for lines in _blocks(key, content[key], nested, depth)
        ),
        render_assignments(last, depth),
    ]
    body: list[str] = []
    for group in filter(None, groups):
        body += ["", *group] if body else group
    return body


def _bare(value: object) -> object:
    match value:
        case str():
            return Bare(value)
        case list():
            return [_bare(item) for item in value]
        case dict():
            return {key: _bare(item) for key, item in value.items()}
    return value
