"""Automation: runs runbooks by AWS's documented rules, with the permissions of their assume role.

`execute` runs one execution to its end; `operations.OPERATIONS` is the API in front of it.
"""

from modules.local_aws.automation.execute import execute
from modules.local_aws.automation.executions import (
    AutomationExecution,
    Executions,
    Start,
    StepExecution,
)

__all__ = ["AutomationExecution", "Executions", "Start", "StepExecution", "execute"]
