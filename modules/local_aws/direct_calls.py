"""AWS calls from inside of the embedded AWS: through its gateway, but without a socket.

A service of AWS that acts for a customer, such as Automation, calls the APIs as the customer's
role. So it does here, with botocore's clients, whose requests go to the gateway in this thread.
"""

from __future__ import annotations

import io
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

import botocore.session
from botocore import UNSIGNED, xform_name
from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders
from botocore.config import Config
from botocore.exceptions import UnknownServiceError

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment
    from botocore.awsrequest import AWSPreparedRequest
    from botocore.model import OperationModel

    from modules.local_aws.state import State

_making = threading.Lock()


@dataclass(frozen=True, kw_only=True)
class HttpRequest:
    """A request as an SDK would send it."""

    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes


def send(state: State, request: HttpRequest) -> tuple[int, dict[str, str], bytes]:
    """Hand a request to the gateway; its status, headers and body."""
    answer: dict[str, Any] = {}

    def start(
        status: str, headers: list[tuple[str, str]], _error: object = None, /
    ) -> Callable[[bytes], object]:
        answer.update(status=int(status.split(" ", 1)[0]), headers=dict(headers))
        return lambda _chunk: None

    body = b"".join(state.application(_environment(request), start))
    return answer["status"], answer["headers"], body


def _environment(request: HttpRequest) -> WSGIEnvironment:
    url = urlsplit(request.url)
    headers = {f"HTTP_{k.upper().replace('-', '_')}": v for k, v in request.headers.items()}
    return {
        **headers,
        "REQUEST_METHOD": request.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote(url.path, "latin-1") or "/",
        "RAW_URI": f"{url.path}?{url.query}",
        "REQUEST_URI": f"{url.path}?{url.query}",
        "QUERY_STRING": url.query,
        "CONTENT_TYPE": headers.get("HTTP_CONTENT_TYPE", ""),
        "CONTENT_LENGTH": str(len(request.body)),
        "SERVER_NAME": str(url.hostname),
        "SERVER_PORT": str(url.port or 80),
        "HTTP_HOST": url.netloc,
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(request.body),
        "wsgi.errors": io.StringIO(),
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }


class UnknownOperationError(ValueError):
    """A service or an operation that the SDK does not know."""


@dataclass(frozen=True, kw_only=True)
class DirectCaller:
    """Calls AWS with an access key; `before_call` is told of each call before it is made."""

    state: State
    region: str
    access_key_id: str
    before_call: Callable[[], None]

    def call(self, service: str, operation: str, parameters: Mapping[str, Any]) -> dict[str, Any]:
        """One call, by the operation's name or the SDK's name of it. No retries.

        UnknownOperationError; botocore's ClientError and ParamValidationError.
        """
        client, transport = self._client(service)
        method = xform_name(operation)
        if method not in client.meta.method_to_api_mapping:
            raise UnknownOperationError(f"{service} has no operation {operation}.")
        transport.current.caller = self
        answer: dict[str, Any] = getattr(client, method)(**parameters)
        return answer

    def model(self, service: str, operation: str) -> OperationModel | None:
        """What the SDK knows of an operation, if anything; UnknownOperationError."""
        meta = self._client(service)[0].meta
        name = meta.method_to_api_mapping.get(xform_name(operation))
        return meta.service_model.operation_model(name) if name else None

    def _client(self, service: str) -> tuple[Any, _Transport]:
        with _making:
            return _client(service, self.region, self.state.url)


class _Transport:
    """Stands where a client has its HTTP connections."""

    def __init__(self, region: str, signing_name: str) -> None:
        self.current = threading.local()
        self.scope = f"20260101/{region}/{signing_name}/aws4_request"

    def send(self, request: AWSPreparedRequest) -> AWSResponse:
        """Carry out one request, with the key of whoever calls in this thread."""
        caller: DirectCaller = self.current.caller
        caller.before_call()
        credential = f"Credential={caller.access_key_id}/{self.scope}"
        signature = f"AWS4-HMAC-SHA256 {credential}, SignedHeaders=host, Signature=0"
        headers = {key: _text(value) for key, value in request.headers.items()}
        status, answered, body = send(
            caller.state,
            HttpRequest(
                method=str(request.method),
                url=request.url,
                headers={**headers, "Authorization": signature},
                body=_bytes(request.body),
            ),
        )
        return AWSResponse(request.url, status, _headers(answered), _Raw(body))

    def close(self) -> None:
        """There is nothing to close."""


class _Raw(io.BytesIO):
    def stream(self, amt: int = 65536, **_options: object) -> Iterable[bytes]:
        """The body in pieces, as urllib3 gives it."""
        while piece := self.read(amt):
            yield piece


def _headers(given: Mapping[str, str]) -> HTTPHeaders:
    headers = HTTPHeaders()
    for name, value in given.items():
        headers[name] = value
    return headers


def _text(value: str | bytes) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)


def _bytes(body: Any) -> bytes:
    if body is None:
        return b""
    if hasattr(body, "read"):
        body = body.read()
    return body.encode() if isinstance(body, str) else bytes(body)


@cache
def _session() -> botocore.session.Session:
    return botocore.session.Session()


@cache
def _client(service: str, region: str, url: str) -> tuple[Any, _Transport]:
    # Neither a signature nor what the SDK says of itself is looked at here: making either for
    # each call would be time lost.
    config = Config(
        signature_version=UNSIGNED, user_agent="embedded-aws", s3={"addressing_style": "path"}
    )
    try:
        client = _session().create_client(
            service, region_name=region, endpoint_url=url, config=config
        )
    except UnknownServiceError as error:
        raise UnknownOperationError(f"There is no service {service}.") from error
    from modules.local_aws.protocol import SERVICES  # noqa: PLC0415  # brings moto, which is slow

    signing_name = client.meta.service_model.signing_name
    if signing_name not in SERVICES:
        raise UnknownOperationError(f"The embedded AWS does not have the service {service}.")
    service_id = client.meta.service_model.service_id.hyphenize()
    client.meta.events.unregister(
        f"needs-retry.{service_id}", unique_id=f"retry-config-{service_id}"
    )
    transport = _Transport(region, signing_name)
    client._endpoint.http_session = transport  # type: ignore[attr-defined]  # the one way in
    return client, transport
