"""aws:executeAwsApi: one call of an AWS API."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from modules.local_aws.automation.attempt import Attempt, Result
from modules.local_aws.automation.references import as_text, name_of
from modules.local_aws.automation.step_failures import StepError

if TYPE_CHECKING:
    from botocore.model import OperationModel, Shape


def execute_api(attempt: Attempt) -> Result:
    """Call it once: how often AWS's own SDK would try again is not documented, so maxAttempts is
    all that a runbook can count on."""
    inputs = attempt.inputs()
    service, api = str(inputs.pop("Service")).lower(), str(inputs.pop("Api"))
    model = attempt.run.aws.model(service, api)
    if model and model.has_streaming_output:  # "streaming operations ... aren't supported"
        raise StepError(f"{api} of {service} streams its answer, which this action does not take.")
    answer = attempt.call(service, api, _unwrapped(inputs, attempt.raw_inputs, model))
    attempt.record.response = as_text(answer)
    return Result(data=answer)


def _unwrapped(
    inputs: Mapping[str, Any], raw: Mapping[str, Any], model: OperationModel | None
) -> dict[str, Any]:
    """AWS's own runbooks put a reference into a list where the operation takes one text."""
    shape = model.input_shape if model else None
    texts = {name for name, each in (shape.members if shape else {}).items() if _is_text(each)}
    return {
        name: value[0] if name in texts and _is_lone_reference(raw[name]) else value
        for name, value in inputs.items()
    }


def _is_text(shape: Shape) -> bool:
    return shape.type_name in {"string", "character"}


def _is_lone_reference(value: object) -> bool:
    return isinstance(value, list) and len(value) == 1 and name_of(value[0]) is not None
