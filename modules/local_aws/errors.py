"""The error that an operation answers with."""

from __future__ import annotations


class AwsError(Exception):
    """An AWS error: `code` and `message` as AWS sends them.

    `status` is the HTTP status where botocore's model does not give one for the code.
    """

    def __init__(self, code: str, message: str, *, status: int = 400) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.status = status

    def __str__(self) -> str:
        return f"{self.code}: {self.message}"


def unsupported(what: str) -> AwsError:
    """What the embedded AWS does not have.

    501 and this code are no reason for an SDK to try again, where an HTTP 500 is: the AWS SDK for
    Go, and with it the Terraform provider, retries 500, 502, 503 and 504.
    """
    return AwsError("NotImplemented", f"The embedded AWS does not have {what}.", status=501)
