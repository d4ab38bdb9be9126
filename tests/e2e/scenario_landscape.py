"""Two accounts of an organization, two policies, three regions, and a default role to adopt."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.e2e.aws import ACCOUNT, OTHER_ACCOUNT, REGION, Aws, embedded_aws
from tests.e2e.harness import Outcome, Project, new_project
from tests.e2e.inventory import Associations, associations, inventory

REGIONS = ("us-east-1", "eu-central-1")
TARGETS = {"all": True}
WHOLE = {
    "name": "whole organization",
    "configuration_id": "whole",
    "home_region": REGION,
    "regions": list(REGIONS),
    "targets": TARGETS,
    "sharing": "entire_org",
    "organization": {"id": "o-a1b2c3d4e5"},
    "instance_roles": {"adopt_default_role": True},
}
UNIT = {
    "name": "one unit",
    "configuration_id": "unit1",
    "home_region": REGION,
    "targets": TARGETS,
    "sharing": "organizational_units",
    "organization": {"id": "o-a1b2c3d4e5", "units": ["ou-ab12-klmnopqr"]},
}
READER = {
    "name": "whole organization",
    "configuration_id": "whole",
    "home_region": REGIONS[0],
    "targets": TARGETS,
    "baseline_store": {"account": ACCOUNT},
}
ROLE = "AmazonSSMRoleForInstancesQuickSetup"
ROLE_STACK = "patch-policy-instance-role"
STORES = (f"patch-policy-whole-{REGION}", f"patch-policy-unit1-{REGION}")
NODES = tuple(f"patch-policy-whole-{region}" for region in REGIONS)
HERE = (ROLE_STACK, *STORES, *NODES)
THERE = (ROLE_STACK, f"patch-policy-whole-{REGIONS[0]}")


@dataclass(kw_only=True)
class Landscape:
    """What was seen, by account and region."""

    before: dict[str, set[str]] = field(default_factory=dict)
    after: dict[str, set[str]] = field(default_factory=dict)
    adopted: dict[str, Any] = field(default_factory=dict)
    adoption: Outcome | None = None
    plans: dict[str, Outcome] = field(default_factory=dict)
    associations: dict[tuple[str, str], Associations] = field(default_factory=dict)
    functions: dict[str, int] = field(default_factory=dict)
    may_read: dict[str, dict[str, bool]] = field(default_factory=dict)


def play(folder: Path) -> Landscape:
    """Deploy both accounts, look, plan, destroy."""
    seen = Landscape()
    with embedded_aws() as aws:
        here, there = (
            new_project(folder / account, aws, account, settle=False)
            for account in (ACCOUNT, OTHER_ACCOUNT)
        )
        for policy in (WHOLE, UNIT):
            here.write_policy(policy)
        there.write_policy(READER)
        _make_default_role(aws)
        for project in (here, there):
            project.synth().succeeded()
        seen.before = _inventories(aws)
        seen.adoption = here.stack(ROLE_STACK).init().apply().succeeded()
        _apply_at_once(here, STORES)
        _apply_at_once(there, THERE)
        _apply_at_once(here, NODES)
        _look(seen, aws)
        for project, names in ((here, HERE), (there, THERE)):
            for name in names:
                seen.plans[f"{project.folder.name} {name}"] = project.stack(name).plan()
        for project, names in ((there, THERE[1:]), (here, NODES), (here, STORES)):
            _at_once(project, names, "destroy")
        seen.after = _inventories(aws)
    return seen


def _apply_at_once(project: Project, names: Iterable[str]) -> None:
    for name in names:
        project.stack(name).init()
    _at_once(project, names, "apply")


def _at_once(project: Project, names: Iterable[str], command: str) -> None:
    running = [project.stack(name).start(command, "-auto-approve") for name in names]
    for process in running:
        process.wait().succeeded()


def _make_default_role(aws: Aws) -> None:
    """As Quick Setup leaves it behind: for EC2 alone, with no policy of ours attached."""
    iam = aws.client("iam")
    trust = {
        "Effect": "Allow",
        "Action": "sts:AssumeRole",
        "Principal": {"Service": "ec2.amazonaws.com"},
    }
    document = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    iam.create_role(RoleName=ROLE, AssumeRolePolicyDocument=document)
    iam.create_instance_profile(InstanceProfileName=ROLE)
    iam.add_role_to_instance_profile(InstanceProfileName=ROLE, RoleName=ROLE)
    read = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}
    iam.create_policy(
        PolicyName="aws-quicksetup-patchpolicy-baselineoverrides-s3",
        Path="/ssm/quicksetup/patchpolicy/",
        PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [read]}),
    )


def _inventories(aws: Aws) -> dict[str, set[str]]:
    return {each: inventory(aws, each, (REGION, *REGIONS)) for each in (ACCOUNT, OTHER_ACCOUNT)}


def _look(seen: Landscape, aws: Aws) -> None:
    iam, there = aws.client("iam"), aws.client("iam", OTHER_ACCOUNT)
    seen.adopted = {
        "tags": {tag["Key"]: tag["Value"] for tag in iam.list_role_tags(RoleName=ROLE)["Tags"]},
        "attached": {
            each["PolicyName"]
            for each in iam.list_attached_role_policies(RoleName=ROLE)["AttachedPolicies"]
        },
    }
    for account, region in (
        *((ACCOUNT, each) for each in (REGION, *REGIONS)),
        (OTHER_ACCOUNT, REGIONS[0]),
    ):
        seen.associations[account, region] = associations(aws, account, region)
        functions = aws.client("lambda", account, region).list_functions()["Functions"]
        seen.functions[f"{account} {region}"] = len(functions)
    core = "arn:aws:iam::aws:policy/AdministratorAccess"
    document = json.dumps({"Version": "2012-10-17", "Statement": []})
    for role, key in {"untagged": None, "unit": "unit1"}.items():
        tags = [{"Key": f"QSConfigId-{key}", "Value": key}] if key else []
        there.create_role(RoleName=role, AssumeRolePolicyDocument=document, Tags=tags)
        there.attach_role_policy(RoleName=role, PolicyArn=core)
    readers = [f"arn:aws:iam::{OTHER_ACCOUNT}:role/{role}" for role in (ROLE, "untagged", "unit")]
    for each in ("whole", "unit1"):
        answer = aws.ask(
            "POST",
            "who-may-read",
            {
                "bucket": f"aws-quicksetup-patchpolicy-{ACCOUNT}-{each}",
                "key": "baseline_overrides.json",
                "principals": readers,
            },
        )
        seen.may_read[each] = {arn.rsplit("/", 1)[1]: allowed for arn, allowed in answer.items()}
    for role in ("untagged", "unit"):
        there.detach_role_policy(RoleName=role, PolicyArn=core)
        there.delete_role(RoleName=role)
