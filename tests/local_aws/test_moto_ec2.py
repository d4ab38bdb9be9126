"""What is looked up in moto's EC2 is what moto finds by looking through everything."""

from __future__ import annotations

from typing import Any

import pytest
from moto.ec2.models import EC2Backend

from modules.local_aws import LocalAws, moto_backends
from tests.local_aws.conftest import ACCOUNT, REGION, nodes

NOTHING = "i-00000000000000000"


@pytest.fixture
def backend(aws: LocalAws) -> Any:
    """EC2 with a machine of every kind, and tags with keys that begin alike."""
    aws.state.fleet = aws.state.fleet.__class__(nodes=nodes())
    aws.reset()
    backend = moto_backends.ec2((ACCOUNT, REGION))
    for instance in list(backend.tags):
        backend.create_tags([instance], {"Environment": "prod", "env": "other", "a.c": "x"})
    assert backend.tags
    return backend


def instances(backend: Any) -> list[str]:
    return [i.id for r in backend.reservations.values() for i in r.instances]


@pytest.mark.parametrize("owner", [None, "first", "several", NOTHING, "i-*"])
@pytest.mark.parametrize("key", [None, "Env", "Env*", "env", "a.c", "a?c", "nothing"])
@pytest.mark.parametrize("value", [None, "prod", "p*"])
def test_tags(backend: Any, owner: str | None, key: str | None, value: str | None) -> None:
    known = instances(backend)
    owners = {"first": known[:1], "several": known[:2], None: []}.get(owner, [str(owner)])
    filters = {
        **({"resource-id": owners} if owners else {}),
        **({"key": [key]} if key else {}),
        **({"value": [value]} if value else {}),
    }
    assert backend.describe_tags(filters) == EC2Backend.describe_tags(backend, filters)


@pytest.mark.parametrize("owner", [None, "each", "several", NOTHING, "i-*"])
def test_profile_associations(backend: Any, owner: str | None) -> None:
    known = instances(backend)
    for wanted in known if owner == "each" else known[:1]:
        values = {"each": [wanted], "several": known[:3], None: []}.get(owner, [str(owner)])
        filters = {"instance-id": values} if values else {}
        found = backend.describe_iam_instance_profile_associations([], filters)
        own = EC2Backend.describe_iam_instance_profile_associations(backend, [], filters)
        assert found == own
