"""Runs scripts of aws:executeScript steps, for tests."""

from __future__ import annotations

import json
from typing import Any

from modules.local_aws.automation import AutomationExecution
from tests.local_aws.runbooks import ROLE, Runbooks, script


def run(runbooks: Runbooks, body: str, *, first: str = "", **more: Any) -> AutomationExecution:
    """Run `handler(e, c)` with this body as a role that may do everything."""
    lines = "\n".join(f"    {line}" for line in body.splitlines())
    text = f"import boto3, os, sys, time\n{first}\ndef handler(e, c):\n{lines}\n"
    return runbooks.run([script("script", text, **more)], assumeRole=ROLE)


def returned(execution: AutomationExecution) -> Any:
    """What the script of the first step returned."""
    assert execution.status == "Success", execution.failure_message
    return json.loads(execution.steps[0].outputs["OutputPayload"][0])["Payload"]
