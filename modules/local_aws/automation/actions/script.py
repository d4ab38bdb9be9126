"""aws:executeScript: run a Python function in a process of its own.

Sources: "aws:executeScript - Run a script"; "Script considerations": a script calls AWS as the
execution's assume role, and without one it has no permissions.
"""

from __future__ import annotations

import json
from typing import Any

from modules.local_aws.automation.attempt import Attempt, Result
from modules.local_aws.automation.references import as_text
from modules.local_aws.automation.script_job import ScriptFailedError, run_script
from modules.local_aws.automation.step_failures import StepError

# The Python runtimes of the action's page; all run in the Python at hand.
_RUNTIMES = ("python3.10", "python3.11")
# "Python 3.6 - 3.8 ... can't be run since February 18, 2025" (the action's page)
_ENDED = ("python3.6", "python3.7", "python3.8")

MAX_OUTPUT_BYTES = 100_000  # "up to 100KB is returned"
MAX_ITEMS = 100  # "if you output a list, a maximum of 100 items is returned"


def execute_script(attempt: Attempt) -> Result:
    """Run the script's handler(events, context); what it returns is the payload."""
    inputs = attempt.inputs()
    runtime = str(inputs["Runtime"])
    if runtime in _ENDED:
        raise StepError(f"AWS does not run {runtime} any more; python3.11 is the runtime to use.")
    if runtime not in _RUNTIMES:
        known = " and ".join(_RUNTIMES)
        raise StepError(f"The embedded AWS runs scripts in {known}, not in {runtime}.")
    if "Script" not in inputs:
        raise StepError("The embedded AWS has no attachments: put the script into the document.")
    try:
        finished = run_script(attempt, inputs)
    except ScriptFailedError as error:
        raise StepError(str(error)) from error
    attempt.record.response = finished.log
    payload = _returned(finished.value)
    return Result(
        data={"Payload": payload},
        outputs={"OutputPayload": json.dumps({"Payload": payload})},
    )


def _returned(value: Any) -> Any:
    payload = value[:MAX_ITEMS] if isinstance(value, list) else value
    size = len(as_text(payload).encode())
    if size > MAX_OUTPUT_BYTES:
        raise StepError(f"The script returned {size} bytes; at most {MAX_OUTPUT_BYTES} can be.")
    return payload
