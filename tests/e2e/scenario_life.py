"""The life of the example policy: deployed by cdktf, changed by terraform, destroyed by cdktf."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from tests.e2e.aws import ACCOUNT, ROOT, Aws, embedded_aws
from tests.e2e.deployer import deployer_environment
from tests.e2e.harness import DEPLOY, Outcome, Project, new_project
from tests.e2e.inventory import (
    Associations,
    associations,
    bucket_settings,
    documents,
    function_log,
    inventory,
)

POLICY = yaml.safe_load((ROOT / "examples/patch_policy.yaml").read_text(encoding="utf-8"))
ROLE_STACK = "patch-policy-instance-role"
STACK = "patch-policy-a1b2c-ap-northeast-1"
BUCKET = f"aws-quicksetup-patchpolicy-{ACCOUNT}-a1b2c"
LOG_BUCKET = f"aws-quicksetup-patchpolicy-access-log-{ACCOUNT}-a1b2c"
OVERRIDES = {"Bucket": BUCKET, "Key": "baseline_overrides.json"}
BASELINE_POLICY = (
    f"arn:aws:iam::{ACCOUNT}:policy/ssm/quicksetup/patchpolicy/"
    "aws-quicksetup-patchpolicy-baselineoverrides-s3"
)


@dataclass(kw_only=True)
class Life:
    """The scenario, as far as it has come, and all that was seen."""

    aws: Aws
    project: Project
    before: set[str] = field(default_factory=set)
    deployed: dict[str, Any] = field(default_factory=dict)
    plans: dict[str, Outcome] = field(default_factory=dict)
    changes: dict[str, Change] = field(default_factory=dict)
    overrides: list[Any] = field(default_factory=list)
    clean_up: dict[str, Outcome] = field(default_factory=dict)
    after: set[str] = field(default_factory=set)


@dataclass(frozen=True, kw_only=True)
class Change:
    """The associations around one change of the policy file, and the plan after it."""

    before: Associations
    after: Associations
    plan: Outcome
    documents: dict[str, str]


def play(folder: Path) -> Life:
    """Deploy, plan, change, clean up, destroy; with the documented rights alone."""
    with embedded_aws() as aws:
        project = new_project(folder, aws).with_env(**deployer_environment(aws))
        life = Life(aws=aws, project=project)
        _deploy(life)
        _plan_again(life)
        _change(life)
        _run_runbooks(life.aws)
        _clean_up(life)
        _destroy(life)
    return life


def _deploy(life: Life) -> None:
    life.before = inventory(life.aws)
    life.project.write_policy(POLICY)
    life.project.cdktf(*DEPLOY).succeeded()
    iam = life.aws.client("iam")
    for role, tags in {
        "tagged": [{"Key": "QSConfigId-a1b2c", "Value": "a1b2c"}],
        "untagged": [],
    }.items():
        iam.create_role(RoleName=role, AssumeRolePolicyDocument=TRUST, Tags=tags)
        iam.put_role_policy(RoleName=role, PolicyName="read", PolicyDocument=READ)
    life.deployed = {
        "inventory": inventory(life.aws),
        "associations": associations(life.aws),
        "buckets": {name: bucket_settings(life.aws, name) for name in (BUCKET, LOG_BUCKET)},
        "documents": documents(life.aws),
        "synthesized documents": _synthesized_documents(life),
        "log": function_log(life.aws),
        "may_read": life.aws.ask("POST", "who-may-read", WHO_MAY_READ),
    }
    life.overrides.append(_overrides(life))


def _plan_again(life: Life) -> None:
    for form, arguments in {"JSON": (), "HCL": ("--hcl",)}.items():
        life.project.cdktf("synth", *arguments).succeeded()
        for name in (ROLE_STACK, STACK):
            stack = life.project.stack(name)
            life.plans[f"{name} as {form}"] = stack.plan()


def _change(life: Life) -> None:
    baseline = life.aws.client("ssm").create_patch_baseline(
        Name="CustomUbuntu", OperatingSystem="UBUNTU"
    )["BaselineId"]
    edits: dict[str, dict[str, Any]] = {
        "scan schedule": {"scan": {"schedule": "cron(0 3 * * ? *)"}},
        "tags": {"tags": {"Team": "linux"}},
        "scan only": {"operation": "Scan", "install": None},
        "install again": {"operation": "ScanAndInstall", "install": POLICY["install"]},
        "name and baseline": {"name": "renamed", "patch_baselines": {"UBUNTU": baseline}},
    }
    policy = dict(POLICY)
    stack = life.project.stack(STACK)
    for what, edit in edits.items():
        before = associations(life.aws)
        policy = {key: value for key, value in {**policy, **edit}.items() if value is not None}
        life.project.write_policy(policy)
        life.project.synth().succeeded()
        stack.apply().succeeded()
        life.changes[what] = Change(
            before=before,
            after=associations(life.aws),
            plan=stack.plan(),
            documents=documents(life.aws),
        )
    life.overrides.append(_overrides(life))


def _run_runbooks(aws: Aws) -> None:
    """Leave what the attach and name-tag runbooks leave on nodes and on roles in use."""
    nodes = {each["name"]: each["id"] for each in aws.ask("GET", "fleet")}
    name_tag = [{"Key": "QSConfigName-a1b2c", "Value": "renamed"}]
    aws.client("ec2").create_tags(Resources=[nodes["web-1"], nodes["batch-1"]], Tags=name_tag)
    aws.client("ssm").add_tags_to_resource(
        ResourceType="ManagedInstance", ResourceId=nodes["store-tokyo"], Tags=name_tag
    )
    iam = aws.client("iam")
    for role in ("WebServerRole", "HybridNodeRole"):
        iam.attach_role_policy(RoleName=role, PolicyArn=BASELINE_POLICY)
        name = BASELINE_POLICY.rsplit("/", 1)[1]
        marks = {"QSConfigId-a1b2c": "a1b2c", "QSConfigAttached-a1b2c": name}
        iam.tag_role(RoleName=role, Tags=[{"Key": k, "Value": v} for k, v in marks.items()])


def _clean_up(life: Life) -> None:
    command = ("patch-policy", "clean-up", "a1b2c.yaml")
    for what, arguments in {"listed": (), "removed": ("--yes",), "again": ()}.items():
        life.clean_up[what] = life.project.run(*command, *arguments)


def _destroy(life: Life) -> None:
    aws = life.aws
    aws.ask("POST", "access-logs", {"bucket": BUCKET})
    s3, iam = aws.client("s3"), aws.client("iam")
    s3.put_object(**OVERRIDES, Body=b"another version")
    iam.attach_role_policy(
        RoleName="AmazonSSMRoleForInstancesQuickSetup",
        PolicyArn="arn:aws:iam::aws:policy/ReadOnlyAccess",
    )
    life.project.cdktf("destroy", "*", "--auto-approve", "--skip-provider-lock").succeeded()
    for role in ("tagged", "untagged"):
        iam.delete_role_policy(RoleName=role, PolicyName="read")
        iam.delete_role(RoleName=role)
    life.after = inventory(aws)


def _synthesized_documents(life: Life) -> set[str]:
    files = life.project.stack(STACK).folder.joinpath("documents").rglob("*.json")
    return {file.read_text(encoding="utf-8") for file in files}


def _overrides(life: Life) -> Any:
    """As the tagged role reads it: an administrator may not."""
    role = life.aws.client("sts").assume_role(
        RoleArn=f"arn:aws:iam::{ACCOUNT}:role/tagged", RoleSessionName="reader"
    )["Credentials"]
    s3 = life.aws.client("s3", credentials=role)
    return json.loads(s3.get_object(**OVERRIDES)["Body"].read())


READ = json.dumps(
    {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}
)
TRUST = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": ACCOUNT}}
        ],
    }
)
WHO_MAY_READ = {
    "bucket": BUCKET,
    "key": OVERRIDES["Key"],
    "principals": [
        f"arn:aws:iam::{ACCOUNT}:role/tagged",
        f"arn:aws:iam::{ACCOUNT}:role/untagged",
        ACCOUNT,
        "111122223333",
    ],
}
