"""Selectors: JSONPath into an answer, parsed, and followed through the shape of the answer.

Automation documents `.child`, `..deep` and `[n]`; JSONPath's other forms are taken as they are
meant: `['child']`, `.'child'`, `[*]`, `.*`, slices, unions and filters. AWS's own documents leave
out the first `$.` here and there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from botocore.model import ListShape, MapShape, Shape, StructureShape

from modules.document_checks.api_values import is_open

_NAME = r"[A-Za-z_@][A-Za-z0-9_:@-]*"
_SEGMENT = re.compile(
    rf"\.\.(?P<deep>{_NAME}|\*)"
    rf"|\.\.(?=\[)(?P<deepany>)"
    rf"|\.(?P<function>[a-z]+)\(\)"
    rf"|\.(?P<child>{_NAME}|\*)"
    r"|(?:\.|(?P<bracket>\[)\s*)(?:'(?P<single>[^']+)'|\"(?P<double>[^\"]+)\")(?(bracket)\s*\])"
    r"|\[\s*(?P<index>-?[0-9]+)\s*\]"
    r"|\[\s*(?P<any>\*|-?[0-9]*:-?[0-9]*(:-?[0-9]+)?|-?[0-9]+(\s*,\s*-?[0-9]+)+)\s*\]"
    r"|\[\s*\?\s*\((?P<filter>.*?)\)\s*\]"
)


@dataclass(frozen=True)
class Segment:
    """One step of a path. `kind`: child, deep, index, any (of several), filter or function."""

    kind: str
    name: str = ""


def parse_selector(selector: str) -> tuple[Segment, ...] | None:
    """The segments after the `$`, written or not, or None where the text is no JSONPath."""
    text = selector.strip()
    if not text.startswith("$"):
        text = f"$.{text}"
    segments: list[Segment] = []
    place = 1
    while place < len(text):
        match = _SEGMENT.match(text, place)
        if match is None:
            return None
        segments.append(_segment(match))
        place = match.end()
    return tuple(segments)


def _segment(match: re.Match[str]) -> Segment:
    found = {key: value for key, value in match.groupdict().items() if value is not None}
    if "index" in found:
        return Segment("index", found["index"])
    if "filter" in found:
        return Segment("filter")
    if "any" in found:
        return Segment("any")
    if "function" in found:
        return Segment("function", found["function"])
    if "deepany" in found or "deep" in found:
        return Segment("deep", found.get("deep", "*"))
    name = found.get("child") or found.get("single") or found.get("double") or ""
    return Segment("any") if name == "*" else Segment("child", name)


@dataclass(frozen=True)
class Selection:
    """The shapes that a selector can select; None among them is a value of any shape.

    `is_list` tells that it selects several values, a list of them, whatever their shape;
    `is_filtered`, that the author counts on one.
    """

    shapes: tuple[Shape | None, ...]
    is_list: bool = False
    is_filtered: bool = False


def select(segments: Sequence[Segment], shape: Shape | None) -> Selection:
    """What the segments select of an answer of a shape."""
    shapes: list[Shape | None] = [shape]
    for segment in segments:
        shapes = _unique(each for inside in shapes for each in _follow(segment, inside))
    kinds = {segment.kind for segment in segments}
    return Selection(tuple(shapes), bool(kinds & {"deep", "any", "filter"}), "filter" in kinds)


def _unique(shapes: Iterator[Shape | None]) -> list[Shape | None]:
    """Each shape once; members of one shape are new objects each time, so their names decide."""
    return list({(each.name, each.type_name) if each else None: each for each in shapes}.values())


def _follow(segment: Segment, shape: Shape | None) -> Iterator[Shape | None]:
    if shape is None or is_open(shape) or segment.kind == "function":
        yield None
    elif segment.kind == "child":
        yield from _child(segment.name, shape)
    elif segment.kind == "index":
        if isinstance(shape, ListShape):
            yield shape.member
    elif segment.kind in ("any", "filter"):
        yield from _parts(shape)
    else:
        for each in _all_inside(shape):
            if segment.name == "*":
                yield from _parts(each)
            else:
                yield from _child(segment.name, each)


def _child(name: str, shape: Shape) -> Iterator[Shape | None]:
    if is_open(shape):
        yield None
    elif isinstance(shape, StructureShape) and name in shape.members:
        yield shape.members[name]
    elif isinstance(shape, MapShape):
        yield shape.value


def _parts(shape: Shape) -> Iterator[Shape]:
    if isinstance(shape, StructureShape):
        yield from shape.members.values()
    elif isinstance(shape, ListShape):
        yield shape.member
    elif isinstance(shape, MapShape):
        yield shape.value


def _all_inside(shape: Shape) -> Iterator[Shape]:
    """The shape and all in it. Shapes can hold themselves: each is visited once."""
    seen: set[str] = set()
    ahead = [shape]
    while ahead:
        each = ahead.pop()
        if each.name not in seen:
            seen.add(each.name)
            yield each
            ahead += _parts(each)
