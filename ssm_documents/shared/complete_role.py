"""Give an instance role what reading baseline overrides takes, and nothing that it has already.

A second role tag, `QSConfigAttached-<id>`, names the policies that this runbook attached, so that
removing the patch policy can detach exactly those. It is written before the first of them is
attached: a run that dies half-way leaves a record that is too long, never one that is too short.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import boto3
from botocore.config import Config

if TYPE_CHECKING:
    from mypy_boto3_iam import IAMClient

# What Quick Setup itself attaches since 2024, to its own default role too: it reads the overrides.
QUICK_SETUP_POLICY = "AWSQuickSetupPatchPolicyBaselineAccess"
BASELINE_POLICY = "ssm/quicksetup/patchpolicy/aws-quicksetup-patchpolicy-baselineoverrides-s3"


def handler(events: Mapping[str, str], context: object) -> dict[str, object]:
    """Attach the missing policies and set the tags; report what was attached."""
    role = events["RoleName"]
    if not role:
        raise ValueError(
            f"The instance profile of {events['InstanceId']} holds no role: there is nothing to "
            "attach the policies to. Add a role to that profile, or give the node another one."
        )
    iam = boto3.client("iam", config=Config(retries={"mode": "standard", "max_attempts": 6}))
    configuration_id = events["QSConfigurationId"]
    missing = _missing_policies(iam, role, events["Partition"], events["AwsAccountId"])
    # After the policies: what another node's run attached by then is in the record read here.
    tags = {tag["Key"]: tag["Value"] for tag in iam.get_role(RoleName=role)["Role"].get("Tags", [])}
    if missing:
        record_key = f"QSConfigAttached-{configuration_id}"
        _set_tag(iam, role, tags, record_key, _record(tags.get(record_key, ""), missing))
    for policy_arn in missing:
        _attach(iam, role, policy_arn)
    _set_tag(iam, role, tags, f"QSConfigId-{configuration_id}", configuration_id)
    return {"RoleName": role, "AttachedPolicies": [_name(arn) for arn in missing]}


def _missing_policies(iam: IAMClient, role: str, partition: str, account: str) -> list[str]:
    core = f"arn:{partition}:iam::aws:policy/AmazonSSMManagedInstanceCore"
    baselines = f"arn:{partition}:iam::{account}:policy/{BASELINE_POLICY}"
    try:
        pages = list(iam.get_paginator("list_attached_role_policies").paginate(RoleName=role))
    except iam.exceptions.NoSuchEntityException:
        raise LookupError(
            f"The role {role} does not exist. This runbook creates no role: "
            "deploy the patch policy's instance role first."
        ) from None
    attached = {policy["PolicyArn"] for page in pages for policy in page["AttachedPolicies"]}
    if f"arn:{partition}:iam::aws:policy/{QUICK_SETUP_POLICY}" in attached:
        attached.add(baselines)
    return [arn for arn in (core, baselines) if arn not in attached]


def _attach(iam: IAMClient, role: str, policy_arn: str) -> None:
    try:
        iam.attach_role_policy(RoleName=role, PolicyArn=policy_arn)
    except iam.exceptions.NoSuchEntityException:
        raise LookupError(
            f"{policy_arn} could not be attached to {role}: one of them does not exist. This "
            "runbook creates neither: deploy the patch policy's instance role first."
        ) from None


def _record(recorded: str, missing: list[str]) -> str:
    return " ".join(sorted({*recorded.split(), *(_name(arn) for arn in missing)}))


def _name(policy_arn: str) -> str:
    return policy_arn.rpartition("/")[2]


def _set_tag(iam: IAMClient, role: str, tags: Mapping[str, str], key: str, value: str) -> None:
    if tags.get(key) != value:
        iam.tag_role(RoleName=role, Tags=[{"Key": key, "Value": value}])
