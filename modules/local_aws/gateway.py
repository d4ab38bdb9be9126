"""The WSGI application in front of moto: every call passes here.

Decode, log in, fault, validate, authorize, then answer: here or by moto.
"""

from __future__ import annotations

import contextlib
import io
import traceback
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from moto.core.request import Request
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app

from modules.local_aws import faults
from modules.local_aws.admin import PREFIX, Admin
from modules.local_aws.call import Call
from modules.local_aws.call_log import LoggedCall
from modules.local_aws.errors import AwsError, unsupported
from modules.local_aws.moto_backends import find_user_account
from modules.local_aws.needs import needs_of
from modules.local_aws.operations import UNLOCKED, find_operation
from modules.local_aws.permissions import may
from modules.local_aws.principals import Principal, administrator
from modules.local_aws.protocol import (
    SERVICES,
    Answer,
    Envelope,
    Scope,
    answer,
    open_request,
    read_scope,
    refusal,
)
from modules.local_aws.validation import check_request

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

    from modules.local_aws.state import State

# What each protocol calls a key that AWS does not know, and a missing permission.
_UNKNOWN_KEY = {"s3": "InvalidAccessKeyId", "ec2": "AuthFailure"}
_QUERY_SERVICES = frozenset({"iam", "sts"})
_DENIED = {"s3": "AccessDenied", "ec2": "UnauthorizedOperation"}


@dataclass
class Gateway:
    """The embedded AWS as a WSGI application."""

    state: State

    def __post_init__(self) -> None:
        self.moto = DomainDispatcherApplication(create_backend_app)
        self.admin = Admin(self.state)

    def __call__(self, environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        """Answer one HTTP request."""
        request = _buffered(environ)
        if request.path.startswith(PREFIX):
            given = self.admin.answer(request)
        else:
            given = self._answer(request, environ)
        start(f"{given.status} {_REASONS.get(given.status, 'Status')}", list(given.headers.items()))
        return [given.body]

    def _answer(self, request: Request, environ: WSGIEnvironment) -> Answer:
        scope = read_scope(request)
        service = SERVICES.get(scope.service) if scope else None
        if scope is None or service is None:
            what = f"the service {scope.service}" if scope else "unsigned requests"
            return refusal("s3" if scope is None else "sts", None, unsupported(what), request)
        operation, principal, error = None, None, None
        try:
            principal = self._log_in(scope, service)
            envelope = open_request(service, request)
            operation = envelope.operation
            call = Call(
                service=service,
                operation=operation,
                region=scope.region,
                principal=principal,
                parameters=envelope.parameters,
            )
            given = self._carry_out(call, envelope, environ)
        except AwsError as refused:
            error = refused.code
            given = refusal(service, operation, refused, request)
        self.state.calls.calls.append(
            LoggedCall(
                service=service,
                operation=operation or f"{request.method} {request.path}",
                account=principal.account if principal else "",
                principal=principal.arn if principal else scope.access_key_id,
                region=scope.region,
                status=given.status,
                error=error,
            )
        )
        return given

    def _log_in(self, scope: Scope, service: str) -> Principal:
        principal = self.state.sessions.find(scope.access_key_id)
        if principal is None:
            account = find_user_account(scope.access_key_id)
            principal = administrator(account) if account else None
        if principal is None:
            json_code = "UnrecognizedClientException"
            code = "InvalidClientTokenId" if service in _QUERY_SERVICES else json_code
            raise AwsError(
                _UNKNOWN_KEY.get(service, code),
                "The security token included in the request is invalid.",
                status=403,
            )
        return principal

    def _carry_out(self, call: Call, envelope: Envelope, environ: WSGIEnvironment) -> Answer:
        lock = contextlib.nullcontext() if call.name in UNLOCKED else self.state.lock
        with lock:
            self.state.faults.strike(call.service, call.operation, faults.BEFORE_RUN)
            check_request(call.service, envelope.model.input_shape, call.parameters)
            self._authorize(call)
            own = find_operation(call.service, call.operation)
            result = own(self.state, call) if own else None
            if result is None:
                given = self._ask_moto(call, environ)
            else:
                given = answer(envelope, result, str(uuid.uuid4()))
            self.state.faults.strike(call.service, call.operation, faults.AFTER_RUN)
        return given

    def _authorize(self, call: Call) -> None:
        for need in needs_of(call):
            if not may(self.state, call.principal, need, call.region):
                json_code = "AccessDeniedException"
                code = "AccessDenied" if call.service in _QUERY_SERVICES else json_code
                raise AwsError(
                    _DENIED.get(call.service, code),
                    f"User: {call.principal.arn} is not authorized to perform: {need.action} "
                    f"on resource: {need.resource}",
                    status=403,
                )

    def _ask_moto(self, call: Call, environ: WSGIEnvironment) -> Answer:
        environ["HTTP_X_MOTO_ACCOUNT_ID"] = call.account
        started: dict[str, Any] = {}

        def start(status: str, headers: list[tuple[str, str]], _info: object = None) -> None:
            started.update(status=int(status.split(" ", 1)[0]), headers=dict(headers))

        try:
            body = b"".join(self.moto(environ, start))
        except NotImplementedError as error:
            raise unsupported(call.name) from error
        except Exception as error:
            # moto's own mistake. A 500 would be retried for minutes, and tell nobody why.
            traceback.print_exc()
            raise AwsError("EmbeddedAwsError", f"{call.name}: {error!r}") from error
        return Answer(status=started["status"], headers=started["headers"], body=body)


_REASONS = {200: "OK", 204: "No Content", 400: "Bad Request", 403: "Forbidden", 404: "Not Found"}


def _buffered(environ: WSGIEnvironment) -> Request:
    """The request with its body read once and for all, so that moto can read it again."""
    request = Request(environ)
    body = request.get_data()
    environ["wsgi.input"] = io.BytesIO(body)
    environ["CONTENT_LENGTH"] = str(len(body))
    return request
