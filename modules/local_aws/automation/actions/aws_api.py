"""aws:executeAwsApi: one call of an AWS API."""

from __future__ import annotations

from modules.local_aws.automation.attempt import Attempt, Result
from modules.local_aws.automation.references import as_text
from modules.local_aws.automation.step_failures import StepError


def execute_api(attempt: Attempt) -> Result:
    """Call it once: how often AWS's own SDK would try again is not documented, so maxAttempts is
    all that a runbook can count on."""
    inputs = attempt.inputs()
    service, api = str(inputs.pop("Service")), str(inputs.pop("Api"))
    if attempt.run.aws.is_stream(service, api):  # "streaming operations ... aren't supported"
        raise StepError(f"{api} of {service} streams its answer, which this action does not take.")
    answer = attempt.call(service, api, inputs)
    attempt.record.response = as_text(answer)
    return Result(data=answer)
