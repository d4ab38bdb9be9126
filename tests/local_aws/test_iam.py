"""What IAM refuses and moto does not."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

NOTHING = '{"Version": "2012-10-17", "Statement": []}'
ALLOW = (
    '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}'
)


def test_a_policy_is_deleted_when_nobody_bears_it_any_more(client: Any) -> None:
    iam = client("iam")
    policy = iam.create_policy(PolicyName="p", PolicyDocument=ALLOW)["Policy"]["Arn"]
    iam.create_role(RoleName="bearer", AssumeRolePolicyDocument=NOTHING)
    iam.attach_role_policy(RoleName="bearer", PolicyArn=policy)
    with pytest.raises(ClientError, match="DeleteConflict"):
        iam.delete_policy(PolicyArn=policy)
    iam.detach_role_policy(RoleName="bearer", PolicyArn=policy)
    iam.delete_policy(PolicyArn=policy)
    assert iam.list_policies(Scope="Local")["Policies"] == []
