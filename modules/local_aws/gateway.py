"""The WSGI application in front of moto: every call passes here.

Decode, log in, fault, validate, authorize, then answer: here or by moto.
"""

from __future__ import annotations

import contextlib
import io
import time
import traceback
from collections.abc import Iterable
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING

from modules.local_aws import faults
from modules.local_aws.admin import PREFIX, Admin
from modules.local_aws.answer import Answer
from modules.local_aws.attempts import HEADER, Key, key_of
from modules.local_aws.authorization import authorize
from modules.local_aws.call import Call
from modules.local_aws.errors import AwsError, unsupported
from modules.local_aws.login import log_in
from modules.local_aws.moto_services import MotoServices, ServedRequest
from modules.local_aws.operations import UNLOCKED, find_operation
from modules.local_aws.protocol import (
    SERVICES,
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


@dataclass
class Gateway:
    """The embedded AWS as a WSGI application."""

    state: State

    def __post_init__(self) -> None:
        self.moto = MotoServices()
        self.admin = Admin(self.state)

    def __call__(self, environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        """Answer one HTTP request."""
        request = _buffered(environ)
        is_admin = request.path.startswith(PREFIX)
        given = self.admin.answer(request) if is_admin else self._answer(request)
        phrase = HTTPStatus(given.status).phrase
        start(f"{given.status} {phrase}", _with_length(given, request.method))
        return [given.body]

    def _answer(self, request: ServedRequest) -> Answer:
        try:
            scope = read_scope(request)
        except AwsError as refused:
            return refusal("s3", refused, request)
        service = SERVICES.get(scope.service)
        if service is None:
            # In JSON, which every SDK but those of the XML services reads.
            return refusal("ssm", unsupported(f"the service {scope.service}"), request)
        record: dict[str, str] = {"operation": f"{request.method} {request.path}"}
        try:
            given = self._carry_out(scope, service, request, record)
        except AwsError as refused:
            record["error"] = refused.code
            given = refusal(service, refused, request)
        except Exception as error:  # noqa: BLE001  # whatever it is, somebody waits for an answer
            # A mistake, ours or moto's. An SDK would repeat an HTTP 500, and the call with it,
            # though it may have been carried out in part.
            traceback.print_exc()
            mistake = AwsError("EmbeddedAwsError", f"{service}.{record['operation']}: {error!r}")
            record["error"] = mistake.code
            given = refusal(service, mistake, request)
        self.state.calls.add(scope, service, given.status, record)
        return given

    def _carry_out(
        self, scope: Scope, service: str, request: ServedRequest, record: dict[str, str]
    ) -> Answer:
        principal = log_in(self.state, scope.access_key_id, service)
        record.update(account=principal.account, principal=principal.arn)
        envelope = open_request(service, request)
        call = Call(
            service=service,
            operation=envelope.operation,
            region=scope.region,
            principal=principal,
            parameters=envelope.parameters,
        )
        record["operation"] = envelope.operation
        key = key_of(request.headers.get(HEADER), call)
        return self.state.attempts.carry_out_once(
            key, lambda: self._attempt(call, envelope, request, key)
        )

    def _attempt(
        self, call: Call, envelope: Envelope, request: ServedRequest, key: Key | None
    ) -> Answer:
        lock = contextlib.nullcontext() if call.name in UNLOCKED else self.state.lock
        with lock:
            with self.state.lock:
                self.state.faults.strike(call.name, faults.BEFORE)
                check_request(call.service, envelope.model.input_shape, call.parameters)
                authorize(self.state, call)
            given = self._perform(call, envelope, request)
            with self.state.lock:
                self.state.faults.strike(call.name, faults.AFTER)
                lateness = self.state.faults.lateness(call.name)
                if lateness:  # who asks again meanwhile meets what AWS does then
                    self.state.attempts.forget(key)
        if lateness:  # even to sleep for no time costs milliseconds, as other threads come in
            time.sleep(lateness)  # without the lock: nobody else has to wait
        return given

    def _perform(self, call: Call, envelope: Envelope, request: ServedRequest) -> Answer:
        operation = find_operation(call.service, call.operation)
        result = operation(self.state, call) if operation else None
        return self._ask_moto(call, request) if result is None else answer(envelope, result)

    def _ask_moto(self, call: Call, request: ServedRequest) -> Answer:
        try:
            return self.moto.ask(call.service, call.account, request)
        except NotImplementedError as error:  # how moto says that it lacks an operation
            raise unsupported(call.name) from error


def _buffered(environ: WSGIEnvironment) -> ServedRequest:
    """The request with its body read once and for all, so that moto can read it again."""
    request = ServedRequest(environ)
    body = request.get_data()
    environ["wsgi.input"] = io.BytesIO(body)
    environ["CONTENT_LENGTH"] = str(len(body))
    return request


def _with_length(given: Answer, method: str) -> list[tuple[str, str]]:
    """The headers with the body's length, without which werkzeug sends it in five pieces."""
    headers = list(given.headers.items())
    is_known = any(name.lower() == "content-length" for name, _ in headers)
    if is_known or method == "HEAD" or given.status == HTTPStatus.NO_CONTENT:
        return headers
    return [*headers, ("Content-Length", str(len(given.body)))]
