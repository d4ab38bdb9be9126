"""The actions that runbooks of the embedded AWS can have, a file each."""

from __future__ import annotations

from collections.abc import Mapping

from modules.local_aws.automation.actions import (
    aws_api,
    branch,
    child_execution,
    lambda_function,
    loop,
    resource_property,
    script,
    sleep,
    variable,
)
from modules.local_aws.automation.attempt import Action
from modules.local_aws.automation.step_failures import UnsupportedActionError

ACTIONS: Mapping[str, Action] = {
    "aws:assertAwsResourceProperty": resource_property.assert_it,
    "aws:branch": branch.choose,
    "aws:executeAutomation": child_execution.execute_automation,
    "aws:executeAwsApi": aws_api.execute_api,
    "aws:executeScript": script.execute_script,
    "aws:invokeLambdaFunction": lambda_function.invoke_function,
    "aws:loop": loop.repeat,
    "aws:sleep": sleep.sleep,
    "aws:updateVariable": variable.update_variable,
    "aws:waitForAwsResourceProperty": resource_property.wait_for_it,
}


def find_action(name: str) -> Action:
    """What an action does; UnsupportedActionError, as no step is ever skipped."""
    if name not in ACTIONS:
        raise UnsupportedActionError(name)
    return ACTIONS[name]
