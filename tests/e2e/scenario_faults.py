"""Two policies whose first deployment meets faults: a failing function, throttling, new roles."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from tests.e2e.aws import ACCOUNT, REGION, Aws, embedded_aws
from tests.e2e.harness import Outcome, new_project

# The fault "before" strikes whichever function runs first, "after" the other one.
IDS = ("flta1", "fltb2")
ROLE_DELAY_SECONDS = 10


@dataclass(kw_only=True)
class Faults:
    """How each apply and the plans ended, by configuration ID."""

    first: dict[str, Outcome] = field(default_factory=dict)
    written_by_first: set[str] = field(default_factory=set)
    second: dict[str, Outcome] = field(default_factory=dict)
    written_by_second: set[str] = field(default_factory=set)
    plans: dict[str, Outcome] = field(default_factory=dict)
    role_ages: dict[str, float] = field(default_factory=dict)
    errors: set[str] = field(default_factory=set)


def play(folder: Path) -> Faults:
    """Apply with faults, apply again, plan."""
    seen = Faults()
    with embedded_aws() as aws:
        project = new_project(folder, aws)
        for each in IDS:
            project.write_policy(
                {
                    "name": each,
                    "configuration_id": each,
                    "home_region": REGION,
                    "targets": {"tag": {"key": "Env", "value": "prod"}},
                    "instance_roles": {"manage_default_role": False},
                }
            )
        project.synth().succeeded()
        stacks = {each: project.stack(f"patch-policy-{each}-{REGION}").init() for each in IDS}
        aws.ask("POST", "switches", {"role_delay_seconds": ROLE_DELAY_SECONDS})
        for operation, code, when in FAULTS:
            aws.ask("POST", "faults", {"operation": operation, "code": code, "when": when})
        running = {each: stack.start("apply", "-auto-approve") for each, stack in stacks.items()}
        seen.first = {each: process.wait() for each, process in running.items()}
        seen.written_by_first = _written(aws)
        seen.second = {each: stack.apply() for each, stack in stacks.items()}
        seen.written_by_second = _written(aws)
        seen.plans = {each: stack.plan() for each, stack in stacks.items()}
        seen.role_ages = _role_ages(aws)
        seen.errors = {call["error"] for call in aws.ask("GET", "calls") if call["error"]}
    return seen


FAULTS = (
    ("lambda.Function", "Runtime.ExitError", "before"),
    ("lambda.Function", "Runtime.ExitError", "after"),
    ("iam.CreateRole", "Throttling", "before"),
    ("ssm.CreateDocument", "ThrottlingException", "before"),
)


def _written(aws: Aws) -> set[str]:
    """The policies whose bucket holds the overrides."""
    s3 = aws.client("s3")
    return {
        each
        for each in IDS
        if s3.list_objects_v2(Bucket=f"aws-quicksetup-patchpolicy-{ACCOUNT}-{each}")["KeyCount"]
    }


def _role_ages(aws: Aws) -> dict[str, float]:
    """By association: how old, in seconds, the role was that its first run was to assume."""
    iam, ages = aws.client("iam"), {}
    for each in aws.ask("GET", "associations"):
        settings = each["settings"]
        for role_arn in settings.get("Parameters", {}).get("AutomationAssumeRole", []):
            role = iam.get_role(RoleName=role_arn.rsplit("/", 1)[1])["Role"]
            run = datetime.fromisoformat(each["owed"][0]["requested"])
            ages[settings["AssociationName"]] = (run - role["CreateDate"]).total_seconds()
    return ages
