"""Between HTTP and calls: moto's request parsers and response serializers do the work.

They follow botocore's models, so whatever is answered here has the shape that AWS documents.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from moto.core.model import OperationModel
from moto.core.parse import PROTOCOL_PARSERS
from moto.core.request import Request, determine_request_protocol
from moto.core.routing import get_service_router
from moto.core.serialize import SerializationContext, get_serializer_class
from moto.core.utils import get_service_model
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import HTTPException

from modules.local_aws.answer import Answer
from modules.local_aws.error_answers import error_answer
from modules.local_aws.errors import AwsError, unsupported

# Signing name -> botocore's name: the services that a patch policy and its runbooks call.
SERVICES: Mapping[str, str] = {
    "config": "config",
    "ec2": "ec2",
    "iam": "iam",
    "lambda": "lambda",
    "logs": "logs",
    "resource-groups": "resource-groups",
    "s3": "s3",
    "ssm": "ssm",
    "sts": "sts",
    "tagging": "resourcegroupstaggingapi",
}
_SCOPE = re.compile(r"Credential=([^/,\s]+)/\d+/([^/]*)/([^/]+)/aws4_request")

# S3 operations whose body is read here; the bodies of all others are moto's business.
_S3_BODIES = frozenset({"DeleteObjects", "PutBucketLogging", "PutBucketPolicy"})
_S3_HEADERS = {
    "x-amz-copy-source": "CopySource",
    "x-amz-expected-bucket-owner": "ExpectedBucketOwner",
}


@dataclass(frozen=True, kw_only=True)
class Scope:
    """What a Signature Version 4 says about a request: key, region, service."""

    access_key_id: str
    region: str
    service: str


def read_scope(request: Request) -> Scope:
    """The credential scope of a request. AccessDenied for one that is not signed."""
    found = _SCOPE.search(request.headers.get("Authorization", ""))
    if found is None:
        raise AwsError("AccessDenied", "Anonymous requests are not answered.", status=403)
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
    try:
        operation, uri_parameters = get_service_router(service).match(request)
        protocol = determine_request_protocol(get_service_model(service), request.content_type)
    # What moto's router and its parsers raise for an operation or a protocol that they do not know.
    except (HTTPException, NotImplementedError, KeyError) as error:
        raise unsupported(f"{request.method} {request.path} of {service}") from error
    parameters = _parameters(operation, protocol, request, uri_parameters)
    return Envelope(model=operation, protocol=protocol, parameters=parameters)


def _parameters(
    operation: OperationModel, protocol: str, request: Request, uri_parameters: dict[str, Any]
) -> Mapping[str, Any]:
    is_s3 = operation.service_model.service_name == "s3"
    if is_s3 and operation.name not in _S3_BODIES:
        named = {name: request.headers.get(header) for header, name in _S3_HEADERS.items()}
        given = {name: value for name, value in named.items() if value}
        return {**request.args.to_dict(), **given, **uri_parameters}
    parsed = PROTOCOL_PARSERS[protocol](operation).parse(
        {
            "method": request.method,
            # A body in JSON has none, and to look for them takes time.
            "values": MultiDict() if protocol == "json" else request.values,
            "headers": request.headers,
            "body": request.get_data(),
            "url_path": request.path,
            "url_params": uri_parameters,
        }
    )
    return {**uri_parameters, **parsed}


def answer(envelope: Envelope, result: Mapping[str, Any]) -> Answer:
    """A result in the envelope's protocol."""
    serializer = get_serializer_class(envelope.model.service_model.service_name, envelope.protocol)
    context = SerializationContext(str(uuid.uuid4()))
    response = serializer(envelope.model, context=context).serialize(result)
    body = response["body"] or b""  # there is none where the answer's body is an empty payload
    return Answer(
        status=int(result.get(str(_status_member(envelope.model)), response["status_code"])),
        headers=dict(response["headers"]),
        body=body.encode() if isinstance(body, str) else body,
    )


@cache
def _status_member(model: OperationModel) -> str | None:
    """The member of a result that is its HTTP status: Lambda's Invoke has several."""
    members = model.output_shape.members if model.output_shape else {}
    named = (n for n, m in members.items() if m.serialization.get("location") == "statusCode")
    return next(named, None)


def refusal(service: str, error: AwsError, request: Request) -> Answer:
    """An error in the service's protocol; HEAD has no body to put it in."""
    refused = error_answer(get_service_model(service), error, str(uuid.uuid4()))
    if request.method == "HEAD":
        return Answer(status=refused.status, headers=refused.headers, body=b"")
    return refused
