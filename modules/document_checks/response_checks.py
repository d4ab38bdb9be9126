"""What a step selects of an answer: does the answer have it, and is it of the declared type."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from botocore.model import ListShape, OperationModel, Shape

from modules.document_checks.api_values import is_open
from modules.document_checks.document import Path, Step
from modules.document_checks.selectors import Segment, Selection, parse_selector, select
from modules.document_checks.types import (
    BOOLEAN,
    INTEGER,
    LISTS,
    MAP_LIST,
    STRING,
    STRING_LIST,
    STRING_MAP,
)
from modules.policy.problems import Finding, choices, quote

# boto3 adds it to every answer.
METADATA = "ResponseMetadata"

_TYPES: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "string": frozenset({STRING}),
        "character": frozenset({STRING}),
        "blob": frozenset({STRING}),
        "timestamp": frozenset({STRING}),
        "boolean": frozenset({BOOLEAN}),
        "integer": frozenset({INTEGER}),
        "long": frozenset({INTEGER}),
        "float": frozenset({INTEGER, STRING}),
        "double": frozenset({INTEGER, STRING}),
        "structure": frozenset({STRING_MAP}),
        "map": frozenset({STRING_MAP}),
    }
)


def check_outputs(step: Step, operation: OperationModel) -> Iterator[Finding]:
    """The outputs of a call."""
    for index, output in enumerate(step.outputs):
        path = (*step.path, "outputs", index)
        findings, selection = _select(output["Selector"], operation, (*path, "Selector"))
        yield from findings
        if selection is not None:
            types = fitting_types(selection)
            if types and "Type" in output and output["Type"] not in types:
                found = f"found {output['Type']} for {quote(output['Selector'])}"
                message = f"{found}, which selects another type; expected {choices(sorted(types))}"
                yield Finding((*path, "Type"), message, "output-type")


def check_property(step: Step, operation: OperationModel) -> Iterator[Finding]:
    """The property that a step waits for or asserts."""
    path = (*step.path, "inputs", "PropertySelector")
    findings, _ = _select(step.inputs["PropertySelector"], operation, path)
    yield from findings


def _select(
    selector: str, operation: OperationModel, path: Path
) -> tuple[list[Finding], Selection | None]:
    segments = parse_selector(selector)
    if segments is None:
        return [invalid_selector(selector, path)], None
    if not segments or segments[0] == Segment("child", METADATA) or "{{" in selector:
        return [], None
    shape = operation.output_shape
    selection = select(segments, shape) if shape is not None else Selection(())
    if selection.shapes:
        return [], selection
    message = f"found {quote(selector)}, which no answer of {operation.name} can match"
    expected = f"expected a path in {shape.name}" if shape is not None else "expected no output"
    return [Finding(path, f"{message}; {expected}", "selector-without-match")], None


def invalid_selector(selector: str, path: Path) -> Finding:
    """That a selector is no JSONPath."""
    message = f"found {quote(selector)}; expected JSONPath, such as $.Items[0].Name"
    return Finding(path, message, "invalid-selector")


def fitting_types(selection: Selection) -> frozenset[str]:
    """The types that what is selected can be declared as; empty where that cannot be told."""
    kinds: set[str] = set()
    for shape in selection.shapes:
        if shape is None or is_open(shape):
            return frozenset()
        if selection.is_list:
            kinds |= _list_types(shape)
        if selection.is_filtered or not selection.is_list:
            kinds |= _types(shape)
    return frozenset(kinds)


def _types(shape: Shape) -> frozenset[str]:
    if isinstance(shape, ListShape):
        return _list_types(shape.member)
    return _TYPES.get(shape.type_name, frozenset())


def _list_types(item: Shape) -> frozenset[str]:
    """The types of a list by its items; a list of lists is of either."""
    if is_open(item) or item.type_name == "list":
        return LISTS
    is_map = item.type_name in ("structure", "map")
    return frozenset({MAP_LIST if is_map else STRING_LIST})
