"""IAM's quotas of roles: 50 tags and 20 managed policies."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError


@pytest.fixture
def iam(client: Any) -> Any:
    made = client("iam")
    made.create_role(RoleName="Full", AssumeRolePolicyDocument='{"Version": "2012-10-17"}')
    return made


def refused(error: ClientError) -> tuple[str, int]:
    status: int = error.response["ResponseMetadata"]["HTTPStatusCode"]
    return error.response["Error"]["Message"], status


def test_a_role_has_50_tags_at_most(iam: Any) -> None:
    iam.tag_role(RoleName="Full", Tags=[{"Key": f"t{i}", "Value": "x"} for i in range(50)])
    iam.tag_role(RoleName="Full", Tags=[{"Key": "t0", "Value": "y"}])
    with pytest.raises(ClientError) as caught:
        iam.tag_role(RoleName="Full", Tags=[{"Key": "t50", "Value": "x"}])
    assert refused(caught.value) == ("Cannot exceed quota for TagsPerRole: 50", 409)
    assert len(iam.get_role(RoleName="Full")["Role"]["Tags"]) == 50


def test_a_role_has_20_managed_policies_at_most(iam: Any) -> None:
    statement = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}
    text = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    arns = [
        iam.create_policy(PolicyName=f"p{i}", PolicyDocument=text)["Policy"]["Arn"]
        for i in range(21)
    ]
    for arn in arns[:20]:
        iam.attach_role_policy(RoleName="Full", PolicyArn=arn)
    iam.attach_role_policy(RoleName="Full", PolicyArn=arns[0])
    with pytest.raises(ClientError) as caught:
        iam.attach_role_policy(RoleName="Full", PolicyArn=arns[20])
    assert refused(caught.value) == ("Cannot exceed quota for PoliciesPerRole: 20", 409)


def test_a_role_that_is_not_there_is_still_not_there(iam: Any) -> None:
    with pytest.raises(iam.exceptions.NoSuchEntityException):
        iam.tag_role(RoleName="Nobody", Tags=[{"Key": "a", "Value": "b"}])
