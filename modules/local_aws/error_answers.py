"""An error in the form that each AWS protocol gives it.

moto's serializers would do, but warn about every code that a service's model does not list, and
those common to all services (AccessDenied, ...) are in no model.
Source: Smithy, "AWS protocols" (awsJson1_1, restJson1, restXml, awsQuery, ec2Query).
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from modules.local_aws.answer import Answer
from modules.local_aws.errors import AwsError

if TYPE_CHECKING:
    from botocore.model import ServiceModel


def error_answer(model: ServiceModel, error: AwsError, request_id: str) -> Answer:
    """The answer; its status is the model's, where the model knows the code."""
    protocol = str(model.metadata["protocol"])
    body = _BODIES.get(protocol, _json)(escape_for(protocol, error), request_id)
    kind = "application/x-amz-json-1.1" if "json" in protocol else "text/xml"
    headers = {"Content-Type": kind, "x-amzn-RequestId": request_id, "x-amzn-ErrorType": error.code}
    return Answer(status=_status(model, error), headers=headers, body=body.encode())


def escape_for(protocol: str, error: AwsError) -> AwsError:
    """The error with its text made safe for XML."""
    return error if "json" in protocol else AwsError(error.code, escape(error.message))


def _status(model: ServiceModel, error: AwsError) -> int:
    for shape in model.error_shapes:
        if error.code == shape.name:
            return int(shape.metadata.get("error", {}).get("httpStatusCode", error.status))
    return error.status


def _json(error: AwsError, _request_id: str) -> str:
    # Services write `message` or `Message`; every SDK reads either.
    return json.dumps({"__type": error.code, "message": error.message, "Message": error.message})


def _query(error: AwsError, request_id: str) -> str:
    return (
        "<ErrorResponse><Error><Type>Sender</Type>"
        f"<Code>{error.code}</Code><Message>{error.message}</Message></Error>"
        f"<RequestId>{request_id}</RequestId></ErrorResponse>"
    )


def _ec2(error: AwsError, request_id: str) -> str:
    return (
        "<Response><Errors><Error>"
        f"<Code>{error.code}</Code><Message>{error.message}</Message></Error></Errors>"
        f"<RequestID>{request_id}</RequestID></Response>"
    )


def _rest_xml(error: AwsError, request_id: str) -> str:
    return (
        f"<Error><Code>{error.code}</Code><Message>{error.message}</Message>"
        f"<RequestId>{request_id}</RequestId></Error>"
    )


_BODIES = {"query": _query, "ec2": _ec2, "rest-xml": _rest_xml}
