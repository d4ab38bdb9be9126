"""moto, asked for what it answers.

Its own server has a web framework between a request and its handlers. Services with a single path
have a single handler, which is asked as that server does; S3, Lambda and others have the server.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

from moto import backends
from moto.core.request import Request
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from werkzeug.exceptions import HTTPException

from modules.local_aws.answer import Answer
from modules.local_aws.principals import DEFAULT_ACCOUNT

Handler = Callable[[Request, str, dict[str, str]], Any]

# The services of moto that have one path, `/`, and one handler.
_OF_ONE_PATH = frozenset({"config", "ec2", "iam", "logs", "resourcegroupstaggingapi", "ssm"})
_CONTENT_TYPE = "text/html; charset=utf-8"  # where moto names none, its server does


class ServedRequest(Request):
    """A request as moto's server has it."""

    from_wsgi_server = True  # which means that the Date header is the server's


class MotoServices:
    """All services of moto. `ask` raises NotImplementedError for an operation that moto lacks."""

    def __init__(self) -> None:
        self.server = DomainDispatcherApplication(create_backend_app)

    def ask(self, service: str, account: str, request: ServedRequest) -> Answer:
        """What moto answers a request to a service, which is botocore's name of it."""
        request.environ["HTTP_X_MOTO_ACCOUNT_ID"] = account
        if service in _OF_ONE_PATH and request.path == "/":
            return ask_handler(_handler(service), request)
        return self.ask_server(request)

    def ask_server(self, request: ServedRequest) -> Answer:
        """By way of moto's server."""
        started: dict[str, Any] = {}

        def start(status: str, headers: list[tuple[str, str]], _info: object = None) -> None:
            started.update(status=int(status.split(" ", 1)[0]), headers=dict(headers))

        body = b"".join(self.server({**request.environ}, start))
        return Answer(status=started["status"], headers=started["headers"], body=body)


def ask_handler(handler: Handler, request: ServedRequest) -> Answer:
    """By way of a handler, which gives a body, or a status and headers too, or raises an error."""
    try:
        given = handler(request, request.raw_url, dict(request.headers))
    except HTTPException as error:
        response = error.get_response(request.environ)
        given = response.status_code, dict(response.headers), response.get_data()
    status, headers, body = given if isinstance(given, tuple) else (200, {}, given)
    named = {str(name): str(value) for name, value in headers.items()}
    if not any(name.lower() == "content-type" for name in named):
        named["Content-Type"] = _CONTENT_TYPE
    return Answer(
        status=int(status),
        headers=named,
        body=body.encode() if isinstance(body, str) else body,
    )


@cache
def _handler(service: str) -> Handler:
    """The handlers do not depend on account and region."""
    regions = backends.get_backend(service)[DEFAULT_ACCOUNT]  # type: ignore[call-overload]
    backend = regions["us-east-1"] if "us-east-1" in regions else regions["aws"]
    handler: Handler = backend.flask_paths["/"]
    return handler
