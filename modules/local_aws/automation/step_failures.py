"""How a step's attempt ends when it does not succeed."""

from __future__ import annotations

from botocore.exceptions import ClientError, ParamValidationError

from modules.local_aws.automation.executions import CANCELLED, FAILED, TIMED_OUT
from modules.local_aws.automation.references import UnresolvedError
from modules.local_aws.automation.selectors import NoMatchError, SelectorError
from modules.local_aws.automation.value_types import ValueTypeError
from modules.local_aws.direct_calls import UnknownOperationError
from modules.local_aws.errors import AwsError

# What an attempt may run into; anything else is a mistake of the runtime's own.
EXPECTED = (
    AwsError,
    ClientError,
    NoMatchError,
    ParamValidationError,
    SelectorError,
    UnicodeEncodeError,  # half a surrogate, which JSON lets a document have
    UnknownOperationError,
    UnresolvedError,
    ValueTypeError,
)


class StepError(Exception):
    """An attempt failed."""

    status = FAILED


class StepTimedOutError(StepError):
    """The time of an attempt ran out."""

    status = TIMED_OUT


class StepCancelledError(StepError):
    """The execution was stopped during the step."""

    status = CANCELLED


class UnsupportedActionError(Exception):
    """An action that the embedded AWS does not have. It ends the execution, whatever onFailure."""

    def __init__(self, action: str) -> None:
        super().__init__(f"The embedded AWS does not have the action {action}.")


def failure_type(error: Exception) -> str:
    """The FailureType of FailureDetails: the AWS error's code, or the kind of failure."""
    if isinstance(error, ClientError):
        return str(error.response["Error"]["Code"])
    if isinstance(error, AwsError):
        return error.code
    return {TIMED_OUT: "TimedOut", CANCELLED: "Cancelled"}.get(
        getattr(error, "status", FAILED), "ActionFailed"
    )
