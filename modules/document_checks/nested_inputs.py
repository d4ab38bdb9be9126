"""Maps inside the inputs of actions that hand them to one API, against that API's structures.

Only the names of their keys: AWS documents no types for them, and an action takes "2" for 2 where
the API does not. Capitals are let pass, too: the SDK that the actions are written with has its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any

from botocore.model import ListShape, Shape, StructureShape

from modules.document_checks.api_values import unknown_member
from modules.document_checks.document import Document, Path, Step
from modules.document_checks.service_models import operation_model
from modules.policy.problems import Finding

# By action: https://docs.aws.amazon.com/systems-manager/latest/userguide/automation-actions.html
_CALLS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "aws:copyImage": ("ec2", "CopyImage"),
        "aws:createImage": ("ec2", "CreateImage"),
        "aws:createStack": ("cloudformation", "CreateStack"),
        "aws:executeAutomation": ("ssm", "StartAutomationExecution"),
        "aws:runCommand": ("ssm", "SendCommand"),
        "aws:runInstances": ("ec2", "RunInstances"),
    }
)


def check_nested_inputs(document: Document) -> Iterator[Finding]:
    """Keys that the structures of the API behind an action do not have."""
    for step in document.steps:
        if step.action in _CALLS:
            yield from _check_step(step)


def _check_step(step: Step) -> Iterator[Finding]:
    nested = {key: value for key, value in step.inputs.items() if isinstance(value, dict | list)}
    # Not before there is something to look at: a model takes long to load.
    operation = operation_model(*_CALLS[step.action]) if nested else None
    if operation is None or operation.input_shape is None:
        return
    members: Mapping[str, Shape] = operation.input_shape.members
    for key, value in nested.items():
        if key in members:
            yield from _check(value, members[key], (*step.path, "inputs", key))


def _check(value: Any, shape: Shape, path: Path) -> Iterator[Finding]:
    if isinstance(shape, ListShape) and isinstance(value, list):
        for index, item in enumerate(value):
            yield from _check(item, shape.member, (*path, index))
    elif isinstance(shape, StructureShape) and isinstance(value, dict):
        yield from _check_structure(value, shape, path)


def _check_structure(
    value: Mapping[str, Any], shape: StructureShape, path: Path
) -> Iterator[Finding]:
    members: Mapping[str, Shape] = {name.lower(): each for name, each in shape.members.items()}
    for key, item in value.items():
        if key.lower() in members:
            yield from _check(item, members[key.lower()], (*path, key))
        else:
            yield unknown_member(key, shape, path)
