"""The one who deploys, with the rights that the documentation asks for and no others."""

from __future__ import annotations

import json
import re

from tests.e2e.aws import ACCOUNT, ROOT, Aws

PAGE = ROOT / "docs" / "permissions.md"
TRUST = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"},
                "Action": "sts:AssumeRole",
            }
        ],
    }
)


def documented_policies() -> list[str]:
    """The policies of the page, for the tests' account: to plan, to deploy, to clean up."""
    blocks = re.findall(r"```json\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    return [block.replace("<account>", ACCOUNT) for block in blocks]


def deployer_environment(aws: Aws) -> dict[str, str]:
    """A role with these policies is made, and its credentials are what tools take."""
    iam, name = aws.client("iam"), "PatchPolicyDeployer"
    role = iam.create_role(RoleName=name, AssumeRolePolicyDocument=TRUST)["Role"]["Arn"]
    for number, policy in enumerate(documented_policies()):
        iam.put_role_policy(RoleName=name, PolicyName=f"page-{number}", PolicyDocument=policy)
    session = aws.client("sts").assume_role(RoleArn=role, RoleSessionName="deploy")
    credentials = session["Credentials"]
    return {
        "AWS_ACCESS_KEY_ID": credentials["AccessKeyId"],
        "AWS_SECRET_ACCESS_KEY": credentials["SecretAccessKey"],
        "AWS_SESSION_TOKEN": credentials["SessionToken"],
    }
