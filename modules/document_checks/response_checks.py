"""What a step selects of an answer: does the answer have it, and does it fit the declared type.

Automation converts what is of another type where it can: "Using action outputs as inputs",
https://docs.aws.amazon.com/systems-manager/latest/userguide/automation-action-outputs-inputs.html
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from botocore.model import ListShape, OperationModel, Shape, StructureShape

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

# Whatever a step answers, all of it is a map.
WHOLE_ANSWER = Selection((StructureShape("Answer", {"type": "structure"}),))

# What is text or can be converted to it can also become a list of one text.
_TEXTS = frozenset({STRING, STRING_LIST})

# The types that a value of each kind of shape can be declared as: its own, and those that it is
# converted to. Of a list that is no list of maps, its only item is converted.
_TYPES: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "string": _TEXTS | {INTEGER, BOOLEAN},
        "character": _TEXTS | {INTEGER, BOOLEAN},
        "blob": _TEXTS,
        "timestamp": _TEXTS,
        "boolean": _TEXTS | {BOOLEAN},
        "integer": _TEXTS | {INTEGER},
        "long": _TEXTS | {INTEGER},
        "float": _TEXTS | {INTEGER},
        "double": _TEXTS | {INTEGER},
        "structure": frozenset({STRING_MAP}),
        "map": frozenset({STRING_MAP}),
    }
)
_LIST_TYPES = _TEXTS | {INTEGER, BOOLEAN}


def check_outputs(step: Step, operation: OperationModel) -> Iterator[Finding]:
    """The outputs of a call."""
    for index, output in enumerate(step.outputs):
        path = (*step.path, "outputs", index)
        findings, selection = _select(output["Selector"], operation, (*path, "Selector"))
        yield from findings
        if selection is not None:
            yield from check_output_type(output, selection, path)


def texts_without_type(step: Step, operation: OperationModel) -> Iterator[Path]:
    """The places of outputs without a type that are text, by their shape as by default.

    AWS names String as the default, and yet its own documents let maps be outputs without a type.
    """
    for index, output in enumerate(step.outputs):
        path = (*step.path, "outputs", index)
        _, selection = _select(output["Selector"], operation, path)
        if "Type" not in output and selection is not None and not selection.is_list:
            kinds = {shape.type_name if shape else None for shape in selection.shapes}
            if kinds == {"string"} and not any(map(is_open, filter(None, selection.shapes))):
                yield path


def check_property(step: Step, operation: OperationModel) -> Iterator[Finding]:
    """The property that a step waits for or asserts."""
    path = (*step.path, "inputs", "PropertySelector")
    selector = step.inputs["PropertySelector"]
    findings, selection = _select(selector, operation, path)
    yield from findings
    types = fitting_types(selection) if selection else frozenset()
    if types and types <= {STRING_MAP, MAP_LIST}:
        message = f"found {quote(selector)}, a {choices(sorted(types))}; expected a value in it"
        yield Finding(path, f"{message}, which DesiredValues can hold", "output-type")


def _select(
    selector: str, operation: OperationModel, path: Path
) -> tuple[list[Finding], Selection | None]:
    segments = parse_selector(selector)
    if segments is None:
        return [invalid_selector(selector, path)], None
    if not segments:
        return [], WHOLE_ANSWER
    if segments[0] == Segment("child", METADATA) or "{{" in selector:
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


def check_output_type(
    output: Mapping[str, str], selection: Selection, path: Path
) -> Iterator[Finding]:
    """Whether what is selected is of the output's type, or can be converted to it."""
    types = fitting_types(selection)
    if types and "Type" in output and output["Type"] not in types:
        found = f"found {output['Type']} for {quote(output['Selector'])}"
        message = f"{found}, whose value cannot become one; expected {choices(sorted(types))}"
        yield Finding((*path, "Type"), message, "output-type")


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
    """The types of a list by its items; a list of lists is of either kind."""
    if is_open(item) or item.type_name == "list":
        return LISTS
    return frozenset({MAP_LIST}) if item.type_name in ("structure", "map") else _LIST_TYPES
