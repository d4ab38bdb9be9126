"""Between HTTP and calls: moto's request parsers and response serializers do the work.

They follow botocore's models, so whatever is answered here has the shape that AWS documents.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from moto.core.exceptions import ServiceException
from moto.core.model import OperationModel
from moto.core.parse import PROTOCOL_PARSERS
from moto.core.request import Request, determine_request_protocol
from moto.core.routing import get_service_router
from moto.core.serialize import ResponseSerializer, SerializationContext, get_serializer_class
from moto.core.utils import get_service_model
from werkzeug.exceptions import HTTPException

from modules.local_aws.errors import AwsError, unsupported

# Signing name -> botocore's name: the services that a patch policy needs, and no others.
SERVICES: Mapping[str, str] = {
    "config": "config",
    "ec2": "ec2",
    "iam": "iam",
    "lambda": "lambda",
    "logs": "logs",
    "organizations": "organizations",
    "resource-groups": "resource-groups",
    "s3": "s3",
    "ssm": "ssm",
    "sts": "sts",
    "support": "support",
    "tagging": "resourcegroupstaggingapi",
}
_SCOPE = re.compile(r"Credential=([^/,\s]+)/\d+/([^/]*)/([^/]+)/aws4_request")


@dataclass(frozen=True, kw_only=True)
class Scope:
    """What a Signature Version 4 says about a request: key, region, service."""

    access_key_id: str
    region: str
    service: str


def read_scope(request: Request) -> Scope | None:
    """The credential scope of a request; None when it is not signed."""
    found = _SCOPE.search(request.headers.get("Authorization", ""))
    if found is None:
        return None
    key, region, service = found.groups()
    return Scope(access_key_id=key, region=region, service=service)


@dataclass(frozen=True, kw_only=True)
class Envelope:
    """A request's operation and parameters, and what its answer needs."""

    model: OperationModel
    protocol: str
    parameters: Mapping[str, Any]

    @property
    def operation(self) -> str:
        """The operation's name."""
        return str(self.model.name)


def open_request(service: str, request: Request) -> Envelope:
    """Decode a request to a service, by botocore's name of it."""
    model = get_service_model(service)
    try:
        operation, uri_parameters = get_service_router(service).match(request)
    except (HTTPException, NotImplementedError, KeyError) as error:
        raise unsupported(f"{request.method} {request.path} of {service}") from error
    protocol = determine_request_protocol(model, request.content_type)
    return Envelope(
        model=operation,
        protocol=protocol,
        parameters=_parameters(operation, protocol, request, uri_parameters),
    )


# S3 operations whose body is read here; the bodies of all others are moto's business.
_S3_BODIES = frozenset({"PutBucketPolicy", "PutBucketLogging", "DeleteObjects"})


def _parameters(
    operation: OperationModel, protocol: str, request: Request, uri_parameters: Mapping[str, Any]
) -> Mapping[str, Any]:
    is_s3 = operation.service_model.service_name == "s3"
    if is_s3 and operation.name not in _S3_BODIES:
        return {**request.args.to_dict(), **uri_parameters}
    parsed = PROTOCOL_PARSERS[protocol](operation).parse(
        {
            "method": request.method,
            "values": request.values,
            "headers": request.headers,
            "body": request.get_data(),
            "url_path": request.path,
            "url_params": uri_parameters,
        }
    )
    return {**uri_parameters, **parsed}


@dataclass(frozen=True, kw_only=True)
class Answer:
    """An HTTP response."""

    status: int
    headers: Mapping[str, str]
    body: bytes


def answer(envelope: Envelope, result: Mapping[str, Any], request_id: str) -> Answer:
    """A result in the envelope's protocol."""
    return _answer(_serializer(envelope.model, envelope.protocol, request_id), result)


def refusal(service: str, operation: str | None, error: AwsError, request: Request) -> Answer:
    """An error in the protocol that the request speaks."""
    model = get_service_model(service)
    try:
        protocol = determine_request_protocol(model, request.content_type)
    except NotImplementedError:
        protocol = str(model.protocol)
    known = operation in model.operation_names
    operation_model = model.operation_model(operation) if known else OperationModel({}, model)
    refused = _answer(
        _serializer(operation_model, protocol, "local"), _Refused(error.code, error.message)
    )
    status = refused.status if error.status == 400 else error.status
    body = b"" if request.method == "HEAD" else refused.body
    return Answer(status=status, headers=refused.headers, body=body)


class _Refused(ServiceException):  # type: ignore[misc]  # moto ships no types for it
    """moto's serializers know an error by this class."""


def _serializer(operation: OperationModel, protocol: str, request_id: str) -> ResponseSerializer:
    service = operation.service_model.service_name
    serializer = get_serializer_class(service, protocol)
    return serializer(operation, context=SerializationContext(request_id))


def _answer(serializer: ResponseSerializer, result: object) -> Answer:
    response = serializer.serialize(result)
    body = response["body"]
    return Answer(
        status=response["status_code"],
        headers=dict(response["headers"]),
        body=body.encode() if isinstance(body, str) else body,
    )
