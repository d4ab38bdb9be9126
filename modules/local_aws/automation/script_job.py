"""One run of a script: its job, the calls and waits that it asks for, and its end."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from modules.local_aws.automation.attempt import Attempt
from modules.local_aws.automation.script_calls import carry_out
from modules.local_aws.automation.script_pool import POOL
from modules.local_aws.automation.script_worker import Reply, Worker, WorkerGoneError
from modules.local_aws.automation.step_failures import StepTimedOutError
from modules.local_aws.turns import give_way

_LOOK_SECONDS = 0.2  # how soon a stopped execution ends its script, when it has its turn


class ScriptFailedError(Exception):
    """The script raised an error, or left its process."""


@dataclass(frozen=True)
class Finished:
    """What the handler returned, and what the script printed."""

    value: Any
    log: str


def run_script(attempt: Attempt, inputs: Mapping[str, Any]) -> Finished:
    """Run it with the execution's credentials. ScriptFailedError; a StepError of `attempt.check`.

    Its time is the execution's: calls and waits move that on. Computing does not, but may take no
    longer than the step's timeout either.
    """
    with POOL.borrow(inputs["Script"]) as worker:
        try:
            worker.write(_job(attempt, inputs))
            message = _serve(attempt, worker)
        except WorkerGoneError:
            raise ScriptFailedError("The script's process ended without an answer.") from None
    if message["do"] == "failed":
        attempt.record.response = message["log"]
        raise ScriptFailedError(message["failure"])
    return Finished(message["value"], message["log"])


def _job(attempt: Attempt, inputs: Mapping[str, Any]) -> dict[str, Any]:
    run = attempt.run
    return {
        "script": inputs["Script"],
        "is_fresh": True,
        "handler": inputs["Handler"],
        "events": inputs.get("InputPayload") or {},
        "context": run.system_variables(),
        "environment": _environment(attempt),
        "started": run.clock.started.timestamp(),
        "elapsed": run.clock.elapsed,
    }


def _environment(attempt: Attempt) -> dict[str, str]:
    """A script without an assume role has no credentials."""
    run, region = attempt.run, attempt.run.execution.place[1]
    environment = {
        "AWS_REGION": region,
        "AWS_DEFAULT_REGION": region,
        "AWS_ENDPOINT_URL": run.state.url,
        "AWS_EC2_METADATA_DISABLED": "true",
        "TZ": ":UTC",
    }
    if not run.has_role:
        return environment
    return environment | {
        "AWS_ACCESS_KEY_ID": run.credentials.access_key_id,
        "AWS_SECRET_ACCESS_KEY": run.credentials.secret_access_key,
        "AWS_SESSION_TOKEN": run.credentials.session_token,
    }


def _serve(attempt: Attempt, worker: Worker) -> dict[str, Any]:
    """Answer the script until it is at its end."""
    ends = time.monotonic() + attempt.seconds_left + _seconds_of_others()
    while True:
        message = worker.read(_LOOK_SECONDS)
        if message is None:
            attempt.check()
            if time.monotonic() > ends:
                raise StepTimedOutError(
                    f"The script did not end within {attempt.record.timeout_seconds} seconds."
                )
            continue
        if message["do"] in {"done", "failed"}:
            return message
        reply = Reply()
        if message["do"] == "wait":
            attempt.wait(message["seconds"])
        else:
            attempt.run.count_call()
            reply = carry_out(attempt.run.state, message)
        attempt.check()
        worker.answer(message, reply, attempt.run.clock.elapsed)
        ends += _seconds_of_others()


def _seconds_of_others() -> float:
    """Let executions beside this one go on; the time that they took is not this one's."""
    left = time.monotonic()
    give_way()
    return time.monotonic() - left
