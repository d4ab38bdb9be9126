"""The permissions that calls need: every operation of every service has some, or says why not."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import botocore.session
import pytest
from botocore.model import Shape

from modules.local_aws.call import Call
from modules.local_aws.needs import needs_of
from modules.local_aws.principals import administrator

SERVICES = ["config", "ec2", "iam", "lambda", "logs", "resource-groups", "s3", "ssm"]
PLAIN = {"integer": 1, "long": 1, "boolean": True, "float": 1.0, "double": 1.0}


def value(shape: Any, depth: int = 0) -> Any:
    """A value of a shape, with what it requires alone."""
    if shape.type_name == "structure":
        return {name: value(shape.members[name], depth + 1) for name in shape.required_members}
    if shape.type_name == "list":
        return [value(shape.member, depth + 1)] if depth < 6 else []
    if shape.type_name == "map":
        return {"key": value(shape.value, depth + 1)} if depth < 6 else {}
    return PLAIN.get(shape.type_name, "value")


def requests(shape: Shape | None) -> Iterator[dict[str, Any]]:
    """What an operation requires alone, and with each of the others."""
    required: dict[str, Any] = value(shape) if shape else {}
    yield required
    for name, member in getattr(shape, "members", {}).items():
        yield {**required, name: value(member)}


@pytest.mark.parametrize("service", SERVICES)
def test_every_request_that_a_service_takes_has_its_needs(service: str) -> None:
    model = botocore.session.get_session().get_service_model(service)
    principal = administrator("123456789012")
    for operation in model.operation_names:
        for given in requests(model.operation_model(operation).input_shape):
            call = Call(
                service=service,
                operation=operation,
                region="us-east-1",
                principal=principal,
                parameters=given,
            )
            assert all(":" in need.action for need in needs_of(call)), operation


def test_a_role_that_is_passed_may_name_the_account_by_a_system_variable() -> None:
    given = {"AutomationAssumeRole": ["arn:aws:iam::{{global:ACCOUNT_ID}}:role/R"]}
    call = Call(
        service="ssm",
        operation="StartAutomationExecution",
        region="us-east-1",
        principal=administrator("123456789012"),
        parameters={"DocumentName": "d", "Parameters": given},
    )
    passed = [need.resource for need in needs_of(call) if need.action == "iam:PassRole"]
    assert passed == ["arn:aws:iam::123456789012:role/R"]
