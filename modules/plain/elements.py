"""The resources of a module, from drawn ones: renamed, counted, with locals and variables."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from modules.plain.drawing import Drawing
from modules.plain.rewriting import Substitution, map_strings, renamed, spread, with_tags
from modules.plain.shape import Shape
from modules.plain.topics import INSTANCE_ROLE, Place, place_of
from modules.provider.expressions import file_hash, reference

INSTANCE_IDS: Final = reference("var.target_instance_ids")
PREDEFINED: Final = "data.aws_ssm_patch_baselines.predefined"
# People name a thing first, and tag it last.
_FIRST: Final = (
    "name",
    "association_name",
    "bucket",
    "function_name",
    "path",
    "role",
    "description",
    "runtime",
    "handler",
    "filename",
    "source_code_hash",
    "document_type",
    "document_format",
    "target_type",
    "schedule_expression",
    "apply_only_at_cron_interval",
    "automation_target_parameter_name",
    "parameters",
)
_LAST: Final = "tags"
_PATCHES: Final = {"scan": "for_patches", "install": "patches"}
_DRAWN_PREDEFINED: Final = "data.aws_ssm_patch_baselines.baseline_store_patch_baselines_predefined"


@dataclass(frozen=True, kw_only=True)
class Element:
    """A resource of the module; `drawn` is its address in a stack of the CDKTF app."""

    drawn: str
    place: Place
    body: Mapping[str, Any]


def place_elements(
    policy: Drawing, role: Drawing | None, shape: Shape, configuration_ids: str
) -> tuple[Element, ...]:
    """Every resource in reading order. `configuration_ids` is an expression of a list."""
    elements = [*_drawn(role, is_role=True)] if role else []
    elements += _drawn(policy, is_role=False)
    elements.sort(key=lambda each: each.place.order)
    documents = [*_document_names(elements)]
    addresses = {each.drawn: each.place.address for each in elements}
    addresses[_DRAWN_PREDEFINED] = PREDEFINED
    counted = frozenset(each.place.address for each in elements if shape.toggle(each.place.section))
    rename = renamed(addresses, counted)
    return tuple(
        replace(each, body=_finished(each, shape, documents, rename, configuration_ids))
        for each in elements
    )


def _drawn(drawing: Drawing, *, is_role: bool) -> Iterator[Element]:
    for type_, elements in drawing.resources.items():
        for name, body in elements.items():
            place = place_of(type_, name, is_role=is_role)
            yield Element(drawn=f"{type_}.{name}", place=place, body=body)


def _document_names(elements: Sequence[Element]) -> Iterator[Substitution]:
    for each in elements:
        if each.place.type == "aws_ssm_document":
            yield Substitution(each.body["name"], f"{each.drawn}.name")


def _finished(
    element: Element,
    shape: Shape,
    documents: Sequence[Substitution],
    rename: Any,
    configuration_ids: str,
) -> dict[str, Any]:
    is_shared = element.place.section == INSTANCE_ROLE and shape.role_tags is not None
    tags = "var.instance_role_tags" if is_shared else "var.tags"
    body: Any = with_tags(element.body, tags, configuration_ids)
    if element.place.type == "aws_ssm_document":
        body["content"] = map_strings(body["content"], rename)
    else:
        for each in documents:
            body = map_strings(body, each.apply)
    body = _tuned(element, spread(body, INSTANCE_IDS))
    body = map_strings(_without_implied_order(body), rename)
    toggle = shape.toggle(element.place.section)
    return {
        **({"//": element.place.comment} if element.place.comment else {}),
        **({"count": reference(f"var.{toggle} ? 1 : 0")} if toggle else {}),
        **_in_order(body),
    }


def _tuned(element: Element, body: dict[str, Any]) -> dict[str, Any]:
    """What no value of a policy decides, but an operator may; and a hash that the zip tells."""
    if element.place.type == "aws_cloudwatch_log_group":
        body["retention_in_days"] = reference("var.log_retention_days")
    if element.place.type == "aws_lambda_function":
        path = body["filename"].removeprefix("${path.module}/")
        body["source_code_hash"] = file_hash(path)
    for operation in ("scan", "install"):
        if element.drawn == f"aws_ssm_association.{operation}_{_PATCHES[operation]}":
            condition = _waits_for_cron(operation)
            body["lifecycle"] = {**body["lifecycle"], "precondition": [condition]}
    return body


def _waits_for_cron(operation: str) -> dict[str, str]:
    # No validation of a variable: OpenTofu lets these refer to that variable alone.
    schedule, waits = f"var.{operation}_schedule", f"var.{operation}_wait_for_next_interval"
    return {
        "condition": reference(f'!({waits} && startswith({schedule}, "rate"))'),
        "error_message": f"State Manager ignores {operation}_wait_for_next_interval with "
        "rate(...): set it to false.",
    }


def _in_order(body: Mapping[str, Any]) -> dict[str, Any]:
    first = [key for key in _FIRST if key in body]
    last = [_LAST] if _LAST in body else []
    middle = [key for key in body if key not in (*first, *last)]
    return {key: body[key] for key in (*first, *middle, *last)}


def _without_implied_order(body: Mapping[str, Any]) -> dict[str, Any]:
    """Without the dependencies that a reference to an attribute says already."""
    rest = {key: value for key, value in body.items() if key != "depends_on"}
    text = json.dumps(rest)
    needed = [each for each in body.get("depends_on", ()) if f"{each}." not in text]
    return {**rest, "depends_on": needed} if needed else rest
