"""Every error that the function raises on purpose; each says what to do about it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from botocore.exceptions import BotoCoreError, ClientError

_DENIED = frozenset({"AccessDenied", "AccessDeniedException"})
_NO_BUCKET = "NoSuchBucket"


class BaselineOverridesError(Exception):
    """What all errors of this function have in common."""


class EventError(BaselineOverridesError):
    """The event is not what this function expects; `problems` names everything that is wrong."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__(f"The event cannot be used, nothing was done. {'; '.join(problems)}.")
        self.problems = tuple(problems)


class UnusableBaselinesError(BaselineOverridesError):
    """Chosen patch baselines are missing, or are for another operating system."""

    def __init__(self, problems: Sequence[str], outcome: str) -> None:
        super().__init__(
            f"{'; '.join(problems)}. {outcome} Choose existing patch baselines in the policy file"
            " (patch_baselines) and apply it again."
        )


class OverridesFileError(BaselineOverridesError):
    """The composed file would make nodes fail; it was not written."""


class DeletionError(BaselineOverridesError):
    """Versions of the object are left after Delete."""


class AwsCallError(BaselineOverridesError):
    """An AWS call failed, after its retries; `code` is AWS's error code, or botocore's error."""

    def __init__(self, action: str, resource: str, code: str, message: str) -> None:
        reason = f"{action} on {resource} failed with {code}: {message.rstrip('.')}."
        super().__init__(f"{reason} {_advice(code)}")
        self.code = code

    @property
    def may_pass(self) -> bool:
        """Whether it may be that something just created is not yet seen everywhere."""
        return self.code in _DENIED or self.code == _NO_BUCKET


def _advice(code: str) -> str:
    if code in _DENIED:
        return (
            "The function's role must allow the action, and the bucket's policy wants the tag"
            " QSConfigId-<configuration ID> on the role. Apply the policy again to restore both."
        )
    if code == _NO_BUCKET:
        return "The bucket is Terraform's: apply the policy again."
    return "Invoke the function again: what it did so far is kept."


@contextmanager
def aws_call(action: str, resource: str) -> Iterator[None]:
    """Turn the errors of boto3 into `AwsCallError`, naming the IAM action and the resource."""
    try:
        yield
    except ClientError as error:
        found = error.response["Error"]
        raise AwsCallError(action, resource, found["Code"], found["Message"]) from error
    except BotoCoreError as error:
        raise AwsCallError(action, resource, type(error).__name__, str(error)) from error
