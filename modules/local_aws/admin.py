"""The admin endpoint, `/_local_aws/...`, on the same loopback address.

| request          | meaning                                                                |
|------------------|------------------------------------------------------------------------|
| GET health       | `{"status": "ok"}`                                                      |
| POST reset       | forget everything and set up the fleet again                           |
| GET calls        | every call since the last reset; DELETE forgets them                   |
| POST faults      | let calls fail: see `faults.Fault`; DELETE forgets them                |
| GET/POST switches| see `state.Switches`                                                   |
| GET fleet        | the machines with their IDs                                            |
| POST nodes       | a node as the fleet file has them: it comes up now                     |
| GET associations | all associations, with the runs that State Manager owes them           |
| GET clock        | the time                                                               |
| POST clock       | move it by `{"forward_seconds": N}` or `{"to": ISO time}`: State Manager |
|                  | does all that is due until then                                         |
| POST who-may-read| `{"bucket", "key", "principals": [ARN or account ID]}` -> `{principal: bool}` |
| POST access-logs | `{"bucket"}`: deliver an access log for the bucket now                 |
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

from modules.local_aws import admin_actions as actions
from modules.local_aws.answer import Answer
from modules.local_aws.errors import AwsError
from modules.local_aws.faults import Fault

if TYPE_CHECKING:
    from moto.core.request import Request

    from modules.local_aws.state import State

PREFIX = "/_local_aws/"


@dataclass
class Admin:
    """Answers what is asked of the embedded AWS itself."""

    state: State

    def answer(self, request: Request) -> Answer:
        """Answer one request, in JSON; 400 says what is wrong with it."""
        name = request.path.removeprefix(PREFIX)
        handler = _HANDLERS.get((request.method, name))
        if handler is None:
            return _json(404, {"error": f"{request.method} {request.path} is not there"})
        try:
            body = json.loads(request.get_data() or b"{}")
            # Associations run without the lock: their runbooks and functions call back.
            with contextlib.nullcontext() if name == "clock" else self.state.lock:
                return _json(200, handler(self.state, body))
        except (ValueError, TypeError, KeyError, AwsError) as error:
            return _json(400, {"error": f"{type(error).__name__}: {error}"})


def _json(status: int, value: object) -> Answer:
    body = json.dumps(value, default=str).encode()
    return Answer(status=status, headers={"Content-Type": "application/json"}, body=body)


def _add_fault(state: State, body: Mapping[str, Any]) -> object:
    state.faults.pending.append(Fault.parse(body))
    return {}


def _forget_faults(state: State, _body: Mapping[str, Any]) -> object:
    state.faults.pending.clear()
    return {}


def _forget_calls(state: State, _body: Mapping[str, Any]) -> object:
    state.calls.calls.clear()
    return {}


def _switch(state: State, body: Mapping[str, Any]) -> object:
    state.switches = replace(state.switches, **body)
    return asdict(state.switches)


def _who_may_read(state: State, body: Mapping[str, Any]) -> object:
    return {
        principal: actions.may_read(state, principal, body["bucket"], body["key"])
        for principal in body["principals"]
    }


_HANDLERS: Mapping[tuple[str, str], Callable[[State, Mapping[str, Any]], object]] = {
    ("GET", "health"): lambda _state, _body: {"status": "ok"},
    ("POST", "reset"): lambda state, _body: actions.reset(state),
    ("GET", "calls"): lambda state, _body: state.calls.to_json(),
    ("DELETE", "calls"): _forget_calls,
    ("POST", "faults"): _add_fault,
    ("DELETE", "faults"): _forget_faults,
    ("GET", "switches"): lambda state, _body: asdict(state.switches),
    ("POST", "switches"): _switch,
    ("GET", "fleet"): lambda state, _body: actions.fleet_report(state),
    ("POST", "nodes"): actions.add_node,
    ("GET", "clock"): lambda state, _body: {"now": state.now().isoformat()},
    ("POST", "clock"): actions.move_clock,
    ("GET", "associations"): lambda state, _body: actions.associations_report(state),
    ("POST", "who-may-read"): _who_may_read,
    ("POST", "access-logs"): lambda state, body: actions.deliver_access_log(state, body["bucket"]),
}
